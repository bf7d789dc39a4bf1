#include "app/worker/wb-train-job-struct-private.h"

#include <math.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/runs/wb-run-spec-private.h"
#include "data/datasets/wb-dataset.h"
#include "engine/checkpoint/wb-checkpoint.h"

#define EVALUATION_TOKENS 1024 /* small training batches are evaluated in larger ones */
#define EVALUATION_SEQUENCES 64

static gboolean
load_config (WbTrainJob *self, GError **error)
{
  const WbTrainSetup *setup = self->setup;
  const WbRunPlan    *plan = self->plan;

  self->config = wb_checkpoint_load_config (
      plan->config_path != NULL ? plan->config_path : plan->model_path, error);
  if (self->config == NULL)
    return FALSE;
  if (!isnan (setup->dropout))
    self->config->hidden_dropout = (float) setup->dropout;
  if (!isnan (setup->attention_dropout))
    self->config->attention_dropout = (float) setup->attention_dropout;
  if (!isnan (setup->classifier_dropout))
    self->config->classifier_dropout = (float) setup->classifier_dropout;
  return TRUE;
}

/* Names in the model's order, and the model's class of each label of the task. */
static void
choose_labels (WbTrainJob *self)
{
  const WbTask      *task = self->plan->task;
  const gsize        n = wb_task_get_n_labels (task);
  const char *const *names = (const char *const *) self->config->id2label;
  g_autofree char   *note = NULL;

  self->head.kind = wb_evaluation_get_head (task);
  self->head.n_labels = n;
  self->head.label_smoothing = self->setup->label_smoothing;
  if (task->kind == WB_TASK_REGRESSION)
    return;
  self->label_map = g_new (int, n);
  wb_evaluation_map_labels (task, names, self->config->n_labels, self->label_map);
  note = wb_evaluation_describe_labels (task, names, self->config->n_labels);
  if (note != NULL)
    wb_train_job_note (self, "%s", note);
  self->labels = g_new0 (char *, n + 1);
  for (gsize i = 0; i < n; i++)
    self->labels[self->label_map[i]] = g_strdup (task->labels[i]);
}

static WbDataset *
load_dataset (WbTrainJob *self, const char *path, WbSplitRole role, GError **error)
{
  WbDataset *dataset = wb_dataset_load (self->plan->task, path, role, WB_DATASET_DEFAULT, error);

  if (dataset != NULL && wb_dataset_get_n_skipped (dataset) > 0)
    wb_train_job_note (self, "%s: %zu rows with another number of columns were skipped", path,
                       wb_dataset_get_n_skipped (dataset));
  return dataset;
}

static void
tokenizing_cb (double share, gpointer user_data)
{
  wb_train_job_phase (user_data, "tokenizing", share);
}

static WbFeatures *
make_features (WbTrainJob *self, const WbDataset *dataset, gboolean training, GError **error)
{
  WbFeatureOptions options = self->setup->features;
  WbFeatures      *features;

  options.label_map = self->label_map;
  options.cancel = &self->stop;
  options.published_order = training && self->setup->feed.order == WB_ORDER_PUBLISHED;
  features = wb_features_new (dataset, self->tokenizer, &options, tokenizing_cb, self, error);
  if (features != NULL && wb_features_get_n_truncated (features) > 0)
    wb_train_job_note (self, "%s: %zu of %zu examples are longer than %zu tokens and were cut",
                       wb_dataset_get_name (dataset), wb_features_get_n_truncated (features),
                       wb_features_get_n (features), options.max_length);
  return features;
}

/* n / (classes · count), so that the mean weight over the examples is 1. */
static void
choose_class_weights (WbTrainJob *self, const WbDataset *dataset)
{
  const gsize n = self->head.n_labels;
  const gsize n_units = self->plan->task->kind == WB_TASK_TOKENS
                            ? wb_dataset_get_n_words (dataset)
                            : wb_dataset_get_n_examples (dataset);

  if (self->label_map == NULL || (!self->setup->balanced && self->setup->class_weights == NULL))
    return;
  self->class_weights = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    {
      const double count = MAX (1, (double) wb_dataset_get_label_count (dataset, i));
      self->class_weights[self->label_map[i]] =
          (float) (self->setup->balanced ? (double) n_units / ((double) n * count)
                                         : self->setup->class_weights[i]);
    }
  self->head.class_weights = self->class_weights;
}

static gboolean
load_train (WbTrainJob *self, GError **error)
{
  g_autoptr (WbDataset) dataset =
      load_dataset (self, self->plan->train_path, WB_SPLIT_TRAIN, error);

  if (dataset == NULL || !wb_dataset_check_trainable (dataset, error))
    return FALSE;
  if (self->plan->train_digest != NULL &&
      strcmp (self->plan->train_digest, wb_dataset_get_digest (dataset)) != 0)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
                   "%s is not what it was when the run was made; put it back, or start a new run",
                   self->plan->train_path);
      return FALSE;
    }
  choose_class_weights (self, dataset);
  self->train = make_features (self, dataset, TRUE, error);
  return self->train != NULL;
}

static gboolean
load_evaluations (WbTrainJob *self, GError **error)
{
  for (guint i = 0; i < self->plan->evaluations->len; i++)
    {
      const WbPlanSplit *split = self->plan->evaluations->pdata[i];
      g_autoptr (WbDataset) dataset = load_dataset (self, split->path, WB_SPLIT_DEV, error);
      WbFeatures *features = dataset != NULL ? make_features (self, dataset, FALSE, error) : NULL;

      if (features == NULL)
        return FALSE;
      g_ptr_array_add (self->evaluations, features);
      g_ptr_array_add (self->digests, g_strdup (wb_dataset_get_digest (dataset)));
    }
  return TRUE;
}

static void
note_report (WbTrainJob *self, const WbLoadReport *report)
{
  g_autofree char *ignored = wb_load_report_describe_ignored (report);

  if (report->head_is_new)
    wb_train_job_note (self, "the model has no head for this task: it starts from random weights");
  if (ignored != NULL)
    wb_train_job_note (self, "%s", ignored);
}

static gboolean
load_weights (WbTrainJob *self, GError **error)
{
  g_autoptr (WbLoadReport) report = NULL;
  const gboolean   from_file = self->plan->model_path != NULL;
  g_autofree char *digest = wb_run_plan_compute_base_digest (self->plan, error);

  if (digest == NULL)
    return FALSE;
  if (self->plan->base_digest != NULL && strcmp (digest, self->plan->base_digest) != 0)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
                   "the model %s is not what it was when the run was made; put it back, or start a "
                   "new run",
                   from_file ? self->plan->model_path : self->plan->config_path);
      return FALSE;
    }
  if (!wb_model_initialize (self->model, self->plan->seed, from_file, error))
    return FALSE;
  if (!from_file)
    return TRUE;
  report = wb_checkpoint_load_weights (self->model, self->plan->model_path, error);
  if (report == NULL)
    return FALSE;
  note_report (self, report);
  return TRUE;
}

/* Sizes of the largest batch of training and evaluation. */
static void
choose_limits (WbTrainJob *self, WbModelLimits *limits)
{
  gsize longest = wb_features_get_longest (self->train);

  for (guint i = 0; i < self->evaluations->len; i++)
    longest = MAX (longest, wb_features_get_longest (self->evaluations->pdata[i]));
  self->max_tokens = MAX (wb_feed_get_max_part_tokens (self->feed), longest);
  self->max_sequences = wb_feed_get_max_part_examples (self->feed);
  if (self->evaluations->len > 0)
    {
      self->max_tokens = MAX (self->max_tokens, EVALUATION_TOKENS);
      self->max_sequences = MAX (self->max_sequences, EVALUATION_SEQUENCES);
    }
  *limits = (WbModelLimits){
    .max_tokens = self->max_tokens,
    .max_sequences = self->max_sequences,
    .max_length = longest,
    .max_distinct = wb_feed_get_max_distinct (self->feed, self->config->vocab_size),
    .training = TRUE,
  };
}

static gboolean
make_model (WbTrainJob *self, GError **error)
{
  WbModelLimits limits;
  WbFeedOptions options = self->setup->feed;

  options.with_types = self->config->type_vocab_size > 0;
  self->feed = wb_feed_new (self->train, &options);
  wb_train_setup_count_steps (self->setup, wb_feed_get_steps_per_epoch (self->feed));
  self->model = wb_model_new (self->backend, self->config, &self->head, error);
  if (self->model == NULL || !load_weights (self, error))
    return FALSE;
  choose_limits (self, &limits);
  if (!wb_model_reserve (self->model, &limits, error))
    return FALSE;
  self->trainer = wb_trainer_new (self->model, &self->setup->trainer, error);
  return self->trainer != NULL;
}

static guint64
count_evaluation_tokens (WbTrainJob *self)
{
  guint64 n = 0;

  for (guint i = 0; i < self->evaluations->len; i++)
    n += wb_features_get_n_tokens (self->evaluations->pdata[i]);
  return n;
}

static void
report_ready (WbTrainJob *self)
{
  WbMessage message = { WB_MESSAGE_READY, self->state.step };

  message.text = wb_backend_dup_fingerprint (self->backend);
  message.ready.parameters = wb_parameter_table_get_n_elements (wb_model_get_table (self->model));
  message.ready.total_steps = self->setup->trainer.total_steps;
  message.ready.steps_per_epoch = wb_feed_get_steps_per_epoch (self->feed);
  message.ready.examples = wb_features_get_n (self->train);
  message.ready.tokens =
      wb_feed_count_tokens (self->feed, self->state.step, self->setup->trainer.total_steps);
  message.ready.evaluation_tokens = count_evaluation_tokens (self);
  wb_message_ring_push (self->ring, &message);
}

gboolean
wb_train_job_load (WbTrainJob *self, GError **error)
{
  g_autofree char *folder = wb_run_plan_dup_folder (self->plan);

  wb_train_job_phase (self, "loading", 0);
  self->backend = wb_backend_open (self->setup->backend, self->setup->threads, error);
  if (self->backend == NULL)
    return FALSE;
  wb_backend_set_cancel (self->backend, &self->stop);
  if (!load_config (self, error))
    return FALSE;
  choose_labels (self);
  self->tokenizer = wb_tokenizer_load (folder, error);
  if (self->tokenizer == NULL || !load_train (self, error) || !load_evaluations (self, error))
    return FALSE;
  wb_train_job_phase (self, "loading", 0.5);
  if (!make_model (self, error) || !wb_train_job_check_space (self, error) ||
      !wb_train_job_restore (self, error))
    return FALSE;
  wb_train_job_prune_predictions (self);
  report_ready (self);
  return TRUE;
}
