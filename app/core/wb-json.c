#include "app/core/wb-json.h"

#include <math.h>
#include <stdio.h>

#include "app/core/wb-json-number-private.h"

struct _WbJson
{
  GString *text;
  gboolean comma; /* a value came before on this level */
};

WbJson *
wb_json_new (void)
{
  WbJson *self = g_new0 (WbJson, 1);
  self->text = g_string_new (NULL);
  return self;
}

void
wb_json_free (WbJson *self)
{
  g_string_free (self->text, TRUE);
  g_free (self);
}

/* JSON strings: control characters escaped, everything else as UTF-8. */
static void
append_string (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_string_append_c (out, '"');
  for (const char *p = valid; *p != '\0'; p++)
    switch (*p)
      {
      case '"':
      case '\\':
        g_string_append_c (out, '\\');
        g_string_append_c (out, *p);
        break;
      case '\n':
        g_string_append (out, "\\n");
        break;
      case '\t':
        g_string_append (out, "\\t");
        break;
      default:
        if ((guchar) *p < 0x20)
          g_string_append_printf (out, "\\u%04x", (guchar) *p);
        else
          g_string_append_c (out, *p);
      }
  g_string_append_c (out, '"');
}

static void
begin_value (WbJson *self, const char *key)
{
  if (self->comma)
    g_string_append_c (self->text, ',');
  self->comma = TRUE;
  if (key != NULL)
    {
      append_string (self->text, key);
      g_string_append_c (self->text, ':');
    }
}

static void
open_level (WbJson *self, const char *key, char bracket)
{
  begin_value (self, key);
  g_string_append_c (self->text, bracket);
  self->comma = FALSE;
}

static void
close_level (WbJson *self, char bracket)
{
  g_string_append_c (self->text, bracket);
  self->comma = TRUE;
}

void
wb_json_begin_object (WbJson *self, const char *key)
{
  open_level (self, key, '{');
}

void
wb_json_end_object (WbJson *self)
{
  close_level (self, '}');
}

void
wb_json_begin_array (WbJson *self, const char *key)
{
  open_level (self, key, '[');
}

void
wb_json_end_array (WbJson *self)
{
  close_level (self, ']');
}

void
wb_json_text (WbJson *self, const char *key, const char *value)
{
  begin_value (self, key);
  if (value == NULL)
    g_string_append (self->text, "null");
  else
    append_string (self->text, value);
}

void
wb_json_integer (WbJson *self, const char *key, gint64 value)
{
  begin_value (self, key);
  g_string_append_printf (self->text, "%" G_GINT64_FORMAT, value);
}

void
wb_json_boolean (WbJson *self, const char *key, gboolean value)
{
  begin_value (self, key);
  g_string_append (self->text, value ? "true" : "false");
}

void
wb_json_null (WbJson *self, const char *key)
{
  wb_json_text (self, key, NULL);
}

/* The shortest of @least to @most digits that reads back as the same number. */
static void
append_number (WbJson *self, const char *key, double value, int most, gboolean is_float)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  begin_value (self, key);
  if (!isfinite (value))
    {
      g_string_append (self->text, "null");
      return;
    }
  for (int digits = 6; digits <= most; digits++)
    {
      char   format[8];
      double back;

      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (text, sizeof text, format, value);
      back = g_ascii_strtod (text, NULL);
      if (is_float ? (float) back == (float) value : back == value)
        break;
    }
  g_string_append (self->text, text);
}

void
wb_json_float (WbJson *self, const char *key, float value)
{
  char text[WB_JSON_FLOAT_LENGTH];

  if (wb_json_format_float (text, value))
    {
      begin_value (self, key);
      g_string_append (self->text, text);
      return;
    }
  append_number (self, key, value, 9, TRUE);
}

void
wb_json_double (WbJson *self, const char *key, double value)
{
  append_number (self, key, value, 17, FALSE);
}

const char *
wb_json_get (WbJson *self)
{
  return self->text->str;
}

void
wb_json_reset (WbJson *self)
{
  g_string_truncate (self->text, 0);
  self->comma = FALSE;
}

void
wb_json_continue (WbJson *self)
{
  g_string_truncate (self->text, 0);
}

void
wb_json_print (WbJson *self)
{
  fputs (self->text->str, stdout);
  fputc ('\n', stdout);
  fflush (stdout);
  wb_json_reset (self);
}
