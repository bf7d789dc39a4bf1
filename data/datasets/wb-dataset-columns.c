#include "data/datasets/wb-dataset-columns.h"

#include <math.h>
#include <string.h>

/* What other data sets call their texts; both names of a pair must be there. */
static const char *const single_names[] = { "sentence", "text" };
static const char *const pair_names[][2] = {
  { "sentence1", "sentence2" }, { "premise", "hypothesis" }, { "question1", "question2" },
  { "question", "sentence" },   { "text1", "text2" },        { "text", "pair" },
};
static const char *const label_names[] = { "label", "gold_label" };

double
wb_cell_to_number (const WbCell *cell)
{
  char   text[64];
  char  *end;
  double value;

  if (cell->length == 0 || cell->length >= sizeof text)
    return NAN;
  memcpy (text, cell->start, cell->length);
  text[cell->length] = '\0';
  value = g_ascii_strtod (text, &end);
  return *end == '\0' && isfinite (value) && !g_ascii_isspace (text[0]) ? value : (double) NAN;
}

gboolean
wb_task_knows_label (const WbTask *task, const WbCell *cell)
{
  double value;

  if (task->kind == WB_TASK_CLASSIFICATION)
    return wb_task_find_label (task, cell->start, cell->length) >= 0;
  value = wb_cell_to_number (cell);
  return value >= task->target_min && value <= task->target_max;
}

/* ---- by name ---- */

static int
find_name (const GArray *cells, const char *name)
{
  for (guint i = 0; i < cells->len; i++)
    if (wb_cell_equals (&g_array_index (cells, WbCell, i), name))
      return (int) i;
  return -1;
}

static int
find_column (const GArray *cells, const WbTaskColumn *column)
{
  int found = -1;

  for (gsize i = 0; found < 0 && i < G_N_ELEMENTS (column->names) && column->names[i] != NULL; i++)
    found = find_name (cells, column->names[i]);
  return found;
}

static gboolean
find_official_texts (WbColumns *self, const WbTask *task, const GArray *cells, WbSplitRole role)
{
  const WbTaskLayout *layout = wb_task_get_layout (task, role);

  self->text = find_column (cells, &layout->text);
  self->pair = task->is_pair ? find_column (cells, &layout->pair) : -1;
  return self->text >= 0 && (!task->is_pair || self->pair >= 0);
}

static gboolean
find_other_texts (WbColumns *self, const WbTask *task, const GArray *cells)
{
  self->pair = -1;
  for (gsize i = 0; !task->is_pair && i < G_N_ELEMENTS (single_names); i++)
    if ((self->text = find_name (cells, single_names[i])) >= 0)
      return TRUE;
  for (gsize i = 0; task->is_pair && i < G_N_ELEMENTS (pair_names); i++)
    {
      self->text = find_name (cells, pair_names[i][0]);
      self->pair = find_name (cells, pair_names[i][1]);
      if (self->text >= 0 && self->pair >= 0)
        return TRUE;
    }
  return FALSE;
}

static int
find_label_column (const WbTask *task, const GArray *cells)
{
  int found = find_column (cells, &task->train.label);

  for (gsize i = 0; found < 0 && i < G_N_ELEMENTS (label_names); i++)
    found = find_name (cells, label_names[i]);
  return found;
}

static gboolean
resolve_by_name (WbColumns    *self,
                 const WbTask *task,
                 WbSplitRole   role,
                 gboolean      labels,
                 const GArray *cells)
{
  if (!find_official_texts (self, task, cells, role) &&
      !find_official_texts (self, task, cells, WB_SPLIT_TRAIN) &&
      !find_other_texts (self, task, cells))
    return FALSE;
  self->label = labels ? find_label_column (task, cells) : -1;
  self->language = task->languages != NULL ? find_column (cells, &task->language) : -1;
  self->has_header = TRUE;
  self->skips_odd = wb_task_get_layout (task, role)->n_columns > 0;
  return TRUE;
}

/* ---- by number ---- */

static int
place (const WbTaskColumn *column, guint n)
{
  if (column->number == WB_NO_COLUMN)
    return -1;
  return column->number < 0 ? (int) n + column->number : column->number;
}

/* FALSE when a row of @n columns has too few. */
static gboolean
resolve_by_number (WbColumns *self, const WbTask *task, const WbTaskLayout *layout, gboolean labels)
{
  self->text = place (&layout->text, self->n);
  self->pair = task->is_pair ? place (&layout->pair, self->n) : -1;
  self->label = labels ? place (&layout->label, self->n) : -1;
  self->has_header = FALSE;
  self->skips_odd = layout->n_columns > 0;
  return self->text >= 0 && (!task->is_pair || self->pair >= 0) && self->text < (int) self->n &&
         self->pair < (int) self->n && self->label < (int) self->n &&
         (layout->n_columns == 0 || (guint) layout->n_columns == self->n);
}

/* A file without the header that it should have: its first row has a label in the label's place. */
static gboolean
resolve_headless (WbColumns *self, const WbTask *task, gboolean labels, const GArray *cells)
{
  int label;

  if (!resolve_by_number (self, task, &task->train, TRUE))
    return FALSE;
  label = self->label;
  if (!labels)
    self->label = -1;
  return !task->train.has_header ||
         wb_task_knows_label (task, &g_array_index (cells, WbCell, label));
}

/* The task's other layout, which has no header: what tells it is a label in the label's place. */
static gboolean
resolve_bare (WbColumns *self, const WbTask *task, gboolean labels, const GArray *cells)
{
  if (task->bare.n_columns == 0 || (guint) task->bare.n_columns != self->n ||
      !resolve_by_number (self, task, &task->bare, TRUE) ||
      !wb_task_knows_label (task, &g_array_index (cells, WbCell, self->label)))
    return FALSE;
  self->label = labels ? self->label : -1;
  self->skips_odd = FALSE;
  return TRUE;
}

/* Plain lines for `predict`: a text, or two. */
static gboolean
resolve_plain (WbColumns *self, const WbTask *task)
{
  self->text = 0;
  self->pair = task->is_pair ? 1 : -1;
  self->label = -1;
  self->has_header = self->skips_odd = FALSE;
  return self->n == (task->is_pair ? 2u : 1u);
}

/* ---- what is wrong ---- */

static gboolean
set_row_error (GError **error, const WbTsvReader *reader, const WbTaskLayout *layout)
{
  int last = MAX (layout->text.number, MAX (layout->pair.number, layout->label.number));

  g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_ROW,
               "%s:%u: the row has %u column%s, %d are needed (%s)", reader->name, reader->line,
               reader->cells->len, reader->cells->len == 1 ? "" : "s",
               layout->n_columns > 0 ? layout->n_columns : last + 1, reader->format);
  return FALSE;
}

static char *
list_header (const GArray *cells)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < cells->len && i < 16; i++)
    {
      g_autofree char *shown = wb_cell_dup_shown (&g_array_index (cells, WbCell, i), 40);

      g_string_append_printf (list, "%s'%s'", i > 0 ? ", " : "", shown);
    }
  if (cells->len > 16)
    g_string_append (list, ", …");
  return g_string_free (list, FALSE);
}

static gboolean
set_column_error (GError           **error,
                  const WbTask      *task,
                  const WbTsvReader *reader,
                  const char        *missing)
{
  g_autofree char *list = list_header (reader->cells);

  g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_COLUMN,
               "%s:%u: no column '%s', which %s needs; the header has %s", reader->name,
               reader->line, missing, task->title, list);
  return FALSE;
}

static const char *
first_missing (const WbTask *task, const WbTaskLayout *layout, const GArray *cells)
{
  return find_column (cells, &layout->text) < 0 || !task->is_pair ? layout->text.names[0]
                                                                  : layout->pair.names[0];
}

/* ---- all together ---- */

/* A file that needs no header has one when it names both the text and the label. */
static gboolean
is_header (const WbColumns *self, const WbTaskLayout *layout, gboolean labels)
{
  return layout->has_header || self->label >= 0 || !labels;
}

gboolean
wb_columns_resolve (WbColumns         *self,
                    const WbTask      *task,
                    WbSplitRole        role,
                    WbDatasetFlags     flags,
                    const WbTsvReader *reader,
                    GError           **error)
{
  const WbTaskLayout *layout = wb_task_get_layout (task, role);
  const gboolean      ignore = (flags & WB_DATASET_IGNORE_LABELS) != 0;
  const gboolean      labels = !ignore && role != WB_SPLIT_TEST;
  const GArray       *cells = reader->cells;

  *self = (WbColumns){ .n = cells->len, .language = -1 };
  if (resolve_by_name (self, task, role, labels, cells) && is_header (self, layout, labels))
    return !labels || self->label >= 0 ||
           set_column_error (error, task, reader, layout->label.names[0]);
  if ((ignore && resolve_plain (self, task)) || resolve_bare (self, task, labels, cells))
    return TRUE;
  if (!layout->has_header)
    return resolve_by_number (self, task, layout, labels) || set_row_error (error, reader, layout);
  if ((labels || ignore) && resolve_headless (self, task, labels, cells))
    return TRUE;
  return set_column_error (error, task, reader, first_missing (task, layout, cells));
}

/* ---- JSON ---- */

static const GString *
get_member (const WbJsonlReader *reader, const char *key)
{
  char           kind;
  const GString *value = wb_jsonl_reader_get (reader, key, &kind);

  return value != NULL && (kind == '"' || kind == '0') ? value : NULL;
}

static const GString *
get_column (const WbJsonlReader *reader, const WbTaskColumn *column)
{
  const GString *value = NULL;

  for (gsize i = 0; value == NULL && i < G_N_ELEMENTS (column->names) && column->names[i] != NULL;
       i++)
    value = get_member (reader, column->names[i]);
  return value;
}

static gboolean
get_texts (const WbJsonlReader *reader,
           const WbTask        *task,
           const WbTaskLayout  *layout,
           const GString      **text,
           const GString      **pair)
{
  *text = get_column (reader, &layout->text);
  *pair = task->is_pair ? get_column (reader, &layout->pair) : NULL;
  if (*text != NULL && (!task->is_pair || *pair != NULL))
    return TRUE;
  for (gsize i = 0; !task->is_pair && i < G_N_ELEMENTS (single_names); i++)
    if ((*text = get_member (reader, single_names[i])) != NULL)
      return TRUE;
  for (gsize i = 0; task->is_pair && i < G_N_ELEMENTS (pair_names); i++)
    {
      *text = get_member (reader, pair_names[i][0]);
      *pair = get_member (reader, pair_names[i][1]);
      if (*text != NULL && *pair != NULL)
        return TRUE;
    }
  return FALSE;
}

static gboolean
set_member_error (GError             **error,
                  const WbTask        *task,
                  const WbJsonlReader *reader,
                  const char          *missing)
{
  g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_COLUMN,
               "%s:%u: no member \"%s\" with a text, which %s needs", reader->lines.name,
               reader->lines.line, missing, task->title);
  return FALSE;
}

gboolean
wb_columns_resolve_json (const WbTask        *task,
                         WbSplitRole          role,
                         WbDatasetFlags       flags,
                         const WbJsonlReader *reader,
                         const GString      **text,
                         const GString      **pair,
                         const GString      **label,
                         GError             **error)
{
  const WbTaskLayout *layout = wb_task_get_layout (task, role);

  *label = NULL;
  if (!get_texts (reader, task, layout, text, pair))
    return set_member_error (error, task, reader,
                             task->is_pair ? pair_names[0][0] : single_names[0]);
  if ((flags & WB_DATASET_IGNORE_LABELS) != 0 || role == WB_SPLIT_TEST)
    return TRUE;
  *label = get_column (reader, &task->train.label);
  for (gsize i = 0; *label == NULL && i < G_N_ELEMENTS (label_names); i++)
    *label = get_member (reader, label_names[i]);
  return *label != NULL || set_member_error (error, task, reader, "label");
}

const GString *
wb_columns_get_json_language (const WbTask *task, const WbJsonlReader *reader)
{
  return task->languages != NULL ? get_column (reader, &task->language) : NULL;
}
