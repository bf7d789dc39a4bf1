#pragma once

#include "engine/core/wb-backend.h"

G_BEGIN_DECLS

/**
 * WbLayernormForwardArgs:
 * @x: (rows, cols) input
 * @gamma: (cols) scale, @beta: (cols) shift
 * @y: (rows, cols) output; may be @x where nothing is kept
 * @mean: (optional): (rows), @rstd: (optional): (rows) 1 / sqrt (variance + eps), kept for the
 * backward pass
 * @eps: added to the variance, which divides by cols
 */
typedef struct
{
  WbTensor x;
  WbTensor gamma;
  WbTensor beta;
  WbTensor y;
  WbTensor mean;
  WbTensor rstd;
  float    eps;
} WbLayernormForwardArgs;

/**
 * WbLayernormBackwardArgs:
 * @dy: (rows, cols), @x: (rows, cols) the forward input, @mean, @rstd: (rows) kept
 * @dx: (optional): (rows, cols) output; may be @dy
 * @dgamma: (cols), @dbeta: (cols) added to
 */
typedef struct
{
  WbTensor dy;
  WbTensor x;
  WbTensor gamma;
  WbTensor mean;
  WbTensor rstd;
  WbTensor dx;
  WbTensor dgamma;
  WbTensor dbeta;
} WbLayernormBackwardArgs;

gboolean
wb_layernorm_forward (WbBackend *backend, const WbLayernormForwardArgs *args, GError **error);
gboolean
wb_layernorm_backward (WbBackend *backend, const WbLayernormBackwardArgs *args, GError **error);

G_END_DECLS
