#include "config.h"

#include "ui/plots/wb-line-plot-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#define REDRAW_INTERVAL (100 * G_TIME_SPAN_MILLISECOND)
#define FONT_SCALE 0.82

enum
{
  PROP_TITLE = 1,
  PROP_CURSOR,
  PROP_X_HIGH,
  PROP_FROM_ZERO,
  PROP_LOG_X,
  PROP_LOG_Y,
  PROP_ZOOMED,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (WbLinePlot, wb_line_plot, GTK_TYPE_WIDGET)

static void
plot_series_free (gpointer data)
{
  WbPlotSeries *series = data;

  g_free (series->name);
  g_array_unref (series->x);
  g_array_unref (series->y);
  g_clear_pointer (&series->smooth, g_array_unref);
  wb_pyramid_free (series->y_pyramid);
  wb_pyramid_free (series->smooth_pyramid);
  g_free (series);
}

static gboolean
same (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

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

/* Points come in by dozens: one picture for all that arrive within a tenth of a second. */
static void
redraw_soon (WbLinePlot *self)
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

static double
last_point (WbLinePlot *self)
{
  double high = NAN;

  for (guint i = 0; i < self->series->len; i++)
    {
      const WbPlotSeries *series = self->series->pdata[i];

      if (series->x->len > 0)
        high = fmax (high, g_array_index (series->x, double, series->x->len - 1));
    }
  return high;
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

static void
fill_series (WbLinePlot *self, WbChartSeries *out)
{
  for (guint i = 0; i < self->series->len; i++)
    {
      const WbPlotSeries *series = self->series->pdata[i];

      out[i] = (WbChartSeries){
        .name = series->name,
        .x = (const double *) series->x->data,
        .y = (const double *) series->y->data,
        .smooth = series->smooth != NULL ? (const double *) series->smooth->data : NULL,
        .n = series->x->len,
        .color = i,
        .y_pyramid = series->y_pyramid,
        .smooth_pyramid = series->smooth_pyramid,
      };
    }
}

WbChartSeries *
wb_line_plot_dup_chart (WbLinePlot *self, WbChart *out)
{
  WbChartSeries *series = g_new (WbChartSeries, self->series->len + 1);
  const gboolean zoomed = !isnan (self->zoom_low);

  fill_series (self, series);
  *out = (WbChart){
    .series = series,
    .n_series = self->series->len,
    .x_low = zoomed ? self->zoom_low : 0,
    .x_high = zoomed ? self->zoom_high : fmax (self->x_high, last_point (self)),
    .from_zero = self->from_zero,
    .x_unit = WB_AXIS_COUNT,
    .log_x = self->log_x,
    .log_y = self->log_y,
    .x_title = _ ("step"),
    .nothing = _ ("No points yet"),
  };
  return series;
}

/* Renders everything but the cursor; the node is kept until data, size or look change, so that a
 * moving cursor repaints only itself.  It holds pixels: what is drawn into a node directly is
 * recorded, and drawn again with every repaint. */
static void
build_node (WbLinePlot *self)
{
  g_autofree WbChartSeries *series = NULL;
  AdwStyleManager          *style = adw_style_manager_get_default ();
  cairo_surface_t          *picture;
  cairo_t                  *cr;

  update_font (self);
  series = wb_line_plot_dup_chart (self, &self->chart);
  self->chart.palette = wb_palette_get (adw_style_manager_get_dark (style));
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
  self->drawn_at = g_get_monotonic_time ();
}

static void
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

static void
wb_line_plot_measure (GtkWidget     *widget,
                      GtkOrientation orientation,
                      int            for_size,
                      int           *minimum,
                      int           *natural,
                      int           *minimum_baseline,
                      int           *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 120;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 300 : 160;
  *minimum_baseline = *natural_baseline = -1;
}

static void
wb_line_plot_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (wb_line_plot_parent_class)->css_changed (widget, change);
  g_clear_pointer (&WB_LINE_PLOT (widget)->node, gsk_render_node_unref);
}

static void
update_description (WbLinePlot *self)
{
  g_autofree char *text = wb_line_plot_dup_readout (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text != NULL ? text : "", -1);
}

void
wb_line_plot_set_cursor (WbLinePlot *self, double cursor)
{
  if (same (self->cursor, cursor))
    return;
  self->cursor = cursor;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  update_description (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CURSOR]);
}

static void
wb_line_plot_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WbLinePlot *self = WB_LINE_PLOT (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_CURSOR:
      g_value_set_double (value, self->cursor);
      break;
    case PROP_X_HIGH:
      g_value_set_double (value, self->x_high);
      break;
    case PROP_FROM_ZERO:
      g_value_set_boolean (value, self->from_zero);
      break;
    case PROP_LOG_X:
      g_value_set_boolean (value, self->log_x);
      break;
    case PROP_LOG_Y:
      g_value_set_boolean (value, self->log_y);
      break;
    case PROP_ZOOMED:
      g_value_set_boolean (value, !isnan (self->zoom_low));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
set_title (WbLinePlot *self, const char *title)
{
  g_free (self->title);
  self->title = g_strdup (title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title != NULL ? title : "", -1);
}

static void
wb_line_plot_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  WbLinePlot *self = WB_LINE_PLOT (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      set_title (self, g_value_get_string (value));
      break;
    case PROP_CURSOR:
      wb_line_plot_set_cursor (self, g_value_get_double (value));
      break;
    case PROP_X_HIGH:
      if (same (self->x_high, g_value_get_double (value)))
        break;
      self->x_high = g_value_get_double (value);
      redraw_soon (self);
      break;
    case PROP_FROM_ZERO:
      self->from_zero = g_value_get_boolean (value);
      wb_line_plot_invalidate (self);
      break;
    case PROP_LOG_X:
      self->log_x = g_value_get_boolean (value);
      wb_line_plot_invalidate (self);
      break;
    case PROP_LOG_Y:
      self->log_y = g_value_get_boolean (value);
      wb_line_plot_invalidate (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
wb_line_plot_dispose (GObject *object)
{
  WbLinePlot *self = WB_LINE_PLOT (object);

  g_clear_handle_id (&self->redraw_id, g_source_remove);
  g_clear_pointer (&self->node, gsk_render_node_unref);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (wb_line_plot_parent_class)->dispose (object);
}

static void
wb_line_plot_finalize (GObject *object)
{
  WbLinePlot *self = WB_LINE_PLOT (object);

  g_free (self->title);
  g_ptr_array_unref (self->series);
  g_clear_pointer (&self->font, pango_font_description_free);
  G_OBJECT_CLASS (wb_line_plot_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  /* lax: NaN is a value here */
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_LAX_VALIDATION;

  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_CURSOR] = g_param_spec_double ("cursor", NULL, NULL, -INFINITY, INFINITY, 0,
                                            flags | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_X_HIGH] = g_param_spec_double ("x-high", NULL, NULL, -INFINITY, INFINITY, 0, flags);
  props[PROP_FROM_ZERO] = g_param_spec_boolean ("from-zero", NULL, NULL, FALSE, flags);
  props[PROP_LOG_X] = g_param_spec_boolean ("log-x", NULL, NULL, FALSE, flags);
  props[PROP_LOG_Y] = g_param_spec_boolean ("log-y", NULL, NULL, FALSE, flags);
  props[PROP_ZOOMED] =
      g_param_spec_boolean ("zoomed", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wb_line_plot_class_init (WbLinePlotClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = wb_line_plot_get_property;
  object_class->set_property = wb_line_plot_set_property;
  object_class->dispose = wb_line_plot_dispose;
  object_class->finalize = wb_line_plot_finalize;
  widget_class->snapshot = wb_line_plot_snapshot;
  widget_class->measure = wb_line_plot_measure;
  widget_class->css_changed = wb_line_plot_css_changed;
  install_properties (object_class);
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  wb_line_plot_class_init_input (widget_class);
}

static void
wb_line_plot_init (WbLinePlot *self)
{
  self->series = g_ptr_array_new_with_free_func (plot_series_free);
  self->cursor = self->x_high = self->zoom_low = self->zoom_high = NAN;
  self->drag_from = self->drag_to = NAN;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (wb_line_plot_invalidate), self, G_CONNECT_SWAPPED);
  wb_line_plot_init_input (self);
}

GtkWidget *
wb_line_plot_new (const char *title)
{
  return g_object_new (WB_TYPE_LINE_PLOT, "title", title, NULL);
}

void
wb_line_plot_clear (WbLinePlot *self)
{
  g_return_if_fail (WB_IS_LINE_PLOT (self));
  g_ptr_array_set_size (self->series, 0);
  wb_line_plot_invalidate (self);
}

guint
wb_line_plot_add_series (WbLinePlot *self, const char *name, double smoothing)
{
  WbPlotSeries *series = g_new0 (WbPlotSeries, 1);

  g_return_val_if_fail (WB_IS_LINE_PLOT (self), 0);
  series->name = g_strdup (name);
  series->x = g_array_new (FALSE, FALSE, sizeof (double));
  series->y = g_array_new (FALSE, FALSE, sizeof (double));
  series->smooth = smoothing > 0 ? g_array_new (FALSE, FALSE, sizeof (double)) : NULL;
  series->y_pyramid = wb_pyramid_new ();
  series->smooth_pyramid = wb_pyramid_new ();
  wb_smoother_init (&series->smoother, smoothing);
  g_ptr_array_add (self->series, series);
  wb_line_plot_invalidate (self);
  return self->series->len - 1;
}

static void
update_pyramids (WbPlotSeries *series)
{
  wb_pyramid_update (series->y_pyramid, (const double *) series->y->data, series->y->len);
  if (series->smooth != NULL)
    wb_pyramid_update (series->smooth_pyramid, (const double *) series->smooth->data,
                       series->smooth->len);
}

void
wb_line_plot_append (WbLinePlot *self, guint index, const double *x, const double *y, gsize n)
{
  WbPlotSeries *series;

  g_return_if_fail (WB_IS_LINE_PLOT (self));
  g_return_if_fail (index < self->series->len);
  if (n == 0)
    return;
  series = self->series->pdata[index];
  g_array_append_vals (series->x, x, (guint) n);
  g_array_append_vals (series->y, y, (guint) n);
  for (gsize i = 0; series->smooth != NULL && i < n; i++)
    {
      const double smooth = wb_smoother_next (&series->smoother, y[i]);

      g_array_append_val (series->smooth, smooth);
    }
  update_pyramids (series);
  redraw_soon (self);
}

void
wb_line_plot_reset (WbLinePlot *self, guint index)
{
  WbPlotSeries *series;

  g_return_if_fail (WB_IS_LINE_PLOT (self));
  g_return_if_fail (index < self->series->len);
  series = self->series->pdata[index];
  g_array_set_size (series->x, 0);
  g_array_set_size (series->y, 0);
  if (series->smooth != NULL)
    g_array_set_size (series->smooth, 0);
  wb_smoother_init (&series->smoother, series->smoother.weight);
  update_pyramids (series);
  redraw_soon (self);
}

guint
wb_line_plot_get_n_series (WbLinePlot *self)
{
  g_return_val_if_fail (WB_IS_LINE_PLOT (self), 0);
  return self->series->len;
}

gsize
wb_line_plot_get_n_points (WbLinePlot *self, guint index)
{
  g_return_val_if_fail (WB_IS_LINE_PLOT (self), 0);
  g_return_val_if_fail (index < self->series->len, 0);
  return ((WbPlotSeries *) self->series->pdata[index])->x->len;
}

void
wb_line_plot_zoom (WbLinePlot *self, double low, double high)
{
  g_return_if_fail (WB_IS_LINE_PLOT (self));
  if (isnan (low) || isnan (high) || high <= low)
    low = high = NAN;
  self->zoom_low = low;
  self->zoom_high = high;
  wb_line_plot_invalidate (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ZOOMED]);
}

char *
wb_line_plot_dup_readout (WbLinePlot *self)
{
  g_autoptr (GPtrArray) lines = NULL;
  g_autofree char *rest = NULL;

  g_return_val_if_fail (WB_IS_LINE_PLOT (self), NULL);
  lines = wb_line_plot_read_cursor (self);
  if (lines == NULL)
    return NULL;
  g_ptr_array_add (lines, NULL);
  rest = g_strjoinv (", ", (char **) lines->pdata + 1);
  return g_strdup_printf ("%s: %s", (char *) lines->pdata[0], rest);
}
