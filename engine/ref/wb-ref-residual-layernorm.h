#pragma once

#include "engine/core/wb-batch.h"
#include "engine/core/wb-rng.h"

G_BEGIN_DECLS

/* y = LayerNorm (dropout (z + bias) + residual): @z, @residual (rows, cols), the rest (cols). */
typedef struct
{
  gsize          rows;
  gsize          cols;
  double         eps;
  const double  *z;
  const double  *bias;
  const double  *residual;
  const double  *gamma;
  const double  *beta;
  WbDropout      dropout;
  const WbBatch *batch;
} WbRefResidualLayernorm;

/* @sum: (rows, cols) what is normalized; @y: (rows, cols); outputs */
void wb_ref_residual_layernorm_forward (const WbRefResidualLayernorm *self, double *sum, double *y);

/* @dz: gradient of @z; @dresidual: (rows, cols); @dbias, @dgamma, @dbeta: (cols); outputs */
void wb_ref_residual_layernorm_backward (const WbRefResidualLayernorm *self,
                                         const double                 *dy,
                                         double                       *dz,
                                         double                       *dresidual,
                                         double                       *dbias,
                                         double                       *dgamma,
                                         double                       *dbeta);

G_END_DECLS
