#include "tests/support/wb-test-child.h"

/* Several processes and threads at one store, and processes that die. */
#include "data/store/wb-store-metrics.h"
#include "data/store/wb-store-private.h"
#include "data/store/wb-store-runs.h"

#include <signal.h>

#include "tests/support/wb-test-folder.h"

#define WRITERS 4
#define READERS 2
#define ROUNDS 25
#define POINTS 20

typedef WbStore *(*OpenFunc) (const char *home, GError **error);

static WbStore *
open_with_rollback_journal (const char *home, GError **error)
{
  return wb_store_open_full (home, TRUE, wb_store_migrations, wb_store_n_migrations, error);
}

static gint64
add_run (WbStore *store, const char *name, GError **error)
{
  g_autoptr (WbRunRecord) run = wb_run_record_new ();

  run->name = g_strdup (name);
  run->model_name = g_strdup ("small");
  run->task = g_strdup ("rte");
  run->settings = g_strdup ("");
  return wb_store_insert_run (store, run, error) ? run->id : 0;
}

/* What a run's process does each second: points and progress, together or not at all. */
static gboolean
write_round (WbStore *store, gint64 run, gint64 round, GError **error)
{
  WbMetricPoint       points[POINTS];
  const WbRunProgress progress = { .phase = "training", .step = (round + 1) * POINTS };

  for (gint64 i = 0; i < POINTS; i++)
    points[i] = (WbMetricPoint){ "train/loss", round * POINTS + i, 1, 0 };
  if (!wb_store_begin (store, error))
    return FALSE;
  if (!wb_store_add_metrics (store, run, points, POINTS, error) ||
      !wb_store_update_run_progress (store, run, &progress, error))
    {
      wb_store_rollback (store);
      return FALSE;
    }
  return wb_store_commit (store, error);
}

static gboolean
write_all (OpenFunc open_func, const char *home, GError **error)
{
  g_autoptr (WbStore) store = open_func (home, error);
  gint64 run = store != NULL ? add_run (store, "w", error) : 0;

  for (gint64 round = 0; run > 0 && round < ROUNDS; round++)
    if (!write_round (store, run, round, error))
      return FALSE;
  return run > 0;
}

/* As the window does: the list, then a curve.  A run's step and its points agree in one read. */
static gboolean
read_all (OpenFunc open_func, const char *home, GError **error)
{
  g_autoptr (WbStore) store = open_func (home, error);

  for (guint i = 0; store != NULL && i < 2 * ROUNDS; i++)
    {
      g_autoptr (GPtrArray) runs = wb_store_list_runs (store, 0, NULL, NULL, error);

      wb_store_get_data_version (store);
      if (runs == NULL)
        return FALSE;
      for (guint k = 0; k < runs->len; k++)
        {
          const WbRunRecord *run = runs->pdata[k];
          g_autoptr (WbMetricSeries) series =
              wb_store_get_metrics (store, run->id, "train/loss", -1, error);

          if (series == NULL || series->n % POINTS != 0 || (gint64) series->n < run->step)
            return FALSE;
        }
    }
  return store != NULL;
}

/* ---- processes ---- */

static int
work (OpenFunc open_func, const char *home, gboolean writes)
{
  g_autoptr (GError) error = NULL;

  if (writes ? write_all (open_func, home, &error) : read_all (open_func, home, &error))
    return 0;
  g_printerr ("# %s\n", error != NULL ? error->message : "a torn read");
  return 1;
}

static void
check_result (const char *home)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbStore) store = wb_store_open (home, &error);
  g_autoptr (GPtrArray) runs = wb_store_list_runs (store, 0, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (runs->len, ==, WRITERS);
  for (guint i = 0; i < runs->len; i++)
    {
      const WbRunRecord *run = runs->pdata[i];
      g_autoptr (WbMetricSeries) series =
          wb_store_get_metrics (store, run->id, "train/loss", -1, &error);

      g_assert_cmpint (run->step, ==, ROUNDS * POINTS);
      g_assert_cmpuint (series->n, ==, ROUNDS * POINTS);
    }
}

/* All start with no file there: they make it together. */
static void
test_processes (gconstpointer data)
{
  g_autoptr (WbTestFolder) home = wb_test_folder_new ();
  pid_t children[WRITERS + READERS];

  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      children[i] = fork ();
      g_assert_cmpint (children[i], >=, 0);
      if (children[i] == 0)
        _exit (work ((OpenFunc) data, home, i < WRITERS));
    }
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      int status;

      g_assert_cmpint (waitpid (children[i], &status, 0), ==, children[i]);
      g_assert_true (WIFEXITED (status));
      g_assert_cmpint (WEXITSTATUS (status), ==, 0);
    }
  check_result (home);
}

/* ---- threads, each with a connection of its own ---- */

typedef struct
{
  const char *home;
  gboolean    writes;
  int         result;
} Job;

static void *
job_cb (void *data)
{
  Job *job = data;

  job->result = work (wb_store_open, job->home, job->writes);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (WbTestFolder) home = wb_test_folder_new ();
  pthread_t threads[WRITERS + READERS];
  Job       jobs[WRITERS + READERS];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      jobs[i] = (Job){ home, i < WRITERS, -1 };
      g_assert_cmpint (pthread_create (&threads[i], NULL, job_cb, &jobs[i]), ==, 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_assert_cmpint (pthread_join (threads[i], NULL), ==, 0);
      g_assert_cmpint (jobs[i].result, ==, 0);
    }
  check_result (home);
}

/* ---- kill -9 ---- */

/* Says through @fd when the first round is written. */
static int
write_for_ever (const char *home, int fd)
{
  g_autoptr (WbStore) store = wb_store_open (home, NULL);

  for (gint64 round = 0; store != NULL; round++)
    {
      if (!write_round (store, 1, round, NULL))
        break;
      if (round == 0 && write (fd, "x", 1) != 1)
        break;
    }
  return 1;
}

static gint64
check_after_kill (const char *home)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbStore) store = wb_store_open (home, &error);
  g_autoptr (WbRunRecord) run = wb_store_get_run (store, 1, &error);
  g_autoptr (WbMetricSeries) series = wb_store_get_metrics (store, 1, "train/loss", -1, &error);
  sqlite3_stmt *stmt = wb_store_prepare (store, "PRAGMA integrity_check", &error);

  g_assert_no_error (error);
  g_assert_cmpint (wb_store_step (store, stmt, NULL), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (stmt, 0), ==, "ok");
  wb_store_reset (stmt);
  g_assert_cmpuint (series->n % POINTS, ==, 0);
  g_assert_cmpuint (series->n, >=, run->step);
  return run->step;
}

static void
test_kill (void)
{
  g_autoptr (WbTestFolder) home = wb_test_folder_new ();
  g_autoptr (WbStore) store = wb_store_open (home, NULL);
  gint64 furthest = 0;

  g_assert_cmpint (add_run (store, "victim", NULL), ==, 1);
  g_clear_pointer (&store, wb_store_close);
  for (guint i = 0; i < 12; i++)
    {
      int   pipes[2];
      char  byte;
      pid_t pid;

      g_assert_cmpint (pipe (pipes), ==, 0);
      pid = fork ();
      g_assert_cmpint (pid, >=, 0);
      if (pid == 0)
        _exit (write_for_ever (home, pipes[1]));
      close (pipes[1]);
      if (i % 3 != 0) /* else in the middle of opening, as it may be */
        g_assert_cmpint (read (pipes[0], &byte, 1), ==, 1);
      g_usleep ((gulong) g_test_rand_int_range (0, 40000));
      g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
      g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
      close (pipes[0]);
      furthest = MAX (furthest, check_after_kill (home));
    }
  g_assert_cmpint (furthest, >, 0); /* they did write */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/data/store-processes/wal", wb_store_open, test_processes);
  g_test_add_data_func ("/data/store-processes/rollback-journal", open_with_rollback_journal,
                        test_processes);
  g_test_add_func ("/data/store-processes/threads", test_threads);
  g_test_add_func ("/data/store-processes/kill", test_kill);
  return g_test_run ();
}
