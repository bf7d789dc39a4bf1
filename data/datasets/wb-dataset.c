#include "data/datasets/wb-dataset.h"

#include <math.h>
#include <string.h>

#include "data/datasets/wb-conll-reader.h"
#include "data/datasets/wb-csv-reader.h"
#include "data/datasets/wb-data-file.h"
#include "data/datasets/wb-dataset-columns.h"

G_DEFINE_QUARK (wb_dataset_error, wb_dataset_error)

struct _WbDataset
{
  gatomicrefcount ref_count;
  const WbTask   *task;
  char           *name;
  char           *texts;    /* all texts one after another, each with its NUL */
  GArray         *examples; /* (element-type WbExample) */
  GArray         *words;    /* (element-type WbWord) */
  gsize           n_skipped;
  gsize           label_counts[G_N_ELEMENTS (((WbTask *) NULL)->labels)];
  gboolean        has_labels;
  char           *digest;
};

/* While loading, an example's texts are places in @texts: it moves as it grows. */
typedef struct
{
  WbDataset  *dataset;
  GString    *texts;
  GChecksum  *checksum;
  const char *file;     /* under way */
  int         language; /* that its name says */
} Loader;

WbDataset *
wb_dataset_ref (WbDataset *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
wb_dataset_unref (WbDataset *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->name);
  g_free (self->texts);
  g_array_unref (self->examples);
  g_array_unref (self->words);
  g_free (self->digest);
  g_free (self);
}

/* ---- rows ---- */

static const char *
keep_text (Loader *self, const WbCell *cell)
{
  const gsize place = self->texts->len;

  g_string_append_len (self->texts, cell->start, (gssize) cell->length);
  g_string_append_c (self->texts, '\0');
  g_checksum_update (self->checksum, (const guchar *) self->texts->str + place,
                     (gssize) cell->length + 1);
  return GSIZE_TO_POINTER (place);
}

static gboolean
set_label_error (Loader *self, const WbCell *label, guint32 line, guint column, GError **error)
{
  const WbTask    *task = self->dataset->task;
  g_autofree char *shown = wb_cell_dup_shown (label, 60);
  g_autofree char *known =
      task->kind == WB_TASK_REGRESSION
          ? g_strdup_printf ("a number from %g to %g is needed", task->target_min, task->target_max)
          : g_strjoinv (", ", (char **) task->labels);
  g_autofree char *where =
      column > 0 ? g_strdup_printf ("column %u", column) : g_strdup ("\"label\"");

  g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_LABEL,
               "%s:%u: %s: '%s' is not a label of %s (%s)", self->file, line, where, shown,
               task->title, known);
  return FALSE;
}

/* @label: (nullable); @column: from 1, 0: a member of a JSON object */
static gboolean
add_label (Loader *self, WbExample *example, const WbCell *label, guint column, GError **error)
{
  const WbTask *task = self->dataset->task;

  example->label = -1;
  example->target = NAN;
  if (label == NULL)
    return TRUE;
  if (!wb_task_knows_label (task, label))
    return set_label_error (self, label, example->line, column, error);
  g_checksum_update (self->checksum, (const guchar *) label->start, (gssize) label->length);
  if (task->kind == WB_TASK_REGRESSION)
    example->target = (float) wb_cell_to_number (label);
  else
    {
      example->label = wb_task_find_label (task, label->start, label->length);
      self->dataset->label_counts[example->label]++;
    }
  return TRUE;
}

static gboolean
add_example (Loader       *self,
             guint32       line,
             const WbCell *text,
             const WbCell *pair,
             const WbCell *label,
             guint         column,
             int           language,
             GError      **error)
{
  WbExample example = { .line = line, .language = language };

  example.text = keep_text (self, text);
  if (pair != NULL)
    example.pair = keep_text (self, pair);
  if (!add_label (self, &example, label, column, error))
    return FALSE;
  g_checksum_update (self->checksum, (const guchar *) "\n", 1);
  g_array_append_val (self->dataset->examples, example);
  if (label == NULL)
    self->dataset->has_labels = FALSE;
  return TRUE;
}

/* ---- languages ---- */

static gboolean
set_language_error (Loader *self, const WbCell *cell, guint32 line, guint column, GError **error)
{
  const WbTask    *task = self->dataset->task;
  g_autofree char *shown = wb_cell_dup_shown (cell, 60);
  g_autofree char *known = g_strjoinv (", ", (char **) task->languages);
  g_autofree char *where =
      column > 0 ? g_strdup_printf ("column %u", column) : g_strdup ("\"language\"");

  g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_LABEL,
               "%s:%u: %s: '%s' is not a language of %s (%s)", self->file, line, where, shown,
               task->title, known);
  return FALSE;
}

/* The row's language; it counts for the digest as its label does.  @column: as add_label() has it
 */
static gboolean
find_language (Loader       *self,
               const WbCell *cell,
               guint32       line,
               guint         column,
               int          *language,
               GError      **error)
{
  *language = wb_task_find_language (self->dataset->task, cell->start, cell->length);
  if (*language < 0)
    return set_language_error (self, cell, line, column, error);
  g_checksum_update (self->checksum, (const guchar *) cell->start, (gssize) cell->length);
  return TRUE;
}

/* ---- TSV ---- */

static gboolean
add_tsv_row (Loader *self, const WbTsvReader *reader, const WbColumns *columns, GError **error)
{
  const WbCell *cells = (const WbCell *) (gpointer) reader->cells->data;
  int           language = self->language;

  if (reader->cells->len != columns->n)
    {
      if (columns->skips_odd)
        {
          self->dataset->n_skipped++;
          return TRUE;
        }
      g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_ROW,
                   "%s:%u: the row has %u column%s, the %s %u (%s)", reader->name, reader->line,
                   reader->cells->len, reader->cells->len == 1 ? "" : "s",
                   columns->has_header ? "header" : "first row", columns->n, reader->format);
      return FALSE;
    }
  if (columns->language >= 0 && !find_language (self, &cells[columns->language], reader->line,
                                                (guint) columns->language + 1, &language, error))
    return FALSE;
  return add_example (self, reader->line, &cells[columns->text],
                      columns->pair >= 0 ? &cells[columns->pair] : NULL,
                      columns->label >= 0 ? &cells[columns->label] : NULL,
                      (guint) columns->label + 1, language, error);
}

static gboolean
load_tsv (Loader *self, WbTsvReader *reader, WbSplitRole role, WbDatasetFlags flags, GError **error)
{
  WbColumns columns;

  if (!wb_tsv_reader_next (reader))
    return TRUE; /* empty: said by the caller */
  if (!wb_columns_resolve (&columns, self->dataset->task, role, flags, reader, error))
    return FALSE;
  if (!columns.has_header && !add_tsv_row (self, reader, &columns, error))
    return FALSE;
  while (wb_tsv_reader_next (reader))
    if (!add_tsv_row (self, reader, &columns, error))
      return FALSE;
  return TRUE;
}

/* ---- CSV ---- */

static gboolean
load_csv (Loader *self, WbCsvReader *reader, WbSplitRole role, WbDatasetFlags flags, GError **error)
{
  GError   *local = NULL;
  WbColumns columns;

  if (wb_csv_reader_next (reader, &local) &&
      wb_columns_resolve (&columns, self->dataset->task, role, flags, &reader->rows, &local) &&
      (columns.has_header || add_tsv_row (self, &reader->rows, &columns, &local)))
    while (wb_csv_reader_next (reader, &local))
      if (!add_tsv_row (self, &reader->rows, &columns, &local))
        break;
  if (local != NULL)
    g_propagate_error (error, local);
  return local == NULL;
}

/* ---- JSON Lines ---- */

static gboolean
add_json_row (Loader              *self,
              const WbJsonlReader *reader,
              WbSplitRole          role,
              WbDatasetFlags       flags,
              GError             **error)
{
  const GString *text, *pair, *label;
  const GString *named = wb_columns_get_json_language (self->dataset->task, reader);
  int            language = self->language;
  WbCell         cells[3];

  if (!wb_columns_resolve_json (self->dataset->task, role, flags, reader, &text, &pair, &label,
                                error))
    return FALSE;
  if (named != NULL && !find_language (self, &(WbCell){ named->str, named->len },
                                       reader->lines.line, 0, &language, error))
    return FALSE;
  cells[0] = (WbCell){ text->str, text->len };
  if (pair != NULL)
    cells[1] = (WbCell){ pair->str, pair->len };
  if (label != NULL)
    cells[2] = (WbCell){ label->str, label->len };
  return add_example (self, reader->lines.line, &cells[0], pair != NULL ? &cells[1] : NULL,
                      label != NULL ? &cells[2] : NULL, 0, language, error);
}

static gboolean
load_json (Loader        *self,
           WbJsonlReader *reader,
           WbSplitRole    role,
           WbDatasetFlags flags,
           GError       **error)
{
  GError *local = NULL;

  while (wb_jsonl_reader_next (reader, &local))
    if (!add_json_row (self, reader, role, flags, &local))
      break;
  if (local != NULL)
    g_propagate_error (error, local);
  return local == NULL;
}

/* ---- CoNLL ---- */

static void
add_sentence (Loader *self, const WbConllReader *reader)
{
  WbDataset   *dataset = self->dataset;
  const WbCell text = { reader->text->str, reader->text->len };
  WbExample    example = { .label = -1, .target = NAN, .language = -1, .line = reader->line };

  example.text = keep_text (self, &text);
  example.first_word = dataset->words->len;
  example.n_words = reader->words->len;
  g_array_append_vals (dataset->words, reader->words->data, reader->words->len);
  for (guint i = 0; i < reader->words->len; i++)
    {
      const int label = g_array_index (reader->words, WbWord, i).label;

      if (label < 0)
        continue;
      dataset->label_counts[label]++;
      g_checksum_update (self->checksum, (const guchar *) dataset->task->labels[label], -1);
      g_checksum_update (self->checksum, (const guchar *) " ", 1);
    }
  g_checksum_update (self->checksum, (const guchar *) "\n", 1);
  g_array_append_val (dataset->examples, example);
}

static gboolean
load_conll (Loader *self, WbConllReader *reader, GError **error)
{
  GError *local = NULL;

  while (wb_conll_reader_next (reader, &local))
    add_sentence (self, reader);
  if (!reader->labels)
    self->dataset->has_labels = FALSE;
  if (local != NULL)
    g_propagate_error (error, local);
  return local == NULL;
}

/* ---- loading ---- */

static gboolean
has_json_name (const char *name)
{
  return g_str_has_suffix (name, ".jsonl") || g_str_has_suffix (name, ".jsonl.gz");
}

static gboolean
has_csv_name (const char *name)
{
  return g_str_has_suffix (name, ".csv") || g_str_has_suffix (name, ".csv.gz");
}

gboolean
wb_dataset_has_plain_name (const char *name)
{
  return !has_json_name (name) && !has_csv_name (name);
}

static gboolean
load_text (Loader        *self,
           const char    *data,
           gsize          length,
           WbSplitRole    role,
           WbDatasetFlags flags,
           GError       **error)
{
  const char    *name = self->file, *start, *end = data + length;
  const gboolean words = self->dataset->task->kind == WB_TASK_TOKENS;
  gboolean       ok;

  if (!wb_text_check (data, length, name, !words && wb_dataset_has_plain_name (name), &start,
                      error))
    return FALSE;
  if (words)
    {
      const gboolean labels = role != WB_SPLIT_TEST && (flags & WB_DATASET_IGNORE_LABELS) == 0;
      WbConllReader  reader;

      wb_conll_reader_init (&reader, self->dataset->task, start, end, name, labels);
      ok = load_conll (self, &reader, error);
      wb_conll_reader_clear (&reader);
    }
  else if (has_json_name (name))
    {
      WbJsonlReader reader;

      wb_jsonl_reader_init (&reader, start, end, name);
      ok = load_json (self, &reader, role, flags, error);
      wb_jsonl_reader_clear (&reader);
    }
  else if (has_csv_name (name))
    {
      WbCsvReader reader;

      wb_csv_reader_init (&reader, start, end, name);
      ok = load_csv (self, &reader, role, flags, error);
      wb_csv_reader_clear (&reader);
    }
  else
    {
      WbTsvReader reader;

      wb_tsv_reader_init (&reader, start, end, name);
      ok = load_tsv (self, &reader, role, flags, error);
      wb_tsv_reader_clear (&reader);
    }
  return ok;
}

static gboolean
check_not_empty (WbDataset *self, GError **error)
{
  if (self->examples->len > 0)
    return TRUE;
  g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_EMPTY,
               self->n_skipped > 0 ? "%s: no examples: every row has a wrong number of columns"
                                   : "%s: no examples: the file is empty",
               self->name);
  return FALSE;
}

/* The texts have stopped moving: places become pointers. */
static void
finish (Loader *self)
{
  WbDataset *dataset = self->dataset;

  dataset->texts = g_string_free (g_steal_pointer (&self->texts), FALSE);
  for (guint i = 0; i < dataset->examples->len; i++)
    {
      WbExample *example = &g_array_index (dataset->examples, WbExample, i);

      example->text = dataset->texts + GPOINTER_TO_SIZE (example->text);
      if (dataset->task->is_pair)
        example->pair = dataset->texts + GPOINTER_TO_SIZE (example->pair);
    }
  dataset->digest = g_strdup (g_checksum_get_string (self->checksum));
}

static gboolean
load_file (Loader        *self,
           GBytes        *bytes,
           const char    *name,
           WbSplitRole    role,
           WbDatasetFlags flags,
           GError       **error)
{
  g_autoptr (GBytes) plain = wb_data_file_unpack (bytes, name, WB_DATA_FILE_LIMIT, error);
  const char *data;
  gsize       length;

  if (plain == NULL)
    return FALSE;
  self->file = name;
  self->language = wb_task_find_file_language (self->dataset->task, name);
  data = g_bytes_get_data (plain, &length);
  return load_text (self, data != NULL ? data : "", length, role, flags, error);
}

static void
loader_init (Loader *self, const WbTask *task, const char *name)
{
  WbDataset *dataset = g_new0 (WbDataset, 1);

  g_atomic_ref_count_init (&dataset->ref_count);
  dataset->task = task;
  dataset->name = g_strdup (name);
  dataset->examples = g_array_new (FALSE, FALSE, sizeof (WbExample));
  dataset->words = g_array_new (FALSE, FALSE, sizeof (WbWord));
  dataset->has_labels = TRUE;
  *self = (Loader){ dataset, g_string_new (NULL), g_checksum_new (G_CHECKSUM_SHA256), name, -1 };
}

/* @ok: whether everything was read. */
static WbDataset *
loader_end (Loader *self, gboolean ok, GError **error)
{
  g_autoptr (WbDataset) dataset = self->dataset;

  ok = ok && check_not_empty (dataset, error);
  if (ok)
    finish (self);
  else
    g_string_free (self->texts, TRUE);
  g_checksum_free (self->checksum);
  return ok ? g_steal_pointer (&dataset) : NULL;
}

WbDataset *
wb_dataset_load_bytes (const WbTask  *task,
                       GBytes        *bytes,
                       const char    *name,
                       WbSplitRole    role,
                       WbDatasetFlags flags,
                       GError       **error)
{
  Loader loader;

  g_return_val_if_fail (task != NULL && bytes != NULL && name != NULL, NULL);

  loader_init (&loader, task, name);
  return loader_end (&loader, load_file (&loader, bytes, name, role, flags, error), error);
}

WbDataset *
wb_dataset_load (const WbTask  *task,
                 const char    *path,
                 WbSplitRole    role,
                 WbDatasetFlags flags,
                 GError       **error)
{
  g_auto (GStrv) files = NULL;
  Loader   loader;
  gboolean ok = TRUE;

  g_return_val_if_fail (task != NULL && path != NULL, NULL);

  files = wb_task_expand (task, path);
  loader_init (&loader, task, path);
  for (gsize i = 0; ok && (files[i] != NULL || i == 0); i++)
    {
      const char *file = files[i] != NULL ? files[i] : path; /* not there: the reader says so */
      g_autoptr (GBytes) bytes = wb_data_file_read (file, error);

      ok = bytes != NULL && load_file (&loader, bytes, file, role, flags, error);
      if (files[i] == NULL)
        break;
    }
  return loader_end (&loader, ok, error);
}

/* ---- what is in it ---- */

const WbTask *
wb_dataset_get_task (const WbDataset *self)
{
  return self->task;
}

const char *
wb_dataset_get_name (const WbDataset *self)
{
  return self->name;
}

gsize
wb_dataset_get_n_examples (const WbDataset *self)
{
  return self->examples->len;
}

const WbExample *
wb_dataset_get_examples (const WbDataset *self)
{
  return (const WbExample *) (gpointer) self->examples->data;
}

const WbWord *
wb_dataset_get_words (const WbDataset *self)
{
  return (const WbWord *) (gpointer) self->words->data;
}

gsize
wb_dataset_get_n_words (const WbDataset *self)
{
  return self->words->len;
}

gboolean
wb_dataset_has_labels (const WbDataset *self)
{
  return self->has_labels;
}

gsize
wb_dataset_get_n_skipped (const WbDataset *self)
{
  return self->n_skipped;
}

gsize
wb_dataset_get_label_count (const WbDataset *self, gsize label)
{
  g_return_val_if_fail (label < G_N_ELEMENTS (self->label_counts), 0);
  return self->label_counts[label];
}

const char *
wb_dataset_get_digest (const WbDataset *self)
{
  return self->digest;
}

static gsize
count_classes (const WbDataset *self)
{
  gsize            n = 0;
  const WbExample *examples = wb_dataset_get_examples (self);

  if (self->task->kind == WB_TASK_REGRESSION)
    {
      for (guint i = 1; i < self->examples->len; i++)
        if (examples[i].target != examples[0].target)
          return 2;
      return 1;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (self->label_counts); i++)
    n += self->label_counts[i] > 0;
  return n;
}

static int
first_label (const WbDataset *self)
{
  return self->task->kind == WB_TASK_TOKENS ? wb_dataset_get_words (self)->label
                                            : wb_dataset_get_examples (self)->label;
}

gboolean
wb_dataset_check_trainable (const WbDataset *self, GError **error)
{
  if (!self->has_labels)
    {
      g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_LABEL,
                   "%s: the examples have no labels to learn from", self->name);
      return FALSE;
    }
  if (count_classes (self) >= 2)
    return TRUE;
  if (self->task->kind == WB_TASK_REGRESSION)
    g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_ONE_CLASS,
                 "%s: every example has the score %g; there is nothing to learn", self->name,
                 (double) wb_dataset_get_examples (self)->target);
  else
    g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_ONE_CLASS,
                 "%s: every %s has the label '%s'; %s needs at least two classes", self->name,
                 self->task->kind == WB_TASK_TOKENS ? "word" : "example",
                 self->task->labels[first_label (self)], self->task->title);
  return FALSE;
}
