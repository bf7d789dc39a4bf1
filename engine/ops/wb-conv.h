#pragma once

#include "engine/core/wb-backend.h"
#include "engine/core/wb-batch.h"
#include "engine/core/wb-rng.h"
#include "engine/ops/wb-matmul.h"

G_BEGIN_DECLS

/**
 * WbConvForwardArgs:
 * @batch: sequence bounds and ordinals; a sequence never sees another, beyond its ends are zeros
 * @x: (n_tokens, cols) input of layer 0
 * @weight: (cols, cols / groups * kernel) the published (cols, cols / groups, kernel), row-major
 * @bias, @gamma, @beta: (cols)
 * @pre: (n_tokens, cols) output: what the activation sees, for the backward pass
 * @z: (n_tokens, cols) input: the output of layer 0; overwritten with the sum that is normalized,
 * which the backward pass needs
 * @y: (n_tokens, cols) output; not @x, @z or @pre
 * @mean, @rstd: (n_tokens) output
 * @work: (1, wb_conv_work_floats()) or more; holds nothing between calls
 * @kernel: odd
 * @groups: divides cols
 * @dropout: of the convolution, before the activation; element = place in the sequence * cols +
 * column; WB_RANDOM_CONV
 *
 * The whole convolution layer (fact sheet 2.8): c[n, o] = bias[o] + sum over t and the group's i of
 * weight[o, i, t] x[n + t - (kernel - 1) / 2, i]; pre = dropout (c); z += activation (pre); y =
 * LayerNorm (z).
 */
typedef struct
{
  const WbBatch *batch;
  WbTensor       x;
  WbTensor       weight;
  WbTensor       bias;
  WbTensor       gamma;
  WbTensor       beta;
  WbTensor       pre;
  WbTensor       z;
  WbTensor       y;
  WbTensor       mean;
  WbTensor       rstd;
  WbTensor       work;
  gsize          kernel;
  gsize          groups;
  WbActivation   activation;
  float          eps;
  WbDropout      dropout;
} WbConvForwardArgs;

/**
 * WbConvBackwardArgs:
 * @forward: the arguments of the forward pass; x, pre, z, mean and rstd as it left them
 * @dy: (n_tokens, cols)
 * @dz: (n_tokens, cols) output: gradient of layer 0's output; may be @dy
 * @dx: (n_tokens, cols) output: gradient of layer 0's input through the convolution alone; not @dz
 * or @dy
 * @dweight: like weight; @dbias, @dgamma, @dbeta: (cols); added to
 */
typedef struct
{
  const WbConvForwardArgs *forward;
  WbTensor                 dy;
  WbTensor                 dz;
  WbTensor                 dx;
  WbTensor                 dweight;
  WbTensor                 dbias;
  WbTensor                 dgamma;
  WbTensor                 dbeta;
} WbConvBackwardArgs;

/**
 * wb_conv_work_floats:
 * @n_tokens, @n_sequences: of the batch; more of them never need less
 * @training: for the backward pass too
 *
 * Returns: how many F32 elements of work memory a call needs
 */
gsize wb_conv_work_floats (gsize    n_tokens,
                           gsize    n_sequences,
                           gsize    cols,
                           gsize    kernel,
                           gsize    groups,
                           gboolean training);

/* @error: %WB_ENGINE_ERROR_INVALID for an even kernel or groups that do not divide the columns. */
gboolean wb_conv_forward (WbBackend *backend, const WbConvForwardArgs *args, GError **error);
gboolean wb_conv_backward (WbBackend *backend, const WbConvBackwardArgs *args, GError **error);

G_END_DECLS
