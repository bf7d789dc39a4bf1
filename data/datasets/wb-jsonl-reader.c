#include "data/datasets/wb-jsonl-reader.h"
#include "data/datasets/wb-dataset.h"

#include <string.h>

#define MAX_DEPTH 64
#define MAX_MEMBERS 1000

/* A place in one line.  Behind the end there is always '\0'. */
typedef struct
{
  const char *at;
  const char *end;
  const char *wrong; /* what is the matter; NULL: nothing yet */
} Cursor;

static char
peek (const Cursor *c)
{
  return c->at < c->end ? *c->at : '\0';
}

static void
skip_space (Cursor *c)
{
  while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\r'))
    c->at++;
}

static gboolean
fail (Cursor *c, const char *wrong)
{
  if (c->wrong == NULL)
    c->wrong = wrong;
  return FALSE;
}

static gboolean
take (Cursor *c, char expected, const char *wrong)
{
  skip_space (c);
  if (peek (c) != expected)
    return fail (c, wrong);
  c->at++;
  return TRUE;
}

/* ---- strings ---- */

static gboolean
read_hex (Cursor *c, gunichar *out)
{
  *out = 0;
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (peek (c));

      if (digit < 0)
        return fail (c, "four hexadecimal digits are needed after \\u");
      *out = *out * 16 + (gunichar) digit;
      c->at++;
    }
  return TRUE;
}

/* Behind "\u"; a surrogate needs its second half. */
static gboolean
read_unicode (Cursor *c, GString *out)
{
  gunichar high, low = 0;

  if (!read_hex (c, &high))
    return FALSE;
  if (high >= 0xd800 && high < 0xdc00)
    {
      if (peek (c) != '\\' || c->end - c->at < 2 || c->at[1] != 'u')
        return fail (c, "half a surrogate pair");
      c->at += 2;
      if (!read_hex (c, &low))
        return FALSE;
      if (low < 0xdc00 || low > 0xdfff)
        return fail (c, "half a surrogate pair");
      high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    }
  if (high == 0 || (high >= 0xd800 && high <= 0xdfff))
    return fail (c, "no character (NUL or half a surrogate pair)");
  if (out != NULL)
    g_string_append_unichar (out, high);
  return TRUE;
}

static gboolean
read_escape (Cursor *c, GString *out)
{
  static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  const char        e = peek (c);
  const char       *name = e != '\0' ? strchr (names, e) : NULL;

  c->at++;
  if (e == 'u')
    return read_unicode (c, out);
  if (name == NULL)
    return fail (c, "an unknown escape");
  if (out != NULL)
    g_string_append_c (out, meanings[name - names]);
  return TRUE;
}

/* @out: (nullable) */
static gboolean
read_string (Cursor *c, GString *out)
{
  if (!take (c, '"', "a string is needed here"))
    return FALSE;
  for (;;)
    {
      const char *from = c->at;

      while (c->at < c->end && *c->at != '"' && *c->at != '\\' && (guint8) *c->at >= 0x20)
        c->at++;
      if (out != NULL)
        g_string_append_len (out, from, c->at - from);
      if (peek (c) == '"')
        {
          c->at++;
          return TRUE;
        }
      if (peek (c) != '\\')
        return fail (c, "the string does not end, or holds a control character");
      c->at++;
      if (!read_escape (c, out))
        return FALSE;
    }
}

/* ---- values ---- */

static gboolean
read_word (Cursor *c, const char *word)
{
  const gsize n = strlen (word);

  if ((gsize) (c->end - c->at) < n || memcmp (c->at, word, n) != 0)
    return fail (c, "no JSON value");
  c->at += n;
  return TRUE;
}

static gboolean
read_number (Cursor *c)
{
  const char *from = c->at;

  if (peek (c) == '-')
    c->at++;
  if (!g_ascii_isdigit (peek (c)))
    return fail (c, "no JSON value");
  while (c->at < c->end && (g_ascii_isalnum (*c->at) || strchr ("+-.", *c->at) != NULL))
    c->at++;
  return c->at > from;
}

/* Passes over what is inside of brackets; only depth and strings matter. */
static gboolean
skip_nested (Cursor *c)
{
  guint depth = 0;

  do
    {
      skip_space (c);
      switch (peek (c))
        {
        case '\0':
          return fail (c, "a bracket is not closed");
        case '"':
          if (!read_string (c, NULL))
            return FALSE;
          continue;
        case '{':
        case '[':
          if (++depth > MAX_DEPTH)
            return fail (c, "more than 64 brackets inside each other");
          break;
        case '}':
        case ']':
          depth--;
          break;
        default:
          break;
        }
      c->at++;
    }
  while (depth > 0);
  return TRUE;
}

static gboolean
read_value (Cursor *c, GString *out, char *kind)
{
  const char *from;
  gboolean    ok;

  skip_space (c);
  from = c->at;
  switch (peek (c))
    {
    case '"':
      *kind = '"';
      return read_string (c, out);
    case '{':
    case '[':
      *kind = '{';
      return skip_nested (c);
    case 't':
    case 'f':
      *kind = 't';
      ok = read_word (c, *from == 't' ? "true" : "false");
      break;
    case 'n':
      *kind = 'n';
      ok = read_word (c, "null");
      break;
    default:
      *kind = '0';
      ok = read_number (c);
      break;
    }
  g_string_append_len (out, from, c->at - from);
  return ok;
}

/* ---- rows ---- */

static void
free_string_cb (gpointer data)
{
  g_string_free (data, TRUE);
}

void
wb_jsonl_reader_init (WbJsonlReader *self, const char *data, const char *end, const char *name)
{
  *self = (WbJsonlReader){ 0 };
  wb_tsv_reader_init (&self->lines, data, end, name);
  self->keys = g_ptr_array_new_with_free_func (free_string_cb);
  self->values = g_ptr_array_new_with_free_func (free_string_cb);
  self->kinds = g_array_new (FALSE, TRUE, 1);
}

void
wb_jsonl_reader_clear (WbJsonlReader *self)
{
  wb_tsv_reader_clear (&self->lines);
  g_clear_pointer (&self->keys, g_ptr_array_unref);
  g_clear_pointer (&self->values, g_ptr_array_unref);
  g_clear_pointer (&self->kinds, g_array_unref);
}

static GString *
fresh_string (GPtrArray *strings, gsize i)
{
  if (i == strings->len)
    g_ptr_array_add (strings, g_string_new (NULL));
  return g_string_truncate (strings->pdata[i], 0);
}

static gboolean
read_member (WbJsonlReader *self, Cursor *c)
{
  GString *key = fresh_string (self->keys, self->n);
  GString *value = fresh_string (self->values, self->n);

  if (self->n == MAX_MEMBERS)
    return fail (c, "more than 1,000 members");
  g_array_set_size (self->kinds, (guint) self->n + 1);
  if (!read_string (c, key) || !take (c, ':', "':' is needed here") ||
      !read_value (c, value, &g_array_index (self->kinds, char, self->n)))
    return FALSE;
  self->n++;
  return TRUE;
}

static gboolean
read_object (WbJsonlReader *self, Cursor *c)
{
  if (!take (c, '{', "a line is one JSON object, '{' is needed here"))
    return FALSE;
  skip_space (c);
  if (peek (c) == '}')
    c->at++;
  else
    {
      do
        {
          if (!read_member (self, c))
            return FALSE;
          skip_space (c);
        }
      while (peek (c) == ',' && c->at++ < c->end);
      if (!take (c, '}', "',' or '}' is needed here"))
        return FALSE;
    }
  skip_space (c);
  return c->at == c->end || fail (c, "something stands behind the object");
}

gboolean
wb_jsonl_reader_next (WbJsonlReader *self, GError **error)
{
  WbCell line;
  Cursor c = { 0 };

  self->n = 0;
  if (!wb_tsv_reader_next_line (&self->lines, &line))
    return FALSE;
  c.at = line.start;
  c.end = line.start + line.length;
  if (read_object (self, &c))
    return TRUE;
  g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_ROW,
               "%s:%u: byte %" G_GSIZE_FORMAT " of the line: %s", self->lines.name,
               self->lines.line, (gsize) (c.at - line.start), c.wrong);
  return FALSE;
}

const GString *
wb_jsonl_reader_get (const WbJsonlReader *self, const char *key, char *kind)
{
  for (gsize i = 0; i < self->n; i++)
    if (g_ascii_strcasecmp (((GString *) self->keys->pdata[i])->str, key) == 0)
      {
        *kind = g_array_index (self->kinds, char, i);
        return *kind == 'n' ? NULL : self->values->pdata[i];
      }
  return NULL;
}
