#include "config.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-torch-file.h"
#include "engine/tokenizer/bpe/wb-bpe-encoder-private.h"

static const char *const specials[] = { "[PAD]", "[CLS]", "[SEP]", "[UNK]" };

typedef struct
{
  WbBpe               *bpe;
  const WbPickleValue *encoder;
  const WbPickleValue *vocab;
  const WbPickleValue *dict_map;
  GHashTable          *by_gpt2_id; /* id + 1 -> token, in the pickle */
  GHashTable          *placed;     /* tokens that have an id by now */
  gint32               next_id;
  GError             **error;
} Reading;

static gboolean
fail_at (const Reading *self, const char *key, gsize i, const char *why)
{
  wb_engine_error_set (self->error, WB_ENGINE_ERROR_INVALID, "%s, entry %" G_GSIZE_FORMAT ": %s",
                       key, i, why);
  return FALSE;
}

static gboolean
find_part (const Reading        *self,
           const WbPickleValue  *root,
           const char           *key,
           gboolean              is_dict,
           const WbPickleValue **part)
{
  WbPickleKind kind;

  *part = wb_pickle_value_find (root, key);
  kind = *part != NULL ? wb_pickle_value_get_kind (*part) : WB_PICKLE_NONE;
  if (is_dict ? kind == WB_PICKLE_DICT : kind == WB_PICKLE_LIST || kind == WB_PICKLE_TUPLE)
    return TRUE;
  wb_engine_error_set (self->error, WB_ENGINE_ERROR_INVALID,
                       "must be a dict whose \"%s\" is a %s; this is no vocabulary of DeBERTa", key,
                       is_dict ? "dict" : "list");
  return FALSE;
}

static gboolean
is_pair (const WbPickleValue *value)
{
  const WbPickleKind kind = wb_pickle_value_get_kind (value);

  return (kind == WB_PICKLE_LIST || kind == WB_PICKLE_TUPLE) && wb_pickle_value_get_n (value) == 2;
}

static gboolean
place (Reading *self, const char *token, const char *key, gsize i)
{
  if (!wb_bpe_add_token (self->bpe, token, strlen (token), self->next_id, self->error))
    {
      g_prefix_error (self->error, "%s, entry %" G_GSIZE_FORMAT ": ", key, i);
      return FALSE;
    }
  g_hash_table_add (self->placed, (gpointer) token);
  self->next_id++;
  return TRUE;
}

static gboolean
index_encoder (Reading *self)
{
  for (gsize i = 0; i < wb_pickle_value_get_n (self->encoder); i++)
    {
      const char *token = wb_pickle_value_get_string (wb_pickle_value_get_key (self->encoder, i));
      const WbPickleValue *id = wb_pickle_value_get_value (self->encoder, i);
      const gint64         number = wb_pickle_value_get_int (id);
      if (token == NULL || wb_pickle_value_get_kind (id) != WB_PICKLE_INT || number < 0 ||
          number >= WB_BPE_MAX_IDS)
        return fail_at (self, "encoder", i, "must be a string with its id");
      g_hash_table_insert (self->by_gpt2_id, GINT_TO_POINTER ((gint) number + 1), (gpointer) token);
    }
  return TRUE;
}

static const char * /* what has this decimal id; other words are fillers and stay as they are */
find_token (const Reading *self, const char *word)
{
  guint64     id;
  const char *token = NULL;

  if (g_ascii_string_to_unsigned (word, 10, 0, WB_BPE_MAX_IDS, &id, NULL))
    token = g_hash_table_lookup (self->by_gpt2_id, GINT_TO_POINTER ((gint) id + 1));
  return token != NULL ? token : word;
}

static gboolean
read_dict_map (Reading *self)
{
  for (gsize i = 0; i < wb_pickle_value_get_n (self->dict_map); i++)
    {
      const WbPickleValue *entry = wb_pickle_value_get_element (self->dict_map, i);
      const char          *word = is_pair (entry)
                                      ? wb_pickle_value_get_string (wb_pickle_value_get_element (entry, 0))
                                      : NULL;
      if (word == NULL)
        return fail_at (self, "dict_map", i, "must be an id as a string, and a count");
      if (!place (self, find_token (self, word), "dict_map", i))
        return FALSE;
    }
  return TRUE;
}

static gboolean /* what dict_map leaves out can still be a step on the way to what it has */
read_rest (Reading *self)
{
  for (gsize i = 0; i < wb_pickle_value_get_n (self->encoder); i++)
    {
      const char *token = wb_pickle_value_get_string (wb_pickle_value_get_key (self->encoder, i));
      if (!g_hash_table_add (self->placed, (gpointer) token))
        continue;
      if (wb_bpe_add_token (self->bpe, token, strlen (token), -1, self->error))
        continue;
      g_prefix_error (self->error, "encoder, entry %" G_GSIZE_FORMAT ": ", i);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_vocab (Reading *self)
{
  for (gsize i = 0; i < wb_pickle_value_get_n (self->vocab); i++)
    {
      const WbPickleValue *entry = wb_pickle_value_get_element (self->vocab, i);
      const char          *left = NULL, *right = NULL;
      if (is_pair (entry))
        {
          left = wb_pickle_value_get_string (wb_pickle_value_get_element (entry, 0));
          right = wb_pickle_value_get_string (wb_pickle_value_get_element (entry, 1));
        }
      if (left == NULL || right == NULL)
        return fail_at (self, "vocab", i, "must be two strings");
      wb_bpe_add_merge (self->bpe, left, strlen (left), right, strlen (right), i);
    }
  return wb_bpe_close (self->bpe, "vocab, entry", self->error);
}

static gboolean
read_root (Reading *self, const WbPickleValue *root)
{
  if (!find_part (self, root, "encoder", TRUE, &self->encoder) ||
      !find_part (self, root, "vocab", FALSE, &self->vocab) ||
      !find_part (self, root, "dict_map", FALSE, &self->dict_map) || !index_encoder (self))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (specials); i++)
    if (!place (self, specials[i], "special tokens", i))
      return FALSE;
  return read_dict_map (self) && place (self, "[MASK]", "special tokens", 4) && read_rest (self) &&
         read_vocab (self);
}

WbBpe *
wb_bpe_encoder_load (const char *path, GError **error)
{
  g_autoptr (WbTorchFile) file = wb_torch_file_open (path, error);
  g_autoptr (WbBpe) bpe = NULL;
  g_autoptr (GHashTable) by_gpt2_id = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) placed = g_hash_table_new (g_str_hash, g_str_equal);
  Reading reading;

  if (file == NULL)
    return NULL;
  bpe = wb_bpe_new ();
  reading = (Reading){ bpe, NULL, NULL, NULL, by_gpt2_id, placed, 0, error };
  if (read_root (&reading, wb_torch_file_get_root (file)))
    return g_steal_pointer (&bpe);
  g_prefix_error (error, "%s: ", path);
  return NULL;
}
