#include "engine/checkpoint/wb-checkpoint.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/checkpoint/wb-checkpoint-names-private.h"
#include "engine/checkpoint/wb-safetensors-write.h"
#include "engine/core/wb-engine-error.h"
#include "tests/support/wb-test-safetensors.h"

/* One set of weights under every name that files have given it (fact sheet 2.1, 9.1, 9.5). */

static const char v1_json[] =
    "{\"model_type\":\"deberta\",\"vocab_size\":11,\"hidden_size\":8,\"num_hidden_layers\":2,"
    "\"num_attention_heads\":2,\"intermediate_size\":12,\"max_position_embeddings\":16,"
    "\"relative_attention\":true,\"pos_att_type\":[\"c2p\",\"p2c\"],\"layer_norm_eps\":1e-7,"
    "\"position_biased_input\":false,\"type_vocab_size\":0}";
static const char v3_json[] =
    "{\"model_type\":\"deberta-v2\",\"vocab_size\":11,\"hidden_size\":8,\"num_hidden_layers\":2,"
    "\"num_attention_heads\":2,\"intermediate_size\":12,\"max_position_embeddings\":16,"
    "\"relative_attention\":true,\"position_buckets\":4,\"max_relative_positions\":8,"
    "\"norm_rel_ebd\":\"layer_norm\",\"share_att_key\":true,\"pos_att_type\":[\"p2c\",\"c2p\"],"
    "\"layer_norm_eps\":1e-7,\"position_biased_input\":false,\"type_vocab_size\":0}";

typedef struct
{
  WbBackend     *backend;
  WbModelConfig *config;
  WbModel       *model;
  char          *folder;
  char          *weights;
  GArray        *sources; /* of WbSafetensorSource */
  GPtrArray     *owned;
} Fixture;

static WbModel *
model_new (const Fixture *self, guint64 seed)
{
  const WbHeadSpec head = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 3 };
  g_autoptr (GError) error = NULL;
  WbModel *model = wb_model_new (self->backend, self->config, &head, &error);

  g_assert_no_error (error);
  g_assert_true (wb_model_initialize (model, seed, FALSE, NULL));
  return model;
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->backend = wb_backend_open ("cpu", 1, &error);
  g_assert_no_error (error);
  self->config = wb_model_config_parse (data, -1, "config.json", &error);
  g_assert_no_error (error);
  self->model = model_new (self, 1);
  self->folder = g_dir_make_tmp ("wb-names-XXXXXX", NULL);
  self->weights = g_build_filename (self->folder, "model.safetensors", NULL);
  self->sources = g_array_new (FALSE, TRUE, sizeof (WbSafetensorSource));
  self->owned = g_ptr_array_new_with_free_func (g_free);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->weights);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_array_unref (self->sources);
  g_ptr_array_unref (self->owned);
  g_free (self->weights);
  g_free (self->folder);
  wb_model_free (self->model);
  wb_model_config_free (self->config);
  wb_backend_close (self->backend);
}

static const WbParameter *
parameter (const Fixture *self, gsize i)
{
  return wb_parameter_table_get (wb_model_get_table (self->model), i);
}

static gsize
n_parameters (const Fixture *self)
{
  return wb_parameter_table_get_n (wb_model_get_table (self->model));
}

static char *
own (Fixture *self, char *text)
{
  g_ptr_array_add (self->owned, text);
  return text;
}

static void
add (Fixture *self, const char *name, const gsize *dims, gsize n_dims, const float *values)
{
  const WbSafetensorSource source = { .name = name,
                                      .dims = dims,
                                      .n_dims = n_dims,
                                      .values = values };

  g_array_append_val (self->sources, source);
}

/* The values of parameter @i in the published order. */
static float *
published (Fixture *self, gsize i)
{
  float *values = g_new (float, parameter (self, i)->n_elements);

  g_ptr_array_add (self->owned, values);
  wb_parameter_publish (parameter (self, i), values, wb_model_get_parameter (self->model, i).data);
  return values;
}

static void
add_parameter (Fixture *self, gsize i, const char *name)
{
  add (self, name, parameter (self, i)->dims, parameter (self, i)->n_dims, published (self, i));
}

static void
write_file (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  wb_test_safetensors_write (self->folder, (WbSafetensorSource *) self->sources->data,
                             self->sources->len, &error);
  g_assert_no_error (error);
}

static char *
replace (Fixture *self, const char *name, const char *from, const char *to)
{
  GString *text = g_string_new (name);

  g_string_replace (text, from, to, 0);
  return own (self, g_string_free (text, FALSE));
}

/* Loads into another model and compares every parameter as it lies in the block. */
static void
assert_loads (Fixture *self, guint n_ignored)
{
  g_autoptr (WbModel) other = model_new (self, 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbLoadReport) report = NULL;

  write_file (self);
  g_assert_true (wb_checkpoint_check (self->folder, self->config, &error));
  report = wb_checkpoint_load_weights (other, self->folder, &error);
  g_assert_no_error (error);
  g_assert_false (report->head_is_new);
  g_assert_cmpuint (report->missing->len, ==, 0);
  g_assert_cmpuint (report->ignored->len, ==, n_ignored);
  for (gsize i = 0; i < n_parameters (self); i++)
    {
      const gsize bytes = parameter (self, i)->n_elements * sizeof (float);

      g_assert_cmpmem (wb_model_get_parameter (self->model, i).data, bytes,
                       wb_model_get_parameter (other, i).data, bytes);
    }
}

static void
assert_refused (Fixture *self, gint code, const char *part)
{
  g_autoptr (GError) error = NULL;

  write_file (self);
  g_assert_null (wb_checkpoint_load_weights (self->model, self->folder, &error));
  g_assert_error (error, WB_ENGINE_ERROR, code);
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, part);
}

static void
test_published (Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < n_parameters (self); i++)
    add_parameter (self, i, parameter (self, i)->name);
  assert_loads (self, 0);
}

static void
test_first_release (Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < n_parameters (self); i++)
    {
      const char *name = replace (self, parameter (self, i)->name, "deberta.", "bert.");

      name = replace (self, name, "LayerNorm.weight", "LayerNorm.gamma");
      add_parameter (self, i, replace (self, name, "LayerNorm.bias", "LayerNorm.beta"));
    }
  assert_loads (self, 0);
}

/* The rows of head h of in_proj are d of queries, d of keys, d of values; query_proj has the
 * queries of all heads, and so on. */
static void
add_split (Fixture *self, gsize i, const char *name)
{
  static const char *const parts[] = { "query_proj", "key_proj", "value_proj" };
  static const gsize       dims[] = { 8, 8 };
  const gsize              h = 8, d = 4;
  const float             *packed = published (self, i);

  for (gsize part = 0; part < 3; part++)
    {
      float *values = g_new (float, h *h);

      g_ptr_array_add (self->owned, values);
      for (gsize r = 0; r < h; r++)
        memcpy (values + r * h, packed + (r / d * 3 * d + part * d + r % d) * h,
                h * sizeof *values);
      add (self, replace (self, name, "in_proj", parts[part]), dims, 2, values);
    }
}

/* As the authors' present code writes a first DeBERTa. */
static void
add_split_names (Fixture *self)
{
  static const char *const names[][2] = { { "self.q_bias", "self.query_proj.bias" },
                                          { "self.v_bias", "self.value_proj.bias" },
                                          { "self.pos_proj.", "self.pos_key_proj." },
                                          { "self.pos_q_proj.", "self.pos_query_proj." } };

  for (gsize i = 0; i < n_parameters (self); i++)
    {
      const char *name = parameter (self, i)->name;

      if (g_str_has_suffix (name, "in_proj.weight"))
        {
          add_split (self, i, name);
          continue;
        }
      for (gsize k = 0; k < G_N_ELEMENTS (names); k++)
        name = replace (self, name, names[k][0], names[k][1]);
      add_parameter (self, i, name);
    }
}

static void
test_split (Fixture *self, gconstpointer data)
{
  static const float zeros[8] = { 0 };
  static const gsize dims[] = { 8 };

  add_split_names (self);
  assert_loads (self, 0);
  add (self, "deberta.encoder.layer.1.attention.self.key_proj.bias", dims, 1, zeros);
  assert_loads (self, 1);
}

static void
test_key_bias (Fixture *self, gconstpointer data)
{
  static const float bias[8] = { 0, 0, 1e-3f };
  static const gsize dims[] = { 8 };

  add_split_names (self);
  add (self, "deberta.encoder.layer.1.attention.self.key_proj.bias", dims, 1, bias);
  assert_refused (self, WB_ENGINE_ERROR_UNSUPPORTED, "key_proj.bias is not zero");
}

static void
test_missing (Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < n_parameters (self); i++)
    if (strstr (parameter (self, i)->name, "layer.1.") == NULL)
      add_parameter (self, i, parameter (self, i)->name);
  assert_refused (self, WB_ENGINE_ERROR_MISSING,
                  "16 of the encoder's 38 tensors are missing: "
                  "deberta.encoder.layer.1.attention.self.query_proj.weight, "
                  "deberta.encoder.layer.1.attention.self.key_proj.weight, "
                  "deberta.encoder.layer.1.attention.self.value_proj.weight, …");
}

/* What a training program's wrapper saved: the message says what is there instead. */
static void
test_wrapped (Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < n_parameters (self); i++)
    add_parameter (self, i,
                   replace (self, parameter (self, i)->name, "deberta.", "module.deberta."));
  assert_refused (self, WB_ENGINE_ERROR_MISSING,
                  "tensors is there: a DeBERTa's names begin with "
                  "\"deberta.\", \"bert.\", \"embeddings.\" or \"encoder.\", this file has "
                  "module.deberta.embeddings.word_embeddings.weight");
}

/* Only the difference to a generator's table. */
static void
test_difference (Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < n_parameters (self); i++)
    add_parameter (self, i,
                   replace (self, parameter (self, i)->name, "word_embeddings.weight",
                            "word_embeddings._weight"));
  assert_refused (self, WB_ENGINE_ERROR_MISSING,
                  "word_embeddings.weight is missing; it has only the difference to a generator's");
}

/* Beside the table itself it is only one more tensor. */
static void
test_difference_too (Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < n_parameters (self); i++)
    add_parameter (self, i, parameter (self, i)->name);
  add_parameter (self, 0, "deberta.embeddings.word_embeddings._weight");
  assert_loads (self, 1);
}

static void
test_other_family (Fixture *self, gconstpointer data)
{
  static const gsize dims[] = { 1 };
  static const float value = 1;

  add (self, "deberta.encoder.layer.0.attention.self.in_proj.weight", dims, 1, &value);
  assert_refused (self, WB_ENGINE_ERROR_MISSING, "its names are those of a first DeBERTa");
}

/* A language model's output matrix that is stored a second time. */
static void
test_tied (Fixture *self, gconstpointer data)
{
  static const char decoder[] = "cls.predictions.decoder.weight";
  const WbHeadSpec  tied = { .kind = WB_HEAD_MASKED_LM },
                   untied = { .kind = WB_HEAD_MASKED_LM, .untied = TRUE };
  float     *values;
  WbWeights *weights;
  g_autoptr (GError) error = NULL;

  add_parameter (self, 0, "deberta.embeddings.word_embeddings.weight");
  values = published (self, 0);
  add (self, decoder, parameter (self, 0)->dims, 2, values);
  write_file (self);
  weights = wb_weights_open (self->folder, NULL);
  g_assert_true (wb_checkpoint_check_tied (weights, &tied, NULL));
  wb_weights_free (weights);

  values[17] += 1;
  write_file (self);
  weights = wb_weights_open (self->folder, NULL);
  g_assert_true (wb_checkpoint_check_tied (weights, &untied, NULL));
  g_assert_false (wb_checkpoint_check_tied (weights, &tied, &error));
  wb_weights_free (weights);
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "(element 17)"));
}

/* PyTorch stores tied tensors once. */
static void
test_share (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "vectors", "weights", "zip.bin", NULL);
  g_autoptr (WbWeights) weights = wb_weights_open (path, NULL);
  const WbWeight *base = wb_weights_find (weights, "f32");

  g_assert_true (wb_weights_share (weights, base, wb_weights_find (weights, "tied")));
  g_assert_false (wb_weights_share (weights, base, wb_weights_find (weights, "transposed")));
  g_assert_false (wb_weights_share (weights, base, wb_weights_find (weights, "part")));
}

#define ADD(name, json, function)                                                                  \
  g_test_add ("/engine/checkpoint-names/" name, Fixture, json, fixture_set_up, function,           \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("published/v1", v1_json, test_published);
  ADD ("published/v3", v3_json, test_published);
  ADD ("first-release/v1", v1_json, test_first_release);
  ADD ("first-release/v3", v3_json, test_first_release);
  ADD ("split", v1_json, test_split);
  ADD ("key-bias", v1_json, test_key_bias);
  ADD ("missing", v3_json, test_missing);
  ADD ("wrapped/v1", v1_json, test_wrapped);
  ADD ("wrapped/v3", v3_json, test_wrapped);
  ADD ("difference", v3_json, test_difference);
  ADD ("difference-too", v3_json, test_difference_too);
  ADD ("other-family", v3_json, test_other_family);
  ADD ("tied", v3_json, test_tied);
  g_test_add_func ("/engine/checkpoint-names/share", test_share);
  return g_test_run ();
}
