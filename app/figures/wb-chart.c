#include "config.h"

#include "app/figures/wb-chart-private.h"

#include "app/figures/wb-thinning.h"

#include <math.h>

#define TICK_ROOM_Y 44 /* about one tick every so many units */
#define TICK_ROOM_X 70

double
wb_chart_x (const WbChart *self, double value)
{
  return self->left + self->width * wb_axis_place (&self->x_axis, value);
}

double
wb_chart_y (const WbChart *self, double value)
{
  return self->top + self->height * (1 - wb_axis_place (&self->y_axis, value));
}

double
wb_chart_value_at (const WbChart *self, double x)
{
  return wb_axis_value (&self->x_axis, (x - self->left) / MAX (self->width, 1));
}

gsize
wb_chart_nearest (const double *x, gsize n, double at)
{
  gsize first, end;

  wb_thinning_bounds (x, n, at, at, &first, &end);
  if (first == n || (first > 0 && at - x[first - 1] < x[first] - at))
    first--;
  return first;
}

static int
widest_label (const WbChart *self, PangoContext *context, const WbAxis *axis, int *height)
{
  g_autoptr (PangoLayout) layout = pango_layout_new (context);
  int widest = 0;

  for (guint t = 0; t < axis->n_ticks; t++)
    {
      g_autofree char *text = wb_axis_label (axis, t);
      int              w;

      wb_chart_measure_text (self, layout, text, &w, height);
      widest = MAX (widest, w);
    }
  return widest;
}

void
wb_chart_layout (WbChart *self, PangoContext *context, double width, double height)
{
  double x_low, x_high, y_low, y_high;
  int    line = 12, label_width;
  guint  wanted;

  wb_chart_find_x_range (self, &x_low, &x_high);
  self->empty = !wb_chart_find_y_range (self, x_low, x_high, &y_low, &y_high);
  if (self->from_zero && !self->log_y && y_low > 0)
    y_low = 0;

  wanted = (guint) MAX (2, height / TICK_ROOM_Y);
  wb_axis_init (&self->y_axis, y_low, y_high, self->log_y, WB_AXIS_NUMBER, wanted);
  wb_axis_widen (&self->y_axis, wanted);
  label_width = widest_label (self, context, &self->y_axis, &line);

  self->left = label_width + WB_CHART_GAP;
  self->width = MAX (1, width - self->left - WB_CHART_GAP);
  self->legend_rows = wb_chart_count_legend_rows (self, context);
  self->legend_rows = MIN (self->legend_rows, (guint) MAX (1, height / 2 / (line + WB_CHART_GAP)));
  self->top = line / 2.0 + self->legend_rows * (line + WB_CHART_GAP);
  self->height = MAX (1, height - self->top - 2 * WB_CHART_GAP - line);
  wb_axis_init (&self->x_axis, x_low, x_high, self->log_x, self->x_unit,
                (guint) MAX (2, self->width / TICK_ROOM_X));
}

static double
line_height (const WbChart *self, cairo_t *cr)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  int h;

  wb_chart_measure_text (self, layout, "0", NULL, &h);
  return h;
}

static void
draw_y_axis (const WbChart *self, cairo_t *cr, double line)
{
  cairo_set_line_width (cr, 1);
  for (guint t = 0; t < self->y_axis.n_ticks; t++)
    {
      g_autofree char *text = wb_axis_label (&self->y_axis, t);
      const double     y = wb_chart_y (self, self->y_axis.ticks[t]);

      wb_chart_set_color (cr, self->palette->grid, 1);
      cairo_move_to (cr, self->left, floor (y) + 0.5);
      cairo_line_to (cr, self->left + self->width, floor (y) + 0.5);
      cairo_stroke (cr);
      wb_chart_set_color (cr, self->palette->dim, 1);
      wb_chart_draw_text (self, cr, text, self->left - WB_CHART_GAP, y - line / 2, 1);
    }
}

static void
draw_x_axis (const WbChart *self, cairo_t *cr)
{
  const double bottom = self->top + self->height;
  double       title = self->left + self->width;

  wb_chart_set_color (cr, self->palette->dim, 1);
  if (self->x_title != NULL)
    title -= wb_chart_draw_text (self, cr, self->x_title, self->left + self->width,
                                 bottom + WB_CHART_GAP, 1) +
             12;
  for (guint t = 0; t < self->x_axis.n_ticks; t++)
    {
      g_autofree char *text = wb_axis_label (&self->x_axis, t);
      const double     x = wb_chart_x (self, self->x_axis.ticks[t]);
      const double reach = x + 4.0 * (double) g_utf8_strlen (text, -1); /* half a label, about */

      cairo_move_to (cr, floor (x) + 0.5, bottom);
      cairo_rel_line_to (cr, 0, 4);
      cairo_stroke (cr);
      if (reach < title)
        wb_chart_draw_text (self, cr, text, MAX (x, self->left), bottom + WB_CHART_GAP,
                            x < self->left + 8 ? 0 : 0.5);
    }
  cairo_move_to (cr, self->left, floor (bottom) + 0.5);
  cairo_line_to (cr, self->left + self->width, floor (bottom) + 0.5);
  cairo_stroke (cr);
}

void
wb_chart_draw (const WbChart *self, cairo_t *cr)
{
  const double line = line_height (self, cr);

  cairo_save (cr);
  if (self->empty)
    {
      wb_chart_set_color (cr, self->palette->dim, 1);
      if (self->nothing != NULL)
        wb_chart_draw_text (self, cr, self->nothing, self->left + self->width / 2,
                            self->top + self->height / 2 - line / 2, 0.5);
      cairo_restore (cr);
      return;
    }
  draw_y_axis (self, cr, line);
  draw_x_axis (self, cr);
  wb_chart_draw_legend (self, cr, line);
  wb_chart_draw_marks (self, cr, line);
  for (gsize s = 0; s < self->n_series; s++)
    wb_chart_draw_band (self, &self->series[s], cr);
  for (gsize s = 0; s < self->n_series; s++)
    wb_chart_draw_series (self, &self->series[s], cr);
  wb_chart_draw_references (self, cr, line);
  wb_chart_draw_outside (self, cr, line);
  cairo_restore (cr);
}
