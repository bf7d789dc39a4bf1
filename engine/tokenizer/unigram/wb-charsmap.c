#include "config.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/unigram/wb-charsmap-private.h"

#define BLOCK 256            /* a node's children lie in one block */
#define MAX_KEY 256          /* bytes of a replaced text */
#define MAX_NESTED 32        /* Normalizer::kMaxTrieResultsSize of the library */
#define MAX_REPLACEMENT 256  /* bytes; the longest of nmt_nfkc has 33 */
#define MAX_UNITS (1u << 20) /* nmt_nfkc has 44,288 */

static guint32
get_unit (const WbCharsmap *self, gsize i)
{
  guint32 unit;

  memcpy (&unit, self->units + 4 * i, sizeof unit);
  return GUINT32_FROM_LE (unit);
}

/* darts.h of darts-clone 0.32: DoubleArrayUnit */
static gsize
unit_offset (guint32 unit)
{
  return (gsize) (unit >> 10) << ((unit & 0x200) >> 6);
}

static gboolean
unit_has_leaf (guint32 unit)
{
  return (unit >> 8 & 1) != 0;
}

static guint32
unit_label (guint32 unit)
{
  return unit & 0x800000ffu;
}

static gboolean
damaged (GError **error, const char *what, gsize where)
{
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
               "normalization map: %s (%" G_GSIZE_FORMAT ")", what, where);
  return FALSE;
}

/* Walks the trie; nested[node]: 0 not seen, 255 being looked at, else leaves on the longest way
 * down + 1; pending[node]: bytes that its last character still lacks. */
typedef struct
{
  const WbCharsmap *map;
  guint8           *nested;
  guint8           *pending;
  GError          **error;
} Walk;

static int /* bytes that are lacking after @byte; -1: no UTF-8 */
follow_utf8 (int pending, guint32 byte)
{
  if (pending > 0)
    return byte >= 0x80 && byte < 0xc0 ? pending - 1 : -1;
  if (byte < 0x80)
    return 0;
  if (byte < 0xc2 || byte > 0xf4)
    return -1;
  return byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
}

static gboolean
check_replacement (Walk *walk, gsize leaf)
{
  const WbCharsmap *map = walk->map;
  const gsize       place = get_unit (map, leaf) & 0x7fffffffu;
  gsize             length;

  if (place >= map->blob_size)
    return damaged (walk->error, "a replacement lies outside of the block", leaf);
  length = strlen (map->blob + place); /* the block ends with a NUL */
  if (length > MAX_REPLACEMENT || !g_utf8_validate (map->blob + place, (gssize) length, NULL))
    return damaged (walk->error, "a replacement is too long or not UTF-8", leaf);
  return TRUE;
}

static gboolean check_node (Walk *walk, gsize node, gsize depth);

static gboolean /* @child of @node, by way of @label */
check_child (Walk *walk, gsize node, gsize child, guint32 label, gsize depth)
{
  const int pending = follow_utf8 (walk->pending[node], label);

  if (pending < 0)
    return damaged (walk->error, "it has a key that is not UTF-8", child);
  if (walk->nested[child] == 255)
    return damaged (walk->error, "it loops", child);
  if (walk->nested[child] != 0)
    return walk->pending[child] == pending ||
           damaged (walk->error, "it has a key that is not UTF-8", child);
  walk->pending[child] = (guint8) pending;
  return check_node (walk, child, depth + 1);
}

static gboolean
check_node (Walk *walk, gsize node, gsize depth)
{
  const guint32  unit = get_unit (walk->map, node);
  const gsize    base = node ^ unit_offset (unit);
  const gboolean leaf = depth > 0 && unit_has_leaf (unit);
  gsize          deepest = 0;

  if (depth > MAX_KEY)
    return damaged (walk->error, "too deep, or it loops", node);
  if (base >= walk->map->n_units)
    return damaged (walk->error, "an offset points outside", node);
  if (leaf && walk->pending[node] > 0)
    return damaged (walk->error, "it has a key that ends within a character", node);
  if (leaf && !check_replacement (walk, base))
    return FALSE;
  walk->nested[node] = 255;
  for (guint32 label = 0; label < BLOCK; label++)
    {
      const gsize child = base ^ label;
      if (unit_label (get_unit (walk->map, child)) != label)
        continue;
      if (!check_child (walk, node, child, label, depth))
        return FALSE;
      deepest = MAX (deepest, (gsize) walk->nested[child] - 1);
    }
  if (deepest + leaf > MAX_NESTED)
    return damaged (walk->error, "too many replacements nest", node);
  walk->nested[node] = (guint8) (deepest + leaf + 1);
  return TRUE;
}

gboolean
wb_charsmap_init (WbCharsmap *self, const guint8 *data, gsize size, GError **error)
{
  g_autofree guint8 *nested = NULL;
  g_autofree guint8 *pending = NULL;
  Walk               walk = { self, NULL, NULL, error };
  guint32            trie_size;

  *self = (WbCharsmap){ 0 };
  if (size == 0)
    return TRUE;
  if (size < sizeof trie_size)
    return damaged (error, "is too short", size);
  memcpy (&trie_size, data, sizeof trie_size);
  trie_size = GUINT32_FROM_LE (trie_size);
  if (trie_size == 0 || trie_size % (4 * BLOCK) != 0 || trie_size / 4 > MAX_UNITS ||
      trie_size >= size - sizeof trie_size)
    return damaged (error, "the trie's size is wrong", trie_size);
  self->units = data + sizeof trie_size;
  self->n_units = trie_size / 4;
  self->blob = (const char *) self->units + trie_size;
  self->blob_size = size - sizeof trie_size - trie_size;
  if (self->blob[self->blob_size - 1] != '\0')
    return damaged (error, "the last replacement does not end", size);
  walk.nested = nested = g_malloc0 (self->n_units);
  walk.pending = pending = g_malloc0 (self->n_units);
  return check_node (&walk, 0, 0);
}

const char *
wb_charsmap_match (const WbCharsmap *self, const char *text, gsize length, gsize *matched)
{
  const char *replacement = NULL;
  gsize       node = 0;

  if (self->n_units == 0)
    return NULL;
  node ^= unit_offset (get_unit (self, 0));
  for (gsize i = 0; i < length; i++)
    {
      const guint32 byte = (guint8) text[i];
      guint32       unit;

      node ^= byte;
      unit = get_unit (self, node);
      if (unit_label (unit) != byte)
        break;
      node ^= unit_offset (unit);
      if (unit_has_leaf (unit))
        {
          replacement = self->blob + (get_unit (self, node) & 0x7fffffffu);
          *matched = i + 1;
        }
    }
  return replacement;
}
