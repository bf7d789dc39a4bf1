#include "engine/files/wb-zip-private.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/checkpoint/wb-weights.h"
#include "engine/core/wb-engine-error.h"
#include "tests/support/wb-test-zip.h"

/* Zip files: what PyTorch and the releases have is read, everything crooked is refused. */

typedef struct
{
  char *folder; /* where zips are unpacked to */
  char *path;
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("wb-zip-XXXXXX", NULL);

  self->path = g_strconcat (folder, ".zip", NULL);
  self->folder = g_steal_pointer (&folder);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0); /* nothing left behind */
  g_free (self->path);
  g_free (self->folder);
}

static void
put (const Fixture *self, const TestZipEntry *entries, gsize n)
{
  g_autoptr (GString) zip = test_zip_new (entries, n);

  g_assert_true (g_file_set_contents (self->path, zip->str, (gssize) zip->len, NULL));
}

static void
assert_refused (const Fixture *self, gint code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_zip_unpack (self->path, self->folder, &error));
  g_assert_error (error, WB_ENGINE_ERROR, code);
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, part);
}

static void
assert_unpacked (const Fixture *self, const char *name, const char *want)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, want);
  g_unlink (path);
}

static void
test_unpack (Fixture *self, gconstpointer data)
{
  static const TestZipEntry entries[] = { { "base/", "" },
                                          { "base/model_config.json", "{}" },
                                          { "__MACOSX/base/._x", "resource" },
                                          { "base/.DS_Store", "desktop" },
                                          { ".DS_Store", "desktop" },
                                          { "vocab.json", "{\"a\":1}" } };
  g_autoptr (GError) error = NULL;

  put (self, entries, G_N_ELEMENTS (entries));
  wb_zip_unpack (self->path, self->folder, &error);
  g_assert_no_error (error);
  assert_unpacked (self, "model_config.json", "{}");
  assert_unpacked (self, "vocab.json", "{\"a\":1}");
}

/* What a release looks like: deflated, all in a folder. */
static void
test_release (Fixture *self, gconstpointer data)
{
  g_autofree char *zip =
      g_test_build_filename (G_TEST_DIST, "vectors", "weights", "release.zip", NULL);
  g_autofree char *weights_path = g_build_filename (self->folder, "pytorch.model.bin", NULL);
  g_autofree char *config = g_build_filename (self->folder, "model_config.json", NULL);
  g_autoptr (WbWeights) weights = NULL;
  g_autoptr (GError) error = NULL;

  wb_zip_unpack (zip, self->folder, &error);
  g_assert_no_error (error);
  weights = wb_weights_open (self->folder, &error);
  g_assert_no_error (error);
  g_assert_nonnull (wb_weights_find (weights, "f32"));
  wb_weights_verify (weights, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_unlink (weights_path), ==, 0);
  g_assert_cmpint (g_unlink (config), ==, 0);
}

static void
test_bomb (Fixture *self, gconstpointer data)
{
  g_autofree char *zip =
      g_test_build_filename (G_TEST_DIST, "vectors", "weights", "bomb.zip", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_zip_unpack (zip, self->folder, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "more than 100 times"));
}

/* A bomb that says it were none: the sizes in both places are made smaller. */
static void
test_lying_bomb (Fixture *self, gconstpointer data)
{
  g_autofree char *from =
      g_test_build_filename (G_TEST_DIST, "vectors", "weights", "bomb.zip", NULL);
  g_autofree char *zip = NULL;
  gsize            n = 0, changed = 0;
  const guint8     size[4] = { 300000 & 0xff, 300000 >> 8 & 0xff, 300000 >> 16, 0 };

  g_assert_true (g_file_get_contents (from, &zip, &n, NULL));
  for (gsize i = 0; i + 4 <= n; i++)
    if (memcmp (zip + i, size, 4) == 0)
      {
        memcpy (zip + i, "\x10\x27\0\0", 4);
        changed++;
      }
  g_assert_cmpuint (changed, ==, 2);
  g_assert_true (g_file_set_contents (self->path, zip, (gssize) n, NULL));
  assert_refused (self, WB_ENGINE_ERROR_INVALID, "unpacks to more than the 10000 bytes");
}

/* Every byte of a deflated file, changed: refused, or unpacked to the same. */
static void
test_damage (Fixture *self, gconstpointer data)
{
  g_autofree char *from =
      g_test_build_filename (G_TEST_DIST, "vectors", "weights", "release.zip", NULL);
  g_autofree char *weights = g_build_filename (self->folder, "pytorch.model.bin", NULL);
  g_autofree char *config = g_build_filename (self->folder, "model_config.json", NULL);
  g_autofree char *zip = NULL;
  gsize            n = 0;

  g_assert_true (g_file_get_contents (from, &zip, &n, NULL));
  for (gsize i = 0; i < n; i += 3)
    {
      g_autoptr (GError) error = NULL;
      const char old = zip[i];

      zip[i] = (char) (old ^ 0x55);
      g_assert_true (g_file_set_contents_full (self->path, zip, (gssize) n,
                                               G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      zip[i] = old;
      if (wb_zip_unpack (self->path, self->folder, &error))
        {
          g_unlink (weights); /* a field that nobody reads, or the name of a file's folder */
          g_unlink (config);
        }
      else
        g_assert_true (error != NULL && error->domain == WB_ENGINE_ERROR);
    }
}

static void
test_names (Fixture *self, gconstpointer data)
{
  static const char *const names[] = {
    "../evil", "/etc/passwd", "a/../../evil", "a/b/c", "..",   "./x",
    "a\\evil", "C:evil",      ".hidden",      "a/.x",  "x\ny", "a/..",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const TestZipEntry entry = { names[i], "x" };

      put (self, &entry, 1);
      assert_refused (self, WB_ENGINE_ERROR_INVALID, "has no plain name");
    }
}

static void
test_twice (Fixture *self, gconstpointer data)
{
  static const TestZipEntry same[] = { { "a", "1" }, { "a", "2" } };
  static const TestZipEntry folders[] = { { "x/a", "1" }, { "y/a", "2" } };

  put (self, same, 2);
  assert_refused (self, WB_ENGINE_ERROR_INVALID, "has two zip entries a");
  put (self, folders, 2);
  assert_refused (self, WB_ENGINE_ERROR_INVALID, "has two files a");
}

static void
test_lies (Fixture *self, gconstpointer data)
{
  static const struct
  {
    TestZipEntry entry;
    gint         code;
    const char  *part;
  } lies[] = {
    { { "a", "text", .crc = 1 }, WB_ENGINE_ERROR_INVALID, "is damaged" },
    { { "a", "text", .size = 5 }, WB_ENGINE_ERROR_INVALID, "4 bytes packed and 5 unpacked" },
    { { "a", "text", .packed = 0xfffffff0, .size = 0xfffffff0 },
      WB_ENGINE_ERROR_INVALID,
      "claims 4294967280 bytes" },
    { { "a", "text", .flags = 1 }, WB_ENGINE_ERROR_UNSUPPORTED, "encrypted" },
    { { "a", "text", .method = 14 }, WB_ENGINE_ERROR_UNSUPPORTED, "unusual method" },
    { { "a", "text", .method = 8 }, WB_ENGINE_ERROR_INVALID, "is damaged" },
    { { "a", "text", .local_name = "b" }, WB_ENGINE_ERROR_INVALID, "not the beginning of" },
    { { "a", "text and more", .place = 7 }, WB_ENGINE_ERROR_INVALID, "not the beginning of" },
    { { "a", "text", .place = 1000 }, WB_ENGINE_ERROR_INVALID, "begins at byte 1000" },
    { { "a", "text", .place = 0xffffffff }, WB_ENGINE_ERROR_INVALID, "begins at byte 4294967295" },
    { { "\xff", "text" }, WB_ENGINE_ERROR_INVALID, "not UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      put (self, &lies[i].entry, 1);
      assert_refused (self, lies[i].code, lies[i].part);
    }
}

/* An entry whose bytes are another entry with its header: no byte is checked twice, so both would
 * be whole. */
static void
test_overlap (Fixture *self, gconstpointer data)
{
  const TestZipEntry b = { "b", "text" };
  g_autoptr (GString) inner = g_string_new (NULL);
  g_autoptr (GString) zip = g_string_new (NULL);
  TestZipEntry a = { "a", "" };
  gsize        begin;

  test_zip_append_local (inner, &b);
  g_string_append_len (zip, "PK\3\4", 4);
  a.size = a.packed = (guint32) inner->len;
  a.crc = wb_crc32_update (0, inner->str, inner->len);
  test_zip_append_fields (zip, &a);
  test_zip_append_number (zip, 1, 4);
  g_string_append_c (zip, 'a');
  begin = zip->len;
  g_string_append_len (zip, inner->str, (gssize) inner->len);
  test_zip_append_end (zip, (const TestZipEntry[]){ a, b }, (const gsize[]){ 0, begin }, 2);
  g_assert_true (g_file_set_contents (self->path, zip->str, (gssize) zip->len, NULL));
  assert_refused (self, WB_ENGINE_ERROR_INVALID, "zip entries a and b overlap at byte 31");
}

/* The same zip as zip64 says it: numbers of 32 bits are all ones, the right ones stand in an extra
 * field and in a record before the end.  @skew: added to where that record is said to be */
static GString *
zip64_new (guint64 packed, guint64 n_entries, gint64 skew)
{
  const TestZipEntry entry = { "a", "text", .packed = 0xffffffff, .size = 0xffffffff,
                               .place = 0xffffffff };
  GString           *zip = g_string_new (NULL);
  gsize              begin, size;

  test_zip_append_local (zip, &entry);
  begin = zip->len;
  test_zip_append_central (zip, &entry, 0);
  zip->str[begin + 30] = 4 + 24; /* length of the extra field */
  test_zip_append_number (zip, 1, 2);
  test_zip_append_number (zip, 24, 2);
  test_zip_append_number (zip, 4, 8);
  test_zip_append_number (zip, packed, 8);
  test_zip_append_number (zip, 0, 8);
  size = zip->len - begin;
  g_string_append_len (zip, "PK\6\6", 4);
  test_zip_append_number (zip, 44, 8);
  test_zip_append_number (zip, 45, 2 + 2);
  test_zip_append_number (zip, 0, 4 + 4);
  test_zip_append_number (zip, n_entries, 8);
  test_zip_append_number (zip, n_entries, 8);
  test_zip_append_number (zip, size, 8);
  test_zip_append_number (zip, begin, 8);
  g_string_append_len (zip, "PK\6\7", 4);
  test_zip_append_number (zip, 0, 4);
  test_zip_append_number (zip, begin + size + (guint64) skew, 8);
  test_zip_append_number (zip, 1, 4);
  g_string_append_len (zip, "PK\5\6", 4);
  test_zip_append_number (zip, 0, 4);
  test_zip_append_number (zip, 0xffffffffffff, 2 + 2 + 4);
  test_zip_append_number (zip, 0xffffffff, 4 + 2);
  return zip;
}

static void
test_zip64 (Fixture *self, gconstpointer data)
{
  static const struct
  {
    guint64     packed;
    guint64     n;
    gint64      skew;
    const char *part;
  } lies[] = {
    { 3, 1, 0, "3 bytes packed and 4 unpacked" },
    { G_MAXUINT64 - 3, 1, 0, "claims 18446744073709551612 bytes" },
    { 4, 2, 0, "claims 2 entries in 75 bytes" },
    { 4, G_MAXUINT64, 0, "claims 18446744073709551615 entries" },
    { 4, 1, 1, "no usable zip64 end record" },
    { 4, 1, 1000, "lies outside" },
    { 4, 1, -1000, "lies outside" },
  };
  g_autoptr (GString) sound = zip64_new (4, 1, 0);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (self->path, sound->str, (gssize) sound->len, NULL));
  wb_zip_unpack (self->path, self->folder, &error);
  g_assert_no_error (error);
  assert_unpacked (self, "a", "text");
  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autoptr (GString) zip = zip64_new (lies[i].packed, lies[i].n, lies[i].skew);

      g_assert_true (g_file_set_contents (self->path, zip->str, (gssize) zip->len, NULL));
      assert_refused (self, WB_ENGINE_ERROR_INVALID, lies[i].part);
    }
}

static void
test_no_zip (Fixture *self, gconstpointer data)
{
  g_assert_true (g_file_set_contents (self->path, "", 0, NULL));
  assert_refused (self, WB_ENGINE_ERROR_INVALID, "no zip directory");
  g_assert_true (g_file_set_contents (self->path, "PK\3\4 and nothing", -1, NULL));
  assert_refused (self, WB_ENGINE_ERROR_INVALID, "no zip directory");
  put (self, NULL, 0);
  assert_refused (self, WB_ENGINE_ERROR_INVALID, "has 0 files");
  g_unlink (self->path);
  assert_refused (self, WB_ENGINE_ERROR_MISSING, self->path);
}

static void
test_crc (void)
{
  const char text[] = "The quick brown fox jumps over the lazy dog";

  g_assert_cmphex (wb_crc32_update (0, "123456789", 9), ==, 0xcbf43926u);
  g_assert_cmphex (wb_crc32_update (0, text, 43), ==, 0x414fa339u);
  for (gsize i = 0; i < 43; i++)
    g_assert_cmphex (wb_crc32_update (wb_crc32_update (0, text, i), text + i, 43 - i), ==,
                     0x414fa339u);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/engine/zip/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/zip/crc", test_crc);
  ADD ("unpack", test_unpack);
  ADD ("release", test_release);
  ADD ("bomb", test_bomb);
  ADD ("lying-bomb", test_lying_bomb);
  ADD ("damage", test_damage);
  ADD ("names", test_names);
  ADD ("twice", test_twice);
  ADD ("lies", test_lies);
  ADD ("overlap", test_overlap);
  ADD ("zip64", test_zip64);
  ADD ("no-zip", test_no_zip);
  return g_test_run ();
}
