/* The list of runs: groups, choosing rows, what is done to them and taken back, columns. */
#include "ui-window.h"

#include "app/runs/wb-run-table.h"
#include "ui/pages/wb-runs-page-private.h"
#include "ui/widgets/wb-run-name.h"

#include <glib/gstdio.h>
#include <string.h>
#include <time.h>

static WbRunsPage *
page_of (UiWindow *self)
{
  return WB_RUNS_PAGE (gtk_widget_get_ancestor (ui_window_find (self, "runs"), WB_TYPE_RUNS_PAGE));
}

static WbRunRow *
row_at (UiWindow *self, guint i)
{
  WbRunRow *row = g_list_model_get_item (G_LIST_MODEL (page_of (self)->table), i);

  g_assert_nonnull (row);
  g_object_unref (row); /* the table has it */
  return row;
}

static void
assert_name (UiWindow *self, guint i, const char *name)
{
  g_autofree char *text = wb_run_row_dup_text (row_at (self, i), WB_RUN_COLUMN_NAME);

  g_assert_cmpstr (text, ==, name);
}

/* The name's cell of a row, in sight. */
static GtkWidget *
find_name (GtkWidget *widget, const char *name)
{
  GtkWidget *found = NULL;

  if (WB_IS_RUN_NAME (widget) && gtk_widget_get_mapped (widget) &&
      wb_run_name_get_row (WB_RUN_NAME (widget)) != NULL)
    {
      g_autofree char *text =
          wb_run_row_dup_text (wb_run_name_get_row (WB_RUN_NAME (widget)), WB_RUN_COLUMN_NAME);

      return g_str_equal (text, name) ? widget : NULL;
    }
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL && found == NULL;
       w = gtk_widget_get_next_sibling (w))
    found = find_name (w, name);
  return found;
}

static GtkWidget *
cell_of (UiWindow *self, const char *name)
{
  UI_WAIT_UNTIL (find_name (ui_window_find (self, "runs"), name) != NULL);
  return find_name (ui_window_find (self, "runs"), name);
}

static void
click_row (UiWindow *self, const char *name, GdkModifierType modifiers)
{
  UI_WAIT_UNTIL (ui_ready (cell_of (self, name)));
  ui_settle (500); /* columns have found their widths, and no double click comes of it */
  ui_click_with (cell_of (self, name), 0.4, 0.5, modifiers);
  UI_WAIT_UNTIL (gtk_window_get_focus (GTK_WINDOW (self->window)) != NULL);
}

static guint
n_chosen (UiWindow *self)
{
  g_autoptr (GPtrArray) runs = wb_runs_page_dup_chosen_runs (page_of (self));

  return runs->len;
}

/* A label with this text, in sight: a menu's entry, a title. */
static GtkWidget *
find_label (GtkWidget *widget, const char *text)
{
  GtkWidget *found = NULL;

  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) &&
      g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text))
    return widget;
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL && found == NULL;
       w = gtk_widget_get_next_sibling (w))
    found = find_label (w, text);
  return found;
}

static void
click_label (UiWindow *self, const char *text)
{
  UI_WAIT_UNTIL (find_label (self->top, text) != NULL);
  ui_click (find_label (self->top, text), 0.5, 0.5);
}

static GtkWidget *
undo_button (UiWindow *self)
{
  GtkWidget *label = find_label (self->top, "Undo");

  return label != NULL ? gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON) : NULL;
}

static void
undo (UiWindow *self)
{
  UI_WAIT_UNTIL (undo_button (self) != NULL && ui_ready (undo_button (self)));
  ui_click (undo_button (self), 0.5, 0.5);
}

/* Seeds become one row with mean and deviation; the arrow, and keys, show its runs. */
static void
test_groups (UiWindow *self, gconstpointer data)
{
  WbRunMean mean;

  ui_click (ui_window_find (self, "group"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 9);
  assert_name (self, 1, "rte small");
  wb_run_row_get_mean (row_at (self, 1), WB_RUN_COLUMN_BEST, &mean);
  g_assert_cmpuint (mean.n, ==, 3);
  g_assert_cmpfloat_with_epsilon (mean.mean, (0.8303 + 0.8231 + 0.8123) / 3, 1e-12);
  ui_picture (self->top, "groups");
  ui_click (ui_find (cell_of (self, "rte small"), "expand-group"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 12);
  assert_name (self, 2, "rte small, seed 3");
  click_row (self, "rte small", 0);
  UI_WAIT_UNTIL (n_chosen (self) == 3); /* a group is its runs */
  ui_key (self->top, GDK_KEY_Left, 0);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 9);
  ui_key (self->top, GDK_KEY_Right, 0);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 12);
  ui_picture (self->top, "groups-open");
  ui_click (ui_window_find (self, "group"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 11);
}

static void
test_choose (UiWindow *self, gconstpointer data)
{
  g_assert_false (gtk_widget_get_mapped (ui_window_find (self, "chosen")));
  click_row (self, "mrpc small", 0);
  UI_WAIT_UNTIL (n_chosen (self) == 1);
  ui_key (self->top, GDK_KEY_Down, GDK_SHIFT_MASK);
  ui_key (self->top, GDK_KEY_Down, GDK_SHIFT_MASK);
  UI_WAIT_UNTIL (n_chosen (self) == 3);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "chosen")));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (ui_window_find (self, "chosen"))), ==,
                   "3 runs chosen");
  ui_picture (self->top, "chosen");
  click_row (self, "stsb base", GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (n_chosen (self) == 4);
  click_row (self, "stsb base", GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (n_chosen (self) == 3);
  click_row (self, "stsb base", 0);
  UI_WAIT_UNTIL (n_chosen (self) == 1);
  click_row (self, "qnli, long run", GDK_SHIFT_MASK);
  UI_WAIT_UNTIL (n_chosen (self) == 3);
  ui_key (self->top, GDK_KEY_a, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (n_chosen (self) == 11);
  ui_key (self->top, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (n_chosen (self) == 0);
  click_row (self, "mrpc small", 0);
  ui_key (self->top, GDK_KEY_Return, 0);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "run-tabs")));
}

/* Deleted at once, and back with everything; what runs stays, and says why. */
static void
test_delete_and_undo (UiWindow *self, gconstpointer data)
{
  g_autofree char *folder =
      g_strdup (wb_run_get_folder (ui_window_get_run (self, "rte small, seed 1")));

  click_row (self, "rte small, seed 3", 0);
  UI_WAIT_UNTIL (n_chosen (self) == 1);
  ui_key (self->top, GDK_KEY_Down, GDK_SHIFT_MASK);
  ui_key (self->top, GDK_KEY_Down, GDK_SHIFT_MASK);
  UI_WAIT_UNTIL (n_chosen (self) == 3);
  ui_key (self->top, GDK_KEY_Delete, 0);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 9);
  g_assert_nonnull (ui_window_get_run (self, "rte small, seed 3")); /* it runs */
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  undo (self);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 11);
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
}

static GtkWidget *
find_toast_close (GtkWidget *widget)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget) &&
      g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), "window-close-symbolic") == 0 &&
      gtk_widget_has_css_class (widget, "circular"))
    return widget;
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL && found == NULL;
       w = gtk_widget_get_next_sibling (w))
    found = find_toast_close (w);
  return found;
}

static gboolean
is_stored (UiWindow *self, gint64 id)
{
  g_autoptr (WbRunRecord) record = wb_store_get_run (self->store, id, NULL);

  return record != NULL;
}

/* When the toast goes, so does the run, with its files. */
static void
test_delete_for_good (UiWindow *self, gconstpointer data)
{
  WbRun           *run = ui_window_get_run (self, "stsb base");
  const gint64     id = wb_run_get_id (run);
  g_autofree char *trash = g_build_filename (self->home, "trash", NULL);
  g_autoptr (GDir) dir = NULL;

  click_row (self, "stsb base", 0);
  UI_WAIT_UNTIL (n_chosen (self) == 1 && ui_ready (ui_window_find (self, "delete-runs")));
  ui_click (ui_window_find (self, "delete-runs"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 10);
  UI_WAIT_UNTIL (find_toast_close (self->top) != NULL && ui_ready (find_toast_close (self->top)));
  {
    g_autoptr (WbRunRecord) record = wb_store_get_run (self->store, id, NULL);

    g_assert_cmpint (record->trashed, >, 1);
  }
  ui_click (find_toast_close (self->top), 0.5, 0.5);
  UI_WAIT_UNTIL (!is_stored (self, id));
  dir = g_dir_open (trash, 0, NULL);
  g_assert_null (g_dir_read_name (dir));
}

/* The program was killed while a deletion could still be undone: the run is back. */
static void
test_killed_before_undo (UiWindow *self, gconstpointer data)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autofree char *folder = g_strdup (wb_run_get_folder (ui_window_get_run (self, "stsb base")));
  WbWindow        *other;

  click_row (self, "stsb base", 0);
  ui_key (self->top, GDK_KEY_Delete, 0);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 10);
  workspace = wb_workspace_open (self->home, NULL);
  other = wb_window_new (NULL, workspace); /* as the next start would */
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 11);
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
  gtk_window_destroy (GTK_WINDOW (other));
}

static void
test_archive (UiWindow *self, gconstpointer data)
{
  click_row (self, "mrpc small", 0);
  click_row (self, "stsb base", GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (n_chosen (self) == 2);
  ui_click (ui_window_find (self, "archive-runs"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 9);
  undo (self);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 11);
  click_row (self, "mrpc small", 0);
  UI_WAIT_UNTIL (n_chosen (self) == 1 && ui_ready (ui_window_find (self, "archive-runs")));
  ui_settle (100);
  ui_click (ui_window_find (self, "archive-runs"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 10);
  ui_click (ui_window_find (self, "filter"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "filter-archived")));
  ui_click (ui_window_find (self, "filter-archived"), 0.2, 0.5);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 1);
  ui_key (self->top, GDK_KEY_Escape, 0);
  assert_name (self, 0, "mrpc small");
  ui_picture (self->top, "archived");
  click_row (self, "mrpc small", 0);
  UI_WAIT_UNTIL (n_chosen (self) == 1);
  ui_click (ui_window_find (self, "chosen-menu"), 0.5, 0.5);
  click_label (self, "Back from the Archive");
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 0);
  ui_click (ui_window_find (self, "show-all"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 11);
}

/* A click on a title orders the rows, another one the other way round; it is kept. */
static void
test_order (UiWindow *self, gconstpointer data)
{
  GSettings       *settings = page_of (self)->settings;
  g_autofree char *kept = NULL;

  click_label (self, "Best");
  UI_WAIT_UNTIL (wb_run_row_get_run (row_at (self, 0)) == ui_window_get_run (self, "mrpc xsmall"));
  ui_settle (600); /* no double click */
  click_label (self, "Best");
  UI_WAIT_UNTIL (wb_run_row_get_run (row_at (self, 0)) ==
                 ui_window_get_run (self, "qnli, long run"));
  assert_name (self, 1, "stsb base");
  if (settings == NULL)
    return;
  kept = g_settings_get_string (settings, "runs-order");
  g_assert_cmpstr (kept, ==, "-best");
  g_settings_reset (settings, "runs-order");
}

static void
test_filter (UiWindow *self, gconstpointer data)
{
  ui_click (ui_window_find (self, "filter"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "filter-rte")));
  ui_click (ui_window_find (self, "filter-finished"), 0.2, 0.5);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 5);
  ui_click (ui_window_find (self, "filter-stopped"), 0.2, 0.5);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 6);
  ui_picture (self->top, "filter");
  ui_click (ui_window_find (self, "filter-rte"), 0.2, 0.5);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 2);
  ui_key (self->top, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "filtered")));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (ui_window_find (self, "filtered"))), ==,
                   "2 of 11 runs are shown");
  ui_click (ui_window_find (self, "show-all"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 11);
}

static void
edit (UiWindow *self, const char *text)
{
  UI_WAIT_UNTIL (ui_window_find (self, "edit-text") != NULL &&
                 ui_ready (ui_window_find (self, "edit-text")));
  ui_key (self->top, GDK_KEY_a, GDK_CONTROL_MASK);
  ui_key (self->top, GDK_KEY_BackSpace, 0);
  ui_type (self->top, text);
}

/* Name, tags and note are changed over the row; what is wrong is said there. */
static void
test_edit (UiWindow *self, gconstpointer data)
{
  click_row (self, "mrpc small", 0);
  UI_WAIT_UNTIL (n_chosen (self) == 1);
  ui_key (self->top, GDK_KEY_F2, 0);
  edit (self, "\n");
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "edit-problem")));
  ui_picture (self->top, "rename");
  edit (self, "better name\n");
  UI_WAIT_UNTIL (ui_window_get_run (self, "better name") != NULL);
  UI_WAIT_UNTIL (ui_window_find (self, "edit-text") == NULL);
  click_row (self, "better name", 0);
  UI_WAIT_UNTIL (n_chosen (self) == 1);
  ui_settle (100);
  ui_key (self->top, GDK_KEY_Down, GDK_SHIFT_MASK);
  UI_WAIT_UNTIL (n_chosen (self) == 2);
  ui_key (self->top, GDK_KEY_t, GDK_CONTROL_MASK);
  edit (self, "paper weak\n");
  UI_WAIT_UNTIL (ui_window_find (self, "edit-text") == NULL);
  ui_key (self->top, GDK_KEY_t, GDK_CONTROL_MASK);
  edit (self, "weak\n");
  UI_WAIT_UNTIL (ui_window_find (self, "edit-text") == NULL);
  g_assert_true (wb_run_set_note (ui_window_get_run (self, "better name"), "wonderful", NULL));
  ui_key (self->top, GDK_KEY_f, GDK_CONTROL_MASK);
  ui_type (self->top, "WEAK");
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 2);
  ui_type (self->top, " wonderful");
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 1);
  ui_key (self->top, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 11);
}

/* The first of all, and what the others are compared with. */
static void
test_pin_and_baseline (UiWindow *self, gconstpointer data)
{
  WbRunRow *other;

  click_row (self, "rte small, seed 1", 0);
  UI_WAIT_UNTIL (n_chosen (self) == 1);
  ui_click (ui_window_find (self, "chosen-menu"), 0.5, 0.5);
  click_label (self, "Pin to the Top");
  UI_WAIT_UNTIL (wb_run_row_get_run (row_at (self, 0)) ==
                 ui_window_get_run (self, "rte small, seed 1"));
  g_assert_cmpuint (n_chosen (self), ==, 1); /* what is chosen moves with its row */
  ui_click (ui_window_find (self, "chosen-menu"), 0.5, 0.5);
  click_label (self, "Use as Baseline");
  UI_WAIT_UNTIL (find_label (ui_window_find (self, "runs"), "To Baseline") != NULL);
  other =
      wb_run_table_get_row (page_of (self)->table, ui_window_get_run (self, "rte small, seed 2"));
  UI_WAIT_UNTIL (wb_run_row_get_verdict (other, WB_RUN_COLUMN_BASELINE) == -1);
  ui_settle (100);
  ui_picture (self->top, "baseline");
  if (page_of (self)->settings != NULL)
    g_settings_reset (page_of (self)->settings, "runs-columns");
}

/* The titles in their order. */
static char *
dup_titles (UiWindow *self)
{
  GtkColumnView *view = GTK_COLUMN_VIEW (ui_window_find (self, "runs"));
  GListModel    *columns = gtk_column_view_get_columns (view);
  GString       *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                              gtk_column_view_column_get_title (column));
    }
  return g_string_free (text, FALSE);
}

static gboolean
titles_are (UiWindow *self, const char *titles)
{
  g_autofree char *text = dup_titles (self);

  return g_str_equal (text, titles);
}

/* Chosen, moved and dragged; the next window has them. */
static void
test_columns (UiWindow *self, gconstpointer data)
{
  GtkWidget *title, *next;

  ui_click (ui_window_find (self, "columns"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "column-loss")));
  ui_picture (self->top, "columns");
  ui_click (ui_window_find (self, "column-loss"), 0.2, 0.5);
  ui_click (ui_window_find (self, "column-last"), 0.2, 0.5);
  ui_click (ui_window_find (self, "column-published"), 0.2, 0.5);
  ui_click (ui_window_find (self, "column-seed"), 0.2, 0.5);
  UI_WAIT_UNTIL (titles_are (self, "Name, Status, Task, Model, Best, Seed, Duration, Started"));
  next = gtk_widget_get_next_sibling (ui_window_find (self, "column-task"));
  ui_click (next, 0.5, 0.5); /* to the front */
  UI_WAIT_UNTIL (titles_are (self, "Name, Task, Status, Model, Best, Seed, Duration, Started"));
  ui_key (self->top, GDK_KEY_space, 0); /* the keyboard is still on its button */
  UI_WAIT_UNTIL (titles_are (self, "Task, Name, Status, Model, Best, Seed, Duration, Started"));
  ui_key (self->top, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (!gtk_widget_get_mapped (ui_window_find (self, "column-loss")));
  ui_settle (200);
  title = find_label (ui_window_find (self, "runs"), "Model");
  ui_move_to (title, 0.5, 0.5);
  ui_settle (100);
  ui_press (title, TRUE);
  ui_settle (100);
  for (guint i = 0; i <= 10; i++)
    {
      ui_move_to (find_label (ui_window_find (self, "runs"), "Status"), 1 - i / 11.0, 0.5);
      ui_settle (60); /* a slow machine draws the column under way */
    }
  ui_press (title, FALSE);
  UI_WAIT_UNTIL (titles_are (self, "Task, Name, Model, Status, Best, Seed, Duration, Started"));
  if (page_of (self)->settings == NULL)
    return;
  {
    g_autoptr (WbWorkspace) workspace = wb_workspace_open (self->home, NULL);
    WbWindow *window = wb_window_new (GTK_APPLICATION (self->application), workspace);
    UiWindow  other = { .top = GTK_WIDGET (window) };

    g_assert_true (titles_are (&other, "Task, Name, Model, Status, Best, Seed, Duration, Started"));
    gtk_window_destroy (GTK_WINDOW (window));
  }
  g_settings_reset (page_of (self)->settings, "runs-columns");
}

/* What is chosen, or all that is shown, as a file. */
static void
test_csv (UiWindow *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->home, "runs.csv", NULL), *all = NULL;
  g_autofree char *one = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_runs_page_export (page_of (self), path, &error));
  g_assert_true (g_file_get_contents (path, &all, NULL, NULL));
  lines = g_strsplit (all, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 13); /* headings, 11 runs, the end */
  g_assert_true (g_str_has_prefix (lines[0], "id,runs,name,"));
  g_assert_true (g_str_has_prefix (lines[11], "1,1,\"qnli, long run\",finished,"));
  click_row (self, "rte small, seed 1", 0);
  UI_WAIT_UNTIL (n_chosen (self) == 1);
  g_assert_true (wb_runs_page_export (page_of (self), path, &error));
  g_assert_true (g_file_get_contents (path, &one, NULL, NULL));
  g_assert_nonnull (strstr (one, "\r\n8,1,\"rte small, seed 1\","));
  g_assert_null (strstr (one, "qnli"));
}

/* Of this thread: neither sleep nor others' work counts. */
static double
own_milliseconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* The longest piece of work of the main loop since @start, while a change is shown. */
static double
longest (double start)
{
  const gint64 end = g_get_monotonic_time () + 700 * 1000;
  double       most = own_milliseconds () - start;
  const guint  tick = g_timeout_add (5, wake_cb, NULL);

  while (g_get_monotonic_time () < end)
    {
      const double before = own_milliseconds ();

      g_main_context_iteration (NULL, TRUE);
      most = MAX (most, own_milliseconds () - before);
    }
  g_source_remove (tick);
  return most;
}

/* With 10,000 runs: how long the main loop is busy in one piece (docs/performance.md). */
static void
test_many (UiWindow *self, gconstpointer data)
{
  WbRunTable *table = page_of (self)->table;
  double      start = own_milliseconds ();

  wb_run_table_set_order (table, WB_RUN_COLUMN_BEST, TRUE);
  g_test_message ("order: %.0f ms", longest (start));
  start = own_milliseconds ();
  wb_run_table_set_text (table, "number 7");
  g_test_message ("search: %.0f ms", longest (start));
  start = own_milliseconds ();
  wb_run_table_set_text (table, "");
  g_test_message ("all again: %.0f ms", longest (start));
  start = own_milliseconds ();
  wb_run_table_set_statuses (table, 1u << WB_RUN_FINISHED);
  g_test_message ("filter: %.0f ms", longest (start));
  start = own_milliseconds ();
  wb_run_table_set_grouped (table, TRUE);
  g_test_message ("group: %.0f ms", longest (start));
}

/* GTK's tooltips look for the surface of a window that is gone: the pointer leaves the rows first.
 */
static void
tear_down (UiWindow *self, gconstpointer data)
{
  ui_move_to (self->top, 0.5, 0.01);
  ui_settle (100);
  ui_window_tear_down (self, data);
}

static void
add (const char *path, void (*test) (UiWindow *, gconstpointer))
{
  g_test_add (path, UiWindow, "samples", ui_window_set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  add ("/ui/runs-list/groups", test_groups);
  add ("/ui/runs-list/choose", test_choose);
  add ("/ui/runs-list/delete-and-undo", test_delete_and_undo);
  add ("/ui/runs-list/delete-for-good", test_delete_for_good);
  add ("/ui/runs-list/killed-before-undo", test_killed_before_undo);
  add ("/ui/runs-list/archive", test_archive);
  add ("/ui/runs-list/order", test_order);
  add ("/ui/runs-list/filter", test_filter);
  add ("/ui/runs-list/edit", test_edit);
  add ("/ui/runs-list/pin-and-baseline", test_pin_and_baseline);
  add ("/ui/runs-list/columns", test_columns);
  add ("/ui/runs-list/csv", test_csv);
  if (g_test_perf ()) /* -m perf */
    g_test_add ("/ui/runs-list/many", UiWindow, "10000", ui_window_set_up, test_many, tear_down);
  return g_test_run ();
}
