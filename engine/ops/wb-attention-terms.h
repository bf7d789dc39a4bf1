#pragma once

#include "engine/ops/wb-attention.h"

G_BEGIN_DECLS

/**
 * WbAttentionTerms:
 * @WB_ATTENTION_C2C: content to content, q_i·k_j
 * @WB_ATTENTION_C2P: content to position, q_i·pk[index (i - j)]
 * @WB_ATTENTION_P2C: position to content, k_j·pq[index (i - j)]
 *
 * Terms of a score, as flags.
 */
typedef enum
{
  WB_ATTENTION_C2C = 1 << 0,
  WB_ATTENTION_C2P = 1 << 1,
  WB_ATTENTION_P2C = 1 << 2,
  WB_ATTENTION_ALL_TERMS = WB_ATTENTION_C2C | WB_ATTENTION_C2P | WB_ATTENTION_P2C,
} WbAttentionTerms;

/**
 * WbAttentionMaps:
 * @c2c, @c2p, @p2c: (optional): the terms, each times the scale; zero where a term is absent or off
 * @scores: (optional): their sum
 * @probabilities: (optional): its softmax over the keys
 *
 * Maps of m heads over one sequence of n tokens, each (m * n, n): row h * n + i is query i of the
 * h-th chosen head, columns are keys.
 */
typedef struct
{
  WbTensor c2c;
  WbTensor c2p;
  WbTensor p2c;
  WbTensor scores;
  WbTensor probabilities;
} WbAttentionMaps;

/**
 * WbAttentionTermsArgs:
 * @q, @k, @v: (n, heads * d) of one sequence
 * @positions: relative terms; the index has 2 * n - 1 entries
 * @heads: number of heads; d = columns / heads
 * @scale: every term is multiplied by it: 1 / sqrt (d * (1 + terms)), whatever is switched off
 * @terms: (nullable): (heads) what each head sums; %NULL: everything.  With nothing left every key
 * has the same probability
 * @chosen: (nullable): (n_chosen) heads whose maps are wanted, each below @heads
 * @maps: outputs
 * @context: (optional): (n, heads * d) output of all heads: sum_j P[i, j] v_j
 *
 * What wb_attention_forward() computes without dropout, with every term kept: fact sheet 2.3, 2.4,
 * 2.6.  The numbers of a head depend on its own inputs and @terms alone, not on what is chosen or
 * wanted, nor on the number of threads.
 */
typedef struct
{
  WbTensor                q;
  WbTensor                k;
  WbTensor                v;
  WbAttentionPositions    positions;
  gsize                   heads;
  float                   scale;
  const WbAttentionTerms *terms;
  const gsize            *chosen;
  gsize                   n_chosen;
  WbAttentionMaps         maps;
  WbTensor                context;
} WbAttentionTermsArgs;

/**
 * wb_attention_terms:
 * @error: WB_ENGINE_ERROR_SHAPE, _UNSUPPORTED, _OUT_OF_MEMORY
 *
 * Engine thread only.
 */
gboolean wb_attention_terms (WbBackend *backend, const WbAttentionTermsArgs *args, GError **error);

G_END_DECLS
