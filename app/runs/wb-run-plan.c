#include "app/runs/wb-run-plan-private.h"

#include "app/core/wb-app-error.h"
#include "app/recipes/wb-recipe-private.h"

WbPlanSplit *
wb_plan_split_new (const char *name, const char *path)
{
  WbPlanSplit *self = g_new0 (WbPlanSplit, 1);
  self->name = g_strdup (name);
  self->path = g_strdup (path);
  return self;
}

void
wb_plan_split_free (WbPlanSplit *self)
{
  g_free (self->name);
  g_free (self->path);
  g_free (self);
}

WbRunPlan *
wb_run_plan_new (void)
{
  WbRunPlan *self = g_new0 (WbRunPlan, 1);

  self->evaluations = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_plan_split_free);
  self->settings = wb_settings_new ();
  return self;
}

void
wb_run_plan_free (WbRunPlan *self)
{
  g_free (self->model);
  g_free (self->model_path);
  g_free (self->config_path);
  g_free (self->model_name);
  g_free (self->train_path);
  g_ptr_array_unref (self->evaluations);
  g_free (self->name);
  g_free (self->out);
  g_clear_object (&self->recipe);
  g_object_unref (self->settings);
  g_free (self->base_digest);
  g_free (self->train_digest);
  g_free (self);
}

typedef struct
{
  const char *key;
  gsize       offset;
} TextField;

static const TextField fields[] = {
  { "model", G_STRUCT_OFFSET (WbRunPlan, model) },
  { "model-path", G_STRUCT_OFFSET (WbRunPlan, model_path) },
  { "init-from-config", G_STRUCT_OFFSET (WbRunPlan, config_path) },
  { "model-name", G_STRUCT_OFFSET (WbRunPlan, model_name) },
  { "train", G_STRUCT_OFFSET (WbRunPlan, train_path) },
  { "name", G_STRUCT_OFFSET (WbRunPlan, name) },
  { "out", G_STRUCT_OFFSET (WbRunPlan, out) },
  { "base-digest", G_STRUCT_OFFSET (WbRunPlan, base_digest) },
  { "train-digest", G_STRUCT_OFFSET (WbRunPlan, train_digest) },
};

char *
wb_run_plan_to_text (const WbRunPlan *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_key_file_set_integer (file, "run", "format", 1);
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const char *text = G_STRUCT_MEMBER (char *, self, fields[i].offset);
      if (text != NULL)
        g_key_file_set_string (file, "run", fields[i].key, text);
    }
  g_key_file_set_string (file, "run", "task", self->task->name);
  g_key_file_set_uint64 (file, "run", "seed", self->seed);
  if (self->expected_seconds > 0)
    g_key_file_set_double (file, "run", "expected-seconds", self->expected_seconds);
  for (guint i = 0; i < self->evaluations->len; i++)
    {
      const WbPlanSplit *split = self->evaluations->pdata[i];
      g_key_file_set_string (file, "evaluations", split->name, split->path);
    }
  wb_settings_save (self->settings, file, "settings");
  if (self->recipe != NULL)
    wb_recipe_freeze (self->recipe, self->settings, file);
  return g_key_file_to_data (file, NULL, NULL);
}

static gboolean
read_fields (WbRunPlan *self, GKeyFile *file, GError **error)
{
  g_autofree char *task = g_key_file_get_string (file, "run", "task", error);

  if (task == NULL)
    return FALSE;
  self->task = wb_task_find (task);
  if (self->task == NULL)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID, "there is no task “%s”", task);
      return FALSE;
    }
  self->seed = g_key_file_get_uint64 (file, "run", "seed", NULL);
  self->expected_seconds = g_key_file_get_double (file, "run", "expected-seconds", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    G_STRUCT_MEMBER (char *, self, fields[i].offset) =
        g_key_file_get_string (file, "run", fields[i].key, NULL);
  return TRUE;
}

static void
read_evaluations (WbRunPlan *self, GKeyFile *file)
{
  g_auto (GStrv) names = g_key_file_get_keys (file, "evaluations", NULL, NULL);

  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *path = g_key_file_get_string (file, "evaluations", names[i], NULL);
      if (path != NULL)
        g_ptr_array_add (self->evaluations, wb_plan_split_new (names[i], path));
    }
}

WbRunPlan *
wb_run_plan_parse (const char *text, GError **error)
{
  g_autoptr (WbRunPlan) self = wb_run_plan_new ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) local = NULL;

  if (text == NULL || !g_key_file_load_from_data (file, text, (gsize) -1, 0, error) ||
      !read_fields (self, file, error) ||
      !wb_settings_load (self->settings, file, "settings", error))
    {
      if (error != NULL && *error == NULL)
        g_set_error_literal (error, WB_APP_ERROR, WB_APP_ERROR_INVALID, "there are none");
      g_prefix_error (error, "the settings kept with the run cannot be read: ");
      return NULL;
    }
  read_evaluations (self, file);
  self->recipe = wb_recipe_thaw (file, &local);
  if (local != NULL)
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&local),
                                  "the recipe kept with the run cannot be read: ");
      return NULL;
    }
  return g_steal_pointer (&self);
}

char *
wb_run_plan_dup_folder (const WbRunPlan *self)
{
  if (self->model_path != NULL)
    return g_strdup (self->model_path);
  return g_file_test (self->config_path, G_FILE_TEST_IS_DIR)
             ? g_strdup (self->config_path)
             : g_path_get_dirname (self->config_path);
}
