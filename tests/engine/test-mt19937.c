#include "config.h"

#include "engine/core/wb-mt19937.h"

/* Vectors: fact sheet 5.7, made by Python and NumPy. */

static void
test_python_draws (void)
{
  const guint32 words[] = { 3626764237u, 1654615998u, 3255389356u, 3823568514u };
  WbMt19937     rng;

  wb_mt19937_init_python (&rng, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_cmpuint (wb_mt19937_next (&rng), ==, words[i]);
  wb_mt19937_init_python (&rng, 0);
  g_assert_cmpfloat (wb_mt19937_random (&rng), ==, 0.8444218515250481);
  g_assert_cmpfloat (wb_mt19937_random (&rng), ==, 0.7579544029403025);
  g_assert_cmpfloat (wb_mt19937_random (&rng), ==, 0.420571580830845);
  wb_mt19937_init_python (&rng, 12345);
  g_assert_cmpfloat (wb_mt19937_random (&rng), ==, 0.41661987254534116);
  g_assert_cmpfloat (wb_mt19937_random (&rng), ==, 0.010169169457068361);
  wb_mt19937_init_python (&rng, G_GUINT64_CONSTANT (1) << 32);
  g_assert_cmpfloat (wb_mt19937_random (&rng), ==, 0.11299430095636409);
}

static void
test_python_below (void)
{
  const guint32 want[] = { 3, 5, 0, 2, 2, 1, 2, 4 };
  WbMt19937     rng;

  wb_mt19937_init_python (&rng, 12345);
  for (gsize i = 0; i < G_N_ELEMENTS (want); i++)
    g_assert_cmpuint (wb_mt19937_below (&rng, 6), ==, want[i]);
}

static void
assert_order (const guint32 *got, const guint32 *want, gsize n)
{
  g_assert_cmpmem (got, n * sizeof *got, want, n * sizeof *want);
}

static void
count_up (guint32 *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    values[i] = (guint32) i;
}

static void
test_shuffles (void)
{
  const guint32 python10[] = { 7, 8, 1, 5, 3, 4, 2, 0, 9, 6 };
  const guint32 python20[] = {
    10, 18, 16, 14, 0, 17, 11, 2, 3, 9, 5, 7, 4, 19, 6, 15, 8, 1, 13, 12
  };
  const guint32 numpy10[] = { 2, 8, 4, 9, 1, 6, 7, 3, 0, 5 };
  const guint32 numpy10_again[] = { 9, 6, 8, 4, 5, 0, 2, 7, 3, 1 };
  const guint32 numpy20[] = {
    18, 1, 19, 8, 10, 17, 6, 13, 4, 2, 5, 14, 9, 7, 16, 11, 3, 0, 15, 12
  };
  guint32   values[20];
  WbMt19937 rng;

  count_up (values, 10);
  wb_mt19937_init_python (&rng, 0);
  wb_mt19937_shuffle_python (&rng, values, 10);
  assert_order (values, python10, 10);
  count_up (values, 20);
  wb_mt19937_init_python (&rng, 0);
  wb_mt19937_shuffle_python (&rng, values, 20);
  assert_order (values, python20, 20);
  count_up (values, 10);
  wb_mt19937_init_numpy (&rng, 0);
  wb_mt19937_shuffle_numpy (&rng, values, 10);
  assert_order (values, numpy10, 10);
  wb_mt19937_shuffle_numpy (&rng, values, 10);
  assert_order (values, numpy10_again, 10);
  count_up (values, 20);
  wb_mt19937_init_numpy (&rng, 0);
  wb_mt19937_shuffle_numpy (&rng, values, 20);
  assert_order (values, numpy20, 20);
}

static void
test_numpy_words (void)
{
  const guint32 words[] = { 2357136044u, 2546248239u, 3071714933u, 3626093760u };
  WbMt19937     rng;

  wb_mt19937_init_numpy (&rng, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_cmpuint (wb_mt19937_next (&rng), ==, words[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/mt19937/python-draws", test_python_draws);
  g_test_add_func ("/engine/mt19937/python-below", test_python_below);
  g_test_add_func ("/engine/mt19937/shuffles", test_shuffles);
  g_test_add_func ("/engine/mt19937/numpy-words", test_numpy_words);
  return g_test_run ();
}
