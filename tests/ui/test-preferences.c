/* What the user prefers: remembered, and with an effect. */
#include "ui-window.h"

#include "app/runs/wb-run-launcher-private.h"
#include "ui/widgets/wb-field-row.h"
#include "ui/windows/wb-new-run-dialog.h"
#include "ui/windows/wb-preferences.h"

#include <glib/gstdio.h>

static void
reset_settings (void)
{
  static const char *const keys[] = { "window-width", "window-height", "window-maximized",
                                      "style",        "notifications", "background-priority",
                                      "threads",      "smoothing" };
  g_autoptr (GSettings) settings = wb_preferences_open ();

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (settings, keys[i]);
}

static void
set_up (UiWindow *self, gconstpointer data)
{
  reset_settings ();
  ui_window_set_up (self, data);
}

static void
tear_down (UiWindow *self, gconstpointer data)
{
  ui_window_tear_down (self, data);
  reset_settings ();
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

/* Ctrl+comma, with real keys. */
static GtkWidget *
open_preferences (UiWindow *self)
{
  GtkWidget *window;

  ui_click (ui_window_find (self, "new-run"), -0.3, 0.5); /* keys go to the window below */
  ui_key (self->top, GDK_KEY_comma, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (ui_toplevel ("preferences") != NULL);
  window = ui_toplevel ("preferences");
  UI_WAIT_UNTIL (ui_ready (window));
  gtk_test_widget_wait_for_draw (window);
  return window;
}

/* The program in its build folder finds its schema there. */
static void
test_schema (void)
{
  g_autoptr (GSettings) settings = wb_preferences_open ();

  g_assert_nonnull (settings);
  g_assert_cmpint (g_settings_get_int (settings, "window-width"), ==, 1120);
  g_assert_true (wb_preferences_get_flag (settings, "notifications"));
  g_assert_true (wb_preferences_get_flag (NULL, "notifications"));
}

static void
test_style (UiWindow *self, gconstpointer data)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT,
                                            ADW_COLOR_SCHEME_FORCE_DARK };
  AdwStyleManager            *manager = adw_style_manager_get_default ();
  GtkWidget                  *window = open_preferences (self), *row = ui_find (window, "style");

  ui_picture (window, "preferences");
  for (int i = 2; i >= 0; i--)
    {
      adw_combo_row_set_selected (ADW_COMBO_ROW (row), (guint) i);
      g_assert_cmpint (adw_style_manager_get_color_scheme (manager), ==, schemes[i]);
      g_assert_cmpint (adw_style_manager_get_dark (manager), ==, i == 2);
    }
  ui_destroy (window);
}

/* What was chosen stands there when the window is opened again, after a click and after typing. */
static void
test_remembered (UiWindow *self, gconstpointer data)
{
  GtkWidget *window = open_preferences (self);
  GtkWidget *notifications = ui_find (window, "notifications");
  GtkWidget *threads = ui_find (window, "threads");
  g_autoptr (GSettings) settings = wb_preferences_open ();

  ui_click (notifications, 0.5, 0.5);
  UI_WAIT_UNTIL (!g_settings_get_boolean (settings, "notifications"));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (threads), 3);
  UI_WAIT_UNTIL (g_settings_get_int (settings, "threads") == 3);
  ui_key (window, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (ui_toplevel ("preferences") == NULL);
  window = open_preferences (self);
  g_assert_false (gtk_switch_get_active (GTK_SWITCH (ui_find (window, "notifications"))));
  g_assert_cmpfloat (gtk_spin_button_get_value (GTK_SPIN_BUTTON (ui_find (window, "threads"))), ==,
                     3);
  ui_destroy (window);
}

/* The form of a new run begins with the preferred threads, and its command line says so. */
static void
test_threads (UiWindow *self, gconstpointer data)
{
  g_autoptr (GSettings) settings = wb_preferences_open ();
  GtkWidget *dialog;

  g_settings_set_int (settings, "threads", 2);
  wb_window_new_run (self->window);
  UI_WAIT_UNTIL (ui_toplevel ("new-run-dialog") != NULL);
  dialog = ui_toplevel ("new-run-dialog");
  g_assert_cmpstr (
      wb_run_spec_get (wb_new_run_dialog_get_spec (WB_NEW_RUN_DIALOG (dialog)), "threads"), ==,
      "2");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (ui_find (dialog, "field-threads"))), ==,
                   "2");
  ui_destroy (dialog);
}

/* A process that tells how nice it is stands for a run's. */
static int
launched_niceness (UiWindow *self)
{
  g_autofree char *program = g_build_filename (self->home, "program", NULL);
  g_autofree char *answer = g_build_filename (self->home, "answer", NULL);
  g_autofree char *script =
      g_strdup_printf ("#!/bin/sh\nnice >%s.new\nmv %s.new %s\n", answer, answer, answer);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_unlink (answer);
  g_file_set_contents_full (program, script, -1, G_FILE_SET_CONTENTS_NONE, 0700, &error);
  g_assert_no_error (error);
  wb_run_launcher_set_program (program);
  wb_run_launcher_start_demo (wb_window_get_workspace (self->window), &error);
  g_assert_no_error (error);
  UI_WAIT_UNTIL (g_file_test (answer, G_FILE_TEST_EXISTS));
  g_file_get_contents (answer, &text, NULL, &error);
  g_assert_no_error (error);
  wb_run_launcher_set_program (g_getenv ("WB_PROGRAM"));
  return (int) g_ascii_strtoll (text, NULL, 10);
}

static void
test_priority (UiWindow *self, gconstpointer data)
{
  GtkWidget *window = open_preferences (self);
  int        own;

  ui_click (ui_find (window, "background-priority"), 0.5, 0.5);
  UI_WAIT_UNTIL (!gtk_switch_get_active (GTK_SWITCH (ui_find (window, "background-priority"))));
  own = launched_niceness (self);
  g_assert_cmpint (own, <, 19);
  gtk_switch_set_active (GTK_SWITCH (ui_find (window, "background-priority")), TRUE);
  g_assert_cmpint (launched_niceness (self), ==, 19);
  ui_destroy (window);
}

/* Size and smoothing are there again after the program was closed. */
static void
test_window (UiWindow *self, gconstpointer data)
{
  GtkDropDown *smoothing = GTK_DROP_DOWN (ui_window_find (self, "smoothing"));
  int          width, height;

  gtk_window_set_default_size (GTK_WINDOW (self->window), 900, 600);
  UI_WAIT_UNTIL (ABS (gtk_widget_get_width (self->top) - 900) < 60);
  gtk_drop_down_set_selected (smoothing, 3);
  ui_destroy (self->window);
  g_clear_object (&self->application);
  self->application = wb_application_new (self->home);
  g_application_register (G_APPLICATION (self->application), NULL, NULL);
  g_application_activate (G_APPLICATION (self->application));
  self->top = ui_toplevel ("workbench");
  self->window = WB_WINDOW (self->top);
  ui_present (GTK_WINDOW (self->window));
  gtk_window_get_default_size (GTK_WINDOW (self->window), &width, &height);
  g_assert_cmpint (width, ==, 900);
  g_assert_cmpint (height, ==, 600);
  smoothing = GTK_DROP_DOWN (ui_window_find (self, "smoothing"));
  g_assert_cmpuint (gtk_drop_down_get_selected (smoothing), ==, 3);
}

/* A home that --home named is not changed from here. */
static void
test_home_given (UiWindow *self, gconstpointer data)
{
  GtkWidget *window = open_preferences (self);

  g_assert_false (gtk_widget_get_sensitive (ui_find (window, "change-home")));
  g_assert_true (gtk_widget_get_sensitive (ui_find (window, "open-home")));
  ui_destroy (window);
}

/* Another home: the window opens it at once, and what is started next finds it. */
static void
test_home_chosen (void)
{
  g_autofree char *other = ui_home_new ();
  g_autofree char *found = NULL;
  g_autoptr (WbApplication) application = wb_application_new (NULL);
  GtkWidget *window, *preferences;

  g_application_register (G_APPLICATION (application), NULL, NULL);
  g_application_activate (G_APPLICATION (application));
  window = ui_toplevel ("workbench");
  ui_present (GTK_WINDOW (window));
  g_action_group_activate_action (G_ACTION_GROUP (application), "preferences", NULL);
  UI_WAIT_UNTIL (ui_ready (ui_toplevel ("preferences")));
  preferences = ui_toplevel ("preferences");
  g_assert_true (gtk_widget_get_sensitive (ui_find (preferences, "change-home")));

  wb_preferences_window_choose_home (WB_PREFERENCES_WINDOW (preferences), "/proc/no-place");
  g_assert_true (ui_toplevel ("workbench") == window); /* said in a toast */
  ui_picture (preferences, "preferences-no-place");

  wb_preferences_window_choose_home (WB_PREFERENCES_WINDOW (preferences), other);
  UI_WAIT_UNTIL (ui_toplevel ("preferences") == NULL);
  UI_WAIT_UNTIL (ui_ready (ui_toplevel ("workbench")));
  window = ui_toplevel ("workbench");
  g_assert_cmpstr (wb_workspace_get_home (wb_window_get_workspace (WB_WINDOW (window))), ==, other);
  found = wb_workspace_dup_default_home (NULL);
  g_assert_cmpstr (found, ==, other);
  ui_destroy (window);
  g_assert_true (wb_workspace_set_default_home (NULL, NULL));
  g_clear_object (&application);
  ui_home_remove (g_steal_pointer (&other));
}

static void
add (const char *path, const char *data, void (*test) (UiWindow *, gconstpointer))
{
  g_test_add (path, UiWindow, data, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/preferences/schema", test_schema);
  add ("/ui/preferences/style", "samples", test_style);
  add ("/ui/preferences/remembered", NULL, test_remembered);
  add ("/ui/preferences/threads", NULL, test_threads);
  add ("/ui/preferences/priority", NULL, test_priority);
  add ("/ui/preferences/window", "samples", test_window);
  add ("/ui/preferences/home-given", NULL, test_home_given);
  g_test_add_func ("/ui/preferences/home-chosen", test_home_chosen);
  return g_test_run ();
}
