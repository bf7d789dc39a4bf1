#include "app/worker/wb-predictor-private.h"

#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/library/wb-model-folder-private.h"
#include "engine/checkpoint/wb-checkpoint-head.h"
#include "engine/checkpoint/wb-checkpoint.h"

#define MOST_SEQUENCES 512
#define LEAST_TOKENS 512

struct _WbPredictor
{
  const WbTask    *task;
  WbFeatureOptions options;
  gsize            batch_size;
  WbBackend       *backend;
  WbModelConfig   *config;
  WbTokenizer     *tokenizer;
  WbModel         *model;
  WbHeadSpec       head;
  int             *label_map; /* class of the model for each label of the task */
  char            *note;
};

void
wb_predictor_free (WbPredictor *self)
{
  g_clear_pointer (&self->model, wb_model_free);
  g_clear_pointer (&self->tokenizer, wb_tokenizer_free);
  g_clear_pointer (&self->config, wb_model_config_free);
  g_clear_pointer (&self->backend, wb_backend_close);
  g_free (self->label_map);
  g_free (self->note);
  g_free (self);
}

static void
read_settings (WbPredictor *self, WbSettings *settings)
{
  self->options.max_length = wb_settings_get_count (settings, "max-length");
  self->options.truncation = wb_settings_get_choice (settings, "truncation") == 1
                                 ? WB_TRUNCATION_PUBLISHED
                                 : WB_TRUNCATION_LONGEST_FIRST;
  self->options.published_segments = wb_settings_get_choice (settings, "segments") == 1;
  self->batch_size = wb_settings_get_count (settings, "batch-size");
}

static void
choose_labels (WbPredictor *self)
{
  const WbTask      *task = self->task;
  const char *const *names = (const char *const *) self->config->id2label;

  self->head.kind = wb_evaluation_get_head (task);
  self->head.n_labels = wb_task_get_n_labels (task);
  self->label_map = g_new (int, self->head.n_labels);
  self->label_map[0] = 0;
  if (task->kind == WB_TASK_REGRESSION)
    return;
  wb_evaluation_map_labels (task, names, self->config->n_labels, self->label_map);
  self->note = wb_evaluation_describe_labels (task, names, self->config->n_labels);
}

/* Several heads have the same tensors: what the model's file says of them counts, or scores of
 * choices would be taken for a regression. */
static gboolean
check_kind (const WbPredictor *self, const char *folder, GError **error)
{
  g_autoptr (WbWeights) weights = wb_weights_open (folder, error);
  WbHeadSpec made;

  if (weights == NULL)
    return FALSE;
  if (!wb_checkpoint_find_head (weights, self->config, &made) || made.kind == self->head.kind)
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
               "%s has a head for %s, not for %s, as %s needs: train it on %s first", folder,
               wb_head_kind_get_name (made.kind), wb_head_kind_get_name (self->head.kind),
               self->task->title, self->task->title);
  return FALSE;
}

static void
add_note (WbPredictor *self, char *line)
{
  char *before = self->note;

  if (line == NULL)
    return;
  self->note = before != NULL ? g_strjoin ("\n", before, line, NULL) : g_strdup (line);
  g_free (before);
  g_free (line);
}

static gboolean
load_weights (WbPredictor *self, const char *folder, GError **error)
{
  g_autoptr (WbLoadReport) report = NULL;

  if (!wb_model_initialize (self->model, 0, TRUE, error))
    return FALSE;
  report = wb_checkpoint_load_weights (self->model, folder, error);
  if (report == NULL)
    return FALSE;
  add_note (self, wb_load_report_describe_ignored (report));
  if (!report->head_is_new)
    return check_kind (self, folder, error);
  g_set_error (
      error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
      "%s has no head with %zu outputs, as %s needs: it was not trained on it (train does)", folder,
      self->head.n_labels, self->task->title);
  return FALSE;
}

WbPredictor *
wb_predictor_open (const char *folder, const WbTask *task, WbSettings *settings, GError **error)
{
  g_autoptr (WbPredictor) self = g_new0 (WbPredictor, 1);

  self->task = task;
  read_settings (self, settings);
  self->config = wb_checkpoint_load_config (folder, error);
  if (self->config == NULL)
    return NULL;
  choose_labels (self);
  self->tokenizer = wb_model_folder_load_tokenizer (folder, self->config, error);
  if (self->tokenizer == NULL)
    return NULL;
  self->backend = wb_backend_open (wb_settings_get (settings, "backend"),
                                   (guint) wb_settings_get_count (settings, "threads"), error);
  if (self->backend == NULL)
    return NULL;
  self->model = wb_model_new (self->backend, self->config, &self->head, error);
  if (self->model == NULL || !load_weights (self, folder, error))
    return NULL;
  return g_steal_pointer (&self);
}

const char *
wb_predictor_get_note (const WbPredictor *self)
{
  return self->note;
}

const int *
wb_predictor_get_label_map (const WbPredictor *self)
{
  return self->label_map;
}

gsize
wb_predictor_get_n_labels (const WbPredictor *self)
{
  return self->head.n_labels;
}

int
wb_predictor_get_task_label (const WbPredictor *self, gsize i)
{
  for (gsize k = 0; k < self->head.n_labels; k++)
    if (self->label_map[k] == (int) i)
      return (int) k;
  return -1;
}

const char *
wb_predictor_get_label (const WbPredictor *self, gsize i)
{
  const int label = wb_predictor_get_task_label (self, i);
  return self->task->kind == WB_TASK_REGRESSION || label < 0 ? NULL : self->task->labels[label];
}

static gboolean
reserve (WbPredictor *self, const WbFeatures *features, WbModelLimits *limits, GError **error)
{
  const gsize longest = MAX (wb_features_get_longest (features), 1);

  *limits = (WbModelLimits){
    .max_sequences = MIN (MOST_SEQUENCES, MAX (self->batch_size, 1)),
    .max_length = longest,
  };
  limits->max_tokens = MAX (wb_features_get_most_tokens (features, limits->max_sequences), longest);
  limits->max_tokens = MAX (limits->max_tokens, LEAST_TOKENS);
  return wb_model_reserve (self->model, limits, error);
}

WbEvaluation *
wb_predictor_run (WbPredictor     *self,
                  const WbDataset *dataset,
                  void (*progress) (double share, gpointer user_data),
                  gpointer     user_data,
                  WbFeatures **features,
                  GError     **error)
{
  WbFeatureOptions options = self->options;
  WbModelLimits    limits;
  g_autoptr (WbFeatures) made = NULL;
  g_autoptr (WbEvaluation) evaluation = NULL;

  options.label_map = self->task->kind == WB_TASK_REGRESSION ? NULL : self->label_map;
  made = wb_features_new (dataset, self->tokenizer, &options, NULL, NULL, error);
  if (made == NULL || !reserve (self, made, &limits, error))
    return NULL;
  evaluation = wb_evaluation_new (wb_features_get_n_units (made), self->head.n_labels);
  if (!wb_evaluation_run (evaluation, self->model, NULL, made, limits.max_tokens,
                          limits.max_sequences, progress, user_data, error))
    return NULL;
  if (features != NULL)
    *features = g_steal_pointer (&made);
  return g_steal_pointer (&evaluation);
}
