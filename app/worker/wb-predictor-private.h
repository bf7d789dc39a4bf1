#pragma once

#include "app/settings/wb-settings.h"
#include "app/worker/wb-evaluation-private.h"
#include "data/datasets/wb-dataset.h"

G_BEGIN_DECLS

/**
 * WbPredictor:
 *
 * A fine-tuned model, ready to say something about examples of a task.  Belongs to the thread that
 * opened it (it computes there).
 */
typedef struct _WbPredictor WbPredictor;

/**
 * wb_predictor_open:
 * @folder: Hugging Face layout
 * @task: whose head the model must have
 * @settings: backend, threads, max-length, batch-size, truncation and segments are read
 * @error: WB_APP_ERROR_INVALID when the model has no head for @task, or the engine's
 */
WbPredictor *
wb_predictor_open (const char *folder, const WbTask *task, WbSettings *settings, GError **error);
void wb_predictor_free (WbPredictor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbPredictor, wb_predictor_free)

/* (nullable): what a user should know: how the labels were matched, which tensors of the file were
 * passed over; a line each. */
const char *wb_predictor_get_note (const WbPredictor *self);
gsize       wb_predictor_get_n_labels (const WbPredictor *self); /* 1 for regression */
/* (wb_task_get_n_labels()): class of the model for each label of the task. */
const int *wb_predictor_get_label_map (const WbPredictor *self);
/* Name of the model's class @i. */
const char *wb_predictor_get_label (const WbPredictor *self, gsize i);
/* Index in the task's labels of the model's class @i. */
int wb_predictor_get_task_label (const WbPredictor *self, gsize i);

/**
 * wb_predictor_run:
 * @features: (out) (optional) (transfer full): with the labels in the model's order
 *
 * Returns: (transfer full): logits of every example, or word of a token task
 */
WbEvaluation *wb_predictor_run (WbPredictor     *self,
                                const WbDataset *dataset,
                                void (*progress) (double share, gpointer user_data),
                                gpointer     user_data,
                                WbFeatures **features,
                                GError     **error);

G_END_DECLS
