#include "tests/fuzz/wb-fuzz.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

void
wb_fuzz_fail (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fputc ('\n', stderr);
  abort ();
}

static void /* a critical of GLib is a failure too */
fail_on_log (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) != 0)
    wb_fuzz_fail ("%s: %s", domain == NULL ? "" : domain, message);
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_default_handler (fail_on_log, NULL);
  return 0;
}

void
wb_fuzz_check_error (gboolean success, const GError *error)
{
  if (success != (error == NULL))
    wb_fuzz_fail ("success %d with error %s", success, error == NULL ? "none" : error->message);
  if (g_getenv ("WB_FUZZ_VERBOSE") != NULL)
    g_printerr ("%s\n", success ? "read" : error->message);
  if (error == NULL)
    return;
  if (*error->message == '\0' || strchr (error->message, '\n') != NULL ||
      !g_utf8_validate (error->message, -1, NULL))
    wb_fuzz_fail ("not one line of UTF-8: \"%s\"", error->message);
  if (strlen (error->message) > 4096)
    wb_fuzz_fail ("a message of %zu bytes", strlen (error->message));
}

static char *folder;

static void
remove_folder (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
}

const char *
wb_fuzz_get_folder (void)
{
  if (folder == NULL)
    {
      const char *base =
          g_file_test ("/dev/shm", G_FILE_TEST_IS_DIR) ? "/dev/shm" : g_get_tmp_dir ();

      folder = g_build_filename (base, "wb-fuzz-XXXXXX", NULL);
      if (g_mkdtemp (folder) == NULL)
        wb_fuzz_fail ("%s cannot be made", folder);
      atexit (remove_folder);
    }
  return folder;
}

char *
wb_fuzz_write_file (const char *name, const guint8 *data, gsize size)
{
  char *path = g_build_filename (wb_fuzz_get_folder (), name, NULL);
  FILE *file = g_fopen (path, "wb");

  if (file == NULL || fwrite (data, 1, size, file) != size || fclose (file) != 0)
    wb_fuzz_fail ("%s cannot be written", path);
  return path;
}
