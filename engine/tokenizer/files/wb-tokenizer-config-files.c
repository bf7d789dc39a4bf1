#include "config.h"

#include <string.h>

#include "engine/files/wb-file.h"
#include "engine/tokenizer/files/wb-tokenizer-config-private.h"

/* The three files beside a vocabulary. */

typedef struct
{
  WbTokenizerConfig *config;
  WbTokenizerKind    kind;
  const char        *path;
  const char        *file; /* a literal */
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
read_flag (const Reading *self, JsonObject *object, const char *key, WbTokenizerFlag flag)
{
  JsonNode *node = json_object_get_member (object, key);

  if (is_null (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return refuse (self, WB_ENGINE_ERROR_INVALID, key, "must be true or false");
  return wb_tokenizer_config_set_flag (self->config, flag, json_node_get_boolean (node), self->file,
                                       self->error);
}

/* Special tokens */

static const char * /* "[CLS]" or {"content": "[CLS]", …} */
get_token (JsonNode *node)
{
  const char *name = NULL;

  if (!is_null (node) && JSON_NODE_HOLDS_OBJECT (node))
    node = json_object_get_member (json_node_get_object (node), "content");
  if (!is_null (node) && is_string (node))
    name = json_node_get_string (node);
  return name != NULL && *name != '\0' ? name : NULL;
}

static gboolean
read_extra (const Reading *self, const char *key, JsonNode *node)
{
  const char *name = get_token (node);

  if (name == NULL)
    return refuse (self, WB_ENGINE_ERROR_INVALID, key, "must name tokens");
  return wb_tokenizer_config_add_extra (self->config, name, self->file, self->error);
}

static gboolean /* ["<a>", {"content": "<b>"}], or in 4.4x {"image_token": "<a>"} */
read_extras (const Reading *self, JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);
  g_autoptr (GList) members = NULL;

  if (is_null (node))
    return TRUE;
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
        if (!read_extra (self, key, json_array_get_element (json_node_get_array (node), i)))
          return FALSE;
      return TRUE;
    }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (self, WB_ENGINE_ERROR_INVALID, key, "must name tokens");
  members = json_object_get_members (json_node_get_object (node));
  for (GList *l = members; l != NULL; l = l->next)
    if (!read_extra (self, key, json_object_get_member (json_node_get_object (node), l->data)))
      return FALSE;
  return TRUE;
}

static gboolean
read_specials (const Reading *self, JsonObject *object)
{
  static const char *const singles[] = { "bos_token", "eos_token" };

  for (guint i = 0; i < WB_N_SPECIALS; i++)
    {
      const char *key = wb_tokenizer_config_get_key (i);
      JsonNode   *node = json_object_get_member (object, key);
      const char *name;
      if (is_null (node))
        continue;
      name = get_token (node);
      if (name == NULL)
        return refuse (self, WB_ENGINE_ERROR_INVALID, key, "must name a token");
      if (!wb_tokenizer_config_set_special (self->config, i, name, self->file, self->error))
        return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (singles); i++)
    if (!is_null (json_object_get_member (object, singles[i])) &&
        !read_extra (self, singles[i], json_object_get_member (object, singles[i])))
      return FALSE;
  return read_extras (self, object, "additional_special_tokens") &&
         read_extras (self, object, "extra_special_tokens");
}

/* Keys that ask for another tokenizer */

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

static gboolean
check_flags (const Reading *self)
{
  const WbTokenizerConfig *config = self->config;

  if (self->kind == WB_TOKENIZER_BPE)
    return !config->flags[WB_TOKENIZER_SPLIT_BY_PUNCT] ||
           refuse (self, WB_ENGINE_ERROR_UNSUPPORTED, "split_by_punct",
                   "is not supported with a byte-level BPE");
  return config->flag_files[WB_TOKENIZER_ADD_PREFIX_SPACE] == NULL ||
         config->flags[WB_TOKENIZER_ADD_PREFIX_SPACE] ||
         refuse (self, WB_ENGINE_ERROR_UNSUPPORTED, "add_prefix_space",
                 "false is not supported with a SentencePiece vocabulary");
}

static gboolean /* of SentencePiece at encoding time: sampling, reversal … */
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

/* Files */

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
    if (!wb_tokenizer_config_add_node (
            self->config, l->data, json_object_get_member (json_node_get_object (node), l->data),
            self->file, self->error))
      return FALSE;
  return TRUE;
}

static gboolean /* {"[MASK]": 128000} */
read_added_file (const Reading *self, JsonObject *object)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *l = members; l != NULL; l = l->next)
    {
      JsonNode          *node = json_object_get_member (object, l->data);
      const WbAddedToken token = { .content = l->data, .normalized = TRUE };
      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
        return refuse (self, WB_ENGINE_ERROR_INVALID, l->data, "must have a whole number");
      if (!wb_tokenizer_config_add (self->config, &token, json_node_get_int (node), self->file,
                                    self->error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_config_file (const Reading *self, JsonObject *object)
{
  return read_flag (self, object, "do_lower_case", WB_TOKENIZER_LOWER_CASE) &&
         read_flag (self, object, "split_by_punct", WB_TOKENIZER_SPLIT_BY_PUNCT) &&
         read_flag (self, object, "add_prefix_space", WB_TOKENIZER_ADD_PREFIX_SPACE) &&
         check_flags (self) && check_words (self, object) && check_sp_options (self, object) &&
         read_specials (self, object) && read_added_decoder (self, object);
}

typedef gboolean (*ReadObject) (const Reading *self, JsonObject *object);

static gboolean
read_file (WbTokenizerConfig *self,
           WbTokenizerKind    kind,
           const char        *name,
           ReadObject         read_object,
           GError           **error)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  const Reading    reading = { self, kind, path, name, error };
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
  wb_tokenizer_config_init (self, folder);
  return read_file (self, kind, "special_tokens_map.json", read_specials, error) &&
         read_file (self, kind, "tokenizer_config.json", read_config_file, error) &&
         read_file (self, kind, "added_tokens.json", read_added_file, error);
}
