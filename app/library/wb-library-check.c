#include <string.h>
#include <sys/stat.h>

#include "app/core/wb-app-error.h"
#include "app/library/wb-library-private.h"
#include "app/library/wb-model-folder-private.h"
#include "data/datasets/wb-dataset.h"
#include "engine/checkpoint/wb-weights.h"
#include "engine/model/wb-parameter-table.h"

static gboolean
add_file (WbLibraryRecord *record, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  struct stat      status;

  if (stat (path, &status) != 0 || !S_ISREG (status.st_mode))
    return FALSE;
  g_ptr_array_add (record->files, wb_library_file_new (name, (gint64) status.st_size, NULL));
  return TRUE;
}

static gboolean
list_model (WbLibraryRecord *record, const char *folder, GError **error)
{
  g_auto (GStrv) names = wb_model_folder_list_files (folder, TRUE, TRUE, error);

  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    add_file (record, folder, names[i]);
  return names != NULL; /* the check has said what must be there */
}

static gboolean
list_dataset (WbLibraryRecord *record, const char *folder, GError **error)
{
  const WbTask *task = wb_task_find (record->type);

  for (const WbTaskSplit *split = task->splits; split->name != NULL; split++)
    {
      g_autofree char *path = wb_task_find_file (task, split, folder);
      g_auto (GStrv) files = path != NULL ? wb_task_expand (task, path) : NULL;

      for (gsize i = 0; files != NULL && files[i] != NULL; i++)
        {
          g_autofree char *name = g_path_get_basename (files[i]);
          add_file (record, folder, name);
        }
    }
  if (record->files->len > 0)
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
               "%s: no file of %s is here; it needs %s and %s", folder, task->title,
               task->splits[0].file, task->splits[1].file);
  return FALSE;
}

gboolean
wb_library_list_files (WbLibraryRecord *record, const char *folder, GError **error)
{
  return record->kind == WB_LIBRARY_MODEL ? list_model (record, folder, error)
                                          : list_dataset (record, folder, error);
}

/* ---- models ---- */

static gboolean
check_model (WbLibraryRecord *record, const char *folder, GError **error)
{
  g_autoptr (WbModelConfig) config = wb_model_folder_open (folder, NULL, WB_MODEL_NEEDS_ALL, error);
  g_autoptr (WbParameterTable) table = NULL;

  if (config == NULL)
    return FALSE;
  table = wb_parameter_table_new (config, NULL);
  g_free (record->type);
  record->type = g_strdup (config->model_type);
  record->parameters = (gint64) wb_parameter_table_get_n_elements (table);
  return TRUE;
}

/* ---- data sets ---- */

static gboolean
check_split (const WbTask *task, const WbTaskSplit *split, const char *folder, GError **error)
{
  g_autofree char *path = wb_task_find_file (task, split, folder);
  g_autoptr (WbDataset) set = NULL;

  if (path == NULL)
    return TRUE;
  set = wb_dataset_load (task, path, split->role, WB_DATASET_DEFAULT, error);
  if (set == NULL)
    return FALSE;
  return split->role != WB_SPLIT_TRAIN || wb_dataset_check_trainable (set, error);
}

static gboolean
check_dataset (const WbLibraryRecord *record, const char *folder, GError **error)
{
  const WbTask *task = wb_task_find (record->type);

  if (task == NULL)
    {
      g_autofree char *names = wb_task_dup_names ();

      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE, "there is no task “%s”; there are %s",
                   record->type, names);
      return FALSE;
    }
  for (const WbTaskSplit *split = task->splits; split->name != NULL; split++)
    if (!check_split (task, split, folder, error))
      return FALSE;
  return TRUE;
}

gboolean
wb_library_check (WbLibraryRecord *record, const char *folder, GError **error)
{
  return record->kind == WB_LIBRARY_MODEL ? check_model (record, folder, error)
                                          : check_dataset (record, folder, error);
}

gboolean
wb_library_check_sums (const WbLibraryRecord *record, const char *folder, GError **error)
{
  g_autoptr (WbWeights) weights = NULL;

  if (record->kind != WB_LIBRARY_MODEL)
    return TRUE;
  weights = wb_weights_open (folder, error);
  return weights != NULL && wb_weights_verify (weights, error);
}
