#include "app/cli/wb-cli-model-private.h"

#include "app/core/wb-app-error.h"
#include "app/runs/wb-model-choice-private.h"

/* The run whose best the folder is, if it is one. */
static void
find_run (WbCliModel *self, WbWorkspace *workspace)
{
  g_autoptr (WbRunRecord) record = wb_model_choice_find_run (workspace, self->folder);

  if (record == NULL)
    return;
  self->run_id = record->id;
  self->plan = wb_run_plan_parse (record->settings, NULL);
}

gboolean
wb_cli_model_find (WbCliModel *self, WbWorkspace *workspace, const char *what, GError **error)
{
  *self = (WbCliModel){ 0 };
  if (what == NULL)
    {
      g_set_error_literal (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                           "which model? give --model FOLDER, name or RUN");
      return FALSE;
    }
  self->folder = wb_model_choice_resolve (workspace, what, error);
  if (self->folder == NULL)
    return FALSE;
  find_run (self, workspace);
  return TRUE;
}

void
wb_cli_model_clear (WbCliModel *self)
{
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->plan, wb_run_plan_free);
}

const WbTask *
wb_cli_model_get_task (const WbCliModel *self, const char *name, GError **error)
{
  g_autofree char *names = wb_task_dup_names ();
  const WbTask    *task;

  if (name == NULL && self->plan != NULL)
    return self->plan->task;
  task = name != NULL ? wb_task_find (name) : NULL;
  if (task == NULL)
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                 name != NULL ? "there is no task “%.80s”; there are %s"
                              : "which task?%.0s one of %s",
                 name != NULL ? name : "", names);
  return task;
}

WbSettings *
wb_cli_model_make_settings (const WbCliModel *self, const WbCliSettings *own, GError **error)
{
  g_autoptr (WbSettings) settings =
      self->plan != NULL ? wb_settings_copy (self->plan->settings) : wb_settings_new ();

  if (!wb_cli_settings_fill (own, settings, error))
    return NULL;
  return g_steal_pointer (&settings);
}

gboolean
wb_cli_model_take_name (char **name, int argc, char **argv, int *status)
{
  if (argc > 2 || (argc == 2 && *name != NULL))
    {
      *status = wb_cli_usage ("%s takes one model, not also “%s”", argv[0], argv[argc - 1]);
      return FALSE;
    }
  if (argc == 2)
    *name = g_strdup (argv[1]);
  return TRUE;
}

gboolean
wb_cli_model_open (WbCliModel          *self,
                   WbWorkspace         *workspace,
                   const char          *name,
                   const WbCliSettings *own,
                   WbSettings         **settings,
                   GError             **error)
{
  if (!wb_cli_model_find (self, workspace, name, error))
    return FALSE;
  *settings = wb_cli_model_make_settings (self, own, error);
  return *settings != NULL;
}

WbPredictor *
wb_cli_model_open_predictor (const WbCliModel *self,
                             const WbTask     *task,
                             WbSettings       *settings,
                             GError          **error)
{
  WbPredictor *predictor = wb_predictor_open (self->folder, task, settings, error);

  if (predictor != NULL && wb_predictor_get_note (predictor) != NULL)
    g_printerr ("%s\n", wb_predictor_get_note (predictor));
  return predictor;
}
