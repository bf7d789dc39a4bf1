#include "engine/train/wb-metrics.h"

#include <math.h>

/* Expected numbers: counted by hand where they are short, else scikit-learn 1.9 and scipy 1.17. */
#define EPSILON 1e-12

static const gint32 binary_p[] = { 1, 1, 0, 1, 0, 0, 1, 0, 1, 1 };
static const gint32 binary_t[] = { 1, 0, 0, 1, 1, 0, 1, 0, 0, 1 };
static const gint32 three_p[] = { 0, 1, 1, 2, 2, 2, 0, 1, 2, 0 };
static const gint32 three_t[] = { 0, 1, 2, 2, 2, 1, 0, 0, 2, 1 };

static void
test_accuracy (void)
{
  const gint32 unknown[] = { -1, 0, 0, 1, 1, 0, 1, 0, 0, 1 };

  g_assert_cmpfloat (wb_metric_accuracy (binary_p, binary_t, 10), ==, 0.7);
  g_assert_cmpfloat (wb_metric_accuracy (three_p, three_t, 10), ==, 0.6);
  g_assert_cmpfloat (wb_metric_accuracy (binary_p, unknown, 10), ==, 0.6); /* -1 is wrong */
  g_assert_cmpfloat (wb_metric_accuracy (binary_p, binary_t, 0), ==, 0);
}

static void
test_f1 (void)
{
  const gint32 zeros[] = { 0, 0, 0 };
  const gint32 ones[] = { 1, 1, 1 };

  /* 4 true positives, 2 false, 1 missed */
  g_assert_cmpfloat_with_epsilon (wb_metric_f1 (binary_p, binary_t, 10), 8.0 / 11, EPSILON);
  g_assert_cmpfloat (wb_metric_f1 (zeros, zeros, 3), ==, 0);
  g_assert_cmpfloat (wb_metric_f1 (ones, zeros, 3), ==, 0);
  g_assert_cmpfloat (wb_metric_f1 (ones, ones, 3), ==, 1);
  g_assert_cmpfloat_with_epsilon (wb_metric_macro_f1 (three_p, three_t, 10, 3), 0.5833333333333334,
                                  EPSILON);
  /* a class that nobody has counts as 0 */
  g_assert_cmpfloat_with_epsilon (wb_metric_macro_f1 (three_p, three_t, 10, 4),
                                  0.5833333333333334 * 3 / 4, EPSILON);
  g_assert_cmpfloat (wb_metric_macro_f1 (three_p, three_t, 10, 0), ==, 0);
}

static void
test_matthews (void)
{
  const gint32 zeros[] = { 0, 0, 0, 0 };
  const gint32 mixed[] = { 0, 1, 0, 1 };
  const gint32 other[] = { 1, 0, 1, 0 };
  const gint32 wide[] = { G_MININT32, G_MAXINT32, G_MININT32, G_MAXINT32 };

  g_assert_cmpfloat_with_epsilon (wb_metric_matthews (binary_p, binary_t, 10), 0.408248290463863,
                                  EPSILON);
  g_assert_cmpfloat_with_epsilon (wb_metric_matthews (three_p, three_t, 10), 0.3939393939393939,
                                  EPSILON);
  g_assert_cmpfloat (wb_metric_matthews (zeros, mixed, 4), ==, 0);
  g_assert_cmpfloat (wb_metric_matthews (mixed, zeros, 4), ==, 0);
  g_assert_cmpfloat_with_epsilon (wb_metric_matthews (mixed, mixed, 4), 1, EPSILON);
  g_assert_cmpfloat_with_epsilon (wb_metric_matthews (other, mixed, 4), -1, EPSILON);
  g_assert_cmpfloat_with_epsilon (wb_metric_matthews (wide, wide, 4), 1, EPSILON);
  g_assert_cmpfloat (wb_metric_matthews (mixed, mixed, 0), ==, 0);
}

/* TP 900,000 of a million: a product of four counts overflows 64 bits. */
static void
test_matthews_large (void)
{
  const gsize        n = 1000000;
  g_autofree gint32 *p = g_new (gint32, n);
  g_autofree gint32 *t = g_new (gint32, n);

  for (gsize i = 0; i < n; i++)
    {
      p[i] = i % 10 != 0;
      t[i] = i % 10 != 1;
    }
  /* TP 0.8, TN 0, FP 0.1, FN 0.1: (0 - 0.01) / 0.09 */
  g_assert_cmpfloat_with_epsilon (wb_metric_matthews (p, t, n), -1.0 / 9, EPSILON);
}

static const double real_x[] = { 1.5, 2.0, 2.0, 3.25, -1.0, 7.0, 2.0, 0.0 };
static const double real_y[] = { 2.0, 1.0, 3.5, 3.5, -2.0, 5.0, 0.5, 0.25 };

static void
test_pearson (void)
{
  /* Anscombe (1973), first set */
  const double x[] = { 10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5 };
  const double y[] = { 8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68 };
  const double tenths[] = { 0.1, 0.1, 0.1 };
  const double nan[] = { 1, NAN, 3 };

  g_assert_cmpfloat_with_epsilon (wb_metric_pearson (x, y, 11), 0.8164205163448395, EPSILON);
  g_assert_cmpfloat_with_epsilon (wb_metric_pearson (real_x, real_y, 8), 0.8714818517738977,
                                  EPSILON);
  g_assert_cmpfloat (wb_metric_pearson (tenths, x, 3), ==, 0);
  g_assert_cmpfloat (wb_metric_pearson (nan, x, 3), ==, 0);
  g_assert_cmpfloat (wb_metric_pearson (x, y, 1), ==, 0);
  g_assert_cmpfloat (wb_metric_pearson (x, y, 0), ==, 0);
  g_assert_cmpfloat (wb_metric_pearson (x, x, 11), <=, 1);
}

static void
test_spearman (void)
{
  const double x[] = { 1, 2, 3, 4 };
  const double cubes[] = { 1, 8, 27, 1e300 };
  const double down[] = { 4, 3, 2, 1 };
  const double nan[] = { 1, NAN, 3, 4 };

  g_assert_cmpfloat_with_epsilon (wb_metric_spearman (real_x, real_y, 8), 0.859041213929178,
                                  EPSILON);
  g_assert_cmpfloat_with_epsilon (wb_metric_spearman (x, cubes, 4), 1, EPSILON);
  g_assert_cmpfloat_with_epsilon (wb_metric_spearman (x, down, 4), -1, EPSILON);
  g_assert_cmpfloat (wb_metric_spearman (nan, x, 4), ==, 0);
  g_assert_cmpfloat (wb_metric_spearman (x, x, 0), ==, 0);
}

static void
test_argmax (void)
{
  const float tie[] = { 1, 3, 3, 2 };
  const float nan[] = { NAN, -INFINITY, NAN, -1 };
  const float all_nan[] = { NAN, NAN };

  g_assert_cmpint (wb_argmax (tie, 4), ==, 1);
  g_assert_cmpint (wb_argmax (nan, 4), ==, 3);
  g_assert_cmpint (wb_argmax (all_nan, 2), ==, 0);
}

static void
test_softmax (void)
{
  const float row[] = { 1, 2, 3 }, large[] = { 1000, 1000 };
  double      p[3];

  wb_softmax (row, 3, p);
  g_assert_cmpfloat_with_epsilon (p[0], 0.09003057317038046, 1e-15);
  g_assert_cmpfloat_with_epsilon (p[1], 0.24472847105479764, 1e-15);
  g_assert_cmpfloat_with_epsilon (p[2], 0.6652409557748218, 1e-15);
  wb_softmax (large, 2, p);
  g_assert_cmpfloat (p[0], ==, 0.5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/metrics/accuracy", test_accuracy);
  g_test_add_func ("/engine/metrics/f1", test_f1);
  g_test_add_func ("/engine/metrics/matthews", test_matthews);
  g_test_add_func ("/engine/metrics/matthews-large", test_matthews_large);
  g_test_add_func ("/engine/metrics/pearson", test_pearson);
  g_test_add_func ("/engine/metrics/spearman", test_spearman);
  g_test_add_func ("/engine/metrics/argmax", test_argmax);
  g_test_add_func ("/engine/metrics/softmax", test_softmax);
  return g_test_run ();
}
