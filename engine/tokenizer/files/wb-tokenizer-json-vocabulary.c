#include "config.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/files/wb-tokenizer-json-private.h"

/* The vocabularies of tokenizer.json, read as a stream. */

#define N_BYTES 256

static gboolean
damaged (const WbTokenizerJson *self, GError **error, const char *table, gsize entry)
{
  g_autofree char *place = g_strdup_printf ("model.%s[%" G_GSIZE_FORMAT "]", table, entry);

  return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, place,
                                   "is not what the tokenizers library writes");
}

static gboolean
prefix (const WbTokenizerJson *self, GError **error)
{
  g_prefix_error (error, "%s: model: ", self->name);
  return FALSE;
}

/* Unigram: [["▁the", -3.1], …] */

static gboolean
read_piece (WbJsonWalk *walk, GString *scratch, WbSpmFile *file, gboolean *ok, GError **error)
{
  const char *text = NULL;
  gsize       length = 0;
  double      score = 0;

  *ok = wb_json_walk_enter (walk, '[') && wb_json_walk_next (walk) &&
        (text = wb_json_walk_string (walk, scratch, &length)) != NULL && wb_json_walk_next (walk) &&
        wb_json_walk_double (walk, &score) && !wb_json_walk_next (walk);
  return *ok && wb_spm_file_add_piece (file, text, length, (float) score, WB_PIECE_NORMAL, error);
}

static gboolean
read_pieces (const WbTokenizerJson *self, WbSpmFile *file, GError **error)
{
  g_autoptr (GString) scratch = g_string_new (NULL);
  WbJsonWalk walk = self->vocab;
  gboolean   ok = TRUE;

  if (!wb_json_walk_enter (&walk, '['))
    return damaged (self, error, "vocab", 0);
  while (wb_json_walk_next (&walk))
    if (!read_piece (&walk, scratch, file, &ok, error))
      return ok ? prefix (self, error) : damaged (self, error, "vocab", file->pieces->len);
  return TRUE;
}

static int /* of <0x41>; -1: another piece */
get_byte (const char *text)
{
  static const char digits[] = "0123456789ABCDEF";
  const char       *high, *low;

  if (strlen (text) != 6 || strncmp (text, "<0x", 3) != 0 || text[5] != '>')
    return -1;
  high = strchr (digits, text[3]);
  low = strchr (digits, text[4]);
  return high != NULL && low != NULL ? (int) (high - digits) * 16 + (int) (low - digits) : -1;
}

/* The file tells no types.  256 pieces of bytes are there for byte fallback, whatever the flag
 * says: the conversion loses it. */
static gboolean
mark_bytes (const WbTokenizerJson *self, WbSpmFile *file, GError **error)
{
  JsonNode *flag = json_object_get_member (self->model, "byte_fallback");
  gboolean  seen[N_BYTES] = { FALSE };
  guint     n = 0;

  for (guint i = 0; i < file->pieces->len; i++)
    {
      const int byte = get_byte (wb_spm_file_get_piece (file, i)->text);
      n += byte >= 0 && !seen[byte];
      if (byte >= 0)
        seen[byte] = TRUE;
    }
  file->byte_fallback = n == N_BYTES;
  if (!file->byte_fallback && flag != NULL && json_node_get_boolean (flag))
    return wb_tokenizer_json_refuse (
        self, error, WB_ENGINE_ERROR_UNSUPPORTED, "model.byte_fallback",
        "is true, but the vocabulary has %u of the 256 byte pieces", n);
  for (guint i = 0; file->byte_fallback && i < file->pieces->len; i++)
    {
      WbPiece *piece = &g_array_index (file->pieces, WbPiece, i);
      if (get_byte (piece->text) >= 0)
        piece->type = WB_PIECE_BYTE;
    }
  return TRUE;
}

static gboolean
mark_unknown (const WbTokenizerJson *self, WbSpmFile *file, GError **error)
{
  JsonNode *node = json_object_get_member (self->model, "unk_id");
  gint64    id = -1;
  WbPiece  *piece;

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
      json_node_get_value_type (node) == G_TYPE_INT64)
    id = json_node_get_int (node);
  if (id < 0 || id >= file->pieces->len)
    return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, "model.unk_id",
                                     "is not the id of a piece");
  piece = &g_array_index (file->pieces, WbPiece, (guint) id);
  piece->type = WB_PIECE_UNKNOWN;
  return wb_tokenizer_config_set_special (self->config, WB_SPECIAL_UNK, piece->text,
                                          "tokenizer.json", error);
}

static void /* special tokens are never matched as text */
mark_control (const WbTokenizerJson *self, WbSpmFile *file)
{
  for (guint i = 0; i < file->pieces->len; i++)
    {
      WbPiece            *piece = &g_array_index (file->pieces, WbPiece, i);
      const WbAddedToken *added = wb_tokenizer_config_find (self->config, piece->text);
      if (piece->type == WB_PIECE_NORMAL &&
          ((added != NULL && added->special) ||
           wb_tokenizer_config_is_special (self->config, piece->text)))
        piece->type = WB_PIECE_CONTROL;
    }
}

WbSpmFile *
wb_tokenizer_json_read_unigram (const WbTokenizerJson *self, GError **error)
{
  static const char *const flags[] = { "true or false", "false", "true", "", NULL };
  g_autoptr (WbSpmFile) file = wb_spm_file_new ();

  if (!wb_tokenizer_json_check (self, self->model, "model", "byte_fallback", flags, error) ||
      !read_pieces (self, file, error) || !mark_unknown (self, file, error) ||
      !mark_bytes (self, file, error))
    return NULL;
  mark_control (self, file);
  if (self->charsmap != NULL)
    file->charsmap_bytes = g_bytes_ref (self->charsmap);
  if (self->published_map)
    file->normalizer = g_strdup ("nmt_nfkc");
  return wb_spm_file_close (file, error) || prefix (self, error) ? g_steal_pointer (&file) : NULL;
}

/* BPE: {"Ġthe": 5, …} and ["Ġ t", …] or [["Ġ", "t"], …] */

static gboolean
read_tokens (const WbTokenizerJson *self, WbBpe *bpe, GError **error)
{
  g_autoptr (GString) scratch = g_string_new (NULL);
  WbJsonWalk walk = self->vocab;

  if (!wb_json_walk_enter (&walk, '{'))
    return damaged (self, error, "vocab", 0);
  for (gsize i = 0; wb_json_walk_next (&walk); i++)
    {
      gsize       length;
      gint64      id;
      const char *text = wb_json_walk_key (&walk, scratch, &length);
      if (!wb_json_walk_integer (&walk, &id) || id < 0 || id >= WB_BPE_MAX_IDS)
        return damaged (self, error, "vocab", i);
      if (!wb_bpe_add_token (bpe, text, length, (gint32) id, error))
        return prefix (self, error);
    }
  return TRUE;
}

static gboolean
read_merge (WbJsonWalk *walk, GString *left, GString *right, WbBpe *bpe, gsize place)
{
  gsize       n_left, n_right;
  const char *a, *b;

  if (wb_json_walk_peek (walk) == '"')
    {
      a = wb_json_walk_string (walk, left, &n_right);
      b = memchr (a, ' ', n_right);
      if (b == NULL)
        return FALSE;
      n_left = (gsize) (b++ - a);
      n_right -= n_left + 1;
      wb_bpe_add_merge (bpe, a, n_left, b, n_right, place);
      return TRUE;
    }
  if (!wb_json_walk_enter (walk, '[') || !wb_json_walk_next (walk) ||
      (a = wb_json_walk_string (walk, left, &n_left)) == NULL || !wb_json_walk_next (walk) ||
      (b = wb_json_walk_string (walk, right, &n_right)) == NULL || wb_json_walk_next (walk))
    return FALSE;
  wb_bpe_add_merge (bpe, a, n_left, b, n_right, place);
  return TRUE;
}

static gboolean
read_merges (const WbTokenizerJson *self, WbBpe *bpe, GError **error)
{
  g_autoptr (GString) left = g_string_new (NULL);
  g_autoptr (GString) right = g_string_new (NULL);
  WbJsonWalk walk = self->merges;

  if (!self->has_merges || !wb_json_walk_enter (&walk, '['))
    return damaged (self, error, "merges", 0);
  for (gsize i = 0; wb_json_walk_next (&walk); i++)
    if (!read_merge (&walk, left, right, bpe, i))
      return damaged (self, error, "merges", i);
  return TRUE;
}

static gboolean /* "unk_token" does not matter: every byte is a token, or the file is refused */
check_bpe (const WbTokenizerJson *self, GError **error)
{
  static const struct
  {
    const char *key;
    const char *allowed[5];
  } keys[] = {
    { "dropout", { "null", "", "0", "0.0" } },
    { "continuing_subword_prefix", { "null", "\"\"", "" } },
    { "end_of_word_suffix", { "null", "\"\"", "" } },
    { "byte_fallback", { "false", "" } },
    { "ignore_merges", { "false", "" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (!wb_tokenizer_json_check (self, self->model, "model", keys[i].key, keys[i].allowed, error))
      return FALSE;
  return TRUE;
}

WbBpe *
wb_tokenizer_json_read_bpe (const WbTokenizerJson *self, GError **error)
{
  g_autoptr (WbBpe) bpe = wb_bpe_new ();

  if (!check_bpe (self, error) || !read_tokens (self, bpe, error) ||
      !read_merges (self, bpe, error))
    return NULL;
  return wb_bpe_close (bpe, "model.merges", error) || prefix (self, error) ? g_steal_pointer (&bpe)
                                                                           : NULL;
}

/* Beside another vocabulary */

static gboolean
differs (const WbTokenizerJson *self,
         const WbTokenizer     *tokenizer,
         const char            *file,
         const char            *text,
         gint64                 id,
         GError               **error)
{
  g_autofree char *there = id < G_MAXINT32 ? wb_tokenizer_dup_token (tokenizer, (gint32) id) : NULL;

  return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, "model.vocab",
                                   "has \"%s\" at id %" G_GINT64_FORMAT ", %s has \"%s\" there; "
                                   "they must agree",
                                   text, id, file, there != NULL ? there : "nothing");
}

static gboolean /* the next entry's string and id; @walk is left behind it */
read_entry (const WbTokenizerJson *self,
            WbJsonWalk            *walk,
            GString               *scratch,
            gsize                  i,
            char                 **text,
            gint64                *id)
{
  gsize       length = 0;
  double      score;
  const char *string;

  *id = (gint64) i;
  if (self->is_bpe)
    {
      string = wb_json_walk_key (walk, scratch, &length);
      *text = g_strndup (string, length);
      return wb_json_walk_integer (walk, id) && *id >= 0;
    }
  if (!wb_json_walk_enter (walk, '[') || !wb_json_walk_next (walk))
    return FALSE;
  string = wb_json_walk_string (walk, scratch, &length);
  *text = string != NULL ? g_strndup (string, length) : NULL;
  return *text != NULL && wb_json_walk_next (walk) && wb_json_walk_double (walk, &score) &&
         !wb_json_walk_next (walk);
}

static gsize
count_pieces (const WbTokenizer *tokenizer)
{
  const gsize n = tokenizer->model->get_n_pieces (tokenizer);
  gsize       found = 0;

  for (gsize i = 0; i < n; i++)
    found += tokenizer->model->get_piece (tokenizer, i) != NULL;
  return found;
}

gboolean
wb_tokenizer_json_compare (const WbTokenizerJson *self,
                           const WbTokenizer     *tokenizer,
                           const char            *file,
                           GError               **error)
{
  g_autoptr (GString) scratch = g_string_new (NULL);
  WbJsonWalk walk = self->vocab;
  gsize      n = 0;

  if (!wb_json_walk_enter (&walk, self->is_bpe ? '{' : '['))
    return damaged (self, error, "vocab", 0);
  for (; wb_json_walk_next (&walk); n++)
    {
      g_autofree char *text = NULL;
      gint64           id;
      if (!read_entry (self, &walk, scratch, n, &text, &id))
        return damaged (self, error, "vocab", n);
      if (wb_tokenizer_get_id (tokenizer, text) != id)
        return differs (self, tokenizer, file, text, id, error);
    }
  if (n >= count_pieces (tokenizer))
    return TRUE;
  return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, "model.vocab",
                                   "has %" G_GSIZE_FORMAT " pieces, %s has %" G_GSIZE_FORMAT
                                   "; they must agree",
                                   n, file, count_pieces (tokenizer));
}
