#pragma once

#include "app/settings/wb-settings.h"

G_BEGIN_DECLS

/**
 * WbTimePlan:
 * @step: optimizer steps done before
 * @total_steps: at the end
 * @steps_per_epoch: at least 1
 * @tokens: real tokens of the steps from @step to the end
 * @evaluation_tokens: of one evaluation, all files together; 0: nothing is evaluated
 * @n_splits: files of an evaluation
 * @eval_every, @save_every: as the settings have them
 * @keeps_last: the last model is written at the end, besides the best
 * @tokens_per_second: of the same run before it was resumed; 0 or NaN: not known
 *
 * What is to be done until a run is finished.
 */
typedef struct
{
  guint64    step;
  guint64    total_steps;
  guint64    steps_per_epoch;
  guint64    tokens;
  guint64    evaluation_tokens;
  guint      n_splits;
  WbInterval eval_every;
  WbInterval save_every;
  gboolean   keeps_last;
  double     tokens_per_second;
} WbTimePlan;

typedef enum
{
  WB_TIME_TRAINING,
  WB_TIME_EVALUATING,
  WB_TIME_SAVING,
} WbTimePhase;

/**
 * WbTimeLeft:
 *
 * How long a run still takes: planned tokens at the speed of late, and the evaluations and saves
 * that are still to come at what they have taken.  A step costs a + b · tokens; both are found by
 * least squares over the steps of late (older ones fade), since the optimizer's share does not grow
 * with the batch.  A step many times longer than expected is a pause (a stopped process, a machine
 * that slept) and does not count, unless the next ones are as long.  It knows no clock: times are
 * given to it, in seconds from anywhere.
 */
typedef struct
{
  WbTimePlan plan;

  /* steps, each with a weight that fades */
  double weight, tokens, seconds, tokens2, tokens_seconds;
  double trained; /* seconds, not faded */
  guint  n_steps;
  guint  n_pauses; /* one after another */

  /* the rest; NaN: not known yet */
  double      evaluation_seconds;
  double      model_seconds; /* writing the best model */
  double      checkpoint_seconds;
  guint       n_evaluations;
  guint       n_best;
  WbTimePhase phase;
  double      phase_started;
  double      phase_share; /* of the file that is evaluated */
  guint       splits_done;
  gboolean    is_checkpoint; /* what is being saved; else the best model, after an evaluation */
  guint64     saved_step;
  double      evaluated, saved; /* when; for intervals of minutes */
  double      stepped;          /* when the step of late ended */
} WbTimeLeft;

void wb_time_left_init (WbTimeLeft *self, const WbTimePlan *plan, double now);

/* Step @step was done: @tokens in @seconds, just now. */
void
wb_time_left_add_step (WbTimeLeft *self, guint64 step, gsize tokens, double seconds, double now);
/* What it does now, and the share that is done; of an evaluation the share of the file. */
void wb_time_left_set_phase (WbTimeLeft *self, WbTimePhase phase, double share, double now);
void wb_time_left_add_split (WbTimeLeft *self); /* a file was evaluated */

/* Seconds to the end; NaN: nothing is known yet. */
double wb_time_left_get (const WbTimeLeft *self, double now);

G_END_DECLS
