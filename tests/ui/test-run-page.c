/* One run's page: live curves, what can be done, and undone. */
#include "ui-window.h"

#include "ui/pages/wb-run-page.h"
#include "ui/plots/wb-line-plot.h"
#include "ui/windows/wb-run-values.h"

#include <string.h>

#define RUNNING "rte small, seed 3"

static GtkWidget *
find_type (GtkWidget *root, GType type, const char *title)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type))
    {
      g_autofree char *is = NULL;

      g_object_get (root, "title", &is, NULL);
      if (g_strcmp0 (is, title) == 0)
        return root;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_type (child, type, title);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static WbLinePlot *
plot_of (UiWindow *self, const char *title)
{
  GtkWidget *plot = find_type (self->top, WB_TYPE_LINE_PLOT, title);

  return plot != NULL ? WB_LINE_PLOT (plot) : NULL;
}

static void
open_run (UiWindow *self, const char *name)
{
  wb_window_show_run (self->window, ui_window_get_run (self, name));
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "run-tabs")));
  gtk_test_widget_wait_for_draw (self->top);
}

static const char *
status_of (UiWindow *self)
{
  return gtk_label_get_label (GTK_LABEL (ui_window_find (self, "run-status")));
}

/* The row leads to the page, Escape back. */
static void
test_open (UiWindow *self, gconstpointer data)
{
  GtkWidget *view = ui_window_find (self, "runs");

  ui_click (view, 0.06,
            120.0 / gtk_widget_get_height (view)); /* somewhere in the second row or so */
  ui_key (view, GDK_KEY_Return, 0);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "run-tabs")));
  g_assert_true (
      g_str_has_suffix (gtk_window_get_title (GTK_WINDOW (self->window)), "DeBERTa Workbench"));
  UI_WAIT_UNTIL (!gtk_widget_get_mapped (view));
  ui_move_to (self->top, 0.5, 0.3);
  ui_key (self->top, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (gtk_widget_get_mapped (view));
  gtk_test_accessible_assert_property (ui_window_find (self, "back"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Back to all runs");
}

static void
test_curves (UiWindow *self, gconstpointer data)
{
  open_run (self, RUNNING);
  g_assert_cmpstr (status_of (self), ==, "Training 61 %");
  g_assert_cmpuint (wb_line_plot_get_n_points (plot_of (self, "Loss"), 0), ==, 286);
  g_assert_cmpuint (wb_line_plot_get_n_points (plot_of (self, "Loss"), 1), ==, 3); /* dev */
  g_assert_cmpuint (wb_line_plot_get_n_points (plot_of (self, "Accuracy"), 0), ==, 3);
  g_assert_cmpuint (wb_line_plot_get_n_points (plot_of (self, "Learning Rate"), 0), ==, 286);
  g_assert_cmpuint (wb_line_plot_get_n_points (plot_of (self, "Gradient Norm"), 0), ==, 286);
  g_assert_cmpuint (wb_line_plot_get_n_points (plot_of (self, "Tokens per Second"), 0), ==, 286);
  gtk_test_accessible_assert_role (plot_of (self, "Loss"), GTK_ACCESSIBLE_ROLE_IMG);
  ui_picture (self->top, "run");
}

/* One cursor for all charts. */
static void
test_shared_cursor (UiWindow *self, gconstpointer data)
{
  g_autofree char *readout = NULL;

  open_run (self, RUNNING);
  g_object_set (plot_of (self, "Gradient Norm"), "cursor", 100.0, NULL);
  readout = wb_line_plot_dup_readout (plot_of (self, "Learning Rate"));
  g_assert_true (g_str_has_prefix (readout, "step 100: "));
}

static GtkWidget *
find_chooser (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);

      if (GTK_IS_FILE_CHOOSER (window) && ui_ready (window))
        return window;
    }
  return NULL;
}

/* From the chart's menu to the file, by keyboard but for the first click. */
static void
test_export_chart (UiWindow *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->home, "exported.svg", NULL), *picture = NULL;
  GtkWidget       *menu;

#ifdef __SANITIZE_ADDRESS__
  g_test_skip ("GTK 4.8's file chooser leaks, and its stacks do not say that it was GTK");
  return;
#endif
  open_run (self, RUNNING);
  menu = ui_window_find (self, "chart-menu");
  gtk_test_accessible_assert_property (menu, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Menu of the chart “Loss”");
  ui_click (menu, 0.5, 0.5);
  UI_WAIT_UNTIL (ui_ready (GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (menu)))));
  ui_settle (100);
  ui_picture (self->top, "chart-menu");
  ui_key (menu, GDK_KEY_Up, 0); /* from the first to the last */
  ui_key (menu, GDK_KEY_Return, 0);
  UI_WAIT_UNTIL (find_chooser () != NULL);
  ui_move_to (find_chooser (), 0.5, 0.5);
  ui_settle (200);
  ui_key (find_chooser (), GDK_KEY_a, GDK_CONTROL_MASK);
  ui_type (find_chooser (), path);
  ui_settle (100);
  ui_key (find_chooser (), GDK_KEY_Return, 0);
  UI_WAIT_UNTIL (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (path, &picture, NULL, NULL));
  g_assert_nonnull (strstr (picture, "<title>Loss</title>"));
  g_assert_nonnull (strstr (picture, ">training</text>"));
  UI_WAIT_UNTIL (find_chooser () == NULL);
}

/* Steps that another process stores are drawn within a second, status and bar with them. */
static void
test_live (UiWindow *self, gconstpointer data)
{
  static const UiRun run = { "live", "tiny", "mrpc", "f1", WB_RECORD_RUNNING, NULL, 5, 0,
                             200,    0.8,    0,      20 };
  const gint64       id = ui_add_run (self->store, self->home, &run);
  GtkProgressBar    *bar;
  gint64             from;

  UI_WAIT_UNTIL (ui_window_get_run (self, "live") != NULL);
  open_run (self, "live");
  g_assert_cmpuint (wb_line_plot_get_n_points (plot_of (self, "Loss"), 0), ==, 0);
  ui_picture (self->top, "run-without-points");
  bar = GTK_PROGRESS_BAR (ui_window_find (self, "run-progress"));
  for (gint64 step = 1; step <= 200; step += 20)
    ui_run_goes_on (self->store, id, &run, step, step + 19);
  from = g_get_monotonic_time ();
  UI_WAIT_UNTIL (wb_line_plot_get_n_points (plot_of (self, "Loss"), 0) == 200);
  g_test_message ("drawn after %.0f ms", (double) (g_get_monotonic_time () - from) / 1000);
  g_assert_cmpuint (wb_line_plot_get_n_series (plot_of (self, "Metrics")), ==, 2);
  g_assert_cmpuint (wb_line_plot_get_n_points (plot_of (self, "Metrics"), 0), ==, 10);
  UI_WAIT_UNTIL (gtk_progress_bar_get_fraction (bar) == 1);
}

static void
assert_request (UiWindow *self, WbRequest request)
{
  WbRequest asked = WB_REQUEST_NONE;
  WbRun    *run = ui_window_get_run (self, RUNNING);

  UI_WAIT_UNTIL (wb_store_get_run_request (self->store, wb_run_get_id (run), &asked, NULL) &&
                 asked == request);
  UI_WAIT_UNTIL (g_str_equal (status_of (self), "Stopping"));
}

static void
test_stop (UiWindow *self, gconstpointer data)
{
  open_run (self, RUNNING);
  g_assert_false (gtk_widget_get_visible (ui_window_find (self, "resume")));
  ui_click (ui_window_find (self, "stop"), 0.5, 0.5);
  assert_request (self, WB_REQUEST_STOP);
}

static void
test_stop_keep (UiWindow *self, gconstpointer data)
{
  open_run (self, RUNNING);
  ui_click (ui_window_find (self, "stop-keep"), 0.5, 0.5);
  assert_request (self, WB_REQUEST_STOP_KEEP_BEST);
}

/* Why a run cannot go on is on its page. */
static void
test_why_not (UiWindow *self, gconstpointer data)
{
  open_run (self, "mrpc small");
  UI_WAIT_UNTIL (gtk_widget_get_visible (ui_window_find (self, "resume")));
  g_assert_true (gtk_widget_get_sensitive (ui_window_find (self, "resume")));
  open_run (self, "mrpc xsmall");
  g_assert_false (gtk_widget_get_sensitive (ui_window_find (self, "resume")));
  ui_picture (self->top, "diverged");
  open_run (self, "cola small");
  ui_picture (self->top, "failed");
}

static GtkWidget *
find_type_name (GtkWidget *root, const char *name)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (root), name))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_type_name (child, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* The toast's own action; the button that closes it comes after. */
static GtkWidget *
toast_button (UiWindow *self)
{
  GtkWidget *toast = find_type_name (self->top, "AdwToastWidget");

  return toast != NULL ? find_type_name (toast, "GtkButton") : NULL;
}

static void
test_delete_and_undo (UiWindow *self, gconstpointer data)
{
  open_run (self, "mrpc small");
  ui_move_to (self->top, 0.5, 0.3);
  ui_key (self->top, GDK_KEY_Delete, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (ui_window_get_run (self, "mrpc small") == NULL);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "runs")));
  g_assert_cmpuint (ui_window_count_rows (self), ==, 10);
  UI_WAIT_UNTIL (ui_ready (toast_button (self)));
  ui_picture (self->top, "deleted");
  ui_click (toast_button (self), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_window_get_run (self, "mrpc small") != NULL);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 11);
}

static void
test_rename (UiWindow *self, gconstpointer data)
{
  GtkWidget *entry;

  open_run (self, "mrpc small");
  ui_move_to (self->top, 0.5, 0.3);
  ui_key (self->top, GDK_KEY_F2, 0);
  UI_WAIT_UNTIL (ui_toplevel ("rename") != NULL && ui_ready (ui_toplevel ("rename")));
  entry = ui_find (ui_toplevel ("rename"), "rename-entry");
  ui_click (entry, 0.5, 0.5);
  ui_key (entry, GDK_KEY_a, GDK_CONTROL_MASK);
  ui_type (entry, "better name\n");
  UI_WAIT_UNTIL (ui_toplevel ("rename") == NULL);
  UI_WAIT_UNTIL (ui_window_get_run (self, "better name") != NULL);
}

/* What a run changed of its recipe; its settings are kept under a name. */
static void
test_recipe (UiWindow *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->home, "recipes", "mine 2.ini", NULL);
  g_autofree char *text = NULL;
  GtkWidget       *entry, *group;

  open_run (self, "mrpc small");
  gtk_stack_set_visible_child_name (GTK_STACK (ui_window_find (self, "run-tabs")), "settings");
  gtk_test_widget_wait_for_draw (self->top);
  group = find_type (self->top, ADW_TYPE_PREFERENCES_GROUP, "Departures From the Recipe");
  g_assert_nonnull (group);
  g_assert_nonnull (find_type (group, ADW_TYPE_ACTION_ROW, "Learning rate"));
  g_assert_nonnull (find_type (group, ADW_TYPE_ACTION_ROW, "Batch size"));
  g_assert_null (find_type (group, ADW_TYPE_ACTION_ROW, "Epochs"));
  g_assert_nonnull (find_type (self->top, ADW_TYPE_ACTION_ROW, "MRPC, as published"));
  ui_picture (self->top, "run-recipe");

  gtk_widget_activate_action (ui_window_find (self, "run-tabs"), "run.save-recipe", NULL);
  UI_WAIT_UNTIL (ui_toplevel ("save-recipe") != NULL && ui_ready (ui_toplevel ("save-recipe")));
  entry = ui_find (ui_toplevel ("save-recipe"), "recipe-name");
  ui_click (entry, 0.5, 0.5);
  ui_type (entry, "mine 2\n");
  UI_WAIT_UNTIL (ui_toplevel ("save-recipe") == NULL);
  UI_WAIT_UNTIL (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\nlearning-rate=4.5e-5\n"));
  g_assert_nonnull (strstr (text, "\ntask=mrpc\n"));
}

/* The charts' twin: a row for each step, numbers for other programs. */
static void
test_values (UiWindow *self, gconstpointer data)
{
  g_autofree char *csv = NULL;
  GtkWidget       *window;
  GtkColumnView   *view;

  open_run (self, RUNNING);
  ui_move_to (self->top, 0.5, 0.3);
  ui_key (self->top, GDK_KEY_t, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (ui_toplevel ("run-values") != NULL && ui_ready (ui_toplevel ("run-values")));
  window = ui_toplevel ("run-values");
  view = GTK_COLUMN_VIEW (ui_find (window, "values"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (view))), ==,
                    286);
  csv = wb_run_values_dup_csv (WB_RUN_VALUES (window));
  g_assert_true (g_str_has_prefix (
      csv,
      "step,train/loss,train/grad_norm,train/lr,train/tokens_per_second,dev/accuracy,dev/loss\n"
      "1,"));
  g_assert_nonnull (strstr (csv, "\n78,")); /* the first evaluation */
  ui_picture (window, "values");
  ui_destroy (window);
}

/* Closing while something runs asks. */
static void
test_close (UiWindow *self, gconstpointer data)
{
  gtk_window_close (GTK_WINDOW (self->window));
  UI_WAIT_UNTIL (ui_toplevel ("close") != NULL && ui_ready (ui_toplevel ("close")));
  ui_picture (ui_toplevel ("close"), "close");
  ui_key (ui_toplevel ("close"), GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (ui_toplevel ("close") == NULL);
  g_assert_nonnull (ui_toplevel ("workbench"));
}

static void
add (const char *path, void (*test) (UiWindow *, gconstpointer))
{
  g_test_add (path, UiWindow, "samples", ui_window_set_up, test, ui_window_tear_down);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  add ("/ui/run-page/open", test_open);
  add ("/ui/run-page/curves", test_curves);
  add ("/ui/run-page/shared-cursor", test_shared_cursor);
  add ("/ui/run-page/export-chart", test_export_chart);
  add ("/ui/run-page/live", test_live);
  add ("/ui/run-page/stop", test_stop);
  add ("/ui/run-page/stop-keep", test_stop_keep);
  add ("/ui/run-page/why-not", test_why_not);
  add ("/ui/run-page/delete", test_delete_and_undo);
  add ("/ui/run-page/rename", test_rename);
  add ("/ui/run-page/recipe", test_recipe);
  add ("/ui/run-page/values", test_values);
  add ("/ui/run-page/close", test_close);
  return g_test_run ();
}
