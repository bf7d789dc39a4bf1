#include "config.h"

#include "ui/windows/wb-application.h"

#include "app/core/wb-translate.h"
#include "app/runs/wb-run-launcher.h"
#include "ui/widgets/wb-format.h"
#include "ui/windows/wb-locale.h"
#include "ui/windows/wb-preferences.h"
#include "ui/windows/wb-window.h"
#include "wb-resources.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <math.h>

struct _WbApplication
{
  AdwApplication parent_instance;

  char        *home;     /* (nullable): asked for, not the default one */
  GSettings   *settings; /* (nullable) */
  WbWorkspace *workspace;
  char        *problem; /* why there is no workspace */
  guint        inhibit; /* while runs are active */
  guint        signals[2];
  GPtrArray   *active; /* WbRun */
};

G_DEFINE_FINAL_TYPE (WbApplication, wb_application, ADW_TYPE_APPLICATION)

void
wb_ui_init (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      wb_register_resource ();
      g_once_init_leave (&once, 1);
    }
}

static WbWindow *
window_of (WbApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  for (GList *w = gtk_application_get_windows (GTK_APPLICATION (self)); w != NULL; w = w->next)
    if (WB_IS_WINDOW (w->data))
      return w->data;
  return WB_IS_WINDOW (window) ? WB_WINDOW (window) : NULL;
}

/* One of the program's windows, a dialog included, has the keyboard. */
static gboolean
is_in_front (WbApplication *self)
{
  for (GList *w = gtk_application_get_windows (GTK_APPLICATION (self)); w != NULL; w = w->next)
    if (gtk_window_is_active (w->data))
      return TRUE;
  return FALSE;
}

/* Ends that somebody who looks elsewhere wants to hear of; who stopped a run knows it. */
static gboolean
is_news (WbRunStatus status)
{
  return status == WB_RUN_FINISHED || status == WB_RUN_FAILED || status == WB_RUN_DIVERGED ||
         status == WB_RUN_INTERRUPTED;
}

/* (transfer full): "Finished · best accuracy 0.8123", "Failed: there is no file …" */
static char *
end_text (WbRun *run)
{
  const char      *status = wb_run_get_status_text (run);
  const char      *message = wb_translate (wb_run_get_message (run));
  g_autofree char *best = NULL;

  if (wb_run_get_status (run) != WB_RUN_FINISHED)
    return *message != '\0' ? g_strdup_printf ("%s: %s", status, message) : g_strdup (status);
  if (isnan (wb_run_get_best (run)))
    return g_strdup (status);
  best = wb_format_value (wb_run_get_best (run));
  /* Translators: "Finished · best accuracy 0.8123" */
  return g_strdup_printf (_ ("%s · best %s %s"), status,
                          wb_format_metric (wb_run_get_metric_name (run)), best);
}

/* A run has ended while somebody looks elsewhere.  Without a session there is nobody to tell. */
static void
notify_end (WbApplication *self, WbRun *run)
{
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *id = g_strdup_printf ("run-%" G_GINT64_FORMAT, wb_run_get_id (run));
  g_autofree char *body = NULL;

  if (g_application_get_dbus_connection (G_APPLICATION (self)) == NULL ||
      !wb_preferences_get_flag (self->settings, "notifications") || is_in_front (self) ||
      !is_news (wb_run_get_status (run)))
    return;
  body = end_text (run);
  notification = g_notification_new (wb_run_get_name (run));
  g_notification_set_body (notification, body);
  if (wb_run_get_status (run) != WB_RUN_FINISHED)
    g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_default_action_and_target (notification, "app.show-run", "x",
                                                wb_run_get_id (run));
  g_application_send_notification (G_APPLICATION (self), id, notification);
}

/* Runs that were active when it was looked last: those that no longer are have ended. */
static void
notice_ends (WbApplication *self, WbRunList *runs)
{
  g_autoptr (GPtrArray) active = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (runs)); i++)
    {
      WbRun *run = g_list_model_get_item (G_LIST_MODEL (runs), i);

      if (wb_run_is_active (run))
        g_ptr_array_add (active, run);
      else
        g_object_unref (run);
    }
  for (guint i = 0; self->active != NULL && i < self->active->len; i++)
    if (!wb_run_is_active (self->active->pdata[i]))
      notify_end (self, self->active->pdata[i]);
  g_clear_pointer (&self->active, g_ptr_array_unref);
  self->active = g_steal_pointer (&active);
}

/* The runs that were active are those that are, as far as their number can tell: most changes are
 * the progress of a run, and the list is long. */
static gboolean
same_active (WbApplication *self, WbRunList *runs)
{
  if (self->active == NULL || self->active->len != wb_run_list_get_n_active (runs))
    return FALSE;
  for (guint i = 0; i < self->active->len; i++)
    if (!wb_run_is_active (self->active->pdata[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_running (WbApplication *self)
{
  for (guint i = 0; i < self->active->len; i++)
    if (wb_run_get_status (self->active->pdata[i]) == WB_RUN_RUNNING)
      return TRUE;
  return FALSE;
}

/* The machine does not fall asleep under a run; one that only waits lets it.  Asking returns 0
 * where there is no session. */
static void
runs_changed_cb (WbRunList *runs, WbApplication *self)
{
  gboolean running;

  if (!same_active (self, runs))
    notice_ends (self, runs);
  running = is_running (self);
  if (running && self->inhibit == 0)
    self->inhibit =
        gtk_application_inhibit (GTK_APPLICATION (self), GTK_WINDOW (window_of (self)),
                                 GTK_APPLICATION_INHIBIT_SUSPEND, _ ("A model is being trained"));
  else if (!running && self->inhibit != 0)
    {
      gtk_application_uninhibit (GTK_APPLICATION (self), self->inhibit);
      self->inhibit = 0;
    }
}

static void
open_workspace (WbApplication *self)
{
  static const char *const need_home[] = { "new-run", "show-run", "demo" };
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->problem, g_free);
  g_clear_object (&self->workspace);
  self->workspace = wb_workspace_open (self->home, &error);
  if (self->workspace == NULL)
    self->problem = g_strdup (error->message);
  for (gsize i = 0; i < G_N_ELEMENTS (need_home); i++)
    {
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), need_home[i]);

      g_simple_action_set_enabled (G_SIMPLE_ACTION (action), self->workspace != NULL);
    }
}

static void
wb_application_activate (GApplication *application)
{
  WbApplication *self = WB_APPLICATION (application);
  WbWindow      *window = window_of (self);

  if (window == NULL)
    {
      window = wb_window_new (GTK_APPLICATION (self), self->workspace);
      if (self->problem != NULL)
        wb_window_set_error (window, self->problem);
      if (wb_window_get_runs (window) != NULL)
        {
          g_signal_connect_object (wb_window_get_runs (window), "changed",
                                   G_CALLBACK (runs_changed_cb), self, 0);
          runs_changed_cb (wb_window_get_runs (window), self);
        }
    }
  gtk_window_present (GTK_WINDOW (window));
}

static void
new_run_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WbWindow *window = window_of (data);

  if (window != NULL)
    wb_window_new_run (window);
}

static void
show_run_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WbWindow *window = window_of (data);
  WbRun    *run;

  g_application_activate (G_APPLICATION (data));
  if (window == NULL || wb_window_get_runs (window) == NULL)
    return;
  run = wb_run_list_get_run (wb_window_get_runs (window), g_variant_get_int64 (parameter));
  if (run != NULL)
    wb_window_show_run (window, run);
}

static void
demo_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WbWindow *window = window_of (data);

  if (window != NULL)
    wb_window_start_demo (window);
}

/* The window of the old home makes place for one of the new one; runs go on in their processes. */
static void
home_chosen_cb (WbApplication *self)
{
  WbWindow *window = window_of (self);

  g_application_hold (G_APPLICATION (self));
  if (window != NULL)
    gtk_window_destroy (GTK_WINDOW (window));
  g_clear_pointer (&self->active, g_ptr_array_unref);
  if (self->inhibit != 0)
    gtk_application_uninhibit (GTK_APPLICATION (self), self->inhibit);
  self->inhibit = 0;
  open_workspace (self);
  g_application_activate (G_APPLICATION (self));
  g_application_release (G_APPLICATION (self));
}

static void
preferences_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WbApplication   *self = data;
  g_autofree char *home = wb_workspace_dup_default_home (self->home);
  GtkWidget       *window;

  if (window_of (self) == NULL)
    return;
  window = wb_preferences_window_new (GTK_WINDOW (window_of (self)), self->settings, home,
                                      self->home != NULL);
  g_signal_connect_object (window, "home-chosen", G_CALLBACK (home_chosen_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  adw_show_about_window (
      GTK_WINDOW (window_of (data)), "application-name", _ ("DeBERTa Workbench"),
      "application-icon", APPLICATION_ID, "version", PACKAGE_VERSION, "developer-name",
      _ ("The DeBERTa Workbench contributors"), "license-type", GTK_LICENSE_MIT_X11, "comments",
      _ ("Fine-tune DeBERTa models, watch them learn, and compare what they learnt. Everything "
         "runs on this machine."),
      NULL);
}

static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  WbWindow *window = window_of (data);

  if (window != NULL)
    gtk_window_close (GTK_WINDOW (window)); /* which asks when runs are active */
  else
    g_application_quit (G_APPLICATION (data));
}

static gboolean
signal_cb (gpointer data)
{
  g_application_quit (G_APPLICATION (data));
  return G_SOURCE_CONTINUE;
}

static void
add_actions (WbApplication *self)
{
  static const GActionEntry entries[] = {
    { .name = "new-run", .activate = new_run_cb },
    { .name = "demo", .activate = demo_cb },
    { .name = "show-run", .activate = show_run_cb, .parameter_type = "x" },
    { .name = "about", .activate = about_cb },
    { .name = "preferences", .activate = preferences_cb },
    { .name = "quit", .activate = quit_cb },
  };
  static const char *const new_run_keys[] = { "<Control>n", NULL };
  static const char *const preferences_keys[] = { "<Control>comma", NULL };
  static const char *const quit_keys[] = { "<Control>q", NULL };
  static const char *const close_keys[] = { "<Control>w", NULL };
  GtkApplication          *application = GTK_APPLICATION (self);

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  gtk_application_set_accels_for_action (application, "app.new-run", new_run_keys);
  gtk_application_set_accels_for_action (application, "app.preferences", preferences_keys);
  gtk_application_set_accels_for_action (application, "app.quit", quit_keys);
  gtk_application_set_accels_for_action (application, "window.close", close_keys);
}

static void
style_changed_cb (WbApplication *self)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT,
                                            ADW_COLOR_SCHEME_FORCE_DARK };
  const guint                 style = (guint) g_settings_get_enum (self->settings, "style");

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      schemes[MIN (style, G_N_ELEMENTS (schemes) - 1)]);
}

static void
priority_changed_cb (WbApplication *self)
{
  wb_run_launcher_set_background (g_settings_get_boolean (self->settings, "background-priority"));
}

static void
read_preferences (WbApplication *self)
{
  self->settings = wb_preferences_open ();
  if (self->settings == NULL)
    return;
  g_signal_connect_object (self->settings, "changed::style", G_CALLBACK (style_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::background-priority",
                           G_CALLBACK (priority_changed_cb), self, G_CONNECT_SWAPPED);
  style_changed_cb (self);
  priority_changed_cb (self);
}

static void
wb_application_startup (GApplication *application)
{
  WbApplication *self = WB_APPLICATION (application);

  G_APPLICATION_CLASS (wb_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (APPLICATION_ID);
  add_actions (self);
  read_preferences (self);
  self->signals[0] = g_unix_signal_add (SIGTERM, signal_cb, self);
  self->signals[1] = g_unix_signal_add (SIGINT, signal_cb, self);
  open_workspace (self);
}

static void
wb_application_finalize (GObject *object)
{
  WbApplication *self = WB_APPLICATION (object);

  for (gsize i = 0; i < G_N_ELEMENTS (self->signals); i++)
    g_clear_handle_id (&self->signals[i], g_source_remove);
  g_clear_pointer (&self->active, g_ptr_array_unref);
  g_free (self->home);
  g_free (self->problem);
  g_clear_object (&self->workspace);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (wb_application_parent_class)->finalize (object);
}

static void
wb_application_class_init (WbApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_application_finalize;
  G_APPLICATION_CLASS (klass)->startup = wb_application_startup;
  G_APPLICATION_CLASS (klass)->activate = wb_application_activate;
}

static void
wb_application_init (WbApplication *self)
{
}

GSettings *
wb_application_get_settings (WbApplication *self)
{
  g_return_val_if_fail (WB_IS_APPLICATION (self), NULL);
  return self->settings;
}

WbApplication *
wb_application_new (const char *home)
{
  g_autofree char *asked = wb_workspace_dup_default_home (home);
  g_autofree char *usual = wb_workspace_dup_usual_home ();
  const gboolean   same = g_strcmp0 (asked, usual) == 0;
  WbApplication   *self;

  wb_ui_init ();
  /* a window of another home must not be taken for this one's */
  self = g_object_new (WB_TYPE_APPLICATION, "application-id", APPLICATION_ID, "flags",
                       same ? G_APPLICATION_DEFAULT_FLAGS : G_APPLICATION_NON_UNIQUE,
                       "resource-base-path", "/io/github/DebertaWorkbench", NULL);
  if (wb_workspace_is_home_given (home))
    self->home = g_steal_pointer (&asked);
  return self;
}

int
wb_application_run (const char *home, int argc, char **argv)
{
  g_autoptr (WbApplication) application = NULL;

  wb_locale_init ();
  if (!gtk_init_check ())
    {
      g_printerr (
          "deberta-workbench: no display; try 'deberta-workbench demo', or --help for every "
          "command\n");
      return 1;
    }
  application = wb_application_new (home);
  return g_application_run (G_APPLICATION (application), MIN (argc, 1), argv);
}
