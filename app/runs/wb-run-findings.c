/* The evaluations that were kept with a run. */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/runs/wb-findings-private.h"
#include "app/runs/wb-run-plan-private.h"
#include "app/runs/wb-run-private.h"

static void
evaluation_free (gpointer data)
{
  g_free (((WbRunEvaluation *) data)->split);
  g_free (data);
}

GPtrArray *
wb_run_list_evaluations (WbRun *self)
{
  g_autoptr (WbRunPlan) plan = wb_run_plan_parse (wb_run_get_record (self)->settings, NULL);
  g_autoptr (GArray) keys = wb_predictions_list (wb_run_get_folder (self));
  GPtrArray *list = g_ptr_array_new_with_free_func (evaluation_free);

  for (guint i = 0; plan != NULL && i < keys->len; i++)
    {
      const WbPredictionsKey key = g_array_index (keys, WbPredictionsKey, i);
      WbRunEvaluation       *evaluation;

      if (key.split >= plan->evaluations->len)
        continue;
      evaluation = g_new0 (WbRunEvaluation, 1);
      evaluation->split = g_strdup (((WbPlanSplit *) plan->evaluations->pdata[key.split])->name);
      evaluation->step = key.step;
      evaluation->number = key.split;
      evaluation->is_best = (gint64) key.step == wb_run_get_record (self)->best_step;
      g_ptr_array_add (list, evaluation);
    }
  return list;
}

/* What the other thread gets: copies. */
typedef struct
{
  char      *path;
  WbRunPlan *plan;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->path);
  g_clear_pointer (&job->plan, wb_run_plan_free);
  g_free (job);
}

static const WbRunEvaluation *
choose (GPtrArray *list, const char *split, guint64 step)
{
  const WbRunEvaluation *chosen = NULL;

  for (guint i = 0; i < list->len; i++)
    {
      const WbRunEvaluation *evaluation = list->pdata[i];

      if (split != NULL && strcmp (evaluation->split, split) != 0)
        continue;
      if (evaluation->step == step || (step == G_MAXUINT64 && evaluation->is_best))
        return evaluation;
      if (step == G_MAXUINT64 && chosen == NULL)
        chosen = evaluation;
    }
  return chosen;
}

static Job *
job_new (WbRun *self, const char *split, guint64 step, GError **error)
{
  g_autoptr (GPtrArray) list = wb_run_list_evaluations (self);
  const WbRunEvaluation *evaluation = choose (list, split, step);
  Job                   *job;

  if (evaluation == NULL)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
                   list->len == 0 ? "run %" G_GINT64_FORMAT
                                    " has no evaluation that was kept: it was not "
                                    "evaluated yet, or by an earlier version"
                                  : "run %" G_GINT64_FORMAT " has kept no such evaluation",
                   wb_run_get_id (self));
      return NULL;
    }
  job = g_new0 (Job, 1);
  job->path =
      wb_predictions_dup_path (wb_run_get_folder (self), evaluation->step, evaluation->number);
  job->plan = wb_run_plan_parse (wb_run_get_record (self)->settings, error);
  if (job->plan == NULL)
    g_clear_pointer (&job, job_free);
  return job;
}

/* Another task's numbers, or too few of them, cannot be told apart from a damaged file. */
static gboolean
check_shape (const WbPredictions *predictions, const WbTask *task, const char *path, GError **error)
{
  if (predictions->n_labels == wb_task_get_n_labels (task) &&
      (predictions->first != NULL) == (task->kind == WB_TASK_TOKENS))
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID, "%s does not fit the task %s", path,
               task->title);
  return FALSE;
}

static gboolean
is_same (const WbPredictions *predictions, const WbDataset *dataset)
{
  const WbExample *examples = wb_dataset_get_examples (dataset);

  if (g_strcmp0 (wb_dataset_get_digest (dataset), predictions->digest) != 0 ||
      wb_dataset_get_n_examples (dataset) != predictions->n)
    return FALSE;
  for (gsize i = 0; predictions->first != NULL && i < predictions->n; i++)
    if (predictions->first[i + 1] - predictions->first[i] != examples[i].n_words)
      return FALSE;
  return TRUE;
}

/* (nullable): the file, when it still is what was evaluated. */
static WbDataset *
load_texts (const WbPredictions *predictions, const WbTask *task, char **missing)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbDataset) dataset =
      wb_dataset_load (task, predictions->path, WB_SPLIT_DEV, WB_DATASET_DEFAULT, &error);

  if (dataset == NULL)
    *missing = g_strdup_printf (_ ("The texts cannot be shown: %s"), error->message);
  else if (!is_same (predictions, dataset))
    *missing =
        g_strdup_printf (_ ("The texts cannot be shown: %s is not what it was"), predictions->path);
  return *missing == NULL ? g_steal_pointer (&dataset) : NULL;
}

static WbFindings * /* any thread */
read_findings (const Job *job, GError **error)
{
  WbPredictions   *predictions = wb_predictions_load (job->path, error);
  g_autofree char *missing = NULL;
  g_autoptr (WbDataset) dataset = NULL;

  if (predictions == NULL)
    return NULL;
  if (!check_shape (predictions, job->plan->task, job->path, error))
    {
      wb_predictions_free (predictions);
      return NULL;
    }
  dataset = load_texts (predictions, job->plan->task, &missing);
  return wb_findings_new (predictions, job->plan->task, dataset, missing);
}

WbFindings *
wb_run_read_findings (WbRun *self, const char *split, guint64 step, GError **error)
{
  Job        *job = job_new (self, split, step, error);
  WbFindings *findings = job != NULL ? read_findings (job, error) : NULL;

  g_clear_pointer (&job, job_free);
  return findings;
}

static void /* pool thread */
read_cb (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError     *error = NULL;
  WbFindings *findings = read_findings (data, &error);

  if (findings != NULL)
    g_task_return_pointer (task, findings, (GDestroyNotify) wb_findings_unref);
  else
    g_task_return_error (task, error);
}

void
wb_run_read_findings_async (WbRun              *self,
                            const char         *split,
                            guint64             step,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  Job    *job = job_new (self, split, step, &error);

  g_task_set_source_tag (task, wb_run_read_findings_async);
  if (job == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, read_cb);
}

WbFindings *
wb_run_read_findings_finish (WbRun *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
