#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-workspace-private.h"
#include "app/library/wb-model-folder-private.h"
#include "app/runs/wb-model-choice.h"
#include "app/runs/wb-run-spec-private.h"
#include "data/store/wb-store-library.h"
#include "engine/checkpoint/wb-checkpoint.h"

char *
wb_run_spec_dup_model_name (const char *folder)
{
  g_auto (GStrv) parts = g_strsplit (folder, "/", -1);
  const guint n = g_strv_length (parts);
  const char *name = n > 0 ? parts[n - 1] : folder;

  /* …/models--microsoft--deberta-v3-small/snapshots/<revision> */
  if (n >= 3 && strcmp (parts[n - 2], "snapshots") == 0 && strstr (parts[n - 3], "--") != NULL)
    name = g_strrstr (parts[n - 3], "--") + 2;
  /* a run's best: …/17/best */
  if (n >= 2 && strcmp (name, "best") == 0)
    return g_strdup_printf ("run %s", parts[n - 2]);
  if (g_str_has_prefix (name, "deberta-") && name[strlen ("deberta-")] != '\0')
    name += strlen ("deberta-");
  return g_strdup (name);
}

static char *
find_split (const WbTask *task, const char *folder, WbSplitRole role)
{
  const WbTaskSplit *split = wb_task_get_split (task, role);
  return split != NULL ? wb_task_find_file (task, split, folder) : NULL;
}

static void
find_evaluations (const WbTask *task, const char *folder, GPtrArray *evaluations)
{
  for (gsize i = 0; task->splits[i].name != NULL; i++)
    if (task->splits[i].role == WB_SPLIT_DEV)
      {
        g_autofree char *path = wb_task_find_file (task, &task->splits[i], folder);
        if (path != NULL)
          g_ptr_array_add (evaluations, wb_plan_split_new (task->splits[i].name, path));
      }
}

char *
wb_run_spec_find_data_folder (WbWorkspace  *workspace,
                              const char   *data,
                              const WbTask *task,
                              GError      **error)
{
  WbStore *store = wb_workspace_get_store (workspace);
  g_autoptr (GPtrArray) records = NULL;

  if (*data != '\0' && g_file_test (data, G_FILE_TEST_IS_DIR))
    return g_canonicalize_filename (data, NULL);
  records = wb_store_list_library (store, WB_LIBRARY_DATASET, error);
  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      const WbLibraryRecord *record = records->pdata[i];
      if (*data != '\0' ? g_ascii_strcasecmp (record->name, data) == 0
                        : g_strcmp0 (record->type, task->name) == 0)
        return g_strdup (record->path);
    }
  if (records == NULL)
    return NULL;
  if (*data != '\0')
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
                 _ ("“%s” is no folder and no data set of the library"), data);
  else
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
                 _ ("which data? give --data FOLDER or --train FILE, or import the data set of %s"),
                 task->title);
  return NULL;
}

static char *
check_file (const WbTask *task, const char *text, GError **error)
{
  g_autofree char *path = g_canonicalize_filename (text, NULL);
  g_auto (GStrv) files = wb_task_expand (task, path);

  if (files[0] != NULL)
    return g_steal_pointer (&path);
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING, _ ("there is no file %s"), path);
  return NULL;
}

static gboolean
take_dev_file (WbRunSpec *self, const WbTask *task, GPtrArray *evaluations, GError **error)
{
  const char        *dev = wb_run_spec_get (self, "dev");
  g_autofree char   *base = g_path_get_basename (dev);
  g_autofree char   *path = check_file (task, dev, error);
  const WbTaskSplit *split = wb_task_find_split (task, base);
  const gboolean     named = split != NULL && split->role == WB_SPLIT_DEV;

  if (path == NULL)
    return FALSE;
  g_ptr_array_add (evaluations, wb_plan_split_new (named ? split->name : "dev", path));
  return TRUE;
}

gboolean
wb_run_spec_find_files (WbRunSpec    *self,
                        const WbTask *task,
                        char        **train,
                        GPtrArray    *evaluations,
                        const char  **field,
                        GError      **error)
{
  const gboolean   has_train = *wb_run_spec_get (self, "train") != '\0';
  const gboolean   has_dev = *wb_run_spec_get (self, "dev") != '\0';
  const gboolean   has_data = *wb_run_spec_get (self, "data") != '\0';
  g_autofree char *folder = NULL;

  *train = NULL;
  *field = "train";
  if (has_train && (*train = check_file (task, wb_run_spec_get (self, "train"), error)) == NULL)
    return FALSE;
  *field = "dev";
  if (has_dev && !take_dev_file (self, task, evaluations, error))
    return FALSE;
  *field = "data";
  if (!has_train || (has_data && !has_dev))
    {
      folder = wb_run_spec_find_data_folder (wb_run_spec_get_workspace (self),
                                             wb_run_spec_get (self, "data"), task, error);
      if (folder == NULL)
        return FALSE;
    }
  if (!has_train && (*train = find_split (task, folder, WB_SPLIT_TRAIN)) == NULL)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING, _ ("%s has no %s"), folder,
                   wb_task_get_split (task, WB_SPLIT_TRAIN)->file);
      return FALSE;
    }
  if (!has_dev && folder != NULL)
    find_evaluations (task, folder, evaluations);
  return TRUE;
}

static char *
dup_config_model_name (const char *config_path, GError **error)
{
  g_autoptr (WbModelConfig) config = wb_checkpoint_load_config (config_path, error);

  if (config == NULL)
    return NULL;
  return g_strdup_printf ("own %zu×%zu", config->n_layers, config->hidden_size);
}

static gboolean
plan_model (WbRunPlan *plan, WbRunSpec *self, GError **error)
{
  const char *model = wb_run_spec_get (self, "model");
  const char *config = wb_run_spec_get (self, "init-from-config");

  if (*model != '\0')
    {
      plan->model = g_strdup (model);
      plan->model_path = wb_model_choice_resolve (wb_run_spec_get_workspace (self), model, error);
      if (plan->model_path != NULL)
        plan->model_name = wb_run_spec_dup_model_name (plan->model_path);
      return plan->model_path != NULL;
    }
  plan->config_path = g_canonicalize_filename (config, NULL);
  if (g_file_test (plan->config_path, G_FILE_TEST_IS_DIR) &&
      !wb_checkpoint_has_config_inside (plan->config_path))
    {
      g_autofree char *folder = g_steal_pointer (&plan->config_path);
      plan->config_path = wb_model_folder_dup_config_path (folder);
    }
  plan->model_name = dup_config_model_name (plan->config_path, error);
  return plan->model_name != NULL;
}

static gboolean
plan_settings (WbRunPlan *plan, WbRunSpec *self, GError **error)
{
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);
  GError              *local = NULL;

  plan->recipe = wb_run_spec_find_recipe (self, wb_run_spec_get (self, "model"), &local);
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  if (plan->recipe != NULL)
    {
      g_object_unref (plan->settings);
      plan->settings = wb_recipe_dup_settings (plan->recipe);
    }
  for (gsize i = 0; i < n; i++)
    {
      const char *text = wb_run_spec_get (self, all[i].key);
      if (*text != '\0' && !wb_settings_set (plan->settings, all[i].key, text, error))
        return FALSE;
    }
  return TRUE;
}

WbRunPlan *
wb_run_spec_make_plan (WbRunSpec *self, GError **error)
{
  g_autoptr (WbRunPlan) plan = wb_run_plan_new ();
  const char *seed = wb_run_spec_get (self, "seed");
  const char *name = wb_run_spec_get (self, "name");
  const char *out = wb_run_spec_get (self, "out");
  const char *field;

  if (!wb_run_spec_validate (self, error))
    return NULL;
  plan->task = wb_task_find (wb_run_spec_get (self, "task"));
  plan->out = *out != '\0' ? g_canonicalize_filename (out, NULL) : NULL;
  if (!plan_model (plan, self, error) || !plan_settings (plan, self, error) ||
      !wb_run_spec_find_files (self, plan->task, &plan->train_path, plan->evaluations, &field,
                               error))
    return NULL;
  if (*seed == '\0' && plan->recipe != NULL)
    seed = wb_recipe_get_seed (plan->recipe);
  plan->seed = *seed != '\0' ? g_ascii_strtoull (seed, NULL, 10) : 1;
  plan->name = *name != '\0'
                   ? g_strdup (name)
                   : g_strdup_printf ("%s · %s · seed %" G_GUINT64_FORMAT "%s", plan->task->name,
                                      plan->model_name, plan->seed, wb_run_spec_get_variant (self));
  return g_steal_pointer (&plan);
}
