#include <string.h>
#include <sys/stat.h>

#include "app/core/wb-app-error.h"
#include "app/library/wb-library-private.h"
#include "data/datasets/wb-dataset.h"
#include "engine/checkpoint/wb-checkpoint.h"
#include "engine/model/wb-parameter-table.h"
#include "engine/tokenizer/wb-tokenizer.h"

/* What a model's folder may have that we or another program read; everything else (optimizer
 * states, weights of other frameworks) stays where it is. */
static const char *const model_files[] = {
  "config.json",       "model.safetensors",      "spm.model",
  "tokenizer.json",    "tokenizer_config.json",  "special_tokens_map.json",
  "added_tokens.json", "generation_config.json", "README.md",
};

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
  for (gsize i = 0; i < G_N_ELEMENTS (model_files); i++)
    add_file (record, folder, model_files[i]);
  return TRUE; /* the check has said what must be there */
}

static gboolean
list_dataset (WbLibraryRecord *record, const char *folder, GError **error)
{
  const WbTask *task = wb_task_find (record->type);

  for (const WbTaskSplit *split = task->splits; split->name != NULL; split++)
    {
      g_autofree char *path = wb_task_find_file (task, split, folder);
      g_autofree char *name = path != NULL ? g_path_get_basename (path) : NULL;

      if (name != NULL)
        add_file (record, folder, name);
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

/* A token without a row in the word table would be an index out of range. */
static gboolean
check_tokenizer (const WbModelConfig *config, const char *folder, GError **error)
{
  g_autoptr (WbTokenizer) tokenizer = wb_tokenizer_load (folder, error);

  if (tokenizer == NULL)
    return FALSE;
  if (wb_tokenizer_get_n_ids (tokenizer) <= config->vocab_size)
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
               "%s: the tokenizer knows %zu tokens, config.json has vocab_size %zu", folder,
               wb_tokenizer_get_n_ids (tokenizer), config->vocab_size);
  return FALSE;
}

static gboolean
check_model (WbLibraryRecord *record, const char *folder, GError **error)
{
  g_autoptr (WbModelConfig) config = wb_model_config_load (folder, error);
  g_autoptr (WbParameterTable) table = NULL;

  if (config == NULL || !wb_checkpoint_check (folder, config, error) ||
      !check_tokenizer (config, folder, error))
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
