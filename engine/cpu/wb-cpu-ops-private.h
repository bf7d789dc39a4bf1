#pragma once

/* What wb-cpu-table.c lists; included by kernel files only, where WB_CPU_ISA is defined. */

#include "engine/cpu/wb-cpu-private.h"

G_BEGIN_DECLS

extern const WbBackendOps WB_CPU (wb_cpu_ops);

G_END_DECLS
