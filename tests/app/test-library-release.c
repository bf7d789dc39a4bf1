/* An original release in its zip file: what is checked before it is unpacked, and that it is on the
 * disk once. */
#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"
#include "app/core/wb-workspace-private.h"
#include "app/library/wb-library-private.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/support/wb-test-folder.h"
#include "tests/support/wb-test-zip.h"

typedef struct
{
  char        *root;
  WbWorkspace *workspace;
  char        *zip; /* a good release */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *home = NULL;
  g_autoptr (GError) error = NULL;

  f->root = wb_test_folder_new ();
  f->zip = g_test_build_filename (G_TEST_DIST, "vectors", "release-v1.zip", NULL);
  home = g_build_filename (f->root, "home", NULL);
  f->workspace = wb_workspace_open (home, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->workspace);
  wb_test_folder_free (f->root);
  g_free (f->zip);
}

static char *
import (Fixture *f, const char *source, GError **error)
{
  const WbImport request = { .source = source, .name = "old" };

  return wb_library_import (f->workspace, WB_LIBRARY_MODELS, &request, error);
}

/* Nothing begun lies in models/. */
static void
assert_folders (Fixture *f, guint want)
{
  g_autofree char *path = wb_workspace_dup_path (f->workspace, "models", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  g_assert_cmpuint (n, ==, want);
}

/* A name that is taken is said before minutes of unpacking: here what would be unpacked is damaged.
 */
static void
test_name_first (Fixture *f, gconstpointer data)
{
  g_autofree char *bad = g_build_filename (f->root, "bad.zip", NULL), *bytes = NULL;
  g_autofree char *name = import (f, f->zip, NULL);
  g_autoptr (GError) error = NULL;
  gsize n;

  g_assert_cmpstr (name, ==, "old");
  g_assert_true (g_file_get_contents (f->zip, &bytes, &n, NULL));
  for (gsize i = n / 4; i < n / 2; i++)
    bytes[i] ^= 0x55;
  g_assert_true (g_file_set_contents (bad, bytes, (gssize) n, NULL));
  g_assert_null (import (f, bad, &error));
  g_assert_error (error, WB_APP_ERROR, WB_APP_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "there is a model “old” already"));
}

/* The end of a zip64 file with one stored entry "a" of @size bytes. */
static GString *
tail_new (guint64 begin, guint64 size)
{
  GString *tail = g_string_new (NULL);
  gsize    central;

  g_string_append_len (tail, "PK\1\2", 4);
  test_zip_append_number (tail, 20, 2);
  test_zip_append_number (tail, 20, 2);
  test_zip_append_number (tail, 0, 2 + 2 + 4 + 4);
  test_zip_append_number (tail, G_MAXUINT32, 4);
  test_zip_append_number (tail, G_MAXUINT32, 4);
  test_zip_append_number (tail, 1, 2);
  test_zip_append_number (tail, 20, 2);
  test_zip_append_number (tail, 0, 2 + 2 + 2 + 4 + 4);
  g_string_append_c (tail, 'a');
  test_zip_append_number (tail, 1, 2);
  test_zip_append_number (tail, 16, 2);
  test_zip_append_number (tail, size, 8);
  test_zip_append_number (tail, size, 8);
  central = tail->len;
  g_string_append_len (tail, "PK\6\6", 4);
  test_zip_append_number (tail, 44, 8);
  test_zip_append_number (tail, 45, 2);
  test_zip_append_number (tail, 45, 2);
  test_zip_append_number (tail, 0, 4 + 4);
  test_zip_append_number (tail, 1, 8);
  test_zip_append_number (tail, 1, 8);
  test_zip_append_number (tail, central, 8);
  test_zip_append_number (tail, begin, 8);
  g_string_append_len (tail, "PK\6\7", 4);
  test_zip_append_number (tail, 0, 4);
  test_zip_append_number (tail, begin + central, 8);
  test_zip_append_number (tail, 1, 4);
  g_string_append_len (tail, "PK\5\6", 4);
  test_zip_append_number (tail, 0, 4 + 2 + 2 + 4 + 4 + 2);
  return tail;
}

/* Eight terabytes, on the disk a few pages: nothing of it is unpacked where there is no room. */
static void
test_space (Fixture *f, gconstpointer data)
{
  const TestZipEntry a = { .name = "a", .data = "" };
  const guint64      size = (guint64) 8 << 40;
  g_autofree char   *path = g_build_filename (f->root, "large.zip", NULL);
  g_autoptr (GString) head = g_string_new (NULL), tail = NULL;
  g_autoptr (GError) error = NULL;
  const int     fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  struct rlimit limit, limited;

  test_zip_append_local (head, &a);
  tail = tail_new (head->len + size, size);
  g_assert_cmpint (fd, >=, 0);
  if (ftruncate (fd, (off_t) (head->len + size)) != 0 ||
      wb_workspace_get_free_space (f->workspace, NULL) >= size)
    {
      close (fd);
      g_test_skip ("no file of 8 TB may be made here, or there is room for it");
      return;
    }
  g_assert_cmpint (pwrite (fd, head->str, head->len, 0), ==, head->len);
  g_assert_cmpint (pwrite (fd, tail->str, tail->len, (off_t) (head->len + size)), ==, tail->len);
  close (fd);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limited = limit;
  limited.rlim_cur = 1 << 20; /* where the check fails the disk is not filled: SIGXFSZ */
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limited), ==, 0);
  g_assert_null (import (f, path, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_error (error, WB_APP_ERROR, WB_APP_ERROR_SPACE);
  g_assert_true (
      g_str_has_suffix (error->message, "; free some space")); /* no link of a zip file */
  assert_folders (f, 0);
}

typedef struct
{
  Fixture *f;
  guint64  most; /* bytes in models/ at any time */
} Watch;

static void
watch_cb (const char *file, guint64 done, guint64 total, gpointer data)
{
  Watch           *watch = data;
  g_autofree char *models = wb_workspace_dup_path (watch->f->workspace, "models", NULL);

  watch->most = MAX (watch->most, wb_tree_get_size (models));
}

/* What was unpacked is put in place, not copied, and what the model does not need goes. */
static void
test_once (Fixture *f, gconstpointer data)
{
  Watch            watch = { .f = f };
  const WbImport   request = { .source = f->zip,
                               .name = "old",
                               .progress = watch_cb,
                               .data = &watch };
  g_autofree char *folder = wb_workspace_dup_path (f->workspace, "models", "old", NULL);
  g_autofree char *marker = g_build_filename (folder, WB_LIBRARY_MARKER, NULL);
  g_auto (GStrv) problems = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = wb_library_import (f->workspace, WB_LIBRARY_MODELS, &request, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, "old");
  g_assert_cmpuint (watch.most, >, 0);
  g_assert_cmpuint (watch.most, ==, wb_tree_get_size (folder));
  g_assert_false (g_file_test (marker, G_FILE_TEST_EXISTS));
  g_assert_true (wb_library_verify (f->workspace, WB_LIBRARY_MODELS, "old", &problems, &error));
  assert_folders (f, 1);
}

static void
test_others_go (Fixture *f, gconstpointer data)
{
  g_autofree char *own = g_build_filename (f->root, "own.zip", NULL);
  g_autofree char *folder = wb_workspace_dup_path (f->workspace, "models", "old", NULL);
  g_autofree char *unpacked = g_build_filename (f->root, "unpacked", NULL);
  g_autofree char *gone = g_build_filename (folder, "notes.txt", NULL);
  g_autofree char *name = NULL;
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) entries = g_array_new (FALSE, TRUE, sizeof (TestZipEntry));
  g_autoptr (GString) zip = NULL;
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GError) error = NULL;
  TestZipEntry other = { .name = "notes.txt", .data = "of no use" };
  const char  *file;

  g_assert_true (wb_tree_make_empty (unpacked, NULL));
  g_assert_true (wb_zip_unpack (f->zip, unpacked, NULL));
  dir = g_dir_open (unpacked, 0, NULL);
  while ((file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (unpacked, file, NULL);
      TestZipEntry     entry = { .name = g_strdup (file) };
      char            *text;

      g_assert_true (g_file_get_contents (path, &text, &entry.length, NULL));
      entry.data = text;
      g_ptr_array_add (texts, (gpointer) entry.name);
      g_ptr_array_add (texts, text);
      g_array_append_val (entries, entry);
    }
  g_array_append_val (entries, other);
  zip = test_zip_new ((const TestZipEntry *) entries->data, entries->len);
  g_assert_true (g_file_set_contents (own, zip->str, (gssize) zip->len, NULL));
  name = import (f, own, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, "old");
  g_assert_false (g_file_test (gone, G_FILE_TEST_EXISTS));
}

static void
test_cancelled (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (f->root, "unpacked", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_tree_make_empty (folder, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_false (wb_zip_unpack_cancellable (f->zip, folder, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (wb_tree_get_size (folder), ==, 0);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/app/library-release/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("name-first", test_name_first);
  ADD ("space", test_space);
  ADD ("once", test_once);
  ADD ("others-go", test_others_go);
  ADD ("cancelled", test_cancelled);
  return g_test_run ();
}
