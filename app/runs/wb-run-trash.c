/* Deleting in three steps: into the trash, where a run keeps everything; then, when there is no way
 * back any more, marked; then freed, by whoever has the time.  Whoever is killed in between leaves
 * a run that comes back, or one that the next one frees. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"
#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-private.h"

#define MARKED 2 /* microseconds since 1970: before it only what is marked was deleted */

static WbStore *
store_of (WbRun *self)
{
  return wb_workspace_get_store (wb_run_get_workspace (self));
}

static char *
dup_trash_folder (WbWorkspace *workspace, const WbRunRecord *record)
{
  return wb_workspace_dup_path (workspace, "trash", record->uuid, NULL);
}

/* The folder moves where the trash is on the same file system; else it waits where it is. */
gboolean
wb_run_delete (WbRun *self, GError **error)
{
  const WbRunRecord *record;
  g_autofree char   *trash = NULL;

  if (!wb_run_refresh (self, error))
    return FALSE;
  record = wb_run_get_record (self);
  if (record->status == WB_RECORD_RUNNING)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_BUSY, _ ("run %ld is running; stop it first"),
                   (glong) record->id);
      return FALSE;
    }
  if (!wb_store_trash_run (store_of (self), record->id, TRUE, error))
    return FALSE;
  trash = dup_trash_folder (wb_run_get_workspace (self), record);
  if (record->folder != NULL && g_rename (record->folder, trash) != 0)
    g_debug ("%s stays where it is", record->folder);
  return TRUE;
}

static void
move_back (WbWorkspace *workspace, const WbRunRecord *record)
{
  g_autofree char *trash = dup_trash_folder (workspace, record);

  if (record->folder != NULL && g_rename (trash, record->folder) != 0)
    g_debug ("%s was not moved", record->folder);
}

gboolean
wb_run_restore (WbRun *self, GError **error)
{
  const WbRunRecord *record = wb_run_get_record (self);

  move_back (wb_run_get_workspace (self), record);
  return wb_store_trash_run (store_of (self), record->id, FALSE, error) &&
         wb_run_refresh (self, error);
}

gboolean
wb_run_finish_delete (WbRun *self, GError **error)
{
  g_return_val_if_fail (WB_IS_RUN (self), FALSE);
  return wb_store_finish_trash (store_of (self), wb_run_get_id (self), error);
}

gboolean
wb_run_empty_trash (WbWorkspace *workspace, GError **error)
{
  WbStore *store = wb_workspace_get_store (workspace);
  g_autoptr (GPtrArray) records = wb_store_list_trash (store, MARKED, error);

  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      const WbRunRecord *record = records->pdata[i];
      g_autofree char   *trash = dup_trash_folder (workspace, record);
      const gboolean     moved = g_file_test (trash, G_FILE_TEST_IS_DIR);

      /* where the folder was moved from may be somebody else's by now */
      if ((moved && !wb_tree_remove (trash, error)) ||
          (!moved && record->folder != NULL && !wb_tree_remove (record->folder, error)) ||
          !wb_store_delete_run (store, record->id, error))
        return FALSE;
    }
  return records != NULL;
}

/* Folders in the trash whose runs are not: somebody was killed between moving and saying so. */
static void
move_strays_back (WbWorkspace *workspace)
{
  g_autofree char *path = wb_workspace_dup_path (workspace, "trash", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) records = NULL;

  if (dir == NULL || g_dir_read_name (dir) == NULL)
    return;
  records = wb_store_list_runs (wb_workspace_get_store (workspace), 0, NULL, NULL, NULL);
  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      const WbRunRecord *record = records->pdata[i];
      g_autofree char   *trash = dup_trash_folder (workspace, record);

      if (record->folder != NULL && g_file_test (trash, G_FILE_TEST_IS_DIR) &&
          !g_file_test (record->folder, G_FILE_TEST_EXISTS))
        move_back (workspace, record);
    }
}

gboolean
wb_run_recover_trash (WbWorkspace *workspace, gboolean *left, GError **error)
{
  gboolean marked = FALSE;

  WbStore *store = wb_workspace_get_store (workspace);
  g_autoptr (GPtrArray) records = wb_store_list_trash (store, G_MAXINT64, error);

  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      const WbRunRecord *record = records->pdata[i];

      if (record->trashed < MARKED)
        {
          marked = TRUE;
          continue;
        }
      move_back (workspace, record);
      if (!wb_store_trash_run (store, record->id, FALSE, error))
        return FALSE;
    }
  if (records != NULL)
    move_strays_back (workspace);
  if (left != NULL)
    *left = marked;
  return records != NULL;
}
