#pragma once

#include "engine/tokenizer/wb-tokenizer.h"

G_BEGIN_DECLS

/* Tokens [first, end) of a side that are kept. */
typedef struct
{
  gsize first;
  gsize end;
} WbKeep;

/**
 * wb_truncate_longest_first:
 * @keep: (n_sides) in: the whole sides, out: what is kept
 * @budget: tokens for all sides together
 *
 * As the tokenizers library under transformers 5.23: the longer side gives first; when both must
 * give, each keeps half, and the odd token goes to the longer one, the second where they are equal.
 */
void wb_truncate_longest_first (WbKeep *keep, gsize n_sides, gsize budget);

/**
 * wb_truncate_published:
 * @seed: place of the example in its set
 *
 * Fact sheet 6.2: from the longer side the first or the last token, by Python's random.Random.
 *
 * Returns: whether the sides end in reversed order
 */
gboolean wb_truncate_published (WbKeep *keep, gsize n_sides, gsize budget, guint64 seed);

G_END_DECLS
