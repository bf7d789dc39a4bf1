#pragma once

#include "data/datasets/wb-dataset.h"
#include "engine/tokenizer/wb-tokenizer.h"

G_BEGIN_DECLS

/**
 * WbFeatureOptions:
 * @max_length: tokens with the special ones
 * @truncation: where a long text is cut
 * @published_segments: QNLI's reversed order (WbTask.published_swaps_pair)
 * @published_order: positions of #WB_TRUNCATION_PUBLISHED's random numbers are those of the
 * published training order
 * @label_map: (nullable): (task's labels) class of the model for each label of the task
 * @cancel: (nullable): not zero: give up with %G_IO_ERROR_CANCELLED; read between examples
 */
typedef struct
{
  gsize        max_length;
  WbTruncation truncation;
  gboolean     published_segments;
  gboolean     published_order;
  const int   *label_map;
  const int   *cancel; /* atomic */
} WbFeatureOptions;

/**
 * WbFeatures:
 *
 * The token ids of every example of a data set, one after another: what batches are cut from.
 * Immutable once made.
 */
typedef struct _WbFeatures WbFeatures;

/* @progress: (nullable): called now and then with the share done. */
WbFeatures *wb_features_new (const WbDataset        *dataset,
                             const WbTokenizer      *tokenizer,
                             const WbFeatureOptions *options,
                             void (*progress) (double share, gpointer user_data),
                             gpointer user_data,
                             GError **error);

/* Of random tokens, for measurements: @lengths (n) tokens each, ids below @vocab_size, no labels
 * but class 0. */
WbFeatures      *
wb_features_new_random (const guint32 *lengths, gsize n, gsize vocab_size, guint64 seed);
void wb_features_free (WbFeatures *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFeatures, wb_features_free)

gsize         wb_features_get_n (const WbFeatures *self);
gsize         wb_features_get_n_tokens (const WbFeatures *self);
gsize         wb_features_get_longest (const WbFeatures *self);
gsize         wb_features_get_n_truncated (const WbFeatures *self); /* examples that were cut */
guint32       wb_features_get_length (const WbFeatures *self, gsize i);
const gint32 *wb_features_get_ids (const WbFeatures *self, gsize i);
/* First token of @i that has type 1; its length when there is none. */
guint32 wb_features_get_boundary (const WbFeatures *self, gsize i);
gint32  wb_features_get_label (const WbFeatures *self, gsize i);
float   wb_features_get_target (const WbFeatures *self, gsize i);

/* Token tasks: (length of @i) class of each token: its word's on the word's first piece, else -100;
 * %NULL for other tasks. */
const gint32 *wb_features_get_token_labels (const WbFeatures *self, gsize i);

/* What is predicted: words for token tasks, else examples. */
gsize wb_features_get_n_units (const WbFeatures *self);

/**
 * wb_features_get_words:
 * @first: (out): unit of the example's first word
 * @tokens: (out): (n) first piece of each word within the example; negative: it has none, because
 *   it was cut off or is nothing to the tokenizer
 * @labels: (out): (n) class of each word in the model's order; -1: not known
 *
 * Returns: n, words of example @i; 0 unless it is a token task
 */
gsize wb_features_get_words (const WbFeatures *self,
                             gsize             i,
                             gsize            *first,
                             const gint32    **tokens,
                             const gint32    **labels);

/* Greater than every id. */
gsize wb_features_get_id_bound (const WbFeatures *self);

/* The most tokens that @n examples can have together. */
gsize wb_features_get_most_tokens (const WbFeatures *self, gsize n);

G_END_DECLS
