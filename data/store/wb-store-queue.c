#include "data/store/wb-store-queue.h"

#include "data/store/wb-store-private.h"
#include "data/store/wb-store-runs-private.h"

/* Textually the condition of the index run_active, else SQLite would not use it. */
#define ACTIVE "status IN ('queued', 'running')"

GPtrArray *
wb_store_list_active (WbStore *self, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);
  return wb_store_read_run_rows (self,
                                 wb_store_prepare (self,
                                                   WB_RUN_ROW
                                                   "WHERE " ACTIVE " AND trashed = 0"
                                                   " ORDER BY status = 'queued', place, id",
                                                   error),
                                 error);
}

/* (transfer full) (element-type gint64): ids of those that wait, in order; without @except.
 * @n_urgent: (out): how many of them are urgent ones at the beginning */
static GArray *
list_waiting (WbStore *self, gint64 except, guint *n_urgent, GError **error)
{
  g_autoptr (GPtrArray) records = wb_store_list_active (self, error);
  GArray *ids;

  if (records == NULL)
    return NULL;
  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  *n_urgent = 0;
  for (guint i = 0; i < records->len; i++)
    {
      const WbRunRecord *record = records->pdata[i];

      if (record->status != WB_RECORD_QUEUED || record->id == except)
        continue;
      *n_urgent += record->urgent != 0 && *n_urgent == ids->len;
      g_array_append_val (ids, record->id);
    }
  return ids;
}

/* Places 1, 2, 3, …; rows that have theirs already stay untouched. */
static gboolean
write_places (WbStore *self, GArray *ids, GError **error)
{
  for (guint i = 0; i < ids->len; i++)
    {
      sqlite3_stmt *stmt =
          wb_store_prepare (self, "UPDATE run SET place = ?2 WHERE id = ?1 AND place <> ?2", error);

      if (stmt == NULL)
        return FALSE;
      sqlite3_bind_int64 (stmt, 1, g_array_index (ids, gint64, i));
      sqlite3_bind_int64 (stmt, 2, (gint64) i + 1);
      if (!wb_store_run (self, stmt, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_status (WbStore *self, gint64 id, gboolean waits, GError **error)
{
  g_autoptr (WbRunRecord) record = wb_store_get_run (self, id, error);

  if (record == NULL)
    return FALSE;
  if (waits ? record->status == WB_RECORD_QUEUED : record->status != WB_RECORD_RUNNING)
    return TRUE;
  g_set_error (error, WB_STORE_ERROR, WB_STORE_ERROR_FAILED,
               waits ? "Run %" G_GINT64_FORMAT " does not wait: it is %s"
                     : "Run %" G_GINT64_FORMAT " cannot wait: it is %s",
               id, wb_record_status_to_string (record->status));
  return FALSE;
}

static gboolean
set_waiting (WbStore *self, gint64 id, gboolean urgent, GError **error)
{
  sqlite3_stmt *stmt = wb_store_prepare (self,
                                         "UPDATE run SET status = 'queued', urgent = ?2,"
                                         " phase = NULL, pid = 0, request = 'none',"
                                         " message = NULL, seconds_left = NULL, finished = 0"
                                         " WHERE id = ?1",
                                         error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  sqlite3_bind_int64 (stmt, 2, urgent);
  return wb_store_run_on_row (self, stmt, "run", id, error);
}

static gboolean
enqueue (WbStore *self, gint64 id, gboolean urgent, GError **error)
{
  g_autoptr (GArray) ids = NULL;
  guint n_urgent;

  if (!check_status (self, id, FALSE, error) ||
      (ids = list_waiting (self, id, &n_urgent, error)) == NULL ||
      !set_waiting (self, id, urgent, error))
    return FALSE;
  g_array_insert_val (ids, urgent ? n_urgent : ids->len, id);
  return write_places (self, ids, error);
}

static gboolean
move (WbStore *self, gint64 id, guint position, GError **error)
{
  g_autoptr (GArray) ids = NULL;
  guint n_urgent;

  if (!check_status (self, id, TRUE, error) ||
      (ids = list_waiting (self, id, &n_urgent, error)) == NULL)
    return FALSE;
  g_array_insert_val (ids, MIN (position, ids->len), id);
  return write_places (self, ids, error);
}

static gboolean
finish (WbStore *self, gboolean ok, GError **error)
{
  if (ok)
    return wb_store_commit (self, error);
  wb_store_rollback (self);
  return FALSE;
}

gboolean
wb_store_enqueue_run (WbStore *self, gint64 id, gboolean urgent, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return wb_store_begin (self, error) && finish (self, enqueue (self, id, urgent, error), error);
}

gboolean
wb_store_move_queued (WbStore *self, gint64 id, guint position, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return wb_store_begin (self, error) && finish (self, move (self, id, position, error), error);
}

static gboolean
write_paused (WbStore *self, gboolean paused, GError **error)
{
  sqlite3_stmt *stmt = wb_store_prepare (self, "UPDATE queue SET paused = ?1", error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, paused);
  return wb_store_run (self, stmt, error) &&
         (!paused ||
          wb_store_exec (self, "UPDATE run SET urgent = 0 WHERE " ACTIVE " AND urgent <> 0",
                         error));
}

gboolean
wb_store_set_queue_paused (WbStore *self, gboolean paused, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  return wb_store_begin (self, error) &&
         finish (self, write_paused (self, paused != FALSE, error), error);
}

gboolean
wb_store_get_queue_paused (WbStore *self, gboolean *paused, GError **error)
{
  sqlite3_stmt *stmt = wb_store_prepare (self, "SELECT paused FROM queue", error);
  int           rc = stmt == NULL ? SQLITE_ERROR : wb_store_step (self, stmt, error);

  *paused = rc == SQLITE_ROW && sqlite3_column_int64 (stmt, 0) != 0;
  wb_store_reset (stmt);
  return rc != SQLITE_ERROR;
}
