/* What a chart shows besides lines, and what it leaves outside. */
#include "canvas.h"

#include <float.h>

#define N 1000

static WbChart
base (Canvas *canvas, const WbChartSeries *series, gsize n_series)
{
  return (WbChart){ .series = series,
                    .n_series = n_series,
                    .x_low = NAN,
                    .x_high = NAN,
                    .palette = wb_palette_get (FALSE),
                    .font = canvas->font,
                    .pixels = 1 };
}

static void
show (Canvas *canvas, WbChart *chart)
{
  wb_chart_layout (chart, canvas->context, 300, 200);
  wb_chart_draw (chart, canvas->cr);
  g_assert_cmpint (cairo_status (canvas->cr), ==, CAIRO_STATUS_SUCCESS);
}

/* The same by looking at every value, against blocks, from every kind of start. */
static void
test_within (void)
{
  g_autoptr (WbPyramid) pyramid = wb_pyramid_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  g_autofree double *y = g_new (double, 10 * N);

  for (gsize i = 0; i < 10 * N; i++)
    y[i] = i % 97 == 0 ? NAN : i % 911 == 0 ? INFINITY : g_rand_double_range (random, -1, 1);
  wb_pyramid_update (pyramid, y, 10 * N);
  for (int t = 0; t < 300; t++)
    {
      const gsize      first = (gsize) g_rand_int_range (random, 0, 10 * N);
      const gsize      end = (gsize) g_rand_int_range (random, (int) first, 10 * N + 1);
      const double     high = g_rand_double_range (random, 0.9, 1.01);
      gsize            n, expected;
      const WbExtremes fast = wb_pyramid_within (pyramid, y, first, end, -0.99, high, &n);
      const WbExtremes slow = wb_pyramid_within (NULL, y, first, end, -0.99, high, &expected);
      gsize            counted = 0;

      for (gsize i = first; i < end; i++)
        counted += isfinite (y[i]) && (y[i] < -0.99 || y[i] > high);
      g_assert_cmpuint (n, ==, counted);
      g_assert_cmpuint (expected, ==, counted);
      g_assert_cmpfloat (fast.low, ==, slow.low);
      g_assert_cmpfloat (fast.high, ==, slow.high);
    }
}

/* A quiet curve between 1 and 2 with three spikes. */
static void
fill_spiky (double *x, double *y)
{
  for (int i = 0; i < N; i++)
    {
      x[i] = i;
      y[i] = 1.5 + 0.5 * sin (i * 0.1);
    }
  y[100] = 1e6;
  y[500] = -300;
  y[700] = 50;
}

static void
test_outliers (Canvas *canvas, gconstpointer data)
{
  double        x[N], y[N];
  WbChartSeries series = { "norm", x, y, NULL, N, 0, FALSE };
  WbChart       chart = base (canvas, &series, 1);

  fill_spiky (x, y);
  show (canvas, &chart);
  g_assert_cmpuint (chart.n_outside, ==, 0);
  g_assert_cmpfloat (chart.y_axis.high, >=, 1e6);
  chart.clip_outliers = TRUE;
  show (canvas, &chart);
  g_assert_cmpuint (chart.n_outside, ==, 3);
  g_assert_cmpfloat (chart.y_axis.low, >, 0.5);
  g_assert_cmpfloat (chart.y_axis.high, <, 2.5);
  /* counted where they are seen */
  chart.x_low = 400;
  show (canvas, &chart);
  g_assert_cmpuint (chart.n_outside, ==, 2);
  chart.x_low = 750;
  show (canvas, &chart);
  g_assert_cmpuint (chart.n_outside, ==, 0);
}

/* -300 has no logarithm: it is a gap, not an outlier. */
static void
test_outliers_log (Canvas *canvas, gconstpointer data)
{
  double        x[N], y[N];
  WbChartSeries series = { "norm", x, y, NULL, N, 0, FALSE };
  WbChart       chart = base (canvas, &series, 1);

  fill_spiky (x, y);
  chart.clip_outliers = chart.log_y = TRUE;
  show (canvas, &chart);
  g_assert_cmpuint (chart.n_outside, ==, 2);
  g_assert_cmpfloat (chart.y_axis.high, <, 3);
}

/* What falls for long at the start, what is constant but once, and what is short is shown whole. */
static void
test_no_outliers (Canvas *canvas, gconstpointer data)
{
  double        x[N], y[N];
  WbChartSeries series = { "loss", x, y, NULL, N, 0, FALSE };
  WbChart       chart = base (canvas, &series, 1);

  chart.clip_outliers = TRUE;
  for (int i = 0; i < N; i++)
    {
      x[i] = i;
      y[i] = 0.3 + 5 * exp (-i / 40.0);
    }
  show (canvas, &chart);
  g_assert_cmpuint (chart.n_outside, ==, 0);
  for (int i = 0; i < N; i++)
    y[i] = i == 7 ? 3 : 1;
  show (canvas, &chart);
  g_assert_cmpuint (chart.n_outside, ==, 0);
  series.n = 10;
  y[3] = 1e9;
  show (canvas, &chart);
  g_assert_cmpuint (chart.n_outside, ==, 0);
}

static void
test_marks (Canvas *canvas, gconstpointer data)
{
  const double        x[] = { 0, 100 }, y[] = { 0, 0 };
  const WbChartSeries series = { "loss", x, y, NULL, 2, 0, FALSE };
  const WbChartMark   marks[] = { { 25, NULL, FALSE }, { 75, NULL, TRUE }, { 400, NULL, TRUE } };
  WbChart             chart = base (canvas, &series, 1);
  double              top;

  chart.marks = marks;
  chart.n_marks = 3;
  show (canvas, &chart);
  top = chart.top + 20;
  g_assert_true (has_color (canvas, wb_chart_x (&chart, 75), top, 1, chart.palette->text));
  g_assert_false (has_color (canvas, wb_chart_x (&chart, 50), top, 8, chart.palette->text));
  g_assert_false (has_color (canvas, wb_chart_x (&chart, 25), top, 8, chart.palette->text));
}

/* The value to compare with is in view even where no point is near. */
static void
test_reference (Canvas *canvas, gconstpointer data)
{
  const double           x[] = { 0, 1 }, y[] = { 0.5, 0.6 };
  const WbChartSeries    series = { "accuracy", x, y, NULL, 2, 0, FALSE };
  const WbChartReference reference = { 0.9, "published 0.9" };
  WbChart                chart = base (canvas, &series, 1);

  show (canvas, &chart);
  g_assert_cmpfloat (chart.y_axis.high, <, 0.7);
  chart.references = &reference;
  chart.n_references = 1;
  show (canvas, &chart);
  g_assert_cmpfloat (chart.y_axis.high, >=, 0.9);
  g_assert_cmpfloat (wb_chart_y (&chart, 0.9), >=, chart.top - 1);
}

static void
test_band (Canvas *canvas, gconstpointer data)
{
  const double        x[] = { 0, 1, 2, 3 }, y[] = { 5, 5, 5, 5 };
  const double        low[] = { 3, 3, NAN, 3 }, high[] = { 7, 7, NAN, 8 };
  const WbChartSeries series = { .name = "mean",
                                 .x = x,
                                 .y = y,
                                 .n = 4,
                                 .band_low = low,
                                 .band_high = high };
  WbChart             chart = base (canvas, &series, 1);
  WbColor             faint = wb_palette_series (chart.palette, 0);
  guint32             pixel;

  show (canvas, &chart);
  g_assert_cmpfloat (chart.y_axis.low, <=, 3);
  g_assert_cmpfloat (chart.y_axis.high, >=, 8);
  cairo_surface_flush (canvas->surface);
  for (int gap = 0; gap < 2; gap++)
    {
      memcpy (&pixel,
              cairo_image_surface_get_data (canvas->surface) +
                  (int) wb_chart_y (&chart, 6.3) *
                      cairo_image_surface_get_stride (canvas->surface) +
                  (int) wb_chart_x (&chart, gap ? 1.5 : 0.5) * 4,
              4);
      if (gap)
        g_assert_cmpuint (pixel >> 24, ==, 0);
      else
        g_assert_cmpint (abs ((int) (pixel >> 24) - (int) (0.18 * 255)), <=, 3);
    }
  g_assert_true (has_color (canvas, wb_chart_x (&chart, 0.5), wb_chart_y (&chart, 5), 2, faint));
}

/* Two lines of dense noise differ by shape, not by colour alone: each has whole markers with the
 * ground around them. */
static void
test_markers_in_noise (Canvas *canvas, gconstpointer data)
{
  double        x[N], a[N], b[N];
  WbChartSeries series[] = { { "a", x, a, NULL, N, 0, FALSE }, { "b", x, b, NULL, N, 1, FALSE } };
  WbChart       chart = base (canvas, series, 2);
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  const int stride = cairo_image_surface_get_stride (canvas->surface);
  guint     ground = 0;

  for (int i = 0; i < N; i++)
    {
      x[i] = i;
      a[i] = g_rand_double_range (random, 0, 1);
      b[i] = g_rand_double_range (random, 0, 1);
    }
  show (canvas, &chart);
  cairo_surface_flush (canvas->surface);
  for (int v = (int) chart.top + 40; v < (int) (chart.top + chart.height) - 40; v++)
    for (int u = (int) chart.left; u < (int) (chart.left + chart.width); u++)
      {
        guint32 pixel;

        memcpy (&pixel, cairo_image_surface_get_data (canvas->surface) + v * stride + u * 4, 4);
        ground += pixel == 0xffffffff;
      }
  g_assert_cmpuint (ground, >, 20); /* rings around six markers; without them: none */
}

/* Pixels and strokes agree: the same curve as a picture and through another kind of surface. */
static void
test_raster (Canvas *canvas, gconstpointer data)
{
  double               x[N], y[N];
  const WbChartSeries  series = { "loss", x, y, NULL, N, 0, FALSE };
  WbChart              chart = base (canvas, &series, 1);
  cairo_surface_t     *plain = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 300, 200);
  cairo_t             *cr = cairo_create (plain);
  const unsigned char *one, *other;
  double               sum = 0;
  guint                far = 0;

  for (int i = 0; i < N; i++)
    {
      x[i] = i;
      y[i] = sin (i * 0.015);
    }
  cairo_set_source_rgb (canvas->cr, 1, 1, 1);
  cairo_paint (canvas->cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  show (canvas, &chart);
  wb_chart_draw (&chart, cr);
  cairo_surface_flush (canvas->surface);
  cairo_surface_flush (plain);
  one = cairo_image_surface_get_data (canvas->surface);
  other = cairo_image_surface_get_data (plain);
  for (int i = 0; i < 300 * 200; i++)
    {
      const int apart = abs (one[i * 4 + 2] - other[i * 4 + 2]);

      sum += apart;
      far += apart > 100;
    }
  /* measured: 0.16 and 3 */
  g_assert_cmpfloat (sum / (300 * 200), <, 1);
  g_assert_cmpuint (far, <, 20);
  cairo_destroy (cr);
  cairo_surface_destroy (plain);
}

static void
add (const char *path, void (*test) (Canvas *, gconstpointer))
{
  g_test_add (path, Canvas, NULL, canvas_set_up, test, canvas_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/within", test_within);
  add ("/chart/outliers", test_outliers);
  add ("/chart/outliers-log", test_outliers_log);
  add ("/chart/no-outliers", test_no_outliers);
  add ("/chart/marks", test_marks);
  add ("/chart/reference", test_reference);
  add ("/chart/band", test_band);
  add ("/chart/markers-in-noise", test_markers_in_noise);
  add ("/chart/raster", test_raster);
  return g_test_run ();
}
