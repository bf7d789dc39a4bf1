#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"
#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-private.h"
#include "app/worker/wb-evaluation-private.h"
#include "app/worker/wb-lock-private.h"
#include "app/worker/wb-run-state-private.h"
#include "app/worker/wb-worker-struct-private.h"
#include "data/store/wb-store-queue.h"

#define WAIT_MICROSECONDS 200000

static gboolean
take_run_lock (WbWorker *self, GError **error)
{
  g_autofree char *path = wb_run_record_dup_lock_path (self->record);
  g_autoptr (GError) local = NULL;

  if (path == NULL || !g_file_test (self->record->folder, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING,
                   "the folder of run %" G_GINT64_FORMAT " is gone", self->record->id);
      return FALSE;
    }
  self->run_lock = wb_lock_take (path, &local);
  if (self->run_lock >= 0)
    return TRUE;
  if (g_error_matches (local, WB_APP_ERROR, WB_APP_ERROR_BUSY))
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_BUSY,
                 "run %" G_GINT64_FORMAT " (%s) is running already, in process %" G_GINT64_FORMAT
                 "; “runs stop %" G_GINT64_FORMAT "” stops it",
                 self->record->id, self->record->name, self->record->pid, self->record->id);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Read again under the lock: only now does the row stay as it is. */
static gboolean
check_record (WbWorker *self, GError **error)
{
  const gint64     id = self->record->id;
  g_autofree char *obstacle = NULL;

  if (self->record->status == WB_RECORD_RUNNING)
    wb_store_interrupt_run (self->store, id, "its process ended without a word", NULL);
  wb_run_record_free (self->record);
  self->record = wb_store_get_run (self->store, id, error);
  if (self->record == NULL)
    return FALSE;
  obstacle = wb_run_record_dup_obstacle (self->record);
  if (obstacle == NULL)
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_FAILED,
               "run %" G_GINT64_FORMAT " cannot be resumed: %s", id, obstacle);
  return FALSE;
}

/* The run that says it is running on the device; 0: unknown. */
static gint64
find_holder (WbWorker *self)
{
  g_autoptr (GPtrArray) records = wb_store_list_active (self->store, NULL);

  for (guint i = 0; records != NULL && i < records->len; i++)
    if (((WbRunRecord *) records->pdata[i])->status == WB_RECORD_RUNNING)
      return ((WbRunRecord *) records->pdata[i])->id;
  return 0;
}

/* Whether somebody stopped or deleted the run while it waited, or paused the queue that it is taken
 * from. */
static gboolean
was_withdrawn (WbWorker *self)
{
  g_autoptr (WbRunRecord) record = wb_store_get_run (self->store, self->record->id, NULL);
  gboolean paused = FALSE;

  if (record == NULL || record->trashed != 0 || record->status != self->record->status)
    return TRUE;
  if (!self->options->queued)
    return FALSE;
  return record->status != WB_RECORD_QUEUED ||
         (record->urgent == 0 &&
          (!wb_store_get_queue_paused (self->store, &paused, NULL) || paused));
}

static gboolean
set_withdrawn (GError **error)
{
  g_set_error_literal (error, WB_APP_ERROR, WB_APP_ERROR_INTERRUPTED, "withdrawn before it began");
  return FALSE;
}

static gboolean
read_signal (WbWorker *self)
{
  return self->signal_number == 0 && self->signal_fd >= 0 &&
         (self->signal_number = wb_worker_read_signal (self)) != 0;
}

/* Whoever waits is in the queue, where it is seen and can be moved or dropped. */
static gboolean
join_queue (WbWorker *self, GError **error)
{
  if (was_withdrawn (self))
    return set_withdrawn (error);
  if (self->record->status != WB_RECORD_QUEUED &&
      !wb_store_enqueue_run (self->store, self->record->id, TRUE, error))
    return FALSE;
  self->record->status = WB_RECORD_QUEUED;
  return TRUE;
}

static gboolean
wait_for_device (WbWorker *self, const char *path, GError **error)
{
  if (!join_queue (self, error))
    return FALSE;
  if (self->options->waiting != NULL)
    self->options->waiting (find_holder (self), self->options->user_data);
  while (TRUE)
    {
      g_autoptr (GError) local = NULL;

      self->device_lock = wb_lock_take (path, &local);
      if (self->device_lock >= 0)
        return TRUE;
      if (!g_error_matches (local, WB_APP_ERROR, WB_APP_ERROR_BUSY))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (read_signal (self) || was_withdrawn (self))
        {
          if (self->signal_number != 0)
            wb_store_end_run (self->store, self->record->id, WB_RECORD_INTERRUPTED,
                              "stopped by a signal while it waited for the device", NULL);
          return set_withdrawn (error);
        }
      g_usleep (WAIT_MICROSECONDS);
    }
}

static gboolean
take_device_lock (WbWorker *self, GError **error)
{
  g_autofree char *path = wb_lock_dup_device_path (self->workspace);
  g_autoptr (GError) local = NULL;

  if (self->options->alongside)
    return TRUE;
  self->device_lock = wb_lock_take (path, &local);
  if (self->device_lock >= 0)
    return TRUE;
  if (g_error_matches (local, WB_APP_ERROR, WB_APP_ERROR_BUSY))
    return wait_for_device (self, path, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Where the newest checkpoint stands: numbers after it will be computed again. */
static void
find_resume_point (WbWorker *self)
{
  g_autoptr (GArray) steps = wb_run_checkpoints_list (self->record->folder);

  self->resume_step = steps->len > 0 ? g_array_index (steps, guint64, 0) : 0;
  self->resuming = self->record->started != 0;
  self->rewind = self->resuming;
  self->seconds_before = self->record->seconds > 0 ? self->record->seconds : 0;
  self->step = self->first_step = self->resume_step;
  self->total_steps = (guint64) MAX (self->record->total_steps, 0);
  if (self->record->best_step > (gint64) self->resume_step)
    return;
  self->best = self->record->best_value; /* of an evaluation that is not done again */
  self->best_step = (guint64) MAX (self->record->best_step, 0);
}

static gboolean
open_log (WbWorker *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->record->folder, "log.jsonl", NULL);

  self->log = g_fopen (path, "ae");
  if (self->log != NULL)
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_HOME, "%s cannot be written: %s", path,
               g_strerror (errno));
  return FALSE;
}

/* Looking and taking are one: nobody withdraws it in between, and no other process takes it. */
static gboolean
start (WbWorker *self, GError **error)
{
  gboolean ok;

  if (!wb_store_begin (self->store, error))
    return FALSE;
  ok = was_withdrawn (self)
           ? set_withdrawn (error)
           : wb_store_start_run (self->store, self->record->id, getpid (), g_get_host_name (), NULL,
                                 self->record->parameters, error);
  if (ok)
    return wb_store_commit (self->store, error);
  wb_store_rollback (self->store);
  return FALSE;
}

/* A run that cannot begin does not go on waiting: nothing would change. */
static void
give_up (WbWorker *self, const GError *error)
{
  if (self->record != NULL && self->record->status == WB_RECORD_QUEUED &&
      !g_error_matches (error, WB_APP_ERROR, WB_APP_ERROR_BUSY) &&
      !g_error_matches (error, WB_APP_ERROR, WB_APP_ERROR_INTERRUPTED))
    wb_store_end_run (self->store, self->record->id, WB_RECORD_FAILED, error->message, NULL);
}

static gboolean
begin (WbWorker *self, gint64 id, GError **error)
{
  g_autofree char *crash = NULL;
  const char      *metric;

  self->record = wb_store_get_run (self->store, id, error);
  if (self->record == NULL || !take_run_lock (self, error) || !check_record (self, error))
    return FALSE;
  self->plan = wb_run_plan_parse (self->record->settings, error);
  if (self->plan == NULL || !take_device_lock (self, error) || !open_log (self, error))
    return FALSE;
  crash = g_build_filename (self->record->folder, "crash", NULL);
  g_unlink (crash);
  find_resume_point (self);
  metric = wb_settings_is_set (self->plan->settings, "select-metric")
               ? wb_settings_get (self->plan->settings, "select-metric")
               : NULL;
  self->metric_name = wb_evaluation_dup_selection_name (self->plan->task, metric);
  self->metric_is_loss = g_strcmp0 (metric, "loss") == 0;
  return start (self, error);
}

gboolean
wb_worker_begin (WbWorker *self, gint64 id, GError **error)
{
  GError *local = NULL;

  if (begin (self, id, &local))
    return TRUE;
  give_up (self, local);
  g_propagate_error (error, local);
  return FALSE;
}
