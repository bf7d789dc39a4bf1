/* One text, from its characters to probabilities. */
#include <math.h>
#include <string.h>

#include "app/core/wb-json.h"
#include "app/worker/wb-predictions-private.h"
#include "app/worker/wb-trial-private.h"
#include "engine/train/wb-metrics.h"

void
wb_trial_result_free (WbTrialResult *self)
{
  for (gsize i = 0; i < self->n_words; i++)
    {
      g_free (self->words[i].text);
      g_free (self->words[i].label);
    }
  g_free (self->words);
  g_free (self->text);
  g_free (self->pair);
  g_strfreev (self->labels);
  g_free (self->probabilities);
  g_free (self);
}

static GBytes *
make_object (const char *text, const char *pair)
{
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_json_text (json, pair != NULL ? "sentence1" : "sentence", text);
  if (pair != NULL)
    wb_json_text (json, "sentence2", pair);
  wb_json_end_object (json);
  return g_bytes_new (wb_json_get (json), strlen (wb_json_get (json)));
}

/* A word a line: parted at white space, and punctuation at its ends stands alone, as in CoNLL's
 * files. */
static GBytes *
make_lines (const char *text)
{
  GString *lines = g_string_new (NULL);

  for (const char *p = text; *p != '\0';)
    {
      const gunichar c = g_utf8_get_char (p);
      const char    *next = g_utf8_next_char (p);
      const gboolean alone = g_unichar_ispunct (c) && strchr ("'-", (int) *p) == NULL;
      const gboolean blank = g_unichar_isspace (c);

      if ((alone || blank) && lines->len > 0 && lines->str[lines->len - 1] != '\n')
        g_string_append_c (lines, '\n');
      if (!blank)
        g_string_append_len (lines, p, next - p);
      if (alone)
        g_string_append_c (lines, '\n');
      p = next;
    }
  g_string_append_c (lines, '\n');
  return g_string_free_to_bytes (lines);
}

static WbDataset *
make_dataset (const WbTask *task, const char *text, const char *pair, GError **error)
{
  const gboolean words = task->kind == WB_TASK_TOKENS;
  g_autoptr (GBytes) bytes = words ? make_lines (text) : make_object (text, pair);

  return wb_dataset_load_bytes (task, bytes, words ? "text.txt" : "text.jsonl", WB_SPLIT_TEST,
                                WB_DATASET_IGNORE_LABELS, error);
}

static void
take_words (WbTrialResult       *self,
            const WbPredictions *predictions,
            const WbTask        *task,
            const WbDataset     *dataset)
{
  const WbExample   *example = wb_dataset_get_examples (dataset);
  const WbWord      *words = wb_dataset_get_words (dataset) + example->first_word;
  const gsize        n = predictions->n_labels;
  g_autofree double *probabilities = g_new (double, n);

  self->n_words = predictions->first[1];
  self->words = g_new0 (WbTrialWord, self->n_words + 1);
  for (gsize w = 0; w < self->n_words; w++)
    {
      const float *row = predictions->logits + w * n;
      const gint32 best = wb_argmax (row, n);

      wb_softmax (row, n, probabilities);
      self->words[w].text = g_utf8_substring (example->text, words[w].start, words[w].end);
      if (!isnan (row[0]))
        self->words[w].label = g_strdup (task->labels[best]);
      self->words[w].probability = probabilities[best];
    }
}

static void
take_classes (WbTrialResult *self, const WbPredictions *predictions, const WbTask *task)
{
  self->n_labels = predictions->n_labels;
  self->labels = g_strdupv ((char **) task->labels);
  self->probabilities = g_new (double, self->n_labels);
  wb_softmax (predictions->logits, self->n_labels, self->probabilities);
}

WbTrialResult *
wb_trial_compute (WbPredictor  *predictor,
                  const WbTask *task,
                  const char   *text,
                  const char   *pair,
                  GError      **error)
{
  const gint64 start = g_get_monotonic_time ();
  g_autoptr (WbDataset) dataset = make_dataset (task, text, pair, error);
  g_autoptr (WbFeatures) features = NULL;
  g_autoptr (WbEvaluation) evaluation = NULL;
  g_autoptr (WbPredictions) predictions = NULL;
  WbTrialResult *self;

  if (dataset == NULL)
    return NULL;
  evaluation = wb_predictor_run (predictor, dataset, NULL, NULL, &features, error);
  if (evaluation == NULL)
    return NULL;
  predictions =
      wb_predictions_new (evaluation, features, task, wb_predictor_get_label_map (predictor));
  self = g_new0 (WbTrialResult, 1);
  self->text = g_strdup (text);
  self->pair = g_strdup (pair);
  self->value = task->kind == WB_TASK_REGRESSION ? predictions->logits[0] : (double) NAN;
  if (task->kind == WB_TASK_TOKENS)
    take_words (self, predictions, task, dataset);
  else if (task->kind == WB_TASK_CLASSIFICATION)
    take_classes (self, predictions, task);
  self->milliseconds = (double) (g_get_monotonic_time () - start) / 1000;
  return self;
}
