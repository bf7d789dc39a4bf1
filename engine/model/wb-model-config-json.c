#include "config.h"

#include "engine/model/wb-model-config.h"

#include "engine/files/wb-json-reader-private.h"

static const char *const label_keys[] = { "id2label", "label2id", "num_labels", NULL };

/* As transformers names them: fact sheet 9.11. */
static const char *
dtype_text (WbDtype dtype)
{
  if (dtype == WB_DTYPE_F16)
    return "float16";
  return dtype == WB_DTYPE_BF16 ? "bfloat16" : "float32";
}

static void
set_strings (JsonObject *object, const char *key, const char *value)
{
  JsonArray *array = json_array_new ();

  json_array_add_string_element (array, value);
  json_object_set_array_member (object, key, array);
}

static void
set_labels (JsonObject *object, const char *const *labels, gsize n_labels)
{
  JsonObject *names = json_object_new ();
  JsonObject *ids = json_object_new ();

  for (gsize i = 0; i < n_labels; i++)
    {
      g_autofree char *key = g_strdup_printf ("%zu", i);
      g_autofree char *name =
          labels != NULL ? g_strdup (labels[i]) : g_strdup_printf ("LABEL_%zu", i);

      json_object_set_string_member (names, key, name);
      json_object_set_int_member (ids, name, (gint64) i);
    }
  json_object_remove_member (object, "num_labels"); /* id2label says it */
  json_object_set_object_member (object, "id2label", names);
  json_object_set_object_member (object, "label2id", ids);
}

/* The key is there and not null, which reads as absent. */
static gboolean
is_said (JsonObject *object, const char *key)
{
  return json_object_has_member (object, key) && !json_object_get_null_member (object, key);
}

/* A rate other than what the file would be read as. */
static void
set_rate (JsonObject *object, const char *key, float now, float before)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (now == before)
    return;
  g_ascii_formatd (buffer, sizeof buffer, "%.7g", (double) now); /* 0.1, not 0.10000000149 */
  json_object_set_double_member (object, key, g_ascii_strtod (buffer, NULL));
}

static void
set_rates (JsonObject *object, const WbModelConfig *self)
{
  g_autoptr (WbModelConfig) before = wb_model_config_parse (self->json, -1, "config", NULL);

  if (before == NULL)
    return;
  set_rate (object, "hidden_dropout_prob", self->hidden_dropout, before->hidden_dropout);
  set_rate (object, "attention_probs_dropout_prob", self->attention_dropout,
            before->attention_dropout);
  set_rate (object, "pooler_dropout", self->pooler_dropout, before->pooler_dropout);
  set_rate (object, "cls_dropout", self->classifier_dropout, /* its default: the new hidden rate */
            is_said (object, "cls_dropout") ? before->classifier_dropout : self->hidden_dropout);
}

/* What the file said in upstream's words, in transformers', which ignores upstream's. */
static void
set_upstream_keys (JsonObject *object, const WbModelConfig *self)
{
  JsonObject *pooling = NULL;

  json_object_set_string_member (object, "model_type", self->model_type);
  if (json_object_has_member (object, "padding_idx") &&
      !json_object_has_member (object, "pad_token_id"))
    json_object_set_int_member (object, "pad_token_id", self->pad_token_id);
  if (json_object_has_member (object, "pooling") &&
      JSON_NODE_HOLDS_OBJECT (json_object_get_member (object, "pooling")))
    pooling = json_object_get_object_member (object, "pooling");
  if (pooling == NULL)
    return;
  if (!json_object_has_member (object, "pooler_dropout"))
    set_rate (object, "pooler_dropout", self->pooler_dropout, -1);
  if (!is_said (object, "pooler_hidden_act") && is_said (pooling, "hidden_act"))
    json_object_set_string_member (object, "pooler_hidden_act",
                                   json_object_get_string_member (pooling, "hidden_act"));
}

static void
set_text (JsonObject *object, const char *key, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, key, value);
  else
    json_object_remove_member (object, key);
}

static void
set_head (JsonObject *object, const WbModelConfigOutput *out)
{
  if (out->n_labels > 0)
    set_labels (object, out->labels, out->n_labels);
  else
    for (gsize i = 0; label_keys[i] != NULL; i++)
      json_object_remove_member (object, label_keys[i]);
  set_text (object, "problem_type", out->problem_type);
}

char *
wb_model_config_write (const WbModelConfig *self, const WbModelConfigOutput *out)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object;

  g_return_val_if_fail (self != NULL && out != NULL && out->architecture != NULL, NULL);

  root = json_from_string (self->json, NULL);
  g_return_val_if_fail (root != NULL, NULL); /* it was parsed when the configuration was made */
  object = json_node_get_object (root);
  set_strings (object, "architectures", out->architecture);
  json_object_remove_member (object, "torch_dtype"); /* the same key under its old name */
  json_object_set_string_member (object, "dtype", dtype_text (out->dtype));
  if (!out->keep_labels)
    set_head (object, out);
  if (out->masked_lm)
    {
      json_object_set_boolean_member (object, "legacy", out->legacy);
      json_object_set_boolean_member (object, "tie_word_embeddings", out->tied);
    }
  set_upstream_keys (object, self);
  set_rates (object, self);
  return wb_json_to_text (root);
}
