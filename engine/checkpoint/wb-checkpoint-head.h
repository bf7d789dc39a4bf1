#pragma once

#include "engine/checkpoint/wb-weights.h"
#include "engine/heads/wb-head.h"

G_BEGIN_DECLS

/* Which head weights have, and how a configuration says it. */

/**
 * wb_checkpoint_find_head:
 * @head: (out): the head that the tensors of @weights make, its options at their defaults
 *
 * Where a file has several (the v3 releases: language model and replaced tokens), the one that
 * config.json's architectures names, else what a user meets first: classification, question
 * answering, tokens, language model, replaced tokens.
 *
 * Returns: whether there is one; the original releases' heads with a layer `proj` are not computed
 * and count as none
 */
gboolean
wb_checkpoint_find_head (const WbWeights *weights, const WbModelConfig *config, WbHeadSpec *head);

/**
 * wb_checkpoint_describe_head:
 * @head: (nullable): %NULL: the encoder alone
 * @labels: (nullable): names, as many as the head has labels
 * @out: (out): what config.json says of it: class, kind of problem, labels, layout (fact
 * sheet 3.12, 9.11); its dtype is F32
 *
 * transformers has no class for replaced tokens: such a model is its bare encoder with more tensors
 * beside it.  It has none for v1's multiple choice either, whose scores are those of a
 * classification with one label.
 */
void wb_checkpoint_describe_head (const WbModelConfig *config,
                                  const WbHeadSpec    *head,
                                  const char *const   *labels,
                                  WbModelConfigOutput *out);

G_END_DECLS
