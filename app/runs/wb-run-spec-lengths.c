/* How long the texts of the training file are for the model's tokenizer: read in another thread. */
#include "config.h"

#include <string.h>

#include "app/runs/wb-model-choice.h"
#include "app/runs/wb-run-spec-private.h"
#include "data/datasets/wb-dataset.h"
#include "engine/tokenizer/wb-tokenizer.h"

#define EXAMPLES 2000
#define WHOLE_BYTES (4 << 20) /* larger files are read in pieces */
#define PIECES 32
#define PIECE_BYTES (64 << 10)

typedef struct
{
  const WbTask *task;
  char         *folder; /* of the tokenizer */
  char        **files;
} Job;

static void
job_free (gpointer data)
{
  Job *self = data;

  g_free (self->folder);
  g_strfreev (self->files);
  g_free (self);
}

static char *
dup_tokenizer_folder (WbRunSpec *spec)
{
  g_auto (GStrv) models = wb_run_spec_split (spec, "model");
  const char      *config = wb_run_spec_get (spec, "init-from-config");
  g_autofree char *path = NULL;

  if (models[0] != NULL && *models[0] != '\0')
    return wb_model_choice_resolve (wb_run_spec_get_workspace (spec), models[0], NULL);
  if (*config == '\0')
    return NULL;
  path = g_canonicalize_filename (config, NULL);
  return g_file_test (path, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&path)
                                                : g_path_get_dirname (path);
}

/* %NULL: the form does not say enough. */
static Job *
job_new (WbRunSpec *spec)
{
  const WbTask *task = wb_task_find (wb_run_spec_get (spec, "task"));
  g_autoptr (GPtrArray) evaluations =
      g_ptr_array_new_with_free_func ((GDestroyNotify) wb_plan_split_free);
  g_autofree char *train = NULL, *folder = dup_tokenizer_folder (spec);
  const char      *field;
  Job             *self;

  if (task == NULL || folder == NULL ||
      !wb_run_spec_find_files (spec, task, &train, evaluations, &field, NULL))
    return NULL;
  self = g_new0 (Job, 1);
  self->task = task;
  self->folder = g_steal_pointer (&folder);
  self->files = wb_task_expand (task, train);
  return self;
}

char *
wb_run_spec_dup_lengths_key (WbRunSpec *self)
{
  Job             *job = job_new (self);
  g_autofree char *files = job != NULL ? g_strjoinv ("\n", job->files) : NULL;
  char            *key =
      job != NULL ? g_strdup_printf ("%s\n%s\n%s", job->task->name, job->folder, files) : NULL;

  g_clear_pointer (&job, job_free);
  return key;
}

/* ---- the other thread ---- */

/* Whole lines of a piece; whole sentences where a line is a word. */
static void
append_piece (GByteArray *out, const Job *job, const char *text, gsize length)
{
  const gboolean words = job->task->kind == WB_TASK_TOKENS;
  const char    *mark = words && g_strstr_len (text, (gssize) length, "\r\n\r\n") ? "\r\n\r\n"
                        : words                                                   ? "\n\n"
                                                                                  : "\n";
  const char    *first = g_strstr_len (text, (gssize) length, mark);
  const char    *last = g_strrstr_len (text, (gssize) length, mark);

  if (first == NULL || last <= first)
    return;
  first += strlen (mark);
  last += strlen (mark);
  if (last > first)
    g_byte_array_append (out, (const guint8 *) first, (guint) (last - first));
}

/* The first line, which may be a header, and pieces from all over a large file of plain lines;
 * %NULL: it is to be read whole. */
static GBytes *
sample_file (const Job *job, const char *path)
{
  g_autoptr (GMappedFile) file =
      wb_dataset_has_plain_name (path) ? g_mapped_file_new (path, FALSE, NULL) : NULL;
  const char *text = file != NULL ? g_mapped_file_get_contents (file) : NULL;
  const gsize length = file != NULL ? g_mapped_file_get_length (file) : 0;
  const char *end = text != NULL ? memchr (text, '\n', MIN (length, PIECE_BYTES)) : NULL;
  GByteArray *out;

  if (end == NULL || length < WHOLE_BYTES || memcmp (text, "\x1f\x8b", 2) == 0)
    return NULL;
  out = g_byte_array_new ();
  g_byte_array_append (out, (const guint8 *) text, (guint) (end - text + 1));
  for (gsize i = 0; i < PIECES; i++)
    append_piece (out, job, text + (length - PIECE_BYTES) / PIECES * i, PIECE_BYTES);
  return g_byte_array_free_to_bytes (out);
}

static WbDataset *
load_sample (const Job *job, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = sample_file (job, path);

  return bytes != NULL
             ? wb_dataset_load_bytes (job->task, bytes, path, WB_SPLIT_TRAIN,
                                      WB_DATASET_IGNORE_LABELS, error)
             : wb_dataset_load (job->task, path, WB_SPLIT_TRAIN, WB_DATASET_IGNORE_LABELS, error);
}

/* Every so many examples of @path; pairs are one text. */
static gboolean
measure_file (const Job         *job,
              const char        *path,
              gsize              wanted,
              const WbTokenizer *tokenizer,
              GArray            *lengths,
              GCancellable      *cancellable,
              GError           **error)
{
  g_autoptr (WbDataset) dataset = load_sample (job, path, error);
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  const gsize n = dataset != NULL ? wb_dataset_get_n_examples (dataset) : 0;
  const gsize taken = MIN (n, wanted);

  if (dataset == NULL)
    return FALSE;
  for (gsize i = 0; i < taken; i++)
    {
      const WbExample *example = &wb_dataset_get_examples (dataset)[i * n / taken];
      guint32          length;

      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !wb_tokenizer_encode (tokenizer, example->text, example->pair, NULL, encoding, error))
        return FALSE;
      length = (guint32) encoding->n;
      g_array_append_val (lengths, length);
    }
  return TRUE;
}

static void
measure_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job  *job = data;
  const gsize n_files = g_strv_length (job->files);
  GError     *error = NULL;
  g_autoptr (WbTokenizer) tokenizer = NULL;
  g_autoptr (GArray) lengths = g_array_new (FALSE, FALSE, sizeof (guint32));

  if (!g_cancellable_set_error_if_cancelled (cancellable, &error))
    tokenizer = wb_tokenizer_load (job->folder, &error);
  for (gsize i = 0; tokenizer != NULL && error == NULL && i < n_files; i++)
    measure_file (job, job->files[i], MAX (EXAMPLES / n_files, 1), tokenizer, lengths, cancellable,
                  &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, wb_run_lengths_new ((const guint32 *) lengths->data, lengths->len),
                           (GDestroyNotify) wb_run_lengths_unref);
}

void
wb_run_spec_measure_lengths_async (WbRunSpec          *self,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Job *job = job_new (self);

  if (job == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                               "no training file or no tokenizer");
      return;
    }
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, measure_thread);
}

WbRunLengths *
wb_run_spec_measure_lengths_finish (WbRunSpec *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
