#include <glib/gstdio.h>

#include "engine/files/wb-zip.h"
#include "tests/fuzz/wb-fuzz.h"

static gsize
remove_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  gsize       n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
        wb_fuzz_fail ("%s is no plain file", path);
      g_unlink (path);
      n++;
    }
  return n;
}

/* The original releases' zip, unpacked: flat, and nothing is left when it fails. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = wb_fuzz_write_file ("base.zip", data, size);
  g_autofree char *folder = g_build_filename (wb_fuzz_get_folder (), "unpacked", NULL);
  gboolean         success;

  g_mkdir (folder, 0700);
  success = wb_zip_unpack (path, folder, &error);
  wb_fuzz_check_error (success, error);
  if (remove_files (folder) > 0 && !success)
    wb_fuzz_fail ("files are left after: %s", error->message);
  g_rmdir (folder);
  return 0;
}
