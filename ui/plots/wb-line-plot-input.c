/* Pointer and keys of a line plot. */
#include "config.h"

#include "ui/plots/wb-line-plot-private.h"

#include <math.h>

#define MIN_DRAG 6 /* shorter is a click */

static gboolean
inside (WbLinePlot *self, double x)
{
  /* as it was drawn last, also while the next picture is due */
  return !self->chart.empty && self->chart.width > 0 && x >= self->chart.left &&
         x <= self->chart.left + self->chart.width;
}

static void
enter_cb (GtkEventControllerMotion *controller, double x, double y, gpointer data)
{
  WbLinePlot *self = data;

  self->pointer_x = x;
  self->pointer_y = y;
  wb_line_plot_set_cursor (self, inside (self, x) ? wb_chart_value_at (&self->chart, x) : NAN);
}

/* GTK repeats the last motion after each layout: a pointer that rests leaves the cursor to the
 * keys. */
static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, gpointer data)
{
  WbLinePlot *self = data;

  if (x != self->pointer_x || y != self->pointer_y)
    enter_cb (controller, x, y, data);
}

static void
leave_cb (GtkEventControllerMotion *controller, gpointer data)
{
  wb_line_plot_set_cursor (data, NAN);
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, gpointer data)
{
  WbLinePlot *self = data;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (!inside (self, x))
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
  WbLinePlot *self = data;
  double      x, y;

  if (fabs (dx) < MIN_DRAG && isnan (self->drag_from))
    return;
  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  self->drag_from = x;
  self->drag_to = x + dx;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drag_end_cb (GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
  WbLinePlot    *self = data;
  const double   right = self->chart.left + self->chart.width;
  const double   from = CLAMP (MIN (self->drag_from, self->drag_to), self->chart.left, right);
  const double   to = CLAMP (MAX (self->drag_from, self->drag_to), self->chart.left, right);
  const gboolean dragged = !isnan (self->drag_from);

  self->drag_from = self->drag_to = NAN;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (dragged && to - from >= MIN_DRAG)
    wb_line_plot_zoom (self, wb_chart_value_at (&self->chart, from),
                       wb_chart_value_at (&self->chart, to));
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer data)
{
  if (n_press == 2)
    wb_line_plot_zoom (data, NAN, NAN);
}

/* Moves the cursor by points of the longest series. */
static void
step_cursor (WbLinePlot *self, int direction)
{
  const WbPlotSeries *longest = NULL;
  gssize              at;
  gsize               i;

  for (guint s = 0; s < self->series->len; s++)
    {
      const WbPlotSeries *series = self->series->pdata[s];

      if (longest == NULL || series->x->len > longest->x->len)
        longest = series;
    }
  if (longest == NULL || longest->x->len == 0)
    return;
  /* without a cursor: as if it stood before the first point, or behind the last one */
  if (isnan (self->cursor))
    at = direction < 0 ? (gssize) longest->x->len : -1;
  else
    at = (gssize) wb_chart_nearest ((const double *) longest->x->data, longest->x->len,
                                    self->cursor);
  i = (gsize) CLAMP (at + direction, 0, (gssize) longest->x->len - 1);
  wb_line_plot_set_cursor (self, g_array_index (longest->x, double, i));
}

static gboolean
move_cb (GtkWidget *widget, GVariant *args, gpointer data)
{
  step_cursor (WB_LINE_PLOT (widget), g_variant_get_int32 (args));
  return TRUE;
}

static gboolean
escape_cb (GtkWidget *widget, GVariant *args, gpointer data)
{
  WbLinePlot *self = WB_LINE_PLOT (widget);

  if (isnan (self->cursor) && isnan (self->zoom_low))
    return FALSE; /* for the window: back */
  wb_line_plot_set_cursor (self, NAN);
  wb_line_plot_zoom (self, NAN, NAN);
  return TRUE;
}

static gboolean
zoom_cb (GtkWidget *widget, GVariant *args, gpointer data)
{
  WbLinePlot  *self = WB_LINE_PLOT (widget);
  const double low = self->chart.x_axis.low, high = self->chart.x_axis.high;
  const double middle = isnan (self->cursor) ? (low + high) / 2 : self->cursor;
  const double half = (high - low) / 4;

  if (!self->chart.empty && half > 0.5)
    wb_line_plot_zoom (self, MAX (0, middle - half), middle + half);
  return TRUE;
}

static gboolean
reset_cb (GtkWidget *widget, GVariant *args, gpointer data)
{
  wb_line_plot_zoom (WB_LINE_PLOT (widget), NAN, NAN);
  return TRUE;
}

void
wb_line_plot_class_init_input (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint           key;
    GdkModifierType modifiers;
    int             move;
  } moves[] = {
    { GDK_KEY_Left, 0, -1 },
    { GDK_KEY_Right, 0, 1 },
    { GDK_KEY_Left, GDK_CONTROL_MASK, -10 },
    { GDK_KEY_Right, GDK_CONTROL_MASK, 10 },
    { GDK_KEY_Home, 0, G_MININT32 / 2 },
    { GDK_KEY_End, 0, G_MAXINT32 / 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (moves); i++)
    gtk_widget_class_add_binding (widget_class, moves[i].key, moves[i].modifiers, move_cb, "i",
                                  moves[i].move);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_plus, 0, zoom_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_equal, 0, zoom_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Add, 0, zoom_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_0, 0, reset_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_minus, 0, reset_cb, NULL);
}

void
wb_line_plot_init_input (WbLinePlot *self)
{
  GtkWidget          *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture         *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new ();

  g_signal_connect_object (motion, "motion", G_CALLBACK (motion_cb), self, 0);
  g_signal_connect_object (motion, "enter", G_CALLBACK (enter_cb), self, 0);
  g_signal_connect_object (motion, "leave", G_CALLBACK (leave_cb), self, 0);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect_object (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self, 0);
  g_signal_connect_object (drag, "drag-update", G_CALLBACK (drag_update_cb), self, 0);
  g_signal_connect_object (drag, "drag-end", G_CALLBACK (drag_end_cb), self, 0);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  g_signal_connect_object (click, "pressed", G_CALLBACK (pressed_cb), self, 0);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_group (drag, click);
}
