#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbChecksum:
 *
 * XXH64 (Collet, "xxHash fast digest algorithm", seed 0) of bytes given in pieces: finds damage at
 * the speed of memory; no protection against intent.  A plain value: starts with
 * wb_checksum_init().
 */
typedef struct
{
  guint64 lanes[4];
  guint64 total;
  guint8  rest[32];
} WbChecksum;

void    wb_checksum_init (WbChecksum *self);
void    wb_checksum_update (WbChecksum *self, gconstpointer data, gsize length);
guint64 wb_checksum_get (const WbChecksum *self);

G_END_DECLS
