#define _GNU_SOURCE /* O_TMPFILE */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-file.h"
#include "engine/files/wb-file-writer.h"

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

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Whole or not at all, over what was there too, and with the permissions that files here get. */
static void
test_writer (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wb-writer-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a", NULL), *text = NULL;
  struct stat      status;

  for (int i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WbFileWriter) writer = wb_file_writer_new (path, &error);

      g_assert_no_error (error);
      g_assert_true (wb_file_writer_write (writer, i == 0 ? "old" : "new", 3, &error));
      if (i < 2)
        g_assert_true (wb_file_writer_commit (writer, &error)); /* the third is given up */
      g_assert_no_error (error);
    }
  g_assert_cmpuint (count_files (folder), ==, 1);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "new");
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0600, ==, 0600);
  g_unlink (path);
  g_rmdir (folder);
}

/* Ctrl+C, or worse, while gigabytes are written: nothing of them stays. */
static void
test_writer_killed (void)
{
  static const int numbers[] = { SIGINT, SIGTERM, SIGKILL };
  g_autofree char *folder = g_dir_make_tmp ("wb-writer-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a", NULL);
  const int        probe = open (folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

  if (probe < 0)
    {
      g_rmdir (folder);
      g_test_skip ("this file system has no nameless files");
      return;
    }
  close (probe);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      const pid_t pid = fork ();
      int         status;

      if (pid == 0)
        {
          WbFileWriter *writer = wb_file_writer_new (path, NULL);

          if (writer == NULL || !wb_file_writer_write (writer, "text", 4, NULL))
            _exit (1);
          signal (numbers[i], SIG_DFL);
          raise (numbers[i]);
        }
      g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
      g_assert_true (WIFSIGNALED (status));
      g_assert_cmpuint (count_files (folder), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/file/parses", test_parses);
  g_test_add_func ("/engine/file/refuses", test_refuses);
  g_test_add_func ("/engine/file/files", test_files);
  g_test_add_func ("/engine/file/writer", test_writer);
  g_test_add_func ("/engine/file/writer-killed", test_writer_killed);
  return g_test_run ();
}
