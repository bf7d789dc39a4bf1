#define _GNU_SOURCE /* memfd_create, memmem */
#include "engine/checkpoint/wb-weights.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/core/wb-engine-error.h"
#include "tests/support/wb-test-zip.h"

/* Weights that are damaged or lie: one clear line each, and never a crash. */

typedef struct
{
  char *folder;
  char *path; /* of one file in it */
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("wb-hostile-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "pytorch_model.bin", NULL);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->path);
  g_free (self->folder);
}

static char *
load_vector (const char *name, gsize *length)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", "weights", name, NULL);
  char            *bytes = NULL;

  g_assert_true (g_file_get_contents (path, &bytes, length, NULL));
  return bytes;
}

static void
put (const Fixture *self, const char *bytes, gsize length)
{
  FILE *file = fopen (self->path, "wb");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (bytes, 1, length, file), ==, length);
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
assert_path_refused (const char *path, gint code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wb_weights_open (path, &error));
  g_assert_error (error, WB_ENGINE_ERROR, code);
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, part);
}

static void
assert_refused (const Fixture *self, gint code, const char *part)
{
  assert_path_refused (self->path, code, part);
}

/* Opens and reads whatever can be read. */
static void
read_everything (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbWeights) weights = wb_weights_open (path, &error);
  float values[2048];

  g_assert_true (weights != NULL || error->domain == WB_ENGINE_ERROR);
  for (gsize i = 0; weights != NULL && i < wb_weights_get_n (weights); i++)
    {
      const WbWeight *weight = wb_weights_get (weights, i);

      if (wb_weight_type_is_float (weight->type))
        wb_weights_read_part (weights, weight, 0, MIN (weight->n_elements, G_N_ELEMENTS (values)),
                              values, NULL);
    }
  if (weights != NULL)
    wb_weights_verify (weights, NULL);
}

/* A file in memory, by a path: there are thousands of them, and disks are slow. */
static void
read_damaged (int fd, const char *bytes, gsize length)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);

  g_assert_cmpint (ftruncate (fd, 0), ==, 0);
  g_assert_cmpint (pwrite (fd, bytes, length, 0), ==, (gssize) length);
  read_everything (path);
}

/* Every second byte changed in one of several ways, and the file cut off at many lengths. */
static void
test_damage (Fixture *self, gconstpointer data)
{
  gsize            length = 0;
  g_autofree char *bytes = load_vector (data, &length);

  const int fd = memfd_create ("damaged", MFD_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  for (gsize i = 0; i < length; i += 2)
    {
      const char old = bytes[i];

      bytes[i] = (char) (old ^ (i % 3 == 0 ? 0xff : i % 3 == 1 ? 0x01 : 0x40));
      read_damaged (fd, bytes, length);
      bytes[i] = old;
    }
  for (gsize n = 0; n < length; n += 7)
    read_damaged (fd, bytes, n);
  close (fd);
}

/* A pickle of {"a": tensor (2, 3)} over a storage "0" that has 6 elements. */
#define TENSOR(offset, rows) "\x80\x02}" TENSOR_OF (offset, rows) "s."
#define TENSOR_OF(offset, rows) TENSOR_STRIDED (offset, "K" rows, "K\x03")
#define TENSOR_STRIDED(offset, rows, stride)                                                       \
  "U\x01"                                                                                          \
  "actorch._utils\n_rebuild_tensor_v2\n("                                                          \
  "(U\x07storagectorch\nFloatStorage\nU\x01"                                                       \
  "0U\x03"                                                                                         \
  "cpuK\x06tQ"                                                                                     \
  "K" offset rows "K\x03\x86" stride "K\x01\x86\x89"                                               \
  "ccollections\nOrderedDict\n)RtR"
/* 2^40 rows that are all the first */
#define BOMB "\x80\x02}" TENSOR_STRIDED ("\x00", "\x8a\x06\0\0\0\0\0\x01", "K\x00") "s."
#define SIX "\0\0\0\0\0\0\x80\x3f\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define PICKLE(text) .data = text, .length = sizeof (text) - 1

static void
put_zip (const Fixture *self, const TestZipEntry *entries, gsize n)
{
  g_autoptr (GString) zip = test_zip_new (entries, n);

  put (self, zip->str, zip->len);
}

static void
test_zip_sound (Fixture *self, gconstpointer data)
{
  const TestZipEntry entries[] = { { "x/data.pkl", PICKLE (TENSOR ("\x00", "\x02")) },
                                   { "x/data/0", PICKLE (SIX) } };
  g_autoptr (GError) error = NULL;
  g_autoptr (WbWeights) weights = NULL;
  float values[6];

  put_zip (self, entries, 2);
  weights = wb_weights_open (self->path, &error);
  g_assert_no_error (error);
  g_assert_true (wb_weights_read (weights, wb_weights_get (weights, 0), values, NULL));
  g_assert_cmpfloat (values[1], ==, 1);
}

static void
test_zip_lies (Fixture *self, gconstpointer data)
{
  static const TestZipEntry sound = { "x/data.pkl", PICKLE (TENSOR ("\x00", "\x02")) };
  static const struct
  {
    TestZipEntry entries[3];
    gint         code;
    const char  *part;
  } lies[] = {
    { { { "x/data.pkl", "" } }, WB_ENGINE_ERROR_INVALID, "data.pkl: byte 0" },
    { { { "x/model.json", "{}" } }, WB_ENGINE_ERROR_INVALID, "without data.pkl" },
    { { sound, { "y/data.pkl", "N." } }, WB_ENGINE_ERROR_INVALID, "has two objects" },
    { { sound }, WB_ENGINE_ERROR_INVALID, "zip entry x/data/0, a tensor's data, is missing" },
    { { sound, { "x/data/0", "1234" } },
      WB_ENGINE_ERROR_INVALID,
      "zip entry x/data/0 has 4 bytes, but the pickle says 6 elements of 4" },
    { { sound, { "x/data/0", PICKLE (SIX), .method = 8 } },
      WB_ENGINE_ERROR_UNSUPPORTED,
      "compressed" },
    { { { "x/data.pkl", PICKLE (TENSOR ("\x01", "\x02")) }, { "x/data/0", PICKLE (SIX) } },
      WB_ENGINE_ERROR_INVALID,
      "tensor a reaches to element 7 of a storage of 6" },
    { { { "x/data.pkl", PICKLE (TENSOR ("\x00", "\x03")) }, { "x/data/0", PICKLE (SIX) } },
      WB_ENGINE_ERROR_INVALID,
      "reaches to element 9 of a storage of 6" },
    { { { "x/data.pkl", PICKLE (BOMB) }, { "x/data/0", PICKLE (SIX) } },
      WB_ENGINE_ERROR_INVALID,
      "tensor a has 3298534883328 elements, more than the file has bytes" },
    { { { "x/data.pkl", "].", .length = 2 } }, WB_ENGINE_ERROR_INVALID, "holds a list" },
    { { { "x/data.pkl", "N.", .crc = 1 } }, WB_ENGINE_ERROR_INVALID, "its checksum is another" },
    { { { "x/data.pkl", "N.", .method = 8 } }, WB_ENGINE_ERROR_UNSUPPORTED, "compressed" },
    { { sound, { "x/byteorder", "big" } }, WB_ENGINE_ERROR_UNSUPPORTED, "big-endian" },
    { { { "x/data.pkl", "cos\nsystem\nU\x02ls\x85R." } },
      WB_ENGINE_ERROR_UNSUPPORTED,
      "data.pkl: byte 0 of the pickle: it asks for \"os system\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      gsize n = 0;

      while (n < 3 && lies[i].entries[n].name != NULL)
        n++;
      put_zip (self, lies[i].entries, n);
      assert_refused (self, lies[i].code, lies[i].part);
    }
}

/* A number changed within the data: only a checksum can tell. */
static void
test_verify (Fixture *self, gconstpointer data)
{
  gsize            length = 0;
  g_autofree char *bytes = load_vector ("zip.bin", &length);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbWeights) weights = NULL;
  float first = -100 / 64.0f;
  char *place;

  place = memmem (bytes, length, &first, 4);
  place[0] ^= 1;
  put (self, bytes, length);
  weights = wb_weights_open (self->path, &error);
  g_assert_no_error (error);
  g_assert_false (wb_weights_verify (weights, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "is damaged"));
}

#define MAGIC "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03."
#define SYSTEM(endian) "\x80\x02}U\x0dlittle_endian" endian "s."
#define KEYS                                                                                       \
  "\x80\x02]U\x01"                                                                                 \
  "0a."
#define COUNT "\x06\0\0\0\0\0\0\0"

static void
test_legacy_lies (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *bytes;
    gsize       length;
    gint        code;
    const char *part;
  } lies[] = {
#define LIE(text, code, part) { text, sizeof (text) - 1, WB_ENGINE_ERROR_##code, part }
    LIE (MAGIC, INVALID, "truncated"),
    LIE (MAGIC "N.", INVALID, "does not say which byte order"),
    LIE (MAGIC SYSTEM ("\x89"), UNSUPPORTED, "big-endian"),
    LIE (MAGIC SYSTEM ("\x88") "cos\nsystem\n.", UNSUPPORTED, "\"os system\""),
    LIE (MAGIC SYSTEM ("\x88") TENSOR ("\x00", "\x02"), INVALID, "truncated"),
    LIE (MAGIC SYSTEM ("\x88") TENSOR ("\x00", "\x02") "N.", INVALID, "no list of storages"),
    LIE (MAGIC SYSTEM ("\x88") TENSOR ("\x00", "\x02") "].", INVALID,
         "storage 0, a tensor's data, is "
         "missing"),
    LIE (MAGIC SYSTEM ("\x88") TENSOR ("\x00", "\x02") "]U\x01"
                                                       "1a.",
         INVALID, "storage 1 of its list belongs to no tensor"),
    LIE (MAGIC SYSTEM ("\x88") TENSOR ("\x00", "\x02") KEYS, INVALID,
         "before storage 0: truncated"),
    LIE (MAGIC SYSTEM ("\x88") TENSOR ("\x00", "\x02") KEYS COUNT "1234", INVALID,
         "claims 6 elements of 4 bytes"),
    LIE (MAGIC SYSTEM ("\x88") TENSOR ("\x00", "\x02") KEYS "\xff\xff\xff\xff\xff\xff\xff\xff",
         INVALID, "claims 18446744073709551615 elements"),
    LIE (MAGIC SYSTEM ("\x88") TENSOR ("\x00", "\x02") KEYS "\x01\0\0\0\0\0\0\0"
                                                            "1234",
         INVALID, "has 1 elements, but the pickle says 6"),
    LIE (MAGIC SYSTEM ("\x88") TENSOR ("\x00", "\x02") KEYS COUNT SIX "x", INVALID,
         "1 bytes follow the last storage"),
    LIE (MAGIC SYSTEM ("\x88") TENSOR ("\x00", "\x03") KEYS COUNT SIX, INVALID,
         "reaches to element 9"),
    LIE ("MODEL", INVALID, "neither a zip file nor"),
    LIE ("version https://git-lfs.github.com/spec/v1\n", INVALID, "Git LFS"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      put (self, lies[i].bytes, lies[i].length);
      assert_refused (self, lies[i].code, lies[i].part);
    }
  put (self, MAGIC SYSTEM ("\x88") TENSOR ("\x00", "\x02") KEYS COUNT SIX,
       sizeof (MAGIC SYSTEM ("\x88") TENSOR ("\x00", "\x02") KEYS COUNT SIX) - 1);
  read_everything (self->path); /* and this one is sound */
}

/* A pickle that goes on: more of it than is read is no damage. */
static void
test_legacy_long (Fixture *self, gconstpointer data)
{
  static const char start[] = MAGIC SYSTEM ("\x88") "\x80\x02]";
  g_autofree char                  *text = g_strnfill (1 << 20, 'x');
  g_autoptr (GString) file = g_string_new_len (start, sizeof start - 1);

  while (file->len < 66 << 20)
    {
      g_string_append_c (file, 'X');
      test_zip_append_number (file, 1 << 20, 4);
      g_string_append_len (file, text, 1 << 20);
      g_string_append_c (file, 'a');
    }
  put (self, file->str, file->len);
  assert_refused (self, WB_ENGINE_ERROR_INVALID, "is longer than the 64 MB that are read");
}

static void
assert_index_refused (const Fixture *self, const char *json, gint code, const char *part)
{
  g_autofree char *path = g_build_filename (self->folder, "model.safetensors.index.json", NULL);

  g_assert_true (g_file_set_contents (path, json, -1, NULL));
  assert_path_refused (self->folder, code, part);
  g_unlink (path);
}

static void
test_index (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "../x", "/etc/passwd", "a/b",  "..", ".hidden",
                                       "",     "a\\\\b",      "a\\nb" };
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GString) many = g_string_new ("{\"weight_map\":{");
  g_autofree char *long_name = g_strnfill (5000, 'x');
  g_autofree char *long_json = g_strdup_printf ("{\"weight_map\":{\"a\":\"%s\"}}", long_name);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"weight_map\":{\"a\":\"%s\"}}", names[i]);

      assert_index_refused (self, json, WB_ENGINE_ERROR_INVALID,
                            "only files in the same folder are read");
    }
  assert_index_refused (self, long_json, WB_ENGINE_ERROR_INVALID, "x\"; only files"); /* cut */
  assert_index_refused (self, "{\"weight_map\":{\"a\":\"x.safetensors\"}}", WB_ENGINE_ERROR_MISSING,
                        "x.safetensors");
  assert_index_refused (self, "{}", WB_ENGINE_ERROR_INVALID, "has no weight_map");
  assert_index_refused (self, "{\"weight_map\":{}}", WB_ENGINE_ERROR_INVALID, "has no weight_map");
  assert_index_refused (self, "[]", WB_ENGINE_ERROR_INVALID, "has no weight_map");
  assert_index_refused (self, "{\"weight_map\":{\"a\":1}}", WB_ENGINE_ERROR_INVALID,
                        "must name a file");
  assert_index_refused (self, "{\"weight_map\":", WB_ENGINE_ERROR_INVALID, "line 1");
  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  assert_index_refused (self, deep->str, WB_ENGINE_ERROR_INVALID, "line 1");
  for (guint i = 0; i < 1001; i++)
    g_string_append_printf (many, "%s\"%u\":\"%u\"", i > 0 ? "," : "", i, i);
  g_string_append (many, "}}");
  assert_index_refused (self, many->str, WB_ENGINE_ERROR_INVALID, "more than 1000 files");
  g_string_set_size (deep, 0);
  for (guint i = 0; i < 17 << 20; i++)
    g_string_append_c (deep, ' ');
  assert_index_refused (self, deep->str, WB_ENGINE_ERROR_INVALID, "at most");
}

/* A tensor that two shards have, or a dict twice: the later one counts. */
static void
test_twice (Fixture *self, gconstpointer data)
{
  static const char twice[] = MAGIC SYSTEM ("\x88") "\x80\x02}(" TENSOR_OF ("\x01", "\x01")
      TENSOR_OF ("\x00", "\x02") "u." KEYS COUNT SIX;
  g_autofree char *index = g_build_filename (self->folder, "pytorch_model.bin.index.json", NULL);
  g_autofree char *copy = g_build_filename (self->folder, "x.bin", NULL);
  g_autoptr (GError) error = NULL;
  WbWeights *weights;

  put (self, twice, sizeof twice - 1);
  weights = wb_weights_open (self->path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wb_weights_get_n (weights), ==, 1);
  g_assert_cmpuint (wb_weights_find (weights, "a")->n_elements, ==, 6);
  wb_weights_free (weights);

  g_assert_true (g_file_set_contents (copy, twice, sizeof twice - 1, NULL));
  g_assert_true (g_file_set_contents (
      index, "{\"weight_map\":{\"a\":\"x.bin\",\"b\":\"pytorch_model.bin\"}}", -1, NULL));
  weights = wb_weights_open (index, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wb_weights_get_n (weights), ==, 1);
  g_assert_cmpuint (wb_weights_find (weights, "a")->file, ==, 1);
  wb_weights_free (weights);
  g_unlink (copy);
  g_unlink (index);
}

/* Names are shown on terminals. */
static void
test_names (Fixture *self, gconstpointer data)
{
  static const char json[] = "{\"a\\u001b[2J\":{\"dtype\":\"F32\",\"shape\":[0],"
                             "\"data_offsets\":[0,0]}}";
  g_autofree char  *path = g_build_filename (self->folder, "model.safetensors", NULL);
  g_autoptr (GString) file = g_string_new (NULL);

  test_zip_append_number (file, sizeof json - 1, 8);
  g_string_append (file, json);
  g_assert_true (g_file_set_contents (path, file->str, (gssize) file->len, NULL));
  assert_path_refused (self->folder, WB_ENGINE_ERROR_INVALID,
                       "tensor \"a\\x1b[2J\": its name has a control character");
  g_unlink (path);
}

static void
test_not_finite (Fixture *self, gconstpointer data)
{
  const TestZipEntry entries[] = {
    { "x/data.pkl", PICKLE (TENSOR ("\x00", "\x02")) },
    { "x/data/0", PICKLE ("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xc0\x7f\0\0\0\0") }
  };
  g_autoptr (WbWeights) weights = NULL;
  g_autoptr (GError) error = NULL;
  float values[6];

  put_zip (self, entries, 2);
  weights = wb_weights_open (self->path, NULL);
  g_assert_false (wb_weights_read (weights, wb_weights_get (weights, 0), values, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "tensor a: element 4 is not a finite number"));
}

#define ADD(name, data, function)                                                                  \
  g_test_add ("/engine/weights-hostile/" name, Fixture, data, fixture_set_up, function,            \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("zip/sound", NULL, test_zip_sound);
  ADD ("zip/lies", NULL, test_zip_lies);
  ADD ("zip/damage", "zip.bin", test_damage);
  ADD ("zip/damage/protocol-4", "zip-protocol-4.bin", test_damage);
  ADD ("zip/damage/v3", "rebuild-v3.bin", test_damage);
  ADD ("zip/verify", NULL, test_verify);
  ADD ("legacy/lies", NULL, test_legacy_lies);
  ADD ("legacy/long", NULL, test_legacy_long);
  ADD ("legacy/damage", "legacy.bin", test_damage);
  ADD ("legacy/damage/views", "legacy-views.bin", test_damage);
  ADD ("safetensors/damage", "twin.safetensors", test_damage);
  ADD ("index", NULL, test_index);
  ADD ("twice", NULL, test_twice);
  ADD ("names", NULL, test_names);
  ADD ("not-finite", NULL, test_not_finite);
  return g_test_run ();
}
