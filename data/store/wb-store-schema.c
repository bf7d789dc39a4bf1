#include "data/store/wb-store-private.h"

/* Forward only: a step that has been released is never changed, the next one mends it.
 *
 * Every change to a run takes the next number of counter 'run', so that a follower reads only what
 * is new; the triggers do it, so that no statement can forget.  NULL in a REAL column is NaN. */
static const char version_1[] =
    "CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "INSERT INTO counter VALUES ('run', 0);"

    "CREATE TABLE run ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER NOT NULL DEFAULT 0,"
    " uuid TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
    " status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'paused', 'finished',"
    "  'stopped', 'interrupted', 'failed', 'diverged')),"
    " phase TEXT, model_name TEXT NOT NULL, model_path TEXT, task TEXT NOT NULL,"
    " train_file TEXT, dev_file TEXT, folder TEXT, settings TEXT NOT NULL,"
    " seed INTEGER NOT NULL, created INTEGER NOT NULL, started INTEGER NOT NULL,"
    " finished INTEGER NOT NULL, seconds REAL NOT NULL, step INTEGER NOT NULL,"
    " total_steps INTEGER NOT NULL, epoch REAL NOT NULL, progress REAL NOT NULL,"
    " seconds_left REAL, tokens_per_second REAL, loss REAL, metric TEXT, best_value REAL,"
    " best_step INTEGER NOT NULL, last_value REAL, message TEXT,"
    " request TEXT NOT NULL CHECK (request IN ('none', 'stop', 'stop-keep-best', 'pause')),"
    " pid INTEGER NOT NULL, host TEXT, fingerprint TEXT, parameters INTEGER NOT NULL,"
    " trashed INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX run_version ON run (version);"
    "CREATE INDEX run_name ON run (name);"
    "CREATE INDEX run_folder ON run (folder);"
    "CREATE TABLE run_gone (id INTEGER PRIMARY KEY, version INTEGER NOT NULL) STRICT;"
    "CREATE INDEX run_gone_version ON run_gone (version);"
    "CREATE TRIGGER run_inserted AFTER INSERT ON run BEGIN"
    " UPDATE counter SET value = value + 1 WHERE name = 'run';"
    " UPDATE run SET version = (SELECT value FROM counter WHERE name = 'run') WHERE id = NEW.id;"
    "END;"
    "CREATE TRIGGER run_updated AFTER UPDATE ON run WHEN NEW.version = OLD.version BEGIN"
    " UPDATE counter SET value = value + 1 WHERE name = 'run';"
    " UPDATE run SET version = (SELECT value FROM counter WHERE name = 'run') WHERE id = NEW.id;"
    "END;"
    "CREATE TRIGGER run_deleted AFTER DELETE ON run BEGIN"
    " UPDATE counter SET value = value + 1 WHERE name = 'run';"
    " INSERT INTO run_gone SELECT OLD.id, value FROM counter WHERE name = 'run';"
    "END;"

    "CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE metric ("
    " run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,"
    " series_id INTEGER NOT NULL REFERENCES series (id),"
    " step INTEGER NOT NULL, value REAL, time INTEGER NOT NULL,"
    " PRIMARY KEY (run_id, series_id, step)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE result (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " run_id INTEGER REFERENCES run (id) ON DELETE CASCADE,"
    " model TEXT, task TEXT NOT NULL, split TEXT NOT NULL, metric TEXT NOT NULL, value REAL,"
    " step INTEGER NOT NULL, examples INTEGER NOT NULL, time INTEGER NOT NULL) STRICT;"
    "CREATE INDEX result_run ON result (run_id);"

    "CREATE TABLE library (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " kind TEXT NOT NULL CHECK (kind IN ('model', 'dataset')), name TEXT NOT NULL COLLATE NOCASE,"
    " path TEXT NOT NULL, type TEXT NOT NULL, linked INTEGER NOT NULL, size INTEGER NOT NULL,"
    " parameters INTEGER NOT NULL, added INTEGER NOT NULL, UNIQUE (kind, name)) STRICT;"
    "CREATE TABLE library_file ("
    " library_id INTEGER NOT NULL REFERENCES library (id) ON DELETE CASCADE,"
    " path TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL,"
    " PRIMARY KEY (library_id, path)) STRICT, WITHOUT ROWID;";

/* What people write to a run. */
static const char version_2[] = "ALTER TABLE run ADD COLUMN note TEXT;"
                                "ALTER TABLE run ADD COLUMN tags TEXT;"
                                "ALTER TABLE run ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;";

/* The queue: what waits has a place, and a paused queue holds it.  What was left waiting by earlier
 * versions waits in the order in which it was made. */
static const char version_3[] =
    "ALTER TABLE run ADD COLUMN place INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE run ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX run_active ON run (place) WHERE status IN ('queued', 'running');"
    "CREATE TABLE queue (id INTEGER PRIMARY KEY CHECK (id = 1), paused INTEGER NOT NULL) STRICT;"
    "INSERT INTO queue VALUES (1, 0);";
/* How people order and compare runs in a list. */
static const char version_4[] = "ALTER TABLE run ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;"
                                "ALTER TABLE run ADD COLUMN baseline INTEGER NOT NULL DEFAULT 0;";

WbMigration wb_store_migrations[] = { version_1, version_2, version_3, version_4 };
const guint wb_store_n_migrations = G_N_ELEMENTS (wb_store_migrations);

static gboolean
read_number (WbStore *self, const char *sql, gint64 *out, GError **error)
{
  sqlite3_stmt *stmt = wb_store_prepare (self, sql, error);
  int           rc = stmt == NULL ? SQLITE_ERROR : wb_store_step (self, stmt, error);

  if (rc == SQLITE_ROW)
    *out = sqlite3_column_int64 (stmt, 0);
  wb_store_reset (stmt);
  return rc == SQLITE_ROW;
}

gboolean
wb_store_check_file (WbStore *self, guint n, gint64 *version, GError **error)
{
  gint64 application = 0, objects = 0;

  /* In this order: another process may be making the store between two of these reads, and what is
   * made has its tables and its numbers at once. */
  if (!read_number (self, "SELECT count (*) FROM sqlite_master", &objects, error) ||
      !read_number (self, "PRAGMA application_id", &application, error) ||
      !read_number (self, "PRAGMA user_version", version, error))
    return FALSE;
  if (application != WB_STORE_APPLICATION_ID && (application != 0 || objects > 0))
    {
      g_set_error (error, WB_STORE_ERROR, WB_STORE_ERROR_CORRUPT,
                   "%s is a database of another program; choose another folder with --home",
                   self->path);
      return FALSE;
    }
  if (*version < 0 || *version > n)
    {
      g_set_error (
          error, WB_STORE_ERROR, WB_STORE_ERROR_NEWER,
          "%s was written by a later version of this program (store version %" G_GINT64_FORMAT
          ", this one knows up to %u); update the program or choose another folder with "
          "--home",
          self->path, *version, n);
      return FALSE;
    }
  return TRUE;
}

static gboolean
apply (WbStore *self, WbMigration *migrations, guint from, guint n, GError **error)
{
  g_autofree char *stamp = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %u",
                                            WB_STORE_APPLICATION_ID, n);

  for (guint i = from; i < n; i++)
    if (!wb_store_exec (self, migrations[i], error))
      return FALSE;
  return wb_store_exec (self, stamp, error);
}

gboolean
wb_store_migrate (WbStore *self, WbMigration *migrations, guint n, GError **error)
{
  gint64 version = 0;

  if (!wb_store_check_file (self, n, &version, error))
    return FALSE;
  if (version == n)
    return TRUE;
  if (!wb_store_begin (self, error))
    return FALSE;
  /* Somebody else may have done it while we waited for our turn. */
  if (!wb_store_check_file (self, n, &version, error) ||
      !apply (self, migrations, (guint) version, n, error))
    {
      wb_store_rollback (self);
      return FALSE;
    }
  return wb_store_commit (self, error);
}
