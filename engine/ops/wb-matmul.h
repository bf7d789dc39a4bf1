#pragma once

#include "engine/core/wb-backend.h"
#include "engine/ops/wb-activation.h"

G_BEGIN_DECLS

/**
 * WbMatmulForwardArgs:
 * @x: (rows, in)
 * @w: (out, in), as PyTorch stores it
 * @bias: (optional): (out)
 * @y: (rows, out) output
 * @pre: (optional): (rows, out) output: the sum before @activation, kept for the backward pass
 * @activation: applied after the bias
 *
 * y = activation (x wᵀ + bias).  Tensors may be column views (stride > cols).  @y must not overlap
 * the inputs.
 */
typedef struct
{
  WbTensor     x;
  WbTensor     w;
  WbTensor     bias;
  WbTensor     y;
  WbTensor     pre;
  WbActivation activation;
} WbMatmulForwardArgs;

/**
 * WbMatmulBackwardArgs:
 * @dy: (rows, out) gradient of the output; overwritten with the gradient before the activation when
 *   @activation is not linear
 * @pre: (rows, out) what the forward pass kept; needed when @activation is not linear
 * @x: (rows, in), @w: (out, in)
 * @dx: (optional): (rows, in) output, or added to when @accumulate_dx
 * @dw: (optional): (out, in) added to
 * @dbias: (optional): (out) added to
 */
typedef struct
{
  WbTensor     dy;
  WbTensor     pre;
  WbTensor     x;
  WbTensor     w;
  WbTensor     dx;
  WbTensor     dw;
  WbTensor     dbias;
  WbActivation activation;
  gboolean     accumulate_dx;
} WbMatmulBackwardArgs;

gboolean wb_matmul_forward (WbBackend *backend, const WbMatmulForwardArgs *args, GError **error);
gboolean wb_matmul_backward (WbBackend *backend, const WbMatmulBackwardArgs *args, GError **error);

G_END_DECLS
