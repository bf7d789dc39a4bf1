#include "config.h"

#include "ui/windows/wb-window.h"

#include "app/runs/wb-run-copy.h"
#include "app/runs/wb-run-launcher.h"
#include "ui/pages/wb-run-page.h"
#include "ui/pages/wb-runs-page.h"
#include "ui/widgets/wb-message-dialog.h"
#include "ui/windows/wb-application.h"
#include "ui/windows/wb-new-run-dialog.h"
#include "ui/windows/wb-run-undo.h"

#include <glib/gi18n-lib.h>

struct _WbWindow
{
  AdwApplicationWindow parent_instance;

  WbWorkspace *workspace;
  WbRunList   *runs; /* with archived ones */
  WbRunQueue  *queue;
  WbRunUndo   *undo;
  GSettings   *settings; /* (nullable) */
  GtkWidget   *new_run;  /* (nullable): the open dialog; cleared by a weak pointer */
  gboolean     close_confirmed;

  AdwToastOverlay *toasts;
  AdwLeaflet      *leaflet;
  WbRunsPage      *runs_page;
  WbRunPage       *run_page;
};

G_DEFINE_FINAL_TYPE (WbWindow, wb_window, ADW_TYPE_APPLICATION_WINDOW)

void
wb_window_toast (WbWindow *self, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  g_return_if_fail (WB_IS_WINDOW (self));
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

void
wb_window_show_run (WbWindow *self, WbRun *run)
{
  g_return_if_fail (WB_IS_WINDOW (self));
  wb_run_page_set_run (self->run_page, run);
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->run_page));
  gtk_widget_child_focus (GTK_WIDGET (self->run_page), GTK_DIR_TAB_FORWARD); /* for its keys */
}

void
wb_window_show_runs (WbWindow *self)
{
  g_return_if_fail (WB_IS_WINDOW (self));
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->runs_page));
}

static gboolean
shows_run (WbWindow *self)
{
  return adw_leaflet_get_visible_child (self->leaflet) == GTK_WIDGET (self->run_page);
}

static void
run_activated_cb (WbWindow *self, WbRun *run)
{
  wb_window_show_run (self, run);
}

static void
back_cb (WbWindow *self)
{
  wb_window_show_runs (self);
}

/* The page of a run has nowhere to swipe to before a run was opened, and the title follows. */
static void
visible_child_cb (WbWindow *self)
{
  WbRun           *run = shows_run (self) ? wb_run_page_get_run (self->run_page) : NULL;
  g_autofree char *title = NULL;

  if (run != NULL)
    title = g_strdup_printf ("%s – %s", wb_run_get_name (run), _ ("DeBERTa Workbench"));
  gtk_window_set_title (GTK_WINDOW (self), title != NULL ? title : _ ("DeBERTa Workbench"));
}

/* The run's own page has deleted it. */
static void
deleted_cb (WbWindow *self, WbRun *run)
{
  wb_window_show_runs (self);
  if (self->undo != NULL)
    wb_run_undo_offer (self->undo, run, WB_RUN_BATCH_DELETE);
}

static void
change_cb (WbWindow *self, GPtrArray *runs, guint kind)
{
  if (self->undo != NULL)
    wb_run_undo_change (self->undo, runs, kind);
}

static void
started_cb (WbWindow *self, gint64 first, guint n)
{
  WbRun *run;

  wb_run_list_refresh (self->runs, NULL);
  run = wb_run_list_get_run (self->runs, first);
  if (n == 1 && run != NULL)
    {
      wb_window_show_run (self, run);
      return;
    }
  wb_window_show_runs (self);
}

/* What the user prefers stands in the form, as if it had been typed there. */
static void
propose_threads (WbWindow *self)
{
  const int threads = self->settings != NULL ? g_settings_get_int (self->settings, "threads") : 0;
  g_autofree char *text = g_strdup_printf ("%d", threads);

  if (threads > 0)
    wb_new_run_dialog_propose (WB_NEW_RUN_DIALOG (self->new_run), "threads", text);
}

/* Where it went is seen: the list has it, and the ring in the header bar. */
static void
queued_cb (WbWindow *self, guint n)
{
  g_autofree char *text =
      g_strdup_printf (ngettext ("%u run added to the queue", "%u runs added to the queue", n), n);

  wb_run_list_refresh (self->runs, NULL);
  wb_run_queue_refresh (self->queue, NULL);
  if (wb_run_queue_get_paused (self->queue))
    {
      g_autofree char *paused = g_strdup_printf (_ ("%s, which is paused"), text);

      wb_window_toast (self, paused);
    }
  else
    wb_window_toast (self, text);
}

void
wb_window_new_run (WbWindow *self)
{
  g_return_if_fail (WB_IS_WINDOW (self));

  if (self->runs == NULL)
    return;
  if (self->new_run == NULL)
    {
      self->new_run = wb_new_run_dialog_new (GTK_WINDOW (self), self->workspace);
      propose_threads (self);
      g_object_add_weak_pointer (G_OBJECT (self->new_run), (gpointer *) &self->new_run);
      g_signal_connect_object (self->new_run, "started", G_CALLBACK (started_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->new_run, "queued", G_CALLBACK (queued_cb), self,
                               G_CONNECT_SWAPPED);
    }
  gtk_window_present (GTK_WINDOW (self->new_run));
}

void
wb_window_duplicate_run (WbWindow *self, WbRun *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRunSpec) spec = NULL;

  g_return_if_fail (WB_IS_WINDOW (self) && WB_IS_RUN (run));
  spec = wb_run_dup_spec (run, &error);
  if (spec == NULL)
    {
      wb_window_toast (self, error->message);
      return;
    }
  if (self->new_run != NULL)
    gtk_window_destroy (GTK_WINDOW (self->new_run));
  wb_window_new_run (self);
  wb_new_run_dialog_fill (WB_NEW_RUN_DIALOG (self->new_run), spec);
}

void
wb_window_start_demo (WbWindow *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (WB_IS_WINDOW (self));
  if (self->workspace == NULL)
    return;
  if (wb_run_launcher_start_demo (self->workspace, &error))
    {
      wb_window_show_runs (self);
      wb_runs_page_wait_for_demo (self->runs_page);
      if (g_list_model_get_n_items (G_LIST_MODEL (self->runs)) > 0)
        wb_window_toast (self, _ ("The demo is starting; its runs appear here"));
    }
  else
    wb_window_toast (self, error->message);
}

static void
toast_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_window_toast (WB_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbWindow *self = WB_WINDOW (widget);

  wb_window_show_runs (self);
  wb_runs_page_search (self->runs_page);
}

static void
runs_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wb_window_show_runs (WB_WINDOW (widget));
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbWindow *self = WB_WINDOW (widget);

  if (shows_run (self))
    wb_window_show_runs (self);
  else
    wb_runs_page_stop_search (self->runs_page);
}

static void
queue_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbWindow *self = WB_WINDOW (widget);

  wb_activity_button_popup (shows_run (self) ? wb_run_page_get_activity (self->run_page)
                                             : wb_runs_page_get_activity (self->runs_page));
}

static void
duplicate_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbWindow        *self = WB_WINDOW (widget);
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, g_variant_get_int64 (parameter));
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRun) run =
      self->workspace != NULL ? wb_run_find (self->workspace, id, &error) : NULL;

  if (run != NULL)
    wb_window_duplicate_run (self, run);
  else if (error != NULL)
    wb_window_toast (self, error->message);
}

static void
queued_run_activated_cb (WbWindow *self, WbRun *run)
{
  WbRun *listed = wb_run_list_get_run (self->runs, wb_run_get_id (run));

  wb_window_show_run (self, listed != NULL ? listed : run);
}

static void
connect_queue (WbWindow *self, WbActivityButton *button)
{
  wb_activity_button_set_queue (button, self->queue);
  g_signal_connect_object (button, "run-activated", G_CALLBACK (queued_run_activated_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
follow (WbWindow *self, gboolean follows)
{
  if (self->runs != NULL)
    wb_run_list_set_follow (self->runs, follows);
  if (self->queue != NULL)
    wb_run_queue_set_follow (self->queue, follows);
}

static void
wb_window_map (GtkWidget *widget)
{
  WbWindow *self = WB_WINDOW (widget);

  GTK_WIDGET_CLASS (wb_window_parent_class)->map (widget);
  follow (self, TRUE);
}

static void
wb_window_unmap (GtkWidget *widget)
{
  WbWindow *self = WB_WINDOW (widget);

  follow (self, FALSE);
  GTK_WIDGET_CLASS (wb_window_parent_class)->unmap (widget);
}

/* What waits goes on waiting, and nothing begins. */
static void
stop_all (WbWindow *self)
{
  GListModel *running = wb_run_queue_get_running (self->queue);

  if (g_list_model_get_n_items (G_LIST_MODEL (self->queue)) > 0)
    wb_run_queue_pause (self->queue, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (running); i++)
    {
      g_autoptr (WbRun) run = g_list_model_get_item (running, i);

      wb_run_request (run, WB_RUN_REQUEST_STOP, NULL);
    }
}

/* What goes on without the window: a paused queue does not. */
static guint
count_going_on (WbWindow *self)
{
  guint n;

  if (self->queue == NULL)
    return 0;
  n = g_list_model_get_n_items (wb_run_queue_get_running (self->queue));
  return wb_run_queue_get_paused (self->queue)
             ? n
             : n + g_list_model_get_n_items (G_LIST_MODEL (self->queue));
}

static void
close_response_cb (AdwMessageDialog *dialog, const char *response, WbWindow *self)
{
  if (g_str_equal (response, "cancel"))
    return;
  if (g_str_equal (response, "stop"))
    stop_all (self);
  self->close_confirmed = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

static gboolean
wb_window_close_request (GtkWindow *window)
{
  WbWindow         *self = WB_WINDOW (window);
  const guint       n = count_going_on (self);
  AdwMessageDialog *dialog;

  if (n == 0 || self->close_confirmed)
    return GTK_WINDOW_CLASS (wb_window_parent_class)->close_request (window);
  dialog = wb_message_dialog_new (
      window, "close", _ ("Close the Window?"),
      _ ("Runs and the queue go on without the window. When runs are stopped, their state is "
         "saved, they can be resumed, and the queue is paused."));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "stop",
                                    n == 1 ? _ ("_Stop It") : _ ("_Stop Them"), "keep",
                                    _ ("_Keep Running"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "keep", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_appearance (dialog, "stop", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "keep");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (close_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  return GDK_EVENT_STOP;
}

static void
wb_window_dispose (GObject *object)
{
  WbWindow *self = WB_WINDOW (object);

  follow (self, FALSE);
  g_clear_weak_pointer (&self->new_run);
  if (self->undo != NULL)
    wb_run_undo_finish (self->undo);
  g_clear_object (&self->undo);
  g_clear_object (&self->runs);
  g_clear_object (&self->queue);
  g_clear_object (&self->settings);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (wb_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/DebertaWorkbench/wb-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WbWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, WbWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, WbWindow, runs_page);
  gtk_widget_class_bind_template_child (widget_class, WbWindow, run_page);
  gtk_widget_class_bind_template_callback (widget_class, run_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, deleted_cb);
  gtk_widget_class_bind_template_callback (widget_class, change_cb);
  gtk_widget_class_bind_template_callback (widget_class, visible_child_cb);
}

static void
wb_window_class_init (WbWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = wb_window_close_request;
  widget_class->map = wb_window_map;
  widget_class->unmap = wb_window_unmap;
  g_type_ensure (WB_TYPE_RUNS_PAGE);
  g_type_ensure (WB_TYPE_RUN_PAGE);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", toast_action);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.queue", NULL, queue_action);
  gtk_widget_class_install_action (widget_class, "win.duplicate-run", "x", duplicate_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_j, GDK_CONTROL_MASK, "win.queue",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "win.search",
                                       NULL);
  gtk_widget_class_install_action (widget_class, "win.runs", NULL, runs_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_1, GDK_CONTROL_MASK, "win.runs", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_1, GDK_CONTROL_MASK, "win.runs",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "win.back", NULL);
}

static void
wb_window_init (WbWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_name (GTK_WIDGET (self), "workbench");
}

static void
remember (WbWindow *self, GSettings *settings)
{
  g_settings_bind (settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
  wb_run_page_bind_settings (self->run_page, settings);
  wb_runs_page_bind_settings (self->runs_page, settings);
}

static void
open_list (WbWindow *self)
{
  gboolean left = FALSE;
  g_autoptr (GError) error = NULL;

  if (!wb_run_recover_trash (self->workspace, &left, &error))
    g_debug ("%s", error->message); /* as it is, a store that cannot be written can be read */
  g_clear_error (&error);
  self->runs = wb_run_list_new_with_archived (self->workspace, &error);
  self->queue = self->runs != NULL ? wb_run_queue_new (self->workspace, &error) : NULL;
  if (self->queue == NULL)
    {
      g_clear_object (&self->runs);
      wb_window_set_error (self, error->message);
      return;
    }
  self->undo = wb_run_undo_new (self->toasts, self->runs, self->workspace);
  if (left)
    wb_run_undo_empty_trash (self->undo);
  wb_runs_page_set_list (self->runs_page, self->runs);
  connect_queue (self, wb_runs_page_get_activity (self->runs_page));
  connect_queue (self, wb_run_page_get_activity (self->run_page));
}

WbWindow *
wb_window_new (GtkApplication *application, WbWorkspace *workspace)
{
  WbWindow *self = g_object_new (WB_TYPE_WINDOW, "application", application, NULL);

  self->settings = WB_IS_APPLICATION (application)
                       ? wb_application_get_settings (WB_APPLICATION (application))
                       : NULL;
  if (self->settings != NULL)
    remember (self, g_object_ref (self->settings));
  if (workspace == NULL)
    return self;
  self->workspace = g_object_ref (workspace);
  open_list (self);
  return self;
}

WbWorkspace *
wb_window_get_workspace (WbWindow *self)
{
  g_return_val_if_fail (WB_IS_WINDOW (self), NULL);
  return self->workspace;
}

WbRunList *
wb_window_get_runs (WbWindow *self)
{
  g_return_val_if_fail (WB_IS_WINDOW (self), NULL);
  return self->runs;
}

void
wb_window_set_error (WbWindow *self, const char *message)
{
  g_return_if_fail (WB_IS_WINDOW (self));
  wb_runs_page_set_error (self->runs_page, message);
}
