/* A run's charts: other axes, events from its log, a published score, a centred mean. */
#include "ui-window.h"

#include "data/store/wb-store-metrics.h"
#include "ui/plots/wb-line-plot.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define RUNNING "rte small, seed 3"

static WbLinePlot *
find_plot (GtkWidget *root, const char *title)
{
  if (WB_IS_LINE_PLOT (root))
    {
      g_autofree char *is = NULL;

      g_object_get (root, "title", &is, NULL);
      if (g_strcmp0 (is, title) == 0)
        return WB_LINE_PLOT (root);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      WbLinePlot *found = find_plot (child, title);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
open_run (UiWindow *self, const char *name)
{
  UI_WAIT_UNTIL (ui_window_get_run (self, name) != NULL);
  wb_window_show_run (self->window, ui_window_get_run (self, name));
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "run-tabs")));
  gtk_test_widget_wait_for_draw (self->top);
}

static void
choose (UiWindow *self, const char *action, const char *what)
{
  g_assert_true (
      gtk_widget_activate_action (GTK_WIDGET (find_plot (self->top, "Loss")), action, "s", what));
}

static char *
dup_readout (UiWindow *self, const char *title, double x)
{
  WbLinePlot *plot = find_plot (self->top, title);

  g_object_set (plot, "cursor", x, NULL);
  return wb_line_plot_dup_readout (plot);
}

/* The chart as people would get it. */
static char *
dup_svg (UiWindow *self, const char *title)
{
  g_autofree char *path = g_build_filename (self->home, "chart.svg", NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_assert_true (wb_line_plot_export (find_plot (self->top, title), path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_unlink (path);
  return text;
}

static gboolean
svg_has (UiWindow *self, const char *title, const char *text)
{
  g_autofree char *svg = dup_svg (self, title);

  return strstr (svg, text) != NULL;
}

/* The same points at other places, and back. */
static void
test_axis (UiWindow *self, gconstpointer data)
{
  WbRun           *run;
  g_autofree char *before = NULL, *after = NULL;

  open_run (self, RUNNING);
  run = ui_window_get_run (self, RUNNING);
  before = dup_readout (self, "Loss", 100);
  g_assert_true (g_str_has_prefix (before, "step 100: "));
  for (gint64 step = 2; step <= 286; step += 71)
    {
      const WbMetricPoint points[] = { { "train/tokens", step, (double) step * 1000, step },
                                       { "train/examples", step, (double) step * 32, step } };

      g_assert_true (wb_store_add_metrics (self->store, wb_run_get_id (run), points, 2, NULL));
    }
  choose (self, "charts.axis", "tokens");
  after = dup_readout (self, "Loss", 100000);
  g_assert_cmpuint (wb_line_plot_get_n_points (find_plot (self->top, "Loss"), 0), ==, 286);
  g_assert_true (g_str_has_prefix (after, "tokens 100000: "));
  g_assert_true (g_str_has_suffix (before, " at 78"));
  *strrchr (before, ' ') = *strrchr (after, ' ') = '\0'; /* but for where the evaluation was */
  g_assert_cmpstr (strchr (after, ':'), ==, strchr (before, ':'));
  ui_picture (self->top, "run-tokens");
  choose (self, "charts.axis", "clock");
  g_assert_cmpuint (wb_line_plot_get_n_points (find_plot (self->top, "Loss"), 0), ==, 286);
  choose (self, "charts.axis", "time");
  g_assert_true (svg_has (self, "Loss", ">time</text>"));
  choose (self, "charts.axis", "step");
  g_clear_pointer (&after, g_free);
  after = dup_readout (self, "Loss", 100);
  g_assert_true (g_str_has_prefix (after, before));
}

/* What an earlier version has not recorded is said where the curves would be. */
static void
test_old_run (UiWindow *self, gconstpointer data)
{
  g_autofree char *nothing = NULL;

  open_run (self, RUNNING);
  choose (self, "charts.axis", "examples");
  g_assert_cmpuint (wb_line_plot_get_n_points (find_plot (self->top, "Loss"), 0), ==, 0);
  g_object_get (find_plot (self->top, "Gradient Norm"), "nothing", &nothing, NULL);
  g_assert_cmpstr (nothing, ==, "This run has not counted examples");
  g_assert_true (svg_has (self, "Loss", "This run has not counted examples"));
  ui_picture (self->top, "run-no-examples");
}

static void
test_events_and_published (UiWindow *self, gconstpointer data)
{
  static const UiRun large = { "rte large",
                               "deberta-v3-large",
                               "rte",
                               "accuracy",
                               WB_RECORD_STOPPED,
                               NULL,
                               1,
                               200,
                               400,
                               0.81,
                               0,
                               50 };
  static const char  log[] = "{\"event\":\"start\",\"resumed_from\":0}\n"
                             "{\"event\":\"checkpoint\",\"step\":60}\n"
                             "{\"event\":\"checkpoint\",\"step\":90}\n"
                             "{\"event\":\"start\",\"resumed_from\":60}\n"
                             "{\"event\":\"checkpoint\",\"step\":120}\n";
  g_autofree char   *path = NULL, *readout = NULL;

  ui_add_run (self->store, self->home, &large);
  UI_WAIT_UNTIL (ui_window_get_run (self, "rte large") != NULL);
  path = wb_run_dup_log_path (ui_window_get_run (self, "rte large"));
  g_assert_true (g_file_set_contents (path, log, -1, NULL));
  open_run (self, "rte large");
  UI_WAIT_UNTIL (svg_has (self, "Loss", ">checkpoint, resumed</text>"));
  g_assert_true (svg_has (self, "Loss", ">stopped</text>"));
  g_assert_false (svg_has (self, "Learning Rate", "checkpoint"));
  g_assert_true (svg_has (self, "Accuracy", ">published 0.927</text>"));
  readout = dup_readout (self, "Loss", 60);
  g_assert_true (g_str_has_suffix (readout, ", checkpoint, resumed"));
  g_clear_pointer (&readout, g_free);
  readout = dup_readout (self, "Loss", 90); /* done again: that one is gone */
  g_assert_null (strstr (readout, "checkpoint"));
  ui_picture (self->top, "run-events");
}

/* Another mean, at once, and of the same points. */
static void
test_mean (UiWindow *self, gconstpointer data)
{
  g_autofree char *exponential = NULL, *centred = NULL, *again = NULL;

  open_run (self, RUNNING);
  exponential = dup_readout (self, "Loss", 100);
  choose (self, "charts.mean", "centred");
  centred = dup_readout (self, "Loss", 100);
  g_assert_cmpstr (centred, !=, exponential);
  ui_picture (self->top, "run-centred");
  choose (self, "charts.mean", "exponential");
  again = dup_readout (self, "Loss", 100);
  g_assert_cmpstr (again, ==, exponential);
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
  add ("/ui/run-charts/axis", test_axis);
  add ("/ui/run-charts/old-run", test_old_run);
  add ("/ui/run-charts/events-and-published", test_events_and_published);
  add ("/ui/run-charts/mean", test_mean);
  return g_test_run ();
}
