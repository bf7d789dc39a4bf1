#include "tests/support/wb-test-child.h"

/* The order of what waits, a paused queue, and several processes that take from it at once. */
#include "data/store/wb-store-private.h"
#include "data/store/wb-store-queue.h"

#include <sqlite3.h>

#include "tests/support/wb-test-store.h"

#define WORKERS 4
#define WAITING 40

static gint64
add (WbTestStore *f, const char *name, gboolean urgent)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRunRecord) run = wb_run_record_new ();

  run->status = WB_RECORD_STOPPED;
  run->name = g_strdup (name);
  run->model_name = g_strdup ("small");
  run->task = g_strdup ("rte");
  run->settings = g_strdup ("");
  g_assert_true (wb_store_insert_run (f->store, run, &error));
  g_assert_true (wb_store_enqueue_run (f->store, run->id, urgent, &error));
  g_assert_no_error (error);
  return run->id;
}

static void
assert_order (WbTestStore *f, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = wb_store_list_active (f->store, &error);
  g_autoptr (GString) names = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < records->len; i++)
    {
      const WbRunRecord *record = records->pdata[i];

      g_string_append_printf (names, "%s%s%s", i > 0 ? " " : "", record->name,
                              record->status == WB_RECORD_RUNNING ? "*"
                              : record->urgent != 0               ? "!"
                                                                  : "");
    }
  g_assert_cmpstr (names->str, ==, expected);
}

static void
test_order (WbTestStore *f, gconstpointer data)
{
  const gint64 a = add (f, "a", FALSE), b = add (f, "b", FALSE), c = add (f, "c", FALSE);
  g_autoptr (GError) error = NULL;

  assert_order (f, "a b c");
  g_assert_true (wb_store_move_queued (f->store, c, 0, &error));
  assert_order (f, "c a b");
  g_assert_true (wb_store_move_queued (f->store, c, 1, &error));
  assert_order (f, "a c b");
  g_assert_true (wb_store_move_queued (f->store, a, 99, &error));
  assert_order (f, "c b a");
  g_assert_true (wb_store_move_queued (f->store, b, 1, &error));
  assert_order (f, "c b a");
  add (f, "d", TRUE);
  add (f, "e", TRUE);
  assert_order (f, "d! e! c b a");
  /* one that waits already goes to its new place */
  g_assert_true (wb_store_enqueue_run (f->store, b, TRUE, &error));
  assert_order (f, "d! e! b! c a");
  g_assert_true (wb_store_enqueue_run (f->store, b, FALSE, &error));
  assert_order (f, "d! e! c a b");
  /* what runs stands before, what ended is gone */
  g_assert_true (wb_store_start_run (f->store, a, 1, "host", NULL, 0, &error));
  assert_order (f, "a* d! e! c b");
  g_assert_true (wb_store_end_run (f->store, a, WB_RECORD_FAILED, "no", &error));
  assert_order (f, "d! e! c b");
  /* resumed, it waits like the others and says nothing of how it ended */
  g_assert_true (wb_store_enqueue_run (f->store, a, FALSE, &error));
  assert_order (f, "d! e! c b a");
  g_assert_true (wb_store_trash_run (f->store, c, TRUE, &error));
  assert_order (f, "d! e! b a");
}

static void
test_refusals (WbTestStore *f, gconstpointer data)
{
  const gint64 a = add (f, "a", FALSE);
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_store_start_run (f->store, a, 1, "host", NULL, 0, NULL));
  g_assert_false (wb_store_move_queued (f->store, a, 0, &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "running"));
  g_clear_error (&error);
  g_assert_false (wb_store_enqueue_run (f->store, a, FALSE, &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (wb_store_enqueue_run (f->store, 99, FALSE, &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (wb_store_move_queued (f->store, 99, 0, &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND);
}

static void
test_paused (WbTestStore *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean paused = TRUE;
  guint64  version;

  add (f, "a", FALSE);
  add (f, "b", TRUE);
  assert_order (f, "b! a");
  g_assert_true (wb_store_get_queue_paused (f->store, &paused, &error));
  g_assert_false (paused);
  version = wb_store_get_data_version (f->store);
  g_assert_true (wb_store_set_queue_paused (f->store, TRUE, &error));
  g_assert_cmpuint (wb_store_get_data_version (f->store), !=, version); /* windows follow */
  g_assert_true (wb_store_get_queue_paused (f->store, &paused, &error));
  g_assert_true (paused);
  assert_order (f, "b a"); /* all that waits now is held */
  add (f, "c", TRUE);
  assert_order (f, "c! b a");
  g_assert_true (wb_store_set_queue_paused (f->store, FALSE, &error));
  g_assert_true (wb_store_get_queue_paused (f->store, &paused, &error));
  g_assert_false (paused);
  wb_store_close (f->store);
  f->store = wb_store_open (f->home, &error);
  assert_order (f, "c! b a"); /* and it is all there the next time */
}

/* ---- several processes ---- */

/* The first that waits, or 0; @failed: something went wrong. */
static gint64
take (WbStore *store, gboolean *failed)
{
  g_autoptr (GPtrArray) records = NULL;
  gint64 id = 0;

  *failed = !wb_store_begin (store, NULL);
  records = *failed ? NULL : wb_store_list_active (store, NULL);
  for (guint i = 0; records != NULL && id == 0 && i < records->len; i++)
    if (((WbRunRecord *) records->pdata[i])->status == WB_RECORD_QUEUED)
      id = ((WbRunRecord *) records->pdata[i])->id;
  *failed |= records == NULL;
  *failed |= id != 0 && !wb_store_start_run (store, id, getpid (), "host", NULL, 0, NULL);
  *failed |= !wb_store_commit (store, NULL);
  return id;
}

/* Takes until nothing waits; every run taken is counted in its column of steps, so that one taken
 * twice shows. */
static int
work (const char *home)
{
  g_autoptr (WbStore) store = wb_store_open (home, NULL);
  gboolean failed = store == NULL;
  gint64   id;

  while (!failed && (id = take (store, &failed)) != 0)
    {
      g_autofree char *sql =
          g_strdup_printf ("UPDATE run SET step = step + 1 WHERE id = %" G_GINT64_FORMAT, id);

      failed |= !wb_store_exec (store, sql, NULL);
      /* the queue moves under the others' hands */
      failed |= !wb_store_set_queue_paused (store, id % 2, NULL);
    }
  return failed;
}

static void
test_processes (WbTestStore *f, gconstpointer data)
{
  g_autoptr (GPtrArray) runs = NULL;
  pid_t children[WORKERS];

  for (guint i = 0; i < WAITING; i++)
    add (f, "a", i % 3 == 0);
  wb_store_close (f->store);
  for (guint i = 0; i < WORKERS; i++)
    {
      children[i] = fork ();
      g_assert_cmpint (children[i], >=, 0);
      if (children[i] == 0)
        _exit (work (f->home));
    }
  for (guint i = 0; i < WORKERS; i++)
    {
      int status;

      g_assert_cmpint (waitpid (children[i], &status, 0), ==, children[i]);
      g_assert_true (WIFEXITED (status));
      g_assert_cmpint (WEXITSTATUS (status), ==, 0);
    }
  f->store = wb_store_open (f->home, NULL);
  runs = wb_store_list_runs (f->store, 0, NULL, NULL, NULL);
  g_assert_cmpuint (runs->len, ==, WAITING);
  for (guint i = 0; i < runs->len; i++)
    g_assert_cmpint (((WbRunRecord *) runs->pdata[i])->step, ==, 1);
}

/* With 10,000 runs stored the queue is read without looking at those that ended. */
static void
test_index (WbTestStore *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->home, "workbench.db", NULL);
  g_autofree char *detail = NULL;
  sqlite3         *db;
  sqlite3_stmt    *stmt;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (
      sqlite3_prepare_v2 (db,
                          "EXPLAIN QUERY PLAN SELECT * FROM run WHERE status IN ('queued',"
                          " 'running') AND trashed = 0 ORDER BY status = 'queued', place, id",
                          -1, &stmt, NULL),
      ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  detail = g_strdup ((const char *) sqlite3_column_text (stmt, 3));
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  g_assert_nonnull (strstr (detail, "run_active"));
}

int
main (int argc, char **argv)
{
#define ADD(path, function)                                                                        \
  g_test_add (path, WbTestStore, NULL, wb_test_store_set_up, function, wb_test_store_tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("/data/store-queue/order", test_order);
  ADD ("/data/store-queue/refusals", test_refusals);
  ADD ("/data/store-queue/paused", test_paused);
  ADD ("/data/store-queue/processes", test_processes);
  ADD ("/data/store-queue/index", test_index);
  return g_test_run ();
}
