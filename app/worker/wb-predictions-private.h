#pragma once

#include "app/worker/wb-evaluation-private.h"

G_BEGIN_DECLS

/**
 * WbPredictions:
 * @split: name of the file's role, "dev"
 * @path: of the file
 * @digest: wb_dataset_get_digest() of it
 * @step: optimizer step
 * @n: examples
 * @n_units: rows: words of a token task, else examples
 * @n_labels: columns; 1 for regression
 * @first: (n + 1) row of each example's first word; %NULL unless a token task
 * @gold: (n_units) index in the task's labels, or the target; NaN: not known
 * @logits: (n_units, n_labels) in the order of the task's labels; a word without a piece has NaN
 *
 * What a model said of every example of a set, as it is kept with a run after each evaluation.
 */
typedef struct
{
  char    *split;
  char    *path;
  char    *digest;
  guint64  step;
  gsize    n;
  gsize    n_units;
  gsize    n_labels;
  guint32 *first;
  float   *gold;
  float   *logits;
} WbPredictions;

/* @map: (nullable): class of the model for each label of the task.  The texts' names are left
 * %NULL. */
WbPredictions *wb_predictions_new (const WbEvaluation *evaluation,
                                   const WbFeatures   *features,
                                   const WbTask       *task,
                                   const int          *map);
void           wb_predictions_free (WbPredictions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbPredictions, wb_predictions_free)

gboolean wb_predictions_save (const WbPredictions *self, const char *path, GError **error);
/* WB_APP_ERROR_INVALID for anything but a whole file. */
WbPredictions *wb_predictions_load (const char *path, GError **error);

/* ---- those of a run: runs/<id>/predictions/<step>.<number of the split> ---- */

#define WB_PREDICTIONS_KEPT 10                    /* evaluations, the newest */
#define WB_PREDICTIONS_BYTES ((guint64) 64 << 20) /* of a run, together; the best always stays */

typedef struct
{
  guint64 step;
  guint   split; /* index in the plan's evaluations */
} WbPredictionsKey;

char *wb_predictions_dup_path (const char *run_folder, guint64 step, guint split);
/* (transfer full) (element-type WbPredictionsKey): newest first, then by split. */
GArray *wb_predictions_list (const char *run_folder);

/* Removes what was left half-written, what is of a step greater than @last, and the oldest that
 * are too many; those of step @best stay.  Any thread. */
void wb_predictions_prune (const char *run_folder, guint64 last, guint64 best);

G_END_DECLS
