#pragma once

#include "engine/ops/wb-attention-terms.h"
#include "engine/ref/wb-ref-attention.h"

G_BEGIN_DECLS

/**
 * WbRefAttentionMaps:
 * @c2c, @c2p, @p2c, @scores, @probabilities: (n, n)
 *
 * The matrices of one head, in double.
 */
typedef struct
{
  double *c2c;
  double *c2p;
  double *p2c;
  double *scores;
  double *probabilities;
} WbRefAttentionMaps;

/**
 * wb_ref_attention_terms:
 * @self: one sequence; its dropout is not used
 * @terms: what is summed; a term that is off or absent is zero
 * @context: (nullable): (n, heads * d) output; the columns of @head are written
 *
 * Fact sheet 2.3, 2.4, 2.6, one matrix after another.
 */
void wb_ref_attention_terms (const WbRefAttention     *self,
                             gsize                     head,
                             WbAttentionTerms          terms,
                             const WbRefAttentionMaps *maps,
                             double                   *context);

G_END_DECLS
