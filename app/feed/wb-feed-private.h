#pragma once

#include "app/feed/wb-order-private.h"
#include "engine/core/wb-batch.h"

G_BEGIN_DECLS

/**
 * WbFeedOptions:
 * @batch_size: examples of an optimizer step
 * @accumulation: parts that it is split into, each ceil (batch_size / accumulation) examples
 * @with_types: whether batches carry token types
 * @tail: WbTask.published_tail
 */
typedef struct
{
  WbOrder  order;
  gsize    batch_size;
  gsize    accumulation;
  guint64  seed;
  gboolean with_types;
  gsize    tail;
} WbFeedOptions;

/**
 * WbFeed:
 *
 * The batches of a training run, in order, packed.  Its position is the number of optimizer steps
 * that were fed: nothing else is state.  All arrays are made once, for the largest batch.  Engine
 * thread only.
 */
typedef struct _WbFeed WbFeed;

WbFeed *wb_feed_new (const WbFeatures *features, const WbFeedOptions *options); /* borrowed */
void    wb_feed_free (WbFeed *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFeed, wb_feed_free)

guint64 wb_feed_get_steps_per_epoch (const WbFeed *self);

/* Real tokens of steps @from to @to - 1. */
guint64 wb_feed_count_tokens (WbFeed *self, guint64 from, guint64 to);

/* Sizes for wb_model_reserve(). */
gsize wb_feed_get_max_part_tokens (const WbFeed *self);
gsize wb_feed_get_max_part_examples (const WbFeed *self);
gsize wb_feed_get_max_distinct (const WbFeed *self, gsize vocab_size);

/**
 * wb_feed_get:
 * @step: optimizer step, from 0
 * @parts: (out): (@n_parts) lent until the next call
 *
 * The batch of step @step; any step at any time, ascending ones are quick.
 */
void wb_feed_get (WbFeed         *self,
                  guint64         step,
                  const WbBatch **parts,
                  gsize          *n_parts,
                  WbDistinctIds  *distinct);

/**
 * WbSweep:
 *
 * All examples of a set once, longest first, in packed batches of bounded size: evaluation and
 * prediction.  @ordinals of its batches are the examples' numbers.
 */
typedef struct _WbSweep WbSweep;

WbSweep *wb_sweep_new (const WbFeatures *features,
                       gsize             max_tokens,
                       gsize             max_sequences,
                       gboolean          with_types);
void     wb_sweep_free (WbSweep *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbSweep, wb_sweep_free)

/* The most tokens of a batch: @max_tokens, or the longest example where that has more. */
gsize wb_sweep_get_max_tokens (const WbSweep *self);
/* %FALSE at the end. */
gboolean wb_sweep_next (WbSweep *self, WbBatch *batch, WbDistinctIds *distinct);

G_END_DECLS
