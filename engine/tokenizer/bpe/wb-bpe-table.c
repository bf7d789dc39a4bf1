#include "config.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/bpe/wb-bpe-table-private.h"

#define MAX_TOKEN_BYTES 4096

static gboolean G_GNUC_PRINTF (2, 3) fail (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  wb_engine_error_set_valist (error, WB_ENGINE_ERROR_INVALID, format, arguments);
  va_end (arguments);
  return FALSE;
}

WbBpe *
wb_bpe_new (void)
{
  WbBpe *self = g_new0 (WbBpe, 1);

  self->texts = g_string_chunk_new (1 << 16);
  self->symbols = g_array_new (FALSE, FALSE, sizeof (WbBpeSymbol));
  self->by_text = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_id = g_array_new (FALSE, TRUE, sizeof (guint32));
  self->merge_texts = g_string_new (NULL);
  self->merge_places = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->merges = g_array_new (FALSE, FALSE, sizeof (WbBpeMerge));
  self->unknown = -1;
  return self;
}

void
wb_bpe_free (WbBpe *self)
{
  if (self == NULL)
    return;
  g_string_chunk_free (self->texts);
  g_array_unref (self->symbols);
  g_hash_table_unref (self->by_text);
  g_array_unref (self->by_id);
  if (self->merge_texts != NULL)
    g_string_free (self->merge_texts, TRUE);
  g_clear_pointer (&self->merge_places, g_array_unref);
  g_array_unref (self->merges);
  g_free (self->pairs);
  g_free (self);
}

/* Tokens */

static gint32 /* symbol, -1: not there */
find_symbol (const WbBpe *self, const char *text)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (self->by_text, text)) - 1;
}

static gboolean
take_id (WbBpe *self, const char *text, gint32 id, guint32 symbol, GError **error)
{
  if (id < -1 || id >= WB_BPE_MAX_IDS)
    return fail (error, "the token \"%s\" has the impossible id %d", text, id);
  if (id < 0)
    return TRUE;
  if ((guint) id >= self->by_id->len)
    g_array_set_size (self->by_id, (guint) id + 1);
  if (g_array_index (self->by_id, guint32, id) != 0)
    return fail (error, "the tokens \"%s\" and \"%s\" have the same id %d",
                 wb_bpe_get_text (self, id), text, id);
  g_array_index (self->by_id, guint32, id) = symbol + 1;
  return TRUE;
}

gboolean
wb_bpe_add_token (WbBpe *self, const char *text, gsize length, gint32 id, GError **error)
{
  WbBpeSymbol symbol = { NULL, id };

  g_return_val_if_fail (self != NULL && text != NULL && self->pairs == NULL, FALSE);

  if (length == 0 || length > MAX_TOKEN_BYTES || memchr (text, '\0', length) != NULL ||
      !g_utf8_validate_len (text, length, NULL))
    return fail (error, "the token with the id %d is empty, longer than %d bytes or not UTF-8", id,
                 MAX_TOKEN_BYTES);
  if (self->symbols->len >= WB_BPE_MAX_IDS)
    return fail (error, "more than %d tokens", WB_BPE_MAX_IDS);
  symbol.text = g_string_chunk_insert_len (self->texts, text, (gssize) length);
  if (!g_hash_table_insert (self->by_text, (gpointer) symbol.text,
                            GUINT_TO_POINTER (self->symbols->len + 1)))
    return fail (error, "the token \"%s\" is there twice", symbol.text);
  if (!take_id (self, symbol.text, id, self->symbols->len, error))
    return FALSE;
  g_array_append_val (self->symbols, symbol);
  return TRUE;
}

/* Merges */

void
wb_bpe_add_merge (WbBpe      *self,
                  const char *left,
                  gsize       left_length,
                  const char *right,
                  gsize       right_length,
                  gsize       place)
{
  g_return_if_fail (self != NULL && self->pairs == NULL);

  g_string_append_len (self->merge_texts, left, (gssize) left_length);
  g_string_append_c (self->merge_texts, '\0');
  g_string_append_len (self->merge_texts, right, (gssize) right_length);
  g_string_append_c (self->merge_texts, '\0');
  g_array_append_val (self->merge_places, place);
}

static void
new_pairs (WbBpe *self)
{
  guint bits = 4;

  while ((gsize) 1 << bits < 2 * (gsize) self->merge_places->len)
    bits++;
  self->n_pairs = (gsize) 1 << bits;
  self->pair_shift = 64 - bits;
  self->pairs = g_new (WbBpePair, self->n_pairs);
  for (gsize i = 0; i < self->n_pairs; i++)
    self->pairs[i] = (WbBpePair){ 0, WB_BPE_NO_RANK, 0 };
}

static void
put_pair (WbBpe *self, const WbBpeMerge *merge, guint32 rank)
{
  const guint64 pair = (guint64) merge->left << 32 | merge->right;
  gsize         at = (gsize) (pair * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> self->pair_shift);

  while (self->pairs[at].rank != WB_BPE_NO_RANK)
    at = (at + 1) & (self->n_pairs - 1);
  self->pairs[at] = (WbBpePair){ pair, rank, merge->result };
}

static gboolean
close_merge (WbBpe *self, const char *left, const char *right, GString *joined, GError **error)
{
  const gint32 a = find_symbol (self, left), b = find_symbol (self, right);
  gint32       result;
  WbBpeMerge   merge;

  if (a < 0 || b < 0)
    return fail (error, "merges \"%.80s\" and \"%.80s\", but \"%.80s\" is not in the vocabulary",
                 left, right, a < 0 ? left : right);
  g_string_append (g_string_assign (joined, left), right);
  result = find_symbol (self, joined->str);
  if (result < 0)
    return fail (error, "makes \"%.160s\", which is not in the vocabulary", joined->str);
  if (wb_bpe_find_pair (self, a, b) != NULL)
    return fail (error, "merges \"%.80s\" and \"%.80s\", as an earlier one does", left, right);
  merge = (WbBpeMerge){ (guint32) a, (guint32) b, (guint32) result };
  put_pair (self, &merge, self->merges->len);
  g_array_append_val (self->merges, merge);
  return TRUE;
}

static void
find_bytes (WbBpe *self)
{
  for (guint i = 0; i < 256; i++)
    {
      char text[8];
      text[g_unichar_to_utf8 (wb_bpe_byte_character ((guint8) i), text)] = '\0';
      self->bytes[i] = find_symbol (self, text);
    }
}

gboolean
wb_bpe_close (WbBpe *self, const char *place_name, GError **error)
{
  g_autoptr (GString) joined = g_string_new (NULL);
  const char *text;

  g_return_val_if_fail (self != NULL && self->pairs == NULL, FALSE);

  if (self->by_id->len == 0)
    return fail (error, "the vocabulary is empty");
  if (self->merge_places->len > WB_BPE_MAX_IDS)
    return fail (error, "more than %d merges", WB_BPE_MAX_IDS);
  new_pairs (self);
  text = self->merge_texts->str;
  for (guint i = 0; i < self->merge_places->len; i++)
    {
      const char *right = text + strlen (text) + 1;
      if (!close_merge (self, text, right, joined, error))
        {
          g_prefix_error (error, "%s %" G_GSIZE_FORMAT ": ", place_name,
                          g_array_index (self->merge_places, gsize, i));
          return FALSE;
        }
      text = right + strlen (right) + 1;
    }
  find_bytes (self);
  g_string_free (g_steal_pointer (&self->merge_texts), TRUE);
  g_clear_pointer (&self->merge_places, g_array_unref);
  return TRUE;
}

void
wb_bpe_set_unknown (WbBpe *self, gint32 id)
{
  self->unknown = id;
}

void
wb_bpe_set_prefix_space (WbBpe *self, gboolean prefix_space)
{
  self->prefix_space = prefix_space;
}

/* Looking up */

gsize
wb_bpe_get_n_ids (const WbBpe *self)
{
  return self->by_id->len;
}

const char *
wb_bpe_get_text (const WbBpe *self, gint32 id)
{
  guint32 symbol;

  if (id < 0 || (guint) id >= self->by_id->len)
    return NULL;
  symbol = g_array_index (self->by_id, guint32, id);
  return symbol > 0 ? g_array_index (self->symbols, WbBpeSymbol, symbol - 1).text : NULL;
}

gint32
wb_bpe_find (const WbBpe *self, const char *text)
{
  const gint32 symbol = find_symbol (self, text);

  return symbol < 0 ? -1 : g_array_index (self->symbols, WbBpeSymbol, symbol).id;
}

gsize
wb_bpe_get_n_merges (const WbBpe *self)
{
  return self->merges->len;
}

void
wb_bpe_get_merge (const WbBpe *self, gsize rank, const char **left, const char **right)
{
  const WbBpeMerge *merge = &g_array_index (self->merges, WbBpeMerge, rank);

  *left = g_array_index (self->symbols, WbBpeSymbol, merge->left).text;
  *right = g_array_index (self->symbols, WbBpeSymbol, merge->right).text;
}

gunichar
wb_bpe_byte_character (guint8 byte)
{
  guint n = 0;

  if ((byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174)
    return byte;
  n = byte <= 32 ? byte : byte <= 160 ? byte - 127u + 33u : 67u;
  return 0x100 + n;
}

int
wb_bpe_character_byte (gunichar c)
{
  if (c < 0x100)
    return wb_bpe_byte_character ((guint8) c) == c ? (int) c : -1;
  c -= 0x100;
  return c <= 32 ? (int) c : c <= 66 ? (int) c - 33 + 127 : c == 67 ? 173 : -1;
}
