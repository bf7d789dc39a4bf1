#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"
#include "app/core/wb-workspace-private.h"
#include "app/library/wb-hub-cache.h"
#include "app/library/wb-library-private.h"
#include "app/worker/wb-lock-private.h"
#include "data/tasks/wb-task.h"
#include "engine/files/wb-zip.h"

/* ---- where from, under which name ---- */

/* A release of the authors' in one file.  What torch.save() wrote is a zip file too, but not named
 * so. */
static gboolean
is_release (WbLibrarySection section, const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  return section == WB_LIBRARY_MODELS && g_str_has_suffix (lower, ".zip") &&
         g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static char *
find_source (WbLibrarySection section, const WbImport *import, GError **error)
{
  const char      *source = import->source;
  g_autofree char *folder = g_canonicalize_filename (source, NULL);

  if (g_file_test (folder, G_FILE_TEST_IS_DIR) || (is_release (section, folder) && !import->link))
    return g_steal_pointer (&folder);
  if (is_release (section, folder))
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                   "%s has to be unpacked: import it without --link", folder);
      return NULL;
    }
  if (section == WB_LIBRARY_MODELS)
    {
      char *cached = wb_hub_cache_find (source);
      if (cached != NULL)
        return cached;
    }
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
               g_file_test (folder, G_FILE_TEST_EXISTS) ? "%s is a file; give the folder it is in"
                                                        : "there is no folder %s",
               folder);
  return NULL;
}

/* Neither a control character nor one that turns the text around or cannot be seen. */
static gboolean
is_shown (gunichar c)
{
  const GUnicodeType type = g_unichar_type (c);

  return type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT &&
         type != G_UNICODE_LINE_SEPARATOR && type != G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* The name becomes a folder's, and must not be taken for a run's number. */
static gboolean
check_name (const char *name, GError **error)
{
  gboolean ok = *name != '\0' && *name != '.' && strlen (name) <= 100 &&
                g_utf8_validate (name, -1, NULL) && strspn (name, "0123456789") < strlen (name);

  for (const char *c = name; ok && *c != '\0'; c = g_utf8_next_char (c))
    ok = *c != '/' && is_shown (g_utf8_get_char (c));
  if (!ok)
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                 "“%s” cannot be a name in the library: at most 100 bytes, no slash, no dot at the "
                 "beginning, no control character, not only digits; choose one with --name",
                 name);
  return ok;
}

/* "owner/name" in the cache lies in snapshots/<revision>: the name is the one that was given; that
 * of a file is without its ending. */
static char *
choose_name (const WbImport *import, const char *source)
{
  const char *slash = strrchr (import->source, '/');

  if (import->name != NULL)
    return g_strdup (import->name);
  if (is_release (WB_LIBRARY_MODELS, source))
    {
      char *base = g_path_get_basename (source);

      base[strlen (base) - strlen (".zip")] = '\0';
      return base;
    }
  if (!g_file_test (import->source, G_FILE_TEST_IS_DIR) && slash != NULL)
    return g_strdup (slash + 1);
  return g_path_get_basename (source);
}

static char *
choose_task (const WbImport *import, const char *source, GError **error)
{
  g_autofree char *base = g_path_get_basename (source);
  const WbTask    *task = wb_task_find (import->task != NULL ? import->task : base);
  g_autofree char *names = wb_task_dup_names ();

  if (task != NULL)
    return g_strdup (task->name);
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
               import->task != NULL ? "there is no task “%s”; there are %s"
                                    : "which task is “%s” for? give --task, one of %s",
               import->task != NULL ? import->task : base, names);
  return NULL;
}

static gboolean
check_free_name (WbWorkspace     *workspace,
                 WbLibrarySection section,
                 WbLibraryRecord *record,
                 gboolean         link,
                 GError         **error)
{
  WbStore *store = wb_workspace_get_store (workspace);
  g_autoptr (WbLibraryRecord) known =
      wb_store_get_library (store, record->kind, record->name, NULL);
  g_autofree char *place =
      wb_workspace_dup_path (workspace, wb_library_get_folder_name (section), record->name, NULL);

  if (known != NULL)
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_FAILED,
                 "there is a %s “%s” already; remove it or choose another name with --name",
                 wb_library_get_noun (section), known->name);
  else if (!link && g_file_test (place, G_FILE_TEST_EXISTS))
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_FAILED,
                 "%s is there, but not in the library; move it away or choose another name with "
                 "--name",
                 place);
  else
    return TRUE;
  return FALSE;
}

/* @source: where it was said to be; @folder: where its files are now, perhaps unpacked */
static WbLibraryRecord *
plan (WbWorkspace     *workspace,
      WbLibrarySection section,
      const WbImport  *import,
      const char      *source,
      const char      *folder,
      GError         **error)
{
  g_autoptr (WbLibraryRecord) record = wb_library_record_new (wb_library_get_kind (section));

  record->name = choose_name (import, source);
  record->linked = import->link;
  if (section == WB_LIBRARY_DATASETS)
    {
      record->type = choose_task (import, source, error);
      if (record->type == NULL)
        return NULL;
    }
  if (!check_name (record->name, error) ||
      !check_free_name (workspace, section, record, import->link, error) ||
      !wb_library_check (record, folder, error) || !wb_library_check_sums (record, folder, error) ||
      !wb_library_list_files (record, folder, error))
    return NULL;
  return g_steal_pointer (&record);
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
  return wb_library_copy_files (record, source, NULL, import, error) &&
         wb_store_insert_library (wb_workspace_get_store (workspace), record, error);
}

/* ---- copied ---- */

static gboolean
check_space (WbWorkspace *workspace, const WbLibraryRecord *record, GError **error)
{
  const guint64    room = wb_workspace_get_free_space (workspace, NULL);
  guint64          need = 0;
  g_autofree char *need_text = NULL, *room_text = NULL;

  for (guint i = 0; i < record->files->len; i++)
    need += (guint64) ((WbLibraryFile *) record->files->pdata[i])->size;
  if (need < room)
    return TRUE;
  need_text = g_format_size (need);
  room_text = g_format_size (room);
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_SPACE,
               "%s takes %s, but only %s is free in %s; free some space, or use --link",
               record->name, need_text, room_text, wb_workspace_get_home (workspace));
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

static gboolean
import_copy (WbWorkspace     *workspace,
             WbLibrarySection section,
             WbLibraryRecord *record,
             const char      *source,
             const WbImport  *import,
             GError         **error)
{
  const char      *room = wb_library_get_folder_name (section);
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *temporary = g_strconcat (WB_LIBRARY_TEMPORARY, id, NULL);
  g_autofree char *made = wb_workspace_dup_path (workspace, room, temporary, NULL);

  record->path = wb_workspace_dup_path (workspace, room, record->name, NULL);
  /* The copy is checked too: its source may have changed meanwhile. */
  if (check_space (workspace, record, error) && make_marked_folder (made, error) &&
      wb_library_copy_files (record, source, made, import, error) &&
      wb_library_check (record, made, error) && wb_tree_sync (made, error) &&
      put_in_place (workspace, record, made, error))
    return TRUE;
  wb_tree_remove (made, NULL);
  return FALSE;
}

/* (transfer full): where the files are: @source, or a folder beside the library's into which it was
 * unpacked, which a killed import leaves to wb_library_clean(). */
static char *
unpack (WbWorkspace *workspace, WbLibrarySection section, const char *source, GError **error)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *temporary = g_strconcat (WB_LIBRARY_TEMPORARY, id, NULL);
  g_autofree char *folder = NULL;

  if (!is_release (section, source))
    return g_strdup (source);
  folder = wb_workspace_dup_path (workspace, wb_library_get_folder_name (section), temporary, NULL);
  if (wb_tree_make_empty (folder, error) && wb_zip_unpack (source, folder, error))
    return g_steal_pointer (&folder);
  wb_tree_remove (folder, NULL);
  return NULL;
}

/* A message about an unpacked file names the file that it came from. */
static void
name_source (GError **error, const char *folder, const char *source)
{
  g_autoptr (GString) message = NULL;

  if (error == NULL || *error == NULL || strcmp (folder, source) == 0)
    return;
  message = g_string_new ((*error)->message);
  g_string_replace (message, folder, source, 0);
  g_free ((*error)->message);
  (*error)->message = g_strdup (message->str);
}

static char *
import_locked (WbWorkspace     *workspace,
               WbLibrarySection section,
               const WbImport  *import,
               const char      *source,
               GError         **error)
{
  g_autofree char *folder = unpack (workspace, section, source, error);
  g_autoptr (WbLibraryRecord) record = NULL;
  gboolean ok;

  if (folder == NULL)
    return NULL;
  record = plan (workspace, section, import, source, folder, error);
  ok = record != NULL &&
       (import->link ? import_link (workspace, record, folder, import, error)
                     : import_copy (workspace, section, record, folder, import, error));
  name_source (error, folder, source);
  if (strcmp (folder, source) != 0)
    wb_tree_remove (folder, NULL);
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

  source = find_source (section, import, error);
  if (source == NULL)
    return NULL;
  lock = wb_library_take_lock (workspace, import->cancellable, error);
  if (lock < 0)
    return NULL;
  name = import_locked (workspace, section, import, source, error);
  wb_lock_free (lock);
  return name;
}
