#include "config.h"

#include "engine/tokenizer/files/wb-tokenizer-config-private.h"

/* What the files say, gathered: who said it first is kept, so that a contradiction has two names.
 */

static const struct
{
  const char *key;
  const char *name;
} defaults[WB_N_SPECIALS] = {
  [WB_SPECIAL_MASK] = { "mask_token", "[MASK]" }, [WB_SPECIAL_SEP] = { "sep_token", "[SEP]" },
  [WB_SPECIAL_PAD] = { "pad_token", "[PAD]" },    [WB_SPECIAL_UNK] = { "unk_token", "[UNK]" },
  [WB_SPECIAL_CLS] = { "cls_token", "[CLS]" },
};

static const char *const flag_keys[WB_TOKENIZER_N_FLAGS] = { "do_lower_case", "split_by_punct",
                                                             "add_prefix_space" };

static void
free_added (gpointer data)
{
  WbAddedToken *token = data;

  g_free (token->content);
  g_free (token);
}

void
wb_tokenizer_config_init (WbTokenizerConfig *self, const char *folder)
{
  *self = (WbTokenizerConfig){ .folder = g_strdup (folder) };
  self->added = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, free_added);
  self->added_ids = g_hash_table_new (NULL, NULL);
  self->extra = g_ptr_array_new_with_free_func (g_free);
  self->extra_seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < WB_N_SPECIALS; i++)
    self->specials[i] = g_strdup (defaults[i].name);
}

void
wb_tokenizer_config_clear (WbTokenizerConfig *self)
{
  g_clear_pointer (&self->folder, g_free);
  for (guint i = 0; i < WB_N_SPECIALS; i++)
    g_clear_pointer (&self->specials[i], g_free);
  g_clear_pointer (&self->added_ids, g_hash_table_unref);
  g_clear_pointer (&self->added, g_hash_table_unref);
  g_clear_pointer (&self->extra_seen, g_hash_table_unref);
  g_clear_pointer (&self->extra, g_ptr_array_unref);
}

const char *
wb_tokenizer_config_get_key (WbSpecial special)
{
  return defaults[special].key;
}

static gboolean G_GNUC_PRINTF (3, 4)
    refuse (const WbTokenizerConfig *self, GError **error, const char *format, ...)
{
  g_autofree char *why = NULL;
  va_list          arguments;

  va_start (arguments, format);
  why = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  wb_engine_error_set (error, WB_ENGINE_ERROR_INVALID, "%s: %s", self->folder, why);
  return FALSE;
}

gboolean
wb_tokenizer_config_set_flag (WbTokenizerConfig *self,
                              WbTokenizerFlag    flag,
                              gboolean           value,
                              const char        *file,
                              GError           **error)
{
  if (self->flag_files[flag] != NULL && !self->flags[flag] != !value)
    return refuse (self, error, "%s says %s is %s, %s says %s; they must agree",
                   self->flag_files[flag], flag_keys[flag], value ? "false" : "true", file,
                   value ? "true" : "false");
  self->flags[flag] = value;
  self->flag_files[flag] = file;
  return TRUE;
}

gboolean
wb_tokenizer_config_set_special (WbTokenizerConfig *self,
                                 WbSpecial          special,
                                 const char        *name,
                                 const char        *file,
                                 GError           **error)
{
  if (self->special_files[special] != NULL && !g_str_equal (self->specials[special], name))
    return refuse (self, error, "%s says %s is \"%s\", %s says \"%s\"; they must agree",
                   self->special_files[special], defaults[special].key, self->specials[special],
                   file, name);
  g_free (self->specials[special]);
  self->specials[special] = g_strdup (name);
  self->special_files[special] = file;
  return TRUE;
}

static gboolean /* a second file may know more about a token, not otherwise */
merge (WbTokenizerConfig  *self,
       WbAddedToken       *had,
       const WbAddedToken *token,
       gint32              id,
       const char         *file,
       GError            **error)
{
  if (had->id != id)
    return refuse (self, error, "%s gives \"%s\" the id %d, %s gives it %d; they must agree",
                   had->file, had->content, had->id, file, id);
  if (g_str_equal (had->file, "added_tokens.json")) /* it tells nothing but ids */
    had->normalized = token->normalized;
  had->special |= token->special;
  had->lstrip |= token->lstrip;
  had->rstrip |= token->rstrip;
  had->single_word |= token->single_word;
  return TRUE;
}

gboolean
wb_tokenizer_config_add (WbTokenizerConfig  *self,
                         const WbAddedToken *token,
                         gint64              id,
                         const char         *file,
                         GError            **error)
{
  WbAddedToken *had = g_hash_table_lookup (self->added, token->content);
  WbAddedToken *other, *copy;

  if (id < 0 || id > G_MAXINT32 / 2 || *token->content == '\0')
    return refuse (self, error,
                   "%s: \"%s\" is an added token with the impossible id %" G_GINT64_FORMAT, file,
                   token->content, id);
  if (had != NULL)
    return merge (self, had, token, (gint32) id, file, error);
  other = g_hash_table_lookup (self->added_ids, GINT_TO_POINTER ((gint) id));
  if (other != NULL)
    return refuse (self, error,
                   "%s gives the id %" G_GINT64_FORMAT " to \"%s\", %s gives it to \"%s\"",
                   other->file, id, other->content, file, token->content);
  copy = g_new (WbAddedToken, 1);
  *copy = *token;
  copy->content = g_strdup (token->content);
  copy->id = (gint32) id;
  copy->file = file;
  g_hash_table_insert (self->added, copy->content, copy);
  g_hash_table_insert (self->added_ids, GINT_TO_POINTER ((gint) id), copy);
  return TRUE;
}

static gboolean /* absent: false */
read_member (JsonObject *object, const char *key, gboolean *value)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return FALSE;
  *value = json_node_get_boolean (node);
  return TRUE;
}

static gboolean
read_id (JsonObject *object, const char *text, gint64 *id)
{
  JsonNode *node = json_object_get_member (object, "id");

  if (text != NULL)
    return g_ascii_string_to_signed (text, 10, 0, G_MAXINT32, id, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *id = json_node_get_int (node);
  return TRUE;
}

gboolean
wb_tokenizer_config_add_node (WbTokenizerConfig *self,
                              const char        *id,
                              JsonNode          *node,
                              const char        *file,
                              GError           **error)
{
  JsonObject  *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonNode    *content = object != NULL ? json_object_get_member (object, "content") : NULL;
  WbAddedToken token = { 0 };
  gint64       number;

  if (content == NULL || !JSON_NODE_HOLDS_VALUE (content) ||
      json_node_get_value_type (content) != G_TYPE_STRING || !read_id (object, id, &number) ||
      !read_member (object, "special", &token.special) ||
      !read_member (object, "lstrip", &token.lstrip) ||
      !read_member (object, "rstrip", &token.rstrip) ||
      !read_member (object, "single_word", &token.single_word))
    return refuse (self, error, "%s: %s has an entry that is not an added token with its id", file,
                   id != NULL ? "added_tokens_decoder" : "added_tokens");
  token.content = (char *) json_node_get_string (content);
  token.normalized = !token.special; /* of Hugging Face's AddedToken */
  if (!read_member (object, "normalized", &token.normalized))
    return refuse (self, error, "%s: normalized must be true or false", file);
  return wb_tokenizer_config_add (self, &token, number, file, error);
}

gboolean
wb_tokenizer_config_add_extra (WbTokenizerConfig *self,
                               const char        *content,
                               const char        *file,
                               GError           **error)
{
  if (wb_tokenizer_config_is_special (self, content) ||
      g_hash_table_contains (self->extra_seen, content))
    return TRUE;
  if (self->extra->len >= WB_TOKENIZER_MAX_ADDED)
    return refuse (self, error, "%s names more than %d special tokens", file,
                   WB_TOKENIZER_MAX_ADDED);
  g_ptr_array_add (self->extra, g_strdup (content));
  g_hash_table_add (self->extra_seen, self->extra->pdata[self->extra->len - 1]);
  return TRUE;
}

gboolean
wb_tokenizer_config_is_special (const WbTokenizerConfig *self, const char *content)
{
  for (guint i = 0; i < WB_N_SPECIALS; i++)
    if (g_str_equal (self->specials[i], content))
      return TRUE;
  return FALSE;
}

const WbAddedToken *
wb_tokenizer_config_find (const WbTokenizerConfig *self, const char *content)
{
  return g_hash_table_lookup (self->added, content);
}
