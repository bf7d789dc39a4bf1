#include <glib/gstdio.h>
#include <math.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"
#include "app/worker/wb-train-job-struct-private.h"
#include "engine/checkpoint/wb-checkpoint.h"

#define KEPT_CHECKPOINTS 2

static guint64
free_space (WbTrainJob *self)
{
  struct statvfs status;

  if (statvfs (self->folder, &status) != 0)
    return G_MAXUINT64;
  return (guint64) status.f_bavail * status.f_frsize;
}

/* Until one was written: dense weights and the optimizer's numbers of rows that an epoch may touch.
 */
static guint64
guess_checkpoint_bytes (WbTrainJob *self)
{
  const WbParameterTable *table = wb_model_get_table (self->model);
  const guint64           all = wb_parameter_table_get_n_elements (table);
  const guint64           rows = self->config->vocab_size * self->config->embedding_size;
  const gsize touched = MIN (self->config->vocab_size, wb_features_get_n_tokens (self->train));

  return (all - rows) * 4 + touched * self->config->embedding_size * 4 +
         wb_trainer_measure (self->config, &self->head, touched);
}

static guint64
best_bytes (WbTrainJob *self)
{
  return 4 * wb_parameter_table_get_n_elements (wb_model_get_table (self->model)) + (8 << 20);
}

gboolean
wb_train_job_check_space (WbTrainJob *self, GError **error)
{
  const guint64    available = free_space (self);
  guint64          needed;
  g_autofree char *needed_text = NULL, *available_text = NULL;

  self->checkpoint_bytes = guess_checkpoint_bytes (self);
  needed = 3 * self->checkpoint_bytes + best_bytes (self);
  if (available >= needed)
    return TRUE;
  needed_text = g_format_size (needed);
  available_text = g_format_size (available);
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_SPACE,
               "three checkpoints and the best model need %s where %s lies, and %s are free; free "
               "some, or choose another folder with --out or --home",
               needed_text, self->folder, available_text);
  return FALSE;
}

gboolean
wb_train_job_has_space (WbTrainJob *self)
{
  return free_space (self) >= 2 * self->checkpoint_bytes;
}

static double
seconds_so_far (WbTrainJob *self)
{
  return self->seconds_before +
         (double) (g_get_monotonic_time () - self->started_time) / G_USEC_PER_SEC;
}

static gboolean
write_checkpoint (WbTrainJob *self, const char *folder, GError **error)
{
  g_autofree char *trainer = g_build_filename (folder, "trainer.state", NULL);
  g_autofree char *state = g_build_filename (folder, "run.ini", NULL);
  struct stat      status;

  if (!wb_tree_make_empty (folder, error) || !wb_trainer_save (self->trainer, trainer, error) ||
      !wb_run_state_save (&self->state, state, error) || !wb_tree_sync (folder, error))
    return FALSE;
  if (g_stat (trainer, &status) == 0)
    self->checkpoint_bytes = (guint64) status.st_size;
  return TRUE;
}

gboolean
wb_train_job_save_checkpoint (WbTrainJob *self, GError **error)
{
  g_autofree char *made = g_build_filename (self->folder, "checkpoints", ".new", NULL);
  g_autofree char *place = wb_run_checkpoints_dup_path (self->folder, self->state.step);
  const gint64     start = g_get_monotonic_time ();
  WbMessage        message = { WB_MESSAGE_CHECKPOINT, self->state.step };

  wb_train_job_phase (self, "saving", 0);
  self->state.seconds = seconds_so_far (self);
  if (!write_checkpoint (self, made, error) || !wb_tree_replace (made, place, error) ||
      !wb_run_checkpoints_prune (self->folder, KEPT_CHECKPOINTS, error))
    {
      g_prefix_error (error, "checkpoint at step %" G_GUINT64_FORMAT ": ", self->state.step);
      return FALSE;
    }
  self->saved_step = self->state.step;
  self->saved_time = g_get_monotonic_time ();
  message.text = g_steal_pointer (&place);
  message.milliseconds = (double) (self->saved_time - start) / 1000;
  wb_message_ring_push (self->ring, &message);
  return TRUE;
}

/* Where the weights come from; not part of the Hugging Face layout. */
static gboolean
write_origin (WbTrainJob *self, const char *folder, double value, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = g_build_filename (folder, "run.ini", NULL);
  g_autofree char *text = NULL;
  g_autofree char *metric =
      wb_evaluation_dup_selection_name (self->plan->task, self->setup->select_metric);

  g_key_file_set_string (file, "model", "run", self->plan->name);
  g_key_file_set_string (file, "model", "task", self->plan->task->name);
  g_key_file_set_uint64 (file, "model", "step", self->state.step);
  if (isfinite (value))
    {
      g_key_file_set_string (file, "model", "metric", metric);
      g_key_file_set_double (file, "model", "value", fabs (value));
    }
  text = g_key_file_to_data (file, NULL, NULL);
  return wb_tree_write_file (path, text, -1, error);
}

gboolean
wb_train_job_save_model (WbTrainJob *self, const char *name, double value, GError **error)
{
  g_autofree char *hidden = g_strdup_printf (".%s.new", name);
  g_autofree char *made = g_build_filename (self->folder, hidden, NULL);
  g_autofree char *place = g_build_filename (self->folder, name, NULL);

  wb_train_job_phase (self, "saving", 0);
  if (!wb_tree_make_empty (made, error) || !wb_trainer_settle (self->trainer, NULL, error) ||
      !wb_checkpoint_save (self->model, made, (const char *const *) self->labels, error) ||
      !wb_tokenizer_save (self->tokenizer, made, error) ||
      !write_origin (self, made, value, error) || !wb_tree_sync (made, error) ||
      !wb_tree_replace (made, place, error))
    {
      g_prefix_error (error, "%s model at step %" G_GUINT64_FORMAT ": ", name, self->state.step);
      return FALSE;
    }
  return TRUE;
}

static gboolean
restore_from (WbTrainJob *self, guint64 step, GError **error)
{
  g_autofree char *folder = wb_run_checkpoints_dup_path (self->folder, step);
  g_autofree char *trainer = g_build_filename (folder, "trainer.state", NULL);
  g_autofree char *state = g_build_filename (folder, "run.ini", NULL);

  if (!wb_run_state_load (&self->state, state, error) ||
      !wb_trainer_load (self->trainer, trainer, error))
    return FALSE;
  if (self->state.step == step && wb_trainer_get_step (self->trainer) == step)
    {
      self->saved_step = step;
      self->seconds_before = isfinite (self->state.seconds) ? self->state.seconds : 0;
      return TRUE;
    }
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
               "%s: the state inside is of step %" G_GUINT64_FORMAT, folder, self->state.step);
  return FALSE;
}

gboolean
wb_train_job_restore (WbTrainJob *self, GError **error)
{
  g_autoptr (GArray) steps = wb_run_checkpoints_list (self->folder);

  wb_run_state_init (&self->state);
  if (steps->len == 0)
    return TRUE;
  if (restore_from (self, g_array_index (steps, guint64, 0), error))
    return TRUE;
  g_prefix_error (error,
                  "the checkpoint at step %" G_GUINT64_FORMAT
                  " cannot be read (remove its folder to go on from an older one): ",
                  g_array_index (steps, guint64, 0));
  return FALSE;
}
