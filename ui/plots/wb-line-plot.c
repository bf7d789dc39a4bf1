#include "config.h"

#include "ui/plots/wb-line-plot-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

enum
{
  PROP_TITLE = 1,
  PROP_CURSOR,
  PROP_X_HIGH,
  PROP_FROM_ZERO,
  PROP_LOG_X,
  PROP_LOG_Y,
  PROP_CLIP_OUTLIERS,
  PROP_NOTHING,
  PROP_INNER_LEGEND,
  PROP_ZOOMED,
  N_PROPS
};

enum
{
  SERIES_CHANGED,
  POINTS_CHANGED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint       signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbLinePlot, wb_line_plot, GTK_TYPE_WIDGET)

static gboolean
same (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
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

static void
cursor_changed_cb (WbPlotView *view, WbLinePlot *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  update_description (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CURSOR]);
}

static void
zoom_changed_cb (WbPlotView *view, WbLinePlot *self)
{
  wb_line_plot_invalidate (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ZOOMED]);
}

void
wb_line_plot_set_view (WbLinePlot *self, WbPlotView *view)
{
  g_return_if_fail (WB_IS_LINE_PLOT (self));
  g_return_if_fail (WB_IS_PLOT_VIEW (view));

  if (self->view != NULL)
    g_signal_handlers_disconnect_by_data (self->view, self);
  g_set_object (&self->view, view);
  g_signal_connect_object (view, "cursor-changed", G_CALLBACK (cursor_changed_cb), self, 0);
  g_signal_connect_object (view, "zoom-changed", G_CALLBACK (zoom_changed_cb), self, 0);
  wb_line_plot_invalidate (self);
}

WbPlotView *
wb_line_plot_get_view (WbLinePlot *self)
{
  g_return_val_if_fail (WB_IS_LINE_PLOT (self), NULL);
  return self->view;
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
      g_value_set_double (value, wb_plot_view_get_cursor (self->view));
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
    case PROP_CLIP_OUTLIERS:
      g_value_set_boolean (value, self->clip_outliers);
      break;
    case PROP_NOTHING:
      g_value_set_string (value, self->nothing);
      break;
    case PROP_INNER_LEGEND:
      g_value_set_boolean (value, self->inner_legend);
      break;
    case PROP_ZOOMED:
      g_value_set_boolean (value, wb_plot_view_get_zoom (self->view, NULL, NULL));
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
set_flag (WbLinePlot *self, gboolean *flag, const GValue *value)
{
  *flag = g_value_get_boolean (value);
  wb_line_plot_invalidate (self);
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
      wb_plot_view_set_cursor (self->view, g_value_get_double (value));
      break;
    case PROP_X_HIGH:
      if (same (self->x_high, g_value_get_double (value)))
        break;
      self->x_high = g_value_get_double (value);
      wb_line_plot_redraw_soon (self);
      break;
    case PROP_FROM_ZERO:
      set_flag (self, &self->from_zero, value);
      break;
    case PROP_LOG_X:
      set_flag (self, &self->log_x, value);
      break;
    case PROP_LOG_Y:
      set_flag (self, &self->log_y, value);
      break;
    case PROP_CLIP_OUTLIERS:
      set_flag (self, &self->clip_outliers, value);
      break;
    case PROP_INNER_LEGEND:
      set_flag (self, &self->inner_legend, value);
      break;
    case PROP_NOTHING:
      g_free (self->nothing);
      self->nothing = g_value_dup_string (value);
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
  if (self->view != NULL)
    g_signal_handlers_disconnect_by_data (self->view, self);
  G_OBJECT_CLASS (wb_line_plot_parent_class)->dispose (object);
}

static void
wb_line_plot_finalize (GObject *object)
{
  WbLinePlot *self = WB_LINE_PLOT (object);

  g_free (self->title);
  g_free (self->nothing);
  g_ptr_array_unref (self->series);
  g_array_unref (self->marks);
  g_array_unref (self->references);
  g_object_unref (self->view);
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
  props[PROP_CLIP_OUTLIERS] = g_param_spec_boolean ("clip-outliers", NULL, NULL, FALSE, flags);
  props[PROP_NOTHING] = g_param_spec_string ("nothing", NULL, NULL, NULL, flags);
  props[PROP_INNER_LEGEND] = g_param_spec_boolean ("inner-legend", NULL, NULL, TRUE, flags);
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
  signals[SERIES_CHANGED] = g_signal_new ("series-changed", WB_TYPE_LINE_PLOT, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[POINTS_CHANGED] = g_signal_new ("points-changed", WB_TYPE_LINE_PLOT, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  wb_line_plot_class_init_input (widget_class);
}

static void
clear_mark (gpointer data)
{
  g_free ((char *) ((WbChartMark *) data)->text);
}

static void
clear_reference (gpointer data)
{
  g_free ((char *) ((WbChartReference *) data)->text);
}

static void
wb_line_plot_init (WbLinePlot *self)
{
  g_autoptr (WbPlotView) view = wb_plot_view_new ();
  AdwStyleManager *style = adw_style_manager_get_default ();

  self->series = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_plot_series_free);
  self->marks = g_array_new (FALSE, FALSE, sizeof (WbChartMark));
  g_array_set_clear_func (self->marks, clear_mark);
  self->references = g_array_new (FALSE, FALSE, sizeof (WbChartReference));
  g_array_set_clear_func (self->references, clear_reference);
  self->x_high = NAN;
  self->drag_from = self->drag_to = NAN;
  self->inner_legend = TRUE;
  wb_line_plot_set_view (self, view);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect_object (style, "notify::dark", G_CALLBACK (wb_line_plot_invalidate), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::high-contrast", G_CALLBACK (wb_line_plot_invalidate),
                           self, G_CONNECT_SWAPPED);
  wb_line_plot_init_input (self);
}

GtkWidget *
wb_line_plot_new (const char *title)
{
  return g_object_new (WB_TYPE_LINE_PLOT, "title", title, NULL);
}

void
wb_line_plot_emit_series_changed (WbLinePlot *self)
{
  wb_line_plot_invalidate (self);
  g_signal_emit (self, signals[SERIES_CHANGED], 0);
}

void
wb_line_plot_emit_points_changed (WbLinePlot *self)
{
  wb_line_plot_redraw_soon (self);
  g_signal_emit (self, signals[POINTS_CHANGED], 0);
}

void
wb_line_plot_zoom (WbLinePlot *self, double low, double high)
{
  g_return_if_fail (WB_IS_LINE_PLOT (self));
  wb_plot_view_zoom (self->view, low, high);
}

gsize
wb_line_plot_get_n_outside (WbLinePlot *self)
{
  g_return_val_if_fail (WB_IS_LINE_PLOT (self), 0);
  return self->chart.n_outside;
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
