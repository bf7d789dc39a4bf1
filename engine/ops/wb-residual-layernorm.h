#pragma once

#include "engine/core/wb-backend.h"
#include "engine/core/wb-batch.h"
#include "engine/core/wb-rng.h"

G_BEGIN_DECLS

/**
 * WbResidualLayernormForwardArgs:
 * @z: (rows, cols) input: a dense layer's product without its bias; overwritten with the sum that
 * is normalized, which the backward pass needs
 * @bias: (cols) of that dense layer
 * @residual: (rows, cols)
 * @gamma, @beta: (cols)
 * @y: (rows, cols) output; not @z
 * @mean, @rstd: (rows) output
 * @dropout: of (z + bias); element of a token = its position in its sequence * cols + column
 * @batch: sequence bounds and ordinals for the dropout; rows = n_tokens
 *
 * One pass: z := dropout (z + bias) + residual; y = LayerNorm (z).
 */
typedef struct
{
  WbTensor       z;
  WbTensor       bias;
  WbTensor       residual;
  WbTensor       gamma;
  WbTensor       beta;
  WbTensor       y;
  WbTensor       mean;
  WbTensor       rstd;
  float          eps;
  WbDropout      dropout;
  const WbBatch *batch;
} WbResidualLayernormForwardArgs;

/**
 * WbResidualLayernormBackwardArgs:
 * @dy: (rows, cols)
 * @z, @mean, @rstd: what the forward pass kept
 * @dx: (rows, cols) output: gradient of the dense product, through the dropout (drawn again, not
 * stored); may be @dy
 * @dresidual: (rows, cols) output; not @dx
 * @dbias, @dgamma, @dbeta: (cols) added to
 */
typedef struct
{
  WbTensor       dy;
  WbTensor       z;
  WbTensor       gamma;
  WbTensor       mean;
  WbTensor       rstd;
  WbTensor       dx;
  WbTensor       dresidual;
  WbTensor       dbias;
  WbTensor       dgamma;
  WbTensor       dbeta;
  WbDropout      dropout;
  const WbBatch *batch;
} WbResidualLayernormBackwardArgs;

gboolean wb_residual_layernorm_forward (WbBackend                            *backend,
                                        const WbResidualLayernormForwardArgs *args,
                                        GError                              **error);
gboolean wb_residual_layernorm_backward (WbBackend                             *backend,
                                         const WbResidualLayernormBackwardArgs *args,
                                         GError                               **error);

G_END_DECLS
