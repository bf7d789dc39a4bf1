#include "app/worker/wb-evaluation-private.h"

#include <math.h>
#include <string.h>

#include "app/feed/wb-feed-private.h"
#include "app/tasks/wb-entity-score-private.h"
#include "engine/train/wb-metrics.h"

WbEvaluation *
wb_evaluation_new (gsize n, gsize n_labels)
{
  WbEvaluation *self = g_new0 (WbEvaluation, 1);

  self->n = n;
  self->n_labels = n_labels;
  self->logits = g_new0 (float, n *n_labels + 1);
  return self;
}

void
wb_evaluation_free (WbEvaluation *self)
{
  g_free (self->logits);
  g_free (self);
}

/* Rows of the words' first pieces. */
static void
scatter_words (WbEvaluation     *self,
               const WbBatch    *batch,
               const WbFeatures *features,
               const float      *logits)
{
  const gsize row = self->n_labels * sizeof (float);

  for (gsize i = 0; i < batch->n_sequences; i++)
    {
      const gint32 *tokens, *labels;
      gsize         first;
      const gsize   n =
          wb_features_get_words (features, batch->ordinals[i], &first, &tokens, &labels);

      for (gsize w = 0; w < n; w++)
        if (tokens[w] >= 0)
          memcpy (self->logits + (first + w) * self->n_labels,
                  logits + (gsize) (batch->cu_seqlens[i] + tokens[w]) * self->n_labels, row);
    }
}

static void
scatter (WbEvaluation *self, const WbBatch *batch, const WbFeatures *features, const float *logits)
{
  if (batch->token_labels != NULL)
    {
      scatter_words (self, batch, features, logits);
      return;
    }
  for (gsize i = 0; i < batch->n_sequences; i++)
    memcpy (self->logits + batch->ordinals[i] * self->n_labels, logits + i * self->n_labels,
            self->n_labels * sizeof (float));
}

gboolean
wb_evaluation_run (WbEvaluation     *self,
                   WbModel          *model,
                   WbTrainer        *trainer,
                   const WbFeatures *features,
                   gsize             max_tokens,
                   gsize             max_sequences,
                   void (*progress) (double share, gpointer user_data),
                   gpointer user_data,
                   GError **error)
{
  const gboolean with_types = wb_model_get_config (model)->type_vocab_size > 0;
  g_autoptr (WbSweep) sweep = wb_sweep_new (features, max_tokens, max_sequences, with_types);
  const gsize       rows = wb_features_get_token_labels (features, 0) != NULL
                               ? wb_sweep_get_max_tokens (sweep)
                               : max_sequences;
  g_autofree float *logits = g_new (float, rows * self->n_labels);
  WbBatch           batch;
  WbDistinctIds     distinct;
  gsize             done = 0;

  while (wb_sweep_next (sweep, &batch, &distinct))
    {
      if ((trainer != NULL && !wb_trainer_settle (trainer, &distinct, error)) ||
          !wb_model_predict (model, &batch, logits, error))
        return FALSE;
      scatter (self, &batch, features, logits);
      done += batch.n_tokens;
      if (progress != NULL)
        progress ((double) done / (double) wb_features_get_n_tokens (features), user_data);
    }
  return TRUE;
}

/* -log p (label) of one row */
static double
cross_entropy (const WbEvaluation *self, gsize i, gint32 label)
{
  const float *row = self->logits + i * self->n_labels;
  double       largest = -INFINITY, total = 0;

  for (gsize c = 0; c < self->n_labels; c++)
    largest = fmax (largest, row[c]);
  for (gsize c = 0; c < self->n_labels; c++)
    total += exp (row[c] - largest);
  return largest + log (total) - row[label];
}

/* Mean over labelled examples. */
static double
mean_cross_entropy (const WbEvaluation *self, const WbFeatures *features)
{
  double sum = 0;
  gsize  n = 0;

  for (gsize i = 0; i < self->n; i++)
    if (wb_features_get_label (features, i) >= 0)
      {
        sum += cross_entropy (self, i, wb_features_get_label (features, i));
        n++;
      }
  return n > 0 ? sum / (double) n : NAN;
}

/* Mean over labelled words that have a piece: what training minimises. */
static double
mean_word_entropy (const WbEvaluation *self, const WbFeatures *features)
{
  double sum = 0;
  gsize  n = 0;

  for (gsize i = 0; i < wb_features_get_n (features); i++)
    {
      const gint32 *tokens, *labels;
      gsize         first;
      const gsize   n_words = wb_features_get_words (features, i, &first, &tokens, &labels);

      for (gsize w = 0; w < n_words; w++)
        if (tokens[w] >= 0 && labels[w] >= 0)
          {
            sum += cross_entropy (self, first + w, labels[w]);
            n++;
          }
    }
  return n > 0 ? sum / (double) n : NAN;
}

static double
mean_squared_error (const WbEvaluation *self, const WbFeatures *features)
{
  double sum = 0;

  for (gsize i = 0; i < self->n; i++)
    {
      const double difference = (double) self->logits[i] - wb_features_get_target (features, i);
      sum += difference * difference;
    }
  return self->n > 0 ? sum / (double) self->n : NAN;
}

static double
classification_metric (const char *name, const gint32 *predictions, const gint32 *labels, gsize n)
{
  if (strcmp (name, "accuracy") == 0)
    return wb_metric_accuracy (predictions, labels, n);
  if (strcmp (name, "f1") == 0)
    return wb_metric_f1 (predictions, labels, n);
  if (g_str_has_prefix (name, "matthews") || strcmp (name, "mcc") == 0)
    return wb_metric_matthews (predictions, labels, n);
  return NAN;
}

static double
regression_metric (const char *name, const double *predictions, const double *targets, gsize n)
{
  if (g_str_has_prefix (name, "pearson"))
    return wb_metric_pearson (predictions, targets, n);
  if (g_str_has_prefix (name, "spearman"))
    return wb_metric_spearman (predictions, targets, n);
  return NAN;
}

static guint
measure_classes (const WbEvaluation *self,
                 const WbFeatures   *features,
                 const WbTask       *task,
                 double             *values)
{
  g_autofree gint32 *predictions = g_new (gint32, self->n + 1);
  g_autofree gint32 *labels = g_new (gint32, self->n + 1);
  guint              n = 0;

  for (gsize i = 0; i < self->n; i++)
    {
      predictions[i] = wb_argmax (self->logits + i * self->n_labels, self->n_labels);
      labels[i] = wb_features_get_label (features, i);
    }
  for (; task->metrics[n] != NULL; n++)
    values[n] = classification_metric (task->metrics[n], predictions, labels, self->n);
  values[n++] = mean_cross_entropy (self, features);
  return n;
}

static guint
measure_regression (const WbEvaluation *self,
                    const WbFeatures   *features,
                    const WbTask       *task,
                    double             *values)
{
  g_autofree double *predictions = g_new (double, self->n + 1);
  g_autofree double *targets = g_new (double, self->n + 1);
  guint              n = 0;

  for (gsize i = 0; i < self->n; i++)
    {
      predictions[i] = self->logits[i];
      targets[i] = wb_features_get_target (features, i);
    }
  for (; task->metrics[n] != NULL; n++)
    values[n] = regression_metric (task->metrics[n], predictions, targets, self->n);
  values[n++] = mean_squared_error (self, features);
  return n;
}

/* The task's label of the model's class; what no label has is the first: "O". */
static int
unmap (const WbTask *task, const int *map, gint32 class)
{
  if (map == NULL)
    return MAX (class, 0);
  for (int i = 0; task->labels[i] != NULL; i++)
    if (map[i] == class)
      return i;
  return 0;
}

void
wb_evaluation_get_words (const WbEvaluation *self,
                         const WbFeatures   *features,
                         const WbTask       *task,
                         const int          *map,
                         gsize               i,
                         int                *gold,
                         int                *predicted)
{
  const gint32 *tokens, *labels;
  gsize         first;
  const gsize   n = wb_features_get_words (features, i, &first, &tokens, &labels);

  for (gsize w = 0; w < n; w++)
    {
      const float *row = self->logits + (first + w) * self->n_labels;

      predicted[w] = tokens[w] < 0 ? 0 : unmap (task, map, wb_argmax (row, self->n_labels));
      if (gold != NULL)
        gold[w] = unmap (task, map, labels[w]);
    }
}

static guint
measure_words (const WbEvaluation *self,
               const WbFeatures   *features,
               const WbTask       *task,
               const int          *map,
               double             *values)
{
  g_autofree int *gold = g_new (int, self->n + 1);
  g_autofree int *predicted = g_new (int, self->n + 1);
  WbEntityScore   score = { 0 };
  guint           n = 0;

  for (gsize i = 0; i < wb_features_get_n (features); i++)
    {
      const gint32 *tokens, *labels;
      gsize         first;
      const gsize   n_words = wb_features_get_words (features, i, &first, &tokens, &labels);

      wb_evaluation_get_words (self, features, task, map, i, gold, predicted);
      wb_entity_score_add (&score, task, gold, predicted, n_words);
    }
  for (; task->metrics[n] != NULL; n++)
    values[n] = wb_entity_score_get (&score, task->metrics[n]);
  values[n++] = mean_word_entropy (self, features);
  return n;
}

guint
wb_evaluation_measure (const WbEvaluation *self,
                       const WbFeatures   *features,
                       const WbTask       *task,
                       const int          *map,
                       double             *values)
{
  if (task->kind == WB_TASK_TOKENS)
    return measure_words (self, features, task, map, values);
  return task->kind == WB_TASK_REGRESSION ? measure_regression (self, features, task, values)
                                          : measure_classes (self, features, task, values);
}

double
wb_evaluation_measure_languages (const WbEvaluation *self,
                                 const WbFeatures   *features,
                                 const WbDataset    *dataset,
                                 double             *accuracies,
                                 gsize              *counts)
{
  const gsize      n = g_strv_length ((char **) wb_dataset_get_task (dataset)->languages);
  const WbExample *examples = wb_dataset_get_examples (dataset);
  double           sum = 0;
  gsize            n_present = 0;

  for (gsize i = 0; i < n; i++)
    {
      accuracies[i] = 0;
      counts[i] = 0;
    }
  for (gsize i = 0; i < self->n; i++)
    if (examples[i].language >= 0)
      {
        counts[examples[i].language]++;
        accuracies[examples[i].language] +=
            wb_argmax (self->logits + i * self->n_labels, self->n_labels) ==
            wb_features_get_label (features, i);
      }
  for (gsize i = 0; i < n; i++)
    {
      accuracies[i] = counts[i] > 0 ? accuracies[i] / (double) counts[i] : (double) NAN;
      sum += counts[i] > 0 ? accuracies[i] : 0;
      n_present += counts[i] > 0;
    }
  return n_present > 0 ? sum / (double) n_present : (double) NAN;
}

static guint
index_of (const WbTask *task, const char *metric)
{
  guint i = 0;

  while (task->metrics[i] != NULL && strcmp (task->metrics[i], metric) != 0)
    i++;
  return i; /* past the metrics: the loss */
}

double
wb_evaluation_select (const WbTask *task, const char *metric, const double *values)
{
  double sum = 0;
  guint  n = 0;

  if (metric != NULL && strcmp (metric, "loss") == 0)
    return -values[index_of (task, metric)];
  if (metric != NULL)
    return values[index_of (task, metric)];
  for (; task->selection[n] != NULL; n++)
    sum += values[index_of (task, task->selection[n])];
  return sum / n;
}

char *
wb_evaluation_dup_selection_name (const WbTask *task, const char *metric)
{
  return metric != NULL ? g_strdup (metric) : g_strjoinv ("+", (char **) task->selection);
}

WbHeadKind
wb_evaluation_get_head (const WbTask *task)
{
  static const WbHeadKind heads[] = {
    [WB_TASK_CLASSIFICATION] = WB_HEAD_CLASSIFICATION,
    [WB_TASK_REGRESSION] = WB_HEAD_REGRESSION,
    [WB_TASK_TOKENS] = WB_HEAD_TOKEN,
  };

  return heads[task->kind];
}

/* "NOT ENTAILMENT" is not_entailment: published models write the names of classes in several ways.
 */
static gboolean
is_same_label (const char *a, const char *b)
{
  for (; *a != '\0' && *b != '\0'; a++, b++)
    if (g_ascii_tolower (*a) != g_ascii_tolower (*b) &&
        (strchr ("-_ ", *a) == NULL || strchr ("-_ ", *b) == NULL))
      return FALSE;
  return *a == *b;
}

gboolean
wb_evaluation_map_labels (const WbTask *task, const char *const *names, gsize n_names, int *map)
{
  const gsize n = task->kind == WB_TASK_REGRESSION ? 0 : wb_task_get_n_labels (task);
  gboolean    named = names != NULL && n_names == n;

  for (gsize i = 0; i < n; i++)
    {
      map[i] = -1;
      for (gsize k = 0; named && k < n; k++)
        if (is_same_label (names[k], task->labels[i]))
          map[i] = (int) k;
      named = named && map[i] >= 0;
    }
  for (gsize i = 0; i < n && !named; i++)
    map[i] = (int) i;
  return named;
}

char *
wb_evaluation_describe_labels (const WbTask *task, const char *const *names, gsize n_names)
{
  const gsize      n = task->kind == WB_TASK_REGRESSION ? 0 : wb_task_get_n_labels (task);
  g_autofree int  *map = g_new (int, MAX (n, 1));
  g_autofree char *joined = NULL;

  if (names == NULL || n_names != n || g_str_has_prefix (names[0], "LABEL_") ||
      wb_evaluation_map_labels (task, names, n_names, map))
    return NULL;
  joined = g_strjoinv (", ", (char **) names);
  return g_strdup_printf ("the model's classes are called %s, which are not the labels of %s: they "
                          "are taken in the task's order",
                          joined, task->title);
}
