#include "config.h"

#include "ui/plots/wb-plot-legend.h"

#include "ui/plots/wb-line-plot-private.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

struct _WbPlotLegend
{
  GtkWidget parent_instance;

  WbLinePlot *plot;  /* not owned: both belong to one card; NULL once it is gone */
  GPtrArray  *items; /* GtkToggleButton, not owned */
  gboolean    updating, isolate;
};

G_DEFINE_FINAL_TYPE (WbPlotLegend, wb_plot_legend, GTK_TYPE_WIDGET)

static guint
index_of (GtkWidget *button)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "series"));
}

static void
draw_cb (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  wb_chart_draw_sample (cr, wb_line_plot_get_palette (), GPOINTER_TO_UINT (data), height);
}

static void update (WbPlotLegend *self);

static void
toggled_cb (GtkToggleButton *button, WbPlotLegend *self)
{
  const guint index = index_of (GTK_WIDGET (button));

  if (self->updating || self->plot == NULL)
    return;
  if (!self->isolate)
    {
      wb_line_plot_set_hidden (self->plot, index, !gtk_toggle_button_get_active (button));
      return;
    }
  self->isolate = FALSE;
  wb_line_plot_set_hidden (self->plot, index, FALSE); /* the first click hid it, or showed it */
  wb_line_plot_isolate (self->plot, index);
  update (self);
}

/* What the click that begins here will mean. */
static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, WbPlotLegend *self)
{
  const GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  self->isolate = n_press == 2 || (state & GDK_ALT_MASK) != 0;
}

static gboolean
key_cb (GtkEventControllerKey *controller,
        guint                  key,
        guint                  code,
        GdkModifierType        state,
        WbPlotLegend          *self)
{
  GtkWidget *button = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));

  if ((state & GDK_ALT_MASK) == 0 || (key != GDK_KEY_Return && key != GDK_KEY_KP_Enter))
    return FALSE;
  if (self->plot != NULL)
    wb_line_plot_isolate (self->plot, index_of (button));
  return TRUE;
}

static void
add_keys (WbPlotLegend *self, GtkWidget *button)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_cb), self, 0);
  gtk_widget_add_controller (button, keys);
}

static GtkWidget *
new_button (WbPlotLegend *self, guint series)
{
  const char *name = wb_line_plot_get_name (self->plot, series);
  GtkWidget  *button = gtk_toggle_button_new (), *area = gtk_drawing_area_new ();
  GtkWidget  *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *label = gtk_label_new (name);
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_set_size_request (area, 20, 12);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw_cb, GUINT_TO_POINTER (series),
                                  NULL);
  gtk_widget_set_valign (area, GTK_ALIGN_CENTER);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 32);
  gtk_box_append (GTK_BOX (box), area);
  gtk_box_append (GTK_BOX (box), label);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_name (button, "legend-item");
  gtk_widget_set_tooltip_text (button, _ ("Click to hide or show, double click to show only this"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "series", GUINT_TO_POINTER (series));
  g_signal_connect_object (button, "toggled", G_CALLBACK (toggled_cb), self, 0);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect_object (click, "pressed", G_CALLBACK (pressed_cb), self, 0);
  gtk_widget_add_controller (button, GTK_EVENT_CONTROLLER (click));
  add_keys (self, button);
  return button;
}

static guint
count_names (WbPlotLegend *self)
{
  guint n = 0;

  for (guint i = 0; i < wb_line_plot_get_n_series (self->plot); i++)
    n += wb_line_plot_get_name (self->plot, i) != NULL;
  return n;
}

/* The buttons stay as long as the names do: whoever holds the focus keeps it. */
static gboolean
names_changed (WbPlotLegend *self)
{
  guint at = 0;

  for (guint i = 0; i < wb_line_plot_get_n_series (self->plot); i++)
    {
      const char *name = wb_line_plot_get_name (self->plot, i);

      if (name == NULL)
        continue;
      if (at >= self->items->len ||
          g_strcmp0 (g_object_get_data (self->items->pdata[at], "name"), name) != 0 ||
          index_of (self->items->pdata[at]) != i)
        return TRUE;
      at++;
    }
  return at != self->items->len;
}

static void
rebuild (WbPlotLegend *self)
{
  GtkWidget *child;

  g_ptr_array_set_size (self->items, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  for (guint i = 0; i < wb_line_plot_get_n_series (self->plot); i++)
    if (wb_line_plot_get_name (self->plot, i) != NULL)
      {
        GtkWidget *button = new_button (self, i);

        g_object_set_data_full (G_OBJECT (button), "name",
                                g_strdup (wb_line_plot_get_name (self->plot, i)), g_free);
        g_ptr_array_add (self->items, button);
        gtk_widget_set_parent (button, GTK_WIDGET (self));
      }
}

static void
update (WbPlotLegend *self)
{
  if (self->plot == NULL)
    return;
  self->updating = TRUE;
  if (names_changed (self))
    rebuild (self);
  for (guint i = 0; i < self->items->len; i++)
    {
      GtkWidget     *button = self->items->pdata[i];
      const gboolean hidden = wb_line_plot_get_hidden (self->plot, index_of (button));

      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), !hidden);
      gtk_widget_set_opacity (gtk_button_get_child (GTK_BUTTON (button)), hidden ? 0.45 : 1);
    }
  self->updating = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self), count_names (self) > 1);
}

static void
redraw (WbPlotLegend *self)
{
  for (guint i = 0; i < self->items->len; i++)
    gtk_widget_queue_draw (
        gtk_widget_get_first_child (gtk_button_get_child (GTK_BUTTON (self->items->pdata[i]))));
}

/* Puts the buttons into rows of @width, as text flows; where @place, for good.  Returns the height.
 */
static int
flow (WbPlotLegend *self, int width, gboolean place)
{
  const gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  int            x = 0, y = 0, row = 0;

  for (guint i = 0; i < self->items->len; i++)
    {
      GtkWidget    *item = self->items->pdata[i];
      GtkAllocation at;
      int           smallest, w, h;

      gtk_widget_measure (item, GTK_ORIENTATION_HORIZONTAL, -1, &smallest, &w, NULL, NULL);
      w = CLAMP (width, smallest, w);
      gtk_widget_measure (item, GTK_ORIENTATION_VERTICAL, w, NULL, &h, NULL, NULL);
      if (x > 0 && x + w > width)
        {
          x = 0;
          y += row;
          row = 0;
        }
      at = (GtkAllocation){ mirrored ? width - x - w : x, y, w, h };
      if (place)
        gtk_widget_size_allocate (item, &at, -1);
      x += w;
      row = MAX (row, h);
    }
  return y + row;
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
wb_plot_legend_measure (GtkWidget     *widget,
                        GtkOrientation orientation,
                        int            for_size,
                        int           *minimum,
                        int           *natural,
                        int           *minimum_baseline,
                        int           *natural_baseline)
{
  WbPlotLegend *self = WB_PLOT_LEGEND (widget);

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum = *natural = flow (self, for_size >= 0 ? for_size : G_MAXINT, FALSE);
      return;
    }
  for (guint i = 0; i < self->items->len; i++)
    {
      int smallest, wanted;

      gtk_widget_measure (self->items->pdata[i], orientation, -1, &smallest, &wanted, NULL, NULL);
      *minimum = MAX (*minimum, smallest);
      *natural += wanted;
    }
}

static void
wb_plot_legend_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  flow (WB_PLOT_LEGEND (widget), width, TRUE);
}

static void
wb_plot_legend_dispose (GObject *object)
{
  WbPlotLegend *self = WB_PLOT_LEGEND (object);
  GtkWidget    *child;

  g_clear_weak_pointer (&self->plot);
  g_ptr_array_set_size (self->items, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wb_plot_legend_parent_class)->dispose (object);
}

static void
wb_plot_legend_finalize (GObject *object)
{
  g_ptr_array_unref (WB_PLOT_LEGEND (object)->items);
  G_OBJECT_CLASS (wb_plot_legend_parent_class)->finalize (object);
}

static void
wb_plot_legend_class_init (WbPlotLegendClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_plot_legend_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_plot_legend_finalize;
  GTK_WIDGET_CLASS (klass)->get_request_mode = get_request_mode;
  GTK_WIDGET_CLASS (klass)->measure = wb_plot_legend_measure;
  GTK_WIDGET_CLASS (klass)->size_allocate = wb_plot_legend_size_allocate;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "legend");
}

static void
wb_plot_legend_init (WbPlotLegend *self)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  self->items = g_ptr_array_new ();
  g_signal_connect_object (style, "notify::dark", G_CALLBACK (redraw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::high-contrast", G_CALLBACK (redraw), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
wb_plot_legend_new (WbLinePlot *plot)
{
  WbPlotLegend *self = g_object_new (WB_TYPE_PLOT_LEGEND, NULL);

  g_set_weak_pointer (&self->plot, plot);
  g_object_set (plot, "inner-legend", FALSE, NULL);
  g_signal_connect_object (plot, "series-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
