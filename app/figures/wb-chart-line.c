/* The line of one series: an ordinary path while points are wider apart than half a pixel, a column
 * of whole pixels from smallest to largest value where they are closer. */
#include "config.h"

#include "app/figures/wb-chart-private.h"

#include "app/figures/wb-thinning.h"

#include <math.h>

#define FEW_POINTS 32 /* up to here every point has a marker */
#define RAW_OPACITY 0.35
#define STEEP 3 /* units that a line goes up or down in a column, on average */

void
wb_chart_set_color (cairo_t *cr, WbColor color, double opacity)
{
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha * opacity);
}

void
wb_chart_set_dash (cairo_t *cr, guint style)
{
  static const double dashes[][2] = { { 0, 0 }, { 7, 4 }, { 2, 3.5 }, { 12, 4 } };
  const double       *dash = dashes[style % G_N_ELEMENTS (dashes)];

  cairo_set_dash (cr, dash, dash[0] > 0 ? 2 : 0, 0);
}

void
wb_chart_draw_marker (cairo_t *cr, guint shape, double x, double y, double radius)
{
  cairo_new_sub_path (cr);
  switch (shape % 4)
    {
    case 0:
      cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
      break;
    case 1:
      cairo_rectangle (cr, x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
      break;
    case 2:
      cairo_move_to (cr, x, y - radius * 1.2);
      cairo_line_to (cr, x + radius * 1.1, y + radius * 0.9);
      cairo_line_to (cr, x - radius * 1.1, y + radius * 0.9);
      break;
    default:
      cairo_move_to (cr, x, y - radius * 1.25);
      cairo_line_to (cr, x + radius * 1.25, y);
      cairo_line_to (cr, x, y + radius * 1.25);
      cairo_line_to (cr, x - radius * 1.25, y);
      break;
    }
  cairo_close_path (cr);
}

static gboolean
visible (const WbChart *self, double y)
{
  return isfinite (y) && (!self->y_axis.log || y > 0);
}

/* A point with a gap on both sides has no line: it becomes a dot. */
static gboolean
alone (const WbChart *self, const double *y, gsize n, gsize i)
{
  return (i == 0 || !visible (self, y[i - 1])) && (i + 1 == n || !visible (self, y[i + 1]));
}

static void
draw_path (const WbChart *self,
           const double  *x,
           const double  *y,
           gsize          n,
           gsize          first,
           gsize          end,
           double         line_width,
           cairo_t       *cr)
{
  gboolean down = FALSE;

  cairo_set_line_width (cr, line_width);
  for (gsize i = first; i < end; i++)
    {
      const double px = wb_chart_x (self, x[i]), py = wb_chart_y (self, y[i]);

      if (!visible (self, y[i]))
        down = FALSE;
      else if (down)
        cairo_line_to (cr, px, py);
      else
        {
          cairo_move_to (cr, px, py);
          down = TRUE;
        }
    }
  cairo_stroke (cr);
  for (gsize i = first; i < end; i++)
    if (visible (self, y[i]) && alone (self, y, n, i))
      wb_chart_draw_marker (cr, 0, wb_chart_x (self, x[i]), wb_chart_y (self, y[i]),
                            MAX (line_width, 1.5));
  cairo_fill (cr);
}

/* How a line of columns is drawn best.  QUIET: the points of a column lie close together but for
 * the slope of the line, and its middle stands for all of it.  STEEP: a line that goes up and down
 * all the time; it costs many times more as a stroke than as whole pixels, and looks no better. */
typedef enum
{
  LINE_PLAIN,
  LINE_QUIET,
  LINE_STEEP,
} LineKind;

static LineKind
kind_of (const WbChart *self, const WbColumn *thin, guint columns, double width)
{
  double   before = NAN, travel = 0;
  guint    n = 0;
  gboolean quiet = TRUE;

  for (guint c = 0; c < columns; c++)
    {
      double low, high, middle;

      if (!thin[c].filled)
        continue;
      low = wb_chart_y (self, thin[c].low);
      high = wb_chart_y (self, thin[c].high);
      middle = (low + high) / 2;
      if (low - high - (thin[c].joined && n > 0 ? fabs (middle - before) : 0) > 2 * width)
        quiet = FALSE;
      before = middle;
      travel += low - high;
      n++;
    }
  if (travel > STEEP * n)
    return LINE_STEEP;
  return quiet ? LINE_QUIET : LINE_PLAIN;
}

static void
draw_quiet (const WbChart *self, const WbColumn *thin, guint columns, double width, cairo_t *cr)
{
  const double unit = 1 / self->pixels;
  gboolean     down = FALSE;

  cairo_set_line_width (cr, width);
  for (guint c = 0; c < columns; c++)
    {
      const double x = self->left + (c + 0.5) * unit;
      double       y;

      if (!thin[c].filled)
        {
          down = FALSE;
          continue;
        }
      y = wb_chart_y (self, (thin[c].low + thin[c].high) / 2);
      if (down && thin[c].joined)
        cairo_line_to (cr, x, y);
      else
        cairo_move_to (cr, x, y);
      down = TRUE;
    }
  cairo_stroke (cr);
}

static void
draw_noisy (const WbChart *self, const WbColumn *thin, guint columns, double width, cairo_t *cr)
{
  const double unit = 1 / self->pixels;

  for (guint c = 0; c < columns; c++)
    {
      double top, bottom;

      if (!thin[c].filled)
        continue;
      top = wb_chart_y (self, thin[c].high);
      bottom = wb_chart_y (self, thin[c].low);
      bottom = ceil (MAX (bottom, top + width) * self->pixels) * unit;
      top = floor (top * self->pixels) * unit;
      cairo_rectangle (cr, self->left + c * unit, top, unit, bottom - top);
    }
  cairo_fill (cr);
}

/* FALSE where a path through all @n points in view shows them better and costs little. */
static gboolean
draw_columns (const WbChart   *self,
              const WbSamples *samples,
              gsize            n,
              double           line_width,
              cairo_t         *cr)
{
  const guint          columns = (guint) MAX (1, self->width * self->pixels);
  g_autofree WbColumn *thin = g_new (WbColumn, columns);
  g_autofree double   *edges = g_new (double, columns + 1);
  LineKind             kind;

  for (guint c = 0; c <= columns; c++)
    edges[c] = wb_axis_value (&self->x_axis, (double) c / columns);
  wb_thinning_columns (samples, edges, columns, thin);
  kind = kind_of (self, thin, columns, line_width);
  if ((kind == LINE_PLAIN && n <= 2 * (gsize) columns) || (kind == LINE_QUIET && n <= columns))
    return FALSE;
  if (kind == LINE_QUIET)
    draw_quiet (self, thin, columns, line_width, cr);
  else
    draw_noisy (self, thin, columns, line_width, cr);
  return TRUE;
}

static void
draw_line (const WbChart *self, const WbSamples *samples, double line_width, cairo_t *cr)
{
  gsize first, end, n;

  wb_thinning_bounds (samples->x, samples->n, self->x_axis.low, self->x_axis.high, &first, &end);
  n = end - first;
  if (n > self->width * self->pixels / 4 && draw_columns (self, samples, n, line_width, cr))
    return;
  /* one more on either side: a line goes on beyond the frame, but not to where a logarithmic axis
   * has no place */
  if (first > 0 && isfinite (wb_chart_x (self, samples->x[first - 1])))
    first--;
  draw_path (self, samples->x, samples->y, samples->n, first, end + (end < samples->n), line_width,
             cr);
}

static void
draw_markers (const WbChart *self, const WbChartSeries *series, const double *y, cairo_t *cr)
{
  gsize first, end;

  wb_thinning_bounds (series->x, series->n, self->x_axis.low, self->x_axis.high, &first, &end);
  if (end - first > FEW_POINTS)
    return;
  for (gsize i = first; i < end; i++)
    if (visible (self, y[i]))
      wb_chart_draw_marker (cr, series->color, wb_chart_x (self, series->x[i]),
                            wb_chart_y (self, y[i]), 3);
  cairo_fill (cr);
}

void
wb_chart_draw_series (const WbChart *self, const WbChartSeries *series, cairo_t *cr)
{
  const WbColor   color = wb_palette_series (self->palette, series->color);
  const gboolean  smoothed = series->smooth != NULL;
  const WbSamples raw = { series->x, series->y, series->n, series->y_pyramid, self->y_axis.log };
  const WbSamples strong = { series->x, smoothed ? series->smooth : series->y, series->n,
                             smoothed ? series->smooth_pyramid : series->y_pyramid,
                             self->y_axis.log };

  if (series->hidden || series->n == 0)
    return;
  cairo_save (cr);
  cairo_rectangle (cr, self->left - 4, self->top - 4, self->width + 8, self->height + 8);
  cairo_clip (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (smoothed)
    {
      wb_chart_set_color (cr, color, RAW_OPACITY);
      draw_line (self, &raw, 1, cr);
    }
  wb_chart_set_color (cr, color, 1);
  wb_chart_set_dash (cr, series->color);
  draw_line (self, &strong, 2, cr);
  cairo_set_dash (cr, NULL, 0, 0);
  draw_markers (self, series, strong.y, cr);
  cairo_restore (cr);
}
