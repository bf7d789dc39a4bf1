#include "tests/support/wb-test-child.h"

#include "data/store/wb-store-private.h"
#include "data/store/wb-store-runs.h"

#include <sys/stat.h>

#include "tests/support/wb-test-folder.h"

static WbStore *
open_store (const char *home)
{
  g_autoptr (GError) error = NULL;
  WbStore *store = wb_store_open (home, &error);

  g_assert_no_error (error);
  g_assert_nonnull (store);
  return store;
}

static WbRunRecord *
make_run (const char *name)
{
  WbRunRecord *run = wb_run_record_new ();

  run->name = g_strdup (name);
  run->model_name = g_strdup ("small");
  run->task = g_strdup ("rte");
  run->settings = g_strdup ("[train]\n");
  return run;
}

static gboolean
insert_run (WbStore *store, const char *name, GError **error)
{
  g_autoptr (WbRunRecord) run = make_run (name);

  return wb_store_insert_run (store, run, error);
}

static guint
count_runs (WbStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = wb_store_list_runs (store, 0, NULL, NULL, &error);

  g_assert_no_error (error);
  return runs->len;
}

static gint64
query_number (const char *path, const char *sql)
{
  sqlite3      *db = NULL;
  sqlite3_stmt *stmt = NULL;
  gint64        value;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  value = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  return value;
}

static void
execute (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* ---- opening ---- */

static void
test_open (void)
{
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
  g_autofree char *home = g_build_filename (folder, "a", "b", NULL);
  g_autofree char *path = g_build_filename (home, "workbench.db", NULL);

  for (guint i = 0; i < 2; i++) /* new, then there already */
    {
      g_autoptr (WbStore) store = open_store (home);

      g_assert_cmpstr (wb_store_get_path (store), ==, path);
      g_assert_true (insert_run (store, "x", NULL));
      g_assert_cmpuint (count_runs (store), ==, i + 1);
    }
  g_assert_cmpint (query_number (path, "PRAGMA user_version"), ==, wb_store_n_migrations);
  g_assert_cmpint (query_number (path,
                                 "SELECT count (*) FROM pragma_table_list WHERE type = 'table'"
                                 " AND strict = 0 AND name NOT LIKE 'sqlite%'"),
                   ==, 0);
  g_assert_cmpint (query_number (path, "SELECT count (*) FROM pragma_foreign_key_check"), ==, 0);
}

static void
test_journal (void)
{
  g_autoptr (WbTestFolder) home = wb_test_folder_new ();
  g_autofree char *wal = g_build_filename (home, "workbench.db-wal", NULL);

  for (guint i = 0; i < 4; i++) /* moved to a network file system and back, with its runs */
    {
      gboolean network = i % 2 == 1;
      g_autoptr (GError) error = NULL;
      g_autoptr (WbStore) store =
          wb_store_open_full (home, network, wb_store_migrations, wb_store_n_migrations, &error);

      g_assert_no_error (error);
      g_assert_true (wb_store_is_on_network (store) == network);
      g_assert_true (insert_run (store, "x", NULL));
      g_assert_true (g_file_test (wal, G_FILE_TEST_EXISTS) == !network);
      g_assert_cmpuint (count_runs (store), ==, i + 1);
    }
  g_assert_true (wb_file_system_is_network (0x6969));
  g_assert_true (wb_file_system_is_network (0xffffffffff534d42)); /* CIFS, sign-extended */
  g_assert_false (wb_file_system_is_network (0xef53));            /* ext4 */
  g_assert_false (wb_file_system_is_network (0x01021994));        /* tmpfs */
}

static void
test_migrations (void)
{
  static WbMigration steps[] = {
    "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1)",
    "ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 7",
    "CREATE TABLE b (z INTEGER) STRICT; INSERT INTO b SELECT y FROM a"
  };
  static WbMigration broken[] = { steps[0], "CREATE TABLE c (z INTEGER) STRICT; SELECT nothing" };
  g_autoptr (WbTestFolder) home = wb_test_folder_new ();
  g_autofree char *path = g_build_filename (home, "workbench.db", NULL);
  g_autoptr (GError) error = NULL;

  for (guint n = 1; n <= 3; n++)
    {
      g_autoptr (WbStore) store = wb_store_open_full (home, FALSE, steps, n, &error);

      g_assert_no_error (error);
      g_clear_pointer (&store, wb_store_close);
      g_assert_cmpint (query_number (path, "PRAGMA user_version"), ==, n);
      if (n == 1)
        { /* a step that fails half way leaves nothing */
          g_assert_null (wb_store_open_full (home, FALSE, broken, 2, &error));
          g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_FAILED);
          g_clear_error (&error);
          g_assert_cmpint (query_number (path, "PRAGMA user_version"), ==, 1);
          g_assert_cmpint (
              query_number (path, "SELECT count (*) FROM sqlite_master WHERE name = 'c'"), ==, 0);
        }
    }
  g_assert_cmpint (query_number (path, "SELECT z FROM b"), ==, 7);
}

/* A home of the first version keeps its runs and learns what people write to them. */
static void
test_from_version_1 (void)
{
  g_autoptr (WbTestFolder) home = wb_test_folder_new ();
  g_autofree char *path = g_build_filename (home, "workbench.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbStore) store = wb_store_open_full (home, FALSE, wb_store_migrations, 1, &error);
  g_autoptr (WbRunRecord) run = NULL;

  g_assert_no_error (error);
  g_clear_pointer (&store, wb_store_close);
  execute (path, "INSERT INTO run (uuid, name, status, model_name, task, settings, seed, created,"
                 " started, finished, seconds, step, total_steps, epoch, progress, best_value,"
                 " best_step, request, pid, parameters, trashed) VALUES ('u', 'old', 'finished',"
                 " 'm', 'rte', '', 7, 1, 2, 3, 4.5, 10, 10, 1, 1, 0.75, 5, 'none', 0, 9, 0)");
  store = wb_store_open (home, &error);
  g_assert_no_error (error);
  run = wb_store_find_run (store, "old", &error);
  g_assert_no_error (error);
  g_assert_cmpint (run->seed, ==, 7);
  g_assert_cmpfloat (run->best_value, ==, 0.75);
  g_assert_null (run->note);
  g_assert_null (run->tags);
  g_assert_cmpint (run->archived, ==, 0);
  g_assert_cmpint (run->place, ==, 0);
  g_assert_cmpint (run->pinned, ==, 0);
  g_assert_cmpint (run->baseline, ==, 0);
  g_assert_true (wb_store_set_run_note (store, run->id, "kept", &error));
  g_clear_pointer (&run, wb_run_record_free);
  run = wb_store_find_run (store, "old", &error);
  g_assert_cmpstr (run->note, ==, "kept");
}

static void
test_newer (void)
{
  g_autoptr (WbTestFolder) home = wb_test_folder_new ();
  g_autofree char *path = g_build_filename (home, "workbench.db", NULL);
  g_autofree char *before = NULL, *after = NULL;
  gsize            n_before, n_after;
  g_autoptr (GError) error = NULL;

  wb_store_close (open_store (home));
  execute (path, "PRAGMA user_version = 99; PRAGMA journal_mode = DELETE");
  g_assert_true (g_file_get_contents (path, &before, &n_before, NULL));
  g_assert_null (wb_store_open (home, &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NEWER);
  g_assert_nonnull (strstr (error->message, "store version 99"));
  g_assert_null (strchr (error->message, '\n'));
  g_assert_true (g_file_get_contents (path, &after, &n_after, NULL)); /* not touched */
  g_assert_cmpmem (before, n_before, after, n_after);
}

static void
test_foreign (void)
{
  g_autoptr (WbTestFolder) home = wb_test_folder_new ();
  g_autofree char *path = g_build_filename (home, "workbench.db", NULL);
  g_autoptr (GError) error = NULL;

  execute (path, "CREATE TABLE theirs (x)");
  g_assert_null (wb_store_open (home, &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_true (
      g_file_set_contents (path, "this is no database, but a text of some length", -1, NULL));
  g_assert_null (wb_store_open (home, &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, path));
}

/* ---- transactions ---- */

static void
test_transactions (void)
{
  g_autoptr (WbTestFolder) home = wb_test_folder_new ();
  g_autoptr (WbStore) store = open_store (home);
  g_autoptr (WbStore) other = open_store (home);
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_store_begin (store, NULL));
  g_assert_true (insert_run (store, "a", NULL));
  g_assert_cmpuint (count_runs (other), ==, 0);
  wb_store_rollback (store);
  g_assert_cmpuint (count_runs (store), ==, 0);

  g_assert_true (wb_store_begin (store, NULL));
  g_assert_true (wb_store_begin (store, NULL));
  g_assert_true (insert_run (store, "a", NULL));
  g_assert_true (wb_store_commit (store, NULL));
  g_assert_cmpuint (count_runs (other), ==, 0);
  g_assert_true (wb_store_commit (store, NULL));
  g_assert_cmpuint (count_runs (other), ==, 1);

  g_assert_true (wb_store_begin (store, NULL)); /* a rollback inside undoes the whole */
  g_assert_true (insert_run (store, "b", NULL));
  g_assert_true (wb_store_begin (store, NULL));
  wb_store_rollback (store);
  g_assert_false (wb_store_commit (store, &error));
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_FAILED);
  g_assert_cmpuint (count_runs (store), ==, 1);
  g_assert_true (insert_run (store, "c", NULL)); /* and the next one starts afresh */
  g_assert_cmpuint (count_runs (other), ==, 2);
}

static void
test_data_version (void)
{
  g_autoptr (WbTestFolder) home = wb_test_folder_new ();
  g_autoptr (WbStore) store = open_store (home);
  g_autoptr (WbStore) other = open_store (home);
  guint64 version = wb_store_get_data_version (store);

  g_assert_cmpuint (wb_store_get_data_version (store), ==, version);
  g_assert_true (insert_run (other, "a", NULL));
  g_assert_cmpuint (wb_store_get_data_version (store), !=, version);
  version = wb_store_get_data_version (store);
  g_assert_true (insert_run (store, "b", NULL));
  g_assert_cmpuint (wb_store_get_data_version (store), !=, version);
  version = wb_store_get_data_version (store);
  g_assert_cmpuint (count_runs (store), ==, 2);
  g_assert_cmpuint (wb_store_get_data_version (store), ==, version);
}

/* ---- homes that cannot be written ---- */

/* 0: the error is @code, names the file and is one line. */
static int
judge (const GError *error, WbStoreError code)
{
  if (g_error_matches (error, WB_STORE_ERROR, (int) code) && strchr (error->message, '\n') == NULL)
    return 0;
  g_printerr ("# unexpected: %s\n", error == NULL ? "no error" : error->message);
  return 1;
}

static int
write_until_full (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbStore) store = NULL;
  guint n = 0;

  if (!wb_test_mount_small (folder, 512))
    return WB_TEST_NOT_PERMITTED;
  store = wb_store_open (folder, &error);
  if (store == NULL)
    return judge (error, WB_STORE_ERROR_FULL) + 2;
  wb_test_fill (folder);
  while (n < 5000 && insert_run (store, "a run with a name", &error))
    n++;
  if (judge (error, WB_STORE_ERROR_FULL) != 0)
    return 1;
  g_clear_pointer (&store, wb_store_close);
  g_clear_error (&error);
  { /* after room is made the store has the whole runs and takes more */
    g_autofree char *filler = g_build_filename (folder, "filler", NULL);
    g_unlink (filler);
  }
  store = open_store (folder);
  if (count_runs (store) != n || !insert_run (store, "one more", NULL))
    return 4;
  return 0;
}

static int
open_on_full (const char *folder)
{
  g_autoptr (GError) error = NULL;

  if (!wb_test_mount_small (folder, 64))
    return WB_TEST_NOT_PERMITTED;
  wb_test_fill (folder);
  return wb_store_open (folder, &error) == NULL ? judge (error, WB_STORE_ERROR_FULL) : 1;
}

static int
open_read_only (const char *folder)
{
  g_autoptr (GError) error = NULL;

  if (!wb_test_become_nobody ())
    return WB_TEST_NOT_PERMITTED;
  return wb_store_open (folder, &error) == NULL ? judge (error, WB_STORE_ERROR_READ_ONLY) : 1;
}

static void
expect_in_child (int (*body) (const char *folder), const char *folder, const char *what)
{
  int status = wb_test_in_child (body, folder);

  if (status == WB_TEST_NOT_PERMITTED)
    g_test_skip (what);
  else
    g_assert_cmpint (status, ==, 0);
}

static void
test_full (void)
{
  g_autoptr (WbTestFolder) home = wb_test_folder_new ();

  expect_in_child (write_until_full, home, "no small tmpfs may be mounted here");
  expect_in_child (open_on_full, home, "no small tmpfs may be mounted here");
}

/* What a full disk looks like to SQLite, where nothing can be mounted. */
static void
test_full_page_count (void)
{
  g_autoptr (WbTestFolder) home = wb_test_folder_new ();
  g_autoptr (WbStore) store = open_store (home);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_assert_cmpint (sqlite3_exec (store->db, "PRAGMA max_page_count = 60", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  while (n < 5000 && insert_run (store, "a run with a name", &error))
    n++;
  g_assert_error (error, WB_STORE_ERROR, WB_STORE_ERROR_FULL);
  g_assert_nonnull (strstr (error->message, wb_store_get_path (store)));
  g_assert_cmpuint (count_runs (store), ==, n);
}

static void
test_read_only (void)
{
  g_autoptr (WbTestFolder) home = wb_test_folder_new ();
  g_autofree char *inside = g_build_filename (home, "home", NULL);
  g_autofree char *path = g_build_filename (home, "workbench.db", NULL);

  g_assert_cmpint (g_chmod (home, 0555), ==, 0);
  expect_in_child (open_read_only, home, "this user cannot become another one"); /* no file yet */
  expect_in_child (open_read_only, inside, "this user cannot become another one");
  g_assert_cmpint (g_chmod (home, 0755), ==, 0);
  wb_store_close (open_store (home));
  g_assert_cmpint (g_chmod (path, 0444), ==, 0);
  g_assert_cmpint (g_chmod (home, 0777), ==, 0); /* the file alone: seen at once, not at a write */
  expect_in_child (open_read_only, home, "this user cannot become another one");
  g_assert_cmpint (g_chmod (home, 0555), ==, 0);
  expect_in_child (open_read_only, home, "this user cannot become another one");
  g_assert_cmpint (g_chmod (home, 0755), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data/store/open", test_open);
  g_test_add_func ("/data/store/journal", test_journal);
  g_test_add_func ("/data/store/migrations", test_migrations);
  g_test_add_func ("/data/store/from-version-1", test_from_version_1);
  g_test_add_func ("/data/store/newer", test_newer);
  g_test_add_func ("/data/store/foreign", test_foreign);
  g_test_add_func ("/data/store/transactions", test_transactions);
  g_test_add_func ("/data/store/data-version", test_data_version);
  g_test_add_func ("/data/store/full", test_full);
  g_test_add_func ("/data/store/full-page-count", test_full_page_count);
  g_test_add_func ("/data/store/read-only", test_read_only);
  return g_test_run ();
}
