#include "config.h"

#include "engine/model/wb-model-config-private.h"

#include "engine/core/wb-engine-error.h"

/* How large a model is, its rates and its activations: fact sheet 1.7, 1.8. */

#define MAX_VOCABULARY 16777216
#define MAX_LAYERS 1024
#define MAX_TYPES 1024

#define DROPOUT_RANGE "a number from 0 to 0.99"

static void
check_heads (WbJsonReader *r, const WbModelConfig *c)
{
  gsize head_size;

  if (r->error != NULL)
    return;
  if (c->hidden_size % c->n_heads != 0)
    {
      wb_json_reader_fail (r, WB_ENGINE_ERROR_INVALID,
                           "num_attention_heads is %zu, which does not divide hidden_size, %zu",
                           c->n_heads, c->hidden_size);
      return;
    }
  if (c->family == WB_FAMILY_V1) /* its class does not read the key */
    return;
  head_size = c->hidden_size / c->n_heads;
  wb_json_reader_get_size (r, "attention_head_size", FALSE, 1, WB_MODEL_MAX_WIDTH, &head_size);
  if (head_size != c->hidden_size / c->n_heads)
    wb_json_reader_fail (r, WB_ENGINE_ERROR_UNSUPPORTED,
                         "attention_head_size is %zu; only hidden_size / num_attention_heads, "
                         "%zu, is supported",
                         head_size, c->hidden_size / c->n_heads);
}

static void
read_padding (WbJsonReader *r, WbModelConfig *c)
{
  const gint64 last = (gint64) c->vocab_size - 1;

  wb_json_reader_get_int (r, "padding_idx", -1, last, &c->pad_token_id); /* upstream's name */
  wb_json_reader_get_int (r, "pad_token_id", -1, last, &c->pad_token_id);
  if (c->pad_token_id == -1)
    c->pad_token_id = (gint32) last; /* as PyTorch counts rows */
  if (json_object_has_member (r->object, "pad_token_id") &&
      json_object_get_null_member (r->object, "pad_token_id"))
    c->pad_token_id = -1;
}

void
wb_model_config_read_sizes (WbJsonReader *r, WbModelConfig *c)
{
  wb_json_reader_get_size (r, "vocab_size", TRUE, 1, MAX_VOCABULARY, &c->vocab_size);
  wb_json_reader_get_size (r, "hidden_size", TRUE, 1, WB_MODEL_MAX_WIDTH, &c->hidden_size);
  wb_json_reader_get_size (r, "num_hidden_layers", TRUE, 1, MAX_LAYERS, &c->n_layers);
  wb_json_reader_get_size (r, "num_attention_heads", TRUE, 1, WB_MODEL_MAX_WIDTH, &c->n_heads);
  wb_json_reader_get_size (r, "intermediate_size", TRUE, 1, WB_MODEL_MAX_WIDTH,
                           &c->intermediate_size);
  c->embedding_size = c->hidden_size;
  wb_json_reader_get_size (r, "embedding_size", FALSE, 1, WB_MODEL_MAX_WIDTH, &c->embedding_size);
  wb_json_reader_get_size (r, "max_position_embeddings", FALSE, 1, WB_MODEL_MAX_POSITIONS,
                           &c->max_positions);
  wb_json_reader_get_size (r, "type_vocab_size", FALSE, 0, MAX_TYPES, &c->type_vocab_size);
  wb_json_reader_get_boolean (r, "position_biased_input", &c->position_biased_input);
  check_heads (r, c);
  read_padding (r, c);
}

void
wb_model_config_read_float (WbJsonReader *r,
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
read_dropout (WbJsonReader *r, const char *key, float *value)
{
  wb_model_config_read_float (r, key, 0, 0.99, DROPOUT_RANGE, value);
}

void
wb_model_config_read_rates (WbJsonReader *r, WbModelConfig *c)
{
  read_dropout (r, "hidden_dropout_prob", &c->hidden_dropout);
  read_dropout (r, "attention_probs_dropout_prob", &c->attention_dropout);
  c->classifier_dropout = c->hidden_dropout;
  read_dropout (r, "cls_dropout", &c->classifier_dropout);
  wb_json_reader_get_double (r, "initializer_range", 0, 10, "a number from 0 to 10",
                             &c->initializer_range);
  if (c->initializer_range == 0)
    c->initializer_range = 0.02; /* as transformers reads it: fact sheet 1.6 */
  wb_model_config_read_float (r, "layer_norm_eps", 1e-30, 1, "a number above 0 up to 1",
                              &c->layer_norm_eps);
}

void
wb_model_config_read_activation (WbJsonReader *r, const char *key, WbActivation *activation)
{
  const char *name = NULL;
  g_autoptr (GError) local = NULL;

  wb_json_reader_get_string (r, key, &name);
  if (name != NULL && !wb_activation_parse (name, activation, &local))
    wb_json_reader_fail (r, WB_ENGINE_ERROR_UNSUPPORTED, "%s: %s", key, local->message);
}

/* Upstream keeps the pooler's settings in an object of their own; transformers' keys win. */
static void
read_pooling (WbJsonReader *r, WbModelConfig *c, gsize *size)
{
  JsonNode    *node = wb_json_reader_peek (r, "pooling");
  WbJsonReader inner = { .file = "pooling" };

  if (node == NULL || r->error != NULL)
    return;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      wb_json_reader_refuse (r, WB_ENGINE_ERROR_INVALID, "pooling",
                             "an object {\"dropout\": number, \"hidden_act\": name}");
      return;
    }
  inner.object = json_node_get_object (node);
  read_dropout (&inner, "dropout", &c->pooler_dropout);
  wb_model_config_read_activation (&inner, "hidden_act", &c->pooler_act);
  wb_json_reader_get_size (&inner, "hidden_size", FALSE, 1, WB_MODEL_MAX_WIDTH, size);
  if (inner.error != NULL)
    wb_json_reader_fail (r, inner.error->code, "%s", inner.error->message);
  g_clear_error (&inner.error);
}

void
wb_model_config_read_pooler (WbJsonReader *r, WbModelConfig *c)
{
  gsize size = c->hidden_size;

  read_pooling (r, c, &size);
  read_dropout (r, "pooler_dropout", &c->pooler_dropout);
  wb_model_config_read_activation (r, "pooler_hidden_act", &c->pooler_act);
  wb_json_reader_get_size (r, "pooler_hidden_size", FALSE, 1, WB_MODEL_MAX_WIDTH, &size);
  if (size != c->hidden_size)
    wb_json_reader_fail (r, WB_ENGINE_ERROR_UNSUPPORTED,
                         "pooler_hidden_size is %zu; only hidden_size, %zu, is supported", size,
                         c->hidden_size);
}
