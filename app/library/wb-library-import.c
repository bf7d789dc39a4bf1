#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"
#include "app/core/wb-workspace-private.h"
#include "app/library/wb-library-private.h"
#include "app/worker/wb-lock-private.h"
#include "engine/files/wb-zip.h"

static gboolean
check_files (WbLibraryRecord *record, const char *folder, GError **error)
{
  return wb_library_check (record, folder, error) &&
         wb_library_check_sums (record, folder, error) &&
         wb_library_list_files (record, folder, error);
}

/* ---- linked ---- */

static gboolean
import_link (WbWorkspace     *workspace,
             WbLibraryRecord *record,
             const char      *source,
             const WbImport  *import,
             GError         **error)
{
  record->path = g_strdup (source);
  return check_files (record, source, error) &&
         wb_library_copy_files (record, source, NULL, import, error) &&
         wb_store_insert_library (wb_workspace_get_store (workspace), record, error);
}

/* ---- copied ---- */

static guint64
count_bytes (const WbLibraryRecord *record)
{
  guint64 n = 0;

  for (guint i = 0; i < record->files->len; i++)
    n += (guint64) ((WbLibraryFile *) record->files->pdata[i])->size;
  return n;
}

/* @advice: what else helps */
static gboolean
check_space (WbWorkspace           *workspace,
             const WbLibraryRecord *record,
             guint64                need,
             const char            *advice,
             GError               **error)
{
  const guint64    room = wb_workspace_get_free_space (workspace, NULL);
  g_autofree char *need_text = NULL, *room_text = NULL;

  if (need < room)
    return TRUE;
  need_text = g_format_size (need);
  room_text = g_format_size (room);
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_SPACE,
               "%s takes %s, but only %s is free in %s; free some space%s", record->name, need_text,
               room_text, wb_workspace_get_home (workspace), advice);
  return FALSE;
}

/* Row and folder appear together.  Between the rename and the commit a crash leaves a folder with
 * the marker inside and no row: cleaning takes it for what it is. */
static gboolean
put_in_place (WbWorkspace *workspace, WbLibraryRecord *record, const char *made, GError **error)
{
  WbStore         *store = wb_workspace_get_store (workspace);
  g_autofree char *marker = g_build_filename (record->path, WB_LIBRARY_MARKER, NULL);

  if (!wb_store_begin (store, error))
    return FALSE;
  if (!wb_store_insert_library (store, record, error) ||
      !wb_tree_replace (made, record->path, error))
    {
      wb_store_rollback (store);
      return FALSE;
    }
  if (!wb_store_commit (store, error))
    {
      wb_tree_remove (record->path, NULL);
      return FALSE;
    }
  g_unlink (marker);
  return TRUE;
}

static gboolean
make_marked_folder (const char *folder, GError **error)
{
  g_autofree char *marker = g_build_filename (folder, WB_LIBRARY_MARKER, NULL);

  return wb_tree_make_empty (folder, error) && wb_tree_write_file (marker, "", 0, error);
}

/* (transfer full): a folder beside those of the library, which a killed import leaves to
 * wb_library_clean(). */
static char *
dup_temporary (WbWorkspace *workspace, WbLibrarySection section)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *name = g_strconcat (WB_LIBRARY_TEMPORARY, id, NULL);

  return wb_workspace_dup_path (workspace, wb_library_get_folder_name (section), name, NULL);
}

static gboolean
import_copy (WbWorkspace     *workspace,
             WbLibrarySection section,
             WbLibraryRecord *record,
             const char      *source,
             const WbImport  *import,
             GError         **error)
{
  g_autofree char *made = dup_temporary (workspace, section);

  /* The copy is checked too: its source may have changed meanwhile. */
  if (check_files (record, source, error) &&
      check_space (workspace, record, count_bytes (record), ", or use --link", error) &&
      make_marked_folder (made, error) &&
      wb_library_copy_files (record, source, made, import, error) &&
      wb_library_check (record, made, error) && wb_tree_sync (made, error) &&
      put_in_place (workspace, record, made, error))
    return TRUE;
  wb_tree_remove (made, NULL);
  return FALSE;
}

/* ---- unpacked ---- */

/* What the zip file had beside the model is not kept. */
static gboolean
remove_others (const WbLibraryRecord *record, const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name;
  gboolean    ok = dir != NULL;

  while (ok && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      gboolean         kept = strcmp (name, WB_LIBRARY_MARKER) == 0;

      for (guint i = 0; i < record->files->len && !kept; i++)
        kept = strcmp (((WbLibraryFile *) record->files->pdata[i])->path, name) == 0;
      ok = kept || wb_tree_remove (path, error);
    }
  return ok;
}

/* A message about an unpacked file names the file that it came from. */
static void
name_source (GError **error, const char *folder, const char *source)
{
  g_autoptr (GString) message = NULL;

  if (error == NULL || *error == NULL)
    return;
  message = g_string_new ((*error)->message);
  g_string_replace (message, folder, source, 0);
  g_free ((*error)->message);
  (*error)->message = g_strdup (message->str);
}

static gboolean
unpack (WbWorkspace           *workspace,
        const WbLibraryRecord *record,
        const char            *source,
        const char            *folder,
        const WbImport        *import,
        GError               **error)
{
  guint64 need;

  return wb_zip_measure (source, &need, error) &&
         check_space (workspace, record, need, "", error) && make_marked_folder (folder, error) &&
         wb_zip_unpack_cancellable (source, folder, import->cancellable, error);
}

/* What was unpacked is ours: it is put in place, not copied. */
static gboolean
import_release (WbWorkspace     *workspace,
                WbLibrarySection section,
                WbLibraryRecord *record,
                const char      *source,
                const WbImport  *import,
                GError         **error)
{
  g_autofree char *folder = dup_temporary (workspace, section);

  if (unpack (workspace, record, source, folder, import, error) &&
      check_files (record, folder, error) && remove_others (record, folder, error) &&
      wb_library_copy_files (record, folder, NULL, import, error) && wb_tree_sync (folder, error) &&
      put_in_place (workspace, record, folder, error))
    return TRUE;
  name_source (error, folder, source);
  wb_tree_remove (folder, NULL);
  return FALSE;
}

/* ---- all of them ---- */

static char *
import_locked (WbWorkspace     *workspace,
               WbLibrarySection section,
               const WbImport  *import,
               const char      *source,
               GError         **error)
{
  g_autoptr (WbLibraryRecord) record =
      wb_library_plan_import (workspace, section, import, source, error);
  gboolean ok;

  if (record == NULL)
    return NULL;
  if (import->link)
    return import_link (workspace, record, source, import, error) ? g_strdup (record->name) : NULL;
  record->path =
      wb_workspace_dup_path (workspace, wb_library_get_folder_name (section), record->name, NULL);
  ok = wb_library_is_release (section, source)
           ? import_release (workspace, section, record, source, import, error)
           : import_copy (workspace, section, record, source, import, error);
  return ok ? g_strdup (record->name) : NULL;
}

char *
wb_library_import (WbWorkspace     *workspace,
                   WbLibrarySection section,
                   const WbImport  *import,
                   GError         **error)
{
  g_autofree char *source = NULL;
  char            *name;
  int              lock;

  g_return_val_if_fail (WB_IS_WORKSPACE (workspace), NULL);
  g_return_val_if_fail (import != NULL && import->source != NULL, NULL);

  source = wb_library_find_source (section, import, error);
  if (source == NULL)
    return NULL;
  lock = wb_library_take_lock (workspace, import->cancellable, error);
  if (lock < 0)
    return NULL;
  name = import_locked (workspace, section, import, source, error);
  wb_lock_free (lock);
  return name;
}
