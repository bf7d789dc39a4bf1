#pragma once

#include "engine/ops/wb-matmul.h"
#include "engine/ref/wb-ref-activation.h"

G_BEGIN_DECLS

/* y = activation (x wᵀ + bias): @x (rows, in), @w (out, in), @bias (nullable): (out). */
typedef struct
{
  gsize         rows;
  gsize         in;
  gsize         out;
  const double *x;
  const double *w;
  const double *bias;
  WbActivation  activation;
} WbRefMatmul;

/* @pre: the sum before the activation; @y: (rows, out); outputs */
void wb_ref_matmul_forward (const WbRefMatmul *self, double *pre, double *y);

/* @dy: (rows, out); @dpre: gradient of the sum before the activation (rows, out), @dx: (rows, in),
 * @dw: (out, in), @dbias: (out); outputs */
void wb_ref_matmul_backward (const WbRefMatmul *self,
                             const double      *dy,
                             double            *dpre,
                             double            *dx,
                             double            *dw,
                             double            *dbias);

G_END_DECLS
