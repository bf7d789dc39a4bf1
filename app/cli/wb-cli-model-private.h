#pragma once

#include "app/cli/wb-cli-settings-private.h"
#include "app/cli/wb-cli.h"
#include "app/runs/wb-run-plan-private.h"
#include "app/worker/wb-predictor-private.h"
#include "data/tasks/wb-task.h"

G_BEGIN_DECLS

/**
 * WbCliModel:
 * @folder: of the model
 * @run_id: of the run that made it; 0: none
 * @plan: (nullable): of that run
 *
 * What --model means to evaluate, predict and export.
 */
typedef struct
{
  char      *folder;
  gint64     run_id;
  WbRunPlan *plan;
} WbCliModel;

/* The model that stands behind the command instead of --model: into @name.  %FALSE after saying
 * that there are two (@status). */
gboolean wb_cli_model_take_name (char **name, int argc, char **argv, int *status);

gboolean
     wb_cli_model_find (WbCliModel *self, WbWorkspace *workspace, const char *what, GError **error);
void wb_cli_model_clear (WbCliModel *self);

/* --task, else the run's. */
const WbTask *wb_cli_model_get_task (const WbCliModel *self, const char *name, GError **error);

/* (transfer full): the run's settings (or defaults) with the command's own options over them. */
WbSettings *
wb_cli_model_make_settings (const WbCliModel *self, const WbCliSettings *own, GError **error);

/**
 * wb_cli_model_open:
 * @name: what --model said
 * @settings: (out) (transfer full): wb_cli_model_make_settings()
 *
 * What every command that uses a model begins with.
 */
gboolean wb_cli_model_open (WbCliModel          *self,
                            WbWorkspace         *workspace,
                            const char          *name,
                            const WbCliSettings *own,
                            WbSettings         **settings,
                            GError             **error);

/* (transfer full): the model ready to be asked; what there is to know of its labels is said on
 * standard error. */
WbPredictor *wb_cli_model_open_predictor (const WbCliModel *self,
                                          const WbTask     *task,
                                          WbSettings       *settings,
                                          GError          **error);

G_END_DECLS
