/* What a run's page tells while a real run works and after: what its evaluations found, pause and
 * resume. */
#include "ui-window.h"

#include "app/runs/wb-run-launcher-private.h"
#include "data/datasets/wb-sample-grammar.h"
#include "tests/support/wb-test-model-folder.h"
#include "app/worker/wb-trial.h"
#include "ui/pages/wb-run-page.h"

#include <string.h>

#define NAME "watched"

static char *
path_in_home (UiWindow *self, const char *name)
{
  return g_build_filename (self->home, name, NULL);
}

/* A tiny model with a vocabulary of its own, and the sample task's files. */
static void
make_inputs (UiWindow *self, WbSampleKind sample)
{
  g_autofree char *model = path_in_home (self, "model"), *data = path_in_home (self, "data");
  g_autoptr (GError) error = NULL;

  wb_test_model_folder_make (model);
  wb_sample_write (sample, data, 1, 400, 60, &error);
  g_assert_no_error (error);
}

/* The program in a process of its own, which leaves the run to another. */
static void
start_run (UiWindow *self, const char *task, guint steps)
{
  g_autofree char  *count = g_strdup_printf ("max-steps=%u", steps);
  g_autofree char  *model = path_in_home (self, "model"), *data = path_in_home (self, "data");
  const char *const arguments[] = { g_getenv ("WB_PROGRAM"),
                                    "--home",
                                    self->home,
                                    "train",
                                    "--detach",
                                    "--model",
                                    model,
                                    "--task",
                                    task,
                                    "--data",
                                    data,
                                    "--name",
                                    NAME,
                                    "--threads",
                                    "1",
                                    "--set",
                                    count,
                                    "--set",
                                    "eval-every=10",
                                    "--set",
                                    "batch-size=8",
                                    NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
      g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
  g_assert_no_error (error);
  UI_WAIT_UNTIL (ui_window_get_run (self, NAME) != NULL);
}

static WbRunStatus
status_of (UiWindow *self)
{
  return wb_run_get_status (ui_window_get_run (self, NAME));
}

static void
open_tab (UiWindow *self, const char *tab)
{
  wb_window_show_run (self->window, ui_window_get_run (self, NAME));
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "run-tabs")));
  gtk_stack_set_visible_child_name (GTK_STACK (ui_window_find (self, "run-tabs")), tab);
  gtk_test_widget_wait_for_draw (self->top);
}

static guint
count_children (GtkWidget *widget)
{
  guint n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n++;
  return n;
}

/* The cell of the table with the most mistakes, or any that can be pressed. */
static GtkWidget *
find_cell (GtkWidget *root)
{
  if (GTK_IS_BUTTON (root) && gtk_widget_has_css_class (root, "confusion-cell") &&
      gtk_widget_get_sensitive (root))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_cell (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* The table comes with the first evaluation, while the run goes on; a cell shows its examples. */
static void
test_findings (UiWindow *self, gconstpointer data)
{
  GtkWidget *choice, *examples;

  make_inputs (self, WB_SAMPLE_ORDER);
  start_run (self, "sample-order", 40);
  open_tab (self, "findings");
  examples = ui_window_find (self, "examples");
  UI_WAIT_UNTIL (count_children (examples) == 20);
  UI_WAIT_UNTIL (status_of (self) == WB_RUN_FINISHED);
  choice = ui_window_find (self, "evaluation");
  UI_WAIT_UNTIL (g_list_model_get_n_items (gtk_drop_down_get_model (GTK_DROP_DOWN (choice))) == 4);
  UI_WAIT_UNTIL (find_cell (ui_window_find (self, "confusion")) != NULL);
  ui_settle (100);
  ui_picture (self->top, "findings");
  ui_click (find_cell (ui_window_find (self, "confusion")), 0.5, 0.5);
  UI_WAIT_UNTIL (gtk_widget_get_mapped (ui_window_find (self, "examples-all")));
  ui_picture (self->top, "findings-cell");
  ui_click (ui_window_find (self, "examples-all"), 0.5, 0.5);
  UI_WAIT_UNTIL (!gtk_widget_get_mapped (ui_window_find (self, "examples-all")));
  g_assert_cmpuint (count_children (examples), ==, 20);
}

/* Another evaluation by the keyboard alone; then the best examples instead of the worst. */
static void
test_choose (UiWindow *self, gconstpointer data)
{
  GtkWidget *choice, *best;
  guint      before;

  make_inputs (self, WB_SAMPLE_ORDER);
  start_run (self, "sample-order", 20);
  UI_WAIT_UNTIL (status_of (self) == WB_RUN_FINISHED);
  open_tab (self, "findings");
  choice = ui_window_find (self, "evaluation");
  UI_WAIT_UNTIL (ui_ready (choice));
  g_assert_true (gtk_widget_grab_focus (choice));
  before = gtk_drop_down_get_selected (GTK_DROP_DOWN (choice));
  ui_move_to (self->top, 0.5, 0.3);
  ui_key (self->top, GDK_KEY_space, 0);
  ui_settle (200);
  ui_key (self->top, before == 0 ? GDK_KEY_Down : GDK_KEY_Up, 0);
  ui_key (self->top, GDK_KEY_Return, 0);
  UI_WAIT_UNTIL (gtk_drop_down_get_selected (GTK_DROP_DOWN (choice)) != before);
  best = ui_window_find (self, "examples-best");
  ui_click (best, 0.5, 0.5);
  UI_WAIT_UNTIL (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (best)));
  UI_WAIT_UNTIL (count_children (ui_window_find (self, "examples")) == 20);
}

/* Words: entity types and sentences. */
static void
test_words (UiWindow *self, gconstpointer data)
{
  make_inputs (self, WB_SAMPLE_WORDS);
  start_run (self, "sample-words", 20);
  open_tab (self, "findings");
  UI_WAIT_UNTIL (status_of (self) == WB_RUN_FINISHED);
  UI_WAIT_UNTIL (count_children (ui_window_find (self, "examples")) == 20);
  ui_settle (100);
  ui_picture (self->top, "findings-words");
}

static gboolean
has_answer (UiWindow *self)
{
  GtkWidget *answer = ui_window_find (self, "trial-answer");

  return answer != NULL && gtk_widget_get_first_child (answer) != NULL;
}

/* A text is typed, the answer comes; a word taken away, there is none; another run, and the model
 * has gone. */
static void
test_try_it (UiWindow *self, gconstpointer data)
{
  GtkWidget *text;

  make_inputs (self, WB_SAMPLE_ORDER);
  start_run (self, "sample-order", 20);
  UI_WAIT_UNTIL (status_of (self) == WB_RUN_FINISHED);
  open_tab (self, "trial");
  text = ui_window_find (self, "trial-text");
  UI_WAIT_UNTIL (ui_ready (text));
  g_assert_cmpuint (wb_trial_count_loaded (), ==, 0);
  gtk_test_accessible_assert_property (text, GTK_ACCESSIBLE_PROPERTY_LABEL, "Text");
  g_assert_false (gtk_widget_get_mapped (ui_window_find (self, "trial-pair")));
  ui_click (text, 0.5, 0.5);
  ui_type (self->top, "The dog saw the cat.");
  UI_WAIT_UNTIL (has_answer (self));
  UI_WAIT_UNTIL (g_str_has_suffix (
      gtk_label_get_label (GTK_LABEL (ui_window_find (self, "trial-note"))), " ms"));
  g_assert_cmpuint (wb_trial_count_loaded (), ==, 1);
  g_assert_cmpuint (count_children (ui_window_find (self, "trial-answer")), ==, 2);
  ui_picture (self->top, "try-it");
  ui_key (self->top, GDK_KEY_a, GDK_CONTROL_MASK);
  ui_key (self->top, GDK_KEY_BackSpace, 0);
  UI_WAIT_UNTIL (!has_answer (self));
  ui_key (self->top, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (gtk_widget_get_mapped (ui_window_find (self, "runs")));
}

/* The same for words. */
static void
test_try_words (UiWindow *self, gconstpointer data)
{
  GtkWidget *text;

  make_inputs (self, WB_SAMPLE_WORDS);
  start_run (self, "sample-words", 20);
  UI_WAIT_UNTIL (status_of (self) == WB_RUN_FINISHED);
  open_tab (self, "trial");
  text = ui_window_find (self, "trial-text");
  UI_WAIT_UNTIL (ui_ready (text));
  ui_click (text, 0.5, 0.5);
  ui_type (self->top, "The dog saw the cat.");
  UI_WAIT_UNTIL (has_answer (self));
  UI_WAIT_UNTIL (
      count_children (gtk_widget_get_first_child (ui_window_find (self, "trial-answer"))) == 6);
  ui_picture (self->top, "try-it-words");
}

static void
text_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **) data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

/* What is there with its sizes; the folder's path goes to the clipboard. */
static void
test_files (UiWindow *self, gconstpointer data)
{
  g_autofree char *text = NULL;

  make_inputs (self, WB_SAMPLE_ORDER);
  start_run (self, "sample-order", 10);
  UI_WAIT_UNTIL (status_of (self) == WB_RUN_FINISHED);
  open_tab (self, "files");
  UI_WAIT_UNTIL (ui_window_find (self, "copy-path") != NULL &&
                 ui_ready (ui_window_find (self, "copy-path")));
  UI_WAIT_UNTIL (ui_window_find (self, "files") != NULL);
  ui_picture (self->top, "files");
  ui_click (ui_window_find (self, "copy-path"), 0.5, 0.5);
  ui_settle (200);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (self->top), NULL, text_cb, &text);
  UI_WAIT_UNTIL (text != NULL);
  g_assert_cmpstr (text, ==, wb_run_get_folder (ui_window_get_run (self, NAME)));
}

/* Paused by its button, gone on with by Resume, stopped with the best. */
static void
test_pause_and_resume (UiWindow *self, gconstpointer data)
{
  guint64 step;

  make_inputs (self, WB_SAMPLE_ORDER);
  start_run (self, "sample-order", 500000);
  open_tab (self, "charts");
  UI_WAIT_UNTIL (wb_run_get_step (ui_window_get_run (self, NAME)) > 20);
  UI_WAIT_UNTIL (wb_run_get_seconds_left (ui_window_get_run (self, NAME)) > 0);
  ui_click (ui_window_find (self, "pause"), 0.5, 0.5);
  UI_WAIT_UNTIL (status_of (self) == WB_RUN_PAUSED);
  step = wb_run_get_step (ui_window_get_run (self, NAME));
  UI_WAIT_UNTIL (gtk_widget_get_mapped (ui_window_find (self, "resume")));
  g_assert_false (gtk_widget_get_visible (ui_window_find (self, "pause")));
  ui_picture (self->top, "paused");
  ui_click (ui_window_find (self, "resume"), 0.5, 0.5);
  UI_WAIT_UNTIL (status_of (self) == WB_RUN_RUNNING);
  UI_WAIT_UNTIL (wb_run_get_step (ui_window_get_run (self, NAME)) > step);
  UI_WAIT_UNTIL (gtk_widget_get_mapped (ui_window_find (self, "stop-keep")));
  ui_click (ui_window_find (self, "stop-keep"), 0.5, 0.5);
  UI_WAIT_UNTIL (status_of (self) == WB_RUN_FINISHED);
}

static void
add (const char *path, void (*test) (UiWindow *self, gconstpointer data))
{
  g_test_add (path, UiWindow, NULL, ui_window_set_up, test, ui_window_tear_down);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  wb_run_launcher_set_program (g_getenv ("WB_PROGRAM"));
  add ("/ui/watch/findings", test_findings);
  add ("/ui/watch/choose", test_choose);
  add ("/ui/watch/words", test_words);
  add ("/ui/watch/try-it", test_try_it);
  add ("/ui/watch/try-words", test_try_words);
  add ("/ui/watch/files", test_files);
  add ("/ui/watch/pause-and-resume", test_pause_and_resume);
  return g_test_run ();
}
