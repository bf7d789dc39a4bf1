#include "engine/checkpoint/wb-checkpoint-head.h"
#include "engine/checkpoint/wb-checkpoint.h"

#include <string.h>

#include "engine/checkpoint/wb-safetensors.h"
#include "tests/support/wb-test-folder.h"
#include "tests/support/wb-test-vectors.h"

/* What a checkpoint holds is what transformers' save_pretrained() writes for the same model: names,
 * shapes, order, type and class (tests/vectors/export-names.py). */

static const struct
{
  const char *name;
  WbHeadSpec  head;
} heads[] = {
  { "classification", { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 3 } },
  { "classification", { .kind = WB_HEAD_SOFT_CLASSIFICATION, .n_labels = 3 } },
  { "classification", { .kind = WB_HEAD_MULTI_LABEL, .n_labels = 3 } },
  { "regression", { .kind = WB_HEAD_REGRESSION, .n_labels = 1 } },
  { "token", { .kind = WB_HEAD_TOKEN, .n_labels = 5 } },
  { "span", { .kind = WB_HEAD_SPAN } },
  { "choice", { .kind = WB_HEAD_CHOICE } },
  { "masked-lm", { .kind = WB_HEAD_MASKED_LM, .lm_layout = WB_LM_LAYOUT_LEGACY } },
  { "masked-lm-untied",
    { .kind = WB_HEAD_MASKED_LM, .lm_layout = WB_LM_LAYOUT_LEGACY, .untied = TRUE } },
  { "masked-lm-new", { .kind = WB_HEAD_MASKED_LM, .lm_layout = WB_LM_LAYOUT_NEW } },
};

typedef struct
{
  WbBackend     *backend;
  WbModelConfig *config;
  WbModel       *model;
  char          *folder;
  WbSafetensors *file;
  JsonObject    *json; /* of the config.json that was written */
} Saved;

static WbModelConfig *
config_of (JsonObject *shape)
{
  g_autofree char *text = json_to_string (json_object_get_member (shape, "config"), FALSE);
  g_autoptr (GError) error = NULL;
  WbModelConfig *config = wb_model_config_parse (text, -1, "vectors", &error);

  g_assert_no_error (error);
  return config;
}

static void
save (Saved *self, JsonObject *shape, const WbHeadSpec *head, WbDtype dtype)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *weights = NULL, *config = NULL;
  g_autoptr (JsonNode) root = NULL;

  self->backend = wb_test_backend_open (1);
  self->config = config_of (shape);
  self->folder = wb_test_folder_new ();
  self->model = wb_model_new (self->backend, self->config, head, &error);
  g_assert_no_error (error);
  g_assert_true (wb_model_initialize (self->model, 3, FALSE, &error));
  wb_checkpoint_save_as (self->model, self->folder, NULL, dtype, &error);
  g_assert_no_error (error);
  weights = g_build_filename (self->folder, "model.safetensors", NULL);
  self->file = wb_safetensors_open (weights, &error);
  g_assert_no_error (error);
  config = g_build_filename (self->folder, "config.json", NULL);
  root = wb_json_load (config, &error);
  g_assert_no_error (error);
  self->json = json_object_ref (json_node_get_object (root));
}

static void
saved_clear (Saved *self)
{
  json_object_unref (self->json);
  wb_safetensors_free (self->file);
  wb_model_free (self->model);
  wb_model_config_free (self->config);
  wb_backend_close (self->backend);
  wb_test_folder_free (self->folder);
}

/* ---- names and shapes ---- */

static void
add_names (GPtrArray *lines, JsonArray *tensors, const char *prefix)
{
  for (guint i = 0; i < json_array_get_length (tensors); i++)
    {
      JsonArray       *tensor = json_array_get_array_element (tensors, i);
      g_autofree char *shape = json_to_string (json_array_get_element (tensor, 1), FALSE);

      g_ptr_array_add (lines, g_strdup_printf ("%s%s %s", prefix,
                                               json_array_get_string_element (tensor, 0), shape));
    }
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* A model of a head has the encoder's tensors and its own, by name. */
static char *
expected_text (JsonObject *shape, JsonObject *head)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  add_names (lines, json_object_get_array_member (shape, "encoder"), "deberta.");
  add_names (lines, json_object_get_array_member (head, "tensors"), "");
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}

static char *
written_text (const Saved *self, const char *dtype)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < wb_safetensors_get_n (self->file); i++)
    {
      const WbSafetensor *tensor = wb_safetensors_get (self->file, i);
      g_autoptr (GString) shape = g_string_new ("[");

      g_assert_cmpstr (tensor->dtype, ==, dtype);
      for (gsize d = 0; d < tensor->n_dims; d++)
        g_string_append_printf (shape, "%s%zu", d > 0 ? "," : "", tensor->dims[d]);
      g_ptr_array_add (lines, g_strdup_printf ("%s %s]", tensor->name, shape->str));
    }
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}

/* ---- configuration ---- */

static void
assert_text (JsonObject *json, const char *key, const char *value)
{
  if (value != NULL)
    g_assert_cmpstr (json_object_get_string_member (json, key), ==, value);
  else
    g_assert_false (json_object_has_member (json, key));
}

static const char *
problem_type (WbHeadKind kind)
{
  if (kind == WB_HEAD_REGRESSION)
    return "regression";
  if (kind == WB_HEAD_MULTI_LABEL)
    return "multi_label_classification";
  return kind == WB_HEAD_CLASSIFICATION ? "single_label_classification" : NULL;
}

static void
check_config (const Saved *self, JsonObject *shape, const WbHeadSpec *head, const char *class)
{
  JsonArray  *classes = json_object_get_array_member (self->json, "architectures");
  JsonObject *before = json_object_get_object_member (shape, "config");
  g_autoptr (GList) keys = json_object_get_members (before);
  const gboolean masked_lm = head->kind == WB_HEAD_MASKED_LM;

  g_assert_cmpuint (json_array_get_length (classes), ==, 1);
  g_assert_cmpstr (json_array_get_string_element (classes, 0), ==, class);
  assert_text (self->json, "problem_type", problem_type (head->kind));
  if (head->n_labels > 0)
    g_assert_cmpuint (json_object_get_size (json_object_get_object_member (self->json, "id2label")),
                      ==, head->n_labels);
  else
    assert_text (self->json, "id2label", NULL);
  for (GList *l = keys; l != NULL; l = l->next) /* nothing is lost or changed */
    if (strcmp (l->data, "dtype") != 0 &&
        !(masked_lm &&
          (strcmp (l->data, "legacy") == 0 || strcmp (l->data, "tie_word_embeddings") == 0)))
      g_assert_true (json_node_equal (json_object_get_member (before, l->data),
                                      json_object_get_member (self->json, l->data)));
  if (!masked_lm)
    return;
  g_assert_cmpint (json_object_get_boolean_member (self->json, "legacy"), ==,
                   head->lm_layout == WB_LM_LAYOUT_LEGACY);
  g_assert_cmpint (json_object_get_boolean_member (self->json, "tie_word_embeddings"), ==,
                   !head->untied);
}

static void
check_head (JsonObject *shape, JsonObject *written, const WbHeadSpec *head)
{
  static const WbDtype     types[] = { WB_DTYPE_F32, WB_DTYPE_F16, WB_DTYPE_BF16 };
  static const char *const names[] = { "F32", "F16", "BF16" };
  static const char *const config_names[] = { "float32", "float16", "bfloat16" };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *expected = expected_text (shape, written);
      g_autofree char *got = NULL;
      Saved            saved = { 0 };

      save (&saved, shape, head, types[i]);
      got = written_text (&saved, names[i]);
      g_assert_cmpstr (got, ==, expected);
      check_config (&saved, shape, head, json_object_get_string_member (written, "class"));
      assert_text (saved.json, "dtype", config_names[i]);
      saved_clear (&saved);
    }
}

static void
test_shape (gconstpointer data)
{
  const char *name = data;
  g_autoptr (JsonObject) vectors = wb_test_vectors_load ("export-names.json");
  JsonObject *shape = json_object_get_object_member (vectors, name);
  JsonObject *written = json_object_get_object_member (shape, "heads");
  guint       n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    if (json_object_has_member (written, heads[i].name))
      {
        check_head (shape, json_object_get_object_member (written, heads[i].name), &heads[i].head);
        n++;
      }
  g_assert_cmpuint (n, >=, 8);
}

/* ---- there and back ---- */

static void
assert_close (const Saved *a, const Saved *b, WbDtype dtype)
{
  const WbParameterTable *table = wb_model_get_table (a->model);

  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const gsize  n = wb_parameter_table_get (table, i)->n_elements;
      const float *x = wb_model_get_parameter (a->model, i).data;
      const float *y = wb_model_get_parameter (b->model, i).data;

      if (dtype == WB_DTYPE_F32)
        g_assert_cmpmem (x, n * 4, y, n * 4);
      for (gsize e = 0; e < n; e++) /* bfloat16 has 8 bits, half has steps of 2⁻²⁴ near 0 */
        g_assert_cmpfloat (fabs ((double) x[e] - (double) y[e]), <=,
                           fabs ((double) x[e]) * 0x1p-8 + 0x1p-24);
    }
}

/* What was written in F32 comes back bit for bit; what was written shorter, as it was rounded. */
static void
check_bits (JsonObject *shape, const WbHeadSpec *head, WbDtype dtype)
{
  Saved first = { 0 }, second = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (WbLoadReport) report = NULL;

  save (&first, shape, head, dtype);
  save (&second, shape, head, WB_DTYPE_F32);
  g_assert_true (wb_model_initialize (second.model, 99, FALSE, NULL));
  report = wb_checkpoint_load_weights (second.model, first.folder, &error);
  g_assert_no_error (error);
  g_assert_false (report->head_is_new);
  g_assert_cmpuint (report->ignored->len, ==, 0);
  assert_close (&first, &second, dtype);
  saved_clear (&first);
  saved_clear (&second);
}

static void
test_bits (void)
{
  static const WbHeadSpec rtd = { .kind = WB_HEAD_REPLACED_TOKEN };
  static const WbDtype    types[] = { WB_DTYPE_F32, WB_DTYPE_F16, WB_DTYPE_BF16 };
  g_autoptr (JsonObject) vectors = wb_test_vectors_load ("export-names.json");
  g_autoptr (GList) shapes = json_object_get_members (vectors);

  for (GList *l = shapes; l != NULL; l = l->next)
    {
      JsonObject *shape = json_object_get_object_member (vectors, l->data);
      JsonObject *written = json_object_get_object_member (shape, "heads");

      for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
        check_bits (shape, &heads[0].head, types[i]);
      for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
        if (json_object_has_member (written, heads[i].name))
          check_bits (shape, &heads[i].head, WB_DTYPE_F32);
      check_bits (shape, &rtd, WB_DTYPE_F32);
    }
}

/* Replaced tokens have no class of their own, v1's choices none either. */
static void
test_without_class (void)
{
  g_autoptr (JsonObject) vectors = wb_test_vectors_load ("export-names.json");
  g_autoptr (WbModelConfig) v1 = config_of (json_object_get_object_member (vectors, "v1"));
  g_autoptr (WbModelConfig) v3 = config_of (json_object_get_object_member (vectors, "v3"));
  const WbHeadSpec    rtd = { .kind = WB_HEAD_REPLACED_TOKEN };
  const WbHeadSpec    choice = { .kind = WB_HEAD_CHOICE };
  WbModelConfigOutput out;

  wb_checkpoint_describe_head (v3, &rtd, NULL, &out);
  g_assert_cmpstr (out.architecture, ==, "DebertaV2Model");
  wb_checkpoint_describe_head (v1, NULL, NULL, &out);
  g_assert_cmpstr (out.architecture, ==, "DebertaModel");
  wb_checkpoint_describe_head (v1, &choice, NULL, &out);
  g_assert_cmpstr (out.architecture, ==, "DebertaForSequenceClassification");
  g_assert_cmpuint (out.n_labels, ==, 1);
}

int
main (int argc, char **argv)
{
  static const char *const shapes[] = { "v1", "v1-c2p", "v1-absolute", "v2-conv",
                                        "v3", "v2-c2p", "v2-p2c" };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/checkpoint-written/%s", shapes[i]);
      g_test_add_data_func (path, shapes[i], test_shape);
    }
  g_test_add_func ("/engine/checkpoint-written/bits", test_bits);
  g_test_add_func ("/engine/checkpoint-written/without-class", test_without_class);
  return g_test_run ();
}
