/* The window in German, as the proof that it can be translated: no English is left in it. */
#include "ui-window.h"

#include "ui/windows/wb-locale.h"

#include <libintl.h>
#include <locale.h>
#include <string.h>

#define DOMAIN "deberta-workbench"

static gboolean
speaks_german (void)
{
  wb_locale_init ();
  return g_str_equal (dgettext (DOMAIN, "Preferences"), "Einstellungen");
}

/* A locale of the test's own, where C.UTF-8 does not translate. */
static gboolean
make_locale (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wb-locale-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "de_DE.UTF-8", NULL);
  const char      *argv[] = { "localedef", "-i", "de_DE", "-f", "UTF-8", path, NULL };

  if (!g_spawn_sync (NULL, (char **) argv, NULL,
                     G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                     NULL, NULL, NULL, NULL, NULL, NULL) ||
      !g_file_test (path, G_FILE_TEST_EXISTS))
    return FALSE;
  g_setenv ("LOCPATH", folder, TRUE);
  g_setenv ("LC_ALL", "de_DE.UTF-8", TRUE);
  return TRUE;
}

static void
assert_german (const char *text, GtkWidget *widget)
{
  /* what the catalogue has another text for is not translated */
  if (gtk_widget_has_css_class (widget, "numeric") && g_strcmp0 (text, "epoch") == 0)
    return; /* a setting's value, as --set takes it */
  if (text != NULL && *text != '\0' && !g_str_equal (dgettext (DOMAIN, text), text))
    g_error ("%s “%s” shows “%s”", G_OBJECT_TYPE_NAME (widget), gtk_widget_get_name (widget), text);
}

static guint
walk (GtkWidget *widget)
{
  guint n = 0;

  if (GTK_IS_LABEL (widget))
    {
      assert_german (gtk_label_get_label (GTK_LABEL (widget)), widget);
      n = *gtk_label_get_label (GTK_LABEL (widget)) != '\0';
    }
  assert_german (gtk_widget_get_tooltip_text (widget), widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += walk (child);
  return n;
}

static const char *
label_of (UiWindow *self, const char *name)
{
  return gtk_label_get_label (GTK_LABEL (ui_window_find (self, name)));
}

static void
test_list (UiWindow *self, gconstpointer data)
{
  ui_picture (self->top, "german-list");
  g_assert_cmpuint (walk (self->top), >, 50);
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (ui_window_find (self, "new-run"))), ==,
                   "_Neuer Lauf …");
  gtk_test_accessible_assert_property (ui_window_find (self, "search"),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Läufe suchen");
  g_assert_cmpstr (wb_run_get_status_text (ui_window_get_run (self, "mrpc small")), ==,
                   "Angehalten, fortsetzbar");
}

static void
test_run (UiWindow *self, gconstpointer data)
{
  wb_window_show_run (self->window, ui_window_get_run (self, "rte small, seed 3"));
  UI_WAIT_UNTIL (gtk_widget_get_mapped (ui_window_find (self, "run-status")));
  ui_picture (self->top, "german-run");
  g_assert_cmpuint (walk (self->top), >, 50);
  g_assert_cmpstr (label_of (self, "run-status"), ==, "Training 61 %");
}

/* The settings' titles and helps, which the command line shows in English. */
static void
test_dialog (UiWindow *self, gconstpointer data)
{
  GtkWidget *dialog;

  wb_window_new_run (self->window);
  UI_WAIT_UNTIL (ui_ready (ui_toplevel ("new-run-dialog")));
  dialog = ui_toplevel ("new-run-dialog");
  ui_settle (200);
  ui_picture (dialog, "german-dialog");
  g_assert_cmpuint (walk (dialog), >, 50);
  gtk_test_accessible_assert_property (ui_find (dialog, "field-learning-rate"),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Lernrate");
  ui_destroy (dialog);
}

static void
test_preferences (UiWindow *self, gconstpointer data)
{
  g_action_group_activate_action (G_ACTION_GROUP (self->application), "preferences", NULL);
  UI_WAIT_UNTIL (ui_ready (ui_toplevel ("preferences")));
  ui_picture (ui_toplevel ("preferences"), "german-preferences");
  g_assert_cmpuint (walk (ui_toplevel ("preferences")), >, 10);
  ui_destroy (ui_toplevel ("preferences"));
}

static void
test_empty (UiWindow *self, gconstpointer data)
{
  ui_picture (self->top, "german-empty");
  g_assert_cmpuint (walk (self->top), >, 5);
}

static void
test_plurals (void)
{
  g_assert_cmpstr (dngettext (DOMAIN, "%'u run", "%'u runs", 1), ==, "%'u Lauf");
  g_assert_cmpstr (dngettext (DOMAIN, "%'u run", "%'u runs", 0), ==, "%'u Läufe");
  g_assert_cmpstr (dngettext (DOMAIN, "%'u run", "%'u runs", 2), ==, "%'u Läufe");
}

/* Numbers do not change with the language: files are written with them. */
static void
test_numbers (void)
{
  g_autofree char *text = g_strdup_printf ("%.2f", 1234.5);

  g_assert_cmpstr (text, ==, "1234.50");
  g_assert_cmpfloat (strtod ("0.25", NULL), ==, 0.25);
}

static char *
output_of (const char *language, const char *command)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = NULL;
  g_autofree char *line = g_strdup_printf ("%s %s", g_getenv ("WB_PROGRAM"), command);
  char            *text = NULL;

  g_subprocess_launcher_setenv (launcher, "LANGUAGE", language, TRUE);
  g_assert_true (g_shell_parse_argv (line, NULL, &argv, NULL));
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* The command line speaks English, byte for byte. */
static void
test_command_line (void)
{
  static const char *const commands[] = { "--help",
                                          "train --help",
                                          "recipes list",
                                          "train --task cola --model /no/place",
                                          "train --task cola --set epochs=many",
                                          "runs list --json" };

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *german = output_of ("de", commands[i]);
      g_autofree char *english = output_of ("en", commands[i]);

      g_assert_cmpstr (german, ==, english);
    }
}

static void
test_no_locale (void)
{
  g_test_skip ("C.UTF-8 does not translate here, and localedef cannot make a German locale "
               "(package locales)");
}

static void
add (const char *path, const char *data, void (*test) (UiWindow *, gconstpointer))
{
  g_test_add (path, UiWindow, data, ui_window_set_up, test, ui_window_tear_down);
}

int
main (int argc, char **argv)
{
  gboolean german;

  g_setenv ("LANGUAGE", "de", TRUE);
  german = speaks_german () || (make_locale () && speaks_german ());
  ui_test_init (&argc, &argv);
  if (!german)
    {
      g_test_add_func ("/ui/german", test_no_locale);
      return g_test_run ();
    }
  add ("/ui/german/list", "samples", test_list);
  add ("/ui/german/run", "samples", test_run);
  add ("/ui/german/dialog", "samples", test_dialog);
  add ("/ui/german/preferences", NULL, test_preferences);
  add ("/ui/german/empty", NULL, test_empty);
  g_test_add_func ("/ui/german/plurals", test_plurals);
  g_test_add_func ("/ui/german/numbers", test_numbers);
  g_test_add_func ("/ui/german/command-line", test_command_line);
  return g_test_run ();
}
