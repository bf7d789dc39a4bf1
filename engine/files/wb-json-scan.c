#include "config.h"

#include "engine/files/wb-json-scan.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"

/* What the grammar allows next. */
typedef enum
{
  EXPECT_VALUE,
  EXPECT_VALUE_OR_END, /* after [ */
  EXPECT_KEY,          /* after , in an object */
  EXPECT_KEY_OR_END,   /* after { */
  EXPECT_COLON,
  EXPECT_COMMA_OR_END,
  EXPECT_NOTHING, /* the root is complete */
} Expect;

typedef struct
{
  const char *start;
  const char *p;
  const char *end;
  const char *what;    /* (nullable): the first thing wrong */
  guint64     objects; /* bit depth - 1: that level is an object */
  guint       depth;
  Expect      expect;
} Scanner;

G_STATIC_ASSERT (WB_JSON_MAX_DEPTH <= 64);

static gboolean
scanner_fail (Scanner *self, const char *what)
{
  self->what = what;
  return FALSE;
}

static gboolean
scanner_at (const Scanner *self, char c)
{
  return self->p < self->end && *self->p == c;
}

static gsize
skip_digits (Scanner *self)
{
  const char *before = self->p;

  while (self->p < self->end && g_ascii_isdigit (*self->p))
    self->p++;
  return (gsize) (self->p - before);
}

static gint64
count_exponent (const char *digits, gsize n_digits, gboolean negative)
{
  gint64 exponent = 0;

  for (gsize i = 0; i < n_digits && exponent < 100000; i++)
    exponent = exponent * 10 + g_ascii_digit_value (digits[i]);
  return negative ? -exponent : exponent;
}

static gboolean
scan_exponent (Scanner *self, gint64 *exponent)
{
  gboolean    negative = FALSE;
  const char *from;

  *exponent = 0;
  if (!scanner_at (self, 'e') && !scanner_at (self, 'E'))
    return TRUE;
  self->p++;
  negative = scanner_at (self, '-');
  if (negative || scanner_at (self, '+'))
    self->p++;
  from = self->p;
  if (skip_digits (self) == 0)
    return scanner_fail (self, "an exponent without digits");
  *exponent = count_exponent (from, (gsize) (self->p - from), negative);
  return TRUE;
}

static gboolean
scan_number (Scanner *self)
{
  gint64 exponent;
  gsize  n_digits = 0;

  if (scanner_at (self, '-'))
    self->p++;
  if (scanner_at (self, '0'))
    self->p++;
  else if ((n_digits = skip_digits (self)) == 0)
    return scanner_fail (self, "a number without digits");
  if (scanner_at (self, '.'))
    {
      self->p++;
      if (skip_digits (self) == 0)
        return scanner_fail (self, "a number that ends in its point");
    }
  if (!scan_exponent (self, &exponent))
    return FALSE;
  if ((gint64) n_digits + exponent > 308) /* json-glib would make it infinite */
    return scanner_fail (self, "a number of more than 308 digits");
  return TRUE;
}

static gboolean
scan_hex4 (Scanner *self, guint *unit)
{
  *unit = 0;
  if (self->end - self->p < 4)
    return scanner_fail (self, "an unfinished \\u escape");
  for (guint i = 0; i < 4; i++, self->p++)
    {
      const gint digit = g_ascii_xdigit_value (*self->p);

      if (digit < 0)
        return scanner_fail (self, "a \\u escape that is not four hexadecimal digits");
      *unit = *unit << 4 | (guint) digit;
    }
  return TRUE;
}

/* After \u: one unit, or a pair of surrogates. */
static gboolean
scan_unicode_escape (Scanner *self)
{
  guint unit;

  if (!scan_hex4 (self, &unit))
    return FALSE;
  if (unit == 0)
    return scanner_fail (self, "\\u0000 in a string");
  if (unit < 0xd800 || unit > 0xdfff)
    return TRUE;
  if (unit > 0xdbff || self->end - self->p < 2 || self->p[0] != '\\' || self->p[1] != 'u')
    return scanner_fail (self, "half of a surrogate pair");
  self->p += 2;
  if (!scan_hex4 (self, &unit))
    return FALSE;
  return (unit >= 0xdc00 && unit <= 0xdfff) || scanner_fail (self, "half of a surrogate pair");
}

static gboolean
scan_string (Scanner *self) /* at the opening quote */
{
  for (self->p++; self->p < self->end;)
    {
      const guchar c = (guchar) *self->p;

      if (c < 0x20)
        return scanner_fail (self, "a control character in a string");
      self->p++;
      if (c == '"')
        return TRUE;
      if (c != '\\')
        continue;
      if (self->p == self->end)
        break;
      if (*self->p == 'u')
        {
          self->p++;
          if (!scan_unicode_escape (self))
            return FALSE;
        }
      else if (*self->p != '\0' && strchr ("\"\\/bfnrt", *self->p) != NULL)
        self->p++;
      else
        return scanner_fail (self, "an unknown escape");
    }
  return scanner_fail (self, "a string that does not end");
}

static gboolean
scan_word (Scanner *self)
{
  static const char *const words[] = { "true", "false", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      const gsize n = strlen (words[i]);

      if ((gsize) (self->end - self->p) >= n && memcmp (self->p, words[i], n) == 0)
        {
          self->p += n;
          return TRUE;
        }
    }
  return scanner_fail (self, "something that is no JSON value");
}

static void
value_done (Scanner *self)
{
  self->expect = self->depth > 0 ? EXPECT_COMMA_OR_END : EXPECT_NOTHING;
}

static gboolean
scan_open (Scanner *self)
{
  const gboolean is_object = *self->p == '{';

  if (self->depth == WB_JSON_MAX_DEPTH)
    return scanner_fail (self, "nested more than " G_STRINGIFY (WB_JSON_MAX_DEPTH) " levels deep");
  self->objects &= ~(G_GUINT64_CONSTANT (1) << self->depth);
  self->objects |= (guint64) is_object << self->depth;
  self->depth++;
  self->p++;
  self->expect = is_object ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
  return TRUE;
}

static gboolean
scan_value (Scanner *self)
{
  const char c = *self->p;

  if (c == '{' || c == '[')
    return scan_open (self);
  if (!(c == '"'                          ? scan_string (self)
        : c == '-' || g_ascii_isdigit (c) ? scan_number (self)
                                          : scan_word (self)))
    return FALSE;
  value_done (self);
  return TRUE;
}

static gboolean
in_object (const Scanner *self)
{
  return self->depth > 0 && (self->objects >> (self->depth - 1) & 1);
}

static gboolean
scan_close (Scanner *self)
{
  if (*self->p != (in_object (self) ? '}' : ']'))
    return scanner_fail (self, "a bracket that closes another kind");
  self->p++;
  self->depth--;
  value_done (self);
  return TRUE;
}

static gboolean
scan_key (Scanner *self)
{
  if (*self->p != '"')
    return scanner_fail (self, "expected a key in quotes");
  if (!scan_string (self))
    return FALSE;
  self->expect = EXPECT_COLON;
  return TRUE;
}

static gboolean
scan_separator (Scanner *self)
{
  const gboolean colon = self->expect == EXPECT_COLON;

  if (*self->p != (colon ? ':' : ','))
    return scanner_fail (self, colon ? "expected a colon" : "expected a comma or the end");
  self->p++;
  self->expect = !colon && in_object (self) ? EXPECT_KEY : EXPECT_VALUE;
  return TRUE;
}

static gboolean
scan_token (Scanner *self)
{
  const gboolean closes = *self->p == '}' || *self->p == ']';

  switch (self->expect)
    {
    case EXPECT_VALUE_OR_END:
      return closes ? scan_close (self) : scan_value (self);
    case EXPECT_VALUE:
      return scan_value (self);
    case EXPECT_KEY_OR_END:
      return closes ? scan_close (self) : scan_key (self);
    case EXPECT_KEY:
      return scan_key (self);
    case EXPECT_COLON:
      return scan_separator (self);
    case EXPECT_COMMA_OR_END:
      return closes ? scan_close (self) : scan_separator (self);
    case EXPECT_NOTHING:
    default:
      return scanner_fail (self, "something after the end");
    }
}

static gboolean
scan_all (Scanner *self)
{
  for (;;)
    {
      while (self->p < self->end &&
             (*self->p == ' ' || *self->p == '\t' || *self->p == '\n' || *self->p == '\r'))
        self->p++;
      if (self->p == self->end)
        return self->expect == EXPECT_NOTHING ||
               scanner_fail (self, self->depth > 0 ? "the text ends inside an object or array"
                                                   : "the text is empty");
      if (!scan_token (self))
        return FALSE;
    }
}

static void
set_error_at (GError **error, const char *name, const Scanner *scanner)
{
  const char *line_start = scanner->start;
  gsize       line = 1;

  for (const char *p = scanner->start; p < scanner->p; p++)
    if (*p == '\n')
      {
        line++;
        line_start = p + 1;
      }
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
               "%s: line %zu, column %zu: %s; this is not the JSON it should be", name, line,
               (gsize) (scanner->p - line_start) + 1, scanner->what);
}

gboolean
wb_json_scan (const char *text, gsize length, const char *name, GError **error)
{
  Scanner scanner = { .start = text, .p = text, .end = text + length, .expect = EXPECT_VALUE };

  g_return_val_if_fail (text != NULL, FALSE);

  if (!g_utf8_validate_len (text, length, &scanner.p))
    scanner.what = "a byte that is not UTF-8";
  else
    {
      scanner.p = text;
      if (scan_all (&scanner))
        return TRUE;
    }
  set_error_at (error, name, &scanner);
  return FALSE;
}
