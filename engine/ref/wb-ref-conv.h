#pragma once

#include "engine/core/wb-batch.h"
#include "engine/core/wb-rng.h"
#include "engine/ops/wb-matmul.h"

G_BEGIN_DECLS

/* y = LayerNorm (residual + activation (dropout (conv (x) + bias))), the convolution within each
 * sequence (fact sheet 2.8): @x, @residual (n_tokens, cols), @weight (cols, cols / groups, kernel),
 * the rest (cols). */
typedef struct
{
  const WbBatch *batch;
  gsize          cols;
  gsize          kernel;
  gsize          groups;
  double         eps;
  const double  *x;
  const double  *weight;
  const double  *bias;
  const double  *residual;
  const double  *gamma;
  const double  *beta;
  WbActivation   activation;
  WbDropout      dropout;
} WbRefConv;

/* @pre: what the activation sees, @sum: what is normalized, @y: (n_tokens, cols); outputs */
void wb_ref_conv_forward (const WbRefConv *self, double *pre, double *sum, double *y);

/* @dx, @dresidual: (n_tokens, cols); @dweight like weight; @dbias, @dgamma, @dbeta: (cols); outputs
 */
void wb_ref_conv_backward (const WbRefConv *self,
                           const double    *dy,
                           double          *dx,
                           double          *dresidual,
                           double          *dweight,
                           double          *dbias,
                           double          *dgamma,
                           double          *dbeta);

G_END_DECLS
