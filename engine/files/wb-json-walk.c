#include "config.h"

#include <string.h>

#include "engine/files/wb-json-walk.h"

static void
skip_blanks (WbJsonWalk *self)
{
  while (self->p < self->end &&
         (*self->p == ' ' || *self->p == '\t' || *self->p == '\n' || *self->p == '\r'))
    self->p++;
}

void
wb_json_walk_init (WbJsonWalk *self, const char *text, gsize length)
{
  *self = (WbJsonWalk){ text, text, text + length };
}

char
wb_json_walk_peek (WbJsonWalk *self)
{
  skip_blanks (self);
  if (self->p == self->end)
    return '\0';
  return *self->p == '-' || g_ascii_isdigit (*self->p) ? '0' : *self->p;
}

gboolean
wb_json_walk_enter (WbJsonWalk *self, char bracket)
{
  if (wb_json_walk_peek (self) != bracket)
    return FALSE;
  self->p++;
  return TRUE;
}

gboolean
wb_json_walk_next (WbJsonWalk *self)
{
  const char c = wb_json_walk_peek (self);

  if (c == ',')
    {
      self->p++;
      skip_blanks (self);
      return TRUE;
    }
  if (c == '}' || c == ']' || c == '\0')
    {
      self->p += c != '\0';
      return FALSE;
    }
  return TRUE;
}

/* Strings */

static guint
read_hex4 (const char *p)
{
  guint unit = 0;

  for (guint i = 0; i < 4; i++)
    unit = unit << 4 | (guint) g_ascii_xdigit_value (p[i]);
  return unit;
}

static const char * /* @p: after \u; surrogates come in pairs, as the scan has seen */
unescape_unicode (const char *p, GString *out)
{
  gunichar c = read_hex4 (p);

  p += 4;
  if (c >= 0xd800 && c <= 0xdbff)
    {
      c = 0x10000 + ((c - 0xd800) << 10) + (read_hex4 (p + 2) - 0xdc00);
      p += 6;
    }
  g_string_append_unichar (out, c);
  return p;
}

static const char * /* @p: after the backslash */
unescape (const char *p, GString *out)
{
  static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
  const char       *at;

  if (*p == 'u')
    return unescape_unicode (p + 1, out);
  at = strchr (from, *p);
  g_string_append_c (out, at != NULL ? to[at - from] : *p);
  return p + 1;
}

static void
unescape_all (const char *p, const char *end, GString *out)
{
  g_string_truncate (out, 0);
  while (p < end)
    {
      const char *escape = memchr (p, '\\', (gsize) (end - p));
      const char *stop = escape != NULL ? escape : end;
      g_string_append_len (out, p, stop - p);
      p = escape != NULL ? unescape (escape + 1, out) : end;
    }
}

const char *
wb_json_walk_string (WbJsonWalk *self, GString *scratch, gsize *length)
{
  const char *first;
  gboolean    escaped = FALSE;

  if (wb_json_walk_peek (self) != '"')
    return NULL;
  first = ++self->p;
  for (; *self->p != '"'; self->p++)
    if (*self->p == '\\')
      {
        escaped = TRUE;
        self->p++;
      }
  *length = (gsize) (self->p++ - first);
  if (!escaped)
    return first;
  unescape_all (first, first + *length, scratch);
  *length = scratch->len;
  return scratch->str;
}

const char *
wb_json_walk_key (WbJsonWalk *self, GString *scratch, gsize *length)
{
  const char *key = wb_json_walk_string (self, scratch, length);

  skip_blanks (self);
  if (self->p < self->end && *self->p == ':')
    self->p++;
  return key;
}

/* Other values */

static gsize
number_length (WbJsonWalk *self)
{
  const char *p = self->p;

  while (p < self->end && (g_ascii_isalnum (*p) || strchr ("+-.", *p) != NULL) && *p != '\0')
    p++;
  return (gsize) (p - self->p);
}

gboolean
wb_json_walk_integer (WbJsonWalk *self, gint64 *value)
{
  char  text[32];
  gsize n;

  if (wb_json_walk_peek (self) != '0')
    return FALSE;
  n = number_length (self);
  if (n >= sizeof text)
    return FALSE;
  memcpy (text, self->p, n);
  text[n] = '\0';
  if (!g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, value, NULL))
    return FALSE;
  self->p += n;
  return TRUE;
}

gboolean
wb_json_walk_double (WbJsonWalk *self, double *value)
{
  char  text[512]; /* longer ones are nobody's scores */
  gsize n;

  if (wb_json_walk_peek (self) != '0')
    return FALSE;
  n = number_length (self);
  if (n >= sizeof text)
    return FALSE;
  memcpy (text, self->p, n);
  text[n] = '\0';
  *value = g_ascii_strtod (text, NULL);
  self->p += n;
  return TRUE;
}

static void
skip_string (WbJsonWalk *self)
{
  for (self->p++; *self->p != '"'; self->p++)
    if (*self->p == '\\')
      self->p++;
  self->p++;
}

void
wb_json_walk_skip (WbJsonWalk *self)
{
  guint depth = 0;

  do
    {
      const char c = wb_json_walk_peek (self);
      if (c == '"')
        {
          skip_string (self);
          continue;
        }
      if (c == '\0')
        return;
      if (c == '{' || c == '[')
        depth++;
      else if (c == '}' || c == ']')
        depth--;
      self->p += c == '0' || c == 't' || c == 'f' || c == 'n' ? number_length (self) : 1;
    }
  while (depth > 0);
}

gsize
wb_json_walk_get_line (const WbJsonWalk *self)
{
  gsize line = 1;

  for (const char *p = self->start; p < self->p; p++)
    line += *p == '\n';
  return line;
}
