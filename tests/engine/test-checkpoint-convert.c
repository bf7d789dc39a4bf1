#include "engine/checkpoint/wb-checkpoint-convert.h"

#include <string.h>

#include "engine/checkpoint/wb-checkpoint.h"
#include "engine/checkpoint/wb-safetensors.h"
#include "engine/core/wb-engine-error.h"
#include "tests/support/wb-test-folder.h"
#include "tests/support/wb-test-model.h"
#include "tests/support/wb-test-safetensors.h"

/* Weights under other names and in other types than ours, written as transformers has them.  What
 * programs of other people wrote goes through the same in tests/vectors/export-roundtrip.py. */

#define SIZES                                                                                      \
  "\"vocab_size\":11,\"hidden_size\":8,\"num_hidden_layers\":2,\"num_attention_heads\":2,"         \
  "\"intermediate_size\":12,\"max_position_embeddings\":16,\"relative_attention\":true,"           \
  "\"position_biased_input\":false,\"layer_norm_eps\":1e-7"
#define V1 "\"model_type\":\"deberta\",\"pos_att_type\":\"c2p|p2c\"," SIZES
#define V3                                                                                         \
  "\"model_type\":\"deberta-v2\",\"pos_att_type\":\"c2p|p2c\",\"position_buckets\":4,"             \
  "\"share_att_key\":true,\"norm_rel_ebd\":\"layer_norm\"," SIZES

typedef struct
{
  WbBackend     *backend;
  WbModelConfig *config;
  WbModel       *model;
  char          *saved; /* folders */
  char          *from;
  char          *to;
  GArray        *sources; /* WbSafetensorSource: of @from */
  GPtrArray     *kept;    /* names and values of @sources */
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->backend = wb_test_backend_open (1);
  self->saved = wb_test_folder_new ();
  self->from = wb_test_folder_new ();
  self->to = wb_test_folder_new ();
  self->sources = g_array_new (FALSE, FALSE, sizeof (WbSafetensorSource));
  self->kept = g_ptr_array_new_with_free_func (g_free);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_ptr_array_unref (self->kept);
  g_array_unref (self->sources);
  wb_test_folder_free (self->to);
  wb_test_folder_free (self->from);
  wb_test_folder_free (self->saved);
  g_clear_pointer (&self->model, wb_model_free);
  g_clear_pointer (&self->config, wb_model_config_free);
  wb_backend_close (self->backend);
}

/* A model of @head, and as it is saved. */
static void
make_model (Fixture *self, const char *config, const WbHeadSpec *head)
{
  g_autoptr (GError) error = NULL;

  self->config = wb_test_config_new (config);
  self->model = wb_test_model_new (self->backend, self->config, head, wb_test_form_vectors);
  wb_checkpoint_save (self->model, self->saved, NULL, &error);
  g_assert_no_error (error);
}

static WbSafetensors *
open_file (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "model.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  WbSafetensors *file = wb_safetensors_open (path, &error);

  g_assert_no_error (error);
  return file;
}

static void
add_source (Fixture *self, const char *name, const gsize *dims, gsize n_dims, float *values)
{
  WbSafetensorSource source = { .dims = g_memdup2 (dims, n_dims * sizeof (gsize)),
                                .n_dims = n_dims,
                                .values = values };

  source.name = g_strdup (name);
  g_ptr_array_add (self->kept, (gpointer) source.name);
  g_ptr_array_add (self->kept, (gpointer) source.dims);
  g_ptr_array_add (self->kept, values);
  g_array_append_val (self->sources, source);
}

static float *
read_tensor (WbSafetensors *file, const WbSafetensor *tensor)
{
  g_autoptr (GError) error = NULL;
  float *values = g_new (float, tensor->n_elements);

  g_assert_true (wb_test_safetensors_read (file, tensor, values, &error));
  g_assert_no_error (error);
  return values;
}

/* What was saved, for files of other names to be made of. */
static void
take_saved (Fixture *self)
{
  g_autoptr (WbSafetensors) file = open_file (self->saved);

  for (gsize i = 0; i < wb_safetensors_get_n (file); i++)
    {
      const WbSafetensor *tensor = wb_safetensors_get (file, i);

      add_source (self, tensor->name, tensor->dims, tensor->n_dims, read_tensor (file, tensor));
    }
}

static void
write_from (Fixture *self, WbDtype dtype)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (self->from, "config.json", NULL);
  g_autofree char *text = NULL;

  wb_safetensors_write_folder (self->from, (const WbSafetensorSource *) self->sources->data,
                               self->sources->len, dtype, WB_SAFETENSORS_MAX_FILE, &error);
  g_assert_no_error (error);
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_assert_true (g_file_set_contents (path, self->config->json, -1, NULL));
}

static WbConvertReport *
convert (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  WbConvertReport *report = wb_checkpoint_convert (self->from, self->to, NULL, &error);

  g_assert_no_error (error);
  return report;
}

static void
assert_same_weights (Fixture *self)
{
  g_autofree char *a = g_build_filename (self->saved, "model.safetensors", NULL);
  g_autofree char *b = g_build_filename (self->to, "model.safetensors", NULL);
  g_autofree char *x = NULL, *y = NULL;
  gsize            n_x, n_y;

  g_assert_true (g_file_get_contents (a, &x, &n_x, NULL));
  g_assert_true (g_file_get_contents (b, &y, &n_y, NULL));
  g_assert_cmpmem (x, n_x, y, n_y);
}

static const WbHeadSpec three = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 3 };

/* ---- v1's projections apart ---- */

/* Rows of one of queries, keys and values, a head after the other, of the packed tensor. */
static float *
unpack (const WbSafetensorSource *packed, gsize which, gsize n_heads)
{
  const gsize rows = packed->dims[0] / 3, cols = packed->dims[1], d = rows / n_heads;
  float      *values = g_new (float, rows *cols);

  for (gsize r = 0; r < rows; r++)
    memcpy (values + r * cols, packed->values + ((r / d * 3 + which) * d + r % d) * cols,
            cols * sizeof *values);
  return values;
}

/* As the authors' present code saves a v1 model (fact sheet 2.1). */
static void
split_projections (Fixture *self)
{
  static const char *const parts[] = { "query_proj", "key_proj", "value_proj" };

  make_model (self, V1, &three);
  take_saved (self);
  for (guint i = self->sources->len; i > 0; i--)
    {
      const WbSafetensorSource source = g_array_index (self->sources, WbSafetensorSource, i - 1);
      const char              *place = strstr (source.name, "in_proj.weight");

      for (gsize k = 0; place != NULL && k < G_N_ELEMENTS (parts); k++)
        {
          const gsize      dims[] = { source.dims[0] / 3, source.dims[1] };
          g_autofree char *name =
              g_strdup_printf ("%.*s%s.weight", (int) (place - source.name), source.name, parts[k]);

          add_source (self, name, dims, 2, unpack (&source, k, 2));
        }
      if (place != NULL)
        g_array_remove_index (self->sources, i - 1);
    }
}

static void
test_split (Fixture *self, gconstpointer data)
{
  g_autoptr (WbConvertReport) report = NULL;

  split_projections (self);
  write_from (self, WB_DTYPE_F32);
  report = convert (self);
  g_assert_cmpuint (report->left_out->len, ==, 0);
  assert_same_weights (self);
}

/* There a bias of the keys is none of the model's: zeros can be dropped, other numbers not. */
static void
test_key_bias (Fixture *self, gconstpointer data)
{
  const gsize dims[] = { 8 };
  float      *bias = g_new0 (float, 8);
  g_autoptr (WbConvertReport) report = NULL;
  g_autoptr (GError) error = NULL;

  split_projections (self);
  add_source (self, "deberta.encoder.layer.1.attention.self.key_proj.bias", dims, 1, bias);
  write_from (self, WB_DTYPE_F32);
  report = convert (self);
  assert_same_weights (self);
  bias[5] = 0.5f;
  write_from (self, WB_DTYPE_F32);
  g_assert_null (wb_checkpoint_convert (self->from, self->to, NULL, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "layer.1.attention.self.key_proj.bias is not zero"));
}

/* ---- types ---- */

static void
test_types (Fixture *self, gconstpointer data)
{
  static const WbDtype types[] = { WB_DTYPE_F32, WB_DTYPE_F16, WB_DTYPE_BF16 };

  make_model (self, V3, &three);
  take_saved (self);
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (WbConvertReport) report = NULL;

      write_from (self, types[i]);
      report = convert (self);
      g_assert_cmpint (report->dtype, ==, types[i]); /* what is stored stays */
      wb_checkpoint_save_as (self->model, self->saved, NULL, types[i], NULL);
      assert_same_weights (self);
    }
}

static void
test_overflow (Fixture *self, gconstpointer data)
{
  const WbDtype half = WB_DTYPE_F16;
  g_autoptr (GError) error = NULL;

  make_model (self, V3, &three);
  take_saved (self);
  ((float *) g_array_index (self->sources, WbSafetensorSource, 2).values)[1] = 70000;
  write_from (self, WB_DTYPE_F32);
  g_assert_null (wb_checkpoint_convert (self->from, self->to, &half, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (
      strstr (error->message, g_array_index (self->sources, WbSafetensorSource, 2).name));
  g_assert_nonnull (strstr (error->message, "f16"));
}

/* ---- what a file has more, or less ---- */

static void
add_noise (Fixture *self, const char *name, gsize rows, gsize cols)
{
  const gsize dims[] = { rows, cols };
  float      *values = g_new (float, rows *cols);

  for (gsize i = 0; i < rows * cols; i++)
    values[i] = (float) i / 64;
  add_source (self, name, dims, 2, values);
}

static gboolean
is_written (const Fixture *self, const char *name)
{
  g_autoptr (WbSafetensors) file = open_file (self->to);

  return wb_test_safetensors_find (file, name) != NULL;
}

/* A release of v3: language model, replaced tokens, absolute positions, the difference of its word
 * table. */
static void
test_release (Fixture *self, gconstpointer data)
{
  const WbHeadSpec head = { .kind = WB_HEAD_MASKED_LM, .lm_layout = WB_LM_LAYOUT_NEW };
  g_autoptr (WbConvertReport) report = NULL;
  g_autoptr (WbModelConfig) config = NULL;

  make_model (self, V3, &head);
  take_saved (self);
  add_noise (self, "deberta.embeddings.position_embeddings.weight", 16, 8);
  add_noise (self, "deberta.embeddings.word_embeddings._weight", 11, 8);
  add_noise (self, "mask_predictions.dense.weight", 8, 8);
  write_from (self, WB_DTYPE_F16);
  report = convert (self);
  g_assert_cmpstr (report->architecture, ==, "DebertaV2ForMaskedLM");
  g_assert_cmpint (report->dtype, ==, WB_DTYPE_F16);
  g_assert_cmpuint (report->left_out->len, ==, 1);
  g_assert_cmpstr (report->left_out->pdata[0], ==, "deberta.embeddings.word_embeddings._weight");
  g_assert_true (is_written (self, "deberta.embeddings.position_embeddings.weight"));
  g_assert_true (is_written (self, "mask_predictions.dense.weight"));
  g_assert_false (is_written (self, "deberta.embeddings.word_embeddings._weight"));
  config = wb_model_config_load (self->to, NULL);
  g_assert_false (config->legacy);
}

/* A tied matrix that a file stores twice is not left out: the first is the second. */
static void
test_tied_twice (Fixture *self, gconstpointer data)
{
  const WbHeadSpec head = { .kind = WB_HEAD_MASKED_LM, .lm_layout = WB_LM_LAYOUT_LEGACY };
  g_autoptr (WbConvertReport) report = NULL;

  make_model (self, V3, &head);
  take_saved (self);
  for (guint i = 0, n = self->sources->len; i < n; i++)
    {
      const WbSafetensorSource *source = &g_array_index (self->sources, WbSafetensorSource, i);

      if (g_str_equal (source->name, "deberta.embeddings.word_embeddings.weight"))
        add_source (self, "cls.predictions.decoder.weight", source->dims, 2,
                    g_memdup2 (source->values, 11 * 8 * sizeof (float)));
    }
  write_from (self, WB_DTYPE_F32);
  report = convert (self);
  g_assert_cmpint (report->head.kind, ==, WB_HEAD_MASKED_LM);
  g_assert_cmpuint (report->left_out->len, ==, 0);
  g_assert_false (is_written (self, "cls.predictions.decoder.weight"));
}

/* How many labels there are says a tensor that has as many rows, not one of no numbers at all. */
static void
test_empty_classifier (Fixture *self, gconstpointer data)
{
  const gsize dims[][2] = { { 5500000, 0 }, { 3, 7 }, { 0, 8 } };

  make_model (self, V3, &three);
  for (gsize i = 0; i < G_N_ELEMENTS (dims); i++)
    {
      g_autoptr (WbConvertReport) report = NULL;

      g_array_set_size (self->sources, 0);
      take_saved (self);
      for (guint k = 0; k < self->sources->len; k++)
        if (g_str_equal (g_array_index (self->sources, WbSafetensorSource, k).name,
                         "classifier.weight"))
          g_array_remove_index (self->sources, k);
      add_source (self, "classifier.weight", dims[i], 2, g_new0 (float, 21));
      write_from (self, WB_DTYPE_F32);
      report = convert (self);
      g_assert_false (report->has_head);
      g_assert_cmpuint (report->left_out->len, >=, 1);
    }
}

/* No head: the names of a bare model have no prefix. */
static void
test_bare (Fixture *self, gconstpointer data)
{
  g_autoptr (WbConvertReport) report = NULL;

  make_model (self, V3, &three);
  take_saved (self);
  for (guint i = self->sources->len; i > 0; i--)
    if (!g_str_has_prefix (g_array_index (self->sources, WbSafetensorSource, i - 1).name,
                           "deberta."))
      g_array_remove_index (self->sources, i - 1);
  write_from (self, WB_DTYPE_F32);
  report = convert (self);
  g_assert_cmpstr (report->architecture, ==, "DebertaV2Model");
  g_assert_true (is_written (self, "embeddings.word_embeddings.weight"));
  g_assert_false (is_written (self, "deberta.embeddings.word_embeddings.weight"));
}

static void
test_missing (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const char *name;

  make_model (self, V3, &three);
  take_saved (self);
  name = g_array_index (self->sources, WbSafetensorSource, 4).name;
  g_array_remove_index (self->sources, 4);
  write_from (self, WB_DTYPE_F32);
  g_assert_null (wb_checkpoint_convert (self->from, self->to, NULL, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_MISSING);
  g_assert_nonnull (strstr (error->message, name));
}

/* ---- labels ---- */

static void
write_config (Fixture *self, const char *more)
{
  g_autofree char *path = g_build_filename (self->from, "config.json", NULL);
  g_autofree char *text = g_strdup_printf ("{" V3 "%s}", more);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* The file's own names stay; where they are not as many as the head has rows, the head wins: a
 * class of transformers would refuse the weights otherwise. */
static void
test_labels (Fixture *self, gconstpointer data)
{
  static const char own[] =
      ",\"id2label\":{\"0\":\"a\",\"1\":\"b\",\"2\":\"c\"},\"problem_type\":null";
  g_autoptr (WbModelConfig) kept = NULL, made = NULL;
  WbConvertReport *report;

  make_model (self, V3, &three);
  take_saved (self);
  write_config (self, own);
  write_from (self, WB_DTYPE_F32);
  wb_convert_report_free (convert (self));
  kept = wb_model_config_load (self->to, NULL);
  g_assert_cmpstr (kept->id2label[1], ==, "b");
  write_config (self, "");
  report = convert (self);
  g_assert_cmpint (report->head.kind, ==, WB_HEAD_CLASSIFICATION);
  wb_convert_report_free (report);
  made = wb_model_config_load (self->to, NULL);
  g_assert_cmpuint (made->n_labels, ==, 3);
  g_assert_cmpstr (made->id2label[2], ==, "LABEL_2");
}

#define ADD(name, function)                                                                        \
  g_test_add ("/engine/checkpoint-convert/" name, Fixture, NULL, fixture_set_up, function,         \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("split", test_split);
  ADD ("key-bias", test_key_bias);
  ADD ("tied-twice", test_tied_twice);
  ADD ("empty-classifier", test_empty_classifier);
  ADD ("types", test_types);
  ADD ("overflow", test_overflow);
  ADD ("release", test_release);
  ADD ("bare", test_bare);
  ADD ("missing", test_missing);
  ADD ("labels", test_labels);
  return g_test_run ();
}
