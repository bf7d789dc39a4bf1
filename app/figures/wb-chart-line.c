/* The line of one series: an ordinary path while points are wider apart than half a pixel, a column
 * of whole pixels from smallest to largest value where they are closer. */
#include "config.h"

#include "app/figures/wb-chart-private.h"

#include <math.h>

#define RAW_OPACITY 0.35
#define STEEP 3 /* units that a line goes up or down in a column, on average */

void
wb_chart_set_color (cairo_t *cr, WbColor color, double opacity)
{
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha * opacity);
}

const double *
wb_chart_get_dash (guint style)
{
  static const double dashes[][2] = { { 0, 0 }, { 7, 4 }, { 2, 3.5 }, { 12, 4 } };

  return dashes[style % G_N_ELEMENTS (dashes)];
}

void
wb_chart_set_dash (cairo_t *cr, guint style)
{
  const double *dash = wb_chart_get_dash (style);

  cairo_set_dash (cr, dash, dash[0] > 0 ? 2 : 0, 0);
}

/* Lines may reach over the edges a little, but not where points were left outside. */
void
wb_chart_clip (const WbChart *self, cairo_t *cr)
{
  const double reach = self->n_outside > 0 ? 0 : WB_CHART_REACH;

  cairo_rectangle (cr, self->left - WB_CHART_REACH, self->top - reach,
                   self->width + 2 * WB_CHART_REACH, self->height + 2 * reach);
  cairo_clip (cr);
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

gboolean
wb_chart_shows (const WbChart *self, double y)
{
  return isfinite (y) && (!self->y_axis.log || y > 0);
}

/* A point with a gap on both sides has no line: it becomes a dot. */
static gboolean
alone (const WbChart *self, const double *y, gsize n, gsize i)
{
  return (i == 0 || !wb_chart_shows (self, y[i - 1])) &&
         (i + 1 == n || !wb_chart_shows (self, y[i + 1]));
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

      if (!wb_chart_shows (self, y[i]))
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
    if (wb_chart_shows (self, y[i]) && alone (self, y, n, i))
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

static double
middle (const WbChart *self, const WbColumn *column)
{
  return (wb_chart_y (self, column->low) + wb_chart_y (self, column->high)) / 2;
}

/* How far the line goes up or down from column @c - 1 to column @c; 0 where it does not come from
 * there. */
static double
rise (const WbChart *self, const WbColumn *thin, guint columns, guint c)
{
  if (c == 0 || c >= columns || !thin[c].joined || !thin[c].filled || !thin[c - 1].filled)
    return 0;
  return fabs (middle (self, &thin[c]) - middle (self, &thin[c - 1]));
}

static LineKind
kind_of (const WbChart *self, const WbColumn *thin, guint columns, double width, gboolean *quiet)
{
  double before = 0, travel = 0;
  guint  n = 0;

  *quiet = TRUE;
  for (guint c = 0; c < columns; c++)
    {
      const double after = rise (self, thin, columns, c + 1);
      double       height;

      if (!thin[c].filled)
        continue;
      height = wb_chart_y (self, thin[c].low) - wb_chart_y (self, thin[c].high);
      if (height - MAX (before, after) > 2 * width)
        *quiet = FALSE;
      before = after;
      travel += height;
      n++;
    }
  if (travel > STEEP * n)
    return LINE_STEEP;
  return *quiet ? LINE_QUIET : LINE_PLAIN;
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

/* What is the same for all the lines of a series. */
typedef struct
{
  guint   columns;
  double *edges; /* (columns + 1) */
  gsize  *starts;
  gsize   first, end; /* points in view */
} View;

static View
view_of (const WbChart *self, const WbChartSeries *series)
{
  View out = { .columns = (guint) MAX (1, self->width * self->pixels) };

  wb_thinning_bounds (series->x, series->n, self->x_axis.low, self->x_axis.high, &out.first,
                      &out.end);
  if (out.end - out.first <= out.columns / 4)
    return out;
  out.edges = g_new (double, out.columns + 1);
  out.starts = g_new (gsize, out.columns + 1);
  for (guint c = 0; c <= out.columns; c++)
    out.edges[c] = wb_axis_value (&self->x_axis, (double) c / out.columns);
  wb_thinning_starts (series->x, series->n, out.edges, out.columns, out.starts);
  return out;
}

typedef struct
{
  WbColor color;
  double  opacity, width;
  guint   dash;
} Pen;

/* FALSE where a path through all points in view shows them better and costs little. */
static gboolean
draw_columns (const WbChart   *self,
              const WbSamples *samples,
              const View      *view,
              const Pen       *pen,
              cairo_t         *cr)
{
  g_autofree WbColumn *thin = g_new (WbColumn, view->columns);
  const double        *dash = wb_chart_get_dash (pen->dash);
  const gsize          n = view->end - view->first;
  gboolean             quiet;
  LineKind             kind;

  wb_thinning_columns (samples, view->edges, view->columns, thin);
  kind = kind_of (self, thin, view->columns, pen->width, &quiet);
  if (wb_chart_raster (self, cr,
                       &(WbChartStroke){ thin,
                                         view->columns,
                                         pen->color,
                                         pen->opacity,
                                         pen->width,
                                         { dash[0], dash[1] },
                                         quiet }))
    return TRUE;
  if ((kind == LINE_PLAIN && n <= 2 * (gsize) view->columns) ||
      (kind == LINE_QUIET && n <= view->columns))
    return FALSE;
  if (kind == LINE_QUIET)
    draw_quiet (self, thin, view->columns, pen->width, cr);
  else
    draw_noisy (self, thin, view->columns, pen->width, cr);
  return TRUE;
}

static void
draw_line (const WbChart   *self,
           const WbSamples *samples,
           const View      *view,
           const Pen       *pen,
           cairo_t         *cr)
{
  gsize first = view->first;

  wb_chart_set_color (cr, pen->color, pen->opacity);
  wb_chart_set_dash (cr, pen->dash);
  if (view->edges != NULL && draw_columns (self, samples, view, pen, cr))
    return;
  /* one more on either side: a line goes on beyond the frame, but not to where a logarithmic axis
   * has no place */
  if (first > 0 && isfinite (wb_chart_x (self, samples->x[first - 1])))
    first--;
  draw_path (self, samples->x, samples->y, samples->n, first, view->end + (view->end < samples->n),
             pen->width, cr);
}

void
wb_chart_draw_series (const WbChart *self, const WbChartSeries *series, cairo_t *cr)
{
  const WbColor  color = wb_palette_series (self->palette, series->color);
  const gboolean smoothed = series->smooth != NULL;
  View           view;
  WbSamples      raw, strong;

  if (series->hidden || series->n == 0)
    return;
  view = view_of (self, series);
  raw = (WbSamples){ series->x,         series->y,        series->n,
                     series->y_pyramid, self->y_axis.log, view.starts };
  strong = raw;
  if (smoothed)
    {
      strong.y = series->smooth;
      strong.pyramid = series->smooth_pyramid;
    }
  cairo_save (cr);
  wb_chart_clip (self, cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (smoothed)
    draw_line (self, &raw, &view, &(Pen){ color, RAW_OPACITY, 1, 0 }, cr);
  draw_line (self, &strong, &view, &(Pen){ color, 1, 2, series->color }, cr);
  cairo_set_dash (cr, NULL, 0, 0);
  wb_chart_draw_markers (self, series, &strong, cr);
  cairo_restore (cr);
  g_free (view.edges);
  g_free (view.starts);
}
