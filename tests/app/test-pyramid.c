/* Extremes of any range and the columns of a chart, held to the plain definition. */
#include "app/figures/wb-pyramid.h"
#include "app/figures/wb-thinning.h"

#include <math.h>

static double
value (GRand *random)
{
  const double kind = g_rand_double (random);

  if (kind < 0.02)
    return NAN;
  if (kind < 0.03)
    return INFINITY;
  return g_rand_double_range (random, -1, 3);
}

static void
check_range (const WbPyramid *pyramid, const double *y, gsize first, gsize end)
{
  const WbExtremes got = wb_pyramid_extremes (pyramid, y, first, end);
  const WbExtremes want = wb_pyramid_extremes (NULL, y, first, end);

  g_assert_cmpfloat (got.low, ==, want.low);
  g_assert_cmpfloat (got.high, ==, want.high);
  g_assert_cmpfloat (got.positive, ==, want.positive);
}

/* Values that come in pieces of any size; every kind of range, in the middle and at the ends. */
static void
test_ranges (void)
{
  enum
  {
    N = 70000 /* five levels */
  };
  g_autofree double *y = g_new (double, N);
  g_autoptr (WbPyramid) pyramid = wb_pyramid_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (gsize n = 0; n < N;)
    {
      const gsize more = MIN (N - n, (gsize) g_rand_int_range (random, 0, 900));

      for (gsize i = n; i < n + more; i++)
        y[i] = value (random);
      n += more;
      wb_pyramid_update (pyramid, y, n);
      if (n > 0)
        {
          const gsize first = (gsize) g_rand_int_range (random, 0, (gint32) n);

          check_range (pyramid, y, first, n);
          check_range (pyramid, y, 0, n);
          check_range (pyramid, y, first, first + (n - first) / 2);
        }
    }
  for (gsize first = 0; first < 40; first++)
    for (gsize length = 0; length < 600; length++)
      check_range (pyramid, y, first, first + length);
  check_range (pyramid, y, N, N);
}

static void
test_definition (void)
{
  const double     y[] = { NAN, 2, -1, INFINITY, 0.5, 0 };
  const WbExtremes got = wb_pyramid_extremes (NULL, y, 0, 6);

  g_assert_cmpfloat (got.low, ==, -1);
  g_assert_cmpfloat (got.high, ==, 2);
  g_assert_cmpfloat (got.positive, ==, 0.5);
  g_assert_true (wb_pyramid_extremes (NULL, y, 0, 1).low >
                 wb_pyramid_extremes (NULL, y, 0, 1).high);
}

/* Fewer values than before: what it knew is forgotten. */
static void
test_again (void)
{
  double y[100];
  g_autoptr (WbPyramid) pyramid = wb_pyramid_new ();

  for (guint i = 0; i < 100; i++)
    y[i] = 5;
  wb_pyramid_update (pyramid, y, 100);
  wb_pyramid_update (pyramid, y, 0);
  for (guint i = 0; i < 100; i++)
    y[i] = i;
  wb_pyramid_update (pyramid, y, 100);
  check_range (pyramid, y, 0, 100);
  g_assert_cmpfloat (wb_pyramid_extremes (pyramid, y, 0, 100).high, ==, 99);
}

/* The line between two neighbours, at @x. */
static double
between (const WbSamples *s, gsize i, double x)
{
  const double t = (x - s->x[i - 1]) / (s->x[i] - s->x[i - 1]);

  return (1 - t) * s->y[i - 1] + t * s->y[i];
}

/* What a column has to cover, from every point and every segment. */
static void
check_column (const WbSamples *s, double left, double right, gboolean is_last, const WbColumn *got)
{
  double low = INFINITY, high = -INFINITY;

  for (gsize i = 0; i < s->n; i++)
    {
      const double x = s->x[i];

      if (isfinite (s->y[i]) && x >= left && (x < right || (is_last && x == right)))
        low = MIN (low, s->y[i]), high = MAX (high, s->y[i]);
      if (i == 0 || !isfinite (s->y[i]) || !isfinite (s->y[i - 1]))
        continue;
      for (int e = 0; e < 2; e++)
        {
          const double edge = e == 0 ? left : right;

          if (s->x[i - 1] < edge && x >= edge && !(is_last && e == 1 && x == edge))
            {
              low = MIN (low, between (s, i, edge));
              high = MAX (high, between (s, i, edge));
            }
        }
    }
  g_assert_cmpint (got->filled, ==, low <= high);
  if (got->filled)
    {
      g_assert_cmpfloat_with_epsilon (got->low, low, 1e-9);
      g_assert_cmpfloat_with_epsilon (got->high, high, 1e-9);
    }
}

static void
test_columns (void)
{
  enum
  {
    COLUMNS = 37
  };
  static const gsize sizes[] = { 1, 2, 20, 40, 500, 3000 };
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (gsize k = 0; k < G_N_ELEMENTS (sizes); k++)
    for (int zoom = 0; zoom < 3; zoom++)
      {
        const gsize        n = sizes[k];
        g_autofree double *x = g_new (double, n), *y = g_new (double, n);
        g_autoptr (WbPyramid) pyramid = wb_pyramid_new ();
        const WbSamples samples = { x, y, n, pyramid, FALSE };
        double          edges[COLUMNS + 1];
        WbColumn        columns[COLUMNS];

        for (gsize i = 0; i < n; i++)
          {
            x[i] = (i == 0 ? 0 : x[i - 1]) + g_rand_double_range (random, 0.1, 2);
            y[i] = value (random);
          }
        wb_pyramid_update (pyramid, y, n);
        for (guint c = 0; c <= COLUMNS; c++)
          edges[c] = x[n - 1] * (0.2 * zoom + (1 - 0.35 * zoom) * c / COLUMNS);
        wb_thinning_columns (&samples, edges, COLUMNS, columns);
        for (guint c = 0; c < COLUMNS; c++)
          check_column (&samples, edges[c], edges[c + 1], c + 1 == COLUMNS, &columns[c]);
      }
}

/* On a logarithmic axis what is not above 0 is a gap, and lines are straight in logarithms. */
static void
test_columns_positive (void)
{
  const double    x[] = { 0, 2, 3, 4 }, y[] = { 1, 100, -5, 7 };
  const double    edges[] = { 0, 1, 2, 3, 4 };
  const WbSamples samples = { x, y, 4, NULL, TRUE };
  WbColumn        columns[4];

  wb_thinning_columns (&samples, edges, 4, columns);
  g_assert_cmpfloat_with_epsilon (columns[0].high, 10, 1e-9);
  g_assert_cmpfloat_with_epsilon (columns[1].low, 10, 1e-9);
  g_assert_cmpfloat (columns[2].low, ==, 100);
  g_assert_cmpfloat (columns[3].low, ==, 7);
  g_assert_false (columns[3].joined);
}

/* Values that change at the end, as those of a centred mean do, are taken in anew. */
static void
test_truncate (void)
{
  g_autoptr (WbPyramid) pyramid = wb_pyramid_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  double y[3000];
  gsize  n = 0;

  for (int t = 0; t < 300; t++)
    {
      const gsize back = (gsize) g_rand_int_range (random, 0, 400);
      const gsize more = (gsize) g_rand_int_range (random, 0, 300);
      const gsize from = n - MIN (n, back), end = MIN (3000, n + more);
      WbExtremes  fast, slow;

      wb_pyramid_truncate (pyramid, from);
      for (gsize i = from; i < end; i++)
        y[i] = g_rand_double (random);
      n = end;
      wb_pyramid_update (pyramid, y, n);
      fast = wb_pyramid_extremes (pyramid, y, n / 3, n);
      slow = wb_pyramid_extremes (NULL, y, n / 3, n);
      g_assert_cmpfloat (fast.low, ==, slow.low);
      g_assert_cmpfloat (fast.high, ==, slow.high);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figures/pyramid/definition", test_definition);
  g_test_add_func ("/figures/pyramid/ranges", test_ranges);
  g_test_add_func ("/figures/pyramid/again", test_again);
  g_test_add_func ("/figures/thinning/columns", test_columns);
  g_test_add_func ("/figures/thinning/positive", test_columns_positive);
  g_test_add_func ("/figures/pyramid/truncate", test_truncate);
  return g_test_run ();
}
