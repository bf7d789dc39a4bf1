#include "app/core/wb-csv.h"

#include <math.h>
#include <string.h>

static void
begin_cell (GString *out)
{
  if (out->len > 0 && out->str[out->len - 1] != '\n')
    g_string_append_c (out, ',');
}

void
wb_csv_append_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}

void
wb_csv_append_cell (GString *out, const char *text)
{
  if (strpbrk (text, ",\"\r\n") == NULL)
    g_string_append (out, text);
  else
    wb_csv_append_quoted (out, text);
}

/* An empty first cell is quoted: nothing would tell the next one that it is the second. */
void
wb_csv_append_text (GString *out, const char *text)
{
  const gboolean first = out->len == 0 || out->str[out->len - 1] == '\n';

  begin_cell (out);
  if (text == NULL || *text == '\0')
    {
      g_string_append (out, first ? "\"\"" : "");
      return;
    }
  wb_csv_append_cell (out, text);
}

void
wb_csv_append_number (GString *out, double value)
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
  char                     text[G_ASCII_DTOSTR_BUF_SIZE] = "";

  for (gsize i = 0; isfinite (value) && i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (text, sizeof text, formats[i], value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  wb_csv_append_text (out, text);
}

void
wb_csv_append_integer (GString *out, gint64 value)
{
  begin_cell (out);
  g_string_append_printf (out, "%" G_GINT64_FORMAT, value);
}

void
wb_csv_end_line (GString *out)
{
  g_string_append (out, "\r\n");
}
