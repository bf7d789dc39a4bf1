#include "config.h"

#include "ui/widgets/wb-queue-view-private.h"

#include "app/runs/wb-run-launcher.h"
#include "ui/widgets/wb-queue-running.h"

#include <glib/gi18n-lib.h>

enum
{
  RUN_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbQueueView, wb_queue_view, GTK_TYPE_WIDGET)

void
wb_queue_view_tell (WbQueueView *self, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

guint
wb_queue_view_find (WbQueueView *self, WbQueueRow *row)
{
  guint i;

  return g_ptr_array_find (self->order, row, &i) ? i : self->order->len;
}

static int
compare_rows (GtkListBoxRow *a, GtkListBoxRow *b, gpointer data)
{
  return (int) wb_queue_view_find (data, WB_QUEUE_ROW (a)) -
         (int) wb_queue_view_find (data, WB_QUEUE_ROW (b));
}

void
wb_queue_view_show_order (WbQueueView *self)
{
  const gboolean paused = wb_run_queue_get_paused (self->queue);

  for (guint i = 0; i < self->order->len; i++)
    {
      WbQueueRow *row = self->order->pdata[i];

      wb_queue_row_set_position (
          row, i, self->order->len,
          paused && !wb_run_queue_is_urgent (self->queue, wb_queue_row_get_run (row)));
    }
  gtk_list_box_invalidate_sort (self->waiting);
}

static WbQueueRow *
row_of (WbQueueView *self, gint64 id)
{
  for (guint i = 0; i < self->order->len; i++)
    if (wb_run_get_id (wb_queue_row_get_run (self->order->pdata[i])) == id)
      return self->order->pdata[i];
  return NULL;
}

/* Rows stay while their runs wait: the focus, and the one that is dragged, with them. */
static void
sync_rows (WbQueueView *self)
{
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->order);
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->queue));

  self->order = g_ptr_array_new ();
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (WbRun) run = g_list_model_get_item (G_LIST_MODEL (self->queue), i);
      GtkWidget *row = NULL;

      for (guint k = 0; k < before->len && row == NULL; k++)
        if (wb_queue_row_get_run (before->pdata[k]) == run)
          row = before->pdata[k];
      if (row != NULL)
        g_ptr_array_remove_fast (before, row);
      else
        {
          row = wb_queue_row_new (run);
          gtk_list_box_append (self->waiting, row);
        }
      g_ptr_array_add (self->order, row);
    }
  for (guint i = 0; i < before->len; i++)
    gtk_list_box_remove (self->waiting, before->pdata[i]);
}

static void
update_pause (WbQueueView *self)
{
  const gboolean paused = wb_run_queue_get_paused (self->queue);
  const char    *label = paused ? _ ("Resume the Queue") : _ ("Pause the Queue");

  gtk_button_set_icon_name (GTK_BUTTON (self->pause), paused ? "media-playback-start-symbolic"
                                                             : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (self->pause, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  gtk_widget_set_visible (self->note, paused);
}

void
wb_queue_view_sync (WbQueueView *self)
{
  guint n_running;

  if (self->queue == NULL || self->dragged != NULL)
    return;
  n_running = g_list_model_get_n_items (wb_run_queue_get_running (self->queue));
  sync_rows (self);
  update_pause (self);
  wb_queue_view_show_order (self);
  gtk_widget_set_visible (self->running_group, n_running > 0);
  gtk_widget_set_visible (self->waiting_group, self->order->len > 0);
  gtk_stack_set_visible_child_name (self->stack,
                                    n_running + self->order->len > 0 ? "runs" : "empty");
}

/* ---- what can be done ---- */

void
wb_queue_view_move (WbQueueView *self, WbQueueRow *row, guint position)
{
  g_autoptr (GError) error = NULL;

  if (!wb_run_queue_move (self->queue, wb_queue_row_get_run (row), position, &error))
    wb_queue_view_tell (self, error->message);
}

/* Up and down, first and last: the row keeps the focus, and is seen. */
static void
move_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbQueueView *self = WB_QUEUE_VIEW (widget);
  WbQueueRow  *row = row_of (self, g_variant_get_int64 (parameter));
  guint        position, to;

  if (row == NULL)
    return;
  position = wb_queue_view_find (self, row);
  if (g_str_equal (name, "queue.first"))
    to = 0;
  else if (g_str_equal (name, "queue.last"))
    to = self->order->len - 1;
  else if (g_str_equal (name, "queue.up"))
    to = position > 0 ? position - 1 : 0;
  else
    to = MIN (position + 1, self->order->len - 1);
  if (to != position)
    wb_queue_view_move (self, row, to);
  gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
undo (WbQueueView *self)
{
  g_autoptr (WbRun) run = g_steal_pointer (&self->dropped);
  g_autoptr (GError) error = NULL;

  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  if (run != NULL && !wb_run_queue_put_back (self->queue, run, self->dropped_position,
                                             self->dropped_urgent, &error))
    wb_queue_view_tell (self, error->message);
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  undo (WB_QUEUE_VIEW (widget));
}

static void
offer_undo (WbQueueView *self)
{
  g_autofree char *text = g_strdup_printf (_ ("“%s” removed"), wb_run_get_name (self->dropped));
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  g_set_weak_pointer (&self->toast, adw_toast_new (escaped));
  adw_toast_set_button_label (self->toast, _ ("_Undo"));
  g_signal_connect_object (self->toast, "button-clicked", G_CALLBACK (undo), self,
                           G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, self->toast);
}

static void
drop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbQueueView *self = WB_QUEUE_VIEW (widget);
  WbQueueRow  *row = row_of (self, g_variant_get_int64 (parameter));
  g_autoptr (WbRun) run = NULL;
  g_autoptr (GError) error = NULL;
  gboolean urgent;
  guint    position;

  if (row == NULL)
    return;
  run = g_object_ref (wb_queue_row_get_run (row));
  position = wb_queue_view_find (self, row);
  urgent = wb_run_queue_is_urgent (self->queue, run);
  if (!wb_run_queue_drop (self->queue, run, &error))
    {
      wb_queue_view_tell (self, error->message);
      return;
    }
  g_set_object (&self->dropped, run);
  self->dropped_position = position;
  self->dropped_urgent = urgent;
  offer_undo (self);
  if (self->order->len > 0)
    gtk_widget_grab_focus (self->order->pdata[MIN (position, self->order->len - 1)]);
  else
    gtk_widget_grab_focus (self->pause);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbQueueRow *row = row_of (WB_QUEUE_VIEW (widget), g_variant_get_int64 (parameter));

  if (row != NULL)
    g_signal_emit (widget, signals[RUN_ACTIVATED], 0, wb_queue_row_get_run (row));
}

/* The dialog is modal: the queue makes room for it. */
static void
duplicate_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWidget *popover = gtk_widget_get_ancestor (widget, GTK_TYPE_POPOVER);

  if (popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (popover));
  gtk_widget_activate_action_variant (widget, "win.duplicate-run", parameter);
}

static void
pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbQueueView *self = WB_QUEUE_VIEW (widget);
  g_autoptr (GError) error = NULL;

  if (wb_run_queue_get_paused (self->queue)
          ? !wb_run_queue_unpause (self->queue, &error) || !wb_run_queue_wake (self->queue, &error)
          : !wb_run_queue_pause (self->queue, &error))
    wb_queue_view_tell (self, error->message);
}

static void
row_activated_cb (WbQueueView *self, GtkListBoxRow *row)
{
  WbRun *run = WB_IS_QUEUE_ROW (row) ? wb_queue_row_get_run (WB_QUEUE_ROW (row))
                                     : wb_queue_running_get_run (WB_QUEUE_RUNNING (row));

  g_signal_emit (self, signals[RUN_ACTIVATED], 0, run);
}

/* Keys of the row that has the focus. */
static gboolean
key_cb (WbQueueView *self, guint keyval, guint keycode, GdkModifierType state)
{
  static const struct
  {
    guint           keyval;
    GdkModifierType modifiers;
    const char     *action;
  } keys[] = {
    { GDK_KEY_Up, GDK_ALT_MASK, "queue.up" },      { GDK_KEY_Down, GDK_ALT_MASK, "queue.down" },
    { GDK_KEY_Home, GDK_ALT_MASK, "queue.first" }, { GDK_KEY_End, GDK_ALT_MASK, "queue.last" },
    { GDK_KEY_Delete, 0, "queue.drop" },
  };
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *row = focus != NULL ? gtk_widget_get_ancestor (focus, WB_TYPE_QUEUE_ROW) : NULL;

  for (gsize i = 0; row != NULL && i < G_N_ELEMENTS (keys); i++)
    if (keys[i].keyval == keyval &&
        keys[i].modifiers == (state & gtk_accelerator_get_default_mod_mask ()))
      {
        gtk_widget_activate_action (GTK_WIDGET (self), keys[i].action, "x",
                                    wb_run_get_id (wb_queue_row_get_run (WB_QUEUE_ROW (row))));
        return GDK_EVENT_STOP;
      }
  return GDK_EVENT_PROPAGATE;
}

/* ---- the widget ---- */

static void
wb_queue_view_dispose (GObject *object)
{
  WbQueueView *self = WB_QUEUE_VIEW (object);
  GtkWidget   *child;

  g_clear_weak_pointer (&self->toast);
  g_clear_object (&self->dropped);
  g_clear_object (&self->queue);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wb_queue_view_parent_class)->dispose (object);
}

static void
wb_queue_view_finalize (GObject *object)
{
  g_ptr_array_unref (WB_QUEUE_VIEW (object)->order);
  G_OBJECT_CLASS (wb_queue_view_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/DebertaWorkbench/wb-queue-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, toasts);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, pause);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, stack);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, scroller);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, running_group);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, waiting_group);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, note);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, running);
  gtk_widget_class_bind_template_child (widget_class, WbQueueView, waiting);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
wb_queue_view_class_init (WbQueueViewClass *klass)
{
  static const char *const moves[] = { "queue.up", "queue.down", "queue.first", "queue.last" };
  GtkWidgetClass          *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_queue_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_queue_view_finalize;
  signals[RUN_ACTIVATED] = g_signal_new ("run-activated", WB_TYPE_QUEUE_VIEW, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, WB_TYPE_RUN);
  bind_template (widget_class);
  for (gsize i = 0; i < G_N_ELEMENTS (moves); i++)
    gtk_widget_class_install_action (widget_class, moves[i], "x", move_action);
  gtk_widget_class_install_action (widget_class, "queue.drop", "x", drop_action);
  gtk_widget_class_install_action (widget_class, "queue.open", "x", open_action);
  gtk_widget_class_install_action (widget_class, "queue.duplicate", "x", duplicate_action);
  gtk_widget_class_install_action (widget_class, "queue.pause", NULL, pause_action);
  gtk_widget_class_install_action (widget_class, "queue.undo", NULL, undo_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "queue.undo",
                                       NULL);
}

static void
wb_queue_view_init (WbQueueView *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->order = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_sort_func (self->waiting, compare_rows, self, NULL);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  wb_queue_view_init_drag (self);
}

static GtkWidget *
create_running (gpointer run, gpointer data)
{
  return wb_queue_running_new (run);
}

GtkWidget *
wb_queue_view_new (WbRunQueue *queue)
{
  WbQueueView *self = g_object_new (WB_TYPE_QUEUE_VIEW, NULL);
  GListModel  *running = wb_run_queue_get_running (queue);

  self->queue = g_object_ref (queue);
  gtk_list_box_bind_model (self->running, running, create_running, NULL, NULL);
  g_signal_connect_object (queue, "items-changed", G_CALLBACK (wb_queue_view_sync), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "notify::paused", G_CALLBACK (wb_queue_view_sync), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (running, "items-changed", G_CALLBACK (wb_queue_view_sync), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  wb_queue_view_sync (self);
  return GTK_WIDGET (self);
}
