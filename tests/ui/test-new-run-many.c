/* The dialog over a home with many finished runs: the models that it offers are not opened, the
 * chosen one is. */
#include "ui-window.h"

#include "tests/support/wb-test-model-folder.h"

#include <glib/gstdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#define N_RUNS 300
#define MAX_OPENED 12 /* of the chosen one: its check, its recipe, what it needs: 5 measured */

/* Every run's best is a link to one folder, so that one watch sees whatever is opened. */
static void
add_finished (UiWindow *self, const char *model)
{
  g_autoptr (GError) error = NULL;

  wb_store_begin (self->store, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_RUNS; i++)
    {
      g_autofree char *name = g_strdup_printf ("run %u", i + 1);
      const UiRun      run = { name, "tiny", "rte", "accuracy", WB_RECORD_FINISHED, NULL, i, 2,
                               2,    0.7,    1,     1 };
      const gint64     id = ui_add_run (self->store, self->home, &run);
      g_autofree char *best = g_strdup_printf ("%s/runs/%" G_GINT64_FORMAT "/best", self->home, id);

      g_assert_cmpint (symlink (model, best), ==, 0);
    }
  wb_store_commit (self->store, &error);
  g_assert_no_error (error);
}

static int
watch (const char *folder)
{
  const int fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  /* closed between two openings, or two of the same file would count as one */
  g_assert_cmpint (inotify_add_watch (fd, folder, IN_OPEN | IN_CLOSE), >=, 0);
  return fd;
}

/* How often a file of the folder with this ending was opened since the last call. */
static void
count (int fd, guint *configs, guint *weights)
{
  char   buffer[65536] __attribute__ ((aligned (8)));
  gssize n;

  *configs = *weights = 0;
  while ((n = read (fd, buffer, sizeof buffer)) > 0)
    for (gssize at = 0; at < n;)
      {
        const struct inotify_event *event = (const struct inotify_event *) (buffer + at);

        g_assert_false ((event->mask & IN_Q_OVERFLOW) != 0);
        if ((event->mask & IN_OPEN) != 0 && event->len > 0)
          {
            *configs += g_str_has_suffix (event->name, "config.json");
            *weights += g_str_has_suffix (event->name, ".safetensors");
          }
        at += (gssize) (sizeof *event + event->len);
      }
}

static void
test_opens_few (UiWindow *self, gconstpointer data)
{
  g_autofree char *model = g_build_filename (self->home, "tiny", NULL);
  GtkWidget       *dialog, *library;
  const char      *subtitle;
  guint            configs, weights;
  int              fd;

  wb_test_model_folder_make (model);
  add_finished (self, model);
  UI_WAIT_UNTIL (ui_window_count_rows (self) == N_RUNS);
  fd = watch (model);
  ui_click (ui_window_find (self, "new-run"), 0.5, 0.5);
  UI_WAIT_UNTIL (ui_toplevel ("new-run-dialog") != NULL &&
                 ui_ready (ui_toplevel ("new-run-dialog")));
  dialog = ui_toplevel ("new-run-dialog");
  library = ui_find (dialog, "field-library");
  g_assert_cmpuint (g_list_model_get_n_items (adw_combo_row_get_model (ADW_COMBO_ROW (library))),
                    ==, N_RUNS);
  subtitle = adw_action_row_get_subtitle (ADW_ACTION_ROW (library));
  g_assert_nonnull (strstr (subtitle, "1 layer, 8 wide"));
  count (fd, &configs, &weights);
  g_test_message ("opened: %u configurations, %u weights", configs, weights);
  g_assert_cmpuint (configs, >, 0); /* the watch sees */
  g_assert_cmpuint (weights, >, 0);
  g_assert_cmpuint (configs, <=, MAX_OPENED);
  g_assert_cmpuint (weights, <=, MAX_OPENED);
  close (fd);
  ui_destroy (dialog);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add ("/ui/new-run-many/opens-few", UiWindow, NULL, ui_window_set_up, test_opens_few,
              ui_window_tear_down);
  return g_test_run ();
}
