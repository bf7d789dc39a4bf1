#include "config.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/files/wb-tokenizer-json-private.h"

/* The post-processor: where [CLS] and [SEP] go, and what they are called.  Only the published
 * layout passes, and the one in which transformers 5 doubles v1's [SEP]. */

#define PLACE "post_processor"
#define MAX_SHOWN 80 /* bytes of a layout in a message, about */

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

/* One place of a layout: a special token, or the text A or B. */
typedef struct
{
  gboolean    special;
  const char *name; /* lent */
  gint64      type;
} Part;

static gboolean /* {"SpecialToken": {"id": "[CLS]", "type_id": 0}} */
read_part (JsonNode *node, Part *part)
{
  static const char *const kinds[] = { "Sequence", "SpecialToken" };
  static const char *const texts[] = { "A", "B", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
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
      *part = (Part){ i == 1, json_node_get_string (id), json_node_get_int (type) };
      return part->special || g_strv_contains (texts, part->name);
    }
  return FALSE;
}

static gboolean
read_layout (const WbTokenizerJson *self,
             JsonObject            *object,
             const char            *key,
             GArray                *parts,
             GError               **error)
{
  JsonNode  *node = json_object_get_member (object, key);
  JsonArray *array =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      Part part;

      if (!read_part (json_array_get_element (array, i), &part))
        return damaged (self, PLACE, error);
      g_array_append_val (parts, part);
    }
  return array != NULL || damaged (self, PLACE, error);
}

static char * /* "[CLS]:0 $A:0 [SEP]:0" */
dup_shown (const GArray *parts)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < parts->len && out->len < MAX_SHOWN; i++)
    {
      const Part *part = &g_array_index (parts, Part, i);

      g_string_append_printf (out, "%s%s%.*s:%" G_GINT64_FORMAT, i > 0 ? " " : "",
                              part->special ? "" : "$", MAX_SHOWN, part->name, part->type);
    }
  return g_string_free (out, FALSE);
}

/* What stands where: C and S are the special tokens, A and B the texts. */
typedef struct
{
  const char *what;
  guint8      types[6];
} Layout;

static const Layout single_layout = { "CAS", { 0, 0, 0 } };
/* The published one; with a byte-level BPE also all of type 0, and [SEP] twice. */
static const Layout pair_layouts[] = {
  { "CASBS", { 0, 0, 0, 1, 1 } },
  { "CASBS", { 0, 0, 0, 0, 0 } },
  { "CASSBS", { 0, 0, 0, 0, 0, 0 } },
};

static gboolean
is_layout (const GArray *parts, const Layout *layout, const char *cls, const char *sep)
{
  if (parts->len != strlen (layout->what))
    return FALSE;
  for (guint i = 0; i < parts->len; i++)
    {
      const Part    *part = &g_array_index (parts, Part, i);
      const char     what = layout->what[i];
      const gboolean special = what == 'C' || what == 'S';

      if (!part->special != !special || part->type != layout->types[i] ||
          (special ? !g_str_equal (part->name, what == 'C' ? cls : sep) : part->name[0] != what))
        return FALSE;
    }
  return TRUE;
}

/* @cls, @sep: what the special tokens of @single are called, lent */
static gboolean
check_layouts (const WbTokenizerJson *self,
               const GArray          *single,
               const GArray          *pair,
               const char           **cls,
               const char           **sep,
               GError               **error)
{
  g_autofree char *shown_single = dup_shown (single);
  g_autofree char *shown_pair = dup_shown (pair);

  *cls = single->len > 0 ? g_array_index (single, Part, 0).name : "";
  *sep = single->len > 0 ? g_array_index (single, Part, single->len - 1).name : "";
  if (!is_layout (single, &single_layout, *cls, *sep))
    return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_UNSUPPORTED, PLACE ".single",
                                     "is \"%s\"; only \"[CLS]:0 $A:0 [SEP]:0\" is supported",
                                     shown_single);
  for (gsize i = 0; i < (self->is_bpe ? G_N_ELEMENTS (pair_layouts) : 1); i++)
    if (is_layout (pair, &pair_layouts[i], *cls, *sep))
      return TRUE;
  return wb_tokenizer_json_refuse (
      self, error, WB_ENGINE_ERROR_UNSUPPORTED, PLACE ".pair",
      "is \"%s\"; only \"[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1\" is supported", shown_pair);
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
  g_autoptr (GArray) single = g_array_new (FALSE, FALSE, sizeof (Part));
  g_autoptr (GArray) pair = g_array_new (FALSE, FALSE, sizeof (Part));
  const char *cls, *sep;

  return read_layout (self, object, "single", single, error) &&
         read_layout (self, object, "pair", pair, error) &&
         check_layouts (self, single, pair, &cls, &sep, error) &&
         take_template_id (self, object, WB_SPECIAL_CLS, cls, error) &&
         take_template_id (self, object, WB_SPECIAL_SEP, sep, error);
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
