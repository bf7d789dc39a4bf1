#include "engine/checkpoint/wb-safetensors-write.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "engine/checkpoint/wb-narrow-private.h"
#include "engine/checkpoint/wb-safetensors.h"
#include "engine/core/wb-engine-error.h"
#include "tests/support/wb-test-folder.h"
#include "tests/support/wb-test-safetensors.h"

/* ---- rounding ---- */

/* The value of a short float of @fraction bits and an exponent of bias @bias: the definition. */
static double
decode (guint16 bits, int fraction, int bias)
{
  const int    exponent = (bits & 0x7fff) >> fraction;
  const double part = ldexp (bits & ((1 << fraction) - 1), -fraction);
  const double value = exponent == 0 ? ldexp (part, 1 - bias) : ldexp (1 + part, exponent - bias);

  return (bits & 0x8000) != 0 ? -value : value;
}

/* Every finite value comes back, and of two neighbours and what lies between them each half goes to
 * the nearer one, the middle to the even one. */
static void
check_rounding (guint16 (*narrow) (float), int fraction, int bias, guint16 infinity)
{
  for (guint i = 0; i < infinity; i++)
    {
      const guint16 low = (guint16) i, high = (guint16) (i + 1);
      const double  a = decode (low, fraction, bias), b = decode (high, fraction, bias);
      const float   middle = (float) ((a + b) / 2);

      g_assert_cmphex (narrow ((float) a), ==, low);
      g_assert_cmphex (narrow ((float) -a), ==, low | 0x8000u);
      if (isinf (middle)) /* bfloat16: the last middle is no float any more */
        continue;
      g_assert_cmphex (narrow (nextafterf (middle, 0)), ==, low);
      g_assert_cmphex (narrow (middle), ==, (low & 1) == 0 ? low : high);
      g_assert_cmphex (narrow (nextafterf (middle, INFINITY)), ==, high);
    }
  g_assert_cmphex (narrow (INFINITY), ==, infinity);
  g_assert_cmphex (narrow (-INFINITY), ==, infinity | 0x8000u);
  g_assert_cmphex (narrow (NAN) & infinity, ==, infinity);
  g_assert_cmphex (narrow (NAN) & 0x7fff, >, infinity);
}

static void
test_half (void)
{
  check_rounding (wb_narrow_to_half, 10, 15, WB_HALF_INFINITY);
  g_assert_cmphex (wb_narrow_to_half (65519), ==, 0x7bff);
  g_assert_cmphex (wb_narrow_to_half (65520), ==, WB_HALF_INFINITY);
  g_assert_cmphex (wb_narrow_to_half (3e38f), ==, WB_HALF_INFINITY);
  g_assert_cmphex (wb_narrow_to_half (1e-9f), ==, 0);
}

static void
test_bfloat (void)
{
  check_rounding (wb_narrow_to_bfloat, 7, 127, WB_BFLOAT_INFINITY);
}

/* ---- files ---- */

typedef struct
{
  char *folder;
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->folder = wb_test_folder_new ();
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  wb_test_folder_free (self->folder);
}

static char *
path_of (const Fixture *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static const gsize matrix[] = { 2, 3 }, vector[] = { 2 };
static const float six[] = { 1, -2.5f, 0.33333334f, 65504, 1e-7f, -0.0f };

/* 0, 1, 2, … in pieces, as a source that has them nowhere at once; element @data is too large. */
static gboolean
read_counting (gpointer data, gsize first, gsize n, float *values, GError **error)
{
  const gsize bad = GPOINTER_TO_SIZE (data);

  for (gsize i = 0; i < n; i++)
    values[i] = first + i == bad ? 1e6f : (float) ((first + i) % 2048);
  return TRUE;
}

static void
test_types (Fixture *self, gconstpointer data)
{
  static const WbDtype     types[] = { WB_DTYPE_F32, WB_DTYPE_F16, WB_DTYPE_BF16 };
  static const char *const names[] = { "F32", "F16", "BF16" };
  static const double      bounds[] = { 0, 0x1p-11, 0x1p-8 }; /* half a unit in the last place */
  const gsize              many[] = { 300001 };
  const WbSafetensorSource sources[] = { { "b", matrix, 2, six },
                                         { .name = "a",
                                           .dims = many,
                                           .n_dims = 1,
                                           .read = read_counting,
                                           .data = GSIZE_TO_POINTER (G_MAXSIZE) } };
  g_autofree char         *path = path_of (self, "model.safetensors");
  g_autofree float        *values = g_new (float, many[0]);

  for (gsize t = 0; t < G_N_ELEMENTS (types); t++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WbSafetensors) file = NULL;
      const WbSafetensor *tensor;

      wb_safetensors_write_folder (self->folder, sources, 2, types[t], WB_SAFETENSORS_MAX_FILE,
                                   &error);
      g_assert_no_error (error);
      file = wb_safetensors_open (path, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (wb_safetensors_get (file, 0)->name, ==, "a"); /* by name */
      tensor = wb_test_safetensors_find (file, "b");
      g_assert_cmpstr (tensor->dtype, ==, names[t]);
      g_assert_true (wb_test_safetensors_read (file, tensor, values, &error));
      for (gsize i = 0; i < 6; i++)
        g_assert_cmpfloat (fabs ((double) values[i] - (double) six[i]), <=,
                           MAX (bounds[t] * fabs ((double) six[i]), t == 1 ? 0x1p-25 : 0));
      g_assert_true (signbit (values[5]));
      g_assert_true (
          wb_test_safetensors_read (file, wb_test_safetensors_find (file, "a"), values, &error));
      for (gsize i = 0; types[t] != WB_DTYPE_BF16 && i < many[0]; i++)
        g_assert_cmpfloat (values[i], ==, (float) (i % 2048));
    }
}

static void
expect_overflow (const Fixture *self, gsize element, WbDtype dtype, const char *part)
{
  const gsize              many[] = { 2, 200000 };
  const WbSafetensorSource source = { .name = "deberta.x.weight",
                                      .dims = many,
                                      .n_dims = 2,
                                      .read = read_counting,
                                      .data = GSIZE_TO_POINTER (element) };
  g_autofree char         *path = path_of (self, "model.safetensors");
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_safetensors_write_folder (self->folder, &source, 1, dtype,
                                               WB_SAFETENSORS_MAX_FILE, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, part);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_overflow (Fixture *self, gconstpointer data)
{
  const float              huge[] = { 3.4e38f, NAN };
  const WbSafetensorSource source = { "w", vector, 1, huge };
  g_autoptr (GError) error = NULL;

  expect_overflow (self, 7, WB_DTYPE_F16, "element 7 of deberta.x.weight is 1e+06, which f16");
  expect_overflow (self, 399999, WB_DTYPE_F16, "element 399999 of deberta.x.weight");
  g_assert_false (
      wb_safetensors_write_folder (self->folder, &source, 1, WB_DTYPE_BF16, 100, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
}

/* Bytes of one file, as transformers' safetensors writes it. */
static void
test_header (Fixture *self, gconstpointer data)
{
  static const char        header[] = "{\"__metadata__\":{\"format\":\"pt\"},"
                                      "\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]},"
                                      "\"b\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[4,16]}}";
  const WbSafetensorSource sources[] = { { "b", matrix, 2, six }, { "a", vector, 1, six } };
  g_autofree char         *path = path_of (self, "model.safetensors");
  g_autofree char         *bytes = NULL;
  guint64                  length;
  gsize                    size;

  g_assert_true (wb_safetensors_write_folder (self->folder, sources, 2, WB_DTYPE_F16, 1000, NULL));
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  memcpy (&length, bytes, 8);
  length = GUINT64_FROM_LE (length);
  g_assert_cmpuint (length % 8, ==, 0);
  g_assert_cmpuint (size, ==, 8 + length + 16);
  g_assert_cmpmem (bytes + 8, strlen (header), header, strlen (header));
  for (gsize i = 8 + strlen (header); i < 8 + length; i++)
    g_assert_cmpint (bytes[i], ==, ' ');
}

static void
check_index (const Fixture *self, const char *const *files)
{
  static const char *const names[] = { "a", "b", "c", "d" };
  g_autofree char         *path = path_of (self, "model.safetensors.index.json");
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *root, *map, *metadata;

  g_assert_true (json_parser_load_from_file (parser, path, NULL));
  root = json_node_get_object (json_parser_get_root (parser));
  metadata = json_object_get_object_member (root, "metadata");
  g_assert_cmpint (json_object_get_int_member (metadata, "total_parameters"), ==, 16);
  g_assert_cmpint (json_object_get_int_member (metadata, "total_size"), ==, 64);
  map = json_object_get_object_member (root, "weight_map");
  g_assert_cmpuint (json_object_get_size (map), ==, 4);
  for (gsize i = 0; i < 4; i++)
    g_assert_cmpstr (json_object_get_string_member (map, names[i]), ==, files[i]);
}

/* In the order given, each file filled as far as it goes; a tensor larger than a file has one for
 * itself. */
static void
test_shards (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "model-00001-of-00003.safetensors",
                                       "model-00002-of-00003.safetensors",
                                       "model-00003-of-00003.safetensors" };
  const char *const        files[] = { names[1], names[0], names[0], names[2] };
  const WbSafetensorSource sources[] = { { "c", vector, 1, six },
                                         { "b", vector, 1, six + 2 },
                                         { "a", matrix, 2, six },
                                         { "d", matrix, 2, six } };
  g_autofree char         *whole = path_of (self, "model.safetensors");
  g_autoptr (GError) error = NULL;
  gsize n = 0;

  wb_safetensors_write_folder (self->folder, sources, 4, WB_DTYPE_F32, 20, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = path_of (self, names[i]);
      g_autoptr (WbSafetensors) file = wb_safetensors_open (path, &error);

      g_assert_no_error (error);
      n += wb_safetensors_get_n (file);
    }
  g_assert_cmpuint (n, ==, 4);
  check_index (self, files);
  g_assert_false (g_file_test (whole, G_FILE_TEST_EXISTS));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/engine/safetensors-write/" name, Fixture, NULL, fixture_set_up, function,          \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/safetensors-write/half", test_half);
  g_test_add_func ("/engine/safetensors-write/bfloat", test_bfloat);
  ADD ("types", test_types);
  ADD ("overflow", test_overflow);
  ADD ("header", test_header);
  ADD ("shards", test_shards);
  return g_test_run ();
}
