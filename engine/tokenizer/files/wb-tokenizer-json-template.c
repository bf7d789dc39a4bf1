#include "config.h"

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/files/wb-tokenizer-json-private.h"

/* The post-processor: where [CLS] and [SEP] go, and what they are called.  Only the published
 * layout passes, and the one in which transformers 5 doubles v1's [SEP]. */

#define PLACE "post_processor"

static gboolean
damaged (const WbTokenizerJson *self, const char *place, GError **error)
{
  return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, place,
                                   "is not what the tokenizers library writes");
}

static gboolean
is_kind (JsonNode *node, GType type)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

static gboolean /* a name and its id */
take_token (const WbTokenizerJson *self,
            WbSpecial              special,
            JsonNode              *name,
            JsonNode              *id,
            GError               **error)
{
  WbAddedToken token = { .special = TRUE };

  if (!is_kind (name, G_TYPE_STRING) || !is_kind (id, G_TYPE_INT64))
    return damaged (self, PLACE, error);
  token.content = (char *) json_node_get_string (name);
  return wb_tokenizer_config_set_special (self->config, special, token.content, "tokenizer.json",
                                          error) &&
         wb_tokenizer_config_add (self->config, &token, json_node_get_int (id), "tokenizer.json",
                                  error);
}

/* BertProcessing, RobertaProcessing: "sep": ["[SEP]", 2] */
static gboolean
read_pair (const WbTokenizerJson *self,
           JsonObject            *object,
           const char            *key,
           WbSpecial              special,
           GError               **error)
{
  JsonNode  *node = json_object_get_member (object, key);
  JsonArray *array =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL || json_array_get_length (array) != 2)
    return damaged (self, PLACE, error);
  return take_token (self, special, json_array_get_element (array, 0),
                     json_array_get_element (array, 1), error);
}

/* TemplateProcessing */

static gboolean /* {"SpecialToken": {"id": "[CLS]", "type_id": 0}} */
append_part (JsonNode *node, GString *out, GPtrArray *names)
{
  static const char *const kinds[] = { "SpecialToken", "Sequence" };

  for (guint i = 0; i < 2; i++)
    {
      JsonNode *inner = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
                            ? json_object_get_member (json_node_get_object (node), kinds[i])
                            : NULL;
      JsonNode *id, *type;
      if (inner == NULL || !JSON_NODE_HOLDS_OBJECT (inner))
        continue;
      id = json_object_get_member (json_node_get_object (inner), "id");
      type = json_object_get_member (json_node_get_object (inner), "type_id");
      if (!is_kind (id, G_TYPE_STRING) || !is_kind (type, G_TYPE_INT64))
        return FALSE;
      if (i == 0)
        g_ptr_array_add (names, (gpointer) json_node_get_string (id));
      g_string_append_printf (out, "%s%s%s:%" G_GINT64_FORMAT, out->len > 0 ? " " : "",
                              i == 0 ? "" : "$", json_node_get_string (id),
                              json_node_get_int (type));
      return TRUE;
    }
  return FALSE;
}

static gboolean /* "[CLS]:0 $A:0 [SEP]:0" */
read_layout (const WbTokenizerJson *self,
             JsonObject            *object,
             const char            *key,
             GString               *out,
             GPtrArray             *names,
             GError               **error)
{
  JsonNode  *node = json_object_get_member (object, key);
  JsonArray *array =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (!append_part (json_array_get_element (array, i), out, names))
      return damaged (self, PLACE, error);
  return array != NULL || damaged (self, PLACE, error);
}

static gboolean
is_layout (const GString *layout, const char *format, const char *cls, const char *sep)
{
  g_auto (GStrv) around_cls = g_strsplit (format, "{cls}", -1);
  g_autofree char *with_cls = g_strjoinv (cls, around_cls);
  g_auto (GStrv) around_sep = g_strsplit (with_cls, "{sep}", -1);
  g_autofree char *whole = g_strjoinv (sep, around_sep);

  return g_str_equal (layout->str, whole);
}

static gboolean
check_layouts (const WbTokenizerJson *self,
               const GString         *single,
               const GString         *pair,
               const GPtrArray       *names,
               GError               **error)
{
  static const char published[] = "{cls}:0 $A:0 {sep}:0 $B:1 {sep}:1";
  static const char types_0[] = "{cls}:0 $A:0 {sep}:0 $B:0 {sep}:0";
  static const char doubled[] = "{cls}:0 $A:0 {sep}:0 {sep}:0 $B:0 {sep}:0";
  const char       *cls = names->len > 0 ? names->pdata[0] : "";
  const char       *sep = names->len > 1 ? names->pdata[1] : "";

  if (!is_layout (single, "{cls}:0 $A:0 {sep}:0", cls, sep))
    return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_UNSUPPORTED, PLACE ".single",
                                     "is \"%s\"; only \"[CLS]:0 $A:0 [SEP]:0\" is supported",
                                     single->str);
  if (is_layout (pair, published, cls, sep) ||
      (self->is_bpe &&
       (is_layout (pair, types_0, cls, sep) || is_layout (pair, doubled, cls, sep))))
    return TRUE;
  return wb_tokenizer_json_refuse (
      self, error, WB_ENGINE_ERROR_UNSUPPORTED, PLACE ".pair",
      "is \"%s\"; only \"[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1\" is supported", pair->str);
}

static gboolean /* "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1], …}} */
take_template_id (const WbTokenizerJson *self,
                  JsonObject            *object,
                  WbSpecial              special,
                  const char            *name,
                  GError               **error)
{
  JsonNode *tokens = json_object_get_member (object, "special_tokens");
  JsonNode *node = tokens != NULL && JSON_NODE_HOLDS_OBJECT (tokens)
                       ? json_object_get_member (json_node_get_object (tokens), name)
                       : NULL;
  JsonNode *ids = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
                      ? json_object_get_member (json_node_get_object (node), "ids")
                      : NULL;
  g_autoptr (JsonNode) text = json_node_alloc ();

  if (ids == NULL || !JSON_NODE_HOLDS_ARRAY (ids) ||
      json_array_get_length (json_node_get_array (ids)) != 1)
    return damaged (self, PLACE ".special_tokens", error);
  json_node_init_string (text, name);
  return take_token (self, special, text, json_array_get_element (json_node_get_array (ids), 0),
                     error);
}

static gboolean
read_template (const WbTokenizerJson *self, JsonObject *object, GError **error)
{
  g_autoptr (GString) single = g_string_new (NULL);
  g_autoptr (GString) pair = g_string_new (NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  return read_layout (self, object, "single", single, names, error) &&
         read_layout (self, object, "pair", pair, names, error) &&
         check_layouts (self, single, pair, names, error) &&
         take_template_id (self, object, WB_SPECIAL_CLS, names->pdata[0], error) &&
         take_template_id (self, object, WB_SPECIAL_SEP, names->pdata[1], error);
}

gboolean
wb_tokenizer_json_read_template (const WbTokenizerJson *self, GError **error)
{
  JsonNode   *node = json_object_get_member (self->sections, PLACE);
  const char *type = wb_tokenizer_json_get_type (node);
  JsonObject *object = type != NULL ? json_node_get_object (node) : NULL;

  if (g_strcmp0 (type, "TemplateProcessing") == 0)
    return read_template (self, object, error);
  if (g_strcmp0 (type, "BertProcessing") == 0 ||
      (self->is_bpe && g_strcmp0 (type, "RobertaProcessing") == 0))
    return read_pair (self, object, "cls", WB_SPECIAL_CLS, error) &&
           read_pair (self, object, "sep", WB_SPECIAL_SEP, error);
  return wb_tokenizer_json_refuse (
      self, error, WB_ENGINE_ERROR_UNSUPPORTED, PLACE,
      "is %s; a DeBERTa vocabulary has TemplateProcessing with [CLS] and [SEP]",
      type != NULL ? type : "null");
}
