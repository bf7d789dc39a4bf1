/* The queue in the window, by real pointer and keys: order, removal with Undo, pause, and a machine
 * that stops in the middle. */
#include "config.h"

#include "ui-window.h"

#include "app/runs/wb-run-launcher-private.h"
#include "data/store/wb-store-queue.h"
#include "tests/support/wb-test-model-folder.h"
#include "tests/support/wb-test-text.h"
#include "ui/widgets/wb-queue-row.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const UiRun running = { "first", "tiny", "rte", "accuracy", WB_RECORD_RUNNING, NULL, 1, 10,
                               50,      0.5,    0,     10 };

static void
add_waiting (UiWindow *self, const char *name)
{
  const UiRun  run = { name, "tiny", "cola", "mcc", WB_RECORD_QUEUED, NULL, 1, 0, 0, NAN, 0, 0 };
  const gint64 id = ui_add_run (self->store, self->home, &run);

  g_assert_true (wb_store_enqueue_run (self->store, id, FALSE, NULL));
}

/* (transfer full): names of what waits, as another process reads them. */
static char *
dup_waiting (UiWindow *self)
{
  g_autoptr (GPtrArray) records = wb_store_list_active (self->store, NULL);
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < records->len; i++)
    if (((WbRunRecord *) records->pdata[i])->status == WB_RECORD_QUEUED)
      g_string_append_printf (names, "%s%s", names->len > 0 ? " " : "",
                              ((WbRunRecord *) records->pdata[i])->name);
  return g_string_free (names, FALSE);
}

static gboolean
waits_as (UiWindow *self, const char *expected)
{
  g_autofree char *names = dup_waiting (self);
  return strcmp (names, expected) == 0;
}

static gboolean
is_paused (UiWindow *self)
{
  gboolean paused;

  g_assert_true (wb_store_get_queue_paused (self->store, &paused, NULL));
  return paused;
}

/* The first descendant of this type, by name: libadwaita's own are not in its headers. */
static GtkWidget *
find_type (GtkWidget *root, const char *type)
{
  GtkWidget *found = NULL;

  if (root == NULL || g_strcmp0 (G_OBJECT_TYPE_NAME (root), type) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_type (child, type);
  return found;
}

/* The row at @i of what the view shows. */
static GtkWidget *
row_at (UiWindow *self, int i)
{
  GtkWidget *list = ui_window_find (self, "queue-waiting");

  return GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), i));
}

/* (transfer full): names as the view shows them. */
static char *
dup_shown (UiWindow *self)
{
  GString   *names = g_string_new (NULL);
  GtkWidget *row;

  for (int i = 0; (row = row_at (self, i)) != NULL; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? " " : "",
                            wb_run_get_name (wb_queue_row_get_run (WB_QUEUE_ROW (row))));
  return g_string_free (names, FALSE);
}

static gboolean
shows (UiWindow *self, const char *expected)
{
  g_autofree char *names = dup_shown (self);
  return strcmp (names, expected) == 0;
}

/* Of the page that is shown; each has one. */
static GtkWidget *
button_of (GtkWidget *root)
{
  GtkWidget *found = NULL;

  if (g_strcmp0 (gtk_widget_get_name (root), "activity") == 0 && ui_ready (root))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = button_of (child);
  return found;
}

static void
open_queue (UiWindow *self)
{
  UI_WAIT_UNTIL (button_of (self->top) != NULL);
  ui_click (button_of (self->top), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "queue")));
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "queue-pause")));
  ui_settle (100);
}

/* A window that is destroyed under its popover leaves X's grab to the next one. */
static void
close_queue (UiWindow *self)
{
  GtkWidget *queue = ui_window_find (self, "queue");

  if (queue == NULL || !gtk_widget_get_mapped (queue))
    return;
  ui_key (self->top, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (!gtk_widget_get_mapped (queue));
}

static void
three_wait (UiWindow *self)
{
  ui_add_run (self->store, self->home, &running);
  add_waiting (self, "a");
  add_waiting (self, "b");
  add_waiting (self, "c");
  open_queue (self);
  UI_WAIT_UNTIL (shows (self, "a b c"));
  UI_WAIT_UNTIL (ui_ready (row_at (self, 2)));
}

/* ---- order ---- */

static void
drag (UiWindow *self, int from, GtkWidget *over, double fy)
{
  GtkWidget *handle = ui_find (row_at (self, from), "queue-handle");

  ui_move_to (handle, 0.5, 0.5);
  ui_settle (50);
  ui_press (handle, TRUE);
  ui_settle (50);
  for (guint i = 1; i <= 4; i++) /* as a hand does */
    {
      ui_move_to (over, 0.1, fy * i / 4 + 0.5 * (4 - i) / 4);
      ui_settle (40);
    }
}

static void
test_drag (UiWindow *self, gconstpointer data)
{
  three_wait (self);
  drag (self, 2, row_at (self, 0), 0.2);
  UI_WAIT_UNTIL (shows (self, "c a b")); /* while it is held */
  g_assert_true (waits_as (self, "a b c"));
  ui_picture (gtk_widget_get_ancestor (ui_window_find (self, "queue"), GTK_TYPE_POPOVER),
              "queue-drag");
  ui_press (self->top, FALSE);
  UI_WAIT_UNTIL (waits_as (self, "c a b"));
  UI_WAIT_UNTIL (shows (self, "c a b"));
  drag (self, 0, row_at (self, 2), 0.8);
  UI_WAIT_UNTIL (shows (self, "a b c"));
  ui_press (self->top, FALSE);
  UI_WAIT_UNTIL (waits_as (self, "a b c"));
}

/* What another process does meanwhile waits until the row is let go. */
static void
test_drag_meanwhile (UiWindow *self, gconstpointer data)
{
  three_wait (self);
  drag (self, 2, row_at (self, 0), 0.2);
  UI_WAIT_UNTIL (shows (self, "c a b"));
  add_waiting (self, "d");
  ui_settle (400);
  g_assert_true (shows (self, "c a b"));
  ui_press (self->top, FALSE);
  UI_WAIT_UNTIL (waits_as (self, "c a b d"));
  UI_WAIT_UNTIL (shows (self, "c a b d"));
}

/* Without a pointer: opened, walked through, moved, taken out and put back, closed. */
static void
test_keyboard (UiWindow *self, gconstpointer data)
{
  GtkWidget *queue;

  ui_add_run (self->store, self->home, &running);
  add_waiting (self, "a");
  add_waiting (self, "b");
  add_waiting (self, "c");
  UI_WAIT_UNTIL (button_of (self->top) != NULL);
  ui_move_to (self->top, 0.5, 0.9); /* keys go to the window under the pointer */
  ui_key (self->top, GDK_KEY_j, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL ((queue = ui_window_find (self, "queue")) != NULL && ui_ready (queue));
  UI_WAIT_UNTIL (shows (self, "a b c") && ui_ready (row_at (self, 2)));
  for (guint i = 0; i < 12 && !gtk_widget_has_focus (row_at (self, 0)); i++)
    {
      ui_key (self->top, GDK_KEY_Tab, 0);
      ui_settle (60);
    }
  g_assert_true (gtk_widget_has_focus (row_at (self, 0)));
  ui_key (self->top, GDK_KEY_Down, 0);
  ui_key (self->top, GDK_KEY_Down, 0);
  UI_WAIT_UNTIL (gtk_widget_has_focus (row_at (self, 2)));
  ui_key (self->top, GDK_KEY_Up, GDK_ALT_MASK);
  UI_WAIT_UNTIL (waits_as (self, "a c b"));
  ui_key (self->top, GDK_KEY_Up, GDK_ALT_MASK);
  UI_WAIT_UNTIL (waits_as (self, "c a b"));
  ui_key (self->top, GDK_KEY_Up, GDK_ALT_MASK); /* it is the first already */
  ui_key (self->top, GDK_KEY_End, GDK_ALT_MASK);
  UI_WAIT_UNTIL (waits_as (self, "a b c"));
  UI_WAIT_UNTIL (gtk_widget_has_focus (row_at (self, 2)));
  ui_key (self->top, GDK_KEY_Home, GDK_ALT_MASK);
  UI_WAIT_UNTIL (waits_as (self, "c a b"));
  ui_key (self->top, GDK_KEY_Down, GDK_ALT_MASK);
  UI_WAIT_UNTIL (waits_as (self, "a c b"));
  ui_key (self->top, GDK_KEY_Delete, 0);
  UI_WAIT_UNTIL (waits_as (self, "a b"));
  ui_key (self->top, GDK_KEY_z, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (waits_as (self, "a c b"));
  ui_key (self->top, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (!gtk_widget_get_mapped (ui_window_find (self, "queue")));
}

/* ---- removal, pause ---- */

static void
test_drop (UiWindow *self, gconstpointer data)
{
  GtkWidget *toast;

  three_wait (self);
  ui_click (ui_find (row_at (self, 1), "queue-drop"), 0.5, 0.5);
  UI_WAIT_UNTIL (waits_as (self, "a c"));
  UI_WAIT_UNTIL (shows (self, "a c"));
  UI_WAIT_UNTIL (wb_run_get_status (ui_window_get_run (self, "b")) == WB_RUN_STOPPED);
  ui_settle (300);
  toast = find_type (ui_window_find (self, "queue"), "AdwToastWidget");
  UI_WAIT_UNTIL (ui_ready (toast));
  ui_picture (gtk_widget_get_ancestor (toast, GTK_TYPE_POPOVER), "queue-undo");
  ui_click (find_type (toast, "GtkButton"), 0.5, 0.5);
  UI_WAIT_UNTIL (waits_as (self, "a b c"));
  UI_WAIT_UNTIL (shows (self, "a b c"));
  UI_WAIT_UNTIL (wb_run_get_status (ui_window_get_run (self, "b")) == WB_RUN_QUEUED);
}

static void
test_pause (UiWindow *self, gconstpointer data)
{
  three_wait (self);
  g_assert_false (gtk_widget_get_visible (ui_window_find (self, "queue-note")));
  ui_click (ui_window_find (self, "queue-pause"), 0.5, 0.5);
  UI_WAIT_UNTIL (is_paused (self));
  UI_WAIT_UNTIL (gtk_widget_get_visible (ui_window_find (self, "queue-note")));
  ui_settle (300);
  ui_picture (gtk_widget_get_ancestor (ui_window_find (self, "queue"), GTK_TYPE_POPOVER),
              "queue-paused");
  ui_click (ui_window_find (self, "queue-pause"), 0.5, 0.5);
  UI_WAIT_UNTIL (!is_paused (self));
  /* and when a command line pauses it */
  g_assert_true (wb_store_set_queue_paused (self->store, TRUE, NULL));
  UI_WAIT_UNTIL (gtk_widget_get_visible (ui_window_find (self, "queue-note")));
}

/* ---- the button ---- */

/* There while something runs or waits, on both pages; a row leads to its run's page. */
static void
test_button (UiWindow *self, gconstpointer data)
{
  g_assert_null (button_of (self->top));
  add_waiting (self, "a");
  open_queue (self);
  UI_WAIT_UNTIL (shows (self, "a"));
  ui_click (row_at (self, 0), 0.4, 0.5);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "run-tabs")));
  UI_WAIT_UNTIL (!gtk_widget_get_mapped (ui_window_find (self, "queue")));
  UI_WAIT_UNTIL (button_of (self->top) != NULL); /* of this page */
}

/* What runs: phase, step and time left, as they change. */
static void
test_running (UiWindow *self, gconstpointer data)
{
  const gint64 id = ui_add_run (self->store, self->home, &running);
  GtkLabel    *status, *phases;

  open_queue (self);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "queue-status")));
  status = GTK_LABEL (ui_window_find (self, "queue-status"));
  g_assert_cmpstr (gtk_label_get_label (status), ==, "Training 20 % · step 10 of 50");
  ui_run_goes_on (self->store, id, &running, 11, 40);
  UI_WAIT_UNTIL (strcmp (gtk_label_get_label (status), "Training 80 % · step 40 of 50") == 0);
  phases = GTK_LABEL (ui_window_find (self, "queue-phases"));
  g_assert_nonnull (strstr (gtk_label_get_label (phases), "<b>Training</b>"));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (ui_window_find (self, "queue-left"))), ==,
                   "17 s left");
}

/* Nothing runs or waits: the queue says what belongs there. */
static void
test_empty (UiWindow *self, gconstpointer data)
{
  ui_move_to (self->top, 0.5, 0.9);
  ui_key (self->top, GDK_KEY_j, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "queue-new-run")));
  ui_settle (200);
  ui_picture (gtk_widget_get_ancestor (ui_window_find (self, "queue"), GTK_TYPE_POPOVER),
              "queue-empty");
  ui_key (self->top, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (!gtk_widget_get_mapped (ui_window_find (self, "queue")));
  UI_WAIT_UNTIL (button_of (self->top) == NULL);
}

/* A phone's width: the button is there, the queue fits, its rows move. */
static void
test_narrow (UiWindow *self, gconstpointer data)
{
  gtk_window_set_default_size (GTK_WINDOW (self->window), 360, 640);
  UI_WAIT_UNTIL (gtk_widget_get_width (self->top) < 400);
  three_wait (self);
  g_assert_cmpint (gtk_widget_get_width (ui_window_find (self, "queue")), <=, 360);
  drag (self, 2, row_at (self, 0), 0.2);
  ui_press (self->top, FALSE);
  UI_WAIT_UNTIL (waits_as (self, "c a b"));
}

/* ---- the whole way ---- */

static void
write_pairs (const char *path)
{
  g_auto (GStrv) sentences = wb_test_text_new (32, 5);
  g_autoptr (GString) text = g_string_new ("index\tsentence1\tsentence2\tlabel\n");

  for (guint i = 0; i < 16; i++)
    g_string_append_printf (text, "%u\t%s\t%s\t%s\n", i, sentences[2 * i], sentences[2 * i + 1],
                            i % 2 == 0 ? "entailment" : "not_entailment");
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
}

/* A tiny model, and a file of RTE. */
static void
prepare (UiWindow *self)
{
  g_autofree char *model = g_build_filename (self->home, "tiny", NULL);
  g_autofree char *train = g_build_filename (self->home, "train.tsv", NULL);

  wb_test_model_folder_make (model);
  write_pairs (train);
}

static void
launch (UiWindow *self, const char *name, const char *steps)
{
  WbWorkspace *workspace = wb_window_get_workspace (self->window);
  g_autoptr (WbRunSpec) spec = wb_run_spec_new (workspace);
  g_autofree char *model = g_build_filename (self->home, "tiny", NULL);
  g_autofree char *train = g_build_filename (self->home, "train.tsv", NULL);
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GError) error = NULL;
  const char *const fields[] = { "model",      model, "task",    "rte", "train",      train,
                                 "name",       name,  "threads", "1",   "max-steps",  steps,
                                 "max-length", "32",  "dev",     train, "eval-every", "0" };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i += 2)
    g_assert_true (wb_run_spec_set (spec, fields[i], fields[i + 1], NULL));
  ids = wb_run_launcher_launch (spec, WB_LAUNCH_QUEUE, &error);
  g_assert_no_error (error);
}

/* The process and its parent, which guards it, as a machine that stops would. */
static void
kill_family (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  g_autofree char *text = NULL;
  int              parent;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpint (sscanf (strrchr (text, ')'), ") %*c %d", &parent), ==, 1);
  g_assert_cmpint (parent, !=, getpid ());
  kill (parent, SIGKILL);
  kill (pid, SIGKILL);
}

static WbRunStatus
status_of (UiWindow *self, const char *name)
{
  WbRun *run = ui_window_get_run (self, name);
  return run != NULL ? wb_run_get_status (run) : WB_RUN_QUEUED;
}

/* The window and whatever works are killed in mid-run.  Opened again, the window shows where
 * everything stood, and the queue goes on by itself. */
static void
test_reopen (UiWindow *self, gconstpointer data)
{
  g_autoptr (GPtrArray) records = NULL;

  prepare (self);
  launch (self, "long", "1000000");
  launch (self, "second", "3");
  launch (self, "third", "3");
  UI_WAIT_UNTIL (status_of (self, "long") == WB_RUN_RUNNING);
  open_queue (self);
  UI_WAIT_UNTIL (shows (self, "second third"));
  drag (self, 1, row_at (self, 0), 0.2);
  ui_press (self->top, FALSE);
  UI_WAIT_UNTIL (waits_as (self, "third second"));
  UI_WAIT_UNTIL (wb_run_get_step (ui_window_get_run (self, "long")) > 0);

  records = wb_store_list_active (self->store, NULL);
  close_queue (self);
  ui_destroy (self->window);
  kill_family ((pid_t) ((WbRunRecord *) records->pdata[0])->pid);
  g_application_activate (G_APPLICATION (self->application));
  self->top = ui_toplevel ("workbench");
  self->window = WB_WINDOW (self->top);
  ui_present (GTK_WINDOW (self->window));
  UI_WAIT_UNTIL (status_of (self, "long") == WB_RUN_INTERRUPTED);
  UI_WAIT_UNTIL (status_of (self, "third") == WB_RUN_FINISHED);
  UI_WAIT_UNTIL (status_of (self, "second") == WB_RUN_FINISHED);
  g_assert_cmpint (status_of (self, "long"), ==, WB_RUN_INTERRUPTED);
  g_assert_true (wb_run_can_resume (ui_window_get_run (self, "long"), NULL));
}

/* Lines of CoLA: from, whether it is acceptable, note, sentence. */
static void
write_cola (const char *folder, const char *file)
{
  g_auto (GStrv) sentences = wb_test_text_new (16, 7);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 16; i++)
    g_string_append_printf (text, "a\t%u\t\t%s\n", i % 2, sentences[i]);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
}

static void
set_text (GtkWidget *dialog, const char *field, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (ui_find (dialog, field)), text);
}

static const char *
text_of (GtkWidget *dialog, const char *field)
{
  return gtk_editable_get_text (GTK_EDITABLE (ui_find (dialog, field)));
}

/* From the dialog to the end of the queue, which is paused, and on from there. */
static void
test_add (UiWindow *self, gconstpointer data)
{
  g_autofree char *model = g_build_filename (self->home, "tiny", NULL);
  GtkWidget       *dialog;

  wb_test_model_folder_make (model);
  write_cola (self->home, "train.tsv");
  write_cola (self->home, "dev.tsv");
  g_assert_true (wb_store_set_queue_paused (self->store, TRUE, NULL));
  ui_move_to (self->top, 0.5, 0.9);
  ui_key (self->top, GDK_KEY_n, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL ((dialog = ui_toplevel ("new-run-dialog")) != NULL && ui_ready (dialog));
  g_assert_false (gtk_widget_get_sensitive (ui_find (dialog, "enqueue")));
  set_text (dialog, "field-model", model);
  set_text (dialog, "field-data", self->home);
  set_text (dialog, "field-name", "added");
  set_text (dialog, "field-seed", "1, 2");
  set_text (dialog, "field-max-steps", "2");
  set_text (dialog, "field-max-length", "32");
  UI_WAIT_UNTIL (gtk_widget_get_sensitive (ui_find (dialog, "enqueue")));
  ui_picture (dialog, "queue-add");
  ui_click (ui_find (dialog, "enqueue"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_toplevel ("new-run-dialog") == NULL);
  UI_WAIT_UNTIL (waits_as (self, "added · seed 1 added · seed 2"));
  g_assert_true (is_paused (self));
  open_queue (self);
  UI_WAIT_UNTIL (shows (self, "added · seed 1 added · seed 2"));
  ui_click (ui_window_find (self, "queue-pause"), 0.5, 0.5);
  UI_WAIT_UNTIL (status_of (self, "added · seed 1") == WB_RUN_FINISHED);
  UI_WAIT_UNTIL (status_of (self, "added · seed 2") == WB_RUN_FINISHED);
}

/* A run that waits, duplicated and edited: the form begins as that is, and what it is stays. */
static void
test_duplicate (UiWindow *self, gconstpointer data)
{
  GtkWidget *dialog;

  wb_store_set_queue_paused (self->store, TRUE, NULL);
  prepare (self);
  launch (self, "mine", "3");
  open_queue (self);
  UI_WAIT_UNTIL (shows (self, "mine"));
  UI_WAIT_UNTIL (ui_ready (row_at (self, 0)));
  ui_click (row_at (self, 0), 0.4, 0.5);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "run-tabs")));
  ui_settle (200);
  ui_move_to (self->top, 0.5, 0.9);
  ui_key (self->top, GDK_KEY_d, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL ((dialog = ui_toplevel ("new-run-dialog")) != NULL && ui_ready (dialog));
  UI_WAIT_UNTIL (gtk_widget_get_sensitive (ui_find (dialog, "enqueue")));
  g_assert_cmpstr (text_of (dialog, "field-name"), ==, "mine (copy)");
  g_assert_cmpstr (text_of (dialog, "field-max-steps"), ==, "3");
  g_assert_cmpstr (text_of (dialog, "field-max-length"), ==, "32");
  set_text (dialog, "field-max-steps", "4");
  set_text (dialog, "field-name", "edited");
  ui_settle (200);
  UI_WAIT_UNTIL (gtk_widget_get_sensitive (ui_find (dialog, "enqueue")));
  ui_picture (dialog, "queue-duplicate");
  ui_click (ui_find (dialog, "enqueue"), 0.5, 0.5);
  UI_WAIT_UNTIL (waits_as (self, "mine edited"));
}

static void
tear_down (UiWindow *self, gconstpointer data)
{
  close_queue (self);
  ui_window_tear_down (self, data);
}

static void
add (const char *path, void (*test) (UiWindow *, gconstpointer))
{
  g_test_add (path, UiWindow, NULL, ui_window_set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  wb_run_launcher_set_program (g_getenv ("WB_PROGRAM"));
  add ("/ui/queue/drag", test_drag);
  add ("/ui/queue/drag-meanwhile", test_drag_meanwhile);
  add ("/ui/queue/keyboard", test_keyboard);
  add ("/ui/queue/drop", test_drop);
  add ("/ui/queue/pause", test_pause);
  add ("/ui/queue/button", test_button);
  add ("/ui/queue/running", test_running);
  add ("/ui/queue/empty", test_empty);
  add ("/ui/queue/narrow", test_narrow);
  if (g_getenv ("WB_PROGRAM") != NULL)
    {
      add ("/ui/queue/reopen", test_reopen);
      add ("/ui/queue/add", test_add);
      add ("/ui/queue/duplicate", test_duplicate);
    }
  return g_test_run ();
}
