#pragma once

#include "app/inspector/wb-inspector-private.h"

G_BEGIN_DECLS

/**
 * WbAttentionSummary:
 * @shares: of c2c, c2p, p2c: the part of the scores' variance over the keys that the term carries,
 * its covariance with the score; they add up to 1, and one that works against the others is
 * negative.  All 0 where no score differs from another
 * @entropy: of the probabilities, in bits, mean over the queries
 * @special: probability that goes to [CLS] and [SEP], mean over the queries
 * @strongest: the largest probability between two tokens of the text, special ones left out; 0 when
 * there are none
 * @query, @key: between which
 *
 * One head in a few numbers.
 */
typedef struct
{
  double shares[3];
  double entropy;
  double special;
  double strongest;
  gsize  query;
  gsize  key;
} WbAttentionSummary;

/* @h: place in layer->heads */
void wb_attention_summarize (const WbInspectedLayer *layer,
                             gsize                   h,
                             const WbInspector      *inspector,
                             WbAttentionSummary     *summary);

G_END_DECLS
