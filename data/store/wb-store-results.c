#include "data/store/wb-store-results.h"
#include "data/store/wb-store-private.h"

#include <math.h>

WbResultRecord *
wb_result_record_new (void)
{
  WbResultRecord *self = g_new0 (WbResultRecord, 1);

  self->value = NAN;
  self->step = -1;
  return self;
}

void
wb_result_record_free (WbResultRecord *self)
{
  if (self == NULL)
    return;
  g_free (self->model);
  g_free (self->task);
  g_free (self->split);
  g_free (self->metric);
  g_free (self);
}

static gboolean
add_result (WbStore *self, WbResultRecord *result, GError **error)
{
  sqlite3_stmt *stmt =
      wb_store_prepare (self,
                        "INSERT INTO result (run_id, model, task, split, metric, value, step,"
                        " examples, time) VALUES (nullif (?1, 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                        error);

  if (stmt == NULL)
    return FALSE;
  if (result->time == 0)
    result->time = g_get_real_time ();
  sqlite3_bind_int64 (stmt, 1, result->run_id);
  wb_store_bind_text (stmt, 2, result->model);
  wb_store_bind_text (stmt, 3, result->task);
  wb_store_bind_text (stmt, 4, result->split);
  wb_store_bind_text (stmt, 5, result->metric);
  sqlite3_bind_double (stmt, 6, result->value);
  sqlite3_bind_int64 (stmt, 7, result->step);
  sqlite3_bind_int64 (stmt, 8, result->examples);
  sqlite3_bind_int64 (stmt, 9, result->time);
  if (!wb_store_run (self, stmt, error))
    return FALSE;
  result->id = sqlite3_last_insert_rowid (self->db);
  return TRUE;
}

gboolean
wb_store_add_results (WbStore *self, GPtrArray *results, GError **error)
{
  g_return_val_if_fail (self != NULL && results != NULL, FALSE);

  if (!wb_store_begin (self, error))
    return FALSE;
  for (guint i = 0; i < results->len; i++)
    if (!add_result (self, results->pdata[i], error))
      {
        wb_store_rollback (self);
        return FALSE;
      }
  return wb_store_commit (self, error);
}

static WbResultRecord *
read_result (sqlite3_stmt *stmt)
{
  WbResultRecord *result = wb_result_record_new ();

  result->id = sqlite3_column_int64 (stmt, 0);
  result->run_id = sqlite3_column_int64 (stmt, 1);
  result->model = wb_store_dup_column (stmt, 2);
  result->task = wb_store_dup_column (stmt, 3);
  result->split = wb_store_dup_column (stmt, 4);
  result->metric = wb_store_dup_column (stmt, 5);
  result->value = wb_store_column_double (stmt, 6);
  result->step = sqlite3_column_int64 (stmt, 7);
  result->examples = sqlite3_column_int64 (stmt, 8);
  result->time = sqlite3_column_int64 (stmt, 9);
  return result;
}

GPtrArray *
wb_store_list_results (WbStore *self, gint64 run_id, GError **error)
{
  g_autoptr (GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) wb_result_record_free);
  sqlite3_stmt *stmt;
  int           rc;

  g_return_val_if_fail (self != NULL, NULL);

  stmt = wb_store_prepare (self,
                           "SELECT id, run_id, model, task, split, metric, value, step, examples,"
                           " time FROM result WHERE ?1 = 0 OR run_id = ?1 ORDER BY time, id",
                           error);
  if (stmt == NULL)
    return NULL;
  sqlite3_bind_int64 (stmt, 1, run_id);
  while ((rc = wb_store_step (self, stmt, error)) == SQLITE_ROW)
    g_ptr_array_add (rows, read_result (stmt));
  wb_store_reset (stmt);
  return rc == SQLITE_DONE ? g_steal_pointer (&rows) : NULL;
}
