#include "config.h"

#include "engine/tokenizer/wb-lower-case-private.h"

/* GLib lower-cases letters alone; Unicode also has Roman numerals and circled letters. */
static gunichar
lower (gunichar c)
{
  if (c >= 0x2160 && c <= 0x216f)
    return c + 0x10;
  if (c >= 0x24b6 && c <= 0x24cf)
    return c + 26;
  return g_unichar_tolower (c);
}

gsize
wb_lower_case (gunichar c, char out[WB_LOWER_BYTES])
{
  gsize n;

  if (c != 0x130)
    return (gsize) g_unichar_to_utf8 (lower (c), out);
  out[0] = 'i'; /* the one character that becomes two */
  n = 1 + (gsize) g_unichar_to_utf8 (0x307, out + 1);
  return n;
}
