/* bench-window [RUNS [SECONDS [own]]]: what the main loop does while somebody uses the window.
 *
 *   sh tests/gui-env.sh build/tests/bench/bench-window 10000 60
 *
 * A home with so many stored runs, one of which goes on (another process writes it, four times a
 * second), real pointer and keys.  A dispatch here is all that the loop does between two polls: one
 * source or several, layout and drawing; with "own", in this thread's processor time.  Prints the
 * time to the first picture, how the dispatches lie, what was done when one took over 16 ms, and
 * the memory. */
#include "tests/ui/ui-fixture.h"
#include "tests/ui/ui-test.h"

#include "ui/windows/wb-application.h"
#include "ui/windows/wb-window.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_MS 16
#define WORST_MS 50

static const UiRun going_on = { "goes on",
                                "deberta-v3-small",
                                "rte",
                                "accuracy",
                                WB_RECORD_RUNNING,
                                NULL,
                                7,
                                2000,
                                100000,
                                0.71,
                                0,
                                500 };

/* The loop */

static GPollFunc poll_before;
static gint64    left; /* when the last poll returned; 0: nothing to count */
static gboolean
               own; /* counts the processor time of this thread: where others use the machine too */
static GArray *times;    /* double: ms */
static GHashTable *slow; /* what was done: GINT_TO_POINTER (times over the limit) */
static double      slowest;
static const char *doing = "start";
static const char *slowest_doing = "";

static gint64
now (void)
{
  struct timespec t;

  clock_gettime (own ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return (gint64) t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

static void
count (void)
{
  const double ms = (double) (now () - left) / 1000;

  if (left == 0)
    return;
  left = 0;
  g_array_append_val (times, ms);
  if (ms > LIMIT_MS)
    g_hash_table_insert (slow, (gpointer) doing,
                         GINT_TO_POINTER (GPOINTER_TO_INT (g_hash_table_lookup (slow, doing)) + 1));
  if (ms > slowest)
    {
      slowest = ms;
      slowest_doing = doing;
    }
}

static int
poll_cb (GPollFD *fds, guint n, int timeout)
{
  int n_ready;

  count ();
  n_ready = poll_before (fds, n, timeout);
  left = now ();
  return n_ready;
}

static void
watch_loop (void)
{
  times = g_array_new (FALSE, FALSE, sizeof (double));
  slow = g_hash_table_new (g_str_hash, g_str_equal);
  poll_before = g_main_context_get_poll_func (NULL);
  g_main_context_set_poll_func (NULL, poll_cb);
}

/* What follows is this program's own work, until the next poll. */
static void
act (const char *what)
{
  count ();
  doing = what;
}

static void
settle (guint ms)
{
  ui_settle (ms);
  count ();
}

/* The run that goes on */

static int
write_run (const char *home, gint64 id)
{
  g_autoptr (GError) error = NULL;
  WbStore *store = wb_store_open (home, &error);

  g_assert_no_error (error);
  for (gint64 step = going_on.step; step < going_on.total_steps && getppid () != 1; step += 2)
    {
      ui_run_goes_on (store, id, &going_on, step + 1, step + 2);
      g_usleep (250000);
    }
  wb_store_close (store);
  return 0;
}

static GPid
start_writer (const char *program, const char *home, gint64 id)
{
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  const char      *argv[] = { program, "--write", home, number, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

/* The use */

typedef struct
{
  WbApplication *application;
  WbWindow      *window;
  GtkWidget     *top;
} Use;

static void
key (Use *self, guint keyval, GdkModifierType modifiers)
{
  act (doing);
  ui_key (self->top, keyval, modifiers);
  settle (120);
}

static void
scroll_list (Use *self)
{
  act ("scroll the list");
  ui_click (ui_find (self->top, "runs"), 0.3, 0.4);
  settle (200);
  key (self, GDK_KEY_Escape, 0);
  for (int i = 0; i < 12; i++)
    key (self, i < 8 ? GDK_KEY_Page_Down : GDK_KEY_Page_Up, 0);
  key (self, GDK_KEY_End, 0);
  key (self, GDK_KEY_Home, 0);
}

static void
search_list (Use *self)
{
  act ("search the list");
  key (self, GDK_KEY_f, GDK_CONTROL_MASK);
  for (const char *p = "seed 3"; *p != '\0'; p++)
    key (self, gdk_unicode_to_keyval ((guint32) *p), 0);
  settle (300);
  key (self, GDK_KEY_Escape, 0);
  settle (300);
}

static void
sort_list (Use *self)
{
  GtkColumnView *view = GTK_COLUMN_VIEW (ui_find (self->top, "runs"));
  GListModel    *columns = gtk_column_view_get_columns (view);

  for (guint i = 0; i < 4 && i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      act ("sort the list");
      left = now ();
      gtk_column_view_sort_by_column (view, column,
                                      i % 2 ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
      settle (400);
    }
  act ("sort the list");
  left = now ();
  gtk_column_view_sort_by_column (view, NULL, GTK_SORT_ASCENDING);
  settle (300);
}

static void
move_over (Use *self, GtkWidget *widget, guint n)
{
  for (guint i = 0; i < n && ui_ready (widget); i++)
    {
      act (doing);
      ui_move_to (widget, 0.15 + 0.7 * i / n, 0.5);
      settle (16);
    }
}

static GtkWidget *
find_plot (GtkWidget *root)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (root), "WbLinePlot") && ui_ready (root))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_plot (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
zoom (Use *self, GtkWidget *plot)
{
  act ("zoom");
  ui_move_to (plot, 0.3, 0.5);
  ui_press (plot, TRUE);
  settle (50);
  for (int i = 0; i < 15; i++)
    {
      act ("zoom");
      ui_move_to (plot, 0.3 + 0.02 * i, 0.5);
      settle (16);
    }
  act ("zoom");
  ui_press (plot, FALSE);
  settle (300);
  for (int i = 0; i < 4; i++)
    {
      act ("zoom");
      ui_press (plot, i % 2 == 0);
      settle (20);
    }
}

static void
look_at_run (Use *self, const char *name)
{
  GListModel *runs = G_LIST_MODEL (wb_window_get_runs (self->window));
  GtkWidget  *plot;

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (WbRun) run = g_list_model_get_item (runs, i);

      if (!g_str_equal (wb_run_get_name (run), name))
        continue;
      act ("open a run");
      left = now ();
      wb_window_show_run (self->window, run);
      break;
    }
  settle (600);
  plot = find_plot (self->top);
  act ("hover a chart");
  if (plot != NULL)
    move_over (self, plot, 60);
  if (plot != NULL)
    zoom (self, plot);
  for (int i = 0; i < 3; i++)
    {
      static const char *const tabs[] = { "settings", "log", "charts" };

      act ("change the tab");
      left = now ();
      gtk_stack_set_visible_child_name (GTK_STACK (ui_find (self->top, "run-tabs")), tabs[i]);
      settle (250);
    }
  act ("back to the list");
  key (self, GDK_KEY_Left, GDK_ALT_MASK);
  settle (300);
}

static void
begin_run (Use *self)
{
  GtkWidget *dialog;

  act ("open the New Run dialog");
  key (self, GDK_KEY_n, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (ui_ready (ui_toplevel ("new-run-dialog")));
  dialog = ui_toplevel ("new-run-dialog");
  settle (500);
  act ("type into the New Run dialog");
  ui_move_to (dialog, 0.3, 0.4);
  for (const char *p = "/no/such/model"; *p != '\0'; p++)
    {
      key (self, GDK_KEY_Tab, 0);
      key (self, gdk_unicode_to_keyval ((guint32) *p), 0);
    }
  act ("close the New Run dialog");
  for (int i = 0; i < 3 && ui_toplevel ("new-run-dialog") != NULL; i++)
    {
      ui_move_to (ui_toplevel ("new-run-dialog"), 0.5, 0.5);
      key (self, GDK_KEY_Escape, 0);
      settle (200);
    }
  ui_move_to (self->top, 0.5, 0.6);
  settle (100);
}

static void
use (Use *self, double seconds)
{
  const gint64 end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);

  while (g_get_monotonic_time () < end)
    {
      scroll_list (self);
      search_list (self);
      sort_list (self);
      look_at_run (self, going_on.name);
      begin_run (self);
    }
}

/* What it was */

static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
memory_mb (const char *key_)
{
  g_autofree char *text = NULL;
  const char      *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL) ||
      (line = strstr (text, key_)) == NULL)
    return NAN;
  return strtod (line + strlen (key_), NULL) / 1024;
}

static void
report (void)
{
  GHashTableIter iter;
  gpointer       what, n;
  guint          over[2] = { 0, 0 };

  g_array_sort (times, compare);
  for (guint i = 0; i < times->len; i++)
    {
      over[0] += g_array_index (times, double, i) > LIMIT_MS;
      over[1] += g_array_index (times, double, i) > WORST_MS;
    }
  g_print ("dispatches            %u\n", times->len);
  for (int i = 0; i < 3; i++)
    {
      static const double parts[] = { 0.5, 0.99, 0.999 };

      g_print ("  %5.1f %% within       %.2f ms\n", 100 * parts[i],
               g_array_index (times, double, (guint) (parts[i] * (times->len - 1))));
    }
  g_print ("  worst               %.1f ms (%s)\n", slowest, slowest_doing);
  g_print ("  over %d ms, %d ms   %u, %u (%.3f %%)\n", LIMIT_MS, WORST_MS, over[0], over[1],
           100.0 * over[0] / times->len);
  g_hash_table_iter_init (&iter, slow);
  while (g_hash_table_iter_next (&iter, &what, &n))
    g_print ("  over %d ms in         %s: %d\n", LIMIT_MS, (const char *) what,
             GPOINTER_TO_INT (n));
  g_print ("memory, most          %.0f MB, %.0f MB\n", memory_mb ("VmRSS:"), memory_mb ("VmHWM:"));
}

static void
start (Use *self, const char *home)
{
  const gint64 from = g_get_monotonic_time ();

  self->application = wb_application_new (home);
  g_application_register (G_APPLICATION (self->application), NULL, NULL);
  g_application_activate (G_APPLICATION (self->application));
  self->window =
      WB_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (self->application)));
  self->top = GTK_WIDGET (self->window);
  ui_present (GTK_WINDOW (self->window));
  g_print ("first picture after   %.3f s\n", (double) (g_get_monotonic_time () - from) / 1e6);
  ui_move_to (self->top, 0.5, 0.6);
}

int
main (int argc, char **argv)
{
  Use    self = { NULL, NULL, NULL };
  char  *home;
  gint64 id;
  GPid   writer;
  g_autoptr (GError) error = NULL;
  WbStore *store;

  if (argc == 4 && g_str_equal (argv[1], "--write"))
    return write_run (argv[2], g_ascii_strtoll (argv[3], NULL, 10));
  ui_test_init (&argc, &argv);
  home = ui_home_new ();
  store = wb_store_open (home, &error);
  g_assert_no_error (error);
  ui_add_many (store, home, argc > 1 ? (guint) atoi (argv[1]) : 10000, 40);
  id = ui_add_run (store, home, &going_on);
  wb_store_close (store);
  start (&self, home);
  writer = start_writer (argv[0], home, id);
  settle (500);
  own = argc > 3 && g_str_equal (argv[3], "own");
  watch_loop ();
  use (&self, argc > 2 ? atof (argv[2]) : 60);
  report ();
  kill (writer, SIGTERM);
  ui_destroy (self.window);
  g_object_unref (self.application);
  ui_home_remove (home);
  return 0;
}
