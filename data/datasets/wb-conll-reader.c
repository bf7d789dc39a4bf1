#include "data/datasets/wb-conll-reader.h"

#include <string.h>

#include "data/datasets/wb-dataset.h"
#include "data/tasks/wb-entity-tag.h"

void
wb_conll_reader_init (WbConllReader *self,
                      const WbTask  *task,
                      const char    *data,
                      const char    *end,
                      const char    *name,
                      gboolean       labels)
{
  *self = (WbConllReader){
    .task = task,
    .name = name,
    .labels = labels,
    .next = data,
    .end = end,
    .text = g_string_new (NULL),
    .words = g_array_new (FALSE, FALSE, sizeof (WbWord)),
  };
}

void
wb_conll_reader_clear (WbConllReader *self)
{
  g_string_free (self->text, TRUE);
  g_array_unref (self->words);
}

/* ---- lines ---- */

static gboolean
is_separator (char c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

static WbCell
next_line (WbConllReader *self)
{
  const char *stop = memchr (self->next, '\n', (gsize) (self->end - self->next));
  WbCell      line = { self->next, 0 };

  if (stop == NULL)
    stop = self->end;
  line.length = (gsize) (stop - self->next);
  self->next = stop < self->end ? stop + 1 : stop;
  self->at++;
  return line;
}

/* First and last column; how many there are. */
static guint
split (const WbCell *line, WbCell *first, WbCell *last)
{
  const char *at = line->start, *end = line->start + line->length;
  guint       n = 0;

  while (TRUE)
    {
      const char *start;

      while (at < end && is_separator (*at))
        at++;
      if (at == end)
        return n;
      start = at;
      while (at < end && !is_separator (*at))
        at++;
      *last = (WbCell){ start, (gsize) (at - start) };
      if (n++ == 0)
        *first = *last;
    }
}

static gboolean
check_columns (WbConllReader *self, guint n, GError **error)
{
  const guint needed = self->labels ? 2 : 1;

  if (self->n_columns == 0 && n >= needed)
    self->n_columns = n;
  if (n == self->n_columns && n >= needed)
    return TRUE;
  if (n < needed)
    g_set_error (
        error, WB_DATASET_ERROR, WB_DATASET_ERROR_ROW,
        "%s:%u: the line has one column; a word and its label are needed, with blanks or a "
        "tab between them",
        self->name, self->at);
  else
    g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_ROW,
                 "%s:%u: the line has %u column%s, the first one %u (a word a line, columns "
                 "separated by blanks or tabs)",
                 self->name, self->at, n, n == 1 ? "" : "s", self->n_columns);
  return FALSE;
}

/* ---- labels ---- */

static gboolean
set_label_error (WbConllReader *self, const WbCell *label, GError **error)
{
  g_autofree char *shown = wb_cell_dup_shown (label, 60);
  g_autofree char *known = g_strjoinv (", ", (char **) self->task->labels);

  g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_LABEL,
               "%s:%u: column %u: '%s' is not a label of %s (%s; IOB1 and BIOES are read too)",
               self->name, self->at, self->n_columns, shown, self->task->title, known);
  return FALSE;
}

/* The task's label of an entity's first or further word; -1: it has no such type. */
static int
find_label (const WbTask *task, const WbEntityTag *tag, gboolean starts)
{
  g_autofree char *label = NULL;

  if (tag->prefix == 'O')
    return wb_task_find_label (task, "O", 1);
  label = g_strdup_printf ("%c-%.*s", starts ? 'B' : 'I', (int) tag->length, tag->type);
  return wb_task_find_label (task, label, strlen (label));
}

static gboolean
read_label (WbConllReader *self,
            const WbCell  *cell,
            WbEntityTag   *previous,
            int           *label,
            GError       **error)
{
  WbEntityTag tag;

  *label = -1;
  if (!self->labels)
    return TRUE;
  if (cell->length > 256 || !wb_entity_tag_parse (&tag, cell->start, cell->length))
    return set_label_error (self, cell, error);
  *label = find_label (self->task, &tag, wb_entity_tag_starts (&tag, previous));
  *previous = tag;
  return *label >= 0 || set_label_error (self, cell, error);
}

/* ---- sentences ---- */

static void
add_word (WbConllReader *self, const WbCell *cell, int label)
{
  WbWord word = { .label = label, .line = self->at };

  if (self->words->len > 0)
    {
      word.start = g_array_index (self->words, WbWord, self->words->len - 1).end + 1;
      g_string_append_c (self->text, ' ');
    }
  else
    self->line = self->at;
  word.end = word.start + (guint32) g_utf8_strlen (cell->start, (gssize) cell->length);
  g_string_append_len (self->text, cell->start, (gssize) cell->length);
  g_array_append_val (self->words, word);
}

static gboolean
is_document_start (const WbCell *word)
{
  return word->length == strlen ("-DOCSTART-") && memcmp (word->start, "-DOCSTART-", 10) == 0;
}

gboolean
wb_conll_reader_next (WbConllReader *self, GError **error)
{
  WbEntityTag previous = WB_ENTITY_OUTSIDE;

  g_string_truncate (self->text, 0);
  g_array_set_size (self->words, 0);
  while (self->next < self->end)
    {
      const WbCell line = next_line (self);
      WbCell       first, last;
      const guint  n = split (&line, &first, &last);
      int          label;

      if (n == 0 || is_document_start (&first))
        {
          if (self->words->len > 0)
            return TRUE;
          continue;
        }
      if (!check_columns (self, n, error) || !read_label (self, &last, &previous, &label, error))
        return FALSE;
      add_word (self, &first, label);
    }
  return self->words->len > 0;
}
