#include "data/store/wb-store-private.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/vfs.h>

#include <glib/gstdio.h>

#define PATIENCE (60 * G_USEC_PER_SEC) /* then a waiting writer gives up */

G_DEFINE_QUARK (wb_store_error, wb_store_error)

/* ---- errors ---- */

static gboolean
is_full (WbStore *self, int rc)
{
  int e = sqlite3_system_errno (self->db);

  return (rc & 0xff) == SQLITE_FULL ||
         ((rc & 0xff) == SQLITE_IOERR && (e == ENOSPC || e == EDQUOT)) ||
         ((rc & 0xff) == SQLITE_CANTOPEN && (e == ENOSPC || e == EDQUOT));
}

static WbStoreError
code_from_rc (WbStore *self, int rc)
{
  if (is_full (self, rc))
    return WB_STORE_ERROR_FULL;
  if (rc == SQLITE_CONSTRAINT_FOREIGNKEY)
    return WB_STORE_ERROR_NOT_FOUND;
  if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY)
    return WB_STORE_ERROR_EXISTS;
  switch (rc & 0xff)
    {
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return WB_STORE_ERROR_READ_ONLY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return WB_STORE_ERROR_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_PROTOCOL:
      return WB_STORE_ERROR_BUSY;
    default:
      return WB_STORE_ERROR_FAILED;
    }
}

static const char *
advice (WbStoreError code)
{
  switch (code)
    {
    case WB_STORE_ERROR_FULL:
      return "the disk is full; nothing was written, free some space and try again";
    case WB_STORE_ERROR_READ_ONLY:
      return "cannot be written; mend its permissions or choose another folder with --home";
    case WB_STORE_ERROR_CORRUPT:
      return "is damaged or not a store; move it away to start with an empty one";
    case WB_STORE_ERROR_BUSY:
      return "another program has held it for a minute; end that program and try again";
    case WB_STORE_ERROR_NOT_FOUND:
      return "no such row";
    case WB_STORE_ERROR_EXISTS:
      return "there is such a row already";
    default:
      return "the database failed";
    }
}

gboolean
wb_store_check (WbStore *self, int rc, GError **error)
{
  WbStoreError code;
  const char  *words;

  if (rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE)
    return TRUE;
  code = code_from_rc (self, rc);
  words =
      sqlite3_extended_errcode (self->db) == rc ? sqlite3_errmsg (self->db) : sqlite3_errstr (rc);
  g_set_error (error, WB_STORE_ERROR, code, "%s: %s (%s)", self->path, advice (code), words);
  return FALSE;
}

/* ---- waiting for one's turn ---- */

static gboolean
is_busy (int rc)
{
  return (rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_PROTOCOL;
}

/* Waits a random moment, longer when it has waited long, so that many writers do not come back all
 * at once. */
static gboolean
wait_a_moment (gint64 since)
{
  gint64 waited = g_get_monotonic_time () - since;

  if (waited > PATIENCE)
    return FALSE;
  g_usleep ((gulong) g_random_int_range (200, waited < G_USEC_PER_SEC / 10 ? 2000 : 20000));
  return TRUE;
}

static int
busy_cb (void *data, int count)
{
  WbStore *self = data;

  if (count == 0)
    self->waiting_since = g_get_monotonic_time ();
  return wait_a_moment (self->waiting_since);
}

/* SQLite does not call its busy handler everywhere (switching the journal, recovering a WAL). */
static int
exec_patiently (WbStore *self, const char *sql)
{
  gint64 since = g_get_monotonic_time ();
  int    rc;

  do
    rc = sqlite3_exec (self->db, sql, NULL, NULL, NULL);
  while (is_busy (rc) && wait_a_moment (since));
  return rc;
}

gboolean
wb_store_exec (WbStore *self, const char *sql, GError **error)
{
  return wb_store_check (self, exec_patiently (self, sql), error);
}

/* ---- statements ---- */

static void
finalize_cb (void *stmt)
{
  sqlite3_finalize (stmt);
}

sqlite3_stmt *
wb_store_prepare (WbStore *self, const char *sql, GError **error)
{
  sqlite3_stmt *stmt = g_hash_table_lookup (self->statements, sql);
  gint64        since = g_get_monotonic_time ();
  int           rc;

  if (stmt != NULL)
    {
      wb_store_reset (stmt);
      return stmt;
    }
  do
    rc = sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
  while (is_busy (rc) && wait_a_moment (since));
  if (!wb_store_check (self, rc, error))
    return NULL;
  g_hash_table_insert (self->statements, (gpointer) sql, stmt);
  return stmt;
}

int
wb_store_step (WbStore *self, sqlite3_stmt *stmt, GError **error)
{
  gint64 since = g_get_monotonic_time ();
  int    rc = sqlite3_step (stmt);

  while (is_busy (rc) && wait_a_moment (since))
    {
      sqlite3_reset (stmt); /* keeps the bindings; busy comes before the first row only */
      rc = sqlite3_step (stmt);
    }
  return wb_store_check (self, rc, error) ? rc : SQLITE_ERROR;
}

void
wb_store_reset (sqlite3_stmt *stmt)
{
  if (stmt == NULL)
    return;
  sqlite3_reset (stmt);
  sqlite3_clear_bindings (stmt);
}

gboolean
wb_store_run (WbStore *self, sqlite3_stmt *stmt, GError **error)
{
  gboolean ok = FALSE;

  if (stmt != NULL && wb_store_begin (self, error))
    {
      ok = wb_store_step (self, stmt, error) != SQLITE_ERROR;
      sqlite3_reset (stmt); /* before the commit: a running statement would hold it */
      if (ok)
        ok = wb_store_commit (self, error);
      else
        wb_store_rollback (self);
    }
  wb_store_reset (stmt);
  return ok;
}

gboolean
wb_store_run_on_row (WbStore *self, sqlite3_stmt *stmt, const char *what, gint64 id, GError **error)
{
  if (!wb_store_run (self, stmt, error))
    return FALSE;
  if (sqlite3_changes (self->db) > 0)
    return TRUE;
  g_set_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND, "There is no %s %" G_GINT64_FORMAT,
               what, id);
  return FALSE;
}

void
wb_store_bind_text (sqlite3_stmt *stmt, int i, const char *text)
{
  if (text != NULL)
    sqlite3_bind_text (stmt, i, text, -1, SQLITE_TRANSIENT);
  else
    sqlite3_bind_null (stmt, i);
}

double
wb_store_column_double (sqlite3_stmt *stmt, int i)
{
  return sqlite3_column_type (stmt, i) == SQLITE_NULL ? (double) NAN
                                                      : sqlite3_column_double (stmt, i);
}

char *
wb_store_dup_column (sqlite3_stmt *stmt, int i)
{
  return g_strdup ((const char *) sqlite3_column_text (stmt, i));
}

/* ---- transactions ---- */

gboolean
wb_store_begin (WbStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->depth == 0)
    {
      if (!wb_store_exec (self, "BEGIN IMMEDIATE", error))
        return FALSE;
      self->failed = FALSE;
    }
  self->depth++;
  return TRUE;
}

static void
undo (WbStore *self)
{
  /* SQLite has rolled back by itself after some errors (full disk): then there is nothing left. */
  if (!sqlite3_get_autocommit (self->db))
    exec_patiently (self, "ROLLBACK");
  g_hash_table_remove_all (self->series);
}

gboolean
wb_store_commit (WbStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL && self->depth > 0, FALSE);

  if (--self->depth > 0)
    return TRUE;
  if (!self->failed && wb_store_exec (self, "COMMIT", error))
    return TRUE;
  if (self->failed)
    g_set_error (error, WB_STORE_ERROR, WB_STORE_ERROR_FAILED,
                 "%s: a part of this change failed, so nothing was written", self->path);
  undo (self);
  return FALSE;
}

void
wb_store_rollback (WbStore *self)
{
  g_return_if_fail (self != NULL && self->depth > 0);

  self->failed = TRUE;
  if (--self->depth == 0)
    undo (self);
}

/* ---- opening ---- */

gboolean
wb_file_system_is_network (guint64 magic)
{
  static const guint32 known[] = {
    0x6969,     /* NFS */
    0x517b,     /* SMB */
    0xfe534d42, /* SMB 2 */
    0xff534d42, /* CIFS */
    0x01021997, /* 9P */
    0x65735546, /* FUSE: sshfs and the like */
    0x0bd00bd0, /* Lustre */
    0x47504653, /* GPFS */
    0x00c36400, /* Ceph */
    0x5346414f, /* AFS */
    0x6b414653, /* kAFS */
    0x7461636f, /* OCFS2 */
    0x01161970, /* GFS2 */
    0xaad7aaea, /* PanFS */
    0x19830326, /* BeeGFS */
    0x73757245, /* Coda */
    0x786f4256, /* VirtualBox folders */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if ((guint32) magic == known[i])
      return TRUE;
  return FALSE;
}

static gboolean
make_home (const char *home, GError **error)
{
  int e;

  if (g_mkdir_with_parents (home, 0700) == 0)
    return TRUE;
  e = errno;
  g_set_error (error, WB_STORE_ERROR,
               e == ENOSPC || e == EDQUOT ? WB_STORE_ERROR_FULL : WB_STORE_ERROR_READ_ONLY,
               "%s: cannot make this folder (%s); choose another one with --home", home,
               g_strerror (e));
  return FALSE;
}

/* Which journal the file has is its own: somebody may have moved it from one disk to another. */
static gboolean
set_journal (WbStore *self, GError **error)
{
  const char   *want = self->on_network ? "delete" : "wal";
  gint64        since = g_get_monotonic_time ();
  sqlite3_stmt *stmt;
  gboolean      done = FALSE;

  stmt = wb_store_prepare (
      self, self->on_network ? "PRAGMA journal_mode = DELETE" : "PRAGMA journal_mode = WAL", error);
  if (stmt == NULL)
    return FALSE;
  do
    {
      if (wb_store_step (self, stmt, error) == SQLITE_ERROR)
        break;
      done = g_strcmp0 ((const char *) sqlite3_column_text (stmt, 0), want) == 0;
      wb_store_reset (stmt);
    }
  while (!done && wait_a_moment (since));
  wb_store_reset (stmt);
  if (!done && (error == NULL || *error == NULL))
    wb_store_check (self, SQLITE_BUSY, error);
  return done;
}

static gboolean
open_file (WbStore *self, GError **error)
{
  int rc = sqlite3_open_v2 (self->path, &self->db,
                            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                                SQLITE_OPEN_EXRESCODE,
                            NULL);

  if (!wb_store_check (self, rc, error))
    return FALSE;
  sqlite3_busy_handler (self->db, busy_cb, self);
  if (sqlite3_db_readonly (self->db, "main") == 1)
    return wb_store_check (self, SQLITE_READONLY, error);
  return wb_store_exec (self,
                        "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
                        "PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF",
                        error);
}

WbStore *
wb_store_open_full (const char  *home,
                    gboolean     on_network,
                    WbMigration *migrations,
                    guint        n_migrations,
                    GError     **error)
{
  g_autoptr (WbStore) self = g_new0 (WbStore, 1);
  g_autofree char *folder = g_canonicalize_filename (home, NULL);
  gint64           version;

  self->path = g_build_filename (folder, "workbench.db", NULL);
  self->on_network = on_network;
  self->statements = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, finalize_cb);
  self->series = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!open_file (self, error) || !wb_store_check_file (self, n_migrations, &version, error) ||
      !set_journal (self, error) || !wb_store_migrate (self, migrations, n_migrations, error))
    return NULL;
  return g_steal_pointer (&self);
}

WbStore *
wb_store_open (const char *home, GError **error)
{
  struct statfs info;

  g_return_val_if_fail (home != NULL, NULL);

  if (!make_home (home, error))
    return NULL;
  return wb_store_open_full (
      home, statfs (home, &info) == 0 && wb_file_system_is_network ((guint64) info.f_type),
      wb_store_migrations, wb_store_n_migrations, error);
}

void
wb_store_close (WbStore *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->statements, g_hash_table_unref);
  g_clear_pointer (&self->series, g_hash_table_unref);
  sqlite3_close (self->db); /* rolls back what was not committed */
  g_free (self->path);
  g_free (self);
}

const char *
wb_store_get_path (const WbStore *self)
{
  return self->path;
}

gboolean
wb_store_is_on_network (const WbStore *self)
{
  return self->on_network;
}

guint64
wb_store_get_data_version (WbStore *self)
{
  sqlite3_stmt *stmt;

  g_return_val_if_fail (self != NULL, 0);

  /* data_version counts the commits of others, total_changes our own. */
  stmt = wb_store_prepare (self, "PRAGMA data_version", NULL);
  if (stmt != NULL && wb_store_step (self, stmt, NULL) == SQLITE_ROW)
    self->data_version = ((guint64) sqlite3_column_int64 (stmt, 0) << 32) |
                         (guint32) sqlite3_total_changes (self->db);
  wb_store_reset (stmt);
  return self->data_version;
}
