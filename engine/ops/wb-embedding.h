#pragma once

#include "engine/core/wb-backend.h"
#include "engine/core/wb-batch.h"
#include "engine/core/wb-rng.h"

G_BEGIN_DECLS

/**
 * WbEmbeddingForwardArgs:
 * @batch: ids, types and bounds
 * @word: (V, cols) table
 * @type: (optional): (types, cols) table; a batch without type_ids means type 0
 * @position: (optional): (P, cols) absolute positions, counted within each sequence
 * @gamma, @beta: (optional): (cols); absent: @y is the plain sum, and there is no dropout
 * @y: (n_tokens, cols) output
 * @mean, @rstd: (n_tokens) output, with @gamma only
 *
 * y = dropout (LayerNorm (word[id] + type[type] + position[place])), one pass.  (Fact sheet 2.9;
 * every token is real, so there is no mask.)  An id, type or place outside its table is
 * WB_ENGINE_ERROR_INVALID.
 */
typedef struct
{
  const WbBatch *batch;
  WbTensor       word;
  WbTensor       type;
  WbTensor       position;
  WbTensor       gamma;
  WbTensor       beta;
  WbTensor       y;
  WbTensor       mean;
  WbTensor       rstd;
  float          eps;
  WbDropout      dropout;
} WbEmbeddingForwardArgs;

/**
 * WbEmbeddingBackwardArgs:
 * @forward: the arguments of the forward pass
 * @dy: (n_tokens, cols); overwritten
 * @dword: (n distinct ids of the step, cols) added to: row batch->slots[t] gets token t's gradient,
 * tokens in order, so that the sum does not depend on threads
 * @dtype, @dposition: (optional): like the tables, added to
 * @dgamma, @dbeta: (optional): (cols) added to
 * @pad_id: row of the word table that never gets a gradient (PyTorch's padding_idx); -1: none
 */
typedef struct
{
  const WbEmbeddingForwardArgs *forward;
  WbTensor                      dy;
  WbTensor                      dword;
  WbTensor                      dtype;
  WbTensor                      dposition;
  WbTensor                      dgamma;
  WbTensor                      dbeta;
  gint32                        pad_id;
} WbEmbeddingBackwardArgs;

gboolean
wb_embedding_forward (WbBackend *backend, const WbEmbeddingForwardArgs *args, GError **error);
gboolean
wb_embedding_backward (WbBackend *backend, const WbEmbeddingBackwardArgs *args, GError **error);

G_END_DECLS
