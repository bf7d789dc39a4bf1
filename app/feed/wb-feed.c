#include "app/feed/wb-feed-private.h"

#include <stdlib.h>
#include <string.h>

#include "app/feed/wb-packer-private.h"

struct _WbFeed
{
  const WbFeatures *features;
  WbFeedOptions     options;
  gsize             part_size; /* examples of a part, but the last */
  guint32          *indices;   /* (n) of the current epoch */
  guint64           epoch;     /* of @indices; G_MAXUINT64: none yet */
  WbPacker         *packer;
  WbBatch          *parts; /* (accumulation) */
};

WbFeed *
wb_feed_new (const WbFeatures *features, const WbFeedOptions *options)
{
  WbFeed     *self = g_new0 (WbFeed, 1);
  const gsize n = wb_features_get_n (features);
  const gsize batch = MIN (options->batch_size, n);

  self->features = features;
  self->options = *options;
  self->part_size = (options->batch_size + options->accumulation - 1) / options->accumulation;
  self->indices = g_new (guint32, n);
  self->epoch = G_MAXUINT64;
  self->parts = g_new0 (WbBatch, options->accumulation);
  self->packer =
      wb_packer_new (wb_features_get_most_tokens (features, batch), batch, options->accumulation,
                     wb_features_get_id_bound (features), options->with_types,
                     wb_features_get_token_labels (features, 0) != NULL);
  return self;
}

void
wb_feed_free (WbFeed *self)
{
  wb_packer_free (self->packer);
  g_free (self->indices);
  g_free (self->parts);
  g_free (self);
}

guint64
wb_feed_get_steps_per_epoch (const WbFeed *self)
{
  const gsize n = wb_features_get_n (self->features);
  return (n + self->options.batch_size - 1) / self->options.batch_size;
}

gsize
wb_feed_get_max_part_tokens (const WbFeed *self)
{
  return wb_features_get_most_tokens (self->features, self->part_size);
}

gsize
wb_feed_get_max_part_examples (const WbFeed *self)
{
  return MIN (self->part_size, wb_features_get_n (self->features));
}

gsize
wb_feed_get_max_distinct (const WbFeed *self, gsize vocab_size)
{
  return MIN (vocab_size, wb_features_get_most_tokens (self->features, self->options.batch_size));
}

static void
go_to_epoch (WbFeed *self, guint64 epoch)
{
  if (self->epoch == epoch)
    return;
  wb_order_fill (self->options.order, self->features, self->options.batch_size, self->options.seed,
                 (guint32) epoch, self->options.tail, self->indices);
  self->epoch = epoch;
}

/* Of steps @from to @to - 1 of one epoch, counted from its first. */
static guint64
count_in_epoch (WbFeed *self, guint64 epoch, guint64 from, guint64 to)
{
  const gsize n = wb_features_get_n (self->features), batch = self->options.batch_size;
  guint64     tokens = 0;

  if (from == 0 && to == wb_feed_get_steps_per_epoch (self))
    return wb_features_get_n_tokens (self->features);
  go_to_epoch (self, epoch);
  for (gsize i = (gsize) from * batch; i < MIN ((gsize) to * batch, n); i++)
    tokens += wb_features_get_length (self->features, self->indices[i]);
  return tokens;
}

guint64
wb_feed_count_tokens (WbFeed *self, guint64 from, guint64 to)
{
  const guint64 per_epoch = wb_feed_get_steps_per_epoch (self);
  guint64       tokens = 0;

  for (guint64 end = to; end > from;)
    {
      const guint64 epoch = (end - 1) / per_epoch, first = epoch * per_epoch;

      tokens += count_in_epoch (self, epoch, MAX (from, first) - first, end - first);
      end = MAX (from, first);
    }
  return tokens;
}

void
wb_feed_get (WbFeed         *self,
             guint64         step,
             const WbBatch **parts,
             gsize          *n_parts,
             WbDistinctIds  *distinct)
{
  const guint64 per_epoch = wb_feed_get_steps_per_epoch (self);
  const gsize   n = wb_features_get_n (self->features);
  const gsize   first = (gsize) (step % per_epoch) * self->options.batch_size;
  const gsize   size = MIN (self->options.batch_size, n - first);

  go_to_epoch (self, step / per_epoch);
  wb_packer_reset (self->packer);
  *n_parts = 0;
  for (gsize done = 0; done < size; done += self->part_size)
    {
      for (gsize i = done; i < MIN (done + self->part_size, size); i++)
        wb_packer_add (self->packer, self->features, self->indices[first + i], (guint32) i);
      wb_packer_cut (self->packer, &self->parts[(*n_parts)++]);
    }
  wb_packer_finish (self->packer, distinct);
  *parts = self->parts;
}

struct _WbSweep
{
  const WbFeatures *features;
  guint32          *indices; /* (n) by length */
  gsize             next;
  gsize             max_tokens;
  gsize             max_sequences;
  WbPacker         *packer;
};

typedef struct
{
  guint32 length;
  guint32 index;
} LengthKey;

static int
compare_lengths (const void *a, const void *b)
{
  const LengthKey *x = a, *y = b;

  if (x->length != y->length)
    return (y->length > x->length) - (y->length < x->length);
  return (x->index > y->index) - (x->index < y->index);
}

static guint32 *
indices_by_length (const WbFeatures *features)
{
  const gsize           n = wb_features_get_n (features);
  g_autofree LengthKey *keys = g_new (LengthKey, n);
  guint32              *indices = g_new (guint32, n);

  for (gsize i = 0; i < n; i++)
    keys[i] = (LengthKey){ wb_features_get_length (features, i), (guint32) i };
  qsort (keys, n, sizeof *keys, compare_lengths);
  for (gsize i = 0; i < n; i++)
    indices[i] = keys[i].index;
  return indices;
}

WbSweep *
wb_sweep_new (const WbFeatures *features,
              gsize             max_tokens,
              gsize             max_sequences,
              gboolean          with_types)
{
  WbSweep *self = g_new0 (WbSweep, 1);

  self->features = features;
  self->indices = indices_by_length (features);
  self->max_tokens = MAX (max_tokens, wb_features_get_longest (features));
  self->max_sequences = MAX (max_sequences, 1);
  self->packer =
      wb_packer_new (self->max_tokens, self->max_sequences, 1, wb_features_get_id_bound (features),
                     with_types, wb_features_get_token_labels (features, 0) != NULL);
  return self;
}

void
wb_sweep_free (WbSweep *self)
{
  wb_packer_free (self->packer);
  g_free (self->indices);
  g_free (self);
}

gsize
wb_sweep_get_max_tokens (const WbSweep *self)
{
  return self->max_tokens;
}

gboolean
wb_sweep_next (WbSweep *self, WbBatch *batch, WbDistinctIds *distinct)
{
  gsize tokens = 0, sequences = 0;

  wb_packer_reset (self->packer);
  while (self->next < wb_features_get_n (self->features) && sequences < self->max_sequences)
    {
      const guint32 i = self->indices[self->next];

      tokens += wb_features_get_length (self->features, i);
      if (tokens > self->max_tokens)
        break;
      wb_packer_add (self->packer, self->features, i, i);
      sequences++;
      self->next++;
    }
  if (sequences == 0)
    return FALSE;
  wb_packer_cut (self->packer, batch);
  wb_packer_finish (self->packer, distinct);
  return TRUE;
}
