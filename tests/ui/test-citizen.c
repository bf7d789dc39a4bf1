/* The window as one program among others: one instance, notifications, no sleep under a run. */
#include "ui-session.h"
#include "ui-window.h"

#include "data/store/wb-store-queue.h"
#include "ui/windows/wb-preferences.h"

#include <math.h>

static UiSession *session;

/* One for all tests: its name and its paths on the bus are there once. */
static WbApplication *application;

/* A window over the usual home, as the program's. */
static void
set_up (UiWindow *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (application == NULL)
    application = wb_application_new (NULL);
  self->application = application;
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  g_assert_false (g_application_get_is_remote (G_APPLICATION (application)));
  g_application_activate (G_APPLICATION (application));
  self->top = ui_toplevel ("workbench");
  self->window = WB_WINDOW (self->top);
  self->home = g_strdup (wb_workspace_get_home (wb_window_get_workspace (self->window)));
  self->store = wb_store_open (self->home, &error);
  g_assert_no_error (error);
  ui_present (GTK_WINDOW (self->window));
}

static void
tear_down (UiWindow *self, gconstpointer data)
{
  ui_destroy (self->window);
  wb_store_close (self->store);
  g_free (self->home);
}

static gint64
start_run (UiWindow *self, const char *name)
{
  const UiRun  run = { name, "tiny", "rte", "accuracy", WB_RECORD_RUNNING, NULL, 1, 10,
                       50,   0.8123, 0,     10 };
  const gint64 id = ui_add_run (self->store, self->home, &run);

  UI_WAIT_UNTIL (ui_window_get_run (self, name) != NULL);
  return id;
}

static void
end_run (UiWindow *self, gint64 id, const char *name, WbRecordStatus status, const char *message)
{
  g_autoptr (GError) error = NULL;

  wb_store_end_run (self->store, id, status, message, &error);
  g_assert_no_error (error);
  UI_WAIT_UNTIL (!wb_run_is_active (ui_window_get_run (self, name)));
}

/* Ends are told while the window is not in front; a click opens the run. */
static void
test_notification (UiWindow *self, gconstpointer data)
{
  const guint      before = ui_session_count_notifications (session);
  const gint64     id = start_run (self, "told");
  g_autofree char *text = NULL;

  ui_leave (self->top);
  end_run (self, id, "told", WB_RECORD_FINISHED, NULL);
  UI_WAIT_UNTIL (ui_session_count_notifications (session) == before + 1);
  text = ui_session_dup_notification (session);
  g_assert_cmpstr (text, ==, "told: Finished · best accuracy 0.8123");
  g_assert_false (gtk_widget_get_mapped (ui_window_find (self, "run-status")));
  ui_session_click_notification (session);
  UI_WAIT_UNTIL (gtk_widget_get_mapped (ui_window_find (self, "run-status")));
  g_assert_true (g_str_has_prefix (gtk_window_get_title (GTK_WINDOW (self->window)), "told"));
}

static void
test_bad_ends (UiWindow *self, gconstpointer data)
{
  static const struct
  {
    WbRecordStatus status;
    const char    *message, *text;
  } cases[] = {
    { WB_RECORD_FAILED, "there is no file train.tsv", "bad: Failed: there is no file train.tsv" },
    { WB_RECORD_DIVERGED, NULL, "bad: Diverged at step 10" },
  };

  ui_leave (self->top);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const guint      before = ui_session_count_notifications (session);
      const gint64     id = start_run (self, "bad");
      g_autofree char *text = NULL;

      end_run (self, id, "bad", cases[i].status, cases[i].message);
      UI_WAIT_UNTIL (ui_session_count_notifications (session) == before + 1);
      text = ui_session_dup_notification (session);
      g_assert_cmpstr (text, ==, cases[i].text);
      wb_store_delete_run (self->store, id, NULL);
      UI_WAIT_UNTIL (ui_window_get_run (self, "bad") == NULL);
    }
}

/* Nothing is said to who looks, of a run that somebody stopped, and to who wants no news. */
static void
test_silence (UiWindow *self, gconstpointer data)
{
  g_autoptr (GSettings) settings = wb_preferences_open ();
  const guint before = ui_session_count_notifications (session);
  gint64      id;

  gtk_window_present (GTK_WINDOW (self->window));
  ui_move_to (self->top, 0.5, 0.5);
  UI_WAIT_UNTIL (gtk_window_is_active (GTK_WINDOW (self->window)));
  id = start_run (self, "seen");
  end_run (self, id, "seen", WB_RECORD_FINISHED, NULL);
  ui_leave (self->top);
  id = start_run (self, "stopped");
  end_run (self, id, "stopped", WB_RECORD_STOPPED, NULL);
  g_settings_set_boolean (settings, "notifications", FALSE);
  id = start_run (self, "unwanted");
  end_run (self, id, "unwanted", WB_RECORD_FINISHED, NULL);
  g_settings_set_boolean (settings, "notifications", TRUE);
  id = start_run (self, "wanted");
  end_run (self, id, "wanted", WB_RECORD_FINISHED, NULL);
  UI_WAIT_UNTIL (ui_session_count_notifications (session) > before);
  g_assert_cmpuint (ui_session_count_notifications (session), ==, before + 1);
}

/* The machine stays awake from the first run to the last. */
static void
test_inhibit (UiWindow *self, gconstpointer data)
{
  g_autofree char *reason = NULL;
  gint64           first, second;

  g_assert_cmpuint (ui_session_count_inhibitors (session), ==, 0);
  first = start_run (self, "first");
  UI_WAIT_UNTIL (ui_session_count_inhibitors (session) == 1);
  reason = ui_session_dup_reason (session);
  g_assert_cmpstr (reason, ==, "A model is being trained");
  second = start_run (self, "second");
  end_run (self, first, "first", WB_RECORD_FINISHED, NULL);
  g_assert_cmpuint (ui_session_count_inhibitors (session), ==, 1);
  end_run (self, second, "second", WB_RECORD_FINISHED, NULL);
  UI_WAIT_UNTIL (ui_session_count_inhibitors (session) == 0);
}

/* A run that only waits keeps nobody awake, until it begins. */
static void
test_waiting (UiWindow *self, gconstpointer data)
{
  const UiRun waiting = { "waiting", "tiny", "rte", "accuracy", WB_RECORD_QUEUED, NULL, 1, 0,
                          50,        NAN,    0,     0 };
  gint64      id, running;

  wb_store_set_queue_paused (self->store, TRUE, NULL);
  id = ui_add_run (self->store, self->home, &waiting);
  UI_WAIT_UNTIL (ui_window_get_run (self, "waiting") != NULL);
  ui_settle (300);
  g_assert_cmpuint (ui_session_count_inhibitors (session), ==, 0);
  running = start_run (self, "running");
  UI_WAIT_UNTIL (ui_session_count_inhibitors (session) == 1);
  end_run (self, running, "running", WB_RECORD_FINISHED, NULL);
  UI_WAIT_UNTIL (ui_session_count_inhibitors (session) == 0);
  end_run (self, id, "waiting", WB_RECORD_STOPPED, NULL);
  wb_store_set_queue_paused (self->store, FALSE, NULL);
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
presented_cb (GtkWidget *widget, gpointer data)
{
  *(gboolean *) data = TRUE;
}

/* Started again, the program shows the window that is there, and ends. */
static void
test_single (UiWindow *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) again = NULL;
  gboolean ended = FALSE, presented = FALSE;

  gtk_widget_set_visible (self->top, FALSE);
  g_signal_connect (self->top, "map", G_CALLBACK (presented_cb), &presented);
  again = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, g_getenv ("WB_PROGRAM"), NULL);
  g_assert_no_error (error);
  g_subprocess_wait_check_async (again, NULL, ended_cb, &ended);
  UI_WAIT_UNTIL (ended && presented);
  g_assert_cmpuint (
      g_list_length (gtk_application_get_windows (GTK_APPLICATION (self->application))), ==, 1);
}

static void
add (const char *path, void (*test) (UiWindow *, gconstpointer))
{
  g_test_add (path, UiWindow, NULL, set_up, test, tear_down);
}

static void
test_no_bus (void)
{
  g_test_skip ("no dbus-daemon (package dbus)");
}

int
main (int argc, char **argv)
{
  int status;

  session = ui_session_new (); /* before GTK looks for a bus */
  ui_test_init (&argc, &argv);
  if (session == NULL)
    {
      g_test_add_func ("/ui/citizen", test_no_bus);
      return g_test_run ();
    }
  add ("/ui/citizen/notification", test_notification);
  add ("/ui/citizen/bad-ends", test_bad_ends);
  add ("/ui/citizen/silence", test_silence);
  add ("/ui/citizen/inhibit", test_inhibit);
  add ("/ui/citizen/waiting", test_waiting);
  add ("/ui/citizen/single", test_single);
  status = g_test_run ();
  g_clear_object (&application);
  ui_session_free (session);
  return status;
}
