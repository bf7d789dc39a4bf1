#include "app/feed/wb-features-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/feed/wb-order-private.h"
#include "engine/core/wb-rng.h"

#define NO_LABEL (-100) /* transformers' */

struct _WbFeatures
{
  gsize    n;
  gsize   *starts;       /* (n + 1) */
  guint32 *boundaries;   /* (n) */
  gint32  *ids;          /* (starts[n]) */
  gint32  *labels;       /* (n) */
  float   *targets;      /* (n) */
  guint32 *descending;   /* (n) lengths, longest first */
  gsize   *word_starts;  /* (n + 1) token tasks, else NULL, as what follows */
  gint32  *word_tokens;  /* (word_starts[n]) */
  gint32  *word_labels;  /* (word_starts[n]) */
  gint32  *token_labels; /* (starts[n]) */
  gsize    n_truncated;
  gsize    id_bound;
};

static WbFeatures *
features_new (gsize n)
{
  WbFeatures *self = g_new0 (WbFeatures, 1);

  self->n = n;
  self->starts = g_new0 (gsize, n + 1);
  self->boundaries = g_new (guint32, n);
  self->labels = g_new (gint32, n);
  self->targets = g_new (float, n);
  return self;
}

void
wb_features_free (WbFeatures *self)
{
  g_free (self->starts);
  g_free (self->boundaries);
  g_free (self->ids);
  g_free (self->labels);
  g_free (self->targets);
  g_free (self->descending);
  g_free (self->word_starts);
  g_free (self->word_tokens);
  g_free (self->word_labels);
  g_free (self->token_labels);
  g_free (self);
}

static int
compare_descending (const void *a, const void *b)
{
  const guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;
  return (y > x) - (y < x);
}

/* What is looked up often, once all rows are there. */
static void
finish (WbFeatures *self)
{
  for (gsize i = 0; i < self->starts[self->n]; i++)
    self->id_bound = MAX (self->id_bound, (gsize) self->ids[i] + 1);
  self->descending = g_new (guint32, self->n);
  for (gsize i = 0; i < self->n; i++)
    self->descending[i] = wb_features_get_length (self, i);
  qsort (self->descending, self->n, sizeof (guint32), compare_descending);
}

static void
add_encoding (WbFeatures *self, gsize i, const WbEncoding *encoding, gsize *allocated)
{
  const gsize start = self->starts[i];
  gsize       boundary = 0;

  while (start + encoding->n > *allocated)
    {
      *allocated = MAX (*allocated * 2, 1 << 16);
      self->ids = g_renew (gint32, self->ids, *allocated);
      if (self->word_starts != NULL)
        self->token_labels = g_renew (gint32, self->token_labels, *allocated);
    }
  memcpy (self->ids + start, encoding->ids, encoding->n * sizeof (gint32));
  while (boundary < encoding->n && encoding->type_ids[boundary] == 0)
    boundary++;
  self->boundaries[i] = (guint32) boundary;
  self->starts[i + 1] = start + encoding->n;
  if (encoding->truncated > 0)
    self->n_truncated++;
}

/* ---- words ---- */

static void
make_words (WbFeatures *self, const WbDataset *dataset)
{
  const gsize n_words = wb_dataset_get_n_words (dataset);

  self->word_starts = g_new0 (gsize, self->n + 1);
  self->word_tokens = g_new (gint32, n_words + 1);
  self->word_labels = g_new (gint32, n_words + 1);
}

/* A word has the pieces that start in it or in the blank before it; the first one stands for it,
 * as transformers and the published code have it (fact sheet 6.8).  Around a word that is nothing
 * to the tokenizer blanks are one: the next word's piece begins before it, and ends behind it. */
static void
add_words (WbFeatures             *self,
           gsize                   i,
           const WbExample        *example,
           const WbWord           *words,
           const WbFeatureOptions *options,
           const WbEncoding       *encoding)
{
  const gsize first = self->word_starts[i];
  gint32     *labels = self->token_labels + self->starts[i];
  gsize       token = 1; /* behind [CLS] */

  for (gsize t = 0; t < encoding->n; t++)
    labels[t] = NO_LABEL;
  for (gsize w = 0; w < example->n_words; w++)
    {
      const WbWord *word = &words[example->first_word + w];
      const gint32  label = word->label >= 0 && options->label_map != NULL
                                ? options->label_map[word->label]
                                : word->label;

      while (token + 1 < encoding->n && encoding->offsets[token].start + 1 < word->start &&
             encoding->offsets[token].end < word->start)
        token++;
      self->word_tokens[first + w] = -1;
      self->word_labels[first + w] = label;
      if (token + 1 >= encoding->n || encoding->offsets[token].start >= word->end ||
          encoding->offsets[token].end > word->end)
        continue;
      self->word_tokens[first + w] = (gint32) token;
      labels[token++] = label >= 0 ? label : NO_LABEL;
    }
  self->word_starts[i + 1] = first + example->n_words;
}

static void
add_label (WbFeatures *self, gsize i, const WbExample *example, const WbFeatureOptions *options)
{
  self->labels[i] = example->label;
  if (example->label >= 0 && options->label_map != NULL)
    self->labels[i] = options->label_map[example->label];
  self->targets[i] = example->target;
}

/* Tokenizes example @i into row @i. */
static gboolean
add_example (WbFeatures             *self,
             gsize                   i,
             const WbDataset        *dataset,
             const WbTokenizer      *tokenizer,
             const WbFeatureOptions *options,
             guint64                 position,
             WbEncoding             *encoding,
             gsize                  *allocated,
             GError                **error)
{
  const WbExample      *example = &wb_dataset_get_examples (dataset)[i];
  const WbEncodeOptions encode = { options->max_length, options->truncation, position };
  const gboolean        swap = options->published_segments && example->pair != NULL &&
                        wb_dataset_get_task (dataset)->published_swaps_pair;

  if (!wb_tokenizer_encode (tokenizer, swap ? example->pair : example->text,
                            swap ? example->text : example->pair, &encode, encoding, error))
    {
      g_prefix_error (error, "%s, line %u: ", wb_dataset_get_name (dataset), example->line);
      return FALSE;
    }
  add_encoding (self, i, encoding, allocated);
  if (self->word_starts != NULL)
    add_words (self, i, example, wb_dataset_get_words (dataset), options, encoding);
  add_label (self, i, example, options);
  return TRUE;
}

WbFeatures *
wb_features_new (const WbDataset        *dataset,
                 const WbTokenizer      *tokenizer,
                 const WbFeatureOptions *options,
                 void (*progress) (double share, gpointer user_data),
                 gpointer user_data,
                 GError **error)
{
  const gsize n = wb_dataset_get_n_examples (dataset);
  g_autoptr (WbFeatures) self = features_new (n);
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  g_autofree guint32 *positions = NULL;
  gsize               allocated = 0;

  if (wb_dataset_get_task (dataset)->kind == WB_TASK_TOKENS)
    make_words (self, dataset);
  if (options->truncation == WB_TRUNCATION_PUBLISHED && options->published_order)
    positions = wb_order_published_positions (n, wb_dataset_get_task (dataset)->published_tail);
  for (gsize i = 0; i < n; i++)
    {
      if (options->cancel != NULL && g_atomic_int_get (options->cancel))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
          return NULL;
        }
      if (!add_example (self, i, dataset, tokenizer, options, positions != NULL ? positions[i] : i,
                        encoding, &allocated, error))
        return NULL;
      if (progress != NULL && i % 1024 == 0)
        progress ((double) i / n, user_data);
    }
  finish (self);
  return g_steal_pointer (&self);
}

WbFeatures *
wb_features_new_random (const guint32 *lengths, gsize n, gsize vocab_size, guint64 seed)
{
  WbFeatures    *self = features_new (n);
  const WbRandom random = { seed, 0, wb_random_stream (WB_RANDOM_ORDER, 1) };

  for (gsize i = 0; i < n; i++)
    self->starts[i + 1] = self->starts[i] + lengths[i];
  self->ids = g_new (gint32, self->starts[n] + 1);
  for (gsize i = 0; i < n; i++)
    {
      for (guint32 k = 0; k < lengths[i]; k++)
        self->ids[self->starts[i] + k] =
            (gint32) (((guint64) wb_random_u32 (&random, (guint32) i, k) * vocab_size) >> 32);
      self->boundaries[i] = lengths[i];
      self->labels[i] = 0;
      self->targets[i] = 0;
    }
  finish (self);
  return self;
}

gsize
wb_features_get_n (const WbFeatures *self)
{
  return self->n;
}

gsize
wb_features_get_n_tokens (const WbFeatures *self)
{
  return self->starts[self->n];
}

gsize
wb_features_get_longest (const WbFeatures *self)
{
  return self->n > 0 ? self->descending[0] : 0;
}

gsize
wb_features_get_n_truncated (const WbFeatures *self)
{
  return self->n_truncated;
}

guint32
wb_features_get_length (const WbFeatures *self, gsize i)
{
  return (guint32) (self->starts[i + 1] - self->starts[i]);
}

const gint32 *
wb_features_get_ids (const WbFeatures *self, gsize i)
{
  return self->ids + self->starts[i];
}

guint32
wb_features_get_boundary (const WbFeatures *self, gsize i)
{
  return self->boundaries[i];
}

gint32
wb_features_get_label (const WbFeatures *self, gsize i)
{
  return self->labels[i];
}

float
wb_features_get_target (const WbFeatures *self, gsize i)
{
  return self->targets[i];
}

const gint32 *
wb_features_get_token_labels (const WbFeatures *self, gsize i)
{
  return self->token_labels != NULL ? self->token_labels + self->starts[i] : NULL;
}

gsize
wb_features_get_n_units (const WbFeatures *self)
{
  return self->word_starts != NULL ? self->word_starts[self->n] : self->n;
}

gsize
wb_features_get_words (const WbFeatures *self,
                       gsize             i,
                       gsize            *first,
                       const gint32    **tokens,
                       const gint32    **labels)
{
  if (self->word_starts == NULL)
    return 0;
  *first = self->word_starts[i];
  *tokens = self->word_tokens + *first;
  *labels = self->word_labels + *first;
  return self->word_starts[i + 1] - *first;
}

gsize
wb_features_get_id_bound (const WbFeatures *self)
{
  return self->id_bound;
}

gsize
wb_features_get_most_tokens (const WbFeatures *self, gsize n)
{
  gsize sum = 0;

  for (gsize i = 0; i < MIN (n, self->n); i++)
    sum += self->descending[i];
  return sum;
}
