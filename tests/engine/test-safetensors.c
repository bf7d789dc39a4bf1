#include "engine/checkpoint/wb-safetensors.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/wb-engine-error.h"
#include "tests/support/wb-test-safetensors.h"

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("wb-safetensors-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "model.safetensors", NULL);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0); /* nothing left beside */
  g_free (self->path);
  g_free (self->folder);
}

/* Not g_file_set_contents(), which syncs and takes milliseconds. */
static void
put (const Fixture *self, const void *bytes, gsize n)
{
  FILE *f = g_fopen (self->path, "wb");

  g_assert_cmpuint (fwrite (bytes, 1, n, f), ==, n);
  g_assert_cmpint (fclose (f), ==, 0);
}

/* A file of @header and @n bytes of data. */
static void
write_file (const Fixture *self, const char *header, const void *data, gsize n)
{
  const guint64 length = GUINT64_TO_LE (strlen (header));
  GString      *file = g_string_new_len ((const char *) &length, 8);

  g_string_append (file, header);
  g_string_append_len (file, data, (gssize) n);
  put (self, file->str, file->len);
  g_string_free (file, TRUE);
}

static const float some_values[] = { 1.5f, -2, 0, 3e-40f, 7, 8 };

static void
write_some (const Fixture *self)
{
  const gsize              matrix[] = { 2, 2 }, vector[] = { 1 };
  const WbSafetensorSource sources[] = { { "b.weight", matrix, 2, some_values },
                                         { "scalar", NULL, 0, some_values + 5 },
                                         { "a.bias", vector, 1, some_values + 4 } };

  g_assert_true (wb_test_safetensors_write (self->folder, sources, 3, NULL));
}

static void
test_round_trip (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbSafetensors) file = NULL;
  g_autofree char    *bytes = NULL;
  const WbSafetensor *tensor;
  float               values[4];
  gsize               length;

  write_some (self);
  g_assert_true (g_file_get_contents (self->path, &bytes, &length, NULL));
  g_assert_true (g_str_has_prefix (bytes + 8, "{\"__metadata__\":{\"format\":\"pt\"},\"a.bias\""));
  g_assert_cmpuint ((length - 6 * 4) % 8, ==, 0);
  file = wb_safetensors_open (self->path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wb_safetensors_get_n (file), ==, 3);
  g_assert_cmpstr (wb_safetensors_get (file, 0)->name, ==, "a.bias");
  tensor = wb_test_safetensors_find (file, "b.weight");
  g_assert_cmpuint (tensor->n_dims, ==, 2);
  g_assert_cmpuint (tensor->dims[1], ==, 2);
  g_assert_true (wb_test_safetensors_read (file, tensor, values, NULL));
  g_assert_cmpmem (values, sizeof values, some_values, sizeof values);
  g_assert_true (
      wb_test_safetensors_read (file, wb_test_safetensors_find (file, "scalar"), values, NULL));
  g_assert_cmpfloat (values[0], ==, 8);
  g_assert_null (wb_test_safetensors_find (file, "c"));
}

/* Every half that is a number, against its definition. */
static void
test_f16 (Fixture *self, gconstpointer data)
{
  g_autoptr (WbSafetensors) file = NULL;
  g_autofree guint16 *halves = g_new (guint16, 65536);
  g_autofree float   *values = g_new (float, 65536);
  gsize               n = 0;
  g_autofree char    *header = NULL;

  for (guint h = 0; h < 65536; h++)
    if ((h & 0x7c00) != 0x7c00)
      halves[n++] = GUINT16_TO_LE (h);
  header = g_strdup_printf ("{\"h\":{\"dtype\":\"F16\",\"shape\":[%zu],\"data_offsets\":[0,%zu]}}",
                            n, 2 * n);
  write_file (self, header, halves, 2 * n);
  file = wb_safetensors_open (self->path, NULL);
  g_assert_true (wb_test_safetensors_read (file, wb_safetensors_get (file, 0), values, NULL));
  for (gsize i = 0; i < n; i++)
    {
      const guint  h = GUINT16_FROM_LE (halves[i]), exponent = h >> 10 & 31, fraction = h & 1023;
      const double size =
          exponent == 0 ? ldexp (fraction, -24) : ldexp (fraction + 1024, (int) exponent - 25);

      g_assert_cmpfloat (values[i], ==, (float) (h >> 15 ? -size : size));
      g_assert_cmpint (signbit (values[i]) != 0, ==, h >> 15);
    }
}

static void
test_bf16 (Fixture *self, gconstpointer data)
{
  const guint8 bytes[] = { 0x80, 0x3f, 0x49, 0xc0 }; /* 1, -3.140625 */
  g_autoptr (WbSafetensors) file = NULL;
  float values[2];

  write_file (self, "{\"b\":{\"dtype\":\"BF16\",\"shape\":[1,2],\"data_offsets\":[0,4]}}", bytes,
              4);
  file = wb_safetensors_open (self->path, NULL);
  g_assert_true (wb_test_safetensors_read (file, wb_safetensors_get (file, 0), values, NULL));
  g_assert_cmpfloat (values[0], ==, 1);
  g_assert_cmpfloat (values[1], ==, -3.140625f);
}

/* More than one piece is read at a time, and the place of a bad value is named. */
static void
test_large_and_not_finite (Fixture *self, gconstpointer data)
{
  const gsize              n = 600000, dims[] = { 600000 };
  g_autofree float        *values = g_new (float, n);
  g_autofree float        *read = g_new (float, n);
  const WbSafetensorSource source = { "w", dims, 1, values };

  for (guint bad = 0; bad < 2; bad++)
    {
      g_autoptr (WbSafetensors) file = NULL;
      g_autoptr (GError) error = NULL;

      for (gsize i = 0; i < n; i++)
        values[i] = (float) i;
      if (bad)
        values[500001] = NAN;
      g_assert_true (wb_test_safetensors_write (self->folder, &source, 1, NULL));
      file = wb_safetensors_open (self->path, NULL);
      if (!bad)
        {
          g_assert_true (wb_test_safetensors_read (file, wb_safetensors_get (file, 0), read, NULL));
          g_assert_cmpmem (read, n * 4, values, n * 4);
          continue;
        }
      g_assert_false (wb_test_safetensors_read (file, wb_safetensors_get (file, 0), read, &error));
      g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "element 500001 is not a finite number"));
    }
}

typedef struct
{
  const char *name;
  const char *header;
  gsize       n_data;
  const char *message;
} Hostile;

#define T(name, offsets)                                                                           \
  "\"" name "\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":" offsets "}"

static const Hostile hostile[] = {
  { "not-json", "hello", 0, "line 1, column 1" },
  { "array", "[]", 0, "no JSON object" },
  { "null", "{\"a\":null}", 0, "tensor a has no dtype" },
  { "no-shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "has no shape" },
  { "negative", "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4,
    "dimension 0" },
  { "real", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4,
    "dimension 0" },
  { "huge", "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}}",
    4, "dimension 1" },
  { "huge-bytes",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,4]}}", 4,
    "has 4 bytes" },
  { "shape-lies", "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8,
    "tensor a, F32 (3), has 8 bytes" },
  { "backwards", "{" T ("a", "[8,0]") "}", 8, "no usable data_offsets" },
  { "one-offset", "{" T ("a", "[8]") "}", 8, "no usable data_offsets" },
  { "beyond", "{" T ("a", "[0,8]") "}", 7, "goes to byte 70 of a file of 69: truncated" },
  { "far-beyond", "{" T ("a", "[9223372036854775800,9223372036854775807]") "}", 8, "truncated" },
  { "overlap", "{" T ("a", "[0,8]") "," T ("b", "[4,12]") "}", 12, "they overlap" },
  { "same", "{" T ("a", "[0,8]") "," T ("b", "[0,8]") "}", 8, "they overlap" },
  { "gap", "{" T ("a", "[0,8]") "," T ("b", "[12,20]") "}", 20, "a gap" },
  { "late", "{" T ("a", "[4,12]") "}", 12, "a gap" },
  { "trailing", "{" T ("a", "[0,8]") "}", 9, "1 bytes follow the last tensor, from byte 70 on" },
};

static void
assert_refused (const Fixture *self, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wb_safetensors_open (self->path, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, part);
}

static void
test_hostile (Fixture *self, gconstpointer data)
{
  const Hostile *c = data;
  const guint8   zeros[32] = { 0 };

  write_file (self, c->header, zeros, c->n_data);
  assert_refused (self, c->message);
}

static void
test_header_length (Fixture *self, gconstpointer data)
{
  const guint8 huge[16] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  const guint8 more[10] = { 3 };

  put (self, huge, 16);
  assert_refused (self, "18446744073709551615 bytes, of a file of 16");
  put (self, more, 10);
  assert_refused (self, "3 bytes, of a file of 10");
}

static void
test_not_there (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) pipe = NULL;

  g_assert_null (wb_safetensors_open (self->path, &missing));
  g_assert_error (missing, WB_ENGINE_ERROR, WB_ENGINE_ERROR_MISSING);
  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
  g_assert_null (wb_safetensors_open (self->path, &pipe)); /* and does not wait for a writer */
  g_assert_error (pipe, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
}

static void
test_every_truncation (Fixture *self, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize            length;

  write_some (self);
  g_assert_true (g_file_get_contents (self->path, &bytes, &length, NULL));
  for (gsize n = 0; n < length; n++)
    {
      g_autoptr (GError) error = NULL;

      put (self, bytes, n);
      g_assert_null (wb_safetensors_open (self->path, &error));
      g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
    }
}

/* A file cut while it is open. */
static void
test_shrinks (Fixture *self, gconstpointer data)
{
  g_autoptr (WbSafetensors) file = NULL;
  g_autoptr (GError) error = NULL;
  float values[4];

  write_some (self);
  file = wb_safetensors_open (self->path, NULL);
  g_assert_cmpint (truncate (self->path, 100), ==, 0);
  g_assert_false (
      wb_test_safetensors_read (file, wb_test_safetensors_find (file, "b.weight"), values, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "ends at byte"));
}

static void
read_whatever_opens (const Fixture *self, guint *opened)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbSafetensors) file = wb_safetensors_open (self->path, &error);

  g_assert_true ((file == NULL) == (error != NULL));
  for (gsize i = 0; file != NULL && i < wb_safetensors_get_n (file); i++)
    {
      const WbSafetensor *tensor = wb_safetensors_get (file, i);
      g_autofree float   *values = NULL;

      g_assert_cmpuint (tensor->end, >=, tensor->begin);
      if (!wb_weight_type_is_float (tensor->type))
        continue;
      values = g_new (float, tensor->n_elements);
      wb_test_safetensors_read (file, tensor, values, NULL);
      (*opened)++;
    }
}

/* Random bytes changed anywhere: an error or a file that reads, never more. */
static void
test_flips (Fixture *self, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize            length;
  guint            opened = 0;
  GRand           *rand = g_rand_new_with_seed (7);

  write_some (self);
  g_assert_true (g_file_get_contents (self->path, &bytes, &length, NULL));
  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *copy = g_memdup2 (bytes, length);

      for (gint n = g_rand_int_range (rand, 1, 4); n > 0; n--)
        copy[g_rand_int_range (rand, 0, (gint32) length)] = (char) g_rand_int_range (rand, 0, 256);
      put (self, copy, length);
      read_whatever_opens (self, &opened);
    }
  g_rand_free (rand);
  g_assert_cmpuint (opened, >, 100); /* changes of the data are not the format's business */
}

static void
test_write_errors (Fixture *self, gconstpointer data)
{
  const gsize              dims[] = { 6 };
  const WbSafetensorSource source = { "w", dims, 1, some_values };
  g_autofree char         *nowhere = g_build_filename (self->folder, "no", "x", NULL);
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) folder = NULL;

  g_assert_false (wb_test_safetensors_write (nowhere, &source, 1, &missing));
  g_assert_error (missing, WB_ENGINE_ERROR, WB_ENGINE_ERROR_DEVICE);
  /* a folder in the way of the rename: what was written beside goes again (see tear down) */
  g_assert_cmpint (g_mkdir (self->path, 0700), ==, 0);
  g_assert_false (wb_test_safetensors_write (self->folder, &source, 1, &folder));
  g_assert_error (folder, WB_ENGINE_ERROR, WB_ENGINE_ERROR_DEVICE);
  g_assert_cmpint (g_rmdir (self->path), ==, 0);
}

/* Writing that fails half-way, as on a full disk: the file that was there stays as it was. */
static void
test_write_fails_half_way (Fixture *self, gconstpointer data)
{
  const gsize              dims[] = { 50000 };
  g_autofree float        *values = g_new0 (float, 50000);
  const WbSafetensorSource source = { "w", dims, 1, values };
  g_autoptr (WbSafetensors) file = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit before, small;

  write_some (self);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = (struct rlimit){ 100000, before.rlim_max };
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  wb_test_safetensors_write (self->folder, &source, 1, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  signal (SIGXFSZ, SIG_DFL);
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_DEVICE);
  g_assert_nonnull (strstr (error->message, self->path));
  file = wb_safetensors_open (self->path, NULL);
  g_assert_nonnull (wb_test_safetensors_find (file, "a.bias"));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/engine/safetensors/" name, Fixture, NULL, fixture_set_up, function,                \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  ADD ("f16", test_f16);
  ADD ("bf16", test_bf16);
  ADD ("large-and-not-finite", test_large_and_not_finite);
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/safetensors/hostile/", hostile[i].name, NULL);

      g_test_add (path, Fixture, &hostile[i], fixture_set_up, test_hostile, fixture_tear_down);
    }
  ADD ("header-length", test_header_length);
  ADD ("not-there", test_not_there);
  ADD ("every-truncation", test_every_truncation);
  ADD ("shrinks", test_shrinks);
  ADD ("flips", test_flips);
  ADD ("write-errors", test_write_errors);
  ADD ("write-fails-half-way", test_write_fails_half_way);
  return g_test_run ();
}
