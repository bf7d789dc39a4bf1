#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/worker/wb-worker-struct-private.h"

#define LOG_STEP_MICROSECONDS G_USEC_PER_SEC

double
wb_worker_get_seconds (WbWorker *self)
{
  return self->seconds_before +
         (double) (g_get_monotonic_time () - self->started_time) / G_USEC_PER_SEC;
}

static double
get_progress (WbWorker *self)
{
  return self->total_steps > 0 ? (double) self->step / (double) self->total_steps : 0;
}

static double
now_seconds (void)
{
  return (double) g_get_monotonic_time () / G_USEC_PER_SEC;
}

static double
get_seconds_left (WbWorker *self)
{
  return self->is_ready ? wb_time_left_get (&self->time_left, now_seconds ()) : (double) NAN;
}

static void
add_point (WbWorker *self, const char *series, guint64 step, double value)
{
  const WbMetricPoint point = { g_intern_string (series), (gint64) step, value,
                                g_get_real_time () };
  g_array_append_val (self->points, point);
}

/* Bytes of the process that lie in memory. */
static double
resident_memory (void)
{
  g_autofree char *text = NULL;
  unsigned long    size, resident;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) ||
      sscanf (text, "%lu %lu", &size, &resident) != 2)
    return NAN;
  return (double) resident * (double) sysconf (_SC_PAGESIZE);
}

/* What stands on a chart's other axes, now and then: between these places lines are straight. */
static void
add_places (WbWorker *self, guint64 step)
{
  if (isfinite (self->examples))
    {
      add_point (self, "train/examples", step, self->examples);
      add_point (self, "train/tokens", step, self->tokens);
    }
  add_point (self, "train/seconds", step, wb_worker_get_seconds (self));
}

void
wb_worker_log (WbWorker *self, const char *json)
{
  fputs (json, self->log);
  fputc ('\n', self->log);
}

static void
report (WbWorker *self, const WbMessage *message, const char *json)
{
  const double        left = get_seconds_left (self);
  const WbWorkerEvent event = {
    .plan = self->plan,
    .run_id = self->record->id,
    .message = message,
    .json = json,
    .progress = get_progress (self),
    .seconds_left = isfinite (left) ? left : -1,
    .tokens_per_second = self->tokens_per_second,
  };

  if (self->options->report != NULL)
    self->options->report (&event, self->options->user_data);
}

static void G_GNUC_PRINTF (2, 3) say (WbWorker *self, const char *format, ...)
{
  WbMessage   message = { WB_MESSAGE_NOTE, self->step };
  va_list     list;
  const char *json;

  va_start (list, format);
  message.text = g_strdup_vprintf (format, list);
  va_end (list);
  json = wb_worker_describe_note (self, &message);
  wb_worker_log (self, json);
  report (self, &message, json);
  g_free (message.text);
}

/* The machine may be another one than before the pause. */
static void
compare_machine (WbWorker *self, const char *fingerprint)
{
  const char *before = self->record->fingerprint;

  if (self->resuming && before != NULL && strcmp (before, fingerprint) != 0)
    say (self,
         "the run began on another machine or with other libraries (%s; now %s): what follows will "
         "not be equal bit for bit to an undisturbed run",
         before, fingerprint);
}

static void
start_time_left (WbWorker *self, const WbMessage *message)
{
  WbSettings      *settings = self->plan->settings;
  const WbTimePlan plan = {
    .step = message->step,
    .total_steps = message->ready.total_steps,
    .steps_per_epoch = message->ready.steps_per_epoch,
    .tokens = message->ready.tokens,
    .evaluation_tokens = message->ready.evaluation_tokens,
    .n_splits = self->plan->evaluations->len,
    .eval_every = wb_settings_get_interval (settings, "eval-every"),
    .save_every = wb_settings_get_interval (settings, "save-every"),
    .keeps_last = wb_settings_get_choice (settings, "keep-last") == 1,
    .tokens_per_second = message->step > 0 ? self->record->tokens_per_second : (double) NAN,
  };

  wb_time_left_init (&self->time_left, &plan, now_seconds ());
  self->is_ready = TRUE;
}

/* What was counted up to the step that the run goes on from.  A process that was killed may not
 * have stored the last second before its checkpoint: that is filled up with the rate until then. */
static double
last_place (WbWorker *self, const char *series, guint64 step)
{
  g_autoptr (WbMetricSeries) points = NULL;
  gsize n;

  if (step == 0)
    return 0;
  points = wb_store_get_metrics (self->store, self->record->id, series, -1, NULL);
  n = points != NULL ? points->n : 0;
  while (n > 0 && points->steps[n - 1] > (gint64) step)
    n--;
  if (n == 0 || points->steps[n - 1] <= 0)
    return NAN;
  return round (points->values[n - 1] / (double) points->steps[n - 1] * (double) step);
}

static void
handle_ready (WbWorker *self, const WbMessage *message)
{
  const char *json;

  self->total_steps = message->ready.total_steps;
  self->steps_per_epoch = message->ready.steps_per_epoch;
  self->step = self->first_step = message->step;
  self->examples = last_place (self, "train/examples", message->step);
  self->tokens = last_place (self, "train/tokens", message->step);
  if (message->step > 0 && isfinite (self->record->best_value))
    {
      self->best = self->record->best_value;
      self->best_step = (guint64) MAX (self->record->best_step, 0);
    }
  start_time_left (self, message);
  compare_machine (self, message->text);
  json = wb_worker_describe_ready (self, message);
  wb_worker_log (self, json);
  report (self, message, json);
  if (wb_store_begin (self->store, NULL))
    {
      if (self->request == WB_REQUEST_NONE)
        wb_store_get_run_request (self->store, self->record->id, &self->request, NULL);
      wb_store_start_run (self->store, self->record->id, getpid (), g_get_host_name (),
                          message->text, (gint64) message->ready.parameters, NULL);
      wb_store_commit (self->store, NULL);
    }
}

static void
smooth (double *value, double new_value)
{
  *value = isfinite (*value) ? 0.9 * *value + 0.1 * new_value : new_value;
}

static void
handle_step (WbWorker *self, const WbMessage *message)
{
  const double seconds = message->milliseconds / 1000;
  const double rate = seconds > 0 ? (double) message->stats.tokens / seconds : NAN;
  const gint64 now = g_get_monotonic_time ();
  const char  *json = wb_worker_describe_step (self, message);

  self->step = message->step;
  self->loss = message->stats.loss;
  self->examples += (double) message->stats.examples;
  self->tokens += (double) message->stats.tokens;
  if (seconds > 0)
    smooth (&self->tokens_per_second, rate);
  wb_time_left_add_step (&self->time_left, message->step, message->stats.tokens, seconds,
                         now_seconds ());
  add_point (self, "train/loss", message->step, message->stats.loss);
  add_point (self, "train/lr", message->step, message->stats.learning_rate);
  add_point (self, "train/grad_norm", message->step, message->stats.grad_norm);
  add_point (self, "train/tokens_per_second", message->step, rate);
  if (now - self->step_logged_time >= LOG_STEP_MICROSECONDS || message->step == 1 ||
      message->step == self->total_steps)
    {
      wb_worker_log (self, json);
      add_point (self, "train/memory", message->step, resident_memory ());
      add_places (self, message->step);
      self->step_logged_time = now;
    }
  report (self, message, json);
}

static void
handle_evaluation (WbWorker *self, const WbMessage *message)
{
  const char *json = wb_worker_describe_evaluation (self, message);

  for (guint i = 0; i < message->evaluation.n; i++)
    {
      g_autofree char *series = g_strdup_printf ("%s/%s", wb_worker_get_split (self, message)->name,
                                                 wb_worker_get_metric (self, message, i));
      add_point (self, series, message->step, message->evaluation.values[i]);
    }
  add_places (self, message->step);
  wb_time_left_add_split (&self->time_left);
  wb_worker_log (self, json);
  report (self, message, json);
}

static void
handle_selection (WbWorker *self, const WbMessage *message)
{
  const double sign = self->metric_is_loss ? -1 : 1;

  self->best = sign * message->selection.best;
  self->best_step = message->selection.best_step;
  wb_store_update_run_metric (self->store, self->record->id, self->metric_name,
                              sign * message->selection.value, self->best, (gint64) self->best_step,
                              NULL);
  report (self, message, NULL);
}

static WbTimePhase
time_phase (const char *phase)
{
  if (g_strcmp0 (phase, "evaluating") == 0)
    return WB_TIME_EVALUATING;
  return g_strcmp0 (phase, "saving") == 0 ? WB_TIME_SAVING : WB_TIME_TRAINING;
}

static void
handle_phase (WbWorker *self, const WbMessage *message)
{
  const gboolean changed = g_strcmp0 (self->phase, message->text) != 0;

  g_free (self->phase);
  self->phase = g_strdup (message->text);
  self->phase_share = message->value;
  if (self->is_ready)
    wb_time_left_set_phase (&self->time_left, time_phase (message->text), message->value,
                            now_seconds ());
  if (changed)
    self->flushed_time = 0; /* show it at once */
  report (self, message, NULL);
}

void
wb_worker_handle (WbWorker *self, const WbMessage *message)
{
  const char *json;

  switch (message->kind)
    {
    case WB_MESSAGE_PHASE:
      handle_phase (self, message);
      break;
    case WB_MESSAGE_READY:
      handle_ready (self, message);
      break;
    case WB_MESSAGE_STEP:
      handle_step (self, message);
      break;
    case WB_MESSAGE_EVALUATION:
      handle_evaluation (self, message);
      break;
    case WB_MESSAGE_SELECTION:
      handle_selection (self, message);
      break;
    case WB_MESSAGE_CHECKPOINT:
      add_places (self, message->step); /* where a resumed run goes on counting */
      json = wb_worker_describe_checkpoint (self, message);
      wb_worker_log (self, json);
      report (self, message, json);
      break;
    case WB_MESSAGE_NOTE:
      say (self, "%s", message->text);
      break;
    case WB_MESSAGE_END:
    default:
      self->ended = TRUE;
    }
}

static gboolean
write_progress (WbWorker *self, GError **error)
{
  const WbRunProgress progress = {
    .phase = self->phase,
    .step = (gint64) self->step,
    .total_steps = (gint64) self->total_steps,
    .epoch = self->steps_per_epoch > 0 ? (double) self->step / (double) self->steps_per_epoch : 0,
    .progress = get_progress (self),
    .seconds = wb_worker_get_seconds (self),
    .seconds_left = get_seconds_left (self),
    .tokens_per_second = self->tokens_per_second,
    .loss = self->loss,
  };

  return wb_store_update_run_progress (self->store, self->record->id, &progress, error);
}

gboolean
wb_worker_flush (WbWorker *self, GError **error)
{
  gboolean ok;

  if (!wb_store_begin (self->store, error))
    return FALSE;
  ok = !self->rewind || wb_store_delete_metrics_after (self->store, self->record->id,
                                                       (gint64) self->resume_step, error);
  ok = ok && (self->points->len == 0 || wb_store_add_metrics (self->store, self->record->id,
                                                              (WbMetricPoint *) self->points->data,
                                                              self->points->len, error));
  ok = ok && write_progress (self, error);
  if (!ok)
    {
      wb_store_rollback (self->store);
      return FALSE;
    }
  if (!wb_store_commit (self->store, error))
    return FALSE;
  g_array_set_size (self->points, 0);
  self->rewind = FALSE;
  self->flushed_time = g_get_monotonic_time ();
  fflush (self->log);
  return TRUE;
}

void
wb_worker_report_done (WbWorker *self)
{
  const WbMessage message = { WB_MESSAGE_END, self->step };
  const char     *text = wb_worker_describe_done (self);

  wb_worker_log (self, text);
  fflush (self->log);
  report (self, &message, text);
}
