#pragma once

#include "app/feed/wb-features-private.h"
#include "engine/model/wb-model.h"
#include "engine/train/wb-trainer.h"

G_BEGIN_DECLS

/**
 * WbEvaluation:
 * @n: examples; for token tasks words (wb_features_get_n_units())
 * @n_labels: columns of @logits; 1 for regression
 * @logits: (n, n_labels) by the examples' or words' numbers; zeros for a word without a piece
 *
 * What a model says of every example of a set.
 */
typedef struct
{
  gsize  n;
  gsize  n_labels;
  float *logits;
} WbEvaluation;

WbEvaluation *wb_evaluation_new (gsize n, gsize n_labels);
void          wb_evaluation_free (WbEvaluation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbEvaluation, wb_evaluation_free)

/**
 * wb_evaluation_run:
 * @trainer: (nullable): while training: rows of the word table are brought up to date first
 * @max_tokens, @max_sequences: of a batch, as reserved in @model
 * @progress: (nullable): called after every batch with the share of tokens done
 * @error: %G_IO_ERROR_CANCELLED, or the engine's
 *
 * Engine thread.
 */
gboolean wb_evaluation_run (WbEvaluation     *self,
                            WbModel          *model,
                            WbTrainer        *trainer,
                            const WbFeatures *features,
                            gsize             max_tokens,
                            gsize             max_sequences,
                            void (*progress) (double share, gpointer user_data),
                            gpointer user_data,
                            GError **error);

/* The head that @task's models have. */
WbHeadKind wb_evaluation_get_head (const WbTask *task);

/**
 * wb_evaluation_measure:
 * @map: (nullable): class of the model for each label of the task; read for token tasks
 * @values: (metrics of the task + 1) output: the task's metrics in their order, then the loss (mean
 * cross entropy, or mean squared error)
 *
 * Returns: how many values
 */
guint wb_evaluation_measure (const WbEvaluation *self,
                             const WbFeatures   *features,
                             const WbTask       *task,
                             const int          *map,
                             double             *values);

/**
 * wb_evaluation_get_words:
 * @map: (nullable): class of the model for each label of the task
 * @gold: (nullable): (words of example @i) output: labels of the task
 * @predicted: (words of example @i) output: labels of the task; "O" for a word without a piece
 */
void wb_evaluation_get_words (const WbEvaluation *self,
                              const WbFeatures   *features,
                              const WbTask       *task,
                              const int          *map,
                              gsize               i,
                              int                *gold,
                              int                *predicted);

/**
 * wb_evaluation_measure_languages:
 * @dataset: what @features were made of, with the same examples
 * @accuracies: (languages of the task) output: NaN where the set has no example of it
 * @counts: (languages of the task) output
 *
 * Returns: the plain mean of the languages that are there (fact sheet 6.10); NaN: no example says
 * what language it is in
 */
double wb_evaluation_measure_languages (const WbEvaluation *self,
                                        const WbFeatures   *features,
                                        const WbDataset    *dataset,
                                        double             *accuracies,
                                        gsize              *counts);

/**
 * wb_evaluation_select:
 * @metric: (nullable): %NULL: the task's own (mean of its selection); "loss"; a metric
 * @values: of wb_evaluation_measure()
 *
 * Returns: what is to be as large as possible: the loss comes negated
 */
double wb_evaluation_select (const WbTask *task, const char *metric, const double *values);

/* (transfer full): how the selection is called: "accuracy", "accuracy+f1", "loss". */
char *wb_evaluation_dup_selection_name (const WbTask *task, const char *metric);

/**
 * wb_evaluation_map_labels:
 * @names: (nullable): the model's id2label
 * @map: (wb_task_get_n_labels()) output: class of the model for each label of the task
 *
 * By name where the model's names are the task's (in any order; case, hyphens, underscores and
 * blanks do not matter), else the task's order.
 *
 * Returns: whether the names were the task's
 */
gboolean
wb_evaluation_map_labels (const WbTask *task, const char *const *names, gsize n_names, int *map);

/* (transfer full) (nullable): what a user is told when names that mean something are not used. */
char *wb_evaluation_describe_labels (const WbTask *task, const char *const *names, gsize n_names);

G_END_DECLS
