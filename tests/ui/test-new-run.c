/* The dialog for new runs: checked as typed; what it starts runs in a process of its own. */
#include "ui-window.h"

#include "app/runs/wb-run-launcher-private.h"
#include "app/runs/wb-task-info.h"
#include "data/datasets/wb-sample-grammar.h"
#include "engine/files/wb-zip.h"
#include "tests/support/wb-test-model-folder.h"
#include "ui/windows/wb-new-run-dialog.h"

#include <glib/gstdio.h>
#include <signal.h>

static GtkWidget *
dialog_open (UiWindow *self)
{
  ui_click (ui_window_find (self, "new-run"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_toplevel ("new-run-dialog") != NULL &&
                 ui_ready (ui_toplevel ("new-run-dialog")));
  gtk_test_widget_wait_for_draw (ui_toplevel ("new-run-dialog"));
  return ui_toplevel ("new-run-dialog");
}

static void
dialog_cancel (GtkWidget *dialog)
{
  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &dialog);
  ui_click (ui_find (dialog, "cancel"), 0.5, 0.5);
  UI_WAIT_UNTIL (dialog == NULL);
}

/* What stands below the title of a field's row: help, what the choice is, or what is wrong. */
static const char *
words_of (GtkWidget *dialog, const char *field)
{
  GtkWidget *row = gtk_widget_get_ancestor (ui_find (dialog, field), ADW_TYPE_ACTION_ROW);

  return adw_action_row_get_subtitle (ADW_ACTION_ROW (row));
}

static gboolean
is_wrong (GtkWidget *dialog, const char *field)
{
  GtkWidget *row = gtk_widget_get_ancestor (ui_find (dialog, field), ADW_TYPE_ACTION_ROW);

  return gtk_widget_has_css_class (row, "field-error");
}

static void
set_text (GtkWidget *dialog, const char *field, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (ui_find (dialog, field)), text);
}

static const char *
label_of (GtkWidget *dialog, const char *name)
{
  return gtk_label_get_label (GTK_LABEL (ui_find (dialog, name)));
}

/* Every setting of the table has a field with a name. */
static void
test_all_settings (UiWindow *self, gconstpointer data)
{
  GtkWidget           *dialog = dialog_open (self);
  gsize                n;
  const WbSettingInfo *infos = wb_setting_get_all (&n);

  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("field-%s", infos[i].key);
      GtkWidget       *field = ui_find (dialog, name);

      g_assert_nonnull (field);
      gtk_test_accessible_assert_property (field, GTK_ACCESSIBLE_PROPERTY_LABEL, infos[i].title);
    }
  ui_picture (dialog, "new-run");
  dialog_cancel (dialog);
}

/* Real keys: wrong text is marked at its field, with a message, and Start does nothing; mended, the
 * mark goes. */
static void
test_checked_as_typed (UiWindow *self, gconstpointer data)
{
  GtkWidget *dialog = dialog_open (self);
  GtkWidget *field = ui_find (dialog, "field-seed");

  g_assert_false (gtk_widget_get_sensitive (ui_find (dialog, "start")));
  g_assert_false (is_wrong (dialog, "field-seed")); /* nothing is marked before it was touched */
  ui_click (field, 0.5, 0.5);
  UI_WAIT_UNTIL (gtk_widget_get_focus_child (field) != NULL);
  ui_type (dialog, "1, x");
  UI_WAIT_UNTIL (is_wrong (dialog, "field-seed"));
  ui_picture (dialog, "new-run-wrong");
  ui_key (dialog, GDK_KEY_BackSpace, 0);
  ui_type (dialog, "2,3");
  UI_WAIT_UNTIL (!is_wrong (dialog, "field-seed"));
  UI_WAIT_UNTIL (g_str_equal (label_of (dialog, "card-runs"), "3 runs"));

  set_text (dialog, "field-learning-rate", "4x");
  UI_WAIT_UNTIL (is_wrong (dialog, "field-learning-rate"));
  g_assert_nonnull (strstr (label_of (dialog, "card-command"), "learning-rate=4x"));
  set_text (dialog, "field-learning-rate", "4e-5");
  UI_WAIT_UNTIL (!is_wrong (dialog, "field-learning-rate"));
  g_assert_nonnull (strstr (label_of (dialog, "card-command"), "learning-rate=4e-5"));
  set_text (dialog, "field-dropout", "1.5");
  UI_WAIT_UNTIL (is_wrong (dialog, "field-dropout"));
  dialog_cancel (dialog);
}

/* Two dialogs would be one too many. */
static void
test_once (UiWindow *self, gconstpointer data)
{
  GtkWidget *dialog = dialog_open (self);

  wb_window_new_run (self->window);
  g_assert_true (ui_toplevel ("new-run-dialog") == dialog);
  ui_key (dialog, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (ui_toplevel ("new-run-dialog") == NULL);
}

/* ---- recipes ---- */

static void
write_config (const char *folder, const char *json)
{
  g_autofree char *path = g_build_filename (folder, "config.json", NULL);

  g_assert_true (g_file_set_contents (path, json, -1, NULL));
}

#define SHAPE(layers, width, heads)                                                                \
  "{\"model_type\": \"deberta-v2\", \"vocab_size\": 128100, \"hidden_size\": " #width              \
  ", \"num_hidden_layers\": " #layers ", \"num_attention_heads\": " #heads                         \
  ", \"intermediate_size\": 4096, \"relative_attention\": true, \"position_buckets\": 256,"        \
  " \"share_att_key\": true, \"pos_att_type\": \"p2c|c2p\"}"

static void
choose_task (GtkWidget *dialog, const char *id)
{
  GtkWidget  *row = ui_find (dialog, "field-task");
  GListModel *model = adw_combo_row_get_model (ADW_COMBO_ROW (row));

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (WbTaskInfo) info = g_list_model_get_item (model, i);
      if (g_str_equal (wb_task_info_get_id (info), id))
        adw_combo_row_set_selected (ADW_COMBO_ROW (row), i);
    }
}

static const char *
chosen_recipe (GtkWidget *dialog)
{
  AdwComboRow     *row = ADW_COMBO_ROW (ui_find (dialog, "field-recipe"));
  GtkStringObject *item = adw_combo_row_get_selected_item (row);

  return item != NULL ? gtk_string_object_get_string (item) : "";
}

static const char *
text_of (GtkWidget *dialog, const char *field)
{
  return gtk_editable_get_text (GTK_EDITABLE (ui_find (dialog, field)));
}

static gboolean
is_changed (GtkWidget *dialog, const char *field)
{
  GtkWidget *row = gtk_widget_get_ancestor (ui_find (dialog, field), ADW_TYPE_ACTION_ROW);

  return gtk_widget_has_css_class (row, "field-changed");
}

/* The published recipe is the choice where there is one; a changed field is marked, and its arrow
 * brings the recipe's value back; without one it is one's own. */
static void
test_recipe (UiWindow *self, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (self->home, "large", NULL);
  GtkWidget       *dialog, *row;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  wb_test_model_folder_make (folder);
  write_config (folder, SHAPE (24, 1024, 16));
  dialog = dialog_open (self);
  g_assert_cmpstr (chosen_recipe (dialog), ==, "Own");
  choose_task (dialog, "rte");
  set_text (dialog, "field-model", folder);
  UI_WAIT_UNTIL (g_str_equal (chosen_recipe (dialog), "Published"));
  g_assert_cmpstr (text_of (dialog, "field-learning-rate"), ==, "1e-5");
  g_assert_cmpstr (text_of (dialog, "field-epochs"), ==, "6");
  g_assert_false (is_changed (dialog, "field-epochs"));
  UI_WAIT_UNTIL (
      g_str_equal (words_of (dialog, "field-recipe"), "RTE, as published · deberta-v3-large"));
  UI_WAIT_UNTIL (strstr (label_of (dialog, "card-command"), "--recipe published") != NULL);
  g_assert_null (strstr (label_of (dialog, "card-command"), "epochs"));
  set_text (dialog, "field-epochs", "3");
  g_assert_true (is_changed (dialog, "field-epochs"));
  UI_WAIT_UNTIL (strstr (label_of (dialog, "card-command"), "--set epochs=3") != NULL);
  g_assert_true (g_str_has_prefix (words_of (dialog, "field-epochs"), "Recipe 6: "));
  ui_picture (dialog, "new-run-recipe");
  choose_task (dialog, "cola"); /* another recipe; what was typed stays */
  g_assert_cmpstr (text_of (dialog, "field-learning-rate"), ==, "5.5e-6");
  g_assert_cmpstr (text_of (dialog, "field-epochs"), ==, "3");
  row = gtk_widget_get_ancestor (ui_find (dialog, "field-epochs"), ADW_TYPE_ACTION_ROW);
  gtk_widget_grab_focus (ui_find (row, "reset")); /* scrolls there */
  gtk_test_widget_wait_for_draw (dialog);
  ui_key (dialog, GDK_KEY_space, 0);
  UI_WAIT_UNTIL (!is_changed (dialog, "field-epochs"));
  g_assert_cmpstr (text_of (dialog, "field-epochs"), ==, "10");
  choose_task (dialog, "wnli");
  g_assert_cmpstr (chosen_recipe (dialog), ==, "Own");
  g_assert_cmpstr (text_of (dialog, "field-epochs"), ==, "3");
  choose_task (dialog, "rte");
  g_assert_cmpstr (chosen_recipe (dialog), ==, "Published");
  adw_combo_row_set_selected (ADW_COMBO_ROW (ui_find (dialog, "field-recipe")), 1); /* Own */
  g_assert_cmpstr (text_of (dialog, "field-epochs"), ==, "3");
  UI_WAIT_UNTIL (strstr (label_of (dialog, "card-command"), "--recipe") == NULL);
  choose_task (dialog, "cola");
  g_assert_cmpstr (chosen_recipe (dialog), ==, "Own"); /* as a person chose */
  dialog_cancel (dialog);
}

/* One's own of this task are offered too. */
static void
test_own_recipe (UiWindow *self, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (self->home, "recipes", NULL);
  g_autofree char *path = g_build_filename (folder, "mine.ini", NULL);
  GtkWidget       *dialog;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path,
                                      "[recipe]\nformat=1\ntask=rte\ntitle=Mine\n[task]\n"
                                      "learning-rate=7e-5\nseed=8\n",
                                      -1, NULL));
  dialog = dialog_open (self);
  choose_task (dialog, "rte");
  g_assert_cmpstr (chosen_recipe (dialog), ==, "Own");
  adw_combo_row_set_selected (ADW_COMBO_ROW (ui_find (dialog, "field-recipe")), 0);
  g_assert_cmpstr (chosen_recipe (dialog), ==, "mine");
  g_assert_cmpstr (text_of (dialog, "field-learning-rate"), ==, "7e-5");
  UI_WAIT_UNTIL (strstr (label_of (dialog, "card-command"), "--recipe mine") != NULL);
  dialog_cancel (dialog);
}

typedef struct
{
  char *model, *data;
} Inputs;

static Inputs
inputs_make (UiWindow *self)
{
  g_autoptr (GError) error = NULL;
  Inputs inputs = { g_build_filename (self->home, "model", NULL),
                    g_build_filename (self->home, "data", NULL) };

  g_assert_cmpint (g_mkdir (inputs.model, 0700), ==, 0);
  wb_test_model_folder_make (inputs.model);
  wb_sample_write (WB_SAMPLE_ORDER, inputs.data, 1, 400, 40, &error);
  g_assert_no_error (error);
  return inputs;
}

static void
inputs_free (Inputs *inputs)
{
  g_free (inputs->model);
  g_free (inputs->data);
}

static void
fill_form (GtkWidget *dialog, const Inputs *inputs, const char *name, const char *steps)
{
  set_text (dialog, "field-model", inputs->model);
  set_text (dialog, "field-data", inputs->data);
  set_text (dialog, "field-name", name);
  set_text (dialog, "field-max-steps", steps);
  set_text (dialog, "field-batch-size", "4");
  set_text (dialog, "field-eval-every", "10");
  set_text (dialog, "field-max-length", "32");
  UI_WAIT_UNTIL (gtk_widget_get_sensitive (ui_find (dialog, "start")));
}

static WbRunStatus
status_of (UiWindow *self, const char *name)
{
  WbRun *run = ui_window_get_run (self, name);

  return run != NULL ? wb_run_get_status (run) : (WbRunStatus) -1;
}

/* ---- models ---- */

static void
remove_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

/* The form on @folder, until it was checked and says @sentence. */
static void
expect_words (GtkWidget *dialog, const char *folder, gboolean wrong, const char *sentence)
{
  set_text (dialog, "field-model", folder);
  UI_WAIT_UNTIL (g_str_has_prefix (words_of (dialog, "field-model"), sentence) &&
                 is_wrong (dialog, "field-model") == wrong);
}

static void
expect_refusal (GtkWidget *dialog, const char *folder, const char *sentence)
{
  expect_words (dialog, "/no/such/model", TRUE, "“/no/such/model” is no folder"); /* checks anew */
  expect_words (dialog, folder, TRUE, sentence);
  g_assert_false (gtk_widget_get_sensitive (ui_find (dialog, "start")));
}

/* A release of the first family, as it was unpacked. */
static void
test_model_v1 (UiWindow *self, gconstpointer data)
{
  g_autofree char *zip = g_test_build_filename (G_TEST_DIST, "vectors", "release-v1.zip", NULL);
  g_autofree char *folder = g_build_filename (self->home, "v1", NULL);
  GtkWidget       *dialog;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (wb_zip_unpack (zip, folder, NULL));
  dialog = dialog_open (self);
  expect_words (dialog, folder, FALSE, "DeBERTa v1, 1 layer, 8 wide, 7 thousand parameters");
  remove_file (folder, "bpe_encoder.bin");
  expect_refusal (dialog, folder,
                  "There is no tokenizer: put the model's vocab.json and merges.txt");
  dialog_cancel (dialog);
}

/* A folder of any family says what it is; one that cannot be used says why in one sentence, without
 * its own path, which stands beside it. */
static void
test_model_folder (UiWindow *self, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (self->home, "a & <b>", NULL);
  g_autofree char *empty = g_build_filename (self->home, "empty", NULL);
  GtkWidget       *dialog;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (empty, 0700), ==, 0);
  wb_test_model_folder_make (folder);
  dialog = dialog_open (self);
  expect_words (dialog, folder, FALSE, "DeBERTa v3, 1 layer, 8 wide, 3 thousand parameters");
  expect_refusal (dialog, empty,
                  "There is no config.json: give the folder that has it, the whole download");
  remove_file (folder, "spm.model");
  expect_refusal (dialog, folder,
                  "There is no tokenizer: put the model's spm.model (or tokenizer.json) there");
  ui_picture (dialog, "new-run-no-tokenizer");
  remove_file (folder, "model.safetensors");
  expect_refusal (dialog, folder,
                  "There are no weights: put model.safetensors or pytorch_model.bin there");
  write_config (folder, "{\"model_type\": \"bert\"}");
  expect_refusal (dialog, folder, "config.json: model_type is \"bert\"");
  dialog_cancel (dialog);
}

/* The whole way: the form, a process of its own, the page with its curve, the end. */
static void
test_start (UiWindow *self, gconstpointer data)
{
  Inputs     inputs = inputs_make (self);
  GtkWidget *dialog = dialog_open (self);

  fill_form (dialog, &inputs, "by hand", "20");
  ui_picture (dialog, "new-run-filled");
  ui_click (ui_find (dialog, "start"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_toplevel ("new-run-dialog") == NULL);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "run-tabs")));
  UI_WAIT_UNTIL (status_of (self, "by hand") == WB_RUN_FINISHED);
  g_assert_cmpuint (wb_run_get_step (ui_window_get_run (self, "by hand")), ==, 20);
  UI_WAIT_UNTIL (!gtk_widget_get_visible (ui_window_find (self, "stop")));
  ui_picture (self->top, "run-finished");
  inputs_free (&inputs);
}

/* Started by a command line: here within a second, stopped from here, resumed from here. */
static void
test_command_line (UiWindow *self, gconstpointer data)
{
  Inputs      inputs = inputs_make (self);
  const char *argv[] = { g_getenv ("WB_PROGRAM"),
                         "train",
                         "--home",
                         self->home,
                         "--model",
                         inputs.model,
                         "--task",
                         "cola",
                         "--data",
                         inputs.data,
                         "--name",
                         "typed",
                         "--set",
                         "max-steps=100000",
                         "--batch-size",
                         "4",
                         "--max-length",
                         "32",
                         NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  process = g_subprocess_newv (
      argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  UI_WAIT_UNTIL (status_of (self, "typed") == WB_RUN_RUNNING);
  wb_window_show_run (self->window, ui_window_get_run (self, "typed"));
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "stop")));
  UI_WAIT_UNTIL (wb_run_get_step (ui_window_get_run (self, "typed")) > 0);
  ui_click (ui_window_find (self, "stop"), 0.5, 0.5);
  UI_WAIT_UNTIL (status_of (self, "typed") == WB_RUN_STOPPED);
  g_subprocess_wait (process, NULL, NULL);

  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "resume")));
  ui_click (ui_window_find (self, "resume"), 0.5, 0.5);
  UI_WAIT_UNTIL (status_of (self, "typed") == WB_RUN_RUNNING);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "stop-keep")));
  ui_click (ui_window_find (self, "stop-keep"), 0.5, 0.5);
  UI_WAIT_UNTIL (status_of (self, "typed") == WB_RUN_FINISHED);
  inputs_free (&inputs);
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
  wb_run_launcher_set_program (g_getenv ("WB_PROGRAM"));
  add ("/ui/new-run/all-settings", test_all_settings);
  add ("/ui/new-run/checked-as-typed", test_checked_as_typed);
  add ("/ui/new-run/once", test_once);
  add ("/ui/new-run/recipe", test_recipe);
  add ("/ui/new-run/own-recipe", test_own_recipe);
  add ("/ui/new-run/model-folder", test_model_folder);
  add ("/ui/new-run/model-v1", test_model_v1);
  if (g_getenv ("WB_PROGRAM") != NULL)
    {
      add ("/ui/new-run/start", test_start);
      add ("/ui/new-run/command-line", test_command_line);
    }
  return g_test_run ();
}
