#include "config.h"

#include <string.h>

#include "engine/files/wb-checksum.h"
#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-file-writer.h"
#include "engine/files/wb-reader.h"
#include "engine/train/wb-trainer-private.h"

/* The state of a training as a file: a head (what it belongs to and how long everything is), then
 * sections one after another, each with the checksum of its bytes behind it.  Numbers as the
 * machine has them: a state resumes bit-equal on the same machine only; a foreign byte order fails
 * the magic number. */

#define MAGIC G_GUINT64_CONSTANT (0x3145544154534257) /* "WBSTATE1" */
#define PIECE ((gsize) 1 << 20)

typedef struct
{
  guint64 magic;
  guint64 step;
  guint64 n_dense;
  guint64 vocabulary;
  guint64 embedding;
  guint64 n_touched; /* rows of the word table that ever had a gradient */
  guint64 optimizer;
  double  beta1;
  double  beta2;
  double  epsilon;
  guint64 checksum; /* of all before */
} Head;

/* One section: a run of bytes in memory, or the touched rows of a table. */
typedef struct
{
  const char *name;
  void       *data;
  gsize       bytes; /* of the run, or of one row */
  gboolean    by_row;
} Section;

#define N_SECTIONS 8

static Head
head_new (const WbTrainer *self, guint64 n_touched)
{
  const WbTensor word = wb_trainer_get_word (self);
  Head           head = {
              .magic = MAGIC,
              .step = self->step,
              .n_dense = self->n_dense,
              .vocabulary = word.rows,
              .embedding = word.cols,
              .n_touched = n_touched,
              .optimizer = self->options.optimizer,
              .beta1 = self->options.beta1,
              .beta2 = self->options.beta2,
              .epsilon = self->options.epsilon,
  };

  return head;
}

static guint64
head_checksum (const Head *head)
{
  WbChecksum sum;

  wb_checksum_init (&sum);
  wb_checksum_update (&sum, head, offsetof (Head, checksum));
  return wb_checksum_get (&sum);
}

/* The history is of the rows' updates. */
static gsize
n_factors (const WbTrainer *self, guint64 step)
{
  return self->word == WB_TRAINER_NO_WORD ? 0 : step;
}

/* Dense parameters lie around the word table in the model's block: one section before it, one
 * behind. */
static void
list_sections (WbTrainer *self, Section sections[N_SECTIONS])
{
  const WbTensor word = wb_trainer_get_word (self);
  const gsize    n_stored = wb_parameter_table_get_n_stored (wb_model_get_table (self->model));
  float *const   block = wb_model_get_parameter (self->model, 0).data;
  const gsize    row = word.cols * sizeof (float), dense = self->n_dense * sizeof (float);
  const gsize    before = word.data != NULL ? (gsize) ((float *) word.data - block) : 0;
  const gsize    behind = before + word.rows * word.cols;
  const Section  all[N_SECTIONS] = {
     { "history", self->factors, n_factors (self, self->step) * sizeof *self->factors, FALSE },
     { "weights before the word table", block, before * sizeof *block, FALSE },
     { "weights behind the word table", block + behind, (n_stored - behind) * sizeof *block, FALSE },
     { "first moments", self->dense.m, dense, FALSE },
     { "second moments", self->dense.v, dense, FALSE },
     { "rows of the word table", word.data, row, TRUE },
     { "first moments of the rows", self->rows.m, row, TRUE },
     { "second moments of the rows", self->rows.v, row, TRUE },
  };

  memcpy (sections, all, sizeof all);
}

/* Numbers of the touched rows and how many updates each has had: (2 n_touched). */
static guint32 *
list_touched (const WbTrainer *self, gsize *n_touched)
{
  const gsize rows = wb_trainer_get_word (self).rows;
  guint32    *list;
  gsize       n = 0;

  for (gsize r = 0; r < rows; r++)
    n += self->row_touched[r] != 0;
  *n_touched = n;
  list = g_new (guint32, MAX (2 * n, 1));
  n = 0;
  for (gsize r = 0; r < rows; r++)
    if (self->row_touched[r])
      {
        list[n] = (guint32) r;
        list[*n_touched + n++] = self->row_updates[r];
      }
  return list;
}

typedef struct
{
  WbFileWriter *writer;
  WbChecksum    sum;
} Output;

static gboolean
output_add (Output *self, gconstpointer data, gsize bytes, GError **error)
{
  wb_checksum_update (&self->sum, data, bytes);
  return wb_file_writer_write (self->writer, data, bytes, error);
}

static gboolean
output_end_section (Output *self, GError **error)
{
  const guint64 sum = wb_checksum_get (&self->sum);

  wb_checksum_init (&self->sum);
  return wb_file_writer_write (self->writer, &sum, sizeof sum, error);
}

/* Rows are gathered, so that a million short rows are not a million calls. */
static gboolean
output_add_rows (Output        *self,
                 const Section *section,
                 const guint32 *touched,
                 gsize          n_touched,
                 char          *piece,
                 GError       **error)
{
  const gsize at_once = MAX (PIECE / section->bytes, 1);

  for (gsize i = 0; i < n_touched; i += at_once)
    {
      const gsize n = MIN (at_once, n_touched - i);

      for (gsize k = 0; k < n; k++)
        memcpy (piece + k * section->bytes,
                (char *) section->data + touched[i + k] * section->bytes, section->bytes);
      if (!output_add (self, piece, n * section->bytes, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_sections (WbTrainer     *self,
                Output        *out,
                const guint32 *touched,
                gsize          n_touched,
                GError       **error)
{
  Section          sections[N_SECTIONS];
  g_autofree char *piece = NULL;

  list_sections (self, sections);
  piece = g_malloc (MAX (PIECE, sections[N_SECTIONS - 1].bytes));
  for (gsize s = 0; s < N_SECTIONS; s++)
    {
      const Section *section = &sections[s];

      if (!(section->by_row ? output_add_rows (out, section, touched, n_touched, piece, error)
                            : output_add (out, section->data, section->bytes, error)) ||
          !output_end_section (out, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
wb_trainer_save (WbTrainer *self, const char *path, GError **error)
{
  g_autofree guint32 *touched = NULL;
  g_autoptr (WbFileWriter) writer = NULL;
  Output out;
  Head   head;
  gsize  n_touched;

  g_return_val_if_fail (self != NULL && path != NULL, FALSE);

  touched = list_touched (self, &n_touched);
  head = head_new (self, n_touched);
  head.checksum = head_checksum (&head);
  writer = wb_file_writer_new (path, error);
  out.writer = writer;
  wb_checksum_init (&out.sum);
  return writer != NULL && wb_file_writer_write (writer, &head, sizeof head, error) &&
         output_add (&out, touched, 2 * n_touched * sizeof *touched, error) &&
         output_end_section (&out, error) &&
         write_sections (self, &out, touched, n_touched, error) &&
         wb_file_writer_commit (writer, error);
}

/* A file read from the front, its place known for messages. */
typedef struct
{
  WbReader  *file;
  guint64    place;
  WbChecksum sum;
  char      *piece;
  gsize      piece_size;
} Input;

static gboolean
input_read (Input *self, void *data, gsize bytes, GError **error)
{
  if (!wb_reader_read (self->file, self->place, data, bytes, error))
    return FALSE;
  wb_checksum_update (&self->sum, data, bytes);
  self->place += bytes;
  return TRUE;
}

static gboolean
input_end_section (Input *self, const char *name, guint64 start, GError **error)
{
  const guint64 sum = wb_checksum_get (&self->sum);
  guint64       stored;

  if (!input_read (self, &stored, sizeof stored, error))
    return FALSE;
  wb_checksum_init (&self->sum);
  return stored == sum || wb_reader_fail (self->file, error,
                                          "damaged between bytes %" G_GUINT64_FORMAT
                                          " and %" G_GUINT64_FORMAT " (%s)",
                                          start, self->place, name);
}

/* Whether the state is one of this model and optimizer; a later step with other numbers would not
 * be the same training. */
static gboolean
check_belongs (const Input *in, const WbTrainer *self, const Head *head, GError **error)
{
  const Head mine = head_new (self, 0);

  if (head->n_dense != mine.n_dense || head->vocabulary != mine.vocabulary ||
      head->embedding != mine.embedding)
    return wb_reader_fail (
        in->file, error,
        "belongs to another model: %" G_GUINT64_FORMAT " dense weights and a word "
        "table of %" G_GUINT64_FORMAT " × %" G_GUINT64_FORMAT ", not %" G_GUINT64_FORMAT
        " and %" G_GUINT64_FORMAT " × %" G_GUINT64_FORMAT,
        head->n_dense, head->vocabulary, head->embedding, mine.n_dense, mine.vocabulary,
        mine.embedding);
  if (head->optimizer != mine.optimizer || head->beta1 != mine.beta1 || head->beta2 != mine.beta2 ||
      head->epsilon != mine.epsilon)
    return wb_reader_fail (in->file, error,
                           "belongs to another optimizer (betas %g and %g, epsilon %g)",
                           head->beta1, head->beta2, head->epsilon);
  return TRUE;
}

static gboolean
read_head (Input *in, const WbTrainer *self, Head *head, GError **error)
{
  if (!input_read (in, head, sizeof *head, error))
    return FALSE;
  wb_checksum_init (&in->sum);
  if (head->magic != MAGIC)
    return wb_reader_fail (in->file, error, "byte 0: not the state of a training");
  if (head->checksum != head_checksum (head))
    return wb_reader_fail (in->file, error, "damaged between bytes 0 and %zu (head)", sizeof *head);
  if (!check_belongs (in, self, head, error))
    return FALSE;
  if (head->n_touched > head->vocabulary || head->step >= G_MAXUINT32 ||
      n_factors (self, head->step) > in->file->size / sizeof (WbOptimizerFactors))
    return wb_reader_fail (in->file, error, "byte 0: a head that makes no sense");
  return TRUE;
}

/* (2 n_touched): ascending row numbers and their updates, none later than the step. */
static guint32 *
read_touched (Input *in, const Head *head, GError **error)
{
  const gsize         n = head->n_touched;
  g_autofree guint32 *touched = g_new (guint32, MAX (2 * n, 1));
  const guint64       start = in->place;

  if (!input_read (in, touched, 2 * n * sizeof *touched, error) ||
      !input_end_section (in, "list of rows", start, error))
    return NULL;
  for (gsize i = 0; i < n; i++)
    if (touched[i] >= head->vocabulary || (i > 0 && touched[i] <= touched[i - 1]) ||
        touched[n + i] > head->step)
      {
        wb_reader_fail (in->file, error,
                        "byte %" G_GUINT64_FORMAT ": a list of rows that makes no sense",
                        start + i * sizeof *touched);
        return NULL;
      }
  return g_steal_pointer (&touched);
}

/* Into place, or nowhere (@keep false) to see whether it is whole. */
static gboolean
read_run (Input *in, const Section *section, gboolean keep, GError **error)
{
  for (gsize done = 0; done < section->bytes;)
    {
      const gsize n = MIN (in->piece_size, section->bytes - done);

      if (!input_read (in, keep ? (char *) section->data + done : in->piece, n, error))
        return FALSE;
      done += n;
    }
  return TRUE;
}

static gboolean
read_rows (Input         *in,
           const Section *section,
           const guint32 *touched,
           gsize          n_touched,
           gboolean       keep,
           GError       **error)
{
  const gsize at_once = MAX (PIECE / section->bytes, 1);

  for (gsize i = 0; i < n_touched; i += at_once)
    {
      const gsize n = MIN (at_once, n_touched - i);

      if (!input_read (in, in->piece, n * section->bytes, error))
        return FALSE;
      for (gsize k = 0; keep && k < n; k++)
        memcpy ((char *) section->data + touched[i + k] * section->bytes,
                in->piece + k * section->bytes, section->bytes);
    }
  return TRUE;
}

static gboolean
read_sections (Input         *in,
               WbTrainer     *self,
               const Head    *head,
               const guint32 *touched,
               gboolean       keep,
               GError       **error)
{
  Section sections[N_SECTIONS];

  list_sections (self, sections);
  sections[0].bytes = n_factors (self, head->step) * sizeof *self->factors;
  for (gsize s = 0; s < N_SECTIONS; s++)
    {
      const Section *section = &sections[s];
      const guint64  start = in->place;

      if (!(section->by_row ? read_rows (in, section, touched, head->n_touched, keep, error)
                            : read_run (in, section, keep, error)) ||
          !input_end_section (in, section->name, start, error))
        return FALSE;
    }
  return in->place == in->file->size ||
         wb_reader_fail (in->file, error,
                         "%" G_GUINT64_FORMAT " bytes follow the end, from byte %" G_GUINT64_FORMAT
                         " on",
                         in->file->size - in->place, in->place);
}

static void
set_rows (WbTrainer *self, const Head *head, const guint32 *touched)
{
  if (head->vocabulary == 0)
    return;
  memset (self->row_updates, 0, head->vocabulary * sizeof *self->row_updates);
  memset (self->row_touched, 0, head->vocabulary);
  for (gsize i = 0; i < head->n_touched; i++)
    {
      self->row_touched[touched[i]] = TRUE;
      self->row_updates[touched[i]] = touched[head->n_touched + i];
    }
}

/* Twice over the file: first to see that all of it is whole, then into place. */
static gboolean
load (Input *in, WbTrainer *self, GError **error)
{
  g_autofree guint32 *touched = NULL;
  Head                head;
  guint64             start;

  if (!read_head (in, self, &head, error))
    return FALSE;
  touched = read_touched (in, &head, error);
  if (touched == NULL || !wb_trainer_reserve_factors (self, n_factors (self, head.step), error))
    return FALSE;
  start = in->place;
  if (!read_sections (in, self, &head, touched, FALSE, error))
    return FALSE;
  in->place = start;
  if (!read_sections (in, self, &head, touched, TRUE, error))
    return FALSE;
  set_rows (self, &head, touched);
  self->step = head.step;
  return TRUE;
}

gboolean
wb_trainer_load (WbTrainer *self, const char *path, GError **error)
{
  Input    in = { .file = NULL };
  gboolean ok;

  g_return_val_if_fail (self != NULL && path != NULL, FALSE);
  g_return_val_if_fail (self->step == 0, FALSE);

  in.piece_size = MAX (PIECE, wb_trainer_get_word (self).cols * 4);
  in.piece = g_malloc (in.piece_size);
  wb_checksum_init (&in.sum);
  in.file = wb_reader_open (path, error);
  ok = in.file != NULL && load (&in, self, error);
  wb_reader_free (in.file);
  g_free (in.piece);
  return ok;
}
