#include "config.h"

#include "engine/tokenizer/wb-truncation-private.h"

/* Longest first: what the tokenizers library 0.23.3, which transformers 5.23 calls, keeps of a
 * first and a second text: both lengths, budget, what stays of each.  All 704 combinations of
 * lengths up to 7 and budgets up to 10 were compared; these show every branch. */
static const gsize longest_first[][5] = {
  { 5, 5, 10, 5, 5 }, { 5, 5, 9, 4, 5 }, { 5, 5, 8, 4, 4 }, { 5, 5, 1, 0, 1 },
  { 5, 5, 0, 0, 0 },  { 7, 2, 5, 3, 2 }, { 2, 7, 5, 2, 3 }, { 7, 4, 5, 3, 2 },
  { 4, 7, 5, 2, 3 },  { 7, 6, 5, 3, 2 }, { 6, 7, 5, 2, 3 }, { 7, 0, 3, 3, 0 },
  { 0, 7, 3, 0, 3 },  { 1, 7, 1, 0, 1 }, { 7, 1, 1, 1, 0 }, { 3, 3, 7, 3, 3 },
};

static void
test_longest_first (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (longest_first); i++)
    {
      const gsize *row = longest_first[i];
      WbKeep       keep[2] = { { 0, row[0] }, { 0, row[1] } };
      wb_truncate_longest_first (keep, 2, row[2]);
      g_assert_cmpuint (keep[0].first, ==, 0);
      g_assert_cmpuint (keep[1].first, ==, 0);
      g_assert_cmpuint (keep[0].end, ==, row[3]);
      g_assert_cmpuint (keep[1].end, ==, row[4]);
    }
}

static void
test_single (void)
{
  WbKeep keep = { 0, 9 };

  wb_truncate_longest_first (&keep, 1, 4);
  g_assert_cmpuint (keep.end, ==, 4);
  wb_truncate_longest_first (&keep, 1, G_MAXSIZE);
  g_assert_cmpuint (keep.end, ==, 4);
}

/* Fact sheet 6.2, made by the published code. */
static const struct
{
  guint64  seed;
  gsize    a, b, budget;
  WbKeep   keep[2];
  gboolean swapped;
} published[] = {
  { 0, 10, 8, 12, { { 2, 8 }, { 1, 7 } }, FALSE },
  { 3, 10, 8, 12, { { 3, 9 }, { 0, 6 } }, FALSE },
  { 7, 10, 8, 12, { { 3, 9 }, { 1, 7 } }, FALSE },
  { 12345, 10, 8, 12, { { 3, 9 }, { 2, 8 } }, FALSE },
  { 0, 5, 9, 9, { { 0, 5 }, { 2, 6 } }, TRUE },
  { 0, 5, 9, 14, { { 0, 5 }, { 0, 9 } }, FALSE }, /* nothing to do: no sorting */
};

static void
test_published (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (published); i++)
    {
      WbKeep keep[2] = { { 0, published[i].a }, { 0, published[i].b } };
      g_assert_cmpint (wb_truncate_published (keep, 2, published[i].budget, published[i].seed), ==,
                       published[i].swapped);
      g_assert_cmpmem (keep, sizeof keep, published[i].keep, sizeof keep);
    }
}

static void /* Random (0): 0.84, 0.76, 0.42, 0.26: last, last, first, first */
test_published_single (void)
{
  WbKeep keep = { 0, 9 };

  g_assert_false (wb_truncate_published (&keep, 1, 5, 0));
  g_assert_cmpuint (keep.first, ==, 2);
  g_assert_cmpuint (keep.end, ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/truncation/longest-first", test_longest_first);
  g_test_add_func ("/engine/truncation/single", test_single);
  g_test_add_func ("/engine/truncation/published", test_published);
  g_test_add_func ("/engine/truncation/published-single", test_published_single);
  return g_test_run ();
}
