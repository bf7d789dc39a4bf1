#include "app/feed/wb-packer-private.h"

#include <string.h>

struct _WbPacker
{
  gint32  *ids;          /* (max_tokens) */
  gint32  *type_ids;     /* (max_tokens), or NULL */
  gint32  *slots;        /* (max_tokens) */
  gint32  *cu_seqlens;   /* (max_sequences + max_parts): each part has its own 0 in front */
  guint32 *ordinals;     /* (max_sequences) */
  gint32  *labels;       /* (max_sequences) */
  gint32  *token_labels; /* (max_tokens), or NULL */
  float   *targets;      /* (max_sequences) */
  gint32  *distinct;     /* (max_tokens) */
  guint64 *seen;         /* (n_words) one bit an id */
  guint32 *ranks;        /* (n_words) ids seen in the words before */
  gsize    n_words;
  gsize    n_tokens;
  gsize    n_sequences;
  gsize    n_bounds;
  gsize    part_tokens; /* where the part under way starts */
  gsize    part_sequences;
  gsize    part_bounds;
  gsize    part_longest;
  gsize    max_tokens;
  gsize    max_sequences;
};

WbPacker *
wb_packer_new (gsize    max_tokens,
               gsize    max_sequences,
               gsize    max_parts,
               gsize    id_bound,
               gboolean with_types,
               gboolean with_token_labels)
{
  WbPacker *self = g_new0 (WbPacker, 1);

  self->max_tokens = max_tokens;
  self->max_sequences = max_sequences;
  self->ids = g_new (gint32, max_tokens + 1);
  self->type_ids = with_types ? g_new (gint32, max_tokens + 1) : NULL;
  self->token_labels = with_token_labels ? g_new (gint32, max_tokens + 1) : NULL;
  self->slots = g_new (gint32, max_tokens + 1);
  self->distinct = g_new (gint32, max_tokens + 1);
  self->n_words = id_bound / 64 + 1;
  self->seen = g_new0 (guint64, self->n_words);
  self->ranks = g_new0 (guint32, self->n_words);
  self->cu_seqlens = g_new (gint32, max_sequences + max_parts + 2);
  self->ordinals = g_new (guint32, max_sequences + 1);
  self->labels = g_new (gint32, max_sequences + 1);
  self->targets = g_new (float, max_sequences + 1);
  return self;
}

void
wb_packer_free (WbPacker *self)
{
  g_free (self->ids);
  g_free (self->type_ids);
  g_free (self->slots);
  g_free (self->distinct);
  g_free (self->seen);
  g_free (self->ranks);
  g_free (self->cu_seqlens);
  g_free (self->ordinals);
  g_free (self->labels);
  g_free (self->token_labels);
  g_free (self->targets);
  g_free (self);
}

static void
begin_part (WbPacker *self)
{
  self->part_tokens = self->n_tokens;
  self->part_sequences = self->n_sequences;
  self->part_bounds = self->n_bounds;
  self->part_longest = 0;
  self->cu_seqlens[self->n_bounds++] = 0;
}

void
wb_packer_reset (WbPacker *self)
{
  self->n_tokens = 0;
  self->n_sequences = 0;
  self->n_bounds = 0;
  begin_part (self);
}

void
wb_packer_add (WbPacker *self, const WbFeatures *features, gsize example, guint32 ordinal)
{
  const gsize   length = wb_features_get_length (features, example);
  const gsize   boundary = wb_features_get_boundary (features, example);
  const gint32 *token_labels = wb_features_get_token_labels (features, example);

  g_assert (self->n_tokens + length <= self->max_tokens);
  g_assert (self->n_sequences < self->max_sequences);

  memcpy (self->ids + self->n_tokens, wb_features_get_ids (features, example),
          length * sizeof (gint32));
  for (gsize i = 0; self->type_ids != NULL && i < length; i++)
    self->type_ids[self->n_tokens + i] = i >= boundary;
  if (token_labels != NULL)
    memcpy (self->token_labels + self->n_tokens, token_labels, length * sizeof (gint32));
  self->ordinals[self->n_sequences] = ordinal;
  self->labels[self->n_sequences] = wb_features_get_label (features, example);
  self->targets[self->n_sequences] = wb_features_get_target (features, example);
  self->n_sequences++;
  self->n_tokens += length;
  self->cu_seqlens[self->n_bounds++] = (gint32) (self->n_tokens - self->part_tokens);
  self->part_longest = MAX (self->part_longest, length);
}

void
wb_packer_cut (WbPacker *self, WbBatch *batch)
{
  *batch = (WbBatch){
    .n_tokens = self->n_tokens - self->part_tokens,
    .n_sequences = self->n_sequences - self->part_sequences,
    .max_length = self->part_longest,
    .ids = self->ids + self->part_tokens,
    .type_ids = self->type_ids != NULL ? self->type_ids + self->part_tokens : NULL,
    .slots = self->slots + self->part_tokens,
    .cu_seqlens = self->cu_seqlens + self->part_bounds,
    .ordinals = self->ordinals + self->part_sequences,
    .labels = self->labels + self->part_sequences,
    .targets = self->targets + self->part_sequences,
    .token_labels = self->token_labels != NULL ? self->token_labels + self->part_tokens : NULL,
  };
  begin_part (self);
}

/* Slot of @id: how many smaller ids were seen. */
static gint32
get_slot (const WbPacker *self, gint32 id)
{
  const guint64 below = self->seen[id / 64] & ((G_GUINT64_CONSTANT (1) << (id % 64)) - 1);
  return (gint32) (self->ranks[id / 64] + (guint32) __builtin_popcountll (below));
}

static gsize
list_distinct (WbPacker *self)
{
  gsize n = 0;

  for (gsize w = 0; w < self->n_words; w++)
    {
      guint64 bits = self->seen[w];

      self->ranks[w] = (guint32) n;
      for (; bits != 0; bits &= bits - 1)
        self->distinct[n++] = (gint32) (w * 64 + (gsize) __builtin_ctzll (bits));
    }
  return n;
}

void
wb_packer_finish (WbPacker *self, WbDistinctIds *distinct)
{
  memset (self->seen, 0, self->n_words * sizeof (guint64));
  for (gsize i = 0; i < self->n_tokens; i++)
    self->seen[self->ids[i] / 64] |= G_GUINT64_CONSTANT (1) << (self->ids[i] % 64);
  distinct->n_ids = list_distinct (self);
  distinct->ids = self->distinct;
  for (gsize i = 0; i < self->n_tokens; i++)
    self->slots[i] = get_slot (self, self->ids[i]);
}
