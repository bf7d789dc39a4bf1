#include "config.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/unigram/wb-nmt-nfkc-private.h"
#include "engine/tokenizer/files/wb-tokenizer-json-private.h"

/* What happens around the vocabulary.  Sequences are laid flat and each step is looked at; a step
 * that SentencePiece has no word for is refused by its place. */

typedef struct
{
  char       *place; /* "normalizer.normalizers[1]" */
  JsonObject *object;
  const char *type;
} Step;

static void
clear_step (gpointer data)
{
  g_free (((Step *) data)->place);
}

static gboolean /* @place is copied */
flatten (const WbTokenizerJson *self,
         JsonNode              *node,
         const char            *place,
         const char            *list,
         GArray                *steps,
         GError               **error)
{
  const char *type = wb_tokenizer_json_get_type (node);
  Step        step = { .type = type };
  JsonArray  *array;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (type == NULL)
    return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, place,
                                     "must be an object with a type");
  if (!g_str_equal (type, "Sequence"))
    {
      step.place = g_strdup (place);
      step.object = json_node_get_object (node);
      g_array_append_val (steps, step);
      return TRUE;
    }
  node = json_object_get_member (json_node_get_object (node), list);
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, place,
                                     "must have an array \"%s\"", list);
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autofree char *inner = g_strdup_printf ("%s.%s[%u]", place, list, i);
      if (!flatten (self, json_array_get_element (array, i), inner, list, steps, error))
        return FALSE;
    }
  return TRUE;
}

static GArray * /* (nullable): Step */
read_steps (const WbTokenizerJson *self, const char *section, const char *list, GError **error)
{
  GArray *steps = g_array_new (FALSE, FALSE, sizeof (Step));

  g_array_set_clear_func (steps, clear_step);
  if (flatten (self, json_object_get_member (self->sections, section), section, list, steps, error))
    return steps;
  g_array_unref (steps);
  return NULL;
}

static gboolean
check (const WbTokenizerJson *self,
       const Step            *step,
       const char            *key,
       const char            *allowed,
       const char            *or_else,
       GError               **error)
{
  const char *const list[] = { allowed, or_else, NULL };

  return wb_tokenizer_json_check (self, step->object, step->place, key, list, error);
}

static gboolean
refuse_step (const WbTokenizerJson *self, const Step *step, const char *why, GError **error)
{
  return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_UNSUPPORTED, step->place,
                                   "is \"%s\": %s", step->type, why);
}

/* The normalizer of a unigram vocabulary */

/* Letters: the steps of a normalizer, in their order, are a word. */
typedef enum
{
  STEP_LOWERCASE = 'l',
  STEP_STRIP = 's',
  STEP_STRIP_RIGHT = 't',
  STEP_MAP = 'm',
  STEP_RUNS = 'r',   /* of blanks to one */
  STEP_ENDS = 'e',   /* our own exports */
  STEP_BLANKS = 'b', /* of transformers 5: runs, tabs and line ends to one blank */
  STEP_NFC = 'n',    /* of transformers 5 */
} StepKind;

/* As transformers converts a SentencePiece model: 4.x strips and keeps the map if there is one, 5.x
 * has no map; and as we write it.  In front of each may be STEP_LOWERCASE. */
static const char *const pipelines[] = { "smr", "sr", "mre", "re", "bnt", NULL };
#define PIPELINE_5 "bnt"

static gboolean
read_map (WbTokenizerJson *self, const Step *step, GError **error)
{
  JsonNode   *node = json_object_get_member (step->object, "precompiled_charsmap");
  const char *text =
      node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
  g_autofree char *again = NULL;
  guchar          *map;
  gsize            size;

  if (self->charsmap != NULL)
    return refuse_step (self, step, "it is there twice", error);
  if (text == NULL)
    return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, step->place,
                                     "has no precompiled_charsmap");
  map = g_base64_decode (text, &size);
  again = g_base64_encode (map, size);
  self->charsmap = g_bytes_new_take (map, size);
  if (g_str_equal (again, text)) /* the decoder skips what it does not know */
    return TRUE;
  return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_INVALID, step->place,
                                   "has a precompiled_charsmap that is not base64");
}

static gboolean
read_strip (const WbTokenizerJson *self, const Step *step, StepKind *kind, GError **error)
{
  JsonNode *left = json_object_get_member (step->object, "strip_left");

  *kind = left != NULL && JSON_NODE_HOLDS_VALUE (left) && json_node_get_boolean (left)
              ? STEP_STRIP
              : STEP_STRIP_RIGHT;
  return check (self, step, "strip_left", *kind == STEP_STRIP ? "true" : "false", NULL, error) &&
         check (self, step, "strip_right", "true", NULL, error);
}

static gboolean
read_replace (const WbTokenizerJson *self, const Step *step, StepKind *kind, GError **error)
{
  static const struct
  {
    const char *pattern;
    StepKind    kind;
    const char *contents[3];
  } known[] = {
    { WB_TOKENIZER_JSON_RUNS, STEP_RUNS, { "\" \"", "\"▁\"" } },
    { WB_TOKENIZER_JSON_BLANKS, STEP_BLANKS, { "\" \"" } },
    { WB_TOKENIZER_JSON_ENDS, STEP_ENDS, { "\"\"" } },
  };
  JsonNode        *pattern = json_object_get_member (step->object, "pattern");
  g_autofree char *text = pattern != NULL ? json_to_string (pattern, FALSE) : g_strdup ("");

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (text, known[i].pattern))
      {
        *kind = known[i].kind;
        return wb_tokenizer_json_check (self, step->object, step->place, "content",
                                        known[i].contents, error);
      }
  return check (self, step, "pattern", WB_TOKENIZER_JSON_RUNS, NULL, error);
}

static gboolean
read_normalizer_step (WbTokenizerJson *self,
                      const Step      *step,
                      const char      *seen,
                      StepKind        *kind,
                      GError         **error)
{
  if (g_str_equal (step->type, "Lowercase"))
    {
      *kind = STEP_LOWERCASE;
      return *seen == '\0' || refuse_step (self, step, "it must be the first step", error);
    }
  if (g_str_equal (step->type, "Strip"))
    return read_strip (self, step, kind, error);
  if (g_str_equal (step->type, "Replace"))
    return read_replace (self, step, kind, error);
  if (g_str_equal (step->type, "Precompiled"))
    {
      *kind = STEP_MAP;
      return read_map (self, step, error);
    }
  *kind = STEP_NFC;
  return (g_str_equal (step->type, "NFC") && strchr (seen, STEP_BLANKS) != NULL) ||
         refuse_step (self, step, "SentencePiece has no such step", error);
}

static gboolean
take_pipeline (WbTokenizerJson *self, const char *seen, GError **error)
{
  const char *word = *seen == STEP_LOWERCASE ? seen + 1 : seen;

  self->published_map = g_str_equal (word, PIPELINE_5);
  if (self->published_map)
    self->charsmap = wb_nmt_nfkc_get_map ();
  if (g_strv_contains (pipelines, word))
    return TRUE;
  return wb_tokenizer_json_refuse (
      self, error, WB_ENGINE_ERROR_UNSUPPORTED, "normalizer",
      "is not one that transformers writes for DeBERTa: Strip, Precompiled and Replace of runs of "
      "blanks (4.x), or Replace, NFC and Strip (5.x), in this order");
}

static gboolean
read_unigram_normalizer (WbTokenizerJson *self, GError **error)
{
  g_autoptr (GArray) steps = read_steps (self, "normalizer", "normalizers", error);
  g_autoptr (GString) seen = g_string_new (NULL);

  for (guint i = 0; steps != NULL && i < steps->len; i++)
    {
      const Step *step = &g_array_index (steps, Step, i);
      StepKind    kind = 0;
      if (!read_normalizer_step (self, step, seen->str, &kind, error))
        return FALSE;
      if (strchr (seen->str, kind) != NULL)
        return refuse_step (self, step, "it is there twice", error);
      g_string_append_c (seen, (char) kind);
    }
  return steps != NULL &&
         wb_tokenizer_config_set_flag (self->config, WB_TOKENIZER_LOWER_CASE,
                                       *seen->str == STEP_LOWERCASE, "tokenizer.json", error) &&
         take_pipeline (self, seen->str, error);
}

/* Pre-tokenizers */

static gboolean
read_metaspace (const WbTokenizerJson *self, const Step *step, GError **error)
{
  return check (self, step, "replacement", "\"▁\"", NULL, error) &&
         check (self, step, "prepend_scheme", "\"always\"", "", error) &&
         check (self, step, "add_prefix_space", "true", "", error);
}

static gboolean /* after Punctuation: at blanks, as our own exports cut */
read_split (const WbTokenizerJson *self, const Step *step, GError **error)
{
  return check (self, step, "pattern", WB_TOKENIZER_JSON_BLANK, NULL, error) &&
         check (self, step, "behavior", "\"Removed\"", NULL, error) &&
         check (self, step, "invert", "false", "", error);
}

static gboolean /* [Punctuation [Split]] Metaspace */
read_unigram_split (const WbTokenizerJson *self, GError **error)
{
  static const char *const order[] = { "Punctuation", "Split" };
  g_autoptr (GArray) steps = read_steps (self, "pre_tokenizer", "pretokenizers", error);

  if (steps == NULL)
    return FALSE;
  for (guint i = 0; i < steps->len; i++)
    {
      const Step *step = &g_array_index (steps, Step, i);
      if (i + 1 == steps->len && g_str_equal (step->type, "Metaspace"))
        return read_metaspace (self, step, error) &&
               wb_tokenizer_config_set_flag (self->config, WB_TOKENIZER_SPLIT_BY_PUNCT, i > 0,
                                             "tokenizer.json", error);
      if (i >= G_N_ELEMENTS (order) || !g_str_equal (step->type, order[i]))
        return refuse_step (self, step, "only Punctuation and then Metaspace are supported", error);
      if (i == 0 ? !check (self, step, "behavior", "\"Isolated\"", NULL, error)
                 : !read_split (self, step, error))
        return FALSE;
    }
  return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_UNSUPPORTED, "pre_tokenizer",
                                   "must end with Metaspace");
}

static gboolean
read_bpe_split (const WbTokenizerJson *self, GError **error)
{
  g_autoptr (GArray) steps = read_steps (self, "pre_tokenizer", "pretokenizers", error);
  const Step *step;
  JsonNode   *prefix;

  if (steps == NULL)
    return FALSE;
  step = steps->len > 0 ? &g_array_index (steps, Step, 0) : NULL;
  if (steps->len != 1 || !g_str_equal (step->type, "ByteLevel"))
    return wb_tokenizer_json_refuse (self, error, WB_ENGINE_ERROR_UNSUPPORTED, "pre_tokenizer",
                                     "is not ByteLevel alone, as a DeBERTa vocabulary has it");
  if (!check (self, step, "add_prefix_space", "false", "true", error) ||
      !check (self, step, "use_regex", "true", "", error))
    return FALSE;
  prefix = json_object_get_member (step->object, "add_prefix_space");
  return wb_tokenizer_config_set_flag (self->config, WB_TOKENIZER_ADD_PREFIX_SPACE,
                                       json_node_get_boolean (prefix), "tokenizer.json", error);
}

static gboolean
read_bpe_normalizer (const WbTokenizerJson *self, GError **error)
{
  g_autoptr (GArray) steps = read_steps (self, "normalizer", "normalizers", error);

  if (steps == NULL)
    return FALSE;
  return steps->len == 0 ||
         refuse_step (self, &g_array_index (steps, Step, 0),
                      "a byte-level vocabulary of DeBERTa has no normalizer", error);
}

static gboolean
check_truncation (const WbTokenizerJson *self, GError **error)
{
  static const char *const right[] = { "\"Right\"", "", NULL };
  JsonNode                *node = json_object_get_member (self->sections, "truncation");

  return node == NULL || !JSON_NODE_HOLDS_OBJECT (node) ||
         wb_tokenizer_json_check (self, json_node_get_object (node), "truncation", "direction",
                                  right, error);
}

gboolean
wb_tokenizer_json_read_pipeline (WbTokenizerJson *self, GError **error)
{
  return (self->is_bpe
              ? read_bpe_normalizer (self, error) && read_bpe_split (self, error)
              : read_unigram_normalizer (self, error) && read_unigram_split (self, error)) &&
         check_truncation (self, error) && wb_tokenizer_json_read_template (self, error);
}
