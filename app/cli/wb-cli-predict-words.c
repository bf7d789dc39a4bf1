#include "app/cli/wb-cli-predict-private.h"

#include "app/tasks/wb-entity-score-private.h"
#include "engine/train/wb-metrics.h"

/* A sentence and what the model says of it. */
typedef struct
{
  const WbTask       *task;
  const WbExample    *example;
  const WbWord       *words; /* (n) */
  const WbEvaluation *evaluation;
  const gint32       *tokens; /* (n) */
  int                *labels; /* (n) of the task */
  gsize               n;
  gsize               first; /* unit of the first word */
} Sentence;

static void
sentence_init (Sentence           *self,
               const WbPredictor  *predictor,
               const WbEvaluation *evaluation,
               const WbFeatures   *features,
               const WbDataset    *dataset,
               gsize               i)
{
  const gint32 *gold;

  *self = (Sentence){ .task = wb_dataset_get_task (dataset), .evaluation = evaluation };
  self->example = &wb_dataset_get_examples (dataset)[i];
  self->words = wb_dataset_get_words (dataset) + self->example->first_word;
  self->n = wb_features_get_words (features, i, &self->first, &self->tokens, &gold);
  self->labels = g_new (int, self->n + 1);
  wb_evaluation_get_words (evaluation, features, self->task, wb_predictor_get_label_map (predictor),
                           i, NULL, self->labels);
}

/* (transfer full): words @from to @end - 1, as they stand in the file. */
static char *
dup_words (const Sentence *self, gsize from, gsize end)
{
  return g_utf8_substring (self->example->text, self->words[from].start, self->words[end - 1].end);
}

void
wb_cli_predict_append_words (GString            *out,
                             const WbPredictor  *predictor,
                             const WbEvaluation *evaluation,
                             const WbFeatures   *features,
                             const WbDataset    *dataset,
                             gsize               i)
{
  Sentence self;

  sentence_init (&self, predictor, evaluation, features, dataset, i);
  for (gsize w = 0; w < self.n; w++)
    {
      g_autofree char *word = dup_words (&self, w, w + 1);
      g_string_append_printf (out, "%s %s\n", word, self.task->labels[self.labels[w]]);
    }
  g_string_append_c (out, '\n');
  g_free (self.labels);
}

/* ---- JSON ---- */

static void
write_word (const Sentence *self, WbJson *json, gsize w)
{
  const gsize  n = self->tokens[w] >= 0 ? self->evaluation->n_labels : 0;
  const float *logits = self->evaluation->logits + (self->first + w) * self->evaluation->n_labels;
  g_autofree char   *word = dup_words (self, w, w + 1);
  g_autofree double *probabilities = g_new (double, n + 1);

  if (n > 0)
    wb_softmax (logits, n, probabilities);
  wb_json_begin_object (json, NULL);
  wb_json_text (json, "token", word);
  wb_json_text (json, "label", self->task->labels[self->labels[w]]);
  wb_json_begin_array (json, "logits");
  for (gsize c = 0; c < n; c++)
    wb_json_float (json, NULL, logits[c]);
  wb_json_end_array (json);
  wb_json_begin_array (json, "probabilities");
  for (gsize c = 0; c < n; c++)
    wb_json_double (json, NULL, probabilities[c]);
  wb_json_end_array (json);
  wb_json_end_object (json);
}

static void
write_entities (const Sentence *self, WbJson *json)
{
  g_autoptr (GArray) entities = g_array_new (FALSE, FALSE, sizeof (WbEntity));

  wb_entities_find (self->task, self->labels, self->n, entities);
  wb_json_begin_array (json, "entities");
  for (guint i = 0; i < entities->len; i++)
    {
      const WbEntity  *entity = &g_array_index (entities, WbEntity, i);
      g_autofree char *text = dup_words (self, entity->first, entity->end);

      wb_json_begin_object (json, NULL);
      wb_json_text (json, "type", wb_entity_get_type (self->task, entity));
      wb_json_integer (json, "start", (gint64) entity->first);
      wb_json_integer (json, "end", (gint64) entity->end);
      wb_json_text (json, "text", text);
      wb_json_end_object (json);
    }
  wb_json_end_array (json);
}

void
wb_cli_predict_write_words (WbJson             *json,
                            const WbPredictor  *predictor,
                            const WbEvaluation *evaluation,
                            const WbFeatures   *features,
                            const WbDataset    *dataset,
                            gsize               i)
{
  Sentence self;

  sentence_init (&self, predictor, evaluation, features, dataset, i);
  wb_json_begin_object (json, NULL);
  wb_json_integer (json, "index", (gint64) i);
  wb_json_begin_array (json, "tokens");
  for (gsize w = 0; w < self.n; w++)
    write_word (&self, json, w);
  wb_json_end_array (json);
  write_entities (&self, json);
  wb_json_end_object (json);
  g_free (self.labels);
}
