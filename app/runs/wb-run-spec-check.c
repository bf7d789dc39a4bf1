#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-workspace-private.h"
#include "app/library/wb-model-folder-private.h"
#include "app/runs/wb-model-choice.h"
#include "app/runs/wb-run-spec-private.h"

static void
problem_free (gpointer data)
{
  WbRunProblem *self = data;
  g_free (self->message);
  g_free (self);
}

static void
add_problem (GPtrArray *problems, const char *field, gboolean blocks, char *message)
{
  WbRunProblem *problem = g_new0 (WbRunProblem, 1);

  problem->field = field;
  problem->blocks = blocks;
  problem->message = message;
  g_ptr_array_add (problems, problem);
}

/* Takes @error. */
static void
add_error (GPtrArray *problems, const char *field, GError *error)
{
  add_problem (problems, field, TRUE, g_strdup (error->message));
  g_error_free (error);
}

static const WbTask *
check_task (WbRunSpec *self, GPtrArray *problems)
{
  const char      *name = wb_run_spec_get (self, "task");
  const WbTask    *task = *name != '\0' ? wb_task_find (name) : NULL;
  g_autofree char *names = wb_task_dup_names ();

  if (*name == '\0')
    add_problem (problems, "task", TRUE, g_strdup_printf (_ ("which task? one of %s"), names));
  else if (task == NULL)
    add_problem (problems, "task", TRUE,
                 g_strdup_printf (_ ("there is no task “%.80s”; there are %s"), name, names));
  else if (!task->has_training)
    {
      add_problem (problems, "task", TRUE,
                   g_strdup_printf (_ ("%s has no training file: evaluate it with a model of MNLI"),
                                    task->title));
      return NULL;
    }
  return task;
}

static void
check_one_model (WbRunSpec *self, const char *model, GPtrArray *problems)
{
  GError          *error = NULL;
  g_autofree char *folder =
      wb_model_choice_resolve (wb_run_spec_get_workspace (self), model, &error);
  g_autoptr (WbModelConfig) config = NULL;

  if (folder != NULL)
    config = wb_model_folder_open (folder, NULL, WB_MODEL_NEEDS_QUICK, &error);
  if (config == NULL)
    add_error (problems, "model", error);
}

static void
check_model (WbRunSpec *self, GPtrArray *problems)
{
  const char    *config = wb_run_spec_get (self, "init-from-config");
  const gboolean has_model = *wb_run_spec_get (self, "model") != '\0';
  g_auto (GStrv) models = wb_run_spec_split (self, "model");
  g_autoptr (WbModelConfig) loaded = NULL;
  g_autofree char *folder = NULL;
  GError          *error = NULL;

  if (has_model == (*config != '\0'))
    {
      add_problem (problems, "model", TRUE,
                   g_strdup (has_model ? _ ("give --model or --init-from-config, not both")
                                       : _ ("which model? give --model, or --init-from-config for "
                                            "random weights")));
      return;
    }
  for (gsize i = 0; has_model && models[i] != NULL; i++)
    check_one_model (self, models[i], problems);
  if (has_model)
    return;
  folder =
      g_file_test (config, G_FILE_TEST_IS_DIR) ? g_strdup (config) : g_path_get_dirname (config);
  loaded = wb_model_folder_open (folder, config, WB_MODEL_NEEDS_VOCABULARY, &error);
  if (loaded == NULL)
    add_error (problems, "init-from-config", error);
}

static void
check_files (WbRunSpec *self, const WbTask *task, GPtrArray *problems)
{
  g_autoptr (GPtrArray) evaluations =
      g_ptr_array_new_with_free_func ((GDestroyNotify) wb_plan_split_free);
  g_autofree char *train = NULL;
  const char      *field;
  GError          *error = NULL;

  if (!wb_run_spec_find_files (self, task, &train, evaluations, &field, &error))
    {
      add_error (problems, field, error);
      return;
    }
  if (evaluations->len == 0)
    add_problem (problems, "dev", FALSE,
                 g_strdup (_ ("no file to evaluate on: the last state will count as the best")));
  for (guint i = 0; i < evaluations->len; i++)
    if (strcmp (((WbPlanSplit *) evaluations->pdata[i])->path, train) == 0)
      add_problem (problems, "dev", FALSE,
                   g_strdup (_ ("training and evaluation read the same file: the metrics will not "
                                "say how well the model generalises")));
}

static gboolean
is_told (GPtrArray *problems, const char *message)
{
  for (guint i = 0; i < problems->len; i++)
    if (strcmp (((WbRunProblem *) problems->pdata[i])->message, message) == 0)
      return TRUE;
  return FALSE;
}

/* Of every model its own. */
static void
check_recipe (WbRunSpec *self, GPtrArray *problems)
{
  g_auto (GStrv) models = wb_run_spec_split (self, "model");
  const gsize n = MAX (g_strv_length (models), 1);

  for (gsize i = 0; i < n && *wb_run_spec_get (self, "recipe") != '\0'; i++)
    {
      const char *model = models[i] != NULL ? models[i] : "";
      g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GError) error = NULL;
      g_autoptr (WbRecipe) recipe = wb_run_spec_find_recipe (self, model, &error);

      if (recipe != NULL)
        wb_run_spec_warn_recipe (self, recipe, model, warnings);
      else if (!is_told (problems, error->message))
        add_error (problems, "recipe", g_steal_pointer (&error));
      for (guint k = 0; k < warnings->len; k++)
        if (!is_told (problems, warnings->pdata[k]))
          add_problem (problems, "recipe", FALSE, g_strdup (warnings->pdata[k]));
    }
}

static void
check_seeds (WbRunSpec *self, GPtrArray *problems)
{
  g_auto (GStrv) seeds = wb_run_spec_split (self, "seed");

  for (gsize i = 0; *wb_run_spec_get (self, "seed") != '\0' && seeds[i] != NULL; i++)
    {
      guint64 value;
      if (!g_ascii_string_to_unsigned (seeds[i], 10, 0, G_MAXINT64, &value, NULL))
        add_problem (
            problems, "seed", TRUE,
            g_strdup_printf (_ ("seed: “%.40s” is not allowed; give a whole number from 0 to %ld"),
                             seeds[i], (glong) G_MAXINT64));
    }
}

static void
check_out (WbRunSpec *self, GPtrArray *problems)
{
  const char *out = wb_run_spec_get (self, "out");
  GDir       *dir;

  if (*out == '\0')
    return;
  if (wb_run_spec_count_runs (self) > 1)
    add_problem (problems, "out", TRUE,
                 g_strdup (_ ("--out is one run's folder; these are several")));
  if (!g_file_test (out, G_FILE_TEST_EXISTS))
    return;
  dir = g_dir_open (out, 0, NULL);
  if (dir == NULL)
    add_problem (problems, "out", TRUE, g_strdup_printf (_ ("%s is not a folder"), out));
  else if (g_dir_read_name (dir) != NULL)
    add_problem (problems, "out", TRUE,
                 g_strdup_printf (_ ("%s is not empty; give a new folder"), out));
  g_clear_pointer (&dir, g_dir_close);
}

static void
check_setting (WbRunSpec *self, const WbSettingInfo *info, WbSettings *last, GPtrArray *problems)
{
  g_auto (GStrv) values = wb_run_spec_split (self, info->key);

  for (gsize i = 0; values[i] != NULL; i++)
    {
      GError *error = NULL;
      if (!wb_settings_set (last, info->key, values[i], &error))
        {
          add_error (problems, info->key, error);
          return;
        }
    }
}

static gboolean
knows_metric (const WbTask *task, const char *name)
{
  return strcmp (name, "loss") == 0 || g_strv_contains (task->metrics, name);
}

/* Settings that only make sense together, or with the task. */
static void
check_together (WbSettings *settings, const WbTask *task, GPtrArray *problems)
{
  gsize              n_weights = 0;
  g_autofree double *weights = wb_settings_get_weights (settings, "class-weights", &n_weights);
  const char        *metric = wb_settings_get (settings, "select-metric");
  const gboolean     regression = task != NULL && task->kind == WB_TASK_REGRESSION;
  g_autofree char   *metrics = task != NULL ? g_strjoinv (", ", (char **) task->metrics) : NULL;

  if (wb_settings_get_count (settings, "accumulation") >
      wb_settings_get_count (settings, "batch-size"))
    add_problem (problems, "accumulation", TRUE,
                 g_strdup_printf (_ ("accumulation: a batch of %s examples has no %s parts"),
                                  wb_settings_get (settings, "batch-size"),
                                  wb_settings_get (settings, "accumulation")));
  if (task == NULL)
    return;
  if (wb_settings_is_set (settings, "select-metric") && !knows_metric (task, metric))
    add_problem (problems, "select-metric", TRUE,
                 g_strdup_printf (_ ("select-metric: %s has no “%.40s”; give %s, loss or task"),
                                  task->title, metric, metrics));
  if (weights != NULL && (regression || n_weights != wb_task_get_n_labels (task)))
    add_problem (problems, "class-weights", TRUE,
                 g_strdup_printf (_ ("class-weights: %s has %zu classes, not %zu"), task->title,
                                  regression ? 0 : wb_task_get_n_labels (task), n_weights));
  if (regression && wb_settings_get_number (settings, "label-smoothing") > 0)
    add_problem (problems, "label-smoothing", TRUE,
                 g_strdup_printf (_ ("label-smoothing: %s has no classes"), task->title));
}

static void
warn_settings (WbSettings *settings, GPtrArray *problems)
{
  const guint64 threads = wb_settings_get_count (settings, "threads");
  const guint64 steps = wb_settings_get_count (settings, "max-steps");
  const guint64 warmup = wb_settings_get_count (settings, "warmup-steps");

  if (threads > g_get_num_processors ())
    add_problem (
        problems, "threads", FALSE,
        g_strdup_printf (_ ("threads: the machine has %u processors"), g_get_num_processors ()));
  if (steps > 0 && warmup >= steps)
    add_problem (problems, "warmup-steps", FALSE,
                 g_strdup (_ ("warmup-steps: the run ends before the warm-up does")));
}

GPtrArray *
wb_run_spec_check (WbRunSpec *self)
{
  GPtrArray *problems = g_ptr_array_new_with_free_func (problem_free);
  g_autoptr (WbSettings) settings = wb_run_spec_dup_base_settings (self);
  const WbTask        *task = check_task (self, problems);
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);

  check_model (self, problems);
  if (task != NULL)
    {
      check_files (self, task, problems);
      check_recipe (self, problems);
    }
  check_seeds (self, problems);
  check_out (self, problems);
  for (gsize i = 0; i < n; i++)
    if (*wb_run_spec_get (self, all[i].key) != '\0')
      check_setting (self, &all[i], settings, problems);
  check_together (settings, task, problems);
  warn_settings (settings, problems);
  if (wb_run_spec_count_runs (self) == 0)
    add_problem (
        problems, "seed", TRUE,
        g_strdup (_ ("a list of values has an empty one, or the lists make too many runs")));
  return problems;
}

/* Values that are wrong are wrong usage; files, folders and models that are not as they should be
 * are failures. */
static WbAppError
code_of (WbRunSpec *self, const char *field)
{
  static const char *const world[] = { "model", "init-from-config", "train", "dev", "data", "out",
                                       NULL };
  const gboolean           has_model = *wb_run_spec_get (self, "model") != '\0';
  const gboolean           has_config = *wb_run_spec_get (self, "init-from-config") != '\0';

  if (strcmp (field, "model") == 0 && has_model == has_config)
    return WB_APP_ERROR_USAGE;
  return g_strv_contains (world, field) ? WB_APP_ERROR_INVALID : WB_APP_ERROR_USAGE;
}

gboolean
wb_run_spec_validate (WbRunSpec *self, GError **error)
{
  g_autoptr (GPtrArray) problems = wb_run_spec_check (self);

  for (guint i = 0; i < problems->len; i++)
    {
      const WbRunProblem *problem = problems->pdata[i];
      if (problem->blocks)
        {
          g_set_error (error, WB_APP_ERROR, (gint) code_of (self, problem->field), "%s",
                       problem->message);
          return FALSE;
        }
    }
  return TRUE;
}
