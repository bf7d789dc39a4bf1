/* What happens, as objects of log.jsonl and of --json (docs/json.md). */
#include <math.h>

#include "app/worker/wb-worker-struct-private.h"

static void
begin_event (WbWorker *self, const char *name)
{
  wb_json_reset (self->json);
  wb_json_begin_object (self->json, NULL);
  wb_json_text (self->json, "event", name);
  wb_json_integer (self->json, "run", self->record->id);
}

static const char *
end_event (WbWorker *self)
{
  wb_json_end_object (self->json);
  return wb_json_get (self->json);
}

static void
add_settings (WbJson *json, WbSettings *settings)
{
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);

  for (gsize i = 0; i < n; i++)
    {
      const char    *text = wb_settings_get (settings, all[i].key);
      const gboolean is_number =
          (all[i].type == WB_SETTING_NUMBER || all[i].type == WB_SETTING_COUNT) &&
          wb_settings_is_set (settings, all[i].key);

      if (!is_number)
        wb_json_text (json, all[i].key, text);
      else if (all[i].type == WB_SETTING_COUNT)
        wb_json_integer (json, all[i].key, (gint64) wb_settings_get_count (settings, all[i].key));
      else
        wb_json_double (json, all[i].key, wb_settings_get_number (settings, all[i].key));
    }
}

const char *
wb_worker_describe_ready (WbWorker *self, const WbMessage *message)
{
  WbJson *json = self->json;

  begin_event (self, "start");
  wb_json_integer (json, "parameters", (gint64) message->ready.parameters);
  wb_json_integer (json, "steps", (gint64) message->ready.total_steps);
  wb_json_integer (json, "examples", (gint64) message->ready.examples);
  wb_json_integer (json, "resumed_from", (gint64) message->step);
  wb_json_text (json, "name", self->plan->name);
  wb_json_text (json, "task", self->plan->task->name);
  wb_json_text (json, "model",
                self->plan->model_path != NULL ? self->plan->model_path : self->plan->config_path);
  wb_json_text (json, "train", self->plan->train_path);
  wb_json_integer (json, "seed", (gint64) self->plan->seed);
  wb_json_text (json, "folder", self->record->folder);
  wb_json_text (json, "machine", message->text);
  add_settings (json, self->plan->settings);
  return end_event (self);
}

const char *
wb_worker_describe_step (WbWorker *self, const WbMessage *message)
{
  WbJson *json = self->json;

  begin_event (self, "step");
  wb_json_integer (json, "step", (gint64) message->step);
  wb_json_double (json, "loss", message->stats.loss);
  wb_json_double (json, "lr", message->stats.learning_rate);
  wb_json_double (json, "grad_norm", message->stats.grad_norm);
  wb_json_integer (json, "tokens", (gint64) message->stats.tokens);
  wb_json_integer (json, "examples", (gint64) message->stats.examples);
  wb_json_double (json, "ms", round (message->milliseconds * 1000) / 1000);
  return end_event (self);
}

const char *
wb_worker_get_metric (WbWorker *self, const WbMessage *message, guint i)
{
  return i + 1 < message->evaluation.n ? self->plan->task->metrics[i] : "loss";
}

const WbPlanSplit *
wb_worker_get_split (WbWorker *self, const WbMessage *message)
{
  return self->plan->evaluations->pdata[message->evaluation.split];
}

const char *
wb_worker_describe_evaluation (WbWorker *self, const WbMessage *message)
{
  WbJson *json = self->json;

  begin_event (self, "eval");
  wb_json_integer (json, "step", (gint64) message->step);
  wb_json_text (json, "split", wb_worker_get_split (self, message)->name);
  wb_json_begin_object (json, "metrics");
  for (guint i = 0; i < message->evaluation.n; i++)
    wb_json_double (json, wb_worker_get_metric (self, message, i), message->evaluation.values[i]);
  wb_json_end_object (json);
  wb_json_integer (json, "examples", (gint64) message->evaluation.examples);
  wb_json_double (json, "ms", round (message->milliseconds * 1000) / 1000);
  return end_event (self);
}

const char *
wb_worker_describe_checkpoint (WbWorker *self, const WbMessage *message)
{
  begin_event (self, "checkpoint");
  wb_json_integer (self->json, "step", (gint64) message->step);
  wb_json_text (self->json, "path", message->text);
  return end_event (self);
}

const char *
wb_worker_describe_note (WbWorker *self, const WbMessage *message)
{
  begin_event (self, "note");
  wb_json_text (self->json, "text", message->text);
  return end_event (self);
}

const char *
wb_worker_describe_done (WbWorker *self)
{
  WbJson *json = self->json;

  begin_event (self, "done");
  if (isfinite (self->best))
    {
      wb_json_begin_object (json, "best");
      wb_json_integer (json, "step", (gint64) self->best_step);
      wb_json_text (json, "metric", self->metric_name);
      wb_json_double (json, "value", self->best);
      wb_json_end_object (json);
    }
  else
    wb_json_null (json, "best");
  wb_json_double (json, "seconds", round (wb_worker_get_seconds (self) * 1000) / 1000);
  return end_event (self);
}
