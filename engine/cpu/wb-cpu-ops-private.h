#pragma once

/* What wb-cpu-table.c lists; included by kernel files only, where WB_CPU_ISA is defined. */

#include "engine/cpu/wb-cpu-private.h"

G_BEGIN_DECLS

extern const WbBackendOps WB_CPU (wb_cpu_ops);

gboolean WB_CPU (wb_cpu_attention_forward) (WbBackend                    *self,
                                            const WbAttentionForwardArgs *args,
                                            GError                      **error);
gboolean WB_CPU (wb_cpu_attention_backward) (WbBackend                     *self,
                                             const WbAttentionBackwardArgs *args,
                                             GError                       **error);

G_END_DECLS
