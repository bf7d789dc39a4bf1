/* Charts without a display: thinning that keeps extremes, pixels of small pictures. */
#include "canvas.h"

#include "app/figures/wb-axis.h"
#include "app/figures/wb-chart.h"
#include "app/figures/wb-smoothing.h"
#include "app/figures/wb-sparkline.h"
#include "app/figures/wb-thinning.h"

#include <float.h>
#include <math.h>
#include <string.h>

static void
test_smoothing (void)
{
  /* weight 0.5, by hand: 4; (2 + 1) / 0.75 = 4 with a second 4 … and 4, 0: 2·0.5 / 0.75 */
  const double y[] = { 4, 0, NAN, 8 };
  double       out[4];

  wb_smoothing_exponential (y, 4, 0.5, out);
  g_assert_cmpfloat_with_epsilon (out[0], 4, 1e-12);
  g_assert_cmpfloat_with_epsilon (out[1], 1 / 0.75, 1e-12);
  g_assert_true (isnan (out[2]));
  g_assert_cmpfloat_with_epsilon (out[3], (0.5 + 4) / 0.875, 1e-12);
  wb_smoothing_exponential (y, 4, 0, out);
  g_assert_cmpfloat (out[3], ==, 8);
}

static void
test_constant_stays (void)
{
  double y[100], out[100];

  for (int i = 0; i < 100; i++)
    y[i] = 0.7;
  wb_smoothing_exponential (y, 100, 0.97, out);
  for (int i = 0; i < 100; i++)
    g_assert_cmpfloat_with_epsilon (out[i], 0.7, 1e-12);
}

static void
test_thinning_keeps_extremes (void)
{
  enum
  {
    N = 100000,
    COLUMNS = 97
  };
  g_autofree double *x = g_new (double, N), *y = g_new (double, N);
  WbColumn           columns[COLUMNS];
  double             low = 0, high = 0, edges[COLUMNS + 1];
  guint              filled = 0;

  for (gsize i = 0; i < N; i++)
    {
      x[i] = (double) i;
      y[i] = sin ((double) i * 0.001);
    }
  y[50000] = 77;
  y[50001] = -55;
  for (guint c = 0; c <= COLUMNS; c++)
    edges[c] = (N - 1.0) * c / COLUMNS;
  wb_thinning_columns (&(WbSamples){ x, y, N, NULL, FALSE }, edges, COLUMNS, columns);
  for (guint c = 0; c < COLUMNS; c++)
    {
      filled += columns[c].filled;
      g_assert_true (c == 0 || columns[c].joined);
      low = MIN (low, columns[c].low);
      high = MAX (high, columns[c].high);
    }
  g_assert_cmpuint (filled, ==, COLUMNS);
  g_assert_cmpfloat (low, ==, -55);
  g_assert_cmpfloat (high, ==, 77);
}

static void
test_thinning_gaps (void)
{
  const double x[] = { 0, 1, 2, 3, 4, 5 };
  const double y[] = { 1, 2, NAN, 3, INFINITY, 4 };
  const double edges[] = { 0, 1, 2, 3, 4, 5, 6 };
  WbColumn     columns[6];
  gsize        first, end;

  wb_thinning_columns (&(WbSamples){ x, y, 6, NULL, FALSE }, edges, 6, columns);
  g_assert_true (columns[1].filled && columns[1].joined);
  g_assert_false (columns[2].filled);
  g_assert_true (columns[3].filled && !columns[3].joined);
  g_assert_false (columns[4].filled);
  g_assert_true (columns[5].filled && !columns[5].joined);
  wb_thinning_columns (&(WbSamples){ x, y, 0, NULL, FALSE }, edges, 6, columns);
  g_assert_false (columns[0].filled);

  wb_thinning_bounds (x, 6, 1, 3, &first, &end);
  g_assert_cmpuint (first, ==, 1);
  g_assert_cmpuint (end, ==, 4);
  wb_thinning_bounds (x, 6, 7, 9, &first, &end);
  g_assert_cmpuint (first, ==, 6);
  g_assert_cmpuint (end, ==, 6);
  g_assert_cmpuint (wb_chart_nearest (x, 6, 2.4), ==, 2);
  g_assert_cmpuint (wb_chart_nearest (x, 6, 2.6), ==, 3);
  g_assert_cmpuint (wb_chart_nearest (x, 6, -9), ==, 0);
  g_assert_cmpuint (wb_chart_nearest (x, 6, 99), ==, 5);
}

static WbChart
draw (Canvas *canvas, const WbChartSeries *series, gsize n_series)
{
  WbChart chart = { .series = series,
                    .n_series = n_series,
                    .x_low = NAN,
                    .x_high = NAN,
                    .palette = wb_palette_get (FALSE),
                    .font = canvas->font,
                    .pixels = 1,
                    .nothing = "Nothing yet" };

  wb_chart_layout (&chart, canvas->context, 300, 200);
  wb_chart_draw (&chart, canvas->cr);
  g_assert_cmpint (cairo_status (canvas->cr), ==, CAIRO_STATUS_SUCCESS);
  return chart;
}

static void
test_chart_line (Canvas *canvas, gconstpointer data)
{
  const double        x[] = { 0, 1, 2, 3, 4 };
  const double        y[] = { 0, 1, NAN, 3, 4 };
  const WbChartSeries series = { "loss", x, y, NULL, 5, 0, FALSE };
  const WbColor       blue = wb_palette_series (wb_palette_get (FALSE), 0);
  const WbChart       chart = draw (canvas, &series, 1);

  g_assert_true (has_color (canvas, wb_chart_x (&chart, 0.5), wb_chart_y (&chart, 0.5), 2, blue));
  g_assert_true (has_color (canvas, wb_chart_x (&chart, 3.5), wb_chart_y (&chart, 3.5), 2, blue));
  /* the gap, and where nothing is */
  g_assert_false (has_color (canvas, wb_chart_x (&chart, 2), wb_chart_y (&chart, 2), 4, blue));
  g_assert_false (has_color (canvas, wb_chart_x (&chart, 1), wb_chart_y (&chart, 3), 4, blue));
  g_assert_cmpfloat_with_epsilon (wb_chart_value_at (&chart, wb_chart_x (&chart, 2.5)), 2.5, 1e-9);
}

static void
test_chart_single_point (Canvas *canvas, gconstpointer data)
{
  const double        x = 7, y = 0.5;
  const WbChartSeries series[] = { { "a", &x, &y, NULL, 1, 0, FALSE },
                                   { "b", NULL, NULL, NULL, 0, 1, FALSE } };
  const WbChart       chart = draw (canvas, series, 2);

  g_assert_true (has_color (canvas, wb_chart_x (&chart, 7), wb_chart_y (&chart, 0.5), 1,
                            wb_palette_series (wb_palette_get (FALSE), 0)));
}

static void
test_chart_many_points (Canvas *canvas, gconstpointer data)
{
  enum
  {
    N = 200000
  };
  g_autofree double *x = g_new (double, N), *y = g_new0 (double, N);
  WbChartSeries      series = { "many", x, y, NULL, N, 1, FALSE };
  const WbColor      color = wb_palette_series (wb_palette_get (FALSE), 1);
  WbChart            chart;

  for (gsize i = 0; i < N; i++)
    x[i] = (double) i;
  y[N / 2] = 1; /* one spike among many points */
  chart = draw (canvas, &series, 1);
  g_assert_true (
      has_color (canvas, wb_chart_x (&chart, N / 2), wb_chart_y (&chart, 0.6), 1, color));
  g_assert_true (has_color (canvas, wb_chart_x (&chart, N / 4), wb_chart_y (&chart, 0), 2, color));
  g_assert_false (
      has_color (canvas, wb_chart_x (&chart, N / 4), wb_chart_y (&chart, 0.5), 2, color));
}

/* Step 0 has no place on a logarithmic axis; equal factors are equal distances. */
static void
test_chart_log_x (Canvas *canvas, gconstpointer data)
{
  const double        x[] = { 0, 1, 10, 100 }, y[] = { 9, 1, 2, 3 };
  const WbChartSeries series = { "loss", x, y, NULL, 4, 0, FALSE };
  const WbChartSeries without = { "loss", x + 1, y + 1, NULL, 3, 0, FALSE };
  const WbColor       blue = wb_palette_series (wb_palette_get (FALSE), 0);
  WbChart             chart = { .series = &series,
                                .n_series = 1,
                                .x_low = 0,
                                .x_high = NAN,
                                .log_x = TRUE,
                                .palette = wb_palette_get (FALSE),
                                .font = canvas->font,
                                .pixels = 1 };
  g_autofree guchar  *with = NULL;
  gsize               size;

  wb_chart_layout (&chart, canvas->context, 300, 200);
  wb_chart_draw (&chart, canvas->cr);
  g_assert_cmpint (cairo_status (canvas->cr), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpfloat (chart.x_axis.low, ==, 1);
  g_assert_cmpfloat_with_epsilon (wb_chart_x (&chart, 10) - wb_chart_x (&chart, 1),
                                  wb_chart_x (&chart, 100) - wb_chart_x (&chart, 10), 1e-9);
  g_assert_true (
      has_color (canvas, wb_chart_x (&chart, sqrt (10)), wb_chart_y (&chart, 1.5), 2, blue));
  g_assert_false (has_color (canvas, wb_chart_x (&chart, 10), wb_chart_y (&chart, 3), 2, blue));

  /* to the last pixel as if step 0 were not there */
  size = (gsize) cairo_image_surface_get_stride (canvas->surface) * 200;
  with = g_memdup2 (cairo_image_surface_get_data (canvas->surface), size);
  cairo_set_operator (canvas->cr, CAIRO_OPERATOR_CLEAR);
  cairo_paint (canvas->cr);
  cairo_set_operator (canvas->cr, CAIRO_OPERATOR_OVER);
  chart.series = &without;
  wb_chart_layout (&chart, canvas->context, 300, 200);
  wb_chart_draw (&chart, canvas->cr);
  cairo_surface_flush (canvas->surface);
  g_assert_cmpmem (cairo_image_surface_get_data (canvas->surface), size, with, size);
}

static void
test_chart_raw_is_faint (Canvas *canvas, gconstpointer data)
{
  const double        x[] = { 0, 1 }, raw[] = { 1, 1 }, smooth[] = { 0, 0 };
  const WbChartSeries series = { "loss", x, raw, smooth, 2, 0, FALSE };
  const WbColor       blue = wb_palette_series (wb_palette_get (FALSE), 0);
  WbChart             chart = { .series = &series,
                                .n_series = 1,
                                .x_low = NAN,
                                .x_high = NAN,
                                .from_zero = TRUE,
                                .palette = wb_palette_get (FALSE),
                                .font = canvas->font,
                                .pixels = 1 };

  wb_chart_layout (&chart, canvas->context, 300, 200);
  wb_chart_draw (&chart, canvas->cr);
  g_assert_true (has_color (canvas, wb_chart_x (&chart, 0.5), wb_chart_y (&chart, 0), 2, blue));
  g_assert_false (has_color (canvas, wb_chart_x (&chart, 0.5), wb_chart_y (&chart, 1), 2, blue));
}

/* Empty, hostile and degenerate input draws something or nothing, and never fails. */
static void
test_chart_hostile (Canvas *canvas, gconstpointer data)
{
  static const double x[] = { 0, 1, 2 };
  static const double values[][3] = { { NAN, NAN, NAN },       { INFINITY, -INFINITY, 0 },
                                      { 1e308, -1e308, 0 },    { 5, 5, 5 },
                                      { 1e-300, 2e-300, 0 },   { 1, 1 + 1e-15, 1 },
                                      { DBL_MAX, DBL_MAX, 0 }, { -0.0, 0, -0.0 } };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    for (int is_log = 0; is_log < 2; is_log++)
      {
        const WbChartSeries series = { "x", x, values[i], values[i], 3, 9, FALSE };
        WbChart             chart = { .series = &series,
                                      .n_series = 1,
                                      .x_low = NAN,
                                      .x_high = NAN,
                                      .log_x = is_log,
                                      .log_y = is_log,
                                      .palette = wb_palette_get (TRUE),
                                      .font = canvas->font,
                                      .pixels = 2 };

        wb_chart_layout (&chart, canvas->context, 40, 30);
        wb_chart_draw (&chart, canvas->cr);
        wb_chart_layout (&chart, canvas->context, 0, 0);
        wb_chart_draw (&chart, canvas->cr);
        wb_sparkline_draw (canvas->cr, values[i], 3, 60, 20, wb_palette_get (TRUE)->text);
        g_assert_cmpint (cairo_status (canvas->cr), ==, CAIRO_STATUS_SUCCESS);
      }
  g_assert_true (draw (canvas, NULL, 0).empty);
}

static void
test_sparkline (Canvas *canvas, gconstpointer data)
{
  const double  y[] = { 3, 2, NAN, 0, 0 };
  const WbColor blue = wb_palette_series (wb_palette_get (FALSE), 0);

  wb_sparkline_draw (canvas->cr, y, 5, 100, 20, blue);
  g_assert_true (has_color (canvas, 97, 17, 1, blue)); /* the dot at the end, at the bottom */
  g_assert_false (has_color (canvas, 50, 10, 4, blue));
  g_assert_false (has_color (canvas, 97, 5, 3, blue));
}

/* Contrast of two colours as WCAG 2.1 defines it. */
static double
luminance (WbColor color)
{
  const double c[] = { color.red, color.green, color.blue };
  double       linear[3];

  for (int i = 0; i < 3; i++)
    linear[i] = c[i] <= 0.03928 ? c[i] / 12.92 : pow ((c[i] + 0.055) / 1.055, 2.4);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

static double
contrast (WbColor a, WbColor b)
{
  const double la = luminance (a) + 0.05, lb = luminance (b) + 0.05;

  return MAX (la, lb) / MIN (la, lb);
}

static void
test_contrast (void)
{
  for (int dark = 0; dark < 2; dark++)
    {
      const WbPalette *palette = wb_palette_get (dark);

      g_assert_cmpfloat (contrast (palette->text, palette->ground), >, 7);
      g_assert_cmpfloat (contrast (palette->dim, palette->ground), >, 4.5);
      for (guint i = 0; i < 3; i++) /* the ones that charts here use */
        g_assert_cmpfloat (contrast (wb_palette_series (palette, i), palette->ground), >, 3);
      palette = wb_palette_get_contrast (dark);
      g_assert_cmpfloat (contrast (palette->text, palette->ground), >, 7);
      g_assert_cmpfloat (contrast (palette->dim, palette->ground), >, 7);
      for (guint i = 0; i < WB_PALETTE_SERIES; i++)
        g_assert_cmpfloat (contrast (wb_palette_series (palette, i), palette->ground), >, 7);
    }
}

static void
add_canvas_test (const char *path, void (*test) (Canvas *, gconstpointer))
{
  g_test_add (path, Canvas, NULL, canvas_set_up, test, canvas_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figures/smoothing/by-hand", test_smoothing);
  g_test_add_func ("/figures/smoothing/constant", test_constant_stays);
  g_test_add_func ("/figures/thinning/extremes", test_thinning_keeps_extremes);
  g_test_add_func ("/figures/thinning/gaps", test_thinning_gaps);
  g_test_add_func ("/figures/palette/contrast", test_contrast);
  add_canvas_test ("/figures/chart/line", test_chart_line);
  add_canvas_test ("/figures/chart/single-point", test_chart_single_point);
  add_canvas_test ("/figures/chart/many-points", test_chart_many_points);
  add_canvas_test ("/figures/chart/log-x", test_chart_log_x);
  add_canvas_test ("/figures/chart/raw-is-faint", test_chart_raw_is_faint);
  add_canvas_test ("/figures/chart/hostile", test_chart_hostile);
  add_canvas_test ("/figures/sparkline", test_sparkline);
  return g_test_run ();
}
