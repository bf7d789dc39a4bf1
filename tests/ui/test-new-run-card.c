/* The card of the dialog: what a run needs, how long its texts are, and what is kept of it. */
#include "ui-window.h"

#include "app/runs/wb-run-lengths.h"
#include "tests/support/wb-test-model-folder.h"
#include "ui/windows/wb-new-run-dialog.h"

#include <glib/gstdio.h>
#include <unistd.h>

static GtkWidget *
dialog_open (UiWindow *self)
{
  ui_click (ui_window_find (self, "new-run"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_toplevel ("new-run-dialog") != NULL &&
                 ui_ready (ui_toplevel ("new-run-dialog")));
  gtk_test_widget_wait_for_draw (ui_toplevel ("new-run-dialog"));
  return ui_toplevel ("new-run-dialog");
}

static const char *
label_of (GtkWidget *dialog, const char *name)
{
  return gtk_label_get_label (GTK_LABEL (ui_find (dialog, name)));
}

static void
set_text (GtkWidget *dialog, const char *field, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (ui_find (dialog, field)), text);
}

/* 60 sentences as CoLA's; every third is long. */
static char *
write_data (UiWindow *self)
{
  char *path = g_build_filename (self->home, "train.tsv", NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 60; i++)
    g_string_append_printf (text, "s\t%u\t\t%s\n", i % 2,
                            i % 3 == 0 ? "a b c d e f g h i j k l m n o p q r s t u v" : "a b c");
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  return path;
}

/* Dialog with a tiny model and a training file. */
static GtkWidget *
filled (UiWindow *self)
{
  g_autofree char *model = g_build_filename (self->home, "tiny", NULL);
  g_autofree char *data = write_data (self);
  GtkWidget       *dialog;

  g_assert_cmpint (g_mkdir_with_parents (model, 0700), ==, 0);
  wb_test_model_folder_make (model);
  dialog = dialog_open (self);
  set_text (dialog, "field-model", model);
  set_text (dialog, "field-train", data);
  UI_WAIT_UNTIL (strstr (label_of (dialog, "card-lengths"), "on average") != NULL);
  return dialog;
}

static gboolean
shown (GtkWidget *dialog, const char *name)
{
  GtkWidget *widget = ui_find (dialog, name);

  return widget != NULL && gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) > 0;
}

/* A third of the texts is cut once the limit lies below their length, and the dialog says so
 * without reading the file again (it is gone by then). */
static void
test_lengths (UiWindow *self, gconstpointer data)
{
  GtkWidget       *dialog = filled (self);
  g_autofree char *path = g_build_filename (self->home, "train.tsv", NULL);

  g_assert_nonnull (strstr (label_of (dialog, "card-lengths"), "none is cut at 256"));
  UI_WAIT_UNTIL (shown (dialog, "card-histogram"));
  gtk_test_accessible_assert_property (ui_find (dialog, "card-histogram"),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       label_of (dialog, "card-lengths"));
  set_text (dialog, "field-max-length", "12");
  UI_WAIT_UNTIL (strstr (label_of (dialog, "card-lengths"), "33 % of the texts are cut at 12") !=
                 NULL);
  ui_picture (dialog, "new-run-card");
  g_assert_cmpint (g_unlink (path), ==, 0);
  set_text (dialog, "field-name", "another");
  UI_WAIT_UNTIL (!gtk_widget_get_visible (
      gtk_widget_get_parent (ui_find (dialog, "card-lengths")))); /* nothing stale is shown */
  ui_destroy (dialog);
}

static void
test_memory (UiWindow *self, gconstpointer data)
{
  static const char *const names[] = { "card-memory",    "card-memory-bar", "card-weights",
                                       "card-gradients", "card-optimizer",  "card-activations",
                                       "card-working",   "card-parameters" };
  GtkWidget               *dialog = filled (self);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    UI_WAIT_UNTIL (shown (dialog, names[i]));
  gtk_test_accessible_assert_property (ui_find (dialog, "card-memory-bar"),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       label_of (dialog, "card-memory"));
  g_assert_cmpstr (label_of (dialog, "card-time"), ==, "known after a first run");
  ui_destroy (dialog);
}

static const char *
chosen_recipe (GtkWidget *dialog)
{
  AdwComboRow     *row = ADW_COMBO_ROW (ui_find (dialog, "field-recipe"));
  GtkStringObject *item = adw_combo_row_get_selected_item (row);

  return item != NULL ? gtk_string_object_get_string (item) : "";
}

/* Settings become a recipe under a typed name, which is the choice then: the field's departure is
 * none any more.  Several values make none. */
static void
test_save_recipe (UiWindow *self, gconstpointer data)
{
  GtkWidget       *dialog = dialog_open (self), *question;
  g_autofree char *folder = g_build_filename (self->home, "recipes", NULL);
  GtkWidget *row = gtk_widget_get_ancestor (ui_find (dialog, "field-epochs"), ADW_TYPE_ACTION_ROW);

  set_text (dialog, "field-epochs", "7");
  g_assert_true (gtk_widget_has_css_class (row, "field-changed"));
  gtk_widget_grab_focus (ui_find (dialog, "save-recipe-button"));
  ui_key (dialog, GDK_KEY_Return, 0);
  UI_WAIT_UNTIL (ui_toplevel ("save-recipe") != NULL && ui_ready (ui_toplevel ("save-recipe")));
  question = ui_toplevel ("save-recipe");
  ui_type (question, "my seven");
  ui_key (question, GDK_KEY_Return, 0);
  UI_WAIT_UNTIL (g_str_equal (chosen_recipe (dialog), "my seven"));
  g_assert_false (gtk_widget_has_css_class (row, "field-changed"));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (ui_find (dialog, "field-epochs"))), ==,
                   "7");
  UI_WAIT_UNTIL (strstr (label_of (dialog, "card-command"), "--recipe 'my seven'") != NULL);
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
  ui_destroy (dialog);
}

/* Two finished runs; the second is ticked: two models, three seeds, six runs. */
static void
test_models (UiWindow *self, gconstpointer data)
{
  static const char *const names[] = { "one", "two" };
  g_autofree char         *model = g_build_filename (self->home, "tiny", NULL);
  GtkWidget               *dialog, *check;

  g_assert_cmpint (g_mkdir_with_parents (model, 0700), ==, 0);
  wb_test_model_folder_make (model);
  for (guint i = 0; i < 2; i++)
    {
      const UiRun      run = { names[i], "tiny", "rte", "accuracy", WB_RECORD_FINISHED, NULL, i, 2,
                               2,        0.7,    1,     1 };
      const gint64     id = ui_add_run (self->store, self->home, &run);
      g_autofree char *best = g_strdup_printf ("%s/runs/%" G_GINT64_FORMAT "/best", self->home, id);

      g_assert_cmpint (symlink (model, best), ==, 0);
    }
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 2);
  dialog = dialog_open (self);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (ui_find (dialog, "further-models")), TRUE);
  UI_WAIT_UNTIL (ui_find (dialog, "model-2") != NULL); /* the newest is the chosen one */
  check = ui_find (dialog, "model-1");
  UI_WAIT_UNTIL (gtk_widget_get_mapped (check) && gtk_widget_get_width (check) > 0);
  gtk_widget_grab_focus (check);
  ui_key (dialog, GDK_KEY_space, 0);
  set_text (dialog, "field-seed", "1,2,3");
  UI_WAIT_UNTIL (g_str_equal (label_of (dialog, "card-runs"), "6 runs"));
  g_assert_nonnull (strstr (label_of (dialog, "card-command"), "--model 2,1"));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (ui_find (dialog, "start"))), ==,
                   "_Start 6 Runs");
  ui_picture (dialog, "new-run-models");
  gtk_widget_grab_focus (check);
  ui_key (dialog, GDK_KEY_space, 0);
  UI_WAIT_UNTIL (g_str_equal (label_of (dialog, "card-runs"), "3 runs"));
  ui_destroy (dialog);
}

/* Closed while tokens are being counted: nothing is left behind that speaks. */
static void
test_closed_early (UiWindow *self, gconstpointer data)
{
  g_autofree char *model = g_build_filename (self->home, "tiny", NULL);
  g_autofree char *path = write_data (self);
  GtkWidget       *dialog;

  g_assert_cmpint (g_mkdir_with_parents (model, 0700), ==, 0);
  wb_test_model_folder_make (model);
  for (guint i = 0; i < 5; i++)
    {
      dialog = dialog_open (self);
      set_text (dialog, "field-model", model);
      set_text (dialog, "field-train", path);
      ui_settle (60 + 10 * i); /* about when counting begins */
      ui_key (dialog, GDK_KEY_Escape, 0);
      UI_WAIT_UNTIL (ui_toplevel ("new-run-dialog") == NULL);
    }
  ui_settle (200);
}

static void
add (const char *path, void (*test) (UiWindow *, gconstpointer))
{
  g_test_add (path, UiWindow, NULL, ui_window_set_up, test, ui_window_tear_down);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  add ("/ui/new-run-card/lengths", test_lengths);
  add ("/ui/new-run-card/memory", test_memory);
  add ("/ui/new-run-card/save-recipe", test_save_recipe);
  add ("/ui/new-run-card/models", test_models);
  add ("/ui/new-run-card/closed-early", test_closed_early);
  return g_test_run ();
}
