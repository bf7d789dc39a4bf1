#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/recipes/wb-recipe-private.h"
#include "app/runs/wb-model-choice.h"
#include "app/runs/wb-run-spec-private.h"
#include "engine/checkpoint/wb-checkpoint.h"

/* (transfer full) (nullable): folder or config.json of a model of the list; %NULL while there is
 * none. */
static char *
dup_model_path (WbRunSpec *self, const char *model)
{
  const char *config = wb_run_spec_get (self, "init-from-config");

  if (*model != '\0')
    return wb_model_choice_resolve (wb_run_spec_get_workspace (self), model, NULL);
  return *config != '\0' ? g_canonicalize_filename (config, NULL) : NULL;
}

WbRecipe *
wb_run_spec_find_recipe (WbRunSpec *self, const char *model, GError **error)
{
  const char      *what = wb_run_spec_get (self, "recipe");
  g_autofree char *path = NULL;

  if (*what == '\0')
    return NULL;
  path = dup_model_path (self, model);
  return wb_recipe_resolve (wb_run_spec_get_workspace (self), what, wb_run_spec_get (self, "task"),
                            path, error);
}

WbRecipe *
wb_run_spec_dup_recipe (WbRunSpec *self, GError **error)
{
  g_auto (GStrv) models = wb_run_spec_split (self, "model");

  return wb_run_spec_find_recipe (self, models[0] != NULL ? models[0] : "", error);
}

WbRecipe *
wb_run_spec_dup_published (WbRunSpec *self, GError **error)
{
  g_auto (GStrv) models = wb_run_spec_split (self, "model");
  g_autofree char *path = dup_model_path (self, models[0] != NULL ? models[0] : "");

  return wb_recipe_resolve (wb_run_spec_get_workspace (self), "published",
                            wb_run_spec_get (self, "task"), path, error);
}

WbSettings *
wb_run_spec_dup_base_settings (WbRunSpec *self)
{
  g_autoptr (WbRecipe) recipe = wb_run_spec_dup_recipe (self, NULL);

  return recipe != NULL ? wb_recipe_dup_settings (recipe) : wb_settings_new ();
}

/* Of one run: %NULL with @error where a setting is wrong, or has several values. */
static WbSettings *
dup_settings (WbRunSpec *self, GError **error)
{
  g_autoptr (WbSettings) settings = wb_run_spec_dup_base_settings (self);
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);

  for (gsize i = 0; i < n; i++)
    {
      const char *text = wb_run_spec_get (self, all[i].key);

      if (strchr (text, ',') != NULL)
        {
          g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                       _ ("A recipe has one value for each setting, and %s has several"),
                       all[i].key);
          return NULL;
        }
      if (*text != '\0' && !wb_settings_set (settings, all[i].key, text, error))
        return NULL;
    }
  return g_steal_pointer (&settings);
}

char *
wb_run_spec_save_recipe (WbRunSpec *self, const char *name, GError **error)
{
  g_autoptr (WbSettings) settings = dup_settings (self, error);
  const WbTask       *task = wb_task_find (wb_run_spec_get (self, "task"));
  const char         *seed = wb_run_spec_get (self, "seed");
  const WbRecipeDraft draft = {
    .title = name,
    .task = task != NULL ? task->name : NULL,
    .seed = *seed != '\0' && strchr (seed, ',') == NULL ? seed : NULL,
    .settings = settings,
  };

  return settings != NULL
             ? wb_recipe_save (wb_run_spec_get_workspace (self), &draft, name, NULL, FALSE, error)
             : NULL;
}

/* "deberta-v3-base-sift" is made for deberta-v3-base. */
static gboolean
is_for_size (WbRecipe *recipe, const char *size)
{
  const char *made_for = wb_recipe_get_size (recipe);
  const gsize length = strlen (made_for);
  const gsize end = g_str_has_suffix (made_for, "-sift") ? length - strlen ("-sift") : length;

  return *made_for == '\0' || (strlen (size) == end && strncmp (made_for, size, end) == 0);
}

static void
warn_model (WbRecipe *recipe, const char *path, GPtrArray *warnings)
{
  g_autoptr (WbModelConfig) config = wb_checkpoint_load_config (path, NULL);
  const char *size = config != NULL ? wb_recipe_size_find (config) : NULL;
  const char *start_from = wb_recipe_get_start_from (recipe);

  if (config == NULL)
    return;
  if (!is_for_size (recipe, size != NULL ? size : ""))
    g_ptr_array_add (warnings, g_strdup_printf (_ ("the recipe is for %s, and the model is %s"),
                                                wb_recipe_get_size (recipe),
                                                size != NULL ? size : _ ("of no published size")));
  else if (g_str_has_suffix (start_from, "-mnli") && !(config->has_labels && config->n_labels == 3))
    g_ptr_array_add (
        warnings, g_strdup_printf (_ ("the recipe starts from %s, which was tuned on MNLI before; "
                                      "this model was not"),
                                   start_from));
}

void
wb_run_spec_warn_recipe (WbRunSpec *self, WbRecipe *recipe, const char *model, GPtrArray *warnings)
{
  const WbTask    *task = wb_task_find (wb_run_spec_get (self, "task"));
  const WbTask    *made_for = wb_task_find (wb_recipe_get_task (recipe));
  g_autofree char *path = dup_model_path (self, model);
  char            *not_followed = wb_recipe_dup_not_followed (recipe);

  if (task != NULL && made_for != NULL && task != made_for)
    g_ptr_array_add (warnings, g_strdup_printf (_ ("the recipe is for %s, and the run learns %s"),
                                                made_for->title, task->title));
  if (path != NULL)
    warn_model (recipe, path, warnings);
  if (not_followed != NULL)
    g_ptr_array_add (warnings, not_followed);
}
