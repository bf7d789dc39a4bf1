#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbCharsmap:
 *
 * The precompiled normalization map of a SentencePiece file (fact sheet 8.3): a darts-clone trie
 * over UTF-8 bytes, whose leaves are places in a block of NUL-terminated replacements.  Borrows
 * the file's bytes.
 */
typedef struct
{
  const guint8 *units; /* (n_units) 32-bit, little endian, not aligned */
  gsize         n_units;
  const char   *blob;
  gsize         blob_size;
} WbCharsmap;

/**
 * wb_charsmap_init:
 * @error: WB_ENGINE_ERROR_INVALID
 *
 * Checks everything that a walk through the map can reach: sizes, offsets, that there are no
 * loops, that no more than 32 replacements nest (the library's buffer), that every key is made of
 * whole characters, and that each replacement lies inside the block, ends there and is UTF-8.  An
 * empty map is allowed.
 */
gboolean wb_charsmap_init (WbCharsmap *self, const guint8 *data, gsize size, GError **error);

/* The replacement of the longest prefix of @text that has one, and that prefix's length; %NULL:
 * none has. */
const char *
wb_charsmap_match (const WbCharsmap *self, const char *text, gsize length, gsize *matched);

G_END_DECLS
