#include "data/store/wb-store-private.h"
#include "data/store/wb-store-runs.h"

/* A run's life: what its own process writes, and what others ask of it. */

/* ---- what a run's process writes ---- */

gboolean
wb_store_update_run_progress (WbStore             *self,
                              gint64               id,
                              const WbRunProgress *progress,
                              GError             **error)
{
  sqlite3_stmt *stmt;

  g_return_val_if_fail (self != NULL && progress != NULL, FALSE);

  stmt = wb_store_prepare (self,
                           "UPDATE run SET phase = ?2, step = ?3, total_steps = ?4, epoch = ?5,"
                           " progress = ?6, seconds = ?7, seconds_left = ?8,"
                           " tokens_per_second = ?9, loss = ?10 WHERE id = ?1",
                           error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  wb_store_bind_text (stmt, 2, progress->phase);
  sqlite3_bind_int64 (stmt, 3, progress->step);
  sqlite3_bind_int64 (stmt, 4, progress->total_steps);
  sqlite3_bind_double (stmt, 5, progress->epoch);
  sqlite3_bind_double (stmt, 6, progress->progress);
  sqlite3_bind_double (stmt, 7, progress->seconds);
  sqlite3_bind_double (stmt, 8, progress->seconds_left);
  sqlite3_bind_double (stmt, 9, progress->tokens_per_second);
  sqlite3_bind_double (stmt, 10, progress->loss);
  return wb_store_run_on_row (self, stmt, "run", id, error);
}

gboolean
wb_store_update_run_metric (WbStore    *self,
                            gint64      id,
                            const char *metric,
                            double      last_value,
                            double      best_value,
                            gint64      best_step,
                            GError    **error)
{
  sqlite3_stmt *stmt = wb_store_prepare (self,
                                         "UPDATE run SET metric = ?2, last_value = ?3,"
                                         " best_value = ?4, best_step = ?5 WHERE id = ?1",
                                         error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  wb_store_bind_text (stmt, 2, metric);
  sqlite3_bind_double (stmt, 3, last_value);
  sqlite3_bind_double (stmt, 4, best_value);
  sqlite3_bind_int64 (stmt, 5, best_step);
  return wb_store_run_on_row (self, stmt, "run", id, error);
}

gboolean
wb_store_start_run (WbStore    *self,
                    gint64      id,
                    gint64      pid,
                    const char *host,
                    const char *fingerprint,
                    gint64      parameters,
                    GError    **error)
{
  sqlite3_stmt *stmt =
      wb_store_prepare (self,
                        "UPDATE run SET status = 'running', phase = 'loading', pid = ?2,"
                        " host = ?3, fingerprint = ifnull (?4, fingerprint),"
                        " parameters = iif (?5 > 0, ?5, parameters),"
                        " started = iif (started > 0, started, ?6), finished = 0,"
                        " request = 'none', message = NULL, seconds_left = NULL,"
                        " place = 0, urgent = 0 WHERE id = ?1",
                        error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  sqlite3_bind_int64 (stmt, 2, pid);
  wb_store_bind_text (stmt, 3, host);
  wb_store_bind_text (stmt, 4, fingerprint);
  sqlite3_bind_int64 (stmt, 5, parameters);
  sqlite3_bind_int64 (stmt, 6, g_get_real_time ());
  return wb_store_run_on_row (self, stmt, "run", id, error);
}

#define ENDED                                                                                      \
  "UPDATE run SET status = ?2, message = ?3, phase = NULL, pid = 0, request = 'none',"             \
  " seconds_left = NULL, place = 0, urgent = 0,"                                                   \
  " finished = iif (?2 IN ('queued', 'paused'), 0, ?4)"

static void
bind_end (sqlite3_stmt *stmt, gint64 id, WbRecordStatus status, const char *message)
{
  sqlite3_bind_int64 (stmt, 1, id);
  wb_store_bind_text (stmt, 2, wb_record_status_to_string (status));
  wb_store_bind_text (stmt, 3, message);
  sqlite3_bind_int64 (stmt, 4, g_get_real_time ());
}

gboolean
wb_store_end_run (WbStore       *self,
                  gint64         id,
                  WbRecordStatus status,
                  const char    *message,
                  GError       **error)
{
  sqlite3_stmt *stmt;

  g_return_val_if_fail (self != NULL && status != WB_RECORD_RUNNING, FALSE);

  stmt = wb_store_prepare (self, ENDED " WHERE id = ?1", error);
  if (stmt == NULL)
    return FALSE;
  bind_end (stmt, id, status, message);
  return wb_store_run_on_row (self, stmt, "run", id, error);
}

gboolean
wb_store_interrupt_run (WbStore *self, gint64 id, const char *message, GError **error)
{
  sqlite3_stmt *stmt =
      wb_store_prepare (self, ENDED " WHERE id = ?1 AND status = 'running'", error);

  if (stmt == NULL)
    return FALSE;
  bind_end (stmt, id, WB_RECORD_INTERRUPTED, message);
  return wb_store_run (self, stmt, error);
}

/* ---- what others ask of it ---- */

static gboolean
explain_refusal (WbStore *self, gint64 id, const char *refusal, GError **error)
{
  g_autoptr (WbRunRecord) record = wb_store_get_run (self, id, error);

  if (record != NULL)
    g_set_error (error, WB_STORE_ERROR, WB_STORE_ERROR_FAILED,
                 "Run %" G_GINT64_FORMAT " %s: it is %s", id, refusal,
                 wb_record_status_to_string (record->status));
  return FALSE;
}

gboolean
wb_store_request_run (WbStore *self, gint64 id, WbRequest request, GError **error)
{
  sqlite3_stmt *stmt = wb_store_prepare (
      self, "UPDATE run SET request = ?2 WHERE id = ?1 AND status = 'running'", error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  wb_store_bind_text (stmt, 2, wb_request_to_string (request));
  if (!wb_store_run (self, stmt, error))
    return FALSE;
  return sqlite3_changes (self->db) > 0 || explain_refusal (self, id, "is not running", error);
}

gboolean
wb_store_withdraw_run (WbStore *self, gint64 id, const char *message, GError **error)
{
  sqlite3_stmt *stmt = wb_store_prepare (self, ENDED " WHERE id = ?1 AND status = 'queued'", error);

  if (stmt == NULL)
    return FALSE;
  bind_end (stmt, id, WB_RECORD_STOPPED, message);
  if (!wb_store_run (self, stmt, error))
    return FALSE;
  return sqlite3_changes (self->db) > 0 || explain_refusal (self, id, "does not wait", error);
}

gboolean
wb_store_get_run_request (WbStore *self, gint64 id, WbRequest *out, GError **error)
{
  sqlite3_stmt *stmt = wb_store_prepare (self, "SELECT request FROM run WHERE id = ?1", error);
  int           rc = SQLITE_ERROR;

  *out = WB_REQUEST_NONE;
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  rc = wb_store_step (self, stmt, error);
  if (rc == SQLITE_ROW)
    wb_request_from_string ((const char *) sqlite3_column_text (stmt, 0), out);
  wb_store_reset (stmt);
  if (rc == SQLITE_DONE)
    g_set_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND,
                 "There is no run %" G_GINT64_FORMAT, id);
  return rc == SQLITE_ROW;
}
