#pragma once

#include "engine/cpu/wb-cpu-private.h"

G_BEGIN_DECLS

/* y[i] = f (y[i] + bias[i]), the sum to @pre. */
void WB_CPU (wb_cpu_activate_row) (WbActivation activation,
                                   float       *y,
                                   const float *bias,
                                   float       *pre,
                                   gsize        n);

/* dy[i] *= f' (pre[i]), added to @sums; a linear f reads no @pre. */
void WB_CPU (
    wb_cpu_derive_row) (WbActivation activation, float *dy, const float *pre, float *sums, gsize n);

G_END_DECLS
