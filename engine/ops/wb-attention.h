#pragma once

#include "engine/core/wb-backend.h"
#include "engine/core/wb-batch.h"
#include "engine/core/wb-rng.h"

G_BEGIN_DECLS

/**
 * WbAttentionPositions:
 * @pk: (optional): (window, heads * d) projected relative keys (c2p)
 * @pq: (optional): (window, heads * d) projected relative queries (p2c)
 * @index: (2 * max_length - 1) row of @pk and @pq for the distance i - j = entry - (max_length -
 * 1): wb_relative_index_fill()
 *
 * The rows of a layer's projected relative table that the longest sequence of the batch can reach.
 */
typedef struct
{
  WbTensor      pk;
  WbTensor      pq;
  const gint32 *index;
} WbAttentionPositions;

/**
 * WbAttentionForwardArgs:
 * @q, @k, @v: (n_tokens, heads * d), usually column views of one packed tensor
 * @positions: relative terms
 * @context: (n_tokens, heads * d) output
 * @lse: (n_tokens, heads) output: log of the softmax denominator, maximum included; for the
 * backward pass
 * @heads: number of heads; d = columns / heads
 * @scale: every term is multiplied by it: 1 / sqrt (d * (1 + terms))
 * @dropout: of the probabilities; element = (head * n + i) * n + j, n the sequence's length
 * @first_only: only each sequence's first query counts ([CLS] in the last layer): @context and @lse
 * of the others are left as they are, in the backward pass their @dcontext is not read and their
 * @dq is zero
 *
 * S[i, j] = scale * (q_i·k_j + q_i·pk[index (i - j)] + k_j·pq[index (i - j)]); P = softmax over the
 * same sequence's j; context_i = sum_j dropout (P)[i, j] v_j.  Fact sheet 2.3, 2.4, 2.6.  Fused: no
 * (heads, n, n) tensor exists.
 */
typedef struct
{
  const WbBatch       *batch;
  WbTensor             q;
  WbTensor             k;
  WbTensor             v;
  WbAttentionPositions positions;
  WbTensor             context;
  WbTensor             lse;
  gsize                heads;
  float                scale;
  WbDropout            dropout;
  gboolean             first_only;
} WbAttentionForwardArgs;

/**
 * WbAttentionBackwardArgs:
 * @forward: the arguments of the forward pass, context and lse filled
 * @dcontext: (n_tokens, heads * d)
 * @dq, @dk, @dv: (n_tokens, heads * d) outputs, usually column views of one packed tensor
 * @dpk, @dpq: (window, heads * d) outputs (overwritten), absent where pk and pq are
 *
 * Gradients as in fact sheet 2.12.  Sums over sequences and threads are in an order that depends on
 * sizes only.
 */
typedef struct
{
  const WbAttentionForwardArgs *forward;
  WbTensor                      dcontext;
  WbTensor                      dq;
  WbTensor                      dk;
  WbTensor                      dv;
  WbTensor                      dpk;
  WbTensor                      dpq;
} WbAttentionBackwardArgs;

gboolean
wb_attention_forward (WbBackend *backend, const WbAttentionForwardArgs *args, GError **error);
gboolean
wb_attention_backward (WbBackend *backend, const WbAttentionBackwardArgs *args, GError **error);

/**
 * wb_relative_bucket:
 * @distance: i - j
 * @buckets: position_buckets; <= 0: no buckets, the distance itself
 * @max_distance: max_relative_positions after its default
 *
 * Fact sheet 2.5, in F32 in transformers' order of operations.
 */
gint wb_relative_bucket (gint distance, gint buckets, gint max_distance);

/**
 * WbRelativeWindow:
 * @first: first row of the relative table that sequences up to max_length reach
 * @rows: how many rows from there
 */
typedef struct
{
  gsize first;
  gsize rows;
} WbRelativeWindow;

/* @span: R, half of the table's rows; index k = clamp (bucket + R, 0, 2R - 1). */
WbRelativeWindow wb_relative_window (gsize max_length, gint buckets, gint max_distance, gsize span);

/* Fills @index, 2 * max_length - 1 entries, with rows counted from window->first. */
void wb_relative_index_fill (gint32                 *index,
                             gsize                   max_length,
                             gint                    buckets,
                             gint                    max_distance,
                             gsize                   span,
                             const WbRelativeWindow *window);

G_END_DECLS
