#include "config.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-file.h"
#include "engine/files/wb-json-scan.h"
#include "engine/tokenizer/files/wb-tokenizer-json-private.h"

#define MAX_SHOWN 80 /* bytes of a value in a message */
#define MAX_TREE                                                                                   \
  (4u << 20) /* bytes of a member that becomes a tree; the published map has 320 kB */

/* The members that are read; whatever else a file has is passed over. */
static const char *const section_keys[] = { "added_tokens",   "normalizer", "pre_tokenizer",
                                            "post_processor", "truncation", NULL };
static const char *const model_keys[] = { "type",
                                          "unk_id",
                                          "byte_fallback",
                                          "dropout",
                                          "continuing_subword_prefix",
                                          "end_of_word_suffix",
                                          "ignore_merges",
                                          NULL };

gboolean
wb_tokenizer_json_refuse (const WbTokenizerJson *self,
                          GError               **error,
                          WbEngineError          code,
                          const char            *place,
                          const char            *format,
                          ...)
{
  g_autofree char *why = NULL;
  va_list          arguments;

  va_start (arguments, format);
  why = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  wb_engine_error_set (error, code, "%s: %s %s", self->name, place, why);
  return FALSE;
}

static char * /* a value as it stands in a message */
dup_shown (const char *text)
{
  g_autofree char *head = NULL;

  if (strlen (text) <= MAX_SHOWN)
    return g_strdup (text);
  head = g_utf8_make_valid (text, MAX_SHOWN);
  return g_strconcat (head, "…", NULL);
}

gboolean
wb_tokenizer_json_check (const WbTokenizerJson *self,
                         JsonObject            *object,
                         const char            *place,
                         const char            *key,
                         const char *const     *allowed,
                         GError               **error)
{
  JsonNode        *node = json_object_get_member (object, key);
  g_autofree char *text = node != NULL ? json_to_string (node, FALSE) : g_strdup ("");
  g_autofree char *shown = dup_shown (*text != '\0' ? text : "absent");
  g_autofree char *where =
      g_strconcat (*place != '\0' ? place : "", *place != '\0' ? "." : "", key, NULL);

  if (g_strv_contains (allowed, text))
    return TRUE;
  return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_UNSUPPORTED, where,
                                   "is %s; only %s is supported", shown, allowed[0]);
}

const char *
wb_tokenizer_json_get_type (JsonNode *node)
{
  JsonNode *type = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
                       ? json_object_get_member (json_node_get_object (node), "type")
                       : NULL;

  return type != NULL && JSON_NODE_HOLDS_VALUE (type) &&
                 json_node_get_value_type (type) == G_TYPE_STRING
             ? json_node_get_string (type)
             : NULL;
}

/* Taking the file apart */

static gboolean /* the next value becomes a member of @object, if @key is one of @keys */
take_tree (const WbTokenizerJson *self,
           WbJsonWalk            *walk,
           JsonObject            *object,
           const char *const     *keys,
           const char            *key,
           GError               **error)
{
  const char *from;
  JsonNode   *node;

  wb_json_walk_peek (walk); /* past the blanks */
  from = walk->p;
  wb_json_walk_skip (walk);
  if (!g_strv_contains (keys, key))
    return TRUE;
  if (json_object_has_member (object, key))
    return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, key, "is there twice");
  if (walk->p - from > MAX_TREE)
    return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, key,
                                     "has %zu bytes; %u are possible", (gsize) (walk->p - from),
                                     MAX_TREE);
  node = wb_json_parse (from, walk->p - from, self->name, error);
  if (node == NULL)
    return FALSE;
  json_object_set_member (object, key, node);
  return TRUE;
}

static gboolean
take_table (const WbTokenizerJson *self,
            WbJsonWalk            *walk,
            const char            *key,
            WbJsonWalk            *table,
            gboolean              *has,
            GError               **error)
{
  if (*has)
    return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, key, "is there twice");
  *table = *walk;
  *has = TRUE;
  wb_json_walk_skip (walk);
  return TRUE;
}

static gboolean
take_model (WbTokenizerJson *self, WbJsonWalk *walk, GError **error)
{
  g_autoptr (GString) scratch = g_string_new (NULL);

  if (self->model != NULL)
    return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, "model",
                                     "is there twice");
  self->model = json_object_new ();
  if (!wb_json_walk_enter (walk, '{'))
    return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, "model",
                                     "must be an object");
  while (wb_json_walk_next (walk))
    {
      gsize            length;
      const char      *text = wb_json_walk_key (walk, scratch, &length);
      g_autofree char *key = g_strndup (text, length);
      const gboolean   ok =
          g_str_equal (key, "vocab")
                ? take_table (self, walk, "model.vocab", &self->vocab, &self->has_vocab, error)
            : g_str_equal (key, "merges")
                ? take_table (self, walk, "model.merges", &self->merges, &self->has_merges, error)
                : take_tree (self, walk, self->model, model_keys, key, error);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_apart (WbTokenizerJson *self, const char *text, gsize length, GError **error)
{
  g_autoptr (GString) scratch = g_string_new (NULL);
  WbJsonWalk walk;

  wb_json_walk_init (&walk, text, length);
  if (!wb_json_walk_enter (&walk, '{'))
    return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, "the file",
                                     "must hold an object");
  while (wb_json_walk_next (&walk))
    {
      gsize            n;
      const char      *name = wb_json_walk_key (&walk, scratch, &n);
      g_autofree char *key = g_strndup (name, n);
      if (g_str_equal (key, "model")
              ? !take_model (self, &walk, error)
              : !take_tree (self, &walk, self->sections, section_keys, key, error))
        return FALSE;
    }
  return self->model != NULL ||
         wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, "model", "is missing");
}

/* The parts that both kinds have */

static gboolean /* files before tokenizers 0.11 name no type */
find_kind (WbTokenizerJson *self, GError **error)
{
  static const char *const kinds[] = { "\"Unigram\" or \"BPE\"", "\"Unigram\"", "\"BPE\"", "",
                                       NULL };
  JsonNode                *node = json_object_get_member (self->model, "type");

  if (!wb_tokenizer_json_check (self, self->model, "model", "type", kinds, error))
    return FALSE;
  if (!self->has_vocab)
    return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, "model.vocab",
                                     "is missing");
  self->is_bpe = node != NULL ? g_str_equal (json_node_get_string (node), "BPE") : self->has_merges;
  return TRUE;
}

gboolean
wb_tokenizer_json_read_added (const WbTokenizerJson *self, GError **error)
{
  JsonNode *node = json_object_get_member (self->sections, "added_tokens");

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, "added_tokens",
                                     "must be an array");
  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
    if (!wb_tokenizer_config_add_node (self->config, NULL,
                                       json_array_get_element (json_node_get_array (node), i),
                                       "tokenizer.json", error))
      return FALSE;
  return TRUE;
}

gboolean
wb_tokenizer_json_open (WbTokenizerJson   *self,
                        const char        *folder,
                        GBytes            *bytes,
                        WbTokenizerConfig *config,
                        GError           **error)
{
  gsize       length;
  const char *text = g_bytes_get_data (bytes, &length);

  *self = (WbTokenizerJson){ .config = config, .sections = json_object_new () };
  self->name = g_build_filename (folder, "tokenizer.json", NULL);
  return wb_json_scan (text != NULL ? text : "", length, self->name, error) &&
         take_apart (self, text, length, error) && find_kind (self, error);
}

void
wb_tokenizer_json_clear (WbTokenizerJson *self)
{
  g_clear_pointer (&self->sections, json_object_unref);
  g_clear_pointer (&self->model, json_object_unref);
  g_clear_pointer (&self->charsmap, g_bytes_unref);
  g_clear_pointer (&self->name, g_free);
}

static char * /* (nullable): what was not taken as the file says it */
dup_note (const WbTokenizerJson *self, const WbSpmFile *file)
{
  JsonNode      *flag = json_object_get_member (self->model, "byte_fallback");
  const gboolean bytes = file->byte_fallback && (flag == NULL || !json_node_get_boolean (flag));
  const char    *map = "tokenizer.json has no normalization map, as transformers 5 writes it: the "
                       "published one, nmt_nfkc, is used";

  if (!bytes)
    return g_strdup (self->published_map ? map : NULL);
  return g_strconcat (self->published_map ? map : "", self->published_map ? "; " : "",
                      "tokenizer.json says nothing of byte fallback, but has its 256 pieces: they "
                      "are used",
                      NULL);
}

static WbTokenizer *
build_unigram (WbTokenizerJson *self, GError **error)
{
  WbSpmFile       *file = wb_tokenizer_json_read_unigram (self, error);
  g_autofree char *note = file != NULL ? dup_note (self, file) : NULL;
  WbTokenizer     *tokenizer =
      file != NULL ? wb_tokenizer_new_unigram (file, self->config, self->name, error) : NULL;

  if (tokenizer != NULL)
    tokenizer->note = g_steal_pointer (&note);
  return tokenizer;
}

static WbTokenizer *
build (WbTokenizerJson *self, GError **error)
{
  WbBpe *bpe;

  if (!self->is_bpe)
    return build_unigram (self, error);
  bpe = wb_tokenizer_json_read_bpe (self, error);
  return bpe != NULL ? wb_tokenizer_new_bpe (bpe, self->config, self->name, error) : NULL;
}

WbTokenizer *
wb_tokenizer_json_load (const char *folder, GBytes *bytes, GError **error)
{
  g_auto (WbTokenizerConfig) config = { 0 };
  g_auto (WbTokenizerJson) self = { 0 };

  if (!wb_tokenizer_json_open (&self, folder, bytes, &config, error) ||
      !wb_tokenizer_config_load (&config, self.is_bpe ? WB_TOKENIZER_BPE : WB_TOKENIZER_UNIGRAM,
                                 folder, error) ||
      !wb_tokenizer_json_read_added (&self, error) ||
      !wb_tokenizer_json_read_pipeline (&self, error))
    return NULL;
  return build (&self, error);
}
