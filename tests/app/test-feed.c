#include "config.h"

#include <string.h>

#include "app/feed/wb-feed-private.h"

/* Orders of the examples, and their batches. */

static WbFeatures *
features_new (gsize n, guint32 most)
{
  g_autofree guint32 *lengths = g_new (guint32, n);

  for (gsize i = 0; i < n; i++)
    lengths[i] = 1 + (guint32) ((i * 7919) % most);
  return wb_features_new_random (lengths, n, 1000, 3);
}

static void
assert_permutation (const guint32 *indices, gsize n)
{
  g_autofree guint8 *seen = g_new0 (guint8, n);

  for (gsize i = 0; i < n; i++)
    {
      g_assert_cmpuint (indices[i], <, n);
      g_assert_cmpuint (seen[indices[i]]++, ==, 0);
    }
}

static void
test_permutations (void)
{
  const gsize sizes[] = { 1, 2, 7, 100, 1601 };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (guint order = WB_ORDER_GROUPED; order <= WB_ORDER_PUBLISHED; order++)
      {
        const gsize n = sizes[s];
        g_autoptr (WbFeatures) features = features_new (n, 40);
        g_autofree guint32 *a = g_new (guint32, n), *b = g_new (guint32, n);

        wb_order_fill (order, features, 16, 5, 2, 3, a);
        assert_permutation (a, n);
        wb_order_fill (order, features, 16, 5, 2, 3, b);
        g_assert_cmpmem (a, n * sizeof *a, b, n * sizeof *b);
        wb_order_fill (order, features, 16, 5, 3, 3, b);
        if (n > 10 && order != WB_ORDER_FILE)
          g_assert_true (memcmp (a, b, n * sizeof *a) != 0);
        wb_order_fill (order, features, 16, 6, 2, 3, b);
        if (n > 10 && order < WB_ORDER_FILE)
          g_assert_true (memcmp (a, b, n * sizeof *a) != 0);
      }
}

/* Fact sheet 5.7: Random(0).shuffle(0..9), then RandomState(0).shuffle() once and twice. */
static void
test_published (void)
{
  static const guint32 set[] = { 7, 8, 1, 5, 3, 4, 2, 0, 9, 6 };
  static const guint32 first[] = { 2, 8, 4, 9, 1, 6, 7, 3, 0, 5 };
  static const guint32 second[] = { 9, 6, 8, 4, 5, 0, 2, 7, 3, 1 };
  g_autoptr (WbFeatures) features = features_new (10, 5);
  g_autofree guint32 *positions = wb_order_published_positions (10, 0);
  g_autofree guint32 *tail = wb_order_published_positions (10, 4);
  guint32             indices[10];

  wb_order_fill (WB_ORDER_PUBLISHED, features, 4, 99, 0, 0, indices);
  for (gsize i = 0; i < 10; i++)
    g_assert_cmpuint (indices[i], ==, set[first[i]]);
  wb_order_fill (WB_ORDER_PUBLISHED, features, 4, 99, 1, 0, indices);
  for (gsize i = 0; i < 10; i++)
    g_assert_cmpuint (indices[i], ==, set[second[i]]);
  for (guint32 k = 0; k < 10; k++)
    {
      g_assert_cmpuint (positions[set[k]], ==, k);
      /* the last four rows come first: row 6 is number 0 of the list that is shuffled */
      g_assert_cmpuint (tail[(set[k] + 6) % 10], ==, k);
    }
}

/* Inside a window of 50 batches every batch spans few lengths, and batches are not in order. */
static void
test_grouped (void)
{
  const gsize n = 8 * 50 + 30;
  g_autoptr (WbFeatures) features = features_new (n, 97);
  g_autofree guint32 *indices = g_new (guint32, n);
  gsize               falls = 0;

  wb_order_fill (WB_ORDER_GROUPED, features, 8, 1, 0, 0, indices);
  for (gsize batch = 0; batch < 50; batch++)
    {
      const guint32 *b = indices + batch * 8;

      for (gsize i = 1; i < 8; i++)
        g_assert_cmpuint (wb_features_get_length (features, b[i]), <=,
                          wb_features_get_length (features, b[i - 1]));
      /* 400 examples over 97 lengths: 8 neighbours span 2 lengths, seldom 3 */
      g_assert_cmpuint (wb_features_get_length (features, b[0]) -
                            wb_features_get_length (features, b[7]),
                        <=, 12);
      falls += batch > 0 &&
               wb_features_get_length (features, b[0]) > wb_features_get_length (features, b[-8]);
    }
  g_assert_cmpuint (falls, >, 10);
  g_assert_cmpuint (falls, <, 40);
}

/* Every part of a step: bounds, ordinals, tokens, slots. */
static void
check_step (const WbFeatures    *features,
            const guint32       *indices,
            const WbBatch       *parts,
            gsize                n_parts,
            const WbDistinctIds *distinct,
            gsize                size)
{
  gsize example = 0;

  for (gsize i = 1; i < distinct->n_ids; i++)
    g_assert_cmpint (distinct->ids[i - 1], <, distinct->ids[i]);
  for (gsize p = 0; p < n_parts; p++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (wb_batch_check (&parts[p], &error));
      for (gsize s = 0; s < parts[p].n_sequences; s++, example++)
        {
          const gint32 *ids = parts[p].ids + parts[p].cu_seqlens[s];
          const gint32 *slots = parts[p].slots + parts[p].cu_seqlens[s];
          const gsize   length = wb_features_get_length (features, indices[example]);

          g_assert_cmpuint (parts[p].ordinals[s], ==, example);
          g_assert_cmpint (parts[p].cu_seqlens[s + 1] - parts[p].cu_seqlens[s], ==, length);
          g_assert_cmpmem (ids, length * 4, wb_features_get_ids (features, indices[example]),
                           length * 4);
          for (gsize t = 0; t < length; t++)
            g_assert_cmpint (distinct->ids[slots[t]], ==, ids[t]);
        }
    }
  g_assert_cmpuint (example, ==, size);
}

static void
test_batches (void)
{
  for (gsize accumulation = 1; accumulation <= 5; accumulation++)
    {
      const WbFeedOptions options = { WB_ORDER_GROUPED, 10, accumulation, 4, FALSE, 0 };
      g_autoptr (WbFeatures) features = features_new (47, 30);
      g_autoptr (WbFeed) feed = wb_feed_new (features, &options);
      g_autofree guint32 *indices = g_new (guint32, 47);

      g_assert_cmpuint (wb_feed_get_steps_per_epoch (feed), ==, 5);
      for (guint64 step = 0; step < 15; step++)
        {
          const gsize    size = step % 5 == 4 ? 7 : 10;
          const WbBatch *parts;
          gsize          n_parts;
          WbDistinctIds  distinct;

          wb_feed_get (feed, step, &parts, &n_parts, &distinct);
          wb_order_fill (WB_ORDER_GROUPED, features, 10, 4, (guint32) (step / 5), 0, indices);
          check_step (features, indices + step % 5 * 10, parts, n_parts, &distinct, size);
          for (gsize p = 0; p < n_parts; p++)
            {
              g_assert_cmpuint (parts[p].n_tokens, <=, wb_feed_get_max_part_tokens (feed));
              g_assert_cmpuint (parts[p].n_sequences, <=, wb_feed_get_max_part_examples (feed));
            }
          g_assert_cmpuint (distinct.n_ids, <=, wb_feed_get_max_distinct (feed, 1000));
        }
    }
}

/* Any step at any time gives the same batch: what a resume rests on. */
static void
test_seek (void)
{
  const WbFeedOptions options = { WB_ORDER_SHUFFLE, 6, 2, 8, FALSE, 0 };
  g_autoptr (WbFeatures) features = features_new (40, 20);
  g_autoptr (WbFeed) ahead = wb_feed_new (features, &options);
  g_autoptr (WbFeed) jumping = wb_feed_new (features, &options);

  for (guint64 step = 0; step < 30; step++)
    {
      const WbBatch *a, *b;
      gsize          n_a, n_b;
      WbDistinctIds  distinct_a, distinct_b;

      wb_feed_get (jumping, (step * 13) % 30, &b, &n_b, &distinct_b);
      wb_feed_get (ahead, step, &a, &n_a, &distinct_a);
      wb_feed_get (jumping, step, &b, &n_b, &distinct_b);
      g_assert_cmpuint (n_a, ==, n_b);
      g_assert_cmpmem (distinct_a.ids, distinct_a.n_ids * 4, distinct_b.ids, distinct_b.n_ids * 4);
      for (gsize p = 0; p < n_a; p++)
        g_assert_cmpmem (a[p].ids, a[p].n_tokens * 4, b[p].ids, b[p].n_tokens * 4);
    }
}

static void
test_sweep (void)
{
  g_autoptr (WbFeatures) features = features_new (101, 60);
  g_autoptr (WbSweep) sweep = wb_sweep_new (features, 100, 7, FALSE);
  g_autofree guint32 *seen = g_new0 (guint32, 101);
  WbBatch             batch;
  WbDistinctIds       distinct;
  gsize               longest = G_MAXSIZE;

  while (wb_sweep_next (sweep, &batch, &distinct))
    {
      g_assert_cmpuint (batch.n_tokens, <=, 100);
      g_assert_cmpuint (batch.n_sequences, <=, 7);
      g_assert_cmpuint (batch.max_length, <=, longest);
      longest = batch.max_length;
      for (gsize i = 0; i < batch.n_sequences; i++)
        seen[batch.ordinals[i]]++;
    }
  for (gsize i = 0; i < 101; i++)
    g_assert_cmpuint (seen[i], ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/feed/permutations", test_permutations);
  g_test_add_func ("/app/feed/published", test_published);
  g_test_add_func ("/app/feed/grouped", test_grouped);
  g_test_add_func ("/app/feed/batches", test_batches);
  g_test_add_func ("/app/feed/seek", test_seek);
  g_test_add_func ("/app/feed/sweep", test_sweep);
  return g_test_run ();
}
