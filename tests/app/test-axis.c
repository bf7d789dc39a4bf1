/* Exact ticks and labels, of numbers, counts, durations and times of day. */
#include "app/figures/wb-axis.h"

#include <math.h>

static char *
ticks_of (const WbAxis *axis)
{
  GString *text = g_string_new (NULL);

  for (guint t = 0; t < axis->n_ticks; t++)
    {
      g_autofree char *label = wb_axis_label (axis, t);

      g_string_append_printf (text, "%s%s", t > 0 ? " " : "", label);
    }
  return g_string_free (text, FALSE);
}

static void
test_ticks (void)
{
  static const struct
  {
    double      low, high;
    gboolean    log, whole;
    guint       wanted;
    const char *ticks;
  } cases[] = {
    { 0, 1, FALSE, FALSE, 5, "0 0.2 0.4 0.6 0.8 1.0" },
    { 0, 0.7, FALSE, FALSE, 3, "0 0.25 0.50" },
    { 0.30000000000000004, 0.31, FALSE, FALSE, 4, "0.3000 0.3025 0.3050 0.3075 0.3100" },
    { 0, 934, FALSE, TRUE, 5, "0 200 400 600 800" },
    { 0, 3, FALSE, TRUE, 10, "0 1 2 3" },
    { 0, 2, FALSE, TRUE, 3, "0 1 2" },
    { 0, 2e-5, FALSE, FALSE, 4, "0 5e-6 1e-5 1.5e-5 2e-5" },
    { -1, 1, FALSE, FALSE, 4, "-1.0 -0.5 0 0.5 1.0" },
    { 5, 5, FALSE, FALSE, 2, "4.5 5.0 5.5" },
    { 0, 0, FALSE, FALSE, 2, "0 0.5 1.0" },
    { NAN, 3, FALSE, FALSE, 2, "0 0.5 1.0" },
    { 0, 2e9, FALSE, FALSE, 2, "0 1e9 2e9" },
    { 0.01, 100, TRUE, FALSE, 5, "0.01 0.1 1 10 100" },
    { 1, 10, TRUE, FALSE, 5, "1 2 5 10" },
    { 0, 10, TRUE, FALSE, 2, "0 5 10" }, /* no logarithm of 0: linear */
    { 1e-8, 1e8, TRUE, FALSE, 4, "1e-8 1e-4 1e0 1e4 1e8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *ticks = NULL;
      WbAxis           axis;

      wb_axis_init (&axis, cases[i].low, cases[i].high, cases[i].log,
                    cases[i].whole ? WB_AXIS_COUNT : WB_AXIS_NUMBER, cases[i].wanted);
      ticks = ticks_of (&axis);
      g_assert_cmpstr (ticks, ==, cases[i].ticks);
    }
}

static void
test_widen (void)
{
  WbAxis axis;

  wb_axis_init (&axis, 0.21, 0.74, FALSE, WB_AXIS_NUMBER, 5);
  wb_axis_widen (&axis, 5);
  g_assert_cmpfloat_with_epsilon (axis.low, 0.2, 1e-12);
  g_assert_cmpfloat_with_epsilon (axis.high, 0.8, 1e-12);
  g_assert_cmpfloat_with_epsilon (wb_axis_place (&axis, 0.5), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (wb_axis_value (&axis, 0.25), 0.35, 1e-12);
  wb_axis_init (&axis, 1, 100, TRUE, WB_AXIS_NUMBER, 5);
  g_assert_cmpfloat_with_epsilon (wb_axis_place (&axis, 10), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (wb_axis_value (&axis, 0.5), 10, 1e-12);
  g_assert_true (isnan (wb_axis_place (&axis, -1)));
}

static void
test_format (void)
{
  static const struct
  {
    double      value;
    const char *text;
  } cases[] = { { 0, "0" },       { 0.693147, "0.6931" }, { 12, "12" },
                { 2e-5, "2e-5" }, { 1.25e-7, "1.25e-7" }, { 123.456, "123.5" },
                { NAN, "–" },     { INFINITY, "∞" },      { -0.5, "-0.5000" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = wb_axis_format (cases[i].value, 4);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
assert_ticks (WbAxisUnit unit, double low, double high, guint wanted, const char *expected)
{
  g_autofree char *ticks = NULL;
  WbAxis           axis;

  wb_axis_init (&axis, low, high, FALSE, unit, wanted);
  ticks = ticks_of (&axis);
  g_assert_cmpstr (ticks, ==, expected);
}

static void
test_counts (void)
{
  assert_ticks (WB_AXIS_COUNT, 0, 5e6, 5, "0 1M 2M 3M 4M 5M");
  assert_ticks (WB_AXIS_COUNT, 0, 6e9, 3, "0 2G 4G 6G");
  assert_ticks (WB_AXIS_COUNT, 0, 2e5, 2, "0 100000 200000");
}

static void
test_durations (void)
{
  assert_ticks (WB_AXIS_DURATION, 0, 0.9, 3, "0 0.5 s");
  assert_ticks (WB_AXIS_DURATION, 0, 50, 5, "0 10 s 20 s 30 s 40 s 50 s");
  assert_ticks (WB_AXIS_DURATION, 0, 130, 5, "0 0:30 min 1:00 min 1:30 min 2:00 min");
  assert_ticks (WB_AXIS_DURATION, 0, 3000, 5, "0 10 min 20 min 30 min 40 min 50 min");
  assert_ticks (WB_AXIS_DURATION, 0, 6 * 3600, 4, "0 2:00 h 4:00 h 6:00 h");
  assert_ticks (WB_AXIS_DURATION, 3600, 3660, 4, "1:00:00 1:00:15 1:00:30 1:00:45 1:01:00");
  assert_ticks (WB_AXIS_DURATION, 0, 4 * 86400, 4, "0 1 d 2 d 3 d 4 d");
}

/* In a zone of half hours: ticks are round for people there. */
static void
test_clock (void)
{
  const double morning = 1700000000 - 1700000000 % 86400; /* midnight UTC: 05:30 */

  assert_ticks (WB_AXIS_CLOCK, morning, morning + 4 * 3600, 4, "06:00 07:00 08:00 09:00");
  assert_ticks (WB_AXIS_CLOCK, morning + 60, morning + 100, 4,
                "05:31:00 05:31:10 05:31:20 05:31:30 05:31:40");
  assert_ticks (WB_AXIS_CLOCK, morning + 17 * 3600, morning + 21 * 3600, 4,
                "23:00 15 Nov 01:00 02:00");
}

static void
test_places (void)
{
  static const struct
  {
    WbAxisUnit  unit;
    double      value;
    const char *text;
  } cases[] = { { WB_AXIS_COUNT, 12345, "12345" },
                { WB_AXIS_NUMBER, 1.5, "1.500" },
                { WB_AXIS_DURATION, 3723.4, "1:02:03" },
                { WB_AXIS_DURATION, 0.2, "0:00:00" },
                { WB_AXIS_DURATION, -61, "−0:01:01" },
                { WB_AXIS_CLOCK, 1700000000, "15 Nov 03:43:20" },
                { WB_AXIS_CLOCK, NAN, "–" },
                { WB_AXIS_CLOCK, 1e300, "–" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = wb_axis_format_place (cases[i].unit, cases[i].value);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

/* Any range, also a hostile one, has an axis of sane ticks. */
static void
test_hostile_times (void)
{
  static const double ends[] = { -INFINITY, -1e300, -1e12, -5,   0,     1e-9,
                                 1,         1e5,    1e10,  1e12, 1e300, NAN };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (ends); j++)
      for (WbAxisUnit unit = WB_AXIS_NUMBER; unit <= WB_AXIS_CLOCK; unit++)
        {
          g_autofree char *ticks = NULL;
          WbAxis           axis;

          wb_axis_init (&axis, ends[i], ends[j], FALSE, unit, 6);
          ticks = ticks_of (&axis);
          g_assert_cmpuint (axis.n_ticks, <=, WB_AXIS_MAX_TICKS);
          for (guint t = 0; t < axis.n_ticks; t++)
            g_assert_cmpfloat (fabs (wb_axis_place (&axis, axis.ticks[t]) - 0.5), <, 0.5 + 1e-6);
        }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Asia/Kolkata", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figures/axis/ticks", test_ticks);
  g_test_add_func ("/figures/axis/widen", test_widen);
  g_test_add_func ("/figures/axis/format", test_format);
  g_test_add_func ("/figures/axis/counts", test_counts);
  g_test_add_func ("/figures/axis/durations", test_durations);
  g_test_add_func ("/figures/axis/clock", test_clock);
  g_test_add_func ("/figures/axis/places", test_places);
  g_test_add_func ("/figures/axis/hostile-times", test_hostile_times);
  return g_test_run ();
}
