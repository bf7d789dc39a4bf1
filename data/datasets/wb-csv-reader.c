#include "data/datasets/wb-csv-reader.h"

#include "data/datasets/wb-dataset.h"

void
wb_csv_reader_init (WbCsvReader *self, const char *data, const char *end, const char *name)
{
  wb_tsv_reader_init (&self->rows, data, end, name);
  self->rows.format = "comma-separated, cells with commas or line ends in quotes";
  self->text = g_string_new (NULL);
  self->next_line = 1;
}

void
wb_csv_reader_clear (WbCsvReader *self)
{
  wb_tsv_reader_clear (&self->rows);
  g_string_free (self->text, TRUE);
}

static gboolean
is_row_end (const WbTsvReader *rows)
{
  const char *at = rows->next;

  return at == rows->end || *at == '\n' || (*at == '\r' && (at + 1 == rows->end || at[1] == '\n'));
}

static gboolean
set_error (const WbCsvReader *self, guint32 line, const char *what, GError **error)
{
  g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_ROW,
               "%s:%u: column %u: %s (a quote within quotes is doubled)", self->rows.name, line,
               self->rows.cells->len + 1, what);
  return FALSE;
}

/* Behind the opening quote, to behind the closing one. */
static gboolean
read_quoted (WbCsvReader *self, GError **error)
{
  WbTsvReader  *rows = &self->rows;
  const guint32 opened = self->next_line;

  for (; rows->next < rows->end; rows->next++)
    {
      if (*rows->next == '"')
        {
          rows->next++;
          if (rows->next == rows->end || *rows->next != '"')
            return rows->next == rows->end || *rows->next == ',' || is_row_end (rows) ||
                   set_error (self, self->next_line, "there is text behind the closing quote",
                              error);
        }
      else if (*rows->next == '\n')
        self->next_line++;
      g_string_append_c (self->text, *rows->next);
    }
  return set_error (self, opened, "the quote that opens here is not closed", error);
}

/* A cell is its place in the text until the row is whole: the text moves as it grows. */
static gboolean
read_cell (WbCsvReader *self, GError **error)
{
  WbTsvReader *rows = &self->rows;
  const gsize  place = self->text->len;
  WbCell       cell = { GSIZE_TO_POINTER (place), 0 };

  if (rows->next < rows->end && *rows->next == '"')
    {
      rows->next++;
      if (!read_quoted (self, error))
        return FALSE;
    }
  else
    {
      const char *start = rows->next;

      while (!is_row_end (rows) && *rows->next != ',')
        rows->next++;
      g_string_append_len (self->text, start, rows->next - start);
    }
  cell.length = self->text->len - place;
  g_array_append_val (rows->cells, cell);
  return TRUE;
}

static void
pass_row_end (WbCsvReader *self)
{
  WbTsvReader *rows = &self->rows;

  if (rows->next < rows->end && *rows->next == '\r')
    rows->next++;
  if (rows->next < rows->end && *rows->next == '\n')
    rows->next++;
  self->next_line++;
}

static void
place_cells (WbCsvReader *self)
{
  for (guint i = 0; i < self->rows.cells->len; i++)
    {
      WbCell *cell = &g_array_index (self->rows.cells, WbCell, i);
      cell->start = self->text->str + GPOINTER_TO_SIZE (cell->start);
    }
}

gboolean
wb_csv_reader_next (WbCsvReader *self, GError **error)
{
  WbTsvReader *rows = &self->rows;

  while (rows->next < rows->end && is_row_end (rows))
    pass_row_end (self);
  if (rows->next == rows->end)
    return FALSE;
  g_string_truncate (self->text, 0);
  g_array_set_size (rows->cells, 0);
  rows->line = self->next_line;
  while (TRUE)
    {
      if (!read_cell (self, error))
        return FALSE;
      if (is_row_end (rows))
        break;
      rows->next++; /* the comma */
    }
  pass_row_end (self);
  place_cells (self);
  return TRUE;
}
