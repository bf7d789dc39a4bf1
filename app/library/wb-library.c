#include <glib/gstdio.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"
#include "app/core/wb-workspace-private.h"
#include "app/library/wb-library-private.h"
#include "app/worker/wb-lock-private.h"

WbLibraryKind
wb_library_get_kind (WbLibrarySection section)
{
  return section == WB_LIBRARY_MODELS ? WB_LIBRARY_MODEL : WB_LIBRARY_DATASET;
}

const char *
wb_library_get_folder_name (WbLibrarySection section)
{
  return section == WB_LIBRARY_MODELS ? "models" : "datasets";
}

const char *
wb_library_get_noun (WbLibrarySection section)
{
  return section == WB_LIBRARY_MODELS ? "model" : "data set";
}

int
wb_library_take_lock (WbWorkspace *workspace, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = wb_workspace_dup_path (workspace, "locks", "library", NULL);

  for (;;)
    {
      g_autoptr (GError) local = NULL;
      int lock = wb_lock_take (path, &local);

      if (lock >= 0)
        return lock;
      if (!g_error_matches (local, WB_APP_ERROR, WB_APP_ERROR_BUSY))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return -1;
        }
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return -1;
      g_usleep (G_USEC_PER_SEC / 10);
    }
}

WbLibraryRecord *
wb_library_get_record (WbWorkspace     *workspace,
                       WbLibrarySection section,
                       const char      *name,
                       GError         **error)
{
  g_autoptr (GError) local = NULL;
  WbLibraryRecord *record = wb_store_get_library (wb_workspace_get_store (workspace),
                                                  wb_library_get_kind (section), name, &local);

  if (record != NULL)
    return record;
  if (g_error_matches (local, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND))
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
                 "there is no %s “%s” in the library; “%s list” shows what there is",
                 wb_library_get_noun (section), name, wb_library_get_folder_name (section));
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* ---- removing ---- */

/* The row goes first in the same transaction as the rename; what is then left has a name that
 * cleaning knows. */
static gboolean
remove_entry (WbWorkspace     *workspace,
              WbLibrarySection section,
              WbLibraryRecord *record,
              GError         **error)
{
  WbStore         *store = wb_workspace_get_store (workspace);
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *name = g_strconcat (WB_LIBRARY_REMOVED, id, NULL);
  g_autofree char *aside =
      wb_workspace_dup_path (workspace, wb_library_get_folder_name (section), name, NULL);
  const gboolean has_files = !record->linked && g_file_test (record->path, G_FILE_TEST_IS_DIR);

  if (!wb_store_begin (store, error))
    return FALSE;
  if (!wb_store_delete_library (store, record->id, error) ||
      (has_files && !wb_tree_replace (record->path, aside, error)))
    {
      wb_store_rollback (store);
      return FALSE;
    }
  if (!wb_store_commit (store, error))
    {
      if (has_files)
        wb_tree_replace (aside, record->path, NULL);
      return FALSE;
    }
  return !has_files || wb_tree_remove (aside, error);
}

gboolean
wb_library_remove (WbWorkspace     *workspace,
                   WbLibrarySection section,
                   const char      *name,
                   GError         **error)
{
  g_autoptr (WbLibraryRecord) record = NULL;
  gboolean ok;
  int      lock;

  g_return_val_if_fail (WB_IS_WORKSPACE (workspace) && name != NULL, FALSE);

  lock = wb_library_take_lock (workspace, NULL, error);
  if (lock < 0)
    return FALSE;
  record = wb_library_get_record (workspace, section, name, error);
  ok = record != NULL && remove_entry (workspace, section, record, error);
  wb_lock_free (lock);
  return ok;
}

/* ---- verifying ---- */

static void
verify_file (const WbLibraryRecord *record, const WbLibraryFile *file, GStrvBuilder *problems)
{
  g_autofree char *path = g_build_filename (record->path, file->path, NULL);
  g_autofree char *problem = NULL, *sha256 = NULL;
  g_autoptr (GError) error = NULL;
  guint64 size = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    problem = g_strdup_printf ("%s is missing", path);
  else if ((sha256 = wb_library_hash_file (path, &size, &error)) == NULL)
    problem = g_strdup (error->message);
  else if ((gint64) size != file->size)
    problem = g_strdup_printf ("%s has %" G_GUINT64_FORMAT " bytes, it had %" G_GINT64_FORMAT, path,
                               size, file->size);
  else if (g_strcmp0 (sha256, file->sha256) != 0)
    problem = g_strdup_printf ("%s has changed since it was imported", path);
  if (problem != NULL)
    g_strv_builder_add (problems, problem);
}

gboolean
wb_library_verify (WbWorkspace     *workspace,
                   WbLibrarySection section,
                   const char      *name,
                   char          ***problems,
                   GError         **error)
{
  g_autoptr (WbLibraryRecord) record = NULL;
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (WB_IS_WORKSPACE (workspace) && name != NULL && problems != NULL, FALSE);

  *problems = NULL;
  record = wb_library_get_record (workspace, section, name, error);
  if (record == NULL)
    return FALSE;
  for (guint i = 0; i < record->files->len; i++)
    verify_file (record, record->files->pdata[i], list);
  if (!wb_library_check (record, record->path, &local) ||
      !wb_library_check_sums (record, record->path, &local))
    g_strv_builder_add (list, local->message);
  *problems = g_strv_builder_end (list);
  return *problems[0] == NULL;
}

/* ---- cleaning ---- */

/* A folder in place with the marker: the import's last step was, or was not, committed. */
static void
settle (WbWorkspace *workspace, WbLibrarySection section, const char *name, const char *path)
{
  g_autofree char *marker = g_build_filename (path, WB_LIBRARY_MARKER, NULL);
  g_autoptr (WbLibraryRecord) record = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_test (marker, G_FILE_TEST_EXISTS))
    return;
  record = wb_store_get_library (wb_workspace_get_store (workspace), wb_library_get_kind (section),
                                 name, &error);
  if (record != NULL)
    g_unlink (marker);
  else if (g_error_matches (error, WB_STORE_ERROR, WB_STORE_ERROR_NOT_FOUND))
    wb_tree_remove (path, NULL);
}

static void
clean_section (WbWorkspace *workspace, WbLibrarySection section)
{
  g_autofree char *room =
      wb_workspace_dup_path (workspace, wb_library_get_folder_name (section), NULL);
  g_autoptr (GDir) dir = g_dir_open (room, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (room, name, NULL);

      if (g_str_has_prefix (name, WB_LIBRARY_TEMPORARY) ||
          g_str_has_prefix (name, WB_LIBRARY_REMOVED))
        wb_tree_remove (path, NULL);
      else
        settle (workspace, section, name, path);
    }
}

void
wb_library_clean (WbWorkspace *workspace)
{
  g_autofree char *path = wb_workspace_dup_path (workspace, "locks", "library", NULL);
  int              lock = wb_lock_take (path, NULL);

  if (lock < 0)
    return; /* an import runs: what is there is its own */
  clean_section (workspace, WB_LIBRARY_MODELS);
  clean_section (workspace, WB_LIBRARY_DATASETS);
  wb_lock_free (lock);
}
