/* Rows change places while the pointer moves; the queue learns of it when the button is let go.
 * The gesture is the list's, which stands still: the handle moves with its row. */
#include "config.h"

#include "ui/widgets/wb-queue-view-private.h"

#define EDGE 24 /* pixels from the end of what is shown where the list begins to scroll */
#define SCROLL_STEP 8

static void
begin_cb (GtkGestureDrag *gesture, double x, double y, WbQueueView *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (self->waiting, (int) y);
  GtkWidget     *picked = gtk_widget_pick (GTK_WIDGET (self->waiting), x, y, GTK_PICK_DEFAULT);

  if (row == NULL || !wb_queue_row_is_handle (WB_QUEUE_ROW (row), picked))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  self->dragged = WB_QUEUE_ROW (row);
  self->begin = wb_queue_view_find (self, self->dragged);
  gtk_widget_add_css_class (GTK_WIDGET (row), "dragged");
}

/* How many of the other rows have their middle above @y. */
static guint
position_at (WbQueueView *self, double y)
{
  guint position = 0;

  for (guint i = 0; i < self->order->len; i++)
    {
      GtkWidget       *row = self->order->pdata[i];
      graphene_point_t middle;

      if (WB_QUEUE_ROW (row) == self->dragged ||
          !gtk_widget_compute_point (row, GTK_WIDGET (self->waiting),
                                     &GRAPHENE_POINT_INIT (0, gtk_widget_get_height (row) / 2.0f),
                                     &middle))
        continue;
      position += middle.y < y;
    }
  return position;
}

static void
scroll_along (WbQueueView *self, double y)
{
  GtkAdjustment   *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  const double     value = gtk_adjustment_get_value (adjustment);
  graphene_point_t at;

  if (!gtk_widget_compute_point (GTK_WIDGET (self->waiting), GTK_WIDGET (self->scroller),
                                 &GRAPHENE_POINT_INIT (0, (float) y), &at))
    return;
  if (at.y < EDGE)
    gtk_adjustment_set_value (adjustment, value - SCROLL_STEP);
  else if (at.y > gtk_widget_get_height (GTK_WIDGET (self->scroller)) - EDGE)
    gtk_adjustment_set_value (adjustment, value + SCROLL_STEP);
}

static void
update_cb (GtkGestureDrag *gesture, double offset_x, double offset_y, WbQueueView *self)
{
  double x, y;
  guint  from, to;

  if (self->dragged == NULL || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  y += offset_y;
  from = wb_queue_view_find (self, self->dragged);
  to = position_at (self, y);
  scroll_along (self, y);
  if (from == to || from >= self->order->len)
    return;
  g_ptr_array_remove_index (self->order, from);
  g_ptr_array_insert (self->order, (gint) to, self->dragged);
  wb_queue_view_show_order (self);
}

static WbQueueRow *
let_go (WbQueueView *self)
{
  WbQueueRow *row = g_steal_pointer (&self->dragged);

  if (row != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (row), "dragged");
  return row;
}

static void
end_cb (GtkGestureDrag *gesture, double offset_x, double offset_y, WbQueueView *self)
{
  WbQueueRow *row = let_go (self);
  guint       position;

  if (row == NULL)
    return;
  position = wb_queue_view_find (self, row);
  if (position != self->begin)
    wb_queue_view_move (self, row, position);
  wb_queue_view_sync (self);
}

/* Another window came between: everything as it was. */
static void
cancel_cb (GtkGesture *gesture, GdkEventSequence *sequence, WbQueueView *self)
{
  if (let_go (self) != NULL)
    wb_queue_view_sync (self);
}

void
wb_queue_view_init_drag (WbQueueView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drag), GTK_PHASE_CAPTURE);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (end_cb), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (cancel_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->waiting), GTK_EVENT_CONTROLLER (drag));
}
