#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-file.h"

static void
test_parses (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = wb_json_parse ("{\"a\": [1, \"]]\\\"[[\"]}", -1, "x.json", &error);

  g_assert_no_error (error);
  g_assert_cmpint (json_array_get_int_element (
                       json_object_get_array_member (json_node_get_object (node), "a"), 0),
                   ==, 1);
}

static void
assert_refused (const char *text, gsize length, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wb_json_parse (text, (gssize) length, "x.json", &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "x.json"));
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_refuses (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');

  assert_refused (deep, 100000, "line 1, column 65: nested more than 64");
  assert_refused ("{\"a\xff\": 1}", 9, "line 1, column 4: a byte that is not UTF-8");
  assert_refused ("{\"a\": ", 6, "x.json");
  assert_refused ("", 0, "the text is empty");
}

static void
test_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wb-file-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "f", NULL);
  g_autofree char *pipe = g_build_filename (folder, "p", NULL);
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) long_file = NULL;
  g_autoptr (GError) not_regular = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_null (wb_file_read (path, 10, &missing));
  g_assert_error (missing, WB_ENGINE_ERROR, WB_ENGINE_ERROR_MISSING);
  g_assert_true (g_file_set_contents (path, "0123456789", 10, NULL));
  bytes = wb_file_read (path, 10, NULL);
  g_assert_cmpstr (g_bytes_get_data (bytes, NULL), ==, "0123456789");
  g_assert_null (wb_file_read (path, 9, &long_file));
  g_assert_error (long_file, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_null (wb_file_read (pipe, 10, &not_regular)); /* and does not wait for a writer */
  g_assert_error (not_regular, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_unlink (path);
  g_unlink (pipe);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/file/parses", test_parses);
  g_test_add_func ("/engine/file/refuses", test_refuses);
  g_test_add_func ("/engine/file/files", test_files);
  return g_test_run ();
}
