#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Little-endian numbers at any address, as weights files have them. */

static inline guint16
wb_bytes_get_u16 (const void *p)
{
  guint16 x;

  memcpy (&x, p, sizeof x);
  return GUINT16_FROM_LE (x);
}

static inline guint32
wb_bytes_get_u32 (const void *p)
{
  guint32 x;

  memcpy (&x, p, sizeof x);
  return GUINT32_FROM_LE (x);
}

static inline guint64
wb_bytes_get_u64 (const void *p)
{
  guint64 x;

  memcpy (&x, p, sizeof x);
  return GUINT64_FROM_LE (x);
}

G_END_DECLS
