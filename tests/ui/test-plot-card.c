/* Two charts of one page with a real pointer and real keys: what they share, the legend, the table,
 * a file. */
#include "ui-test.h"

#include "ui/plots/wb-plot-card.h"
#include "ui/plots/wb-plot-table.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define POINTS 1000

typedef struct
{
  GtkWindow  *window;
  GtkWidget  *cards[2];
  WbLinePlot *plots[2];
  WbPlotView *view;
} Fixture;

static void
add_points (WbLinePlot *plot, guint series, gsize from, gsize n, double factor)
{
  g_autofree double *x = g_new (double, n), *y = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    {
      x[i] = (double) (from + i);
      y[i] = factor / (1 + (double) (from + i) / 100);
    }
  wb_line_plot_append (plot, series, x, y, n);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->window = GTK_WINDOW (gtk_window_new ());
  self->view = wb_plot_view_new ();
  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  for (int i = 0; i < 2; i++)
    {
      self->cards[i] = wb_plot_card_new (i == 0 ? "Loss" : "Gradient Norm", NULL);
      self->plots[i] = wb_plot_card_get_plot (WB_PLOT_CARD (self->cards[i]));
      wb_line_plot_set_view (self->plots[i], self->view);
      gtk_box_append (GTK_BOX (box), self->cards[i]);
    }
  wb_line_plot_add_series (self->plots[0], "training", 0.9);
  wb_line_plot_add_series (self->plots[0], "dev", 0);
  wb_line_plot_add_series (self->plots[0], "test", 0);
  wb_line_plot_add_series (self->plots[1], NULL, 0);
  add_points (self->plots[0], 0, 0, POINTS, 1);
  add_points (self->plots[0], 1, 100, 3, 2);
  add_points (self->plots[0], 2, 500, 2, 3);
  add_points (self->plots[1], 0, 0, POINTS, 4);
  gtk_window_set_default_size (self->window, 700, 600);
  gtk_window_set_child (self->window, box);
  ui_present (self->window);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  ui_destroy (self->window);
  g_object_unref (self->view);
}

static double
shown (Fixture *self)
{
  double low, high;

  return wb_plot_view_get_zoom (self->view, &low, &high) ? high - low : POINTS;
}

static double
low_of (Fixture *self)
{
  double low, high;

  return wb_plot_view_get_zoom (self->view, &low, &high) ? low : 0;
}

static void
settle (Fixture *self)
{
  gtk_test_widget_wait_for_draw (GTK_WIDGET (self->window));
}

/* Ctrl with the wheel zooms where the pointer is, the wheel pans, as far as there is something. */
static void
test_wheel (Fixture *self, gconstpointer data)
{
  GtkWidget *plot = GTK_WIDGET (self->plots[0]);
  double     cursor, before, low;

  ui_move_to (plot, 0.75, 0.5);
  UI_WAIT_UNTIL (!isnan (wb_plot_view_get_cursor (self->view)));
  cursor = wb_plot_view_get_cursor (self->view);
  ui_scroll (plot, 1, 0); /* nothing to pan: the page would scroll */
  ui_scroll (plot, -3, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (shown (self) < 0.6 * POINTS);
  settle (self);
  /* what was under the pointer still is */
  ui_move_to (plot, 0.75, 0.52);
  UI_WAIT_UNTIL (fabs (wb_plot_view_get_cursor (self->view) - cursor) < 12);
  before = shown (self);
  low = low_of (self);
  ui_scroll (plot, -1, 0);
  UI_WAIT_UNTIL (low_of (self) < low - 0.05 * before);
  g_assert_cmpfloat_with_epsilon (shown (self), before, 1e-6 * before);
  for (int i = 0; i < 40 && low_of (self) > 0; i++)
    {
      ui_scroll (plot, -3, 0);
      settle (self);
      ui_settle (20);
    }
  g_assert_cmpfloat_with_epsilon (low_of (self), 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (shown (self), before, 1e-6 * before);
  ui_scroll (plot, 20, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (shown (self) == POINTS);
}

/* A drag in one chart zooms the other; a double click there shows all in both. */
static void
test_shared_zoom (Fixture *self, gconstpointer data)
{
  GtkWidget *plot = GTK_WIDGET (self->plots[0]);
  gboolean   zoomed = FALSE;

  ui_move_to (plot, 0.3, 0.5);
  ui_press (plot, TRUE);
  for (int i = 0; i <= 10; i++)
    ui_move_to (plot, 0.3 + 0.03 * i, 0.5);
  ui_press (plot, FALSE);
  UI_WAIT_UNTIL (shown (self) < POINTS);
  g_object_get (self->plots[1], "zoomed", &zoomed, NULL);
  g_assert_true (zoomed);
  settle (self);
  ui_click (GTK_WIDGET (self->plots[1]), 0.5, 0.5);
  ui_click (GTK_WIDGET (self->plots[1]), 0.5, 0.5);
  UI_WAIT_UNTIL (shown (self) == POINTS);
  g_object_get (self->plots[0], "zoomed", &zoomed, NULL);
  g_assert_false (zoomed);
  /* so does the cursor */
  ui_move_to (plot, 0.5, 0.4);
  UI_WAIT_UNTIL (!isnan (wb_plot_view_get_cursor (self->view)));
  {
    g_autofree char *readout = wb_line_plot_dup_readout (self->plots[1]);

    g_assert_true (g_str_has_prefix (readout, "step "));
  }
}

static void
test_keys (Fixture *self, gconstpointer data)
{
  GtkWidget *plot = GTK_WIDGET (self->plots[0]);
  double     before;

  ui_click (plot, 0.5, 0.5);
  UI_WAIT_UNTIL (gtk_widget_has_focus (plot));
  ui_key (plot, GDK_KEY_plus, 0);
  UI_WAIT_UNTIL (fabs (shown (self) - POINTS / 2.0) < 2);
  settle (self);
  before = low_of (self);
  ui_key (plot, GDK_KEY_Right, GDK_SHIFT_MASK);
  UI_WAIT_UNTIL (low_of (self) > before + 40);
  settle (self);
  ui_key (plot, GDK_KEY_Left, GDK_SHIFT_MASK);
  UI_WAIT_UNTIL (fabs (low_of (self) - before) < 1e-6);
  settle (self);
  ui_key (plot, GDK_KEY_minus, 0);
  UI_WAIT_UNTIL (shown (self) == POINTS);
}

static GtkWidget *
item (Fixture *self, guint n)
{
  GtkWidget *child = ui_find (self->cards[0], "legend-item");

  for (; n > 0; n--)
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static gboolean
hidden_are (Fixture *self, gboolean a, gboolean b, gboolean c)
{
  return wb_line_plot_get_hidden (self->plots[0], 0) == a &&
         wb_line_plot_get_hidden (self->plots[0], 1) == b &&
         wb_line_plot_get_hidden (self->plots[0], 2) == c;
}

static void
test_legend (Fixture *self, gconstpointer data)
{
  gtk_test_accessible_assert_property (item (self, 1), GTK_ACCESSIBLE_PROPERTY_LABEL, "dev");
  ui_click (item (self, 1), 0.5, 0.5);
  UI_WAIT_UNTIL (hidden_are (self, FALSE, TRUE, FALSE));
  g_assert_false (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (item (self, 1))));
  ui_picture (GTK_WIDGET (self->window), "plot-legend");
  g_object_set (self->plots[0], "cursor", 101.0, NULL);
  {
    g_autofree char *readout = wb_line_plot_dup_readout (self->plots[0]);

    g_assert_null (strstr (readout, "dev"));
  }
  ui_settle (450); /* not a double click */
  ui_click (item (self, 1), 0.5, 0.5);
  UI_WAIT_UNTIL (hidden_are (self, FALSE, FALSE, FALSE));
  ui_settle (450);
  ui_click (item (self, 2), 0.5, 0.5);
  ui_click (item (self, 2), 0.5, 0.5);
  UI_WAIT_UNTIL (hidden_are (self, TRUE, TRUE, FALSE));
  /* by keyboard: once more is all, and the same from the beginning */
  gtk_widget_grab_focus (item (self, 2));
  ui_key (item (self, 2), GDK_KEY_Return, GDK_ALT_MASK);
  UI_WAIT_UNTIL (hidden_are (self, FALSE, FALSE, FALSE));
  gtk_widget_grab_focus (item (self, 0));
  ui_key (item (self, 0), GDK_KEY_space, 0);
  UI_WAIT_UNTIL (hidden_are (self, TRUE, FALSE, FALSE));
  ui_key (item (self, 0), GDK_KEY_Return, GDK_ALT_MASK);
  UI_WAIT_UNTIL (hidden_are (self, FALSE, TRUE, TRUE));
}

static GtkWidget *
table_of (Fixture *self)
{
  GtkWidget *view = ui_find (self->cards[0], "chart-table");

  return gtk_widget_get_ancestor (view, WB_TYPE_PLOT_TABLE);
}

static void
assert_cell (Fixture *self, guint row, guint column, const char *expected)
{
  g_autofree char *text = wb_plot_table_dup_cell (WB_PLOT_TABLE (table_of (self)), row, column);

  g_assert_cmpstr (text, ==, expected);
}

/* Every point, exactly, with what is smoothed; hidden ones are left out; new ones come in. */
static void
test_table (Fixture *self, gconstpointer data)
{
  WbPlotTable *table = WB_PLOT_TABLE (table_of (self));
  GListModel  *columns;

  wb_plot_card_show_table (WB_PLOT_CARD (self->cards[0]), TRUE);
  UI_WAIT_UNTIL (ui_ready (GTK_WIDGET (table)));
  columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (ui_find (self->cards[0], "chart-table")));
  g_assert_cmpuint (g_list_model_get_n_items (columns), ==, 5);
  g_assert_cmpuint (wb_plot_table_get_n_rows (table), ==, POINTS);
  assert_cell (self, 100, 0, "100");
  assert_cell (self, 100, 1, "0.500000");
  assert_cell (self, 100, 3, "1");
  assert_cell (self, 99, 3, "");
  assert_cell (self, 0, 2, "1");
  ui_picture (GTK_WIDGET (self->window), "plot-table");
  wb_line_plot_set_hidden (self->plots[0], 0, TRUE);
  g_assert_cmpuint (wb_plot_table_get_n_rows (table), ==, 5);
  g_assert_cmpuint (g_list_model_get_n_items (columns), ==, 3);
  assert_cell (self, 3, 0, "500");
  assert_cell (self, 3, 2, "0.500000");
  add_points (self->plots[0], 2, 700, 1, 8);
  UI_WAIT_UNTIL (wb_plot_table_get_n_rows (table) == 6);
  assert_cell (self, 5, 2, "1");
  wb_plot_card_show_table (WB_PLOT_CARD (self->cards[0]), FALSE);
  UI_WAIT_UNTIL (gtk_widget_get_mapped (GTK_WIDGET (self->plots[0])));
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_line_plot_export_finish (WB_LINE_PLOT (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

/* What is written is what was there when it was asked for, whatever comes in meanwhile. */
static void
test_export (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("wb-card-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.csv", NULL), *text = NULL;
  gboolean         done = FALSE;
  guint            lines = 0;

  wb_line_plot_set_hidden (self->plots[0], 2, TRUE);
  wb_line_plot_export_async (self->plots[0], path, exported_cb, &done);
  for (gsize i = 0; i < 200; i++)
    add_points (self->plots[0], 0, POINTS + i, 1, 1);
  wb_line_plot_reset (self->plots[0], 1);
  g_assert_cmpuint (wb_line_plot_get_n_points (self->plots[0], 0), ==, POINTS + 200);
  UI_WAIT_UNTIL (done);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "step,training,training (smoothed),dev\r\n0,1,1,\r\n"));
  g_assert_nonnull (strstr (text, "\r\n100,0.5,"));
  for (const char *at = text; (at = strchr (at, '\n')) != NULL; at++)
    lines++;
  g_assert_cmpuint (lines, ==, POINTS + 1);
  g_unlink (path);
  g_rmdir (folder);
}

/* A centred mean of a growing curve is at every moment that of all its points. */
static void
test_mean_grows (Fixture *self, gconstpointer data)
{
  WbLinePlot *plot = self->plots[1];

  wb_line_plot_set_smoothing (plot, 0, (WbSmoothing){ WB_SMOOTHING_MEAN, 5 });
  wb_line_plot_reset (plot, 0);
  for (int i = 0; i < 40; i++)
    wb_line_plot_append (plot, 0, (double[]){ i }, (double[]){ i * i }, 1);
  for (int i = 0; i < 40; i++)
    {
      /* the mean of (i + k)^2 for k from -r to r is i^2 + r (r + 1) / 3 */
      const int        r = MIN (2, MIN (i, 39 - i));
      const double     mean = i * i + r * (r + 1) / 3.0;
      g_autofree char *readout = NULL, *raw = wb_axis_format (i * i, 4);
      g_autofree char *smooth = wb_axis_format (mean, 4);
      g_autofree char *expected = g_strdup_printf ("step %d: raw %s, smoothed %s", i, raw, smooth);

      g_object_set (plot, "cursor", (double) i, NULL);
      readout = wb_line_plot_dup_readout (plot);
      g_assert_cmpstr (readout, ==, expected);
    }
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
  add ("/ui/plot-card/wheel", test_wheel);
  add ("/ui/plot-card/shared-zoom", test_shared_zoom);
  add ("/ui/plot-card/keys", test_keys);
  add ("/ui/plot-card/legend", test_legend);
  add ("/ui/plot-card/table", test_table);
  add ("/ui/plot-card/export", test_export);
  add ("/ui/plot-card/mean-grows", test_mean_grows);
  return g_test_run ();
}
