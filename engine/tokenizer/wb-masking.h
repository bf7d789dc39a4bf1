#pragma once

#include "engine/core/wb-mt19937.h"
#include "engine/tokenizer/wb-tokenizer.h"

G_BEGIN_DECLS

/**
 * WbMaskingOptions:
 * @max_gram: longest run of words that is taken at once, from 1.  With 1 every token stands for
 * itself; from 2 on the pieces of a word are taken together
 * @mask_probability: that a chosen token becomes [MASK]
 * @keep_probability: that it stays; the rest becomes any token of the vocabulary
 * @max_length: of a sequence; bounds how many tokens are chosen (wb_masking_get_limit())
 *
 * Fact sheet 3.10: masked language model 1 or 3, 0.8, 0.1, 512; generator of replaced token
 * detection 1, 1, 0, its length.
 */
typedef struct
{
  guint  max_gram;
  double mask_probability;
  double keep_probability;
  gsize  max_length;
} WbMaskingOptions;

/* ceil (max_length · 0.15 / 10) · 10: 512 gives 80, 128 gives 20. */
gsize wb_masking_get_limit (gsize max_length);

/**
 * WbMasking:
 *
 * The published generator of masked sequences (fact sheet 3.10, NGramMaskGenerator): the same
 * tokens from the same random numbers.  Immutable; may outlive the tokenizer it was made of.
 */
typedef struct _WbMasking WbMasking;

/* @options: copied; max_gram from 1 to 64, probabilities within [0, 1] with a sum of at most 1 */
WbMasking *wb_masking_new (const WbTokenizer *tokenizer, const WbMaskingOptions *options);
void       wb_masking_free (WbMasking *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbMasking, wb_masking_free)

/**
 * wb_masking_apply:
 * @rng: Python's random.Random, whose draws go on
 * @ids: (n) a sequence with its special tokens; ids of the tokenizer; changed in place
 * @labels: (n) out: what a chosen token was, 0 elsewhere
 *
 * Chooses about 15 % of the tokens, in words and runs of words, from the left; [MASK], [CLS],
 * [SEP], [PAD] and [UNK] are never chosen.  Any thread.
 *
 * Returns: how many were chosen
 */
gsize
wb_masking_apply (const WbMasking *self, WbMt19937 *rng, gint32 *ids, gint32 *labels, gsize n);

G_END_DECLS
