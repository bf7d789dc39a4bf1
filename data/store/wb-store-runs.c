#include "data/store/wb-store-runs-private.h"

#include <math.h>
#include <string.h>
#include <sys/random.h>

/* ---- whole rows ---- */

#define COMMA_MARK(kind, column) ", ?"

#define BIND_TEXT(value) wb_store_bind_text (stmt, i, value)
#define BIND_INT(value) sqlite3_bind_int64 (stmt, i, value)
#define BIND_REAL(value) sqlite3_bind_double (stmt, i, value)
#define BIND_STATUS(value) wb_store_bind_text (stmt, i, wb_record_status_to_string (value))
#define BIND_REQUEST(value) wb_store_bind_text (stmt, i, wb_request_to_string (value))
#define BIND(kind, column)                                                                         \
  BIND_##kind (record->column);                                                                    \
  i++;

static void
bind_row (sqlite3_stmt *stmt, const WbRunRecord *record)
{
  int i = 1;

  WB_RUN_COLUMNS (BIND)
}

/* The table's CHECKs leave no other names. */
#define READ_TEXT(member) record->member = wb_store_dup_column (stmt, i);
#define READ_INT(member) record->member = sqlite3_column_int64 (stmt, i);
#define READ_REAL(member) record->member = wb_store_column_double (stmt, i);
#define READ_STATUS(member)                                                                        \
  wb_record_status_from_string ((const char *) sqlite3_column_text (stmt, i), &record->member);
#define READ_REQUEST(member)                                                                       \
  wb_request_from_string ((const char *) sqlite3_column_text (stmt, i), &record->member);
#define READ(kind, column) READ_##kind (column) i++;

static WbRunRecord *
read_row (sqlite3_stmt *stmt)
{
  WbRunRecord *record = wb_run_record_new ();
  int          i = 2;

  record->id = sqlite3_column_int64 (stmt, 0);
  record->version = sqlite3_column_int64 (stmt, 1);
  WB_RUN_COLUMNS (READ)
  return record;
}

static gboolean
read_version (WbStore *self, gint64 *version, GError **error)
{
  sqlite3_stmt *stmt =
      wb_store_prepare (self, "SELECT value FROM counter WHERE name = 'run'", error);
  int rc = stmt == NULL ? SQLITE_ERROR : wb_store_step (self, stmt, error);

  *version = rc == SQLITE_ROW ? sqlite3_column_int64 (stmt, 0) : 0;
  wb_store_reset (stmt);
  return rc != SQLITE_ERROR;
}

/* ---- inserting, finding ---- */

static gboolean
insert_row (WbStore *self, WbRunRecord *record, GError **error)
{
  sqlite3_stmt *stmt =
      wb_store_prepare (self,
                        "INSERT INTO run (version" WB_RUN_COLUMNS (
                            WB_RUN_COMMA_NAME) ") VALUES (0" WB_RUN_COLUMNS (COMMA_MARK) ")",
                        error);

  if (stmt == NULL)
    return FALSE;
  bind_row (stmt, record);
  if (!wb_store_run (self, stmt, error))
    return FALSE;
  record->id = sqlite3_last_insert_rowid (self->db);
  return read_version (self, &record->version, error);
}

/* Version 4, from the kernel: GLib's generator goes on alike in two forked processes. */
static char *
make_uuid (void)
{
  guint8 b[16];

  if (getrandom (b, sizeof b, 0) != (gssize) sizeof b)
    return g_uuid_string_random ();
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  return g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                          b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
                          b[12], b[13], b[14], b[15]);
}

gboolean
wb_store_insert_run (WbStore *self, WbRunRecord *record, GError **error)
{
  g_return_val_if_fail (self != NULL && record != NULL, FALSE);
  g_return_val_if_fail (record->name != NULL && record->model_name != NULL, FALSE);
  g_return_val_if_fail (record->task != NULL && record->settings != NULL, FALSE);

  if (record->uuid == NULL)
    record->uuid = make_uuid ();
  if (record->created == 0)
    record->created = g_get_real_time ();
  if (!wb_store_begin (self, error))
    return FALSE;
  if (!insert_row (self, record, error))
    {
      wb_store_rollback (self);
      return FALSE;
    }
  return wb_store_commit (self, error);
}

GPtrArray *
wb_store_read_run_rows (WbStore *self, sqlite3_stmt *stmt, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_run_record_free);
  int rc = SQLITE_ERROR;

  if (stmt == NULL)
    return NULL;
  while ((rc = wb_store_step (self, stmt, error)) == SQLITE_ROW)
    g_ptr_array_add (rows, read_row (stmt));
  wb_store_reset (stmt);
  return rc == SQLITE_DONE ? g_steal_pointer (&rows) : NULL;
}

static GPtrArray *
find_by_id (WbStore *self, gint64 id, GError **error)
{
  sqlite3_stmt *stmt = wb_store_prepare (self, WB_RUN_ROW "WHERE id = ?1", error);

  if (stmt != NULL)
    sqlite3_bind_int64 (stmt, 1, id);
  return wb_store_read_run_rows (self, stmt, error);
}

static GPtrArray *
find_by_name (WbStore *self, const char *name, GError **error)
{
  sqlite3_stmt *stmt =
      wb_store_prepare (self, WB_RUN_ROW "WHERE name = ?1 AND trashed = 0 ORDER BY id", error);

  if (stmt != NULL)
    wb_store_bind_text (stmt, 1, name);
  return wb_store_read_run_rows (self, stmt, error);
}

/* The newest: a folder that was emptied by hand and used again is the later run's. */
static GPtrArray *
find_by_folder (WbStore *self, const char *text, GError **error)
{
  g_autofree char *folder = g_canonicalize_filename (text, NULL);
  sqlite3_stmt    *stmt = wb_store_prepare (
         self, WB_RUN_ROW "WHERE folder = ?1 AND trashed = 0 ORDER BY id DESC LIMIT 1", error);

  if (stmt != NULL)
    wb_store_bind_text (stmt, 1, folder);
  return wb_store_read_run_rows (self, stmt, error);
}

WbRunRecord *
wb_store_get_run (WbStore *self, gint64 id, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  rows = find_by_id (self, id, error);
  if (rows == NULL)
    return NULL;
  if (rows->len == 1)
    return g_ptr_array_steal_index (rows, 0);
  g_set_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND, "There is no run %" G_GINT64_FORMAT,
               id);
  return NULL;
}

static void
set_ambiguous (const char *text, GPtrArray *rows, GError **error)
{
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < rows->len && i < 10; i++)
    g_string_append_printf (ids, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "",
                            ((WbRunRecord *) rows->pdata[i])->id);
  g_set_error (error, WB_STORE_ERROR, WB_STORE_ERROR_AMBIGUOUS,
               "%u runs are called '%s' (%s%s); use an id", rows->len, text, ids->str,
               rows->len > 10 ? ", …" : "");
}

WbRunRecord *
wb_store_find_run (WbStore *self, const char *text, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  gint64 id;

  g_return_val_if_fail (self != NULL && text != NULL, NULL);

  if (g_ascii_string_to_signed (text, 10, 1, G_MAXINT64, &id, NULL))
    {
      rows = find_by_id (self, id, error);
      if (rows != NULL && rows->len == 1 && ((WbRunRecord *) rows->pdata[0])->trashed != 0)
        g_ptr_array_set_size (rows, 0);
    }
  else
    rows = find_by_name (self, text, error);
  if (rows != NULL && rows->len == 0)
    {
      g_ptr_array_unref (rows);
      rows = find_by_name (self, text, error);
    }
  if (rows != NULL && rows->len == 0)
    {
      g_ptr_array_unref (rows);
      rows = find_by_folder (self, text, error);
    }
  if (rows == NULL)
    return NULL;
  if (rows->len == 1)
    return g_ptr_array_steal_index (rows, 0);
  if (rows->len > 1)
    set_ambiguous (text, rows, error);
  else
    g_set_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND,
                 "There is no run '%s': no id, name or folder of a run; `runs list` shows all",
                 text);
  return NULL;
}

/* ---- following ---- */

static gboolean
read_gone (WbStore *self, gint64 since, GArray **gone, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt *stmt =
      wb_store_prepare (self,
                        "SELECT id FROM run_gone WHERE version > ?1 UNION SELECT id FROM run"
                        " WHERE version > ?1 AND trashed > 0 ORDER BY id",
                        error);
  int rc = SQLITE_ERROR;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, since);
  while ((rc = wb_store_step (self, stmt, error)) == SQLITE_ROW)
    {
      gint64 id = sqlite3_column_int64 (stmt, 0);
      g_array_append_val (ids, id);
    }
  wb_store_reset (stmt);
  if (rc == SQLITE_DONE)
    *gone = g_steal_pointer (&ids);
  return rc == SQLITE_DONE;
}

/* "+id": by the index of versions, then sorted; by "id" SQLite would look at every run.
 * The counter is read first: a change between the reads is then seen again, never missed. */
GPtrArray *
wb_store_list_runs (WbStore *self, gint64 since, GArray **gone, gint64 *version, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  gint64        now = 0;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (self != NULL, NULL);

  if (version != NULL && !read_version (self, &now, error))
    return NULL;
  stmt =
      wb_store_prepare (self, WB_RUN_ROW "WHERE version > ?1 AND trashed = 0 ORDER BY +id", error);
  if (stmt != NULL)
    sqlite3_bind_int64 (stmt, 1, since);
  rows = wb_store_read_run_rows (self, stmt, error);
  if (rows == NULL || (gone != NULL && !read_gone (self, since, gone, error)))
    return NULL;
  if (version != NULL)
    *version = now;
  return g_steal_pointer (&rows);
}

/* ---- small changes ---- */

static gboolean
set_text (WbStore *self, const char *sql, gint64 id, const char *text, GError **error)
{
  sqlite3_stmt *stmt = wb_store_prepare (self, sql, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  wb_store_bind_text (stmt, 2, text);
  return wb_store_run_on_row (self, stmt, "run", id, error);
}

gboolean
wb_store_rename_run (WbStore *self, gint64 id, const char *name, GError **error)
{
  g_return_val_if_fail (self != NULL && name != NULL, FALSE);
  return set_text (self, "UPDATE run SET name = ?2 WHERE id = ?1", id, name, error);
}

gboolean
wb_store_set_run_folder (WbStore *self, gint64 id, const char *folder, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return set_text (self, "UPDATE run SET folder = ?2 WHERE id = ?1", id, folder, error);
}

gboolean
wb_store_set_run_settings (WbStore *self, gint64 id, const char *settings, GError **error)
{
  g_return_val_if_fail (self != NULL && settings != NULL, FALSE);
  return set_text (self, "UPDATE run SET settings = ?2 WHERE id = ?1", id, settings, error);
}

gboolean
wb_store_set_run_note (WbStore *self, gint64 id, const char *note, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return set_text (self, "UPDATE run SET note = ?2 WHERE id = ?1", id, note, error);
}

gboolean
wb_store_set_run_tags (WbStore *self, gint64 id, const char *tags, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return set_text (self, "UPDATE run SET tags = ?2 WHERE id = ?1", id, tags, error);
}

static gboolean
set_time (WbStore *self, const char *sql, gint64 id, gboolean now, GError **error)
{
  sqlite3_stmt *stmt = wb_store_prepare (self, sql, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  sqlite3_bind_int64 (stmt, 2, now ? g_get_real_time () : 0);
  return wb_store_run_on_row (self, stmt, "run", id, error);
}

gboolean
wb_store_archive_run (WbStore *self, gint64 id, gboolean archive, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return set_time (self, "UPDATE run SET archived = ?2 WHERE id = ?1", id, archive, error);
}

gboolean
wb_store_pin_run (WbStore *self, gint64 id, gboolean pin, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return set_time (self, "UPDATE run SET pinned = ?2 WHERE id = ?1", id, pin, error);
}

/* The one that was it before, no longer is. */
static gboolean
clear_baseline (WbStore *self, gint64 id, GError **error)
{
  sqlite3_stmt *stmt =
      wb_store_prepare (self,
                        "UPDATE run SET baseline = 0 WHERE baseline > 0"
                        " AND task = (SELECT task FROM run WHERE id = ?1) AND id <> ?1",
                        error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  return wb_store_run (self, stmt, error);
}

gboolean
wb_store_set_run_baseline (WbStore *self, gint64 id, gboolean baseline, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!wb_store_begin (self, error))
    return FALSE;
  if ((!baseline || clear_baseline (self, id, error)) &&
      set_time (self, "UPDATE run SET baseline = ?2 WHERE id = ?1", id, baseline, error))
    return wb_store_commit (self, error);
  wb_store_rollback (self);
  return FALSE;
}

gboolean
wb_store_trash_run (WbStore *self, gint64 id, gboolean trash, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return set_time (self, "UPDATE run SET trashed = ?2 WHERE id = ?1", id, trash, error);
}

gboolean
wb_store_finish_trash (WbStore *self, gint64 id, GError **error)
{
  sqlite3_stmt *stmt;

  g_return_val_if_fail (self != NULL, FALSE);

  stmt = wb_store_prepare (self, "UPDATE run SET trashed = 1 WHERE id = ?1 AND trashed > 1", error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  return wb_store_run (self, stmt, error);
}

GPtrArray *
wb_store_list_trash (WbStore *self, gint64 time, GError **error)
{
  sqlite3_stmt *stmt;

  g_return_val_if_fail (self != NULL, NULL);

  stmt =
      wb_store_prepare (self, WB_RUN_ROW "WHERE trashed > 0 AND trashed < ?1 ORDER BY id", error);
  if (stmt != NULL)
    sqlite3_bind_int64 (stmt, 1, time);
  return wb_store_read_run_rows (self, stmt, error);
}

/* 20,000 points take some 30 ms. */
static gboolean
delete_metrics (WbStore *self, gint64 id, GError **error)
{
  do
    {
      sqlite3_stmt *stmt =
          wb_store_prepare (self,
                            "DELETE FROM metric WHERE run_id = ?1 AND (series_id, step) IN"
                            " (SELECT series_id, step FROM metric WHERE run_id = ?1 LIMIT 20000)",
                            error);

      if (stmt == NULL)
        return FALSE;
      sqlite3_bind_int64 (stmt, 1, id);
      if (!wb_store_run (self, stmt, error))
        return FALSE;
    }
  while (sqlite3_changes (self->db) > 0);
  return TRUE;
}

gboolean
wb_store_delete_run (WbStore *self, gint64 id, GError **error)
{
  sqlite3_stmt *stmt;

  g_return_val_if_fail (self != NULL, FALSE);

  if (!delete_metrics (self, id, error))
    return FALSE;

  stmt = wb_store_prepare (self, "DELETE FROM run WHERE id = ?1", error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  return wb_store_run_on_row (self, stmt, "run", id, error);
}
