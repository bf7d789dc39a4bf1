/* The list of runs, with a real pointer and real keys. */
#include "ui-window.h"

#include <stdlib.h>
#include <time.h>

static void
test_empty (UiWindow *self, gconstpointer data)
{
  GtkWidget *demo = ui_window_find (self, "try-demo");

  g_assert_true (ui_ready (demo));
  g_assert_true (ui_ready (ui_window_find (self, "new-run-empty")));
  g_assert_false (gtk_widget_get_mapped (ui_window_find (self, "runs")));
  gtk_test_accessible_assert_role (demo, GTK_ACCESSIBLE_ROLE_BUTTON);
  gtk_test_accessible_assert_property (ui_window_find (self, "primary-menu"),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Main Menu");
  ui_picture (self->top, "empty");
}

static void
test_list (UiWindow *self, gconstpointer data)
{
  g_assert_cmpuint (ui_window_count_rows (self), ==, 11);
  g_assert_true (ui_ready (ui_window_find (self, "runs")));
  gtk_test_accessible_assert_property (ui_window_find (self, "runs"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Runs");
  gtk_test_accessible_assert_property (ui_window_find (self, "search"),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Search runs");
  ui_picture (self->top, "list");
}

static void
test_search (UiWindow *self, gconstpointer data)
{
  GtkWidget *search = ui_window_find (self, "search");

  ui_click (search, 0.5, 0.5);
  UI_WAIT_UNTIL (gtk_widget_get_focus_child (search) != NULL);
  ui_type (self->top, "rte Small");
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 3);
  ui_type (self->top, " zz");
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 0);
  UI_WAIT_UNTIL (!gtk_widget_get_mapped (ui_window_find (self, "runs")));
  ui_picture (self->top, "nothing-found");
  ui_key (self->top, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 11);
  ui_key (self->top, GDK_KEY_f, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (gtk_widget_get_focus_child (search) != NULL);
}

/* Every width down to a phone's: nothing asks for more than there is. */
static void
test_fold (UiWindow *self, gconstpointer data)
{
  static const int widths[] = { 1200, 1112, 1100, 972, 960, 700, 612, 599, 420, 360 };

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      GtkWidget *view = ui_window_find (self, "runs");

      gtk_window_set_default_size (GTK_WINDOW (self->window), widths[i], 600);
      UI_WAIT_UNTIL (ABS (gtk_widget_get_width (self->top) - widths[i]) < 40);
      UI_WAIT_UNTIL (gtk_widget_get_width (view) <= gtk_widget_get_width (self->top));
      gtk_test_widget_wait_for_draw (self->top);
    }
}

/* What another process stores is here within a second. */
static void
test_follows (UiWindow *self, gconstpointer data)
{
  static const UiRun run = {
    "from elsewhere", "tiny", "rte", "accuracy", WB_RECORD_RUNNING, NULL, 1, 10, 50, 0.5, 0, 10
  };
  const gint64 from = g_get_monotonic_time ();

  ui_add_run (self->store, self->home, &run);
  UI_WAIT_UNTIL (ui_window_get_run (self, "from elsewhere") != NULL);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == 1);
  g_test_message ("seen after %.0f ms", (double) (g_get_monotonic_time () - from) / 1000);
  g_assert_cmpint (g_get_monotonic_time () - from, <, 10 * G_TIME_SPAN_SECOND);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "runs")));
}

/* A list that shows its newest run goes on to: also where it is longer than the window.  One that
 * was scrolled stays where it is. */
static void
test_stays_at_newest (UiWindow *self, gconstpointer data)
{
  static const UiRun first = { "first", "tiny", "rte", "accuracy", WB_RECORD_RUNNING, NULL, 1, 10,
                               50,      0.5,    0,     10 };
  static const UiRun second = { "second", "tiny", "rte", "accuracy", WB_RECORD_RUNNING, NULL, 1, 10,
                                50,       0.5,    0,     10 };
  GtkAdjustment     *scroll =
      gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (ui_window_find (self, "runs")));

  UI_WAIT_UNTIL (gtk_adjustment_get_upper (scroll) > 2 * gtk_adjustment_get_page_size (scroll));
  ui_add_run (self->store, self->home, &first);
  UI_WAIT_UNTIL (ui_window_get_run (self, "first") != NULL);
  ui_settle (300);
  g_assert_cmpfloat (gtk_adjustment_get_value (scroll), ==, 0);
  gtk_adjustment_set_value (scroll, 200);
  ui_settle (100);
  ui_add_run (self->store, self->home, &second);
  UI_WAIT_UNTIL (ui_window_get_run (self, "second") != NULL);
  ui_settle (300);
  g_assert_cmpfloat (gtk_adjustment_get_value (scroll), >=, 200);
}

/* A home with many runs is usable in under a second.  Counted is this process's own time, since
 * others may be busy; a sanitizer's build and slow machines get ten. */
static void
test_many (UiWindow *self, gconstpointer data)
{
  const gint64  from = g_get_monotonic_time ();
  const clock_t cpu = clock ();
  double        seconds, own;

  ui_destroy (self->window);
  g_clear_object (&self->application);
  self->application = wb_application_new (self->home);
  g_application_register (G_APPLICATION (self->application), NULL, NULL);
  g_application_activate (G_APPLICATION (self->application));
  self->top = ui_toplevel ("workbench");
  self->window = WB_WINDOW (self->top);
  ui_present (GTK_WINDOW (self->window));
  seconds = (double) (g_get_monotonic_time () - from) / G_USEC_PER_SEC;
  own = (double) (clock () - cpu) / CLOCKS_PER_SEC;
  g_test_message ("%s runs: first picture after %.3f s, %.3f s of this process",
                  (const char *) data, seconds, own);
  g_assert_cmpuint (ui_window_count_rows (self), ==, atoi (data));
  g_assert_cmpfloat (own, <, 10);
}

static void
add (const char *path, const char *data, void (*test) (UiWindow *, gconstpointer))
{
  g_test_add (path, UiWindow, data, ui_window_set_up, test, ui_window_tear_down);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  add ("/ui/window/empty", NULL, test_empty);
  add ("/ui/window/list", "samples", test_list);
  add ("/ui/window/search", "samples", test_search);
  add ("/ui/window/fold", "samples", test_fold);
  add ("/ui/window/follows", NULL, test_follows);
  add ("/ui/window/stays-at-newest", "100", test_stays_at_newest);
  add ("/ui/window/many", "1000", test_many);
  if (g_test_perf ()) /* -m perf */
    add ("/ui/window/many-more", "10000", test_many);
  return g_test_run ();
}
