/* The chart widget with a real pointer and real keys. */
#include "ui-test.h"

#include "ui/plots/wb-line-plot.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

typedef struct
{
  GtkWindow  *window;
  WbLinePlot *plot;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->window = GTK_WINDOW (gtk_window_new ());
  self->plot = WB_LINE_PLOT (wb_line_plot_new ("Loss"));
  gtk_window_set_default_size (self->window, 600, 300);
  gtk_window_set_child (self->window, GTK_WIDGET (self->plot));
  ui_present (self->window);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  ui_destroy (self->window);
}

static void
add_points (WbLinePlot *plot, guint series, gsize from, gsize n)
{
  g_autofree double *x = g_new (double, n), *y = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    {
      x[i] = (double) (from + i);
      y[i] = 1 / (1 + (double) (from + i) / 100);
    }
  wb_line_plot_append (plot, series, x, y, n);
}

static double
cursor_of (Fixture *self)
{
  double cursor;

  g_object_get (self->plot, "cursor", &cursor, NULL);
  return cursor;
}

static gboolean
zoomed (Fixture *self)
{
  gboolean is;

  g_object_get (self->plot, "zoomed", &is, NULL);
  return is;
}

static void
test_accessible (Fixture *self, gconstpointer data)
{
  g_autofree char *readout = NULL;

  gtk_test_accessible_assert_role (self->plot, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (self->plot, GTK_ACCESSIBLE_PROPERTY_LABEL, "Loss");
  wb_line_plot_add_series (self->plot, "loss", 0.5);
  add_points (self->plot, 0, 1, 3);
  g_object_set (self->plot, "cursor", 2.1, NULL);
  readout = wb_line_plot_dup_readout (self->plot);
  g_assert_cmpstr (readout, ==, "step 2: raw 0.9804, smoothed 0.9836");
  gtk_test_accessible_assert_property (self->plot, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, readout);
}

static void
test_pointer (Fixture *self, gconstpointer data)
{
  wb_line_plot_add_series (self->plot, NULL, 0);
  add_points (self->plot, 0, 0, 1000);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (self->window));
  ui_move_to (GTK_WIDGET (self->plot), 0.5, 0.5);
  UI_WAIT_UNTIL (!isnan (cursor_of (self)));
  g_assert_cmpfloat (cursor_of (self), >, 400);
  g_assert_cmpfloat (cursor_of (self), <, 600);

  ui_move_to (GTK_WIDGET (self->plot), 0.3, 0.5);
  ui_press (GTK_WIDGET (self->plot), TRUE);
  for (int i = 0; i <= 10; i++)
    ui_move_to (GTK_WIDGET (self->plot), 0.3 + 0.03 * i, 0.5);
  ui_press (GTK_WIDGET (self->plot), FALSE);
  UI_WAIT_UNTIL (zoomed (self));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (self->window));
  ui_move_to (GTK_WIDGET (self->plot), 0.98, 0.5);
  UI_WAIT_UNTIL (cursor_of (self) > 520 && cursor_of (self) < 660);

  ui_click (GTK_WIDGET (self->plot), 0.5, 0.5);
  ui_click (GTK_WIDGET (self->plot), 0.5, 0.5);
  UI_WAIT_UNTIL (!zoomed (self));
}

static void
test_keys (Fixture *self, gconstpointer data)
{
  wb_line_plot_add_series (self->plot, NULL, 0);
  add_points (self->plot, 0, 10, 100);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (self->window));
  ui_click (GTK_WIDGET (self->plot), 0.5, 0.5);
  UI_WAIT_UNTIL (gtk_widget_has_focus (GTK_WIDGET (self->plot)));
  ui_key (GTK_WIDGET (self->plot), GDK_KEY_Home, 0);
  UI_WAIT_UNTIL (cursor_of (self) == 10);
  ui_key (GTK_WIDGET (self->plot), GDK_KEY_Right, 0);
  UI_WAIT_UNTIL (cursor_of (self) == 11);
  ui_key (GTK_WIDGET (self->plot), GDK_KEY_Right, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (cursor_of (self) == 21);
  ui_key (GTK_WIDGET (self->plot), GDK_KEY_plus, 0);
  UI_WAIT_UNTIL (zoomed (self));
  ui_key (GTK_WIDGET (self->plot), GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (isnan (cursor_of (self)) && !zoomed (self));
}

/* A live curve: many small additions, few pictures, and the right points at the end. */
static void
test_live (Fixture *self, gconstpointer data)
{
  wb_line_plot_add_series (self->plot, "loss", 0.9);
  wb_line_plot_add_series (self->plot, "dev", 0);
  g_object_set (self->plot, "x-high", 5000.0, "from-zero", TRUE, NULL);
  for (gsize i = 0; i < 2000; i++)
    {
      add_points (self->plot, 0, i, 1);
      if (i % 500 == 0)
        add_points (self->plot, 1, i, 1);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpuint (wb_line_plot_get_n_points (self->plot, 0), ==, 2000);
  g_assert_cmpuint (wb_line_plot_get_n_points (self->plot, 1), ==, 4);
  ui_picture (GTK_WIDGET (self->window), "plot-live");
  wb_line_plot_reset (self->plot, 0);
  g_assert_cmpuint (wb_line_plot_get_n_points (self->plot, 0), ==, 0);
  wb_line_plot_clear (self->plot);
  g_assert_cmpuint (wb_line_plot_get_n_series (self->plot), ==, 0);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (self->window));
}

/* What is saved is what is shown: title, names, the zoom. */
static void
test_export (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("wb-plot-XXXXXX", NULL);
  g_autofree char *svg = g_build_filename (folder, "a.svg", NULL), *picture = NULL;
  g_autofree char *csv = g_build_filename (folder, "a.csv", NULL), *table = NULL;
  g_autofree char *odd = g_build_filename (folder, "a.txt", NULL);
  GError          *error = NULL;

  wb_line_plot_add_series (self->plot, "training", 0.5);
  wb_line_plot_add_series (self->plot, "dev", 0);
  add_points (self->plot, 0, 0, 1000);
  add_points (self->plot, 1, 0, 3);
  wb_line_plot_zoom (self->plot, 300, 500);
  g_assert_true (wb_line_plot_export (self->plot, svg, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (svg, &picture, NULL, NULL));
  g_assert_nonnull (strstr (picture, "<title>Loss</title>"));
  g_assert_nonnull (strstr (picture, ">dev</text>"));
  g_assert_nonnull (strstr (picture, ">400</text>"));
  g_assert_null (strstr (picture, ">200</text>"));
  g_assert_true (wb_line_plot_export (self->plot, csv, &error));
  g_assert_true (g_file_get_contents (csv, &table, NULL, NULL));
  g_assert_true (g_str_has_prefix (table, "step,training,training (smoothed),dev\r\n0,1,1,1\r\n"));
  g_object_set (self->plot, "log-x", TRUE, "log-y", TRUE, NULL);
  wb_line_plot_zoom (self->plot, NAN, NAN);
  g_object_set (self->plot, "cursor", 0.0, NULL);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (self->window));
  ui_picture (GTK_WIDGET (self->window), "plot-log");
  g_assert_false (wb_line_plot_export (self->plot, odd, &error));
  g_assert_nonnull (strstr (error->message, "a.txt"));
  g_clear_error (&error);
  g_unlink (svg);
  g_unlink (csv);
  g_rmdir (folder);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  add ("/ui/line-plot/accessible", test_accessible);
  add ("/ui/line-plot/pointer", test_pointer);
  add ("/ui/line-plot/keys", test_keys);
  add ("/ui/line-plot/live", test_live);
  add ("/ui/line-plot/export", test_export);
  return g_test_run ();
}
