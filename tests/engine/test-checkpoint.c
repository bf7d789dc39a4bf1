#include "engine/checkpoint/wb-checkpoint.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/checkpoint/wb-safetensors.h"
#include "engine/core/wb-engine-error.h"
#include "tests/support/wb-test-safetensors.h"

static const char config_json[] =
    "{\"model_type\":\"deberta-v2\",\"vocab_size\":11,\"hidden_size\":8,\"num_hidden_layers\":2,"
    "\"num_attention_heads\":2,\"intermediate_size\":12,\"max_position_embeddings\":16,"
    "\"relative_attention\":true,\"position_buckets\":4,\"max_relative_positions\":8,"
    "\"norm_rel_ebd\":\"layer_norm\",\"share_att_key\":true,\"pos_att_type\":[\"p2c\",\"c2p\"],"
    "\"layer_norm_eps\":1e-7,\"position_biased_input\":false,\"type_vocab_size\":0,"
    "\"hidden_dropout_prob\":0.1,\"attention_probs_dropout_prob\":0.1,\"my_own\":[1,2]}";

typedef struct
{
  WbBackend     *backend;
  WbModelConfig *config;
  WbModel       *model;
  char          *folder;
  char          *weights;
} Fixture;

static WbModel *
model_new (const Fixture *self, WbHeadKind kind, gsize n_labels, guint64 seed)
{
  const WbHeadSpec head = { .kind = kind, .n_labels = n_labels };
  WbModel         *model = wb_model_new (self->backend, self->config, &head, NULL);

  g_assert_true (wb_model_initialize (model, seed, FALSE, NULL));
  return model;
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->backend = wb_backend_open ("cpu", 1, &error);
  g_assert_no_error (error);
  self->config = wb_model_config_parse (config_json, -1, "config.json", &error);
  g_assert_no_error (error);
  self->model = model_new (self, WB_HEAD_CLASSIFICATION, 3, 1);
  self->folder = g_dir_make_tmp ("wb-checkpoint-XXXXXX", NULL);
  self->weights = g_build_filename (self->folder, "model.safetensors", NULL);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *config = g_build_filename (self->folder, "config.json", NULL);

  g_unlink (config);
  g_unlink (self->weights);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0); /* nothing left beside */
  g_free (self->weights);
  g_free (self->folder);
  wb_model_free (self->model);
  wb_model_config_free (self->config);
  wb_backend_close (self->backend);
}

static gsize
n_parameters (WbModel *model)
{
  return wb_parameter_table_get_n (wb_model_get_table (model));
}

static const WbParameter *
parameter (WbModel *model, gsize i)
{
  return wb_parameter_table_get (wb_model_get_table (model), i);
}

static gsize
find_parameter (WbModel *model, const char *name)
{
  for (gsize i = 0; i < n_parameters (model); i++)
    if (g_str_equal (parameter (model, i)->name, name))
      return i;
  g_assert_not_reached ();
}

static gboolean
same_values (WbModel *a, gsize i, WbModel *b, gsize j)
{
  const gsize n = parameter (a, i)->n_elements;

  return parameter (b, j)->n_elements == n &&
         memcmp (wb_model_get_parameter (a, i).data, wb_model_get_parameter (b, j).data, n * 4) ==
             0;
}

/* Writes the model's tensors as @rename calls them; %NULL leaves one out.  @extra: one more. */
static void
write_tensors (const Fixture *self, char *(*rename) (const char *), const char *extra)
{
  static const gsize dims[] = { 3 };
  static const float values[3] = { 1, 2, 3 };
  g_autoptr (GArray) sources = g_array_new (FALSE, FALSE, sizeof (WbSafetensorSource));
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < n_parameters (self->model); i++)
    {
      const WbParameter *p = parameter (self->model, i);
      char              *name = rename (p->name);
      WbSafetensorSource source = { name, p->dims, p->n_dims,
                                    wb_model_get_parameter (self->model, i).data };

      if (name == NULL)
        continue;
      g_ptr_array_add (names, name);
      g_array_append_val (sources, source);
    }
  if (extra != NULL)
    {
      const WbSafetensorSource source = { extra, dims, 1, values };

      g_array_append_val (sources, source);
    }
  g_assert_true (wb_test_safetensors_write (self->folder, (WbSafetensorSource *) sources->data,
                                            sources->len, NULL));
}

static char *
as_published (const char *name)
{
  return g_strdup (name);
}

static char *
without_prefix (const char *name)
{
  return g_str_has_prefix (name, "deberta.") ? g_strdup (name + 8) : NULL; /* and no head */
}

static char *
with_gamma (const char *name)
{
  GString *text = g_string_new (name);

  g_string_replace (text, "LayerNorm.weight", "LayerNorm.gamma", 0);
  g_string_replace (text, "LayerNorm.bias", "LayerNorm.beta", 0);
  return g_string_free (text, FALSE);
}

static char *
without_one (const char *name)
{
  return g_str_equal (name, "deberta.encoder.layer.1.output.dense.bias") ? NULL : g_strdup (name);
}

static char *
half_a_pooler (const char *name)
{
  return g_str_equal (name, "pooler.dense.bias") ? NULL : g_strdup (name);
}

static WbLoadReport *
load (WbModel *model, const Fixture *self)
{
  g_autoptr (GError) error = NULL;
  WbLoadReport *report = wb_checkpoint_load_weights (model, self->folder, &error);

  g_assert_no_error (error);
  return report;
}

static void
test_round_trip (Fixture *self, gconstpointer data)
{
  const char *const labels[] = { "contradiction", "neutral \"quoted\"", "entailment", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModel) other = model_new (self, WB_HEAD_CLASSIFICATION, 3, 2);
  g_autoptr (WbModelConfig) config = NULL;
  g_autoptr (WbLoadReport) report = NULL;

  wb_checkpoint_save (self->model, self->folder, labels, &error);
  g_assert_no_error (error);
  config = wb_model_config_load (self->folder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (config->n_labels, ==, 3);
  g_assert_cmpstr (config->id2label[1], ==, labels[1]);
  g_assert_nonnull (strstr (config->json, "my_own"));
  g_assert_true (wb_checkpoint_check (self->folder, config, &error));
  report = load (other, self);
  g_assert_false (report->head_is_new);
  g_assert_cmpuint (report->ignored->len, ==, 0);
  for (gsize i = 0; i < n_parameters (other); i++)
    g_assert_true (same_values (self->model, i, other, i));
}

static void
test_names (Fixture *self, gconstpointer data)
{
  char *(*const renames[]) (const char *) = { without_prefix, with_gamma };

  for (gsize r = 0; r < G_N_ELEMENTS (renames); r++)
    {
      g_autoptr (WbModel) other = model_new (self, WB_HEAD_CLASSIFICATION, 3, 2);
      g_autoptr (WbLoadReport) report = NULL;

      write_tensors (self, renames[r], "deberta.embeddings.position_ids");
      report = load (other, self);
      g_assert_cmpint (report->head_is_new, ==, renames[r] == without_prefix);
      g_assert_cmpuint (report->ignored->len, ==, 1);
      g_assert_cmpstr (report->ignored->pdata[0], ==, "deberta.embeddings.position_ids");
      for (gsize i = 0; i < n_parameters (other); i++)
        if (!parameter (other, i)->head || renames[r] == with_gamma)
          g_assert_true (same_values (self->model, i, other, i));
    }
}

/* A head of three classes read for one of two: the pooler is taken, the classifier keeps its
 * random weights. */
static void
test_other_head (Fixture *self, gconstpointer data)
{
  g_autoptr (WbModel) other = model_new (self, WB_HEAD_REGRESSION, 1, 2);
  g_autoptr (WbModel) fresh = model_new (self, WB_HEAD_REGRESSION, 1, 2);
  g_autoptr (WbLoadReport) report = NULL;
  const gsize pooler = find_parameter (other, "pooler.dense.weight");
  const gsize classifier = find_parameter (other, "classifier.weight");

  write_tensors (self, as_published, NULL);
  report = load (other, self);
  g_assert_true (report->head_is_new);
  g_assert_cmpuint (report->ignored->len, ==, 2); /* classifier.bias, classifier.weight */
  g_assert_true (same_values (self->model, pooler, other, pooler));
  g_assert_true (same_values (fresh, classifier, other, classifier));
}

static void
test_half_a_head (Fixture *self, gconstpointer data)
{
  g_autoptr (WbModel) other = model_new (self, WB_HEAD_CLASSIFICATION, 3, 2);
  g_autoptr (WbModel) fresh = model_new (self, WB_HEAD_CLASSIFICATION, 3, 2);
  g_autoptr (WbLoadReport) report = NULL;
  const gsize pooler = find_parameter (other, "pooler.dense.weight");
  const gsize classifier = find_parameter (other, "classifier.weight");

  write_tensors (self, half_a_pooler, NULL);
  report = load (other, self);
  g_assert_true (report->head_is_new);
  g_assert_true (same_values (fresh, pooler, other, pooler));
  g_assert_true (same_values (self->model, classifier, other, classifier));
}

static void
assert_refused (const Fixture *self, gint code, const char *part)
{
  g_autoptr (GError) load_error = NULL;
  g_autoptr (GError) check_error = NULL;

  g_assert_null (wb_checkpoint_load_weights (self->model, self->folder, &load_error));
  g_assert_error (load_error, WB_ENGINE_ERROR, code);
  if (strstr (load_error->message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", load_error->message, part);
  g_assert_false (wb_checkpoint_check (self->folder, self->config, &check_error));
  g_assert_error (check_error, WB_ENGINE_ERROR, code);
}

static void
test_missing (Fixture *self, gconstpointer data)
{
  g_autofree char *pickle = g_build_filename (self->folder, "pytorch_model.bin", NULL);

  assert_refused (self, WB_ENGINE_ERROR_MISSING, "there is no model.safetensors");
  g_assert_true (g_file_set_contents (pickle, "", 0, NULL));
  assert_refused (self, WB_ENGINE_ERROR_INVALID, "pytorch_model.bin: byte 0: neither");
  g_unlink (pickle);
  write_tensors (self, without_one, NULL);
  assert_refused (self, WB_ENGINE_ERROR_MISSING,
                  "tensor deberta.encoder.layer.1.output.dense.bias is missing");
}

/* The same file, read for a configuration that says something else. */
static void
test_wrong_shape (Fixture *self, gconstpointer data)
{
  write_tensors (self, as_published, NULL);
  self->config->vocab_size = 12;
  wb_model_free (self->model);
  self->model = model_new (self, WB_HEAD_CLASSIFICATION, 3, 1);
  assert_refused (self, WB_ENGINE_ERROR_SHAPE,
                  "tensor deberta.embeddings.word_embeddings.weight is (11, 8); config.json makes "
                  "it (12, 8)");
}

static void
test_wrong_dtype (Fixture *self, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  char            *place;
  gsize            length;

  write_tensors (self, as_published, NULL);
  g_assert_true (g_file_get_contents (self->weights, &bytes, &length, NULL));
  place = g_strstr_len (bytes + 8, 4096, "\"deberta.encoder.LayerNorm.bias\":{\"dtype\":\"F32\"");
  memcpy (strstr (place, "F32"), "I32", 3);
  g_assert_true (g_file_set_contents (self->weights, bytes, (gssize) length, NULL));
  assert_refused (self, WB_ENGINE_ERROR_UNSUPPORTED, "deberta.encoder.LayerNorm.bias is I32");
}

static void
test_truncated (Fixture *self, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize            length;

  write_tensors (self, as_published, NULL);
  g_assert_true (g_file_get_contents (self->weights, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (self->weights, bytes, (gssize) length - 1, NULL));
  assert_refused (self, WB_ENGINE_ERROR_INVALID, "truncated");
}

static void
test_save_errors (Fixture *self, gconstpointer data)
{
  g_autofree char *nowhere = g_build_filename (self->folder, "no", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_checkpoint_save (self->model, nowhere, NULL, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_DEVICE);
  g_assert_nonnull (strstr (error->message, nowhere));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/engine/checkpoint/" name, Fixture, NULL, fixture_set_up, function,                 \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  ADD ("names", test_names);
  ADD ("other-head", test_other_head);
  ADD ("half-a-head", test_half_a_head);
  ADD ("missing", test_missing);
  ADD ("wrong-shape", test_wrong_shape);
  ADD ("wrong-dtype", test_wrong_dtype);
  ADD ("truncated", test_truncated);
  ADD ("save-errors", test_save_errors);
  return g_test_run ();
}
