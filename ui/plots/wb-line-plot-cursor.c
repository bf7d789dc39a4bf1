/* What lies over the chart: the cursor with its read-out, the part that is being dragged. */
#include "config.h"

#include "ui/plots/wb-line-plot-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define PADDING 8

/* Index of the point that the cursor reads; FALSE without any. */
static gboolean
point_under_cursor (WbLinePlot *self, const WbPlotSeries *series, gsize *index)
{
  const double cursor = wb_plot_view_get_cursor (self->view);

  if (isnan (cursor) || series->x->len == 0 || series->hidden)
    return FALSE;
  *index = wb_chart_nearest ((const double *) (void *) series->x->data, series->x->len, cursor);
  return TRUE;
}

static char *
read_series (const WbPlotSeries *series, gsize i, gboolean only)
{
  g_autofree char *raw = wb_axis_format (g_array_index (series->y, double, i), 4);
  g_autofree char *smooth = NULL;

  if (series->smooth == NULL)
    return only || series->name == NULL ? g_steal_pointer (&raw)
                                        : g_strdup_printf ("%s %s", series->name, raw);
  smooth = wb_axis_format (g_array_index (series->smooth, double, i), 4);
  /* Translators: two values of one point of a curve */
  return g_strdup_printf (_ ("raw %s, smoothed %s"), raw, smooth);
}

/* The place of the nearest point of all series; NaN without any. */
static double
nearest_place (WbLinePlot *self)
{
  const double cursor = wb_plot_view_get_cursor (self->view);
  double       best = NAN;

  for (guint s = 0; s < self->series->len; s++)
    {
      const WbPlotSeries *series = self->series->pdata[s];
      gsize               i;

      if (point_under_cursor (self, series, &i))
        {
          const double x = g_array_index (series->x, double, i);

          if (isnan (best) || fabs (x - cursor) < fabs (best - cursor))
            best = x;
        }
    }
  return best;
}

/* "step 411", "time 0:12:05", "14 Nov 09:30:00". */
static char *
describe_place (WbLinePlot *self, double x)
{
  const WbAxisUnit unit = wb_plot_view_get_unit (self->view);
  g_autofree char *place = wb_axis_format_place (unit, x);

  if (unit == WB_AXIS_CLOCK)
    return g_steal_pointer (&place);
  return g_strconcat (wb_plot_view_get_title (self->view), " ", place, NULL);
}

/* What happened within a few pixels of @x. */
static void
read_marks (WbLinePlot *self, double x, GPtrArray *lines)
{
  for (guint i = 0; i < self->marks->len; i++)
    {
      const WbChartMark *mark = &g_array_index (self->marks, WbChartMark, i);

      if (mark->text != NULL &&
          fabs (wb_chart_x (&self->chart, mark->x) - wb_chart_x (&self->chart, x)) <= 3)
        g_ptr_array_add (lines, g_strdup (mark->text));
    }
}

GPtrArray *
wb_line_plot_read_cursor (WbLinePlot *self)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  const double place = nearest_place (self);

  if (isnan (place))
    return NULL;
  g_ptr_array_add (lines, describe_place (self, place));
  for (guint s = 0; s < self->series->len; s++)
    {
      const WbPlotSeries *series = self->series->pdata[s];
      g_autofree char    *text = NULL, *at = NULL;
      gsize               i;

      if (!point_under_cursor (self, series, &i))
        continue;
      text = read_series (series, i, self->series->len == 1);
      at = wb_axis_format_place (wb_plot_view_get_unit (self->view),
                                 g_array_index (series->x, double, i));
      if (g_array_index (series->x, double, i) != place)
        /* Translators: a value, and the step or time that it belongs to */
        g_ptr_array_add (lines, g_strdup_printf (_ ("%s at %s"), text, at));
      else
        g_ptr_array_add (lines, g_steal_pointer (&text));
    }
  read_marks (self, place, lines);
  return g_steal_pointer (&lines);
}

static void
rounded_rectangle (cairo_t *cr, double x, double y, double w, double h, double r)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + w - r, y + r, r, -G_PI_2, 0);
  cairo_arc (cr, x + w - r, y + h - r, r, 0, G_PI_2);
  cairo_arc (cr, x + r, y + h - r, r, G_PI_2, G_PI);
  cairo_arc (cr, x + r, y + r, r, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

static void
draw_bubble (WbLinePlot *self, cairo_t *cr, double x)
{
  g_autoptr (GPtrArray) lines = wb_line_plot_read_cursor (self);
  g_autoptr (PangoLayout) layout = NULL;
  g_autofree char *text = NULL;
  double           left;
  int              w, h;

  if (lines == NULL)
    return;
  g_ptr_array_add (lines, NULL);
  text = g_strjoinv ("\n", (char **) lines->pdata);
  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  pango_layout_set_font_description (layout, self->font);
  pango_layout_get_pixel_size (layout, &w, &h);
  left = x + 10;
  if (left + w + 2 * PADDING > self->node_width)
    left = MAX (0, x - 10 - w - 2 * PADDING);
  rounded_rectangle (cr, left, self->chart.top + 6, w + 2 * PADDING, h + PADDING, 6);
  cairo_set_source_rgba (cr, 0.13, 0.12, 0.15, 0.9);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_move_to (cr, left + PADDING, self->chart.top + 6 + PADDING / 2);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_dots (WbLinePlot *self, cairo_t *cr)
{
  for (guint s = 0; s < self->series->len; s++)
    {
      const WbPlotSeries *series = self->series->pdata[s];
      const WbColor       ground = self->chart.palette->ground;
      const WbColor       color = wb_palette_series (self->chart.palette, s);
      double              x, y;
      gsize               i;

      if (!point_under_cursor (self, series, &i))
        continue;
      x = wb_chart_x (&self->chart, g_array_index (series->x, double, i));
      y = wb_chart_y (
          &self->chart,
          g_array_index (series->smooth != NULL ? series->smooth : series->y, double, i));
      if (!isfinite (x) || !isfinite (y) || x < self->chart.left - 1 ||
          x > self->chart.left + self->chart.width + 1 || y < self->chart.top - 1 ||
          y > self->chart.top + self->chart.height + 1)
        continue;
      cairo_arc (cr, x, y, 4.5, 0, 2 * G_PI);
      cairo_set_source_rgb (cr, ground.red, ground.green, ground.blue);
      cairo_fill (cr);
      cairo_arc (cr, x, y, 3.5, 0, 2 * G_PI);
      cairo_set_source_rgb (cr, color.red, color.green, color.blue);
      cairo_fill (cr);
    }
}

void
wb_line_plot_snapshot_cursor (WbLinePlot *self, GtkSnapshot *snapshot)
{
  const WbColor dim = self->chart.palette->dim;
  double        x;
  cairo_t      *cr;

  if (isnan (wb_plot_view_get_cursor (self->view)) || self->chart.empty)
    return;
  x = wb_chart_x (&self->chart, wb_plot_view_get_cursor (self->view));
  if (!(x >= self->chart.left - 0.5 && x <= self->chart.left + self->chart.width + 0.5))
    return;
  cr = gtk_snapshot_append_cairo (snapshot,
                                  &GRAPHENE_RECT_INIT (0, 0, self->node_width, self->node_height));
  cairo_set_source_rgb (cr, dim.red, dim.green, dim.blue);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, floor (x) + 0.5, self->chart.top);
  cairo_rel_line_to (cr, 0, self->chart.height);
  cairo_stroke (cr);
  draw_dots (self, cr);
  draw_bubble (self, cr, x);
  cairo_destroy (cr);
}

void
wb_line_plot_snapshot_drag (WbLinePlot *self, GtkSnapshot *snapshot)
{
  const WbColor color = wb_palette_series (self->chart.palette, 0);
  const double  right = self->chart.left + self->chart.width;
  double        from, to;

  if (isnan (self->drag_from) || self->chart.empty)
    return;
  from = CLAMP (MIN (self->drag_from, self->drag_to), self->chart.left, right);
  to = CLAMP (MAX (self->drag_from, self->drag_to), self->chart.left, right);
  gtk_snapshot_append_color (
      snapshot, &(GdkRGBA){ (float) color.red, (float) color.green, (float) color.blue, 0.2f },
      &GRAPHENE_RECT_INIT ((float) from, (float) self->chart.top, (float) (to - from),
                           (float) self->chart.height));
}
