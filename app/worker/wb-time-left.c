#include "app/worker/wb-time-left-private.h"

#include <math.h>

#define LEAST_MEMORY 20.0 /* seconds of training after which a step's weight is 1 / e */
#define MOST_MEMORY 300.0
#define MEMORY_SHARE 0.25 /* of what was trained */
#define PAUSE_FACTOR 8    /* times what was expected */
#define PAUSE_SECONDS 1.0 /* and so much longer */
#define MOST_PAUSES 3     /* that many one after another are no pauses */
#define WARM_UP_STEPS 5   /* before, nothing is known that a pause could be told by */
#define PRIOR_SHARE 0.9   /* of a step's time that grows with its tokens, when nothing is known */
#define PRIOR_WEIGHT 4e-3 /* against the square of the tokens' relative deviation */
#define FORWARD_SHARE (1.0 / 3) /* of a training step's work per token (architecture.md, 4) */
#define SOFT_WIDTH 0.03         /* of what is foreseen, by the clock */
#define CHECKPOINT_MODELS 3     /* weights and two moments, for each weight of the best model */

void
wb_time_left_init (WbTimeLeft *self, const WbTimePlan *plan, double now)
{
  *self = (WbTimeLeft){ .plan = *plan,
                        .evaluation_seconds = NAN,
                        .model_seconds = NAN,
                        .checkpoint_seconds = NAN,
                        .phase_started = now,
                        .saved_step = plan->step,
                        .stepped = now,
                        .evaluated = now,
                        .saved = now };
}

/* Seconds of a step: a + b · tokens. */
static void
get_cost (const WbTimeLeft *self, double *a, double *b)
{
  const double mean = self->tokens / self->weight, seconds = self->seconds / self->weight;
  const double variance = self->tokens2 / self->weight - mean * mean;
  const double ratio = seconds / mean, prior = PRIOR_WEIGHT * mean * mean;
  const double covariance = self->tokens_seconds / self->weight - mean * seconds;

  /* Steps of one length say nothing of b: then most of a step is taken to grow with its tokens. */
  *b = (covariance + prior * PRIOR_SHARE * ratio) / (fmax (variance, 0) + prior);
  *a = seconds - *b * mean;
  if (*a < 0)
    {
      *a = 0;
      *b = self->seconds / self->tokens;
    }
  else if (*b < 0)
    {
      *a = seconds;
      *b = 0;
    }
}

static gboolean
is_pause (WbTimeLeft *self, gsize tokens, double seconds)
{
  double a, b;

  if (self->n_steps < WARM_UP_STEPS)
    return FALSE;
  get_cost (self, &a, &b);
  if (seconds < PAUSE_FACTOR * (a + b * (double) tokens) + PAUSE_SECONDS ||
      self->n_pauses >= MOST_PAUSES)
    {
      self->n_pauses = 0;
      return FALSE;
    }
  self->n_pauses++;
  return TRUE;
}

static void
fade (WbTimeLeft *self, double seconds)
{
  const double memory = CLAMP (MEMORY_SHARE * self->trained, LEAST_MEMORY, MOST_MEMORY);
  const double factor = exp (-seconds / memory);

  self->weight *= factor;
  self->tokens *= factor;
  self->seconds *= factor;
  self->tokens2 *= factor;
  self->tokens_seconds *= factor;
}

void
wb_time_left_add_step (WbTimeLeft *self, guint64 step, gsize tokens, double seconds, double now)
{
  const double t = (double) tokens;

  self->plan.step = step;
  self->stepped = now;
  self->plan.tokens -= MIN (self->plan.tokens, tokens);
  if (tokens == 0 || !(seconds >= 0) || !isfinite (seconds) || is_pause (self, tokens, seconds))
    return;
  /* The first one touches all memory for the first time: it says little of the others. */
  if (self->n_steps == 1)
    self->weight = self->tokens = self->seconds = self->tokens2 = self->tokens_seconds = 0;
  fade (self, seconds);
  self->weight += 1;
  self->tokens += t;
  self->seconds += seconds;
  self->tokens2 += t * t;
  self->tokens_seconds += t * seconds;
  self->trained += seconds;
  self->n_steps++;
}

/* Half of what was, half of what is: late numbers count most, one odd one does not rule. */
static void
learn (double *value, double seconds)
{
  *value = isnan (*value) ? seconds : (*value + seconds) / 2;
}

static void
end_phase (WbTimeLeft *self, WbTimePhase next, double now)
{
  const double seconds = now - self->phase_started;

  if (self->phase == WB_TIME_EVALUATING)
    {
      learn (&self->evaluation_seconds, seconds);
      self->n_evaluations++;
      self->n_best += next == WB_TIME_SAVING;
    }
  else if (self->phase == WB_TIME_SAVING)
    learn (self->is_checkpoint ? &self->checkpoint_seconds : &self->model_seconds, seconds);
  if (self->phase == WB_TIME_SAVING && self->is_checkpoint)
    self->saved = now;
  if (self->phase != WB_TIME_TRAINING && next == WB_TIME_TRAINING && self->splits_done > 0)
    {
      self->evaluated = now;
      self->splits_done = 0;
    }
}

void
wb_time_left_set_phase (WbTimeLeft *self, WbTimePhase phase, double share, double now)
{
  self->phase_share = isfinite (share) ? CLAMP (share, 0, 1) : 0;
  if (phase == self->phase)
    return;
  end_phase (self, phase, now);
  if (phase == WB_TIME_SAVING)
    self->is_checkpoint =
        self->phase == WB_TIME_TRAINING && self->plan.step < self->plan.total_steps;
  if (phase == WB_TIME_SAVING && self->is_checkpoint)
    self->saved_step = self->plan.step;
  self->phase = phase;
  self->phase_started = self->stepped = now;
}

void
wb_time_left_add_split (WbTimeLeft *self)
{
  self->splits_done++;
  self->phase_share = 0;
}

/* Multiples of @every in (from, to]. */
static double
count_multiples (guint64 every, guint64 from, guint64 to)
{
  return every > 0 && to > from ? (double) (to / every - from / every) : 0;
}

/* floor (x), but half of one where it is not sure on which side of a whole number x will be. */
static double
soft_floor (double x)
{
  const double whole = floor (x + 0.5), width = SOFT_WIDTH * (1 + x);

  if (x <= 0)
    return 0;
  return fmax (whole - 1 + CLAMP ((x - whole) / (2 * width) + 0.5, 0, 1), 0);
}

/* How often an interval ends in steps (@from, @to], which take @seconds; @since its last end. */
static double
count_intervals (const WbTimeLeft *self,
                 const WbInterval *interval,
                 guint64           from,
                 guint64           to,
                 double            seconds,
                 double            since)
{
  if (interval->epoch)
    return count_multiples (self->plan.steps_per_epoch, from, to);
  if (interval->minutes > 0)
    return soft_floor ((seconds + fmax (since, 0)) / (interval->minutes * 60));
  return count_multiples (interval->steps, from, to);
}

/* Those that have not begun; the last step is always evaluated. */
static double
count_evaluations (const WbTimeLeft *self, double seconds, double now)
{
  const guint64  step = self->plan.step, total = self->plan.total_steps;
  const gboolean evaluating = self->phase == WB_TIME_EVALUATING || self->splits_done > 0;

  if (self->plan.evaluation_tokens == 0 || step >= total)
    return 0;
  return 1 + count_intervals (self, &self->plan.eval_every, step, total - 1, seconds,
                              evaluating ? 0 : now - self->evaluated);
}

/* The last step is not saved; one at the step of late may still come. */
static double
count_checkpoints (const WbTimeLeft *self, double seconds, double now)
{
  const guint64 step = self->plan.step, total = self->plan.total_steps;
  const guint64 from = self->saved_step == step || step == 0 ? step : step - 1;

  if (step >= total)
    return 0;
  return count_intervals (self, &self->plan.save_every, from, total - 1, seconds,
                          self->phase == WB_TIME_SAVING && self->is_checkpoint ? 0
                                                                               : now - self->saved);
}

/* Of the step that goes on: what it has taken, as far as a step takes so long. */
static double
under_way (const WbTimeLeft *self, double steps, double a, double b, double now)
{
  const double whole = a + b * (double) self->plan.tokens / fmax (steps, 1);

  if (self->phase != WB_TIME_TRAINING || steps < 1)
    return 0;
  return CLAMP (now - self->stepped, 0, whole);
}

static double
training_seconds (const WbTimeLeft *self, double now, double *per_token)
{
  const double steps = (double) (self->plan.total_steps - self->plan.step);
  double       a, b;

  if (self->weight > 0)
    {
      get_cost (self, &a, &b);
      *per_token = self->seconds / self->tokens;
      return a * steps + b * (double) self->plan.tokens - under_way (self, steps, a, b, now);
    }
  *per_token = self->plan.tokens_per_second > 0 ? 1 / self->plan.tokens_per_second : (double) NAN;
  return *per_token * (double) self->plan.tokens;
}

static double
known (double value, double otherwise)
{
  return isfinite (value) ? value : otherwise;
}

/* Of every new evaluation: that it is the best so far, and its model is written. */
static double
best_chance (const WbTimeLeft *self)
{
  return (self->n_best + 1.0) / (self->n_evaluations + 1.0);
}

/* What is left of the phase that goes on. */
static double
phase_seconds (const WbTimeLeft *self,
               double            evaluation,
               double            model,
               double            checkpoint,
               double            now)
{
  const double elapsed = fmax (now - self->phase_started, 0);
  const double n_splits = MAX (self->plan.n_splits, 1);
  const double share = MIN ((self->splits_done + self->phase_share) / n_splits, 1);

  if (self->phase == WB_TIME_EVALUATING)
    {
      const double whole = isnan (self->evaluation_seconds) && share > 0.1
                               ? elapsed / share
                               : elapsed + (1 - share) * evaluation;
      return whole * (1 - share) + best_chance (self) * model;
    }
  if (self->phase == WB_TIME_SAVING)
    return fmax ((self->is_checkpoint ? checkpoint : model) - elapsed, 0);
  return 0;
}

/* Evaluations and saves that are still to come.  By the clock, each counts the other's time. */
static double
get_stops (const WbTimeLeft *self,
           double            training,
           double            evaluation,
           double            checkpoint,
           double            now)
{
  double saves = count_checkpoints (self, training, now) * checkpoint;
  double evaluations = count_evaluations (self, training + saves, now) * evaluation;

  saves = count_checkpoints (self, training + evaluations, now) * checkpoint;
  return evaluations + saves;
}

double
wb_time_left_get (const WbTimeLeft *self, double now)
{
  const double model = known (self->model_seconds, 0);
  const double checkpoint = known (self->checkpoint_seconds, CHECKPOINT_MODELS * model);
  double       per_token, training, evaluation;

  training = training_seconds (self, now, &per_token);
  if (isnan (training))
    return NAN;
  evaluation = known (self->evaluation_seconds,
                      FORWARD_SHARE * per_token * (double) self->plan.evaluation_tokens);
  return training +
         get_stops (self, training, evaluation + best_chance (self) * model, checkpoint, now) +
         (self->plan.keeps_last || self->plan.evaluation_tokens == 0 ? model : 0) +
         phase_seconds (self, evaluation, model, checkpoint, now);
}
