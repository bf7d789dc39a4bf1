#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Characters of valid UTF-8; unlike g_utf8_strlen() it does not stop at NUL. */
static inline guint32
wb_count_characters (const char *text, gsize length)
{
  guint32 n = 0;

  for (gsize i = 0; i < length; i++)
    n += ((guint8) text[i] & 0xc0) != 0x80;
  return n;
}

G_END_DECLS
