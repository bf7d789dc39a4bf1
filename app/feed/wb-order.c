#include "app/feed/wb-order-private.h"

#include <stdlib.h>

#include "engine/core/wb-mt19937.h"
#include "engine/core/wb-rng.h"

static void
fill_identity (guint32 *indices, gsize n)
{
  for (gsize i = 0; i < n; i++)
    indices[i] = (guint32) i;
}

static void
swap (guint32 *indices, gsize i, gsize j)
{
  const guint32 kept = indices[i];
  indices[i] = indices[j];
  indices[j] = kept;
}

/* A number below @n from the word @element on; words that would favour small numbers are skipped
 * (Lemire 2019, "Fast random integer generation in an interval"). */
static guint32
random_below (const WbRandom *random, guint32 ordinal, guint32 *element, guint32 n)
{
  const guint32 threshold = -n % n;
  guint64       product;

  do
    product = (guint64) wb_random_u32 (random, ordinal, (*element)++) * n;
  while ((guint32) product < threshold);
  return (guint32) (product >> 32);
}

/* Fisher and Yates. */
static void
shuffle (const WbRandom *random, guint32 ordinal, guint32 *indices, gsize n)
{
  guint32 element = 0;

  for (gsize i = n; i > 1; i--)
    swap (indices, i - 1, random_below (random, ordinal, &element, (guint32) i));
}

typedef struct
{
  guint32 length;
  guint32 place; /* before sorting: makes the sort stable */
  guint32 index;
} SortKey;

static int
compare_keys (const void *a, const void *b)
{
  const SortKey *x = a, *y = b;

  if (x->length != y->length)
    return (y->length > x->length) - (y->length < x->length);
  return (x->place > y->place) - (x->place < y->place);
}

static void
sort_window (const WbFeatures *features, guint32 *indices, gsize n, SortKey *keys)
{
  for (gsize i = 0; i < n; i++)
    keys[i] = (SortKey){ wb_features_get_length (features, indices[i]), (guint32) i, indices[i] };
  qsort (keys, n, sizeof *keys, compare_keys);
  for (gsize i = 0; i < n; i++)
    indices[i] = keys[i].index;
}

/* Whole batches of the window change places; what is left over stays last. */
static void
shuffle_batches (const WbRandom *random,
                 guint32         window,
                 guint32        *indices,
                 gsize           n,
                 gsize           batch_size)
{
  guint32 element = 0;

  for (gsize i = n / batch_size; i > 1; i--)
    {
      const gsize j = random_below (random, window + 1, &element, (guint32) i);
      for (gsize k = 0; k < batch_size; k++)
        swap (indices, (i - 1) * batch_size + k, j * batch_size + k);
    }
}

static void
group (const WbFeatures *features, const WbRandom *random, gsize batch_size, guint32 *indices)
{
  const gsize         n = wb_features_get_n (features);
  const gsize         window = MIN (n, batch_size * WB_ORDER_WINDOW);
  g_autofree SortKey *keys = g_new (SortKey, window);

  for (gsize start = 0, w = 0; start < n; start += window, w++)
    {
      const gsize size = MIN (window, n - start);
      sort_window (features, indices + start, size, keys);
      shuffle_batches (random, (guint32) w, indices + start, size, batch_size);
    }
}

/* Where the published training set has which example: CoLA's last rows come first (fact sheet 6.3),
 * then Python's random.Random (0).shuffle() (5.6, 1.). */
static guint32 *
published_set (gsize n, gsize tail)
{
  guint32  *set = g_new (guint32, n);
  WbMt19937 random;

  tail = MIN (tail, n);
  fill_identity (set, n);
  wb_mt19937_init_python (&random, 0);
  wb_mt19937_shuffle_python (&random, set, n);
  for (gsize i = 0; i < n && tail > 0; i++)
    set[i] = (guint32) (set[i] < tail ? n - tail + set[i] : set[i] - tail);
  return set;
}

static void
fill_published (guint32 *indices, gsize n, guint32 epoch, gsize tail)
{
  g_autofree guint32 *set = published_set (n, tail);
  WbMt19937           random;

  fill_identity (indices, n);
  wb_mt19937_init_numpy (&random, 0);
  for (guint32 e = 0; e <= epoch; e++)
    wb_mt19937_shuffle_numpy (&random, indices, n);
  for (gsize i = 0; i < n; i++)
    indices[i] = set[indices[i]];
}

void
wb_order_fill (WbOrder           order,
               const WbFeatures *features,
               gsize             batch_size,
               guint64           seed,
               guint32           epoch,
               gsize             tail,
               guint32          *indices)
{
  const gsize    n = wb_features_get_n (features);
  const WbRandom random = { seed, epoch, wb_random_stream (WB_RANDOM_ORDER, 0) };

  if (order == WB_ORDER_PUBLISHED)
    {
      fill_published (indices, n, epoch, tail);
      return;
    }
  fill_identity (indices, n);
  if (order == WB_ORDER_FILE)
    return;
  shuffle (&random, 0, indices, n);
  if (order == WB_ORDER_GROUPED)
    group (features, &random, batch_size, indices);
}

guint32 *
wb_order_published_positions (gsize n, gsize tail)
{
  g_autofree guint32 *set = published_set (n, tail);
  guint32            *positions = g_new (guint32, n);

  for (gsize k = 0; k < n; k++)
    positions[set[k]] = (guint32) k;
  return positions;
}
