#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbRandomPurpose:
 *
 * What a random number is for.  With the layer it makes the second word of the counter, so that no
 * two uses ever share numbers.  Values are part of a run's reproducibility: append, never renumber.
 */
typedef enum
{
  WB_RANDOM_EMBEDDING = 0,        /* dropout after the embedding LayerNorm */
  WB_RANDOM_RELATIVE_TABLE = 1,   /* dropout of the normalized relative table, per layer */
  WB_RANDOM_ATTENTION = 2,        /* dropout of attention probabilities */
  WB_RANDOM_ATTENTION_OUTPUT = 3, /* dropout of the attention block's dense output */
  WB_RANDOM_OUTPUT = 4,           /* dropout of the feed-forward block's dense output */
  WB_RANDOM_CONV = 5,
  WB_RANDOM_POOLER = 6,
  WB_RANDOM_CLASSIFIER = 7,
  WB_RANDOM_INIT = 8,  /* initial weights: ordinal = parameter's number in the table, step = 0 */
  WB_RANDOM_ORDER = 9, /* order of the examples: step = epoch */
} WbRandomPurpose;

/* The ordinal of numbers that belong to no example (the relative table). */
#define WB_RANDOM_NO_EXAMPLE G_MAXUINT32

/**
 * WbRandom:
 * @seed: the run's seed, the key
 * @step: optimizer step
 * @stream: wb_random_stream() of purpose and layer
 *
 * A family of random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy
 * as 1, 2, 3"), key = (low, high word of @seed), counter = (@step, @stream, ordinal of the example
 * within the step's whole batch, element / 4); word element % 4 of the output belongs to the
 * element.  The numbers depend on nothing else: not on packing, micro-batches, threads or backend.
 */
typedef struct
{
  guint64 seed;
  guint32 step;
  guint32 stream;
} WbRandom;

static inline guint32
wb_random_stream (WbRandomPurpose purpose, guint layer)
{
  return (guint32) purpose | layer << 8;
}

/* The definition, one block of four words; vectors: Random123's kat_vectors for philox4x32-10. */
void wb_philox4x32 (const guint32 counter[4], const guint32 key[2], guint32 out[4]);

guint32 wb_random_u32 (const WbRandom *self, guint32 ordinal, guint32 element);

/**
 * WbDropout:
 * @p: probability of a zero, 0 (off) up to but not 1
 * @random: where the decisions come from
 *
 * An element is kept when its random word >= floor (@p * 2^32); kept elements are multiplied by
 * 1 / (1 - @p) in F32.
 */
typedef struct
{
  float    p;
  WbRandom random;
} WbDropout;

guint32 wb_dropout_threshold (float p);

G_END_DECLS
