#include "config.h"

#include "app/runs/wb-run-copy.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/runs/wb-model-choice.h"
#include "app/runs/wb-run-private.h"
#include "app/runs/wb-run-spec-private.h"

/* What --model said, if it still means that folder. */
static void
copy_model (const WbRunPlan *plan, WbRunSpec *spec)
{
  g_autofree char *path =
      plan->model != NULL
          ? wb_model_choice_resolve (wb_run_spec_get_workspace (spec), plan->model, NULL)
          : NULL;
  const gboolean same = g_strcmp0 (path, plan->model_path) == 0 && path != NULL;

  if (plan->model_path != NULL)
    wb_run_spec_set (spec, "model", same ? plan->model : plan->model_path, NULL);
  else
    wb_run_spec_set (spec, "init-from-config", plan->config_path, NULL);
}

/* Whether the fields of @spec mean the files of @plan. */
static gboolean
means_files (const WbRunPlan *plan, WbRunSpec *spec)
{
  g_autofree char *train = NULL;
  g_autoptr (GPtrArray) evaluations =
      g_ptr_array_new_with_free_func ((GDestroyNotify) wb_plan_split_free);
  const char *field;

  if (!wb_run_spec_find_files (spec, plan->task, &train, evaluations, &field, NULL) ||
      g_strcmp0 (train, plan->train_path) != 0 || evaluations->len != plan->evaluations->len)
    return FALSE;
  for (guint i = 0; i < evaluations->len; i++)
    if (strcmp (((WbPlanSplit *) evaluations->pdata[i])->path,
                ((WbPlanSplit *) plan->evaluations->pdata[i])->path) != 0)
      return FALSE;
  return TRUE;
}

/* The library's data, or the folder of the files; else the files one by one. */
static void
copy_files (const WbRunPlan *plan, WbRunSpec *spec)
{
  g_autofree char *folder = g_path_get_dirname (plan->train_path);

  if (means_files (plan, spec))
    return;
  wb_run_spec_set (spec, "data", folder, NULL);
  if (means_files (plan, spec))
    return;
  wb_run_spec_set (spec, "data", "", NULL);
  wb_run_spec_set (spec, "train", plan->train_path, NULL);
  if (plan->evaluations->len > 0)
    wb_run_spec_set (spec, "dev", ((WbPlanSplit *) plan->evaluations->pdata[0])->path, NULL);
}

static gboolean
try_recipe (const WbRunPlan *plan, WbRunSpec *spec, const char *what)
{
  g_autoptr (WbRecipe) recipe = NULL;

  wb_run_spec_set (spec, "recipe", what, NULL);
  recipe = wb_run_spec_dup_recipe (spec, NULL);
  if (recipe != NULL &&
      strcmp (wb_recipe_get_name (recipe), wb_recipe_get_name (plan->recipe)) == 0)
    return TRUE;
  wb_run_spec_set (spec, "recipe", "", NULL);
  return FALSE;
}

/* After task, model and recipe: these say what a key is without a value of its own. */
static void
copy_settings (const WbRunPlan *plan, WbRunSpec *spec)
{
  g_autoptr (WbSettings) base = wb_run_spec_dup_base_settings (spec);
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);

  for (gsize i = 0; i < n; i++)
    if (strcmp (wb_settings_get (plan->settings, all[i].key), wb_settings_get (base, all[i].key)) !=
        0)
      wb_run_spec_set (spec, all[i].key, wb_settings_get (plan->settings, all[i].key), NULL);
}

static void
copy_name (const WbRunPlan *plan, WbRun *run, WbRunSpec *spec)
{
  const char      *name = wb_run_get_name (run);
  g_autofree char *made = g_strdup_printf ("%s · %s · seed ", plan->task->name, plan->model_name);
  g_autofree char *copy = NULL;

  if (g_str_has_prefix (name, made))
    return;
  copy = g_str_has_suffix (name, _ (" (copy)")) ? g_strdup (name)
                                                : g_strconcat (name, _ (" (copy)"), NULL);
  wb_run_spec_set (spec, "name", copy, NULL);
}

WbRunSpec *
wb_run_dup_spec (WbRun *run, GError **error)
{
  g_autoptr (WbRunPlan) plan = wb_run_plan_parse (wb_run_get_record (run)->settings, error);
  g_autoptr (WbRunSpec) spec = NULL;
  g_autofree char *seed = NULL;

  if (plan == NULL)
    return NULL;
  spec = wb_run_spec_new (wb_run_get_workspace (run));
  seed = g_strdup_printf ("%" G_GUINT64_FORMAT, plan->seed);
  wb_run_spec_set (spec, "task", plan->task->name, NULL);
  copy_model (plan, spec);
  copy_files (plan, spec);
  if (plan->recipe != NULL && !try_recipe (plan, spec, "published"))
    try_recipe (plan, spec, wb_recipe_get_name (plan->recipe));
  copy_settings (plan, spec);
  wb_run_spec_set (spec, "seed", seed, NULL);
  copy_name (plan, run, spec);
  return g_steal_pointer (&spec);
}
