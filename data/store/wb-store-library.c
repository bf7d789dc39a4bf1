#include "data/store/wb-store-library.h"
#include "data/store/wb-store-private.h"

WbLibraryFile *
wb_library_file_new (const char *path, gint64 size, const char *sha256)
{
  WbLibraryFile *self = g_new0 (WbLibraryFile, 1);

  self->path = g_strdup (path);
  self->size = size;
  self->sha256 = g_strdup (sha256);
  return self;
}

void
wb_library_file_free (WbLibraryFile *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self->sha256);
  g_free (self);
}

WbLibraryRecord *
wb_library_record_new (WbLibraryKind kind)
{
  WbLibraryRecord *self = g_new0 (WbLibraryRecord, 1);

  self->kind = kind;
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_library_file_free);
  return self;
}

void
wb_library_record_free (WbLibraryRecord *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->path);
  g_free (self->type);
  g_ptr_array_unref (self->files);
  g_free (self);
}

static const char *
kind_name (WbLibraryKind kind)
{
  return kind == WB_LIBRARY_MODEL ? "model" : "dataset";
}

static const char *
kind_title (WbLibraryKind kind)
{
  return kind == WB_LIBRARY_MODEL ? "model" : "data set";
}

/* ---- inserting ---- */

static gboolean
insert_entry (WbStore *self, WbLibraryRecord *record, GError **error)
{
  sqlite3_stmt *stmt =
      wb_store_prepare (self,
                        "INSERT INTO library (kind, name, path, type, linked, size, parameters,"
                        " added) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                        error);

  if (stmt == NULL)
    return FALSE;
  wb_store_bind_text (stmt, 1, kind_name (record->kind));
  wb_store_bind_text (stmt, 2, record->name);
  wb_store_bind_text (stmt, 3, record->path);
  wb_store_bind_text (stmt, 4, record->type);
  sqlite3_bind_int64 (stmt, 5, record->linked != FALSE);
  sqlite3_bind_int64 (stmt, 6, record->size);
  sqlite3_bind_int64 (stmt, 7, record->parameters);
  sqlite3_bind_int64 (stmt, 8, record->added);
  if (!wb_store_run (self, stmt, error))
    return FALSE;
  record->id = sqlite3_last_insert_rowid (self->db);
  return TRUE;
}

static gboolean
insert_file (WbStore *self, gint64 id, const WbLibraryFile *file, GError **error)
{
  sqlite3_stmt *stmt = wb_store_prepare (
      self, "INSERT INTO library_file (library_id, path, size, sha256) VALUES (?1, ?2, ?3, ?4)",
      error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  wb_store_bind_text (stmt, 2, file->path);
  sqlite3_bind_int64 (stmt, 3, file->size);
  wb_store_bind_text (stmt, 4, file->sha256);
  return wb_store_run (self, stmt, error);
}

static gboolean
insert_all (WbStore *self, WbLibraryRecord *record, GError **error)
{
  if (!insert_entry (self, record, error))
    {
      if (error != NULL && g_error_matches (*error, WB_STORE_ERROR, WB_STORE_ERROR_EXISTS))
        {
          g_clear_error (error);
          g_set_error (error, WB_STORE_ERROR, WB_STORE_ERROR_EXISTS,
                       "There is a %s '%s' already; remove it first or choose another name",
                       kind_title (record->kind), record->name);
        }
      return FALSE;
    }
  for (guint i = 0; i < record->files->len; i++)
    if (!insert_file (self, record->id, record->files->pdata[i], error))
      return FALSE;
  return TRUE;
}

gboolean
wb_store_insert_library (WbStore *self, WbLibraryRecord *record, GError **error)
{
  g_return_val_if_fail (self != NULL && record != NULL, FALSE);
  g_return_val_if_fail (record->name != NULL && record->path != NULL, FALSE);

  if (record->added == 0)
    record->added = g_get_real_time ();
  record->size = 0;
  for (guint i = 0; i < record->files->len; i++)
    record->size += ((WbLibraryFile *) record->files->pdata[i])->size;
  if (!wb_store_begin (self, error))
    return FALSE;
  if (!insert_all (self, record, error))
    {
      wb_store_rollback (self);
      return FALSE;
    }
  return wb_store_commit (self, error);
}

/* ---- reading ---- */

static WbLibraryRecord *
read_entry (sqlite3_stmt *stmt, WbLibraryKind kind)
{
  WbLibraryRecord *record = wb_library_record_new (kind);

  record->id = sqlite3_column_int64 (stmt, 0);
  record->name = wb_store_dup_column (stmt, 1);
  record->path = wb_store_dup_column (stmt, 2);
  record->type = wb_store_dup_column (stmt, 3);
  record->linked = sqlite3_column_int (stmt, 4) != 0;
  record->size = sqlite3_column_int64 (stmt, 5);
  record->parameters = sqlite3_column_int64 (stmt, 6);
  record->added = sqlite3_column_int64 (stmt, 7);
  return record;
}

static gboolean
read_files (WbStore *self, WbLibraryRecord *record, GError **error)
{
  sqlite3_stmt *stmt = wb_store_prepare (
      self, "SELECT path, size, sha256 FROM library_file WHERE library_id = ?1 ORDER BY path",
      error);
  int rc = SQLITE_ERROR;

  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, record->id);
  while ((rc = wb_store_step (self, stmt, error)) == SQLITE_ROW)
    g_ptr_array_add (record->files,
                     wb_library_file_new ((const char *) sqlite3_column_text (stmt, 0),
                                          sqlite3_column_int64 (stmt, 1),
                                          (const char *) sqlite3_column_text (stmt, 2)));
  wb_store_reset (stmt);
  return rc == SQLITE_DONE;
}

/* @name: NULL: all */
static GPtrArray *
read_entries (WbStore *self, WbLibraryKind kind, const char *name, GError **error)
{
  g_autoptr (GPtrArray) rows =
      g_ptr_array_new_with_free_func ((GDestroyNotify) wb_library_record_free);
  sqlite3_stmt *stmt =
      wb_store_prepare (self,
                        "SELECT id, name, path, type, linked, size, parameters, added"
                        " FROM library WHERE kind = ?1 AND (?2 IS NULL OR name = ?2)"
                        " ORDER BY name",
                        error);
  int rc = SQLITE_ERROR;

  if (stmt == NULL)
    return NULL;
  wb_store_bind_text (stmt, 1, kind_name (kind));
  wb_store_bind_text (stmt, 2, name);
  while ((rc = wb_store_step (self, stmt, error)) == SQLITE_ROW)
    g_ptr_array_add (rows, read_entry (stmt, kind));
  wb_store_reset (stmt);
  for (guint i = 0; rc == SQLITE_DONE && i < rows->len; i++)
    if (!read_files (self, rows->pdata[i], error))
      rc = SQLITE_ERROR;
  return rc == SQLITE_DONE ? g_steal_pointer (&rows) : NULL;
}

WbLibraryRecord *
wb_store_get_library (WbStore *self, WbLibraryKind kind, const char *name, GError **error)
{
  g_autoptr (GPtrArray) rows = NULL;

  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  rows = read_entries (self, kind, name, error);
  if (rows == NULL)
    return NULL;
  if (rows->len == 1)
    return g_ptr_array_steal_index (rows, 0);
  g_set_error (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND, "The library has no %s '%s'",
               kind_title (kind), name);
  return NULL;
}

GPtrArray *
wb_store_list_library (WbStore *self, WbLibraryKind kind, GError **error)
{
  g_return_val_if_fail (self != NULL, NULL);
  return read_entries (self, kind, NULL, error);
}

gboolean
wb_store_delete_library (WbStore *self, gint64 id, GError **error)
{
  sqlite3_stmt *stmt;

  g_return_val_if_fail (self != NULL, FALSE);

  stmt = wb_store_prepare (self, "DELETE FROM library WHERE id = ?1", error);
  if (stmt == NULL)
    return FALSE;
  sqlite3_bind_int64 (stmt, 1, id);
  return wb_store_run_on_row (self, stmt, "entry of the library", id, error);
}
