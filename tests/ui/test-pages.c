/* The same pages again and again: what a change of page takes, it gives back. */
#include "ui-window.h"

#include <malloc.h>

#define CHANGES 1000
#define WARM_UP 500

/* Bytes that the program holds, the same run having been shown last.  Where malloc is not glibc's
 * own (sanitizers) there is no number, and LeakSanitizer looks on. */
static gsize
count_bytes (void)
{
#ifdef __GLIBC__
  return mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
#else
  return 0;
#endif
}

static void
show_run (UiWindow *self, guint i)
{
  GListModel *runs = G_LIST_MODEL (wb_window_get_runs (self->window));
  g_autoptr (WbRun) run = g_list_model_get_item (runs, i % g_list_model_get_n_items (runs));

  wb_window_show_run (self->window, run);
  UI_WAIT_UNTIL (gtk_widget_get_mapped (ui_window_find (self, "run-status")));
}

static void
show_tab (UiWindow *self, guint i)
{
  static const char *const tabs[] = { "settings", "log", "charts" };

  gtk_stack_set_visible_child_name (GTK_STACK (ui_window_find (self, "run-tabs")),
                                    tabs[i % G_N_ELEMENTS (tabs)]);
}

static void
show_list (UiWindow *self)
{
  gtk_widget_activate_action (ui_window_find (self, "run-tabs"), "win.back", NULL);
  UI_WAIT_UNTIL (gtk_widget_get_mapped (ui_window_find (self, "runs")));
}

static void
show_dialog (UiWindow *self)
{
  wb_window_new_run (self->window);
  UI_WAIT_UNTIL (ui_ready (ui_toplevel ("new-run-dialog")));
  gtk_window_close (GTK_WINDOW (ui_toplevel ("new-run-dialog")));
  UI_WAIT_UNTIL (ui_toplevel ("new-run-dialog") == NULL);
}

static gsize
count_settled (UiWindow *self)
{
  show_run (self, 0);
  show_list (self);
  ui_settle (300);
  return count_bytes ();
}

/* List, run, its three tabs, list: five changes; now and then the dialog too. */
static void
change_pages (UiWindow *self, guint n)
{
  for (guint i = 0; i < n; i += 5)
    {
      show_run (self, i);
      for (guint k = 0; k < 3; k++)
        show_tab (self, k);
      show_list (self);
      if (i % 250 == 0)
        show_dialog (self);
    }
}

/* What a longer life holds more than a shorter one is what leaks: half a kilobyte a change would be
 * less than a widget. */
static void
test_changes (UiWindow *self, gconstpointer data)
{
  gsize  before;
  gssize more;

  change_pages (self, WARM_UP);
  before = count_settled (self);
  change_pages (self, CHANGES);
  more = (gssize) (count_settled (self) - before);
  g_test_message ("%d changes of page: %" G_GSSIZE_FORMAT " bytes more, %.0f a change", CHANGES,
                  more, (double) more / CHANGES);
  g_assert_cmpint (more, <, 512 * CHANGES);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add ("/ui/pages/changes", UiWindow, "samples", ui_window_set_up, test_changes,
              ui_window_tear_down);
  return g_test_run ();
}
