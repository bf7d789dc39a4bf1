#include "config.h"

#include "engine/cpu/wb-cpu-ops-private.h"

/* The operations of the processor for one instruction set. */
const WbBackendOps WB_CPU (wb_cpu_ops) = {
  .attention_forward = WB_CPU (wb_cpu_attention_forward),
  .attention_backward = WB_CPU (wb_cpu_attention_backward),
  .gather_rows = WB_CPU (wb_cpu_gather_rows),
  .scatter_add_rows = WB_CPU (wb_cpu_scatter_add_rows),
  .dropout_rows = WB_CPU (wb_cpu_dropout_rows),
  .dropout_tokens = WB_CPU (wb_cpu_dropout_tokens),
  .fill = WB_CPU (wb_cpu_fill),
  .copy = WB_CPU (wb_cpu_copy),
  .add = WB_CPU (wb_cpu_add),
  .fill_normal = WB_CPU (wb_cpu_fill_normal),
  .optimizer_update = WB_CPU (wb_cpu_optimizer_update),
  .optimizer_update_rows = WB_CPU (wb_cpu_optimizer_update_rows),
  .sum_of_squares = WB_CPU (wb_cpu_sum_of_squares),
};
