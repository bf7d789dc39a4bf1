#include <math.h>
#include <string.h>

#include "app/cli/wb-cli-findings-private.h"
#include "app/cli/wb-cli-model-private.h"
#include "app/core/wb-json.h"
#include "app/core/wb-app-error.h"
#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-findings-private.h"
#include "app/runs/wb-run-spec-private.h"
#include "data/store/wb-store-results.h"

#define MOST_LANGUAGES 16

typedef struct
{
  WbCli        *cli;
  WbWorkspace  *workspace;
  WbCliModel    model;
  const WbTask *task;
  char         *name; /* --model */
  char         *file;
  char         *data;
  char         *split;
  WbCliFindings findings;
} Evaluate;

static void
progress_cb (double share, gpointer user_data)
{
  wb_cli_progress (user_data, "evaluating", share, NULL, -1);
}

static void
add_file (GPtrArray *splits, const WbTask *task, const char *path)
{
  g_autofree char   *base = g_path_get_basename (path);
  const WbTaskSplit *split = wb_task_find_split (task, base);

  g_ptr_array_add (splits, wb_plan_split_new (split != NULL ? split->name : base, path));
}

static gboolean
is_wanted (const WbTaskSplit *split, const char *name)
{
  if (name == NULL)
    return split->role == WB_SPLIT_DEV;
  return strcmp (split->name, name) == 0 ||
         (g_str_has_prefix (split->name, name) && split->name[strlen (name)] == '_');
}

static gboolean
find_in_folder (Evaluate *self, const char *folder, GPtrArray *splits, GError **error)
{
  for (gsize i = 0; self->task->splits[i].name != NULL; i++)
    if (is_wanted (&self->task->splits[i], self->split))
      {
        g_autofree char *path = wb_task_find_file (self->task, &self->task->splits[i], folder);
        if (path != NULL)
          g_ptr_array_add (splits, wb_plan_split_new (self->task->splits[i].name, path));
      }
  if (splits->len > 0)
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
               "%s has no file of %s's %s split; give --file", folder, self->task->title,
               self->split != NULL ? self->split : "dev");
  return FALSE;
}

static gboolean
find_in_data (Evaluate *self, GPtrArray *splits, GError **error)
{
  g_autofree char *folder =
      wb_run_spec_find_data_folder (self->workspace, self->data, self->task, error);

  return folder != NULL && find_in_folder (self, folder, splits, error);
}

/* --file, --data, or what the run was evaluated on. */
static gboolean
find_splits (Evaluate *self, GPtrArray *splits, GError **error)
{
  const WbRunPlan *plan = self->model.plan;

  if (self->file != NULL)
    {
      add_file (splits, self->task, self->file);
      return TRUE;
    }
  if (self->data != NULL)
    return find_in_data (self, splits, error);
  if (plan != NULL && plan->task == self->task && self->split == NULL)
    for (guint i = 0; i < plan->evaluations->len; i++)
      {
        const WbPlanSplit *split = plan->evaluations->pdata[i];
        g_ptr_array_add (splits, wb_plan_split_new (split->name, split->path));
      }
  if (splits->len > 0)
    return TRUE;
  g_set_error_literal (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                       "which file? give --file FILE or --data FOLDER");
  return FALSE;
}

/* What was measured on one file. */
typedef struct
{
  double      values[8]; /* the task's metrics, then the loss */
  guint       n;
  gsize       examples;
  double      seconds;
  double      mean; /* of the languages; NaN: the set does not say which they are */
  double      accuracies[MOST_LANGUAGES];
  gsize       counts[MOST_LANGUAGES];
  WbFindings *findings; /* (nullable): only where they are wanted */
} Result;

static const char *
metric_name (const Evaluate *self, const Result *result, guint i)
{
  return i + 1 < result->n ? self->task->metrics[i] : "loss";
}

static void
add_record (Evaluate   *self,
            GPtrArray  *records,
            const char *split,
            char       *metric,
            double      value,
            gsize       n)
{
  WbResultRecord *record = wb_result_record_new ();

  record->run_id = self->model.run_id;
  record->model = g_strdup (self->model.run_id == 0 ? self->model.folder : NULL);
  record->task = g_strdup (self->task->name);
  record->split = g_strdup (split);
  record->metric = metric;
  record->value = value;
  record->step = -1;
  record->examples = (gint64) n;
  g_ptr_array_add (records, record);
}

static void
keep_results (Evaluate *self, const WbPlanSplit *split, const Result *result)
{
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) wb_result_record_free);

  for (guint i = 0; i < result->n; i++)
    add_record (self, records, split->name, g_strdup (metric_name (self, result, i)),
                result->values[i], result->examples);
  for (gsize i = 0; !isnan (result->mean) && self->task->languages[i] != NULL; i++)
    if (result->counts[i] > 0)
      add_record (self, records, split->name,
                  g_strconcat ("accuracy/", self->task->languages[i], NULL), result->accuracies[i],
                  result->counts[i]);
  if (!isnan (result->mean))
    add_record (self, records, split->name, g_strdup ("accuracy/mean"), result->mean,
                result->examples);
  wb_store_add_results (wb_workspace_get_store (self->workspace), records, NULL);
}

static void
print_text (Evaluate *self, const WbPlanSplit *split, const Result *result)
{
  wb_cli_print ("%s %s", self->task->name, split->name);
  for (guint i = 0; i < result->n; i++)
    wb_cli_print ("  %s %.4f", metric_name (self, result, i), result->values[i]);
  wb_cli_print ("  (%zu examples, %.1f s)\n", result->examples, result->seconds);
  if (result->findings != NULL)
    wb_cli_findings_print (&self->findings, result->findings);
  if (isnan (result->mean))
    return;
  for (gsize i = 0; self->task->languages[i] != NULL; i++)
    if (result->counts[i] > 0)
      wb_cli_print ("  %-4s  accuracy %.4f  (%zu examples)\n", self->task->languages[i],
                    result->accuracies[i], result->counts[i]);
  wb_cli_print ("  mean  accuracy %.4f\n", result->mean);
}

static void
write_languages (Evaluate *self, const Result *result, WbJson *json)
{
  wb_json_begin_object (json, "languages");
  for (gsize i = 0; self->task->languages[i] != NULL; i++)
    if (result->counts[i] > 0)
      {
        wb_json_begin_object (json, self->task->languages[i]);
        wb_json_integer (json, "examples", (gint64) result->counts[i]);
        wb_json_double (json, "accuracy", result->accuracies[i]);
        wb_json_end_object (json);
      }
  wb_json_end_object (json);
  wb_json_double (json, "mean_accuracy", result->mean);
}

static void
print_json (Evaluate *self, const WbPlanSplit *split, const Result *result)
{
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_json_text (json, "task", self->task->name);
  wb_json_text (json, "split", split->name);
  wb_json_text (json, "file", split->path);
  wb_json_text (json, "model", self->model.folder);
  wb_json_integer (json, "examples", (gint64) result->examples);
  wb_json_begin_object (json, "metrics");
  for (guint i = 0; i < result->n; i++)
    wb_json_double (json, metric_name (self, result, i), result->values[i]);
  wb_json_end_object (json);
  if (!isnan (result->mean))
    write_languages (self, result, json);
  wb_json_double (json, "seconds", round (result->seconds * 1000) / 1000);
  if (result->findings != NULL)
    wb_cli_findings_write (&self->findings, result->findings, json);
  wb_json_end_object (json);
  wb_json_print (json);
}

static gboolean
evaluate_split (Evaluate *self, WbPredictor *predictor, const WbPlanSplit *split, GError **error)
{
  const gint64 start = g_get_monotonic_time ();
  g_autoptr (WbDataset) dataset =
      wb_dataset_load (self->task, split->path, WB_SPLIT_DEV, WB_DATASET_DEFAULT, error);
  g_autoptr (WbFeatures) features = NULL;
  g_autoptr (WbEvaluation) evaluation = NULL;
  Result result = { .mean = NAN };

  if (dataset == NULL)
    return FALSE;
  if (!wb_dataset_has_labels (dataset))
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
                   "%s has no labels to compare with; predict works without", split->path);
      return FALSE;
    }
  evaluation = wb_predictor_run (predictor, dataset, progress_cb, self->cli, &features, error);
  wb_cli_progress_clear (self->cli);
  if (evaluation == NULL)
    return FALSE;
  result.n = wb_evaluation_measure (evaluation, features, self->task,
                                    wb_predictor_get_label_map (predictor), result.values);
  result.examples = wb_features_get_n (features);
  if (self->task->languages != NULL)
    result.mean = wb_evaluation_measure_languages (evaluation, features, dataset, result.accuracies,
                                                   result.counts);
  if (wb_cli_findings_is_wanted (&self->findings))
    result.findings = wb_findings_new (wb_predictions_new (evaluation, features, self->task,
                                                           wb_predictor_get_label_map (predictor)),
                                       self->task, dataset, NULL);
  result.seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  keep_results (self, split, &result);
  if (self->cli->json)
    print_json (self, split, &result);
  else
    print_text (self, split, &result);
  g_clear_pointer (&result.findings, wb_findings_unref);
  return TRUE;
}

static gboolean
evaluate (Evaluate *self, const char *task, const WbCliSettings *own, GError **error)
{
  g_autoptr (GPtrArray) splits =
      g_ptr_array_new_with_free_func ((GDestroyNotify) wb_plan_split_free);
  g_autoptr (WbSettings) settings = NULL;
  g_autoptr (WbPredictor) predictor = NULL;

  if (!wb_cli_model_open (&self->model, self->workspace, self->name, own, &settings, error))
    return FALSE;
  self->task = wb_cli_model_get_task (&self->model, task, error);
  if (self->task == NULL || !find_splits (self, splits, error))
    return FALSE;
  predictor = wb_cli_model_open_predictor (&self->model, self->task, settings, error);
  if (predictor == NULL)
    return FALSE;
  for (guint i = 0; i < splits->len; i++)
    if (!evaluate_split (self, predictor, splits->pdata[i], error))
      return FALSE;
  return TRUE;
}

static void
evaluate_clear (Evaluate *self)
{
  wb_cli_model_clear (&self->model);
  g_free (self->name);
  g_free (self->file);
  g_free (self->data);
  g_free (self->split);
}

static int
run (Evaluate *self, int argc, char **argv, const char *task, const WbCliSettings *own)
{
  GError *error = NULL;
  int     status;

  if (!wb_cli_model_take_name (&self->name, argc, argv, &status))
    return status;
  self->workspace = wb_cli_open_workspace (self->cli);
  if (self->workspace == NULL)
    return WB_EXIT_FAILED;
  return evaluate (self, task, own, &error) ? WB_EXIT_OK : wb_cli_fail (error);
}

int
wb_cli_evaluate (WbCli *cli, int argc, char **argv)
{
  Evaluate           self = { .cli = cli };
  WbCliSettings      own = { 0 };
  g_autofree char   *task = NULL;
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_STRING, &self.name, "Folder, library name or run", "MODEL" },
    { "task", 0, 0, G_OPTION_ARG_STRING, &task, "The task; a run knows its own", "NAME" },
    { "file", 0, 0, G_OPTION_ARG_FILENAME, &self.file, "File with labels", "FILE" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &self.data,
      "Folder with the task's files, or a data set's name", "DIR" },
    { "split", 0, 0, G_OPTION_ARG_STRING, &self.split, "Which of them (dev)", "NAME" },
    WB_CLI_FINDINGS_ENTRIES (self.findings),
    { NULL },
  };
  g_autofree GOptionEntry *all = wb_cli_settings_merge (&own, entries);
  int                      status;

  if (wb_cli_parse (cli, all, "[RUN]", NULL, &argc, &argv, &status) &&
      wb_cli_findings_check (&self.findings, &status))
    status = run (&self, argc, argv, task, &own);
  evaluate_clear (&self);
  g_clear_object (&self.workspace);
  wb_cli_settings_clear (&own);
  return status;
}
