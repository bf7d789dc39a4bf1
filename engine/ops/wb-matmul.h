#pragma once

#include "engine/core/wb-backend.h"

G_BEGIN_DECLS

/**
 * WbActivation:
 *
 * Elementwise functions by the names of config.json.  gelu is the exact one, x/2 (1 + erf (x/sqrt
 * 2)).
 */
typedef enum
{
  WB_ACTIVATION_LINEAR,
  WB_ACTIVATION_GELU,
  WB_ACTIVATION_RELU,
  WB_ACTIVATION_TANH,
  WB_ACTIVATION_SIGMOID,
  WB_ACTIVATION_SILU, /* "swish" too */
} WbActivation;

/* %FALSE with WB_ENGINE_ERROR_UNSUPPORTED names the activation that we do not compute. */
gboolean wb_activation_parse (const char *name, WbActivation *activation, GError **error);

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
