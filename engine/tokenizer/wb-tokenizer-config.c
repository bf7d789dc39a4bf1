#include "config.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/core/wb-file.h"
#include "engine/tokenizer/wb-tokenizer-config-private.h"

static const struct
{
  const char *key;
  const char *name;
} defaults[WB_N_SPECIALS] = {
  [WB_SPECIAL_MASK] = { "mask_token", "[MASK]" }, [WB_SPECIAL_SEP] = { "sep_token", "[SEP]" },
  [WB_SPECIAL_PAD] = { "pad_token", "[PAD]" },    [WB_SPECIAL_UNK] = { "unk_token", "[UNK]" },
  [WB_SPECIAL_CLS] = { "cls_token", "[CLS]" },
};

typedef struct
{
  WbTokenizerConfig *config;
  WbTokenizerKind    kind;
  const char        *path;
  GError           **error;
} Reading;

static gboolean
refuse (const Reading *self, WbEngineError code, const char *key, const char *why)
{
  wb_engine_error_set (self->error, code, "%s: %s: %s", self->path, key, why);
  return FALSE;
}

static gboolean
is_null (JsonNode *node)
{
  return node == NULL || JSON_NODE_HOLDS_NULL (node);
}

static gboolean
is_string (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

static gboolean
read_flag (const Reading *self, JsonObject *object, const char *key, gboolean *flag)
{
  JsonNode *node = json_object_get_member (object, key);

  if (is_null (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return refuse (self, WB_ENGINE_ERROR_INVALID, key, "must be true or false");
  *flag = json_node_get_boolean (node);
  return TRUE;
}

static const char * /* "[CLS]" or {"content": "[CLS]", …} */
get_token (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    node = json_object_get_member (json_node_get_object (node), "content");
  return !is_null (node) && is_string (node) ? json_node_get_string (node) : NULL;
}

static gboolean
read_specials (const Reading *self, JsonObject *object)
{
  for (guint i = 0; i < WB_N_SPECIALS; i++)
    {
      JsonNode   *node = json_object_get_member (object, defaults[i].key);
      const char *name;
      if (is_null (node))
        continue;
      name = get_token (node);
      if (name == NULL || *name == '\0')
        return refuse (self, WB_ENGINE_ERROR_INVALID, defaults[i].key, "must name a token");
      g_free (self->config->specials[i]);
      self->config->specials[i] = g_strdup (name);
    }
  return TRUE;
}

/* Words that a key may hold; anything else asks for another tokenizer. */
static gboolean
check_word (const Reading *self, JsonObject *object, const char *key, const char *const *allowed)
{
  JsonNode        *node = json_object_get_member (object, key);
  g_autofree char *list = NULL;
  g_autofree char *why = NULL;

  if (is_null (node))
    return TRUE;
  if (!is_string (node))
    return refuse (self, WB_ENGINE_ERROR_INVALID, key, "must be a string");
  if (g_strv_contains (allowed, json_node_get_string (node)))
    return TRUE;
  list = g_strjoinv (", ", (char **) allowed);
  why = g_strdup_printf ("\"%s\" is not supported, only %s", json_node_get_string (node), list);
  return refuse (self, WB_ENGINE_ERROR_UNSUPPORTED, key, why);
}

static gboolean
check_words (const Reading *self, JsonObject *object)
{
  static const char *const types
      [][2] = { [WB_TOKENIZER_UNIGRAM] = { "spm", NULL }, [WB_TOKENIZER_BPE] = { "gpt2", NULL } };
  static const char *const sides[] = { "right", NULL };
  static const char *const classes[][5] = {
    [WB_TOKENIZER_UNIGRAM] = { "DebertaV2Tokenizer", "DebertaV2TokenizerFast",
                               "PreTrainedTokenizerFast", "TokenizersBackend", NULL },
    [WB_TOKENIZER_BPE] = { "DebertaTokenizer", "DebertaTokenizerFast", "PreTrainedTokenizerFast",
                           "TokenizersBackend", NULL },
  };

  return check_word (self, object, "vocab_type", types[self->kind]) &&
         check_word (self, object, "truncation_side", sides) &&
         check_word (self, object, "tokenizer_class", classes[self->kind]);
}

static gboolean /* which a byte-level BPE does not have; nobody else lower-cases there (8.2) */
check_flags (const Reading *self)
{
  if (self->kind != WB_TOKENIZER_BPE)
    return TRUE;
  self->config->do_lower_case = FALSE;
  return !self->config->split_by_punct ||
         refuse (self, WB_ENGINE_ERROR_UNSUPPORTED, "split_by_punct",
                 "is not supported with a byte-level BPE");
}

static gboolean /* options of SentencePiece at encoding time: sampling, reversal … */
check_sp_options (const Reading *self, JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "sp_model_kwargs");

  if (is_null (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (self, WB_ENGINE_ERROR_INVALID, "sp_model_kwargs", "must be an object");
  return json_object_get_size (json_node_get_object (node)) == 0 ||
         refuse (self, WB_ENGINE_ERROR_UNSUPPORTED, "sp_model_kwargs", "must be empty");
}

static gboolean
add_token (const Reading *self, const char *name, gint64 id)
{
  gpointer had;

  if (id < 0 || id > G_MAXINT32 / 2 || *name == '\0')
    return refuse (self, WB_ENGINE_ERROR_INVALID, name, "an added token with an impossible id");
  if (g_hash_table_lookup_extended (self->config->added, name, NULL, &had) &&
      GPOINTER_TO_INT (had) != (gint) id)
    return refuse (self, WB_ENGINE_ERROR_INVALID, name, "an added token with two ids");
  g_hash_table_insert (self->config->added, g_strdup (name), GINT_TO_POINTER ((gint) id));
  return TRUE;
}

static gboolean /* {"128000": {"content": "[MASK]", …}, …} */
read_added_decoder (const Reading *self, JsonObject *object)
{
  static const char *key = "added_tokens_decoder";
  JsonNode          *node = json_object_get_member (object, key);
  g_autoptr (GList) members = NULL;

  if (is_null (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (self, WB_ENGINE_ERROR_INVALID, key, "must be an object");
  members = json_object_get_members (json_node_get_object (node));
  for (GList *l = members; l != NULL; l = l->next)
    {
      const char *name = get_token (json_object_get_member (json_node_get_object (node), l->data));
      gint64      id;
      if (name == NULL || !g_ascii_string_to_signed (l->data, 10, 0, G_MAXINT32, &id, NULL))
        return refuse (self, WB_ENGINE_ERROR_INVALID, key, "must map ids to tokens");
      if (!add_token (self, name, id))
        return FALSE;
    }
  return TRUE;
}

static gboolean /* {"[MASK]": 128000} */
read_added_file (const Reading *self, JsonObject *object)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *l = members; l != NULL; l = l->next)
    {
      JsonNode *node = json_object_get_member (object, l->data);
      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
        return refuse (self, WB_ENGINE_ERROR_INVALID, l->data, "must have a whole number");
      if (!add_token (self, l->data, json_node_get_int (node)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_config_file (const Reading *self, JsonObject *object)
{
  return read_flag (self, object, "do_lower_case", &self->config->do_lower_case) &&
         read_flag (self, object, "split_by_punct", &self->config->split_by_punct) &&
         read_flag (self, object, "add_prefix_space", &self->config->add_prefix_space) &&
         check_flags (self) && check_words (self, object) && check_sp_options (self, object) &&
         read_specials (self, object) && read_added_decoder (self, object);
}

typedef gboolean (*ReadObject) (const Reading *self, JsonObject *object);

static gboolean
read_file (WbTokenizerConfig *self,
           WbTokenizerKind    kind,
           const char        *folder,
           const char        *name,
           ReadObject         read_object,
           GError           **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  const Reading    reading = { self, kind, path, error };
  g_autoptr (JsonNode) node = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  node = wb_json_load (path, error);
  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (&reading, WB_ENGINE_ERROR_INVALID, "the file", "must hold an object");
  return read_object (&reading, json_node_get_object (node));
}

gboolean
wb_tokenizer_config_load (WbTokenizerConfig *self,
                          WbTokenizerKind    kind,
                          const char        *folder,
                          GError           **error)
{
  *self = (WbTokenizerConfig){ 0 };
  self->added = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < WB_N_SPECIALS; i++)
    self->specials[i] = g_strdup (defaults[i].name);
  return read_file (self, kind, folder, "special_tokens_map.json", read_specials, error) &&
         read_file (self, kind, folder, "tokenizer_config.json", read_config_file, error) &&
         read_file (self, kind, folder, "added_tokens.json", read_added_file, error);
}

void
wb_tokenizer_config_clear (WbTokenizerConfig *self)
{
  for (guint i = 0; i < WB_N_SPECIALS; i++)
    g_clear_pointer (&self->specials[i], g_free);
  g_clear_pointer (&self->added, g_hash_table_unref);
}
