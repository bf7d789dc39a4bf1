#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-batch.h"
#include "app/runs/wb-run-list.h"
#include "app/runs/wb-run-private.h"
#include "app/worker/wb-lock-private.h"
#include "data/store/wb-store-metrics.h"
#include "tests/support/wb-test-folder.h"

/* Runs and their list over a store that other processes write to. */

typedef struct
{
  char        *home;
  WbWorkspace *workspace;
  WbStore     *other; /* as another process would */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->home = wb_test_folder_new ();
  self->workspace = wb_workspace_open (self->home, &error);
  g_assert_no_error (error);
  self->other = wb_store_open (self->home, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_finalize_object (self->workspace);
  wb_store_close (self->other);
  wb_test_folder_free (self->home);
}

static gint64
add_run (Fixture *self, const char *name)
{
  g_autoptr (WbRunRecord) record = wb_run_record_new ();
  g_autofree char *folder = NULL;

  record->name = g_strdup (name);
  record->model_name = g_strdup ("v3-small");
  record->task = g_strdup ("rte");
  record->settings = g_strdup ("[run]\ntask=rte\n[settings]\nepochs=5\n");
  g_assert_true (wb_store_insert_run (self->other, record, NULL));
  folder = wb_workspace_dup_run_folder (self->workspace, record->id);
  g_mkdir_with_parents (folder, 0700);
  g_assert_true (wb_store_set_run_folder (self->other, record->id, folder, NULL));
  return record->id;
}

static WbRunList *
list_new (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  WbRunList *list = wb_run_list_new (self->workspace, &error);

  g_assert_no_error (error);
  return list;
}

static void
changed_cb (GListModel *model, guint position, guint removed, guint added, GString *seen)
{
  g_string_append_printf (seen, "%u-%u+%u ", position, removed, added);
}

static void
test_list (Fixture *self, gconstpointer data)
{
  g_autoptr (WbRunList) list = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (WbRun) newest = NULL;
  gint64 second;

  add_run (self, "one");
  list = list_new (self);
  g_signal_connect (list, "items-changed", G_CALLBACK (changed_cb), seen);
  second = add_run (self, "two");
  g_assert_true (wb_run_list_refresh (list, NULL));
  add_run (self, "three");
  g_assert_true (wb_run_list_refresh (list, NULL));
  newest = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_cmpstr (wb_run_get_name (newest), ==, "three");
  g_assert_true (wb_store_delete_run (self->other, second, NULL));
  g_assert_true (wb_run_list_refresh (list, NULL));
  g_assert_cmpstr (seen->str, ==, "0-0+1 0-0+1 1-1+0 ");
  g_assert_null (wb_run_list_get_run (list, second));
}

/* Archived runs leave the list and come back; who asks for them gets them. */
static void
test_archived (Fixture *self, gconstpointer data)
{
  const gint64 id = add_run (self, "one");
  g_autoptr (WbRunList) list = list_new (self);
  g_autoptr (WbRunList) all = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);

  add_run (self, "two");
  g_assert_true (wb_run_list_refresh (list, NULL));
  g_signal_connect (list, "items-changed", G_CALLBACK (changed_cb), seen);
  g_assert_true (wb_store_archive_run (self->other, id, TRUE, NULL));
  g_assert_true (wb_run_list_refresh (list, NULL));
  g_assert_null (wb_run_list_get_run (list, id));
  all = wb_run_list_new_with_archived (self->workspace, NULL);
  g_assert_true (wb_run_is_archived (wb_run_list_get_run (all, id)));
  g_assert_true (wb_store_set_run_note (self->other, id, "put away", NULL));
  g_assert_true (wb_run_list_refresh (list, NULL));
  g_assert_true (wb_store_archive_run (self->other, id, FALSE, NULL));
  g_assert_true (wb_run_list_refresh (list, NULL));
  g_assert_cmpstr (wb_run_get_note (wb_run_list_get_run (list, id)), ==, "put away");
  g_assert_cmpstr (seen->str, ==, "1-1+0 1-0+1 ");
}

static void
notify_cb (WbRun *run, GParamSpec *pspec, GString *seen)
{
  g_string_append_printf (seen, "%s ", pspec->name);
}

/* Only what changed notifies. */
static void
test_notify (Fixture *self, gconstpointer data)
{
  const gint64 id = add_run (self, "one");
  g_autoptr (WbRunList) list = list_new (self);
  g_autoptr (GString) seen = g_string_new (NULL);
  WbRun *run = wb_run_list_get_run (list, id);

  g_assert_true (isnan (wb_run_get_best (run)));
  g_signal_connect (run, "notify", G_CALLBACK (notify_cb), seen);
  g_assert_true (wb_store_update_run_metric (self->other, id, "accuracy", 0.5, 0.75, 40, NULL));
  g_assert_true (wb_run_list_refresh (list, NULL));
  g_assert_cmpstr (seen->str, ==, "best-step last-text best-text last best metric-name ");
  g_assert_cmpfloat (wb_run_get_best (run), ==, 0.75);
  g_assert_true (wb_run_rename (run, " renamed ", NULL));
  g_assert_cmpstr (wb_run_get_name (run), ==, "renamed");
  g_assert_false (wb_run_rename (run, "  ", NULL));
  g_assert_false (wb_run_rename (run, "two\nlines", NULL));
  g_assert_false (wb_run_rename (run, "a\x1b[2Jb", NULL));
  g_assert_false (wb_run_rename (run,
                                 "a\xc2\x9b"
                                 "2Jb",
                                 NULL));
  g_assert_cmpstr (wb_run_get_name (run), ==, "renamed");
}

/* A run whose lock is free has no process, whatever its row says. */
static void
test_death (Fixture *self, gconstpointer data)
{
  const gint64 id = add_run (self, "one");
  g_autoptr (WbRunList) list = list_new (self);
  WbRun           *run = wb_run_list_get_run (list, id);
  g_autofree char *path = wb_run_record_dup_lock_path (wb_run_get_record (run));
  g_autofree char *why = NULL;
  const int        lock = wb_lock_take (path, NULL);

  g_assert_cmpint (lock, >=, 0);
  g_assert_true (wb_store_start_run (self->other, id, 1, "host", "machine", 10, NULL));
  g_assert_true (wb_run_refresh (run, NULL));
  g_assert_cmpint (wb_run_get_status (run), ==, WB_RUN_RUNNING);
  g_assert_false (wb_run_can_resume (run, &why));
  g_assert_cmpstr (why, ==, "it is running");
  wb_lock_free (lock);
  g_assert_true (wb_run_refresh (run, NULL));
  g_assert_cmpint (wb_run_get_status (run), ==, WB_RUN_INTERRUPTED);
  g_assert_true (wb_run_can_resume (run, NULL));
  g_assert_nonnull (strstr (wb_run_get_message (run), "SIGKILL"));
}

static void
add_losses (Fixture *self, gint64 id, gint64 first, gint64 last, double value)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (WbMetricPoint));

  for (gint64 step = first; step <= last; step++)
    {
      const WbMetricPoint point = { "train/loss", step, value, 1 };
      g_array_append_val (points, point);
    }
  g_assert_true (
      wb_store_add_metrics (self->other, id, (WbMetricPoint *) points->data, points->len, NULL));
}

static void
set_step (Fixture *self, gint64 id, gint64 step)
{
  const WbRunProgress progress = { .phase = "training",
                                   .step = step,
                                   .total_steps = 100,
                                   .seconds_left = NAN,
                                   .tokens_per_second = NAN,
                                   .loss = NAN };
  g_assert_true (wb_store_update_run_progress (self->other, id, &progress, NULL));
}

static void
test_series (Fixture *self, gconstpointer data)
{
  const gint64 id = add_run (self, "one");
  g_autoptr (WbRunList) list = list_new (self);
  g_autoptr (WbRunSeries) series = wb_run_series_new ("train/loss");
  WbRun             *run = wb_run_list_get_run (list, id);
  gboolean           restarted;
  g_autofree double *spark = NULL;
  gsize              n;

  add_losses (self, id, 1, 10, 0.5);
  set_step (self, id, 10);
  g_assert_true (wb_run_read_series (run, series, &restarted, NULL));
  g_assert_cmpuint (series->n, ==, 10);
  g_assert_true (wb_run_list_refresh (list, NULL));
  add_losses (self, id, 11, 12, 0.25);
  set_step (self, id, 12);
  g_assert_true (wb_run_list_refresh (list, NULL));
  g_assert_true (wb_run_read_series (run, series, &restarted, NULL));
  g_assert_false (restarted);
  g_assert_cmpuint (series->n, ==, 12);
  g_assert_cmpfloat (series->x[11], ==, 12);
  g_assert_cmpfloat (series->y[11], ==, 0.25);
  /* a resume on another machine replaced what came after step 5 */
  g_assert_true (wb_store_delete_metrics_after (self->other, id, 5, NULL));
  add_losses (self, id, 6, 6, 0.125);
  set_step (self, id, 6);
  g_assert_true (wb_run_list_refresh (list, NULL));
  g_assert_true (wb_run_read_series (run, series, &restarted, NULL));
  g_assert_true (restarted);
  g_assert_cmpuint (series->n, ==, 6);
  g_assert_cmpfloat (series->y[5], ==, 0.125);
  spark = wb_run_dup_sparkline (run, 3, &n);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpfloat (spark[0], ==, 0.5);
}

static void
test_trash (Fixture *self, gconstpointer data)
{
  const gint64 id = add_run (self, "one");
  g_autoptr (WbRunList) list = list_new (self);
  g_autoptr (WbRun) run = g_object_ref (wb_run_list_get_run (list, id));
  g_autofree char *folder = g_strdup (wb_run_get_folder (run));

  add_losses (self, id, 1, 3, 1);
  g_assert_true (wb_run_delete (run, NULL));
  g_assert_true (wb_run_list_refresh (list, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_assert_true (wb_run_restore (run, NULL));
  g_assert_true (wb_run_list_refresh (list, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 1);
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
  g_assert_true (wb_run_delete (run, NULL));
  g_assert_true (wb_run_empty_trash (self->workspace, NULL));
  g_assert_true (wb_run_restore (run, NULL));
  g_assert_true (wb_run_delete (run, NULL));
  g_assert_true (wb_run_finish_delete (run, NULL));
  g_assert_true (wb_run_recover_trash (self->workspace, NULL, NULL)); /* not this one */
  g_assert_true (wb_run_empty_trash (self->workspace, NULL));
  g_assert_false (wb_run_restore (run, NULL));
}

/* Who was killed before there was no way back loses nothing: also between moving the folder and
 * saying so. */
static void
test_recover (Fixture *self, gconstpointer data)
{
  const gint64 a = add_run (self, "one"), b = add_run (self, "two");
  g_autoptr (WbRunList) list = list_new (self);
  g_autoptr (WbRun) first = g_object_ref (wb_run_list_get_run (list, a));
  g_autoptr (WbRun) second = g_object_ref (wb_run_list_get_run (list, b));
  g_autofree char *folder = g_strdup (wb_run_get_folder (first));
  g_autofree char *other = g_strdup (wb_run_get_folder (second));
  g_autofree char *stray =
      wb_workspace_dup_path (self->workspace, "trash", wb_run_get_record (second)->uuid, NULL);

  g_assert_true (wb_run_delete (first, NULL));
  g_assert_cmpint (rename (other, stray), ==, 0);
  g_assert_true (wb_run_list_refresh (list, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 1);
  g_assert_true (wb_run_recover_trash (self->workspace, NULL, NULL));
  g_assert_true (wb_run_list_refresh (list, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 2);
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
  g_assert_true (g_file_test (other, G_FILE_TEST_IS_DIR));
}

/* A change to many, a slice at a time; what runs is left alone and said. */
static void
test_batch (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new ();
  g_autoptr (WbRunList) list = NULL;
  g_autoptr (WbRunBatch) archive = NULL, restore = NULL;
  g_autofree char *path = NULL;
  guint            steps = 0;
  int              lock;

  for (guint i = 0; i < 20; i++)
    g_assert_true (
        wb_store_end_run (self->other, add_run (self, "many"), WB_RECORD_FINISHED, NULL, NULL));
  list = list_new (self);
  for (guint i = 0; i < 20; i++)
    g_ptr_array_add (runs, wb_run_list_get_run (list, i + 1));
  path = wb_run_record_dup_lock_path (wb_run_get_record (runs->pdata[3]));
  lock = wb_lock_take (path, NULL);
  g_assert_true (wb_store_start_run (self->other, 4, 1, "host", "machine", 10, NULL));
  archive = wb_run_batch_new (runs, WB_RUN_BATCH_DELETE);
  while (wb_run_batch_step (archive, 0))
    steps++;
  g_assert_cmpuint (steps, ==, 19); /* each slice does one at least */
  g_assert_cmpuint (wb_run_batch_get_done (archive)->len, ==, 19);
  g_assert_cmpuint (wb_run_batch_get_n_failed (archive), ==, 1);
  g_assert_nonnull (strstr (wb_run_batch_get_problem (archive), "run 4 is running"));
  g_assert_true (wb_run_list_refresh (list, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 1);
  restore = wb_run_batch_new (wb_run_batch_get_done (archive),
                              wb_run_batch_kind_inverse (WB_RUN_BATCH_DELETE));
  while (wb_run_batch_step (restore, 1000))
    ;
  g_assert_cmpuint (wb_run_batch_get_n_failed (restore), ==, 0);
  g_assert_true (wb_run_list_refresh (list, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 20);
  wb_lock_free (lock);
}

static gboolean
quit_cb (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
test_follow (Fixture *self, gconstpointer data)
{
  g_autoptr (WbRunList) list = list_new (self);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  wb_run_list_set_follow (list, TRUE);
  add_run (self, "from elsewhere");
  g_timeout_add (1000, quit_cb, loop);
  g_main_loop_run (loop);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 1);
  g_assert_cmpuint (wb_run_list_get_n_active (list), ==, 1);
  wb_run_list_set_follow (list, FALSE);
}

/* 10,000 runs open well under a second. */
static void
test_many (Fixture *self, gconstpointer data)
{
  g_autoptr (WbRunList) list = NULL;
  gint64 start;

  g_assert_true (wb_store_begin (self->other, NULL));
  for (guint i = 0; i < 10000; i++)
    {
      g_autoptr (WbRunRecord) record = wb_run_record_new ();

      record->name = g_strdup_printf ("run %u", i);
      record->model_name = g_strdup ("v3-small");
      record->task = g_strdup ("rte");
      record->settings = g_strdup ("[run]\ntask=rte\n[settings]\nepochs=5\n");
      record->status = WB_RECORD_FINISHED;
      g_assert_true (wb_store_insert_run (self->other, record, NULL));
    }
  g_assert_true (wb_store_commit (self->other, NULL));
  start = g_get_monotonic_time ();
  list = list_new (self);
  g_test_message ("10,000 runs: %.0f ms", (double) (g_get_monotonic_time () - start) / 1000);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 10000);
  /* 60 ms on two idle cores; sanitizers take ten times that */
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/app/runs/list", test_list);
  add ("/app/runs/archived", test_archived);
  add ("/app/runs/notify", test_notify);
  add ("/app/runs/death", test_death);
  add ("/app/runs/series", test_series);
  add ("/app/runs/trash", test_trash);
  add ("/app/runs/recover", test_recover);
  add ("/app/runs/batch", test_batch);
  add ("/app/runs/follow", test_follow);
  add ("/app/runs/many", test_many);
  return g_test_run ();
}
