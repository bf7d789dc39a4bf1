/* Where an import comes from, and under which name it goes into the library. */
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-workspace-private.h"
#include "app/library/wb-hub-cache.h"
#include "app/library/wb-library-private.h"
#include "data/tasks/wb-task.h"

gboolean
wb_library_is_release (WbLibrarySection section, const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  return section == WB_LIBRARY_MODELS && g_str_has_suffix (lower, ".zip") &&
         g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

char *
wb_library_find_source (WbLibrarySection section, const WbImport *import, GError **error)
{
  const char      *source = import->source;
  g_autofree char *folder = g_canonicalize_filename (source, NULL);

  if (g_file_test (folder, G_FILE_TEST_IS_DIR) ||
      (wb_library_is_release (section, folder) && !import->link))
    return g_steal_pointer (&folder);
  if (wb_library_is_release (section, folder))
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
  if (wb_library_is_release (WB_LIBRARY_MODELS, source))
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

WbLibraryRecord *
wb_library_plan_import (WbWorkspace     *workspace,
                        WbLibrarySection section,
                        const WbImport  *import,
                        const char      *source,
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
      !check_free_name (workspace, section, record, import->link, error))
    return NULL;
  return g_steal_pointer (&record);
}
