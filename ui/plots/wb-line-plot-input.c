/* Pointer and keys of a line plot. */
#include "config.h"

#include "ui/plots/wb-line-plot-private.h"

#include <math.h>

#define MIN_DRAG 6     /* shorter is a click */
#define WHEEL_PAN 0.1  /* of what is shown, for one step of a wheel */
#define WHEEL_ZOOM 0.8 /* what is left of it */
#define SMALLEST 1e-9  /* of everything, that can be shown */

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
  wb_plot_view_set_cursor (self->view,
                           inside (self, x) ? wb_chart_value_at (&self->chart, x) : NAN);
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
  wb_plot_view_set_cursor (WB_LINE_PLOT (data)->view, NAN);
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
  const double        cursor = wb_plot_view_get_cursor (self->view);
  const WbPlotSeries *longest = NULL;
  gssize              at;
  gsize               i;

  for (guint s = 0; s < self->series->len; s++)
    {
      const WbPlotSeries *series = self->series->pdata[s];

      if (!series->hidden && (longest == NULL || series->x->len > longest->x->len))
        longest = series;
    }
  if (longest == NULL || longest->x->len == 0)
    return;
  /* without a cursor: as if it stood before the first point, or behind the last one */
  if (isnan (cursor))
    at = direction < 0 ? (gssize) longest->x->len : -1;
  else
    at = (gssize) wb_chart_nearest ((const double *) (void *) longest->x->data, longest->x->len,
                                    cursor);
  i = (gsize) CLAMP (at + direction, 0, (gssize) longest->x->len - 1);
  wb_plot_view_set_cursor (self->view, g_array_index (longest->x, double, i));
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

  if (isnan (wb_plot_view_get_cursor (self->view)) &&
      !wb_plot_view_get_zoom (self->view, NULL, NULL))
    return FALSE; /* for the window: back */
  wb_plot_view_set_cursor (self->view, NAN);
  wb_line_plot_zoom (self, NAN, NAN);
  return TRUE;
}

/* The axis as it is by now: several steps of a wheel may come before the next picture. */
static WbAxis
current_axis (WbLinePlot *self)
{
  WbAxis axis = self->chart.x_axis;
  double low, high;

  if (!wb_plot_view_get_zoom (self->view, &low, &high))
    wb_line_plot_get_full (self, &low, &high);
  if (low < high)
    {
      axis.low = axis.log && low <= 0 ? axis.low : low;
      axis.high = high;
    }
  return axis;
}

/* Shows @share of what is shown, with the place @at (0 left, 1 right) staying where it is; more
 * than there is: everything. */
static void
zoom_about (WbLinePlot *self, double at, double share)
{
  const WbAxis axis = current_axis (self);
  const double from = at - at * share, to = at + (1 - at) * share;
  double       low, high, first, last;

  if (self->chart.empty)
    return;
  wb_line_plot_get_full (self, &first, &last);
  low = wb_axis_value (&axis, from);
  high = wb_axis_value (&axis, to);
  if (low <= first && high >= last)
    wb_line_plot_zoom (self, NAN, NAN);
  else if (high - low >= SMALLEST * (last - first))
    wb_line_plot_zoom (self, fmax (low, first), fmin (high, last));
}

/* Moves what is shown by a share of its width, as far as there is something. */
static void
pan (WbLinePlot *self, double share)
{
  const WbAxis axis = current_axis (self);
  double       first, last, before, after;

  if (self->chart.empty || !wb_plot_view_get_zoom (self->view, NULL, NULL))
    return;
  wb_line_plot_get_full (self, &first, &last);
  before =
      fmin (wb_axis_place (&axis, first), 0); /* 0 where a logarithmic axis has no place for it */
  after = fmax (wb_axis_place (&axis, last) - 1, 0);
  share = CLAMP (share, before, after);
  if (share != 0)
    wb_line_plot_zoom (self, wb_axis_value (&axis, share), wb_axis_value (&axis, 1 + share));
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, gpointer data)
{
  WbLinePlot           *self = data;
  const GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if (state & GDK_CONTROL_MASK)
    {
      const double at = (self->pointer_x - self->chart.left) / MAX (self->chart.width, 1);

      zoom_about (self, CLAMP (at, 0, 1), pow (WHEEL_ZOOM, -dy));
      return TRUE;
    }
  if (!wb_plot_view_get_zoom (self->view, NULL, NULL))
    return FALSE; /* the page scrolls */
  pan (self, (dx + dy) * WHEEL_PAN);
  return TRUE;
}

static gboolean
zoom_cb (GtkWidget *widget, GVariant *args, gpointer data)
{
  WbLinePlot  *self = WB_LINE_PLOT (widget);
  const double cursor = wb_plot_view_get_cursor (self->view);
  const double at = wb_axis_place (&self->chart.x_axis, cursor);

  zoom_about (self, at >= 0 && at <= 1 ? at : 0.5, g_variant_get_double (args));
  return TRUE;
}

static gboolean
pan_cb (GtkWidget *widget, GVariant *args, gpointer data)
{
  pan (WB_LINE_PLOT (widget), g_variant_get_double (args));
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
  gtk_widget_class_add_binding (widget_class, GDK_KEY_plus, 0, zoom_cb, "d", 0.5);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_equal, 0, zoom_cb, "d", 0.5);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Add, 0, zoom_cb, "d", 0.5);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_minus, 0, zoom_cb, "d", 2.0);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Subtract, 0, zoom_cb, "d", 2.0);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, GDK_SHIFT_MASK, pan_cb, "d", -0.1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, GDK_SHIFT_MASK, pan_cb, "d", 0.1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_0, 0, reset_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_0, 0, reset_cb, NULL);
}

void
wb_line_plot_init_input (WbLinePlot *self)
{
  GtkWidget          *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new ();

  g_signal_connect_object (motion, "motion", G_CALLBACK (motion_cb), self, 0);
  g_signal_connect_object (motion, "enter", G_CALLBACK (enter_cb), self, 0);
  g_signal_connect_object (motion, "leave", G_CALLBACK (leave_cb), self, 0);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect_object (scroll, "scroll", G_CALLBACK (scroll_cb), self, 0);
  gtk_widget_add_controller (widget, scroll);
  g_signal_connect_object (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self, 0);
  g_signal_connect_object (drag, "drag-update", G_CALLBACK (drag_update_cb), self, 0);
  g_signal_connect_object (drag, "drag-end", G_CALLBACK (drag_end_cb), self, 0);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  g_signal_connect_object (click, "pressed", G_CALLBACK (pressed_cb), self, 0);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_gesture_group (drag, click);
}
