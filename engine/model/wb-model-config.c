#include "config.h"

#include "engine/model/wb-model-config.h"

#include <math.h>

#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-file.h"
#include "engine/model/wb-model-config-private.h"

#define MAX_FILE (16 * 1024 * 1024)
#define MAX_PARAMETERS ((double) ((guint64) 1 << 40))

/* All sizes together: a file can stay in every range and still ask for a petabyte. */
static void
check_total (WbJsonReader *r, const WbModelConfig *c)
{
  const double h = c->hidden_size, i = c->intermediate_size;
  const double total = (double) c->vocab_size * c->embedding_size +
                       (double) c->n_layers * (6 * h * h + 2 * h * i) +
                       ((double) 2 * c->relative_span + c->max_positions) * h +
                       (double) c->conv_kernel * h * h / c->conv_groups;

  if (r->error == NULL && total > MAX_PARAMETERS)
    wb_json_reader_fail (r, WB_ENGINE_ERROR_INVALID,
                         "its sizes make a model of %.3g parameters; at most %.3g are accepted",
                         total, MAX_PARAMETERS);
}

/* talking_head: transformers' class of v1 computes two maps that we do not; v2's ignores the key,
 * but whoever wrote it wanted another model. */
static void
refuse_unsupported (WbJsonReader *r)
{
  gboolean talking_head = FALSE;

  wb_json_reader_get_boolean (r, "talking_head", &talking_head);
  if (talking_head)
    wb_json_reader_refuse (r, WB_ENGINE_ERROR_UNSUPPORTED, "talking_head", "false");
}

/* Keys that upstream's configurations of v2 and v3 have, and those of v1 have not. */
static gboolean
looks_like_v2 (WbJsonReader *r)
{
  static const char *const keys[] = { "position_buckets", "share_att_key", "norm_rel_ebd",
                                      "conv_kernel_size" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (wb_json_reader_peek (r, keys[i]) != NULL)
      return TRUE;
  return FALSE;
}

void
wb_model_config_read_family (WbJsonReader *r, WbModelConfig *c)
{
  const char *type = NULL;

  wb_json_reader_get_string (r, "model_type", &type);
  if (type == NULL) /* the original releases' model_config.json */
    type = looks_like_v2 (r) ? "deberta-v2" : "deberta";
  c->family = g_str_equal (type, "deberta") ? WB_FAMILY_V1 : WB_FAMILY_V2;
  if (c->family == WB_FAMILY_V2 && !g_str_equal (type, "deberta-v2"))
    wb_json_reader_refuse (
        r, WB_ENGINE_ERROR_UNSUPPORTED, "model_type",
        "\"deberta\" (v1) or \"deberta-v2\" (as v2, v3 and mDeBERTa models say)");
  c->model_type = g_strdup (type);
}

/* transformers' defaults: fact sheet 1.7, 1.8. */
static void
set_defaults (WbModelConfig *c)
{
  c->max_positions = 512;
  c->hidden_act = c->pooler_act = WB_ACTIVATION_GELU;
  c->conv_act = WB_ACTIVATION_TANH;
  c->conv_groups = 1;
  c->hidden_dropout = c->attention_dropout = 0.1f;
  c->initializer_range = 0.02;
  c->layer_norm_eps = 1e-7f;
  c->position_biased_input = TRUE;
  c->position_buckets = c->max_distance = -1;
  c->legacy = c->tie_word_embeddings = TRUE;
}

static void
read_all (WbJsonReader *r, WbModelConfig *c)
{
  set_defaults (c);
  wb_model_config_read_family (r, c);
  refuse_unsupported (r);
  wb_model_config_read_sizes (r, c);
  wb_model_config_read_rates (r, c);
  wb_model_config_read_activation (r, "hidden_act", &c->hidden_act);
  wb_model_config_read_pooler (r, c);
  wb_model_config_read_positions (r, c);
  wb_model_config_read_convolution (r, c);
  wb_json_reader_get_boolean (r, "legacy", &c->legacy);
  wb_json_reader_get_boolean (r, "tie_word_embeddings", &c->tie_word_embeddings);
  check_total (r, c);
  wb_model_config_read_labels (r, c);
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
  r.object = json_node_get_object (root);
  read_all (&r, c);
  if (r.error != NULL)
    {
      g_propagate_error (error, r.error);
      return NULL;
    }
  return g_steal_pointer (&c);
}

/* (transfer full): a folder of an original release has model_config.json alone */
static char *
dup_file (const char *path)
{
  g_autofree char *file = NULL;
  g_autofree char *original = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return g_strdup (path);
  file = g_build_filename (path, "config.json", NULL);
  original = g_build_filename (path, "model_config.json", NULL);
  if (!g_file_test (file, G_FILE_TEST_EXISTS) && g_file_test (original, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&original);
  return g_steal_pointer (&file);
}

WbModelConfig *
wb_model_config_load (const char *path, GError **error)
{
  g_autofree char *file = NULL;
  g_autoptr (GBytes) bytes = NULL;

  file = dup_file (path);
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
  copy->problem_type = g_strdup (self->problem_type);
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
  g_free (self->problem_type);
  g_free (self->json);
  g_free (self);
}

float
wb_model_config_get_attention_scale (const WbModelConfig *self)
{
  const double d = (double) (self->hidden_size / self->n_heads);

  return (float) (1 / sqrt (d * (double) (1 + self->n_divisor_terms)));
}
