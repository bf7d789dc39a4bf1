/* Means with bands, against numbers that SciPy 1.17 and NumPy computed; centred means. */
#include "app/figures/wb-figure.h"
#include "app/figures/wb-group.h"
#include "app/figures/wb-smoothing.h"

#include <math.h>

/* scipy.stats.t.ppf (p, df) */
static void
test_quantile (void)
{
  static const struct
  {
    double p, freedom, t;
  } cases[] = { { 0.975, 1, 12.706204736174694 },   { 0.975, 2, 4.302652729749462 },
                { 0.975, 3, 3.1824463052837078 },   { 0.975, 4, 2.7764451051977934 },
                { 0.975, 9, 2.262157162798205 },    { 0.975, 29, 2.045229642132703 },
                { 0.975, 200, 1.9718962236339088 }, { 0.975, 1.5, 6.016663104427929 },
                { 0.95, 1, 6.313751514675037 },     { 0.95, 2, 2.9199855803537242 },
                { 0.95, 3, 2.3533634348018233 },    { 0.95, 4, 2.1318467863266495 },
                { 0.95, 9, 1.833112932656237 },     { 0.95, 29, 1.6991270265334972 },
                { 0.95, 200, 1.6525081009108769 },  { 0.95, 1.5, 3.70518082009675 },
                { 0.995, 1, 63.656741162871526 },   { 0.995, 2, 9.924843200918287 },
                { 0.995, 3, 5.840909309733355 },    { 0.995, 4, 4.604094871349992 },
                { 0.995, 9, 3.249835541592126 },    { 0.995, 29, 2.756385903670605 },
                { 0.995, 200, 2.600634436191558 },  { 0.995, 1.5, 17.820310514462804 },
                { 0.6, 1, 0.32491969623290634 },    { 0.6, 2, 0.2886751345948128 },
                { 0.6, 3, 0.2766706623326898 },     { 0.6, 4, 0.2707222947075976 },
                { 0.6, 9, 0.260955336473911 },      { 0.6, 29, 0.25568363457125604 },
                { 0.6, 200, 0.25368437919014747 },  { 0.6, 1.5, 0.30074539256979543 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const double t = wb_group_quantile (cases[i].p, cases[i].freedom);

      g_assert_cmpfloat (fabs (t - cases[i].t), <=, 1e-11 * fabs (cases[i].t));
      g_assert_cmpfloat_with_epsilon (wb_group_quantile (1 - cases[i].p, cases[i].freedom), -t,
                                      1e-9 * fabs (t));
    }
  g_assert_true (isnan (wb_group_quantile (1, 4)));
}

/* Five seeds at step 100, four at 200 (one diverged), one at 300. */
static const double x1[] = { 100, 200, 300 }, x2[] = { 100, 200 };
static const double y[5][3] = { { 0.862, 0.871, 0.88 },
                                { 0.843, 0.866 },
                                { 0.871, 0.879 },
                                { 0.85, 0.861 },
                                { 0.857, NAN } };

static void
fill (WbChartSeries *members)
{
  for (int m = 0; m < 5; m++)
    members[m] = (WbChartSeries){ .x = m == 0 ? x1 : x2, .y = y[m], .n = m == 0 ? 3 : 2 };
}

static void
assert_close (double value, double expected)
{
  if (isnan (expected))
    g_assert_true (isnan (value));
  else
    g_assert_cmpfloat (fabs (value - expected), <=, 1e-12 * MAX (1, fabs (expected)));
}

static void
test_bands (void)
{
  static const double means[] = { 0.8566, 0.8692500000000001, 0.88 };
  static const struct
  {
    WbBandKind band;
    double     low[3], high[3];
  } cases[] = { { WB_BAND_NONE, { NAN, NAN, NAN }, { NAN, NAN, NAN } },
                { WB_BAND_DEVIATION,
                  { 0.8458157522283657, 0.8615742807068871, NAN },
                  { 0.8673842477716344, 0.876925719293113, NAN } },
                { WB_BAND_ERROR,
                  { 0.851777137779285, 0.8654121403534436, NAN },
                  { 0.8614228622207151, 0.8730878596465566, NAN } },
                { WB_BAND_INTERVAL,
                  { 0.8432095877942525, 0.857036217747619, NAN },
                  { 0.8699904122057476, 0.8814637822523812, NAN } },
                { WB_BAND_RANGE, { 0.843, 0.861, 0.88 }, { 0.871, 0.879, 0.88 } } };
  WbChartSeries members[5];

  fill (members);
  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_autoptr (WbGroup) group = wb_group_new (members, 5, cases[c].band);

      g_assert_cmpuint (group->n, ==, 3);
      g_assert_cmpuint (group->n_members, ==, 5);
      g_assert_cmpuint (group->count[0], ==, 5);
      g_assert_cmpuint (group->count[1], ==, 4);
      g_assert_cmpuint (group->count[2], ==, 1);
      for (int i = 0; i < 3; i++)
        {
          g_assert_cmpfloat (group->x[i], ==, x1[i]);
          assert_close (group->mean[i], means[i]);
          assert_close (group->low[i], cases[c].low[i]);
          assert_close (group->high[i], cases[c].high[i]);
        }
    }
}

/* Hidden members do not count, smoothed ones do with their smoothed values, none at all is none. */
static void
test_members (void)
{
  const double  smooth[] = { 1, 2, 3 };
  WbChartSeries members[5];
  g_autoptr (WbGroup) group = NULL, none = NULL;
  g_autofree char *name = NULL;
  WbChartSeries    series;

  fill (members);
  members[0].smooth = smooth;
  for (int m = 1; m < 5; m++)
    members[m].hidden = TRUE;
  group = wb_group_new (members, 5, WB_BAND_RANGE);
  g_assert_cmpuint (group->n_members, ==, 1);
  assert_close (group->mean[1], 2);
  assert_close (group->high[1], 2);
  name = wb_group_dup_name (group, "v3-small");
  g_assert_cmpstr (name, ==, "v3-small, mean of 1");
  series = wb_group_get_series (group, name, 3);
  g_assert_true (series.y == group->mean && series.band_low == group->low && series.n == 3);
  none = wb_group_new (NULL, 0, WB_BAND_INTERVAL);
  g_assert_cmpuint (none->n, ==, 0);
}

/* A table has the band beside the mean. */
static void
test_csv (void)
{
  WbChartSeries members[5], series;
  g_autoptr (WbGroup) group = NULL;
  g_autofree char *csv = NULL;
  WbFigure         figure = { .title = "t" };
  gsize            length;

  fill (members);
  group = wb_group_new (members, 5, WB_BAND_RANGE);
  series = wb_group_get_series (group, "a", 0);
  figure.chart = (WbChart){ .series = &series, .n_series = 1 };
  csv = wb_figure_format_csv (&figure, &length);
  g_assert_true (g_str_has_prefix (csv, "x,a,a (low),a (high)\r\n100,"));
  g_assert_nonnull (g_strrstr (csv, ",0.843,0.871\r\n"));
  g_assert_true (g_str_has_suffix (csv, "\r\n300,0.88,0.88,0.88\r\n"));
}

/* What the header says, by its words. */
static double
slow_mean (const double *values, gsize n, gsize half, gsize i)
{
  const gsize reach = MIN (half, MIN (i, n - 1 - i));
  double      sum = 0;
  gsize       count = 0;

  if (!isfinite (values[i]))
    return NAN;
  for (gsize k = i - reach; k <= i + reach; k++)
    if (isfinite (values[k]))
      {
        sum += values[k];
        count++;
      }
  return sum / (double) count;
}

static void
test_mean (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  double values[200], out[200];

  for (int t = 0; t < 2000; t++)
    {
      const gsize n = (gsize) g_rand_int_range (random, 1, 200);
      const guint points = (guint) g_rand_int_range (random, 0, 260);
      const gsize from = (gsize) g_rand_int_range (random, 0, (int) n + 2);

      for (gsize i = 0; i < n; i++)
        {
          values[i] = g_rand_int_range (random, 0, 9) == 0 ? NAN : g_rand_double (random);
          out[i] = -7;
        }
      wb_smoothing_mean (values, n, points, from, out);
      for (gsize i = 0; i < n; i++)
        if (i < from)
          g_assert_cmpfloat (out[i], ==, -7);
        else
          assert_close (out[i], slow_mean (values, n, points / 2, i));
    }
}

/* A straight line stays one; a spike is gone as soon as it is out of the window. */
static void
test_mean_is_clean (void)
{
  double values[500], out[500];

  for (int i = 0; i < 500; i++)
    values[i] = 3 - 0.25 * i;
  wb_smoothing_mean (values, 500, 51, 0, out);
  for (int i = 0; i < 500; i++)
    g_assert_cmpfloat_with_epsilon (out[i], values[i], 1e-12 * 125);
  for (int i = 0; i < 500; i++)
    values[i] = 0.1;
  values[100] = 1e30;
  wb_smoothing_mean (values, 500, 51, 0, out);
  for (int i = 0; i < 500; i++)
    if (i < 75 || i > 125)
      g_assert_cmpfloat_with_epsilon (out[i], 0.1, 1e-15);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figures/group/quantile", test_quantile);
  g_test_add_func ("/figures/group/bands", test_bands);
  g_test_add_func ("/figures/group/members", test_members);
  g_test_add_func ("/figures/group/csv", test_csv);
  g_test_add_func ("/figures/smoothing/mean", test_mean);
  g_test_add_func ("/figures/smoothing/mean-is-clean", test_mean_is_clean);
  return g_test_run ();
}
