/* From points to a picture that is kept. */
#include "config.h"

#include "ui/plots/wb-line-plot-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define REDRAW_INTERVAL (100 * G_TIME_SPAN_MILLISECOND)
#define FONT_SCALE 0.82

static void
drop_node (WbLinePlot *self)
{
  g_clear_pointer (&self->node, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
redraw_cb (gpointer data)
{
  WbLinePlot *self = data;

  self->redraw_id = 0;
  drop_node (self);
  return G_SOURCE_REMOVE;
}

void
wb_line_plot_redraw_soon (WbLinePlot *self)
{
  const gint64 age = g_get_monotonic_time () - self->drawn_at;

  if (self->redraw_id != 0)
    return;
  if (age >= REDRAW_INTERVAL)
    drop_node (self);
  else
    self->redraw_id = g_timeout_add ((guint) ((REDRAW_INTERVAL - age) / 1000) + 1, redraw_cb, self);
}

void
wb_line_plot_invalidate (WbLinePlot *self)
{
  g_clear_handle_id (&self->redraw_id, g_source_remove);
  drop_node (self);
}

void
wb_line_plot_get_full (WbLinePlot *self, double *low, double *high)
{
  double first = NAN, last = NAN;

  for (guint i = 0; i < self->series->len; i++)
    {
      const WbPlotSeries *series = self->series->pdata[i];

      if (series->x->len == 0)
        continue;
      first = fmin (first, g_array_index (series->x, double, 0));
      last = fmax (last, g_array_index (series->x, double, series->x->len - 1));
    }
  /* a day has no beginning that matters, everything else begins at 0 */
  *low = wb_plot_view_get_unit (self->view) == WB_AXIS_CLOCK ? first : 0;
  *high = fmax (self->x_high, last);
}

/* Tick labels are smaller than the text around the chart. */
static void
update_font (WbLinePlot *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  double        size;

  g_clear_pointer (&self->font, pango_font_description_free);
  self->font = pango_font_description_copy (pango_context_get_font_description (context));
  size = pango_font_description_get_size (self->font) * FONT_SCALE;
  if (pango_font_description_get_size_is_absolute (self->font))
    pango_font_description_set_absolute_size (self->font, size);
  else
    pango_font_description_set_size (self->font, (int) size);
}

WbChartSeries *
wb_line_plot_dup_chart (WbLinePlot *self, WbChart *out)
{
  WbChartSeries *series = g_new (WbChartSeries, self->series->len + 1);
  double         low, high, zoom_low, zoom_high;

  for (guint i = 0; i < self->series->len; i++)
    series[i] = wb_plot_series_get_chart (self->series->pdata[i], i);
  wb_line_plot_get_full (self, &low, &high);
  if (wb_plot_view_get_zoom (self->view, &zoom_low, &zoom_high))
    {
      low = zoom_low;
      high = zoom_high;
    }
  *out = (WbChart){
    .series = series,
    .n_series = self->series->len,
    .x_low = low,
    .x_high = high,
    .from_zero = self->from_zero,
    .x_unit = wb_plot_view_get_unit (self->view),
    .log_x = self->log_x,
    .log_y = self->log_y,
    .clip_outliers = self->clip_outliers,
    .legend = self->inner_legend ? WB_CHART_LEGEND_AUTO : WB_CHART_LEGEND_NEVER,
    .marks = (const WbChartMark *) (void *) self->marks->data,
    .n_marks = self->marks->len,
    .references = (const WbChartReference *) (void *) self->references->data,
    .n_references = self->references->len,
    .x_title = wb_plot_view_get_title (self->view),
    .nothing = self->nothing != NULL ? self->nothing : _ ("No points yet"),
  };
  return series;
}

const WbPalette *
wb_line_plot_get_palette (void)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  const gboolean   dark = adw_style_manager_get_dark (style);

  return adw_style_manager_get_high_contrast (style) ? wb_palette_get_contrast (dark)
                                                     : wb_palette_get (dark);
}

/* Renders everything but the cursor; the node is kept until data, size or look change, so that a
 * moving cursor repaints only itself.  It holds pixels: what is drawn into a node directly is
 * recorded, and drawn again with every repaint. */
static void
build_node (WbLinePlot *self)
{
  g_autofree WbChartSeries *series = NULL;
  cairo_surface_t          *picture;
  cairo_t                  *cr;

  update_font (self);
  series = wb_line_plot_dup_chart (self, &self->chart);
  self->chart.palette = wb_line_plot_get_palette ();
  self->chart.font = self->font;
  self->chart.pixels = self->node_scale;
  wb_chart_layout (&self->chart, gtk_widget_get_pango_context (GTK_WIDGET (self)), self->node_width,
                   self->node_height);
  picture = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, self->node_width * self->node_scale,
                                        self->node_height * self->node_scale);
  cairo_surface_set_device_scale (picture, self->node_scale, self->node_scale);
  cr = cairo_create (picture);
  wb_chart_draw (&self->chart, cr);
  cairo_destroy (cr);
  self->node = gsk_cairo_node_new (&GRAPHENE_RECT_INIT (0, 0, self->node_width, self->node_height));
  cr = gsk_cairo_node_get_draw_context (self->node);
  cairo_set_source_surface (cr, picture, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (picture);
  self->chart.series = NULL;
  self->chart.marks = NULL;
  self->chart.references = NULL;
  self->drawn_at = g_get_monotonic_time ();
}

void
wb_line_plot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WbLinePlot *self = WB_LINE_PLOT (widget);
  const int   width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  const int   scale = gtk_widget_get_scale_factor (widget);

  if (self->node_width != width || self->node_height != height || self->node_scale != scale)
    g_clear_pointer (&self->node, gsk_render_node_unref);
  if (width < 1 || height < 1)
    return;
  if (self->node == NULL)
    {
      self->node_width = width;
      self->node_height = height;
      self->node_scale = scale;
      build_node (self);
    }
  gtk_snapshot_append_node (snapshot, self->node);
  wb_line_plot_snapshot_drag (self, snapshot);
  wb_line_plot_snapshot_cursor (self, snapshot);
  if (gtk_widget_has_visible_focus (widget))
    gtk_snapshot_render_focus (snapshot, gtk_widget_get_style_context (widget), 0, 0, width,
                               height);
}
