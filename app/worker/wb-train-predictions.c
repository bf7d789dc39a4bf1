/* What the model says of every example, kept with the run after each evaluation. */
#include <errno.h>
#include <glib/gstdio.h>

#include "app/worker/wb-predictions-private.h"
#include "app/worker/wb-train-job-struct-private.h"

static gboolean
is_too_large (const WbEvaluation *evaluation)
{
  return (guint64) evaluation->n * (evaluation->n_labels + 1) * sizeof (float) >
         WB_PREDICTIONS_BYTES;
}

static gboolean
save (WbTrainJob *self, const WbPredictions *predictions, guint split, GError **error)
{
  g_autofree char *folder = g_build_filename (self->folder, "predictions", NULL);
  g_autofree char *path = wb_predictions_dup_path (self->folder, self->state.step, split);

  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s cannot be made: %s",
                   folder, g_strerror (errno));
      return FALSE;
    }
  return wb_predictions_save (predictions, path, error);
}

void
wb_train_job_keep_predictions (WbTrainJob *self, guint split, const WbEvaluation *evaluation)
{
  const WbPlanSplit *what = self->plan->evaluations->pdata[split];
  g_autoptr (WbPredictions) predictions = NULL;
  g_autoptr (GError) error = NULL;

  if (is_too_large (evaluation))
    return;
  predictions = wb_predictions_new (evaluation, self->evaluations->pdata[split], self->plan->task,
                                    self->label_map);
  predictions->split = g_strdup (what->name);
  predictions->path = g_strdup (what->path);
  predictions->digest = g_strdup (self->digests->pdata[split]);
  predictions->step = self->state.step;
  if (!save (self, predictions, split, &error))
    wb_train_job_note (self,
                       "what the model predicts at step %" G_GUINT64_FORMAT " is not kept: %s",
                       self->state.step, error->message);
}

void
wb_train_job_prune_predictions (WbTrainJob *self)
{
  wb_predictions_prune (self->folder, self->state.step, self->state.best_step);
}
