#include "data/datasets/wb-tsv-reader.h"
#include "data/datasets/wb-dataset.h"

#include <string.h>

gboolean
wb_cell_equals (const WbCell *self, const char *text)
{
  return strlen (text) == self->length &&
         g_ascii_strncasecmp (self->start, text, self->length) == 0;
}

char *
wb_cell_dup_shown (const WbCell *self, gsize max)
{
  g_autofree char *valid = g_utf8_make_valid (self->start, (gssize) MIN (self->length, max));
  GString         *shown = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      g_string_append_printf (shown, "\\x%02x", g_utf8_get_char (at));
    else
      g_string_append_unichar (shown, g_utf8_get_char (at));
  return g_string_free (shown, FALSE);
}

/* Line and column of a place between tabs, both from 1. */
static void
locate (const char *data, const char *place, guint *line, guint *column)
{
  *line = *column = 1;
  for (const char *c = data; c < place; c++)
    {
      if (*c == '\n')
        {
          ++*line;
          *column = 1;
        }
      else if (*c == '\t')
        ++*column;
    }
}

static void
set_encoding_error (const char *data,
                    const char *bad,
                    const char *name,
                    gboolean    tabs,
                    GError    **error)
{
  g_autofree char *where = NULL;
  guint            line, column;

  locate (data, bad, &line, &column);
  where = tabs ? g_strdup_printf ("column %u: ", column) : g_strdup ("");
  g_set_error (
      error, WB_DATASET_ERROR, WB_DATASET_ERROR_ENCODING,
      "%s:%u: %s%s at byte %" G_GSIZE_FORMAT " of the file (0x%02x); save the file as UTF-8", name,
      line, where, *bad == '\0' ? "a NUL" : "not UTF-8", (gsize) (bad - data), (guint8) *bad);
}

gboolean
wb_text_check (const char  *data,
               gsize        length,
               const char  *name,
               gboolean     tabs,
               const char **start,
               GError     **error)
{
  const char *bad;

  *start = data;
  if (length >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    *start += 3;
  if (g_utf8_validate_len (data, length, &bad))
    return TRUE;
  set_encoding_error (data, bad, name, tabs, error);
  return FALSE;
}

void
wb_tsv_reader_init (WbTsvReader *self, const char *data, const char *end, const char *name)
{
  *self = (WbTsvReader){ .name = name,
                         .data = data,
                         .next = data,
                         .end = end,
                         .format = "tab-separated, no quoting" };
  self->cells = g_array_new (FALSE, FALSE, sizeof (WbCell));
}

void
wb_tsv_reader_clear (WbTsvReader *self)
{
  g_clear_pointer (&self->cells, g_array_unref);
}

static gboolean
is_blank (const WbCell *line)
{
  for (gsize i = 0; i < line->length; i++)
    if (line->start[i] != ' ')
      return FALSE;
  return TRUE;
}

gboolean
wb_tsv_reader_next_line (WbTsvReader *self, WbCell *line)
{
  while (self->next < self->end)
    {
      const char *stop = memchr (self->next, '\n', (gsize) (self->end - self->next));

      if (stop == NULL)
        stop = self->end;
      *line = (WbCell){ self->next, (gsize) (stop - self->next) };
      if (line->length > 0 && line->start[line->length - 1] == '\r')
        line->length--;
      self->line++;
      self->next = stop + 1; /* one behind the end at most, where nothing is read */
      if (!is_blank (line))
        return TRUE;
    }
  return FALSE;
}

gboolean
wb_tsv_reader_next (WbTsvReader *self)
{
  WbCell      line;
  const char *end;

  if (!wb_tsv_reader_next_line (self, &line))
    return FALSE;
  end = line.start + line.length;
  g_array_set_size (self->cells, 0);
  for (const char *from = line.start;;)
    {
      const char *tab = memchr (from, '\t', (gsize) (end - from));
      WbCell      cell = { from, (gsize) ((tab != NULL ? tab : end) - from) };

      g_array_append_val (self->cells, cell);
      if (tab == NULL)
        return TRUE;
      from = tab + 1;
    }
}
