#include "config.h"

#include "app/runs/wb-run-check-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/library/wb-model-folder-private.h"
#include "app/runs/wb-run-private.h"
#include "app/runs/wb-run-spec-private.h"
#include "app/worker/wb-run-state-private.h"
#include "data/datasets/wb-dataset.h"

static gboolean
check_train_file (const WbRunPlan *plan, GError **error)
{
  g_autoptr (WbDataset) dataset =
      wb_dataset_load (plan->task, plan->train_path, WB_SPLIT_TRAIN, WB_DATASET_DEFAULT, error);

  if (dataset == NULL)
    return FALSE;
  if (plan->train_digest == NULL ||
      strcmp (plan->train_digest, wb_dataset_get_digest (dataset)) == 0)
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
               "%s is not what it was when the run was made", plan->train_path);
  return FALSE;
}

static gboolean
check_base (const WbRunPlan *plan, GError **error)
{
  g_autofree char *digest = wb_run_plan_compute_base_digest (plan, error);

  if (digest == NULL)
    return FALSE;
  if (plan->base_digest == NULL || strcmp (plan->base_digest, digest) == 0)
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
               "the model that the run starts from (%s) is not what it was",
               plan->model_path != NULL ? plan->model_path : plan->config_path);
  return FALSE;
}

static gboolean
check_checkpoints (WbRun *self, GError **error)
{
  g_autoptr (GArray) steps = wb_run_checkpoints_list (wb_run_get_folder (self));

  for (guint i = 0; i < steps->len; i++)
    {
      g_autofree char *folder =
          wb_run_checkpoints_dup_path (wb_run_get_folder (self), g_array_index (steps, guint64, i));
      g_autofree char *state_path = g_build_filename (folder, "run.ini", NULL);
      g_autofree char *trainer = g_build_filename (folder, "trainer.state", NULL);
      WbRunState       state;

      if (!wb_run_state_load (&state, state_path, error))
        return FALSE;
      if (!g_file_test (trainer, G_FILE_TEST_IS_REGULAR))
        {
          g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING, "%s is missing", trainer);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_best (WbRun *self, GError **error)
{
  g_autofree char *best = wb_run_dup_best_folder (self);
  g_autoptr (WbModelConfig) config = NULL;

  if (best != NULL)
    {
      config = wb_model_folder_open (best, NULL, WB_MODEL_NEEDS_ALL, error);
      return config != NULL;
    }
  if (wb_run_get_status (self) != WB_RUN_FINISHED)
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
               "%s/best is missing, and the run is finished", wb_run_get_folder (self));
  return FALSE;
}

static gboolean
is_there (const WbTask *task, const char *path)
{
  g_auto (GStrv) files = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  files = wb_task_expand (task, path);
  return files != NULL && files[0] != NULL;
}

char *
wb_run_dup_obstacle (WbRun *self)
{
  g_autoptr (WbRunPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  char       *why;
  const char *model;

  if (!wb_run_can_resume (self, &why))
    return why;
  plan = wb_run_plan_parse (wb_run_get_record (self)->settings, &error);
  if (plan == NULL)
    return g_strdup_printf (_ ("its settings cannot be read (%s)"), error->message);
  model = plan->model_path != NULL ? plan->model_path : plan->config_path;
  if (model != NULL && !g_file_test (model, G_FILE_TEST_EXISTS))
    return g_strdup_printf (_ ("the model that it starts from is not at %s any more"), model);
  if (plan->train_path != NULL && !is_there (plan->task, plan->train_path))
    return g_strdup_printf (_ ("its training file %s is gone"), plan->train_path);
  return NULL;
}

gboolean
wb_run_check_files (WbRun *self, GError **error)
{
  g_autoptr (WbRunPlan) plan = wb_run_plan_parse (wb_run_get_record (self)->settings, error);

  if (plan == NULL)
    return FALSE;
  if (!g_file_test (wb_run_get_folder (self), G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING, "%s is missing",
                   wb_run_get_folder (self));
      return FALSE;
    }
  return check_train_file (plan, error) && check_base (plan, error) &&
         check_checkpoints (self, error) && check_best (self, error);
}
