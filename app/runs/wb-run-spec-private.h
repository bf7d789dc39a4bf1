#pragma once

#include "app/runs/wb-run-plan-private.h"
#include "app/runs/wb-run-spec.h"

G_BEGIN_DECLS

/* Values of a field that takes several; blanks around commas go. */
char **wb_run_spec_split (WbRunSpec *self, const char *field);

/* " · learning-rate 1e-5": what tells a run of several without a name apart; "" for one alone. */
const char *wb_run_spec_get_variant (WbRunSpec *self);

/* (transfer full) (nullable): what "recipe" means for @model, one of the list; %NULL without
 * @error: none is named. */
WbRecipe *wb_run_spec_find_recipe (WbRunSpec *self, const char *model, GError **error);
/* What people should know of it before they start: lines added to @warnings. */
void
wb_run_spec_warn_recipe (WbRunSpec *self, WbRecipe *recipe, const char *model, GPtrArray *warnings);
/* (transfer full): the first model's recipe, or the defaults. */
WbSettings *wb_run_spec_dup_base_settings (WbRunSpec *self);

/* Of one run (no lists), checked as wb_run_spec_check() does. */
WbRunPlan *wb_run_spec_make_plan (WbRunSpec *self, GError **error);

/**
 * wb_run_spec_find_files:
 * @train: (out) (transfer full) (nullable)
 * @evaluations: (element-type WbPlanSplit): filled
 * @error: WB_APP_ERROR_MISSING, with @field set to the field that it is about
 *
 * Which files the fields mean: --train and --dev, else the task's default names in --data, else in
 * a data set of the library for that task.
 */
gboolean wb_run_spec_find_files (WbRunSpec    *self,
                                 const WbTask *task,
                                 char        **train,
                                 GPtrArray    *evaluations,
                                 const char  **field,
                                 GError      **error);

/**
 * wb_run_spec_find_data_folder:
 * @data: a folder, or a data set's name in the library; "": the library's one for the task
 *
 * Returns: (transfer full): an absolute path
 */
char *wb_run_spec_find_data_folder (WbWorkspace  *workspace,
                                    const char   *data,
                                    const WbTask *task,
                                    GError      **error);

/* (transfer full): how a model's folder is shown. */
char *wb_run_spec_dup_model_name (const char *folder);

/**
 * wb_run_plan_inspect:
 *
 * Reads everything that the run will read (data files, tokenizer, headers of the weights), so that
 * what is wrong is said before anything is written, and fills the digests.
 */
gboolean wb_run_plan_inspect (WbRunPlan *self, GError **error);

/* (transfer full): of what a model's folder holds; enough of a weights file is read to notice
 * another one. */
char *wb_run_plan_compute_base_digest (const WbRunPlan *self, GError **error);

G_END_DECLS
