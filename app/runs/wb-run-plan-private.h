#pragma once

#include "app/recipes/wb-recipe.h"
#include "app/settings/wb-settings.h"
#include "data/tasks/wb-task.h"

G_BEGIN_DECLS

/* A file that is evaluated during and after training. */
typedef struct
{
  char *name; /* "dev", "dev_matched" */
  char *path;
} WbPlanSplit;

WbPlanSplit *wb_plan_split_new (const char *name, const char *path);
void         wb_plan_split_free (WbPlanSplit *self);

/**
 * WbRunPlan:
 * @model: (nullable): what --model said
 * @model_path: (nullable): its folder, absolute
 * @config_path: (nullable): of --init-from-config, absolute; one of the two is there.  A file, or
 * the folder whose weights have the configuration inside
 * @model_name: as shown
 * @evaluations: (element-type WbPlanSplit)
 * @recipe: (nullable): what the settings began as
 * @base_digest: (nullable): of the weights that training starts from
 * @train_digest: (nullable): of the training file
 * @expected_seconds: what was expected when the run was made; 0: nothing
 *
 * One run, everything resolved and frozen: what its row keeps as text.
 */
typedef struct
{
  char         *model;
  char         *model_path;
  char         *config_path;
  char         *model_name;
  const WbTask *task;
  char         *train_path;
  GPtrArray    *evaluations;
  char         *name;
  guint64       seed;
  char         *out;
  WbRecipe     *recipe;
  WbSettings   *settings;
  char         *base_digest;
  char         *train_digest;
  double        expected_seconds;
} WbRunPlan;

WbRunPlan *wb_run_plan_new (void);
void       wb_run_plan_free (WbRunPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbRunPlan, wb_run_plan_free)

char      *wb_run_plan_to_text (const WbRunPlan *self);
WbRunPlan *wb_run_plan_parse (const char *text, GError **error);

/* Where config.json and tokenizer files lie. */
char *wb_run_plan_dup_folder (const WbRunPlan *self);

G_END_DECLS
