/* What a chart shows besides lines: bands, markers, events, values to compare with. */
#include "config.h"

#include "app/figures/wb-chart-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define FEW_POINTS 32   /* up to here every point has a marker */
#define MARKER_ROOM 96  /* units between the markers of a long line */
#define MARKER_SHIFT 23 /* from one series to the next, so that they do not cover each other */
#define BAND_OPACITY 0.18
#define MARK_ROOM 10 /* units between events, on average, or they are ticks */
#define TICK 7

void
wb_chart_draw_band (const WbChart *self, const WbChartSeries *series, cairo_t *cr)
{
  gsize    first, end;
  gboolean any = FALSE;

  if (series->hidden || series->band_low == NULL || series->band_high == NULL)
    return;
  wb_thinning_bounds (series->x, series->n, self->x_axis.low, self->x_axis.high, &first, &end);
  first -= first > 0;
  end += end < series->n;
  cairo_save (cr);
  wb_chart_clip (self, cr);
  wb_chart_set_color (cr, wb_palette_series (self->palette, series->color), BAND_OPACITY);
  for (gsize i = first; i <= end; i++)
    {
      const gboolean here = i < end && wb_chart_shows (self, series->band_low[i]) &&
                            wb_chart_shows (self, series->band_high[i]) &&
                            isfinite (wb_chart_x (self, series->x[i]));

      if (here)
        {
          any = TRUE;
          continue;
        }
      if (any) /* there along the upper edge, back along the lower one */
        {
          cairo_new_sub_path (cr);
          for (gsize j = first; j < i; j++)
            cairo_line_to (cr, wb_chart_x (self, series->x[j]),
                           wb_chart_y (self, series->band_high[j]));
          for (gsize j = i; j-- > first;)
            cairo_line_to (cr, wb_chart_x (self, series->x[j]),
                           wb_chart_y (self, series->band_low[j]));
          cairo_close_path (cr);
        }
      any = FALSE;
      first = i + 1;
    }
  cairo_fill (cr);
  cairo_restore (cr);
}

static guint
count_shown (const WbChart *self)
{
  guint n = 0;

  for (gsize s = 0; s < self->n_series; s++)
    n += !self->series[s].hidden && self->series[s].n > 0;
  return n;
}

static void
draw_marker (const WbChart *self, const WbChartSeries *series, double x, double y, cairo_t *cr)
{
  const WbColor color = wb_palette_series (self->palette, series->color);

  wb_chart_draw_marker (cr, series->color, x, y, 5.5);
  wb_chart_set_color (cr, self->palette->ground, 1);
  cairo_fill (cr);
  wb_chart_draw_marker (cr, series->color, x, y, 3.5);
  wb_chart_set_color (cr, color, 1);
  cairo_fill (cr);
}

/* The middle of what is drawn within half a unit of @x; NaN without any. */
static double
middle_at (const WbChart *self, const WbSamples *samples, double x)
{
  WbExtremes found;
  gsize      first, end;

  wb_thinning_bounds (samples->x, samples->n, wb_chart_value_at (self, x - 0.5),
                      wb_chart_value_at (self, x + 0.5), &first, &end);
  if (end == first)
    return NAN;
  found = wb_pyramid_extremes (samples->pyramid, samples->y, first, end);
  if (self->y_axis.log)
    found.low = found.positive;
  if (found.low > found.high)
    return NAN;
  return (wb_chart_y (self, found.low) + wb_chart_y (self, found.high)) / 2;
}

/* Along a line of many points, where it has one: shape tells lines apart that noise makes alike. */
static void
draw_some_markers (const WbChart       *self,
                   const WbChartSeries *series,
                   const WbSamples     *samples,
                   cairo_t             *cr)
{
  const double right = self->left + self->width;
  double x = self->left + fmod (MARKER_ROOM / 2.0 + series->color * MARKER_SHIFT, MARKER_ROOM);

  for (; x < right - 6; x += MARKER_ROOM)
    {
      const gsize  i = wb_chart_nearest (samples->x, samples->n, wb_chart_value_at (self, x));
      const double at = wb_chart_x (self, samples->x[i]);
      const double y = middle_at (self, samples, at);

      if (fabs (at - x) < MARKER_ROOM / 2.0 && y >= self->top && y <= self->top + self->height)
        draw_marker (self, series, at, y, cr);
    }
}

void
wb_chart_draw_markers (const WbChart       *self,
                       const WbChartSeries *series,
                       const WbSamples     *samples,
                       cairo_t             *cr)
{
  gsize first, end;

  wb_thinning_bounds (samples->x, samples->n, self->x_axis.low, self->x_axis.high, &first, &end);
  if (end - first > FEW_POINTS)
    {
      if (count_shown (self) > 1)
        draw_some_markers (self, series, samples, cr);
      return;
    }
  wb_chart_set_color (cr, wb_palette_series (self->palette, series->color), 1);
  for (gsize i = first; i < end; i++)
    if (wb_chart_shows (self, samples->y[i]))
      wb_chart_draw_marker (cr, series->color, wb_chart_x (self, samples->x[i]),
                            wb_chart_y (self, samples->y[i]), 3);
  cairo_fill (cr);
}

static gboolean
in_view (const WbChart *self, double x)
{
  return x >= self->left - 0.5 && x <= self->left + self->width + 0.5;
}

/* A label of an event, where the one before leaves room; returns where it ends. */
static double
draw_mark_text (const WbChart *self, cairo_t *cr, const WbChartMark *mark, double x, double taken)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  int width;

  if (mark->text == NULL || x < taken)
    return taken;
  wb_chart_measure_text (self, layout, mark->text, &width, NULL);
  if (x + 4 + width > self->left + self->width)
    return taken;
  return x + 4 + wb_chart_draw_text (self, cr, mark->text, x + 4, self->top, 0) + 8;
}

void
wb_chart_draw_marks (const WbChart *self, cairo_t *cr, double line)
{
  const double bottom = self->top + self->height;
  double       taken = self->left;
  gsize        n = 0;

  for (gsize i = 0; i < self->n_marks; i++)
    n += in_view (self, wb_chart_x (self, self->marks[i].x));
  cairo_set_line_width (cr, 1);
  for (gsize i = 0; i < self->n_marks; i++)
    {
      const WbChartMark *mark = &self->marks[i];
      const double       x = wb_chart_x (self, mark->x);
      const gboolean     tick = !mark->bad && (double) n * MARK_ROOM > self->width;

      if (!in_view (self, x))
        continue;
      wb_chart_set_color (cr, mark->bad ? self->palette->text : self->palette->dim,
                          mark->bad ? 1 : 0.7);
      if (!tick && !mark->bad)
        cairo_set_dash (cr, (double[]){ 1, 3 }, 2, 0);
      cairo_move_to (cr, floor (x) + 0.5, tick ? bottom - TICK : self->top);
      cairo_line_to (cr, floor (x) + 0.5, bottom);
      cairo_stroke (cr);
      cairo_set_dash (cr, NULL, 0, 0);
      if (!tick)
        taken = draw_mark_text (self, cr, mark, x, taken);
    }
}

void
wb_chart_draw_references (const WbChart *self, cairo_t *cr, double line)
{
  for (gsize i = 0; i < self->n_references; i++)
    {
      const WbChartReference *reference = &self->references[i];
      const double            y = wb_chart_y (self, reference->y);
      const gboolean          above = y - line > self->top;

      if (!isfinite (y) || y < self->top - 0.5 || y > self->top + self->height + 0.5)
        continue;
      wb_chart_set_color (cr, self->palette->text, 0.8);
      cairo_set_line_width (cr, 1);
      cairo_set_dash (cr, (double[]){ 5, 3 }, 2, 0);
      cairo_move_to (cr, self->left, floor (y) + 0.5);
      cairo_line_to (cr, self->left + self->width, floor (y) + 0.5);
      cairo_stroke (cr);
      cairo_set_dash (cr, NULL, 0, 0);
      if (reference->text != NULL)
        wb_chart_draw_text (self, cr, reference->text, self->left + 4, above ? y - line - 1 : y + 2,
                            0);
    }
}

void
wb_chart_draw_outside (const WbChart *self, cairo_t *cr, double line)
{
  g_autofree char *text = NULL;

  if (self->n_outside == 0)
    return;
  /* Translators: points of a curve that lie above or below what a chart shows */
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%'u point outside", "%'u points outside",
                                       (gulong) self->n_outside),
                          (guint) self->n_outside);
  wb_chart_set_color (cr, self->palette->text, 1);
  wb_chart_draw_text (self, cr, text, self->left + self->width, self->top + line + 2, 1);
}
