#include "engine/checkpoint/wb-weights.h"

#include <stdio.h>
#include <string.h>

#include "engine/core/wb-engine-error.h"

/* Files that PyTorch wrote (tests/vectors/weights.py) against the same tensors as safetensors. */

static char *
vector_path (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "vectors", "weights", name, NULL);
}

static WbWeights *
open_vector (const char *name)
{
  g_autofree char *path = vector_path (name);
  g_autoptr (GError) error = NULL;
  WbWeights *weights = wb_weights_open (path, &error);

  g_assert_no_error (error);
  return weights;
}

static float *
read_all (WbWeights *weights, const WbWeight *weight)
{
  float *values = g_new (float, weight->n_elements + 1);
  g_autoptr (GError) error = NULL;

  values[weight->n_elements] = 12345; /* a guard */
  wb_weights_read (weights, weight, values, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (values[weight->n_elements], ==, 12345);
  return values;
}

static void
assert_same_description (const WbWeight *a, const WbWeight *b)
{
  g_autofree char *x = wb_weight_dup_shape (a->dims, a->n_dims);
  g_autofree char *y = wb_weight_dup_shape (b->dims, b->n_dims);

  g_assert_cmpstr (x, ==, y);
  g_assert_cmpuint (a->n_elements, ==, b->n_elements);
  g_assert_cmpstr (wb_weight_type_name (a->type), ==, wb_weight_type_name (b->type));
}

/* In parts of every length up to 7 and from every place, as well as whole. */
static void
assert_parts (WbWeights *weights, const WbWeight *weight, const float *whole)
{
  for (gsize n = 1; n <= 7; n++)
    for (gsize first = 0; first + n <= weight->n_elements; first += 3)
      {
        float part[7];

        g_assert_true (wb_weights_read_part (weights, weight, first, n, part, NULL));
        g_assert_cmpmem (part, n * 4, whole + first, n * 4);
      }
}

static void
assert_same_tensor (WbWeights *weights, const WbWeight *weight, WbWeights *twin)
{
  const WbWeight *other = wb_weights_find (twin, weight->name);

  g_assert_nonnull (other);
  assert_same_description (weight, other);
  if (wb_weight_type_is_float (weight->type))
    {
      g_autofree float *a = read_all (weights, weight);
      g_autofree float *b = read_all (twin, other);

      g_assert_cmpmem (a, weight->n_elements * 4, b, weight->n_elements * 4);
      assert_parts (weights, weight, a);
    }
  else
    {
      float none[64];
      g_autoptr (GError) error = NULL;

      g_assert_false (wb_weights_read (weights, weight, none, &error));
      g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, weight->name));
    }
}

typedef struct
{
  const char *name;
  const char *layout;
  gsize       n_tensors;
  gsize       n_files;
} Case;

static const Case cases[] = {
  { "zip.bin", "PyTorch", 21, 1 },
  { "zip-protocol-4.bin", "PyTorch", 21, 1 },
  { "zip-without-crc.bin", "PyTorch", 21, 1 },
  { "legacy.bin", "PyTorch, legacy layout", 21, 1 },
  { "legacy-views.bin", "PyTorch, legacy layout", 3, 1 },
  { "rebuild-v3.bin", "PyTorch", 21, 1 },
  { "sharded-bin", "PyTorch, 2 files", 21, 2 },
  { "sharded-bin/pytorch_model.bin.index.json", "PyTorch, 2 files", 21, 2 },
  { "sharded-safetensors", "safetensors, 2 files", 21, 2 },
  { "twin.safetensors", "safetensors", 21, 1 },
};

static void
test_same (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (WbWeights) weights = open_vector (c->name);
  g_autoptr (WbWeights) twin = open_vector ("twin.safetensors");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (wb_weights_get_layout (weights), ==, c->layout);
  g_assert_cmpuint (wb_weights_get_n (weights), ==, c->n_tensors);
  g_assert_cmpuint (wb_weights_get_n_files (weights), ==, c->n_files);
  g_assert_null (wb_weights_get_config (weights));
  for (gsize i = 0; i < wb_weights_get_n (weights); i++)
    {
      const WbWeight *weight = wb_weights_get (weights, i);

      g_assert_true (wb_weights_find (weights, weight->name) == weight);
      g_assert_cmpuint (weight->file, <, c->n_files);
      assert_same_tensor (weights, weight, twin);
    }
  wb_weights_verify (weights, &error);
  g_assert_no_error (error);
}

/* The script's own numbers, so that the twin is known too. */
static void
test_numbers (void)
{
  g_autoptr (WbWeights) weights = open_vector ("zip.bin");
  static const struct
  {
    const char *name;
    gsize       first;
    int         start;
  } known[] = { { "f32", 0, 0 },
                { "f16", 0, 1 },
                { "bf16", 0, 2 },
                { "f64", 0, 3 },
                { "part", 10, 0 } };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      const WbWeight   *weight = wb_weights_find (weights, known[i].name);
      g_autofree float *values = read_all (weights, weight);

      for (gsize k = 0; k < weight->n_elements; k++)
        {
          const gsize at = k + known[i].first;
          const float plain = (float) (((int) at + known[i].start) * 37 % 201 - 100) / 64;

          g_assert_cmpfloat (values[k], ==, at == 1 ? 0x1p-20f : at == 3 ? -0x1p-24f : plain);
        }
    }
}

static void
test_config (void)
{
  g_autoptr (WbWeights) weights = open_vector ("config.bin");

  g_assert_cmpuint (wb_weights_get_n (weights), ==, 1);
  g_assert_cmpstr (wb_weights_get_config (weights), ==,
                   "{\"hidden_size\":8,\"hidden_dropout_prob\":0.10000000000000001,"
                   "\"pos_att_type\":\"c2p|p2c\",\"relative_attention\":true,\"padding_idx\":null,"
                   "\"pooling\":{\"dropout\":0,\"hidden_act\":\"gelu\"}}");
}

/* Which of several files of a folder is taken. */
static void
test_order (void)
{
  static const char *const names[] = { "pytorch.model.bin", "pytorch_model.bin.index.json",
                                       "pytorch_model.bin", "model.safetensors.index.json",
                                       "model.safetensors" };
  g_autofree char         *folder = g_dir_make_tmp ("wb-weights-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_weights_exist (folder));
  g_assert_null (wb_weights_open (folder, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_MISSING);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      g_autoptr (GError) empty = NULL;

      g_assert_true (g_file_set_contents (path, "", 0, NULL));
      g_assert_true (wb_weights_exist (folder));
      g_assert_null (wb_weights_open (folder, &empty));
      if (!g_str_has_prefix (empty->message, path))
        g_error ("%s is not tried: %s", path, empty->message);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      g_assert_cmpint (remove (path), ==, 0);
    }
  g_assert_cmpint (remove (folder), ==, 0);
}

static void
test_foreign (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wb-weights-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "tf_model.h5", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_null (wb_weights_open (folder, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "tf_model.h5"));
  g_assert_cmpint (remove (path), ==, 0);
  g_assert_cmpint (remove (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/weights/same/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_same);
    }
  g_test_add_func ("/engine/weights/numbers", test_numbers);
  g_test_add_func ("/engine/weights/config", test_config);
  g_test_add_func ("/engine/weights/order", test_order);
  g_test_add_func ("/engine/weights/foreign", test_foreign);
  return g_test_run ();
}
