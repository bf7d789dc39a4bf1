#include "config.h"

#include "ui/widgets/wb-queue-row.h"

#include <glib/gi18n-lib.h>

struct _WbQueueRow
{
  GtkListBoxRow parent_instance;

  WbRun   *run;
  guint    position, n;
  gboolean held;

  GtkWidget     *handle;
  GtkLabel      *name, *detail;
  GtkMenuButton *menu;
  GtkButton     *drop;
};

G_DEFINE_FINAL_TYPE (WbQueueRow, wb_queue_row, GTK_TYPE_LIST_BOX_ROW)

/* Takes @label. */
static void
label_widget (GtkWidget *widget, char *label)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_free (label);
}

static void
update (WbQueueRow *self)
{
  const char      *name = wb_run_get_name (self->run);
  g_autofree char *what =
      g_strdup_printf ("%s · %s", wb_run_get_task_title (self->run), wb_run_get_model (self->run));
  g_autofree char *detail = self->position == 0 && !self->held
                                ? g_strdup_printf (_ ("Next · %s"), what)
                                : g_strdup (what);

  gtk_label_set_label (self->name, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), name);
  gtk_label_set_label (self->detail, detail);
  label_widget (GTK_WIDGET (self),
                g_strdup_printf (_ ("%s, place %u of %u"), name, self->position + 1, self->n));
  label_widget (GTK_WIDGET (self->menu), g_strdup_printf (_ ("More for “%s”"), name));
  label_widget (GTK_WIDGET (self->drop), g_strdup_printf (_ ("Remove “%s” from the queue"), name));
}

static void
add_item (GMenu *menu, const char *label, const char *action, gint64 id)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "x", id);
  g_menu_append_item (menu, item);
}

static void
build_menu (WbQueueRow *self)
{
  const gint64 id = wb_run_get_id (self->run);
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) moves = g_menu_new ();
  g_autoptr (GMenu) others = g_menu_new ();

  add_item (moves, _ ("Move _Up"), "queue.up", id);
  add_item (moves, _ ("Move _Down"), "queue.down", id);
  add_item (moves, _ ("Move to _Top"), "queue.first", id);
  add_item (moves, _ ("Move to _Bottom"), "queue.last", id);
  add_item (others, _ ("_Open"), "queue.open", id);
  add_item (others, _ ("D_uplicate and Edit…"), "queue.duplicate", id);
  add_item (others, _ ("_Remove from the Queue"), "queue.drop", id);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (moves));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (others));
  gtk_menu_button_set_menu_model (self->menu, G_MENU_MODEL (menu));
}

static void
wb_queue_row_dispose (GObject *object)
{
  g_clear_object (&WB_QUEUE_ROW (object)->run);
  G_OBJECT_CLASS (wb_queue_row_parent_class)->dispose (object);
}

static void
wb_queue_row_class_init (WbQueueRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_queue_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/DebertaWorkbench/wb-queue-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WbQueueRow, handle);
  gtk_widget_class_bind_template_child (widget_class, WbQueueRow, name);
  gtk_widget_class_bind_template_child (widget_class, WbQueueRow, detail);
  gtk_widget_class_bind_template_child (widget_class, WbQueueRow, menu);
  gtk_widget_class_bind_template_child (widget_class, WbQueueRow, drop);
}

static void
wb_queue_row_init (WbQueueRow *self)
{
  g_autoptr (GdkCursor) cursor = gdk_cursor_new_from_name ("grab", NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_cursor (self->handle, cursor);
  gtk_widget_add_css_class (GTK_WIDGET (self), "queue-row");
}

GtkWidget *
wb_queue_row_new (WbRun *run)
{
  WbQueueRow *self = g_object_new (WB_TYPE_QUEUE_ROW, NULL);

  self->run = g_object_ref (run);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->drop), "x", wb_run_get_id (run));
  build_menu (self);
  g_signal_connect_object (run, "notify::name", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

WbRun *
wb_queue_row_get_run (WbQueueRow *self)
{
  g_return_val_if_fail (WB_IS_QUEUE_ROW (self), NULL);
  return self->run;
}

gboolean
wb_queue_row_is_handle (WbQueueRow *self, GtkWidget *picked)
{
  g_return_val_if_fail (WB_IS_QUEUE_ROW (self), FALSE);
  return picked == self->handle;
}

void
wb_queue_row_set_position (WbQueueRow *self, guint position, guint n, gboolean held)
{
  g_return_if_fail (WB_IS_QUEUE_ROW (self));

  if (self->position == position && self->n == n && self->held == held)
    return;
  self->position = position;
  self->n = n;
  self->held = held;
  update (self);
}
