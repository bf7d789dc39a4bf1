#pragma once

#include "engine/model/wb-model.h"
#include "engine/ops/wb-optimizer.h"
#include "engine/train/wb-schedule.h"

G_BEGIN_DECLS

/**
 * WbTrainerOptions:
 * @total_steps, @warmup_steps: optimizer updates
 * @max_grad_norm: limit of the global norm; 0: no clipping
 * @layer_decay: learning rate × this per layer from the top: the head has none, layer L - 1 has
 * one, embeddings and relative table L + 1; 1: none
 * @seed: of the dropouts
 */
typedef struct
{
  WbOptimizerKind optimizer;
  WbScheduleKind  schedule;
  double          learning_rate;
  double          weight_decay;
  double          beta1;
  double          beta2;
  double          epsilon;
  double          max_grad_norm;
  double          layer_decay;
  guint64         total_steps;
  guint64         warmup_steps;
  guint64         seed;
} WbTrainerOptions;

/**
 * WbStepStats:
 * @step: updates done, this one included
 * @loss: mean over the batch
 * @learning_rate: the one just used
 * @grad_norm: global norm before clipping
 */
typedef struct
{
  guint64 step;
  double  loss;
  double  learning_rate;
  double  grad_norm;
  gsize   tokens;
  gsize   examples;
} WbStepStats;

/**
 * WbTrainer:
 *
 * Forward, backward, clip, optimizer, schedule over a model that it borrows.  Engine thread only.
 * Allocates nothing inside a step.
 */
typedef struct _WbTrainer WbTrainer;

WbTrainer *wb_trainer_new (WbModel *model, const WbTrainerOptions *options, GError **error);
void       wb_trainer_free (WbTrainer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbTrainer, wb_trainer_free)

guint64 wb_trainer_get_step (const WbTrainer *self);

/**
 * wb_trainer_step:
 * @parts: (n_parts) the batch in parts (accumulation); slots index @distinct
 * @error: WB_ENGINE_ERROR_DIVERGED when loss or norm is not finite: the weights are then those
 * before the step
 *
 * One optimizer update.  Loss and gradient are the mean over all labelled examples of all parts
 * (with class weights: their weighted mean).  Rows of the word table that the batch reads are
 * brought up to date first.  WB_ENGINE_ERROR_INVALID: a label that the head does not have, or no
 * label at all.
 */
gboolean wb_trainer_step (WbTrainer           *self,
                          const WbBatch       *parts,
                          gsize                n_parts,
                          const WbDistinctIds *distinct,
                          WbStepStats         *stats,
                          GError             **error);

/* Brings rows of the word table up to date before they are read outside a step (@ids NULL: all).
 * When and how often this is done changes no bit of any later result. */
gboolean wb_trainer_settle (WbTrainer *self, const WbDistinctIds *ids, GError **error);

/**
 * wb_trainer_save:
 * @path: file; there whole and synced or not at all
 * @error: WB_ENGINE_ERROR_DEVICE: path and reason
 *
 * State for a bit-equal resume: dense weights, m, v, update history, touched rows of the word
 * table.  Rows never touched are not in it: they are the base's (the weights that the model began
 * with) with decay.
 */
gboolean wb_trainer_save (WbTrainer *self, const char *path, GError **error);

/**
 * wb_trainer_load:
 * @self: fresh, over a model that holds its base weights again
 * @error: WB_ENGINE_ERROR_MISSING; _INVALID: damaged (between which bytes), or of another model or
 * optimizer
 *
 * The file is read twice, first to see that it is whole: damage changes nothing here.
 */
gboolean wb_trainer_load (WbTrainer *self, const char *path, GError **error);

/* Bytes of m and v with @touched_rows rows of the word table; the history's 12 bytes an update come
 * on top. */
gsize wb_trainer_measure (const WbModelConfig *config, const WbHeadSpec *head, gsize touched_rows);

G_END_DECLS
