#include "config.h"

#include <string.h>

#include "engine/tokenizer/bpe/wb-bpe-split-private.h"

static WbUnicodeClass
search (gunichar c)
{
  gsize low = 0, high = wb_n_unicode_ranges;

  while (low < high)
    {
      const gsize middle = (low + high) / 2;
      if (c > wb_unicode_ranges[middle].last)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == wb_n_unicode_ranges || c < wb_unicode_ranges[low].first)
    return WB_UNICODE_OTHER;
  return (WbUnicodeClass) wb_unicode_ranges[low].class;
}

WbUnicodeClass
wb_unicode_get_class (gunichar c)
{
  if (c >= 0x80)
    return search (c);
  if (g_ascii_isalpha ((char) c))
    return WB_UNICODE_LETTER;
  if (g_ascii_isdigit ((char) c))
    return WB_UNICODE_NUMBER;
  return c == ' ' || (c >= '\t' && c <= '\r') ? WB_UNICODE_SPACE : WB_UNICODE_OTHER;
}

static WbUnicodeClass
class_at (const char *p)
{
  return wb_unicode_get_class ((guchar) *p < 0x80 ? (gunichar) *p : g_utf8_get_char (p));
}

static const char *
skip_class (const char *p, const char *end, WbUnicodeClass class)
{
  while (p < end && class_at (p) == class)
    p = g_utf8_next_char (p);
  return p;
}

static gsize /* bytes of the contraction at @p, an apostrophe; 0: none */
contraction_length (const char *p, const char *end)
{
  const gsize left = (gsize) (end - p);

  if (left >= 2 && (p[1] == 's' || p[1] == 't' || p[1] == 'm' || p[1] == 'd'))
    return 2;
  if (left >= 3 && (memcmp (p + 1, "re", 2) == 0 || memcmp (p + 1, "ve", 2) == 0 ||
                    memcmp (p + 1, "ll", 2) == 0))
    return 3;
  return 0;
}

static const char * /* the last character of white space before a word is left to it */
skip_space (const char *p, const char *end)
{
  const char *last = p;
  const char *next = g_utf8_next_char (p);

  while (next < end && class_at (next) == WB_UNICODE_SPACE)
    {
      last = next;
      next = g_utf8_next_char (next);
    }
  return next < end && last > p ? last : next;
}

const char *
wb_bpe_split_next (const char *text, const char *end)
{
  const gsize n = *text == '\'' ? contraction_length (text, end) : 0;
  const char *p = text;
  WbUnicodeClass class = class_at (p);

  if (n > 0)
    return text + n;
  if (*p == ' ' && p + 1 < end)
    class = class_at (++p);
  return class == WB_UNICODE_SPACE ? skip_space (text, end) : skip_class (p, end, class);
}
