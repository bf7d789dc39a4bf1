#include "config.h"

#include "engine/cpu/wb-cpu-ops-private.h"

/* The operations of the processor for one instruction set. */
const WbBackendOps WB_CPU (wb_cpu_ops) = {
  .attention_forward = WB_CPU (wb_cpu_attention_forward),
  .attention_backward = WB_CPU (wb_cpu_attention_backward),
};
