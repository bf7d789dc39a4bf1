#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/cli/wb-cli-model-private.h"
#include "app/cli/wb-cli-predict-private.h"
#include "app/core/wb-json.h"
#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"
#include "data/datasets/wb-data-file.h"
#include "engine/train/wb-metrics.h"

#define MOST_INPUT ((gsize) 1 << 31)

typedef struct
{
  WbCli        *cli;
  WbCliModel    model;
  const WbTask *task;
  char         *name; /* --model */
  char         *task_name;
  char         *file;
  char         *submission;
} Predict;

static GBytes *
read_input (GError **error)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8      block[65536];
  gssize      n;

  while ((n = read (STDIN_FILENO, block, sizeof block)) > 0 && bytes->len < MOST_INPUT)
    g_byte_array_append (bytes, block, (guint) n);
  if (n == 0)
    return g_byte_array_free_to_bytes (bytes);
  g_byte_array_unref (bytes);
  g_set_error_literal (error, WB_APP_ERROR, WB_APP_ERROR_INVALID,
                       "standard input cannot be read, or is longer than 2 GiB");
  return NULL;
}

static gsize
count_columns (GBytes *bytes)
{
  gsize       size, n = 1;
  const char *text = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i < size && text[i] != '\n'; i++)
    n += text[i] == '\t';
  return n;
}

/* Lines that hold nothing but the task's texts get the header that says so. */
static GBytes *
add_header (const WbTask *task, GBytes *bytes, const char *name)
{
  const WbTaskLayout *layout = wb_task_get_layout (task, WB_SPLIT_TEST);
  const gsize         n_texts = task->is_pair ? 2 : 1;
  GString            *text;
  gsize               size;
  const char         *data = g_bytes_get_data (bytes, &size);

  if (!wb_dataset_has_plain_name (name) || count_columns (bytes) != n_texts ||
      layout->text.names[0] == NULL ||
      g_str_has_prefix (data != NULL ? data : "", layout->text.names[0]))
    return g_bytes_ref (bytes);
  text = g_string_new (layout->text.names[0]);
  if (task->is_pair)
    g_string_append_printf (text, "\t%s", layout->pair.names[0]);
  g_string_append_c (text, '\n');
  g_string_append_len (text, data, (gssize) size);
  return g_string_free_to_bytes (text);
}

/* The role of a file whose name is not one of the task's: the test layout, else the other. */
static WbDataset *
load_bytes (Predict *self, GBytes *bytes, const char *name, GError **error)
{
  g_autofree char   *base = g_path_get_basename (name);
  const WbTaskSplit *split = wb_task_find_split (self->task, base);
  g_autoptr (GBytes) whole = add_header (self->task, bytes, name);
  const WbSplitRole role = split != NULL ? split->role : WB_SPLIT_TEST;
  WbDataset        *dataset =
      wb_dataset_load_bytes (self->task, whole, name, role, WB_DATASET_IGNORE_LABELS, error);

  if (dataset == NULL && split == NULL)
    {
      dataset = wb_dataset_load_bytes (self->task, whole, name, WB_SPLIT_DEV,
                                       WB_DATASET_IGNORE_LABELS, NULL);
      if (dataset != NULL)
        g_clear_error (error);
    }
  return dataset;
}

static WbDataset *
load_input (Predict *self, GError **error)
{
  const gboolean is_input = g_strcmp0 (self->file, "-") == 0;
  g_autoptr (GBytes) bytes = NULL;

  if (self->file == NULL)
    {
      g_set_error_literal (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                           "which file? give --file FILE, or - for standard input");
      return NULL;
    }
  bytes = is_input ? read_input (error) : wb_data_file_read (self->file, error);
  if (bytes == NULL)
    return NULL;
  return load_bytes (self, bytes, is_input ? "standard input" : self->file, error);
}

static void
print_object (Predict *self, WbPredictor *predictor, gsize index, const float *logits, WbJson *json)
{
  const gsize        n = wb_predictor_get_n_labels (predictor);
  const gboolean     regression = self->task->kind == WB_TASK_REGRESSION;
  g_autofree double *probabilities = g_new (double, n);

  wb_softmax (logits, n, probabilities);
  wb_json_begin_object (json, NULL);
  wb_json_integer (json, "index", (gint64) index);
  wb_json_begin_array (json, "logits");
  for (gsize i = 0; i < n; i++)
    wb_json_float (json, NULL, logits[i]);
  wb_json_end_array (json);
  wb_json_begin_array (json, "probabilities");
  for (gsize i = 0; !regression && i < n; i++)
    wb_json_double (json, NULL, probabilities[i]);
  wb_json_end_array (json);
  wb_json_text (json, "label", wb_predictor_get_label (predictor, (gsize) wb_argmax (logits, n)));
  wb_json_end_object (json);
  wb_json_print (json);
}

static void
print_row (Predict *self, WbPredictor *predictor, gsize index, const float *logits)
{
  const gsize        n = wb_predictor_get_n_labels (predictor);
  const gsize        best = (gsize) wb_argmax (logits, n);
  g_autofree double *probabilities = g_new (double, n);

  wb_softmax (logits, n, probabilities);
  if (self->task->kind == WB_TASK_REGRESSION)
    printf ("%zu\t%.6g\n", index, logits[0]);
  else
    printf ("%zu\t%s\t%.6f\n", index, wb_predictor_get_label (predictor, best),
            probabilities[best]);
}

/* What was predicted of what. */
typedef struct
{
  WbDataset    *dataset;
  WbFeatures   *features;
  WbEvaluation *evaluation;
} Predicted;

static void
predicted_clear (Predicted *self)
{
  g_clear_pointer (&self->dataset, wb_dataset_unref);
  g_clear_pointer (&self->features, wb_features_free);
  g_clear_pointer (&self->evaluation, wb_evaluation_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Predicted, predicted_clear)

static gboolean
write_submission (Predict *self, WbPredictor *predictor, const Predicted *what, GError **error)
{
  const WbEvaluation *evaluation = what->evaluation;
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->task->kind == WB_TASK_TOKENS)
    {
      for (gsize i = 0; i < wb_features_get_n (what->features); i++)
        wb_cli_predict_append_words (text, predictor, evaluation, what->features, what->dataset, i);
      return wb_tree_write_file (self->submission, text->str, (gssize) text->len, error);
    }
  wb_task_append_submission_header (self->task, text);
  for (gsize i = 0; i < evaluation->n; i++)
    {
      const float *logits = evaluation->logits + i * evaluation->n_labels;
      const gsize  best = (gsize) wb_argmax (logits, evaluation->n_labels);

      wb_task_append_submission_row (self->task, text, i,
                                     wb_predictor_get_task_label (predictor, best), logits[0]);
    }
  return wb_tree_write_file (self->submission, text->str, (gssize) text->len, error);
}

static void
progress_cb (double share, gpointer user_data)
{
  wb_cli_progress (user_data, "predicting", share, NULL, -1);
}

static void
print_words (Predict *self, WbPredictor *predictor, const Predicted *what)
{
  g_autoptr (WbJson) json = wb_json_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < wb_features_get_n (what->features); i++)
    if (self->cli->json)
      {
        wb_cli_predict_write_words (json, predictor, what->evaluation, what->features,
                                    what->dataset, i);
        wb_json_print (json);
      }
    else
      {
        g_string_truncate (text, 0);
        wb_cli_predict_append_words (text, predictor, what->evaluation, what->features,
                                     what->dataset, i);
        fwrite (text->str, 1, text->len, stdout);
      }
  fflush (stdout);
}

static void
print_all (Predict *self, WbPredictor *predictor, const Predicted *what)
{
  const WbEvaluation *evaluation = what->evaluation;
  g_autoptr (WbJson) json = wb_json_new ();

  if (self->task->kind == WB_TASK_TOKENS)
    {
      print_words (self, predictor, what);
      return;
    }
  for (gsize i = 0; i < evaluation->n; i++)
    {
      const float *logits = evaluation->logits + i * evaluation->n_labels;

      if (self->cli->json)
        print_object (self, predictor, i, logits, json);
      else
        print_row (self, predictor, i, logits);
    }
  fflush (stdout);
}

static gboolean
predict (Predict *self, WbWorkspace *workspace, const WbCliSettings *own, GError **error)
{
  g_autoptr (WbSettings) settings = NULL;
  g_autoptr (WbPredictor) predictor = NULL;
  g_auto (Predicted) what = { 0 };

  if (!wb_cli_model_open (&self->model, workspace, self->name, own, &settings, error))
    return FALSE;
  self->task = wb_cli_model_get_task (&self->model, self->task_name, error);
  if (self->task == NULL || (what.dataset = load_input (self, error)) == NULL)
    return FALSE;
  predictor = wb_cli_model_open_predictor (&self->model, self->task, settings, error);
  if (predictor == NULL)
    return FALSE;
  what.evaluation =
      wb_predictor_run (predictor, what.dataset, progress_cb, self->cli, &what.features, error);
  wb_cli_progress_clear (self->cli);
  if (what.evaluation == NULL)
    return FALSE;
  if (self->submission != NULL && !write_submission (self, predictor, &what, error))
    return FALSE;
  if (self->submission == NULL || self->cli->json)
    print_all (self, predictor, &what);
  return TRUE;
}

static void
predict_clear (Predict *self)
{
  wb_cli_model_clear (&self->model);
  g_free (self->name);
  g_free (self->task_name);
  g_free (self->file);
  g_free (self->submission);
}

static int
run (Predict *self, int argc, char **argv, const WbCliSettings *own)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  GError *error = NULL;
  int     status;

  if (!wb_cli_model_take_name (&self->name, argc, argv, &status))
    return status;
  workspace = wb_cli_open_workspace (self->cli);
  if (workspace == NULL)
    return WB_EXIT_FAILED;
  return predict (self, workspace, own, &error) ? WB_EXIT_OK : wb_cli_fail (error);
}

int
wb_cli_predict (WbCli *cli, int argc, char **argv)
{
  Predict            self = { .cli = cli };
  WbCliSettings      own = { 0 };
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_STRING, &self.name, "Folder, library name or run", "MODEL" },
    { "task", 0, 0, G_OPTION_ARG_STRING, &self.task_name, "The task; a run knows its own", "NAME" },
    { "file", 0, 0, G_OPTION_ARG_FILENAME, &self.file, "Examples; labels are ignored", "FILE|-" },
    { "submission", 0, 0, G_OPTION_ARG_FILENAME, &self.submission,
      "Write a file for the GLUE server; NER: words and labels", "FILE" },
    { NULL },
  };
  g_autofree GOptionEntry *all = wb_cli_settings_merge (&own, entries);
  int                      status;

  if (wb_cli_parse (
          cli, all, "[RUN]",
          "Without --json and --submission: index, label and probability, separated by "
          "tabs.  Lines that hold only the texts (two joined by a tab for pairs) do too.  NER: a "
          "word a "
          "line, blank lines between sentences; out come words and labels in that layout.",
          &argc, &argv, &status))
    status = run (&self, argc, argv, &own);
  predict_clear (&self);
  wb_cli_settings_clear (&own);
  return status;
}
