#include "config.h"

#include "ui/widgets/wb-activity-button.h"

#include "ui/widgets/wb-progress-ring.h"
#include "ui/widgets/wb-queue-view.h"

#include <glib/gi18n-lib.h>

struct _WbActivityButton
{
  GtkWidget parent_instance;

  WbRunQueue    *queue;
  GtkMenuButton *button;
  GtkWidget     *ring;
};

enum
{
  RUN_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbActivityButton, wb_activity_button, GTK_TYPE_WIDGET)

/* "1 run active, 2 waiting" */
static char *
dup_label (guint running, guint waiting, gboolean paused)
{
  g_autofree char *runs =
      g_strdup_printf (ngettext ("%u run active", "%u runs active", running), running);
  g_autofree char *waits =
      g_strdup_printf (ngettext ("%u waiting", "%u waiting", waiting), waiting);

  if (waiting == 0)
    return running > 0 ? g_steal_pointer (&runs) : g_strdup (_ ("Queue"));
  if (paused)
    return g_strdup_printf (_ ("%s, %s, queue paused"), runs, waits);
  return g_strdup_printf (_ ("%s, %s"), runs, waits);
}

static gboolean
is_open (WbActivityButton *self)
{
  GtkPopover *popover = gtk_menu_button_get_popover (self->button);

  return popover != NULL && gtk_widget_get_visible (GTK_WIDGET (popover));
}

static void
update (WbActivityButton *self)
{
  const guint      running = g_list_model_get_n_items (wb_run_queue_get_running (self->queue));
  const guint      waiting = g_list_model_get_n_items (G_LIST_MODEL (self->queue));
  const gboolean   paused = wb_run_queue_get_paused (self->queue);
  g_autofree char *label = dup_label (running, waiting, paused);

  wb_progress_ring_set (WB_PROGRESS_RING (self->ring), wb_run_queue_get_progress (self->queue),
                        paused);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  gtk_widget_set_visible (GTK_WIDGET (self), running + waiting > 0 || is_open (self));
}

static void
run_activated_cb (WbActivityButton *self, WbRun *run)
{
  gtk_menu_button_popdown (self->button);
  g_signal_emit (self, signals[RUN_ACTIVATED], 0, run);
}

/* Made when it is first looked at. */
static void
create_popover (GtkMenuButton *button, gpointer data)
{
  WbActivityButton *self = data;
  GtkWidget        *popover, *view;

  if (gtk_menu_button_get_popover (button) != NULL || self->queue == NULL)
    return;
  popover = gtk_popover_new ();
  view = wb_queue_view_new (self->queue);
  g_signal_connect_object (view, "run-activated", G_CALLBACK (run_activated_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_css_class (popover, "queue");
  gtk_popover_set_child (GTK_POPOVER (popover), view);
  gtk_menu_button_set_popover (button, popover);
  g_signal_connect_object (popover, "closed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void
wb_activity_button_dispose (GObject *object)
{
  WbActivityButton *self = WB_ACTIVITY_BUTTON (object);

  if (self->queue != NULL)
    g_signal_handlers_disconnect_by_data (self->queue, self);
  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (wb_activity_button_parent_class)->dispose (object);
}

static void
wb_activity_button_class_init (WbActivityButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_activity_button_dispose;
  signals[RUN_ACTIVATED] =
      g_signal_new ("run-activated", WB_TYPE_ACTIVITY_BUTTON, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, WB_TYPE_RUN);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wb_activity_button_init (WbActivityButton *self)
{
  self->button = GTK_MENU_BUTTON (gtk_menu_button_new ());
  self->ring = wb_progress_ring_new ();
  gtk_widget_set_name (GTK_WIDGET (self->button), "activity");
  gtk_menu_button_set_child (self->button, self->ring);
  gtk_menu_button_set_create_popup_func (self->button, create_popover, self, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->button), GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
wb_activity_button_new (void)
{
  return g_object_new (WB_TYPE_ACTIVITY_BUTTON, NULL);
}

void
wb_activity_button_set_queue (WbActivityButton *self, WbRunQueue *queue)
{
  g_return_if_fail (WB_IS_ACTIVITY_BUTTON (self) && self->queue == NULL);

  self->queue = g_object_ref (queue);
  g_signal_connect_object (queue, "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (queue, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

void
wb_activity_button_popup (WbActivityButton *self)
{
  g_return_if_fail (WB_IS_ACTIVITY_BUTTON (self));

  if (self->queue == NULL)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_menu_button_popup (self->button);
}
