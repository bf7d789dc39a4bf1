#include "config.h"

#include "engine/model/wb-model-config.h"

#include <math.h>

#include "engine/core/wb-engine-error.h"
#include "engine/core/wb-file.h"
#include "engine/model/wb-json-reader-private.h"

/* Upper ends of what is accepted: far above every model that exists, and low enough that no
 * product of sizes overflows. */
#define MAX_VOCABULARY 16777216
#define MAX_WIDTH 65536
#define MAX_LAYERS 1024
#define MAX_POSITIONS 1048576
#define MAX_TYPES 1024
#define MAX_LABELS 100000
#define MAX_FILE (16 * 1024 * 1024)
#define MAX_PARAMETERS ((double) ((guint64) 1 << 40))

#define DROPOUT_RANGE "a number from 0 to 0.99"

static void
read_sizes (WbJsonReader *r, WbModelConfig *c)
{
  gsize head_size = 0, pooler_size;

  wb_json_reader_get_size (r, "vocab_size", TRUE, 1, MAX_VOCABULARY, &c->vocab_size);
  wb_json_reader_get_size (r, "hidden_size", TRUE, 1, MAX_WIDTH, &c->hidden_size);
  wb_json_reader_get_size (r, "num_hidden_layers", TRUE, 1, MAX_LAYERS, &c->n_layers);
  wb_json_reader_get_size (r, "num_attention_heads", TRUE, 1, MAX_WIDTH, &c->n_heads);
  wb_json_reader_get_size (r, "intermediate_size", TRUE, 1, MAX_WIDTH, &c->intermediate_size);
  c->embedding_size = pooler_size = c->hidden_size;
  wb_json_reader_get_size (r, "embedding_size", FALSE, 1, MAX_WIDTH, &c->embedding_size);
  wb_json_reader_get_size (r, "max_position_embeddings", FALSE, 1, MAX_POSITIONS,
                           &c->max_positions);
  wb_json_reader_get_size (r, "type_vocab_size", FALSE, 0, MAX_TYPES, &c->type_vocab_size);
  if (r->error != NULL)
    return;

  if (c->hidden_size % c->n_heads != 0)
    wb_json_reader_fail (r, WB_ENGINE_ERROR_INVALID,
                         "num_attention_heads is %zu, which does not divide hidden_size, %zu",
                         c->n_heads, c->hidden_size);
  head_size = c->hidden_size / c->n_heads;
  wb_json_reader_get_size (r, "attention_head_size", FALSE, 1, MAX_WIDTH, &head_size);
  wb_json_reader_get_size (r, "pooler_hidden_size", FALSE, 1, MAX_WIDTH, &pooler_size);
  if (head_size != c->hidden_size / c->n_heads)
    wb_json_reader_fail (r, WB_ENGINE_ERROR_UNSUPPORTED,
                         "attention_head_size is %zu; only hidden_size / num_attention_heads, "
                         "%zu, is supported",
                         head_size, c->hidden_size / c->n_heads);
  if (pooler_size != c->hidden_size)
    wb_json_reader_fail (r, WB_ENGINE_ERROR_UNSUPPORTED,
                         "pooler_hidden_size is %zu; only hidden_size, %zu, is supported",
                         pooler_size, c->hidden_size);
}

/* All sizes together: a file can stay in every range and still ask for a petabyte. */
static void
check_total (WbJsonReader *r, const WbModelConfig *c)
{
  const double h = c->hidden_size, i = c->intermediate_size;
  const double total = (double) c->vocab_size * c->embedding_size +
                       (double) c->n_layers * (6 * h * h + 2 * h * i) +
                       ((double) 2 * c->relative_span + c->max_positions) * h;

  if (r->error == NULL && total > MAX_PARAMETERS)
    wb_json_reader_fail (r, WB_ENGINE_ERROR_INVALID,
                         "its sizes make a model of %.3g parameters; at most %.3g are accepted",
                         total, MAX_PARAMETERS);
}

static void
read_float (WbJsonReader *r,
            const char   *key,
            double        minimum,
            double        maximum,
            const char   *allowed,
            float        *value)
{
  double number = *value;

  wb_json_reader_get_double (r, key, minimum, maximum, allowed, &number);
  *value = (float) number;
}

static void
read_rates (WbJsonReader *r, WbModelConfig *c)
{
  read_float (r, "hidden_dropout_prob", 0, 0.99, DROPOUT_RANGE, &c->hidden_dropout);
  read_float (r, "attention_probs_dropout_prob", 0, 0.99, DROPOUT_RANGE, &c->attention_dropout);
  read_float (r, "pooler_dropout", 0, 0.99, DROPOUT_RANGE, &c->pooler_dropout);
  c->classifier_dropout = c->hidden_dropout;
  read_float (r, "cls_dropout", 0, 0.99, DROPOUT_RANGE, &c->classifier_dropout);
  wb_json_reader_get_double (r, "initializer_range", 0, 10, "a number from 0 to 10",
                             &c->initializer_range);
  if (c->initializer_range == 0)
    c->initializer_range = 0.02; /* as transformers reads it: fact sheet 1.6 */
  read_float (r, "layer_norm_eps", 1e-30, 1, "a number above 0 up to 1", &c->layer_norm_eps);
  wb_json_reader_get_int (r, "pad_token_id", -1, (gint64) c->vocab_size - 1, &c->pad_token_id);
}

static void
read_activation (WbJsonReader *r, const char *key, WbActivation *activation)
{
  const char *name = NULL;
  g_autoptr (GError) local = NULL;

  wb_json_reader_get_string (r, key, &name);
  if (name != NULL && !wb_activation_parse (name, activation, &local))
    wb_json_reader_fail (r, WB_ENGINE_ERROR_UNSUPPORTED, "%s: %s", key, local->message);
}

static void
add_term (WbJsonReader *r, WbModelConfig *c, const char *term)
{
  if (g_str_equal (term, "c2p"))
    c->c2p = TRUE;
  else if (g_str_equal (term, "p2c"))
    c->p2c = TRUE;
  else if (*term != '\0' && !g_str_equal (term, "none"))
    wb_json_reader_refuse (r, WB_ENGINE_ERROR_UNSUPPORTED, "pos_att_type",
                           "c2p, p2c, both (as \"c2p|p2c\" or [\"c2p\", \"p2c\"]) or none");
}

/* A text is lower-cased and split at |, a list is taken as it is: fact sheet 1.7. */
static void
read_terms (WbJsonReader *r, WbModelConfig *c)
{
  JsonNode *node = wb_json_reader_peek (r, "pos_att_type");

  if (node == NULL || r->error != NULL)
    return;
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          JsonNode *item = json_array_get_element (array, i);
          gboolean  text = json_node_get_value_type (item) == G_TYPE_STRING;

          add_term (r, c, text ? json_node_get_string (item) : "?");
        }
    }
  else
    {
      const char      *text = "";
      g_autofree char *lower = NULL;
      g_auto (GStrv) terms = NULL;

      wb_json_reader_get_string (r, "pos_att_type", &text);
      lower = g_ascii_strdown (text, -1);
      terms = g_strsplit (lower, "|", -1);
      for (gsize i = 0; terms[i] != NULL; i++)
        add_term (r, c, g_strstrip (terms[i]));
    }
}

static void
read_norm_rel_ebd (WbJsonReader *r, WbModelConfig *c)
{
  const char      *text = "none";
  g_autofree char *lower = NULL;
  g_auto (GStrv) items = NULL;

  wb_json_reader_get_string (r, "norm_rel_ebd", &text);
  lower = g_ascii_strdown (text, -1);
  items = g_strsplit (lower, "|", -1);
  for (gsize i = 0; items[i] != NULL; i++)
    {
      g_strstrip (items[i]);
      if (g_str_equal (items[i], "layer_norm"))
        c->normalize_relative = TRUE;
      else if (*items[i] != '\0' && !g_str_equal (items[i], "none"))
        wb_json_reader_refuse (r, WB_ENGINE_ERROR_UNSUPPORTED, "norm_rel_ebd",
                               "\"layer_norm\" or \"none\"");
    }
}

/* Fact sheet 1.8: what transformers accepts, less what crashes or divides by zero there. */
static void
read_positions (WbJsonReader *r, WbModelConfig *c)
{
  wb_json_reader_get_boolean (r, "relative_attention", &c->relative_attention);
  wb_json_reader_get_boolean (r, "share_att_key", &c->share_att_key);
  wb_json_reader_get_boolean (r, "position_biased_input", &c->position_biased_input);
  read_terms (r, c);
  read_norm_rel_ebd (r, c);
  wb_json_reader_get_int (r, "position_buckets", G_MININT, MAX_WIDTH, &c->position_buckets);
  wb_json_reader_get_int (r, "max_relative_positions", -1, MAX_POSITIONS, &c->max_distance);
  if (c->max_distance < 1)
    c->max_distance = (gint) c->max_positions;
  c->relative_span =
      c->position_buckets > 0 ? (gsize) c->position_buckets : (gsize) c->max_distance;
  if (c->position_buckets == 1)
    wb_json_reader_refuse (r, WB_ENGINE_ERROR_INVALID, "position_buckets",
                           "a whole number from 2, or -1 for none");
  if (c->position_buckets > 1 && c->max_distance - 1 <= c->position_buckets / 2)
    wb_json_reader_fail (r, WB_ENGINE_ERROR_INVALID,
                         "position_buckets is %d, for which max_relative_positions, %d, must be "
                         "at least %d",
                         c->position_buckets, c->max_distance, c->position_buckets / 2 + 2);
}

static void
refuse_unsupported (WbJsonReader *r)
{
  gboolean talking_head = FALSE;
  gint     kernel = 0;

  wb_json_reader_get_boolean (r, "talking_head", &talking_head);
  if (talking_head)
    wb_json_reader_refuse (r, WB_ENGINE_ERROR_UNSUPPORTED, "talking_head", "false");
  wb_json_reader_get_int (r, "conv_kernel_size", G_MININT, MAX_WIDTH, &kernel);
  if (kernel > 0)
    wb_json_reader_refuse (r, WB_ENGINE_ERROR_UNSUPPORTED, "conv_kernel_size",
                           "0: models with a convolution (DeBERTa v2) are not supported by this "
                           "version");
}

static void
read_model_type (WbJsonReader *r, WbModelConfig *c)
{
  const char *type = NULL;

  wb_json_reader_get_string (r, "model_type", &type);
  if (type == NULL)
    wb_json_reader_fail (r, WB_ENGINE_ERROR_INVALID, "model_type is missing; it must be %s",
                         "\"deberta-v2\", which v3 and mDeBERTa models say too");
  else if (g_str_equal (type, "deberta"))
    wb_json_reader_refuse (r, WB_ENGINE_ERROR_UNSUPPORTED, "model_type",
                           "\"deberta-v2\" (as v3 and mDeBERTa models say); DeBERTa v1 is not "
                           "supported by this version");
  else if (!g_str_equal (type, "deberta-v2"))
    wb_json_reader_refuse (r, WB_ENGINE_ERROR_UNSUPPORTED, "model_type",
                           "\"deberta-v2\" (as v3 and mDeBERTa models say)");
  c->model_type = g_strdup (type);
}

static void
read_label_names (WbJsonReader *r, WbModelConfig *c, JsonObject *names)
{
  const gsize n = json_object_get_size (names);

  c->id2label = g_new0 (char *, n + 1);
  for (gsize i = 0; i < n && r->error == NULL; i++)
    {
      g_autofree char *key = g_strdup_printf ("%zu", i);
      JsonNode        *name = json_object_get_member (names, key);

      if (name == NULL || json_node_get_value_type (name) != G_TYPE_STRING)
        wb_json_reader_fail (r, WB_ENGINE_ERROR_INVALID,
                             "id2label has %zu entries but no text for \"%s\"; it must name 0 to "
                             "%zu",
                             n, key, n - 1);
      else
        c->id2label[i] = g_strdup (json_node_get_string (name));
    }
  c->n_labels = n;
}

/* num_labels wins over names of another number, as in transformers. */
static void
read_labels (WbJsonReader *r, WbModelConfig *c)
{
  JsonNode *names = wb_json_reader_peek (r, "id2label");
  gsize     n = 0;

  c->n_labels = 2;
  if (names != NULL &&
      (!JSON_NODE_HOLDS_OBJECT (names) || json_object_get_size (json_node_get_object (names)) < 1 ||
       json_object_get_size (json_node_get_object (names)) > MAX_LABELS))
    wb_json_reader_refuse (r, WB_ENGINE_ERROR_INVALID, "id2label",
                           "an object {\"0\": name, \"1\": name, …}");
  if (r->error != NULL)
    return;
  if (names != NULL)
    read_label_names (r, c, json_node_get_object (names));
  wb_json_reader_get_size (r, "num_labels", FALSE, 1, MAX_LABELS, &n);
  c->has_labels = names != NULL || n > 0;
  if (n > 0 && n != c->n_labels)
    {
      g_clear_pointer (&c->id2label, g_strfreev);
      c->n_labels = n;
    }
}

/* transformers' defaults of DebertaV2Config: fact sheet 1.7, 1.8. */
static void
set_defaults (WbModelConfig *c)
{
  c->max_positions = 512;
  c->hidden_act = c->pooler_act = WB_ACTIVATION_GELU;
  c->hidden_dropout = c->attention_dropout = 0.1f;
  c->initializer_range = 0.02;
  c->layer_norm_eps = 1e-7f;
  c->position_biased_input = TRUE;
  c->position_buckets = c->max_distance = -1;
}

WbModelConfig *
wb_model_config_parse (const char *json, gssize length, const char *name, GError **error)
{
  g_autoptr (WbModelConfig) c = NULL;
  g_autoptr (JsonNode) root = wb_json_parse (json, length, name, error);
  WbJsonReader r = { .file = name };

  if (root == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                   "%s: it must be a JSON object, { … }", name);
      return NULL;
    }

  c = g_new0 (WbModelConfig, 1);
  c->json = length < 0 ? g_strdup (json) : g_strndup (json, (gsize) length);
  set_defaults (c);
  r.object = json_node_get_object (root);
  read_model_type (&r, c);
  refuse_unsupported (&r);
  read_sizes (&r, c);
  read_rates (&r, c);
  read_activation (&r, "hidden_act", &c->hidden_act);
  read_activation (&r, "pooler_hidden_act", &c->pooler_act);
  read_positions (&r, c);
  check_total (&r, c);
  read_labels (&r, c);
  if (r.error != NULL)
    {
      g_propagate_error (error, r.error);
      return NULL;
    }
  return g_steal_pointer (&c);
}

WbModelConfig *
wb_model_config_load (const char *path, GError **error)
{
  g_autofree char *file = NULL;
  g_autoptr (GBytes) bytes = NULL;

  file = g_file_test (path, G_FILE_TEST_IS_DIR) ? g_build_filename (path, "config.json", NULL)
                                                : g_strdup (path);
  bytes = wb_file_read (file, MAX_FILE, error);
  if (bytes == NULL)
    return NULL;
  return wb_model_config_parse (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                file, error);
}

WbModelConfig *
wb_model_config_copy (const WbModelConfig *self)
{
  WbModelConfig *copy = g_memdup2 (self, sizeof *self);

  copy->model_type = g_strdup (self->model_type);
  copy->id2label = g_strdupv (self->id2label);
  copy->json = g_strdup (self->json);
  return copy;
}

void
wb_model_config_free (WbModelConfig *self)
{
  if (self == NULL)
    return;
  g_free (self->model_type);
  g_strfreev (self->id2label);
  g_free (self->json);
  g_free (self);
}

float
wb_model_config_get_attention_scale (const WbModelConfig *self)
{
  const double d = (double) (self->hidden_size / self->n_heads);
  const int    terms = 1 + (self->c2p ? 1 : 0) + (self->p2c ? 1 : 0);

  return (float) (1 / sqrt (d * terms));
}
