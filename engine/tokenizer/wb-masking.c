#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/tokenizer/wb-masking.h"

#define LM_PROBABILITY 0.15
#define WINDOW 6 /* int (1 / 0.15) words in which one is looked for */
#define MAX_GRAM 64

struct _WbMasking
{
  WbMaskingOptions options;
  gsize            n_ids;
  guint8          *is_special; /* (n_ids) */
  guint8          *is_part;    /* (n_ids): goes on with the word before it */
  gint32          *choices;    /* (n_choices): every token of the vocabulary, in its order */
  guint32          n_choices;
  gint32           mask_id;
  double           cumulative[MAX_GRAM]; /* p (n) ∝ 1 / n, summed up */
};

/* Tokens that are chosen together: indices [first, end) of the list of those that can be chosen. */
typedef struct
{
  guint32  first;
  guint32  end;
  gboolean marked;
} Group;

gsize
wb_masking_get_limit (gsize max_length)
{
  return (gsize) ceil ((double) max_length * LM_PROBABILITY / 10) * 10;
}

/* Making it */

static void
read_vocabulary (WbMasking *self, const WbTokenizer *tokenizer)
{
  self->n_ids = wb_tokenizer_get_n_ids (tokenizer);
  self->is_special = g_new0 (guint8, self->n_ids);
  self->is_part = g_new0 (guint8, self->n_ids);
  self->choices = g_new (gint32, self->n_ids);
  for (guint i = 0; i < WB_N_SPECIALS; i++)
    self->is_special[wb_tokenizer_get_special (tokenizer, i)] = TRUE;
  for (gsize id = 0; id < self->n_ids; id++)
    {
      g_autofree char *token = wb_tokenizer_dup_token (tokenizer, (gint32) id);
      self->is_part[id] = (guint8) wb_tokenizer_is_part_of_word (tokenizer, (gint32) id);
      if (token != NULL)
        self->choices[self->n_choices++] = (gint32) id;
    }
  self->mask_id = wb_tokenizer_get_special (tokenizer, WB_SPECIAL_MASK);
}

static void /* the published code's own order of operations: 1 / n, its sum, quotients, their sums
             */
sum_grams (WbMasking *self)
{
  double total = 0, sum = 0;

  for (guint n = 1; n <= self->options.max_gram; n++)
    total += 1.0 / n;
  for (guint n = 1; n <= self->options.max_gram; n++)
    {
      sum += 1.0 / n / total;
      self->cumulative[n - 1] = sum;
    }
}

WbMasking *
wb_masking_new (const WbTokenizer *tokenizer, const WbMaskingOptions *options)
{
  WbMasking *self;

  g_return_val_if_fail (tokenizer != NULL && options != NULL, NULL);
  g_return_val_if_fail (options->max_gram >= 1 && options->max_gram <= MAX_GRAM, NULL);
  g_return_val_if_fail (options->mask_probability >= 0 && options->keep_probability >= 0 &&
                            options->mask_probability + options->keep_probability <= 1 + 1e-12,
                        NULL);

  self = g_new0 (WbMasking, 1);
  self->options = *options;
  read_vocabulary (self, tokenizer);
  sum_grams (self);
  return self;
}

void
wb_masking_free (WbMasking *self)
{
  if (self == NULL)
    return;
  g_free (self->is_special);
  g_free (self->is_part);
  g_free (self->choices);
  g_free (self);
}

/* One sequence */

static gboolean
can_choose (const WbMasking *self, gint32 id)
{
  return id >= 0 && (gsize) id < self->n_ids && !self->is_special[id];
}

/* @places: indices that can be chosen.  Returns: how many groups they make */
static gsize
make_groups (const WbMasking *self, const gint32 *ids, gsize n, guint32 *places, Group *groups)
{
  gsize n_places = 0, n_groups = 0;

  for (gsize i = 0; i < n; i++)
    {
      if (!can_choose (self, ids[i]))
        continue;
      places[n_places] = (guint32) i;
      if (self->options.max_gram > 1 && n_groups > 0 && self->is_part[ids[i]])
        groups[n_groups - 1].end++;
      else
        groups[n_groups++] = (Group){ (guint32) n_places, (guint32) n_places + 1, FALSE };
      n_places++;
    }
  return n_groups;
}

static gsize
draw_gram (const WbMasking *self, WbMt19937 *rng)
{
  const guint  last = self->options.max_gram - 1;
  const double u = wb_mt19937_random (rng) * self->cumulative[last];
  guint        i = 0;

  while (i < last && self->cumulative[i] <= u)
    i++;
  return i + 1;
}

static void /* a run of words in every window that is as many times wider */
mark_groups (const WbMasking *self, WbMt19937 *rng, Group *groups, gsize n_groups)
{
  gsize offset = 0;

  while (offset < n_groups)
    {
      const gsize n = draw_gram (self, rng);
      const gsize window = MIN (n * WINDOW, n_groups - offset);
      const gsize first = offset + wb_mt19937_below (rng, (guint32) window);
      const gsize end = MIN (first + n, n_groups);
      for (gsize i = first; i < end; i++)
        groups[i].marked = TRUE;
      offset = MAX (offset + window, end);
    }
}

static gint32
replace (const WbMasking *self, WbMt19937 *rng, gint32 id)
{
  const double r = wb_mt19937_random (rng);

  if (r < self->options.mask_probability)
    return self->mask_id;
  if (r < self->options.mask_probability + self->options.keep_probability)
    return id;
  return self->choices[wb_mt19937_below (rng, self->n_choices)];
}

static gsize
get_n_wanted (const WbMasking *self, gsize n)
{
  const gsize wanted = (gsize) MAX (1, rint ((double) n * LM_PROBABILITY)); /* half to even */

  return MIN (wanted, wb_masking_get_limit (self->options.max_length));
}

gsize
wb_masking_apply (const WbMasking *self, WbMt19937 *rng, gint32 *ids, gint32 *labels, gsize n)
{
  g_autofree guint32 *places = g_new (guint32, n);
  g_autofree Group   *groups = g_new (Group, n);
  const gsize         n_wanted = get_n_wanted (self, n);
  gsize               n_groups, n_chosen = 0;

  g_return_val_if_fail (self != NULL && rng != NULL && n <= G_MAXINT32, 0);

  memset (labels, 0, n * sizeof *labels);
  n_groups = make_groups (self, ids, n, places, groups);
  mark_groups (self, rng, groups, n_groups);
  for (gsize i = 0; i < n_groups && n_chosen < n_wanted; i++)
    for (guint32 k = groups[i].first; groups[i].marked && k < groups[i].end; k++, n_chosen++)
      {
        labels[places[k]] = ids[places[k]];
        ids[places[k]] = replace (self, rng, ids[places[k]]);
      }
  return n_chosen;
}
