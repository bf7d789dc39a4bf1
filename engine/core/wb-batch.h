#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbBatch:
 * @n_tokens: T, all tokens of all sequences
 * @n_sequences: B
 * @max_length: tokens of the longest sequence
 * @ids: (T) token ids, one sequence after another, no padding
 * @type_ids: (nullable): (T) token types
 * @slots: (nullable): (T) for training: index of each token's id in the step's list of distinct ids
 *   (#WbDistinctIds); where its gradient row lies
 * @cu_seqlens: (B + 1) start of each sequence in @ids; the last is T
 * @ordinals: (B) number of each example within the optimizer step's whole batch: its random numbers
 * @labels: (nullable): (B) class of each sequence; multiple choice: (n_groups) place of the right
 *   sequence within its group; negative: no label
 * @targets: (nullable): (B, C) numbers to learn: regression (C outputs), probabilities of soft
 *   labels, 0 and 1 of several labels
 * @token_labels: (nullable): (T) token classification: class; masked language model: the id that
 *   belongs here, on masked tokens alone; replaced tokens: 1 where replaced, else 0; negative: no
 *   label (transformers' -100)
 * @starts, @ends: (nullable): (B) first and last token of the answer, counted within its sequence.
 *   Negative is 0, [CLS]: how "no answer" is marked; beyond the last token: no label
 *   (transformers' rule, but there padding counts as tokens)
 * @n_groups, @groups: (nullable): (n_groups + 1) bounds of the groups of choices, counted in
 *   sequences: group g has sequences groups[g] to groups[g + 1] - 1
 *
 * What a head does not learn from is not read.
 *
 * A packed batch (architecture: no padding, ever).  All arrays belong to whoever made the batch and
 * must live until the call that takes it returns.
 */
typedef struct
{
  gsize          n_tokens;
  gsize          n_sequences;
  gsize          max_length;
  const gint32  *ids;
  const gint32  *type_ids;
  const gint32  *slots;
  const gint32  *cu_seqlens;
  const guint32 *ordinals;
  const gint32  *labels;
  const float   *targets;
  const gint32  *token_labels;
  const gint32  *starts;
  const gint32  *ends;
  gsize          n_groups;
  const gint32  *groups;
} WbBatch;

/**
 * WbDistinctIds:
 * @n_ids: how many
 * @ids: (n_ids) distinct token ids of a whole optimizer step (all its parts), ascending
 */
typedef struct
{
  gsize         n_ids;
  const gint32 *ids;
} WbDistinctIds;

/**
 * wb_batch_check:
 * @error: %WB_ENGINE_ERROR_SHAPE
 *
 * Returns: whether bounds and ordinals are there, and the bounds cut n_tokens into n_sequences of
 * at most max_length
 */
gboolean wb_batch_check (const WbBatch *self, GError **error);

G_END_DECLS
