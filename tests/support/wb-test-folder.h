#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>

/* Folders of a test's own. */

static inline char *
wb_test_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("wb-test-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static inline void
wb_test_folder_remove (const char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);

  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        wb_test_folder_remove (path);
      else
        g_unlink (path);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_rmdir (folder);
}

static inline void
wb_test_folder_free (char *folder)
{
  wb_test_folder_remove (folder);
  g_free (folder);
}

typedef char WbTestFolder; /* g_autoptr (WbTestFolder) home = wb_test_folder_new (); */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbTestFolder, wb_test_folder_free)
