#include <math.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/worker/wb-train-job-struct-private.h"
#include "engine/core/wb-engine-error.h"

WbTrainJob *
wb_train_job_new (const WbRunPlan *plan, const char *folder, WbMessageRing *ring)
{
  WbTrainJob *self = g_new0 (WbTrainJob, 1);

  self->plan = plan;
  self->folder = g_strdup (folder);
  self->ring = ring;
  self->setup = wb_train_setup_new (plan);
  self->evaluations = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_features_free);
  self->digests = g_ptr_array_new_with_free_func (g_free);
  self->end = WB_JOB_FAILED;
  return self;
}

void
wb_train_job_free (WbTrainJob *self)
{
  g_clear_pointer (&self->trainer, wb_trainer_free);
  g_clear_pointer (&self->model, wb_model_free);
  g_clear_pointer (&self->feed, wb_feed_free);
  g_clear_pointer (&self->train, wb_features_free);
  g_ptr_array_unref (self->evaluations);
  g_ptr_array_unref (self->digests);
  g_clear_pointer (&self->tokenizer, wb_tokenizer_free);
  g_clear_pointer (&self->config, wb_model_config_free);
  g_clear_pointer (&self->backend, wb_backend_close);
  g_clear_error (&self->error);
  g_strfreev (self->labels);
  g_free (self->label_map);
  g_free (self->class_weights);
  wb_train_setup_free (self->setup);
  g_free (self->folder);
  g_free (self);
}

void
wb_train_job_phase (WbTrainJob *self, const char *phase, double share)
{
  WbMessage message = { WB_MESSAGE_PHASE, self->state.step };

  message.text = g_strdup (phase);
  message.value = share;
  wb_message_ring_push (self->ring, &message);
}

void
wb_train_job_note (WbTrainJob *self, const char *format, ...)
{
  WbMessage message = { WB_MESSAGE_NOTE, self->state.step };
  va_list   list;

  va_start (list, format);
  message.text = g_strdup_vprintf (format, list);
  va_end (list);
  wb_message_ring_push (self->ring, &message);
}

static double
milliseconds_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / 1000;
}

static void
evaluating_cb (double share, gpointer user_data)
{
  wb_train_job_phase (user_data, "evaluating", share);
}

/* One split; adds what selects to @sum. */
static gboolean
evaluate_split (WbTrainJob *self, guint split, double *sum, GError **error)
{
  const WbFeatures *features = self->evaluations->pdata[split];
  const gint64      start = g_get_monotonic_time ();
  WbMessage         message = { WB_MESSAGE_EVALUATION, self->state.step };
  g_autoptr (WbEvaluation) evaluation =
      wb_evaluation_new (wb_features_get_n_units (features), self->head.n_labels);

  if (!wb_evaluation_run (evaluation, self->model, self->trainer, features, self->max_tokens,
                          self->max_sequences, evaluating_cb, self, error))
    return FALSE;
  message.evaluation.split = split;
  message.evaluation.examples = wb_features_get_n (features);
  message.evaluation.n = wb_evaluation_measure (evaluation, features, self->plan->task,
                                                self->label_map, message.evaluation.values);
  message.milliseconds = milliseconds_since (start);
  *sum += wb_evaluation_select (self->plan->task, self->setup->select_metric,
                                message.evaluation.values);
  wb_train_job_keep_predictions (self, split, evaluation);
  wb_message_ring_push (self->ring, &message);
  return TRUE;
}

/* The new value against the best; the model is saved before the state says so. */
static gboolean
select_best (WbTrainJob *self, double value, GError **error)
{
  WbRunState *state = &self->state;
  WbMessage   message = { WB_MESSAGE_SELECTION, state->step };

  message.selection.is_best = isnan (state->best) || value > state->best;
  if (message.selection.is_best)
    {
      if (!wb_train_job_save_model (self, "best", value, error))
        return FALSE;
      state->best = value;
      state->best_step = state->step;
      state->without_gain = 0;
    }
  else
    state->without_gain++;
  state->evaluated_step = state->step;
  message.selection.value = value;
  message.selection.best = state->best;
  message.selection.best_step = state->best_step;
  wb_message_ring_push (self->ring, &message);
  return TRUE;
}

static gboolean
evaluate (WbTrainJob *self, GError **error)
{
  double sum = 0;

  wb_train_job_phase (self, "evaluating", 0);
  for (guint i = 0; i < self->evaluations->len; i++)
    if (!evaluate_split (self, i, &sum, error))
      return FALSE;
  if (!select_best (self, sum / self->evaluations->len, error))
    return FALSE;
  wb_train_job_prune_predictions (self);
  self->evaluated_time = g_get_monotonic_time ();
  wb_train_job_phase (self, "training", 0);
  return TRUE;
}

static gboolean
is_epoch_end (WbTrainJob *self)
{
  return self->state.step % wb_feed_get_steps_per_epoch (self->feed) == 0;
}

static gboolean
is_due (WbTrainJob *self, const WbInterval *interval, gint64 last_time)
{
  if (self->state.step == 0)
    return FALSE;
  if (interval->epoch)
    return is_epoch_end (self);
  if (interval->minutes > 0)
    return milliseconds_since (last_time) >= interval->minutes * 60 * 1000;
  return interval->steps > 0 && self->state.step % interval->steps == 0;
}

static gboolean
is_last (WbTrainJob *self)
{
  return self->state.step >= self->setup->trainer.total_steps;
}

static gboolean
is_patience_over (WbTrainJob *self)
{
  return self->setup->patience > 0 && self->state.without_gain >= self->setup->patience;
}

static gboolean
evaluate_if_due (WbTrainJob *self, GError **error)
{
  if (self->evaluations->len == 0 || self->state.evaluated_step == self->state.step)
    return TRUE;
  if (!is_last (self) && !is_due (self, &self->setup->eval_every, self->evaluated_time))
    return TRUE;
  return evaluate (self, error);
}

static gboolean
save_if_due (WbTrainJob *self, GError **error)
{
  if (self->saved_step == self->state.step ||
      !is_due (self, &self->setup->save_every, self->saved_time))
    return TRUE;
  if (!wb_train_job_save_checkpoint (self, error))
    return FALSE;
  wb_train_job_phase (self, "training", 0);
  if (wb_train_job_has_space (self))
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_SPACE,
               "there is room for less than two more checkpoints where %s lies; the state at step "
               "%" G_GUINT64_FORMAT " is saved: free some space, then resume",
               self->folder, self->state.step);
  self->end = WB_JOB_NO_SPACE;
  return FALSE;
}

static gboolean
train_step (WbTrainJob *self, GError **error)
{
  const gint64   start = g_get_monotonic_time ();
  const WbBatch *parts;
  gsize          n_parts;
  WbDistinctIds  distinct;
  WbStepStats    stats;
  WbMessage      message = { WB_MESSAGE_STEP };

  wb_feed_get (self->feed, self->state.step, &parts, &n_parts, &distinct);
  if (!wb_trainer_step (self->trainer, parts, n_parts, &distinct, &stats, error))
    return FALSE;
  self->state.step = stats.step;
  message.step = stats.step;
  message.milliseconds = milliseconds_since (start);
  message.stats.loss = stats.loss;
  message.stats.learning_rate = stats.learning_rate;
  message.stats.grad_norm = stats.grad_norm;
  message.stats.tokens = stats.tokens;
  message.stats.examples = stats.examples;
  wb_message_ring_push (self->ring, &message);
  return TRUE;
}

static WbStop
asked_to_stop (WbTrainJob *self)
{
  return (WbStop) g_atomic_int_get (&self->stop);
}

/* Until the end, or %FALSE with what happened. */
static gboolean
train (WbTrainJob *self, GError **error)
{
  wb_train_job_phase (self, "training", 0);
  while (TRUE)
    {
      if (!evaluate_if_due (self, error))
        return FALSE;
      if (is_last (self) || is_patience_over (self))
        return TRUE;
      if (!save_if_due (self, error))
        return FALSE;
      if (asked_to_stop (self) != WB_STOP_NONE)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "asked to stop");
          return FALSE;
        }
      if (!train_step (self, error))
        return FALSE;
    }
}

/* Nothing was evaluated: the last state is the best there is. */
static gboolean
ensure_best (WbTrainJob *self, GError **error)
{
  return !isnan (self->state.best) || wb_train_job_save_model (self, "best", NAN, error);
}

static gboolean
finish (WbTrainJob *self, GError **error)
{
  if (!ensure_best (self, error))
    return FALSE;
  return !self->setup->keep_last || wb_train_job_save_model (self, "last", NAN, error);
}

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static gboolean
is_divergence (const GError *error)
{
  return g_error_matches (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_DIVERGED);
}

/* A step's number that nothing was trained at has nothing to save. */
static gboolean
save_if_new (WbTrainJob *self, GError **error)
{
  if (self->state.step == 0 || self->saved_step == self->state.step)
    return TRUE;
  return wb_train_job_save_checkpoint (self, error);
}

/* @cause: why training ended early; taken. */
static void
end_early (WbTrainJob *self, GError *cause)
{
  const gboolean keep = asked_to_stop (self) == WB_STOP_KEEP;
  g_autoptr (GError) error = NULL;

  self->error = cause;
  if (is_cancelled (cause))
    {
      const gboolean ok = keep ? finish (self, &error) : save_if_new (self, &error);
      self->end = ok ? WB_JOB_STOPPED : WB_JOB_FAILED;
    }
  else if (is_divergence (cause))
    {
      self->end = WB_JOB_DIVERGED;
      if (save_if_new (self, &error))
        ensure_best (self, &error);
    }
  else if (self->end != WB_JOB_NO_SPACE)
    self->end = WB_JOB_FAILED;
  if (error != NULL)
    {
      g_clear_error (&self->error);
      self->error = g_steal_pointer (&error);
    }
}

static void
work (WbTrainJob *self)
{
  GError *error = NULL;

  self->started_time = self->saved_time = self->evaluated_time = g_get_monotonic_time ();
  if (!wb_train_job_load (self, &error))
    {
      self->error = error;
      self->end = is_cancelled (error) ? WB_JOB_STOPPED : WB_JOB_FAILED;
      return;
    }
  self->saved_time = self->evaluated_time = g_get_monotonic_time ();
  if (!train (self, &error))
    end_early (self, error);
  else if (finish (self, &self->error))
    self->end = WB_JOB_FINISHED;
}

static void *
thread_main (void *data)
{
  WbTrainJob     *self = data;
  const WbMessage message = { WB_MESSAGE_END, 0 };

  work (self);
  wb_message_ring_push (self->ring, &message);
  return NULL;
}

void
wb_train_job_start (WbTrainJob *self)
{
  g_return_if_fail (!self->started);

  self->started = pthread_create (&self->thread, NULL, thread_main, self) == 0;
  if (!self->started)
    g_error ("no thread could be made");
}

void
wb_train_job_stop (WbTrainJob *self, WbStop stop)
{
  g_atomic_int_set (&self->stop, (int) stop);
}

WbJobEnd
wb_train_job_join (WbTrainJob *self, GError **error)
{
  if (self->started)
    pthread_join (self->thread, NULL);
  self->started = FALSE;
  if (self->end == WB_JOB_FINISHED || self->end == WB_JOB_STOPPED)
    g_clear_error (&self->error);
  else
    g_propagate_error (error, g_steal_pointer (&self->error));
  return self->end;
}
