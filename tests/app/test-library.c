#include "tests/support/wb-test-child.h"

#include "app/core/wb-app-error.h"
#include "app/core/wb-workspace-private.h"
#include "app/library/wb-hub-cache.h"
#include "app/library/wb-library-list.h"
#include "app/library/wb-library-private.h"
#include "app/library/wb-model-folder-private.h"
#include "app/runs/wb-model-choice.h"
#include "app/worker/wb-lock-private.h"
#include "data/datasets/wb-dataset.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/wb-test-folder.h"
#include "tests/support/wb-test-model-folder.h"

#define RTE "index\tsentence1\tsentence2\tlabel\n"
#define RTE_ROWS "0\ta\tb\tentailment\n1\tc\td\tnot_entailment\n"

typedef struct
{
  char        *root;
  char        *home;
  char        *model; /* a good model's folder */
  char        *data;  /* a good data folder, called RTE */
  WbWorkspace *workspace;
} Fixture;

static char *model_template; /* made once: training a vocabulary takes its time */

static void
copy_folder (const char *from, const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  g_assert_cmpint (g_mkdir_with_parents (to, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL);
      g_autofree char *target = g_build_filename (to, name, NULL);
      g_autofree char *bytes = NULL;
      gsize            n;

      g_assert_true (g_file_get_contents (source, &bytes, &n, NULL));
      g_assert_true (g_file_set_contents (target, bytes, (gssize) n, NULL));
    }
}

static void
write_text (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->root = wb_test_folder_new ();
  f->home = g_build_filename (f->root, "home", NULL);
  f->model = g_build_filename (f->root, "small", NULL);
  f->data = g_build_filename (f->root, "RTE", NULL);
  copy_folder (model_template, f->model);
  write_text (f->data, "train.tsv", RTE RTE_ROWS);
  write_text (f->data, "dev.tsv", RTE RTE_ROWS);
  write_text (f->data, "notes.txt", "not imported");
  f->workspace = wb_workspace_open (f->home, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->workspace);
  wb_test_folder_free (f->root);
  g_free (f->home);
  g_free (f->model);
  g_free (f->data);
}

static char *
import (Fixture *f, WbLibrarySection section, const char *source, gboolean link, GError **error)
{
  const WbImport request = { .source = source, .link = link };

  return wb_library_import (f->workspace, section, &request, error);
}

static guint
count_entries (Fixture *f, WbLibrarySection section)
{
  g_autoptr (GPtrArray) records = wb_store_list_library (wb_workspace_get_store (f->workspace),
                                                         wb_library_get_kind (section), NULL);

  return records->len;
}

/* Names in models/ or datasets/, however they got there. */
static guint
count_folders (const char *home, const char *room)
{
  g_autofree char *path = g_build_filename (home, room, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* ---- what works ---- */

static void
test_model (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = import (f, WB_LIBRARY_MODELS, f->model, FALSE, &error);
  g_autofree char *place = wb_workspace_dup_path (f->workspace, "models", "small", NULL);
  g_autofree char *marker = g_build_filename (place, WB_LIBRARY_MARKER, NULL);
  g_autoptr (WbLibraryRecord) record = NULL;
  g_auto (GStrv) problems = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, "small");
  record = wb_library_get_record (f->workspace, WB_LIBRARY_MODELS, "Small", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (record->path, ==, place);
  g_assert_cmpstr (record->type, ==, "deberta-v2");
  g_assert_cmpint (record->parameters, >, 320 * 8);
  g_assert_cmpint (record->size, >, record->parameters * 4);
  g_assert_false (g_file_test (marker, G_FILE_TEST_EXISTS));
  g_assert_true (wb_library_verify (f->workspace, WB_LIBRARY_MODELS, "small", &problems, &error));
  g_assert_no_error (error);

  g_assert_null (import (f, WB_LIBRARY_MODELS, f->model, FALSE, &error)); /* taken */
  g_assert_error (error, WB_APP_ERROR, WB_APP_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_true (wb_library_remove (f->workspace, WB_LIBRARY_MODELS, "small", &error));
  g_assert_cmpuint (count_folders (f->home, "models"), ==, 0);
  g_assert_cmpuint (count_entries (f, WB_LIBRARY_MODELS), ==, 0);
  g_assert_false (wb_library_remove (f->workspace, WB_LIBRARY_MODELS, "small", &error));
  g_assert_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING);
}

static void
test_link (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = import (f, WB_LIBRARY_MODELS, f->model, TRUE, &error);
  g_autofree char *config = g_build_filename (f->model, "config.json", NULL);
  g_autoptr (WbLibraryRecord) record =
      wb_library_get_record (f->workspace, WB_LIBRARY_MODELS, name, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (record->path, ==, f->model);
  g_assert_true (record->linked);
  g_assert_cmpuint (count_folders (f->home, "models"), ==, 0);
  g_assert_true (wb_library_remove (f->workspace, WB_LIBRARY_MODELS, name, &error));
  g_assert_true (g_file_test (config, G_FILE_TEST_EXISTS)); /* the files stay */
}

static void
test_dataset (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = import (f, WB_LIBRARY_DATASETS, f->data, FALSE, &error);
  g_autoptr (WbLibraryRecord) record =
      wb_library_get_record (f->workspace, WB_LIBRARY_DATASETS, "rte", &error);
  g_autofree char *notes =
      wb_workspace_dup_path (f->workspace, "datasets", "RTE", "notes.txt", NULL);
  g_auto (GStrv) problems = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, "RTE");
  g_assert_cmpstr (record->type, ==, "rte");
  g_assert_cmpuint (record->files->len, ==, 2);
  g_assert_false (g_file_test (notes, G_FILE_TEST_EXISTS));
  g_assert_true (wb_library_verify (f->workspace, WB_LIBRARY_DATASETS, "rte", &problems, &error));
}

static void
count_change_cb (GListModel *list, guint position, guint removed, guint added, guint *n)
{
  *n += added;
}

static void
test_list (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbLibraryList) list = NULL;
  g_autoptr (WbLibraryItem) item = NULL;
  g_autofree char *name = NULL, *away = g_strconcat (f->model, ".away", NULL);
  guint            n_added = 0;

  g_setenv ("HF_HOME", f->root, TRUE);
  list = wb_library_list_new (f->workspace, WB_LIBRARY_MODELS, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
  g_signal_connect (list, "items-changed", G_CALLBACK (count_change_cb), &n_added);
  name = import (f, WB_LIBRARY_MODELS, f->model, TRUE, &error);
  g_assert_true (wb_library_list_refresh (list, &error));
  g_assert_cmpuint (n_added, ==, 1);
  item = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_cmpstr (wb_library_item_get_name (item), ==, "small");
  g_assert_cmpstr (wb_library_item_get_origin (item), ==, "linked");
  g_assert_null (wb_library_item_get_problem (item));
  g_assert_cmpuint (wb_library_item_get_parameters (item), >, 0);
  g_clear_object (&item);

  g_assert_cmpint (g_rename (f->model, away), ==, 0); /* its folder is gone: listed, and said */
  g_assert_true (wb_library_list_refresh (list, &error));
  item = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_nonnull (strstr (wb_library_item_get_problem (item), f->model));
  g_unsetenv ("HF_HOME");
}

static void
test_hub_cache (Fixture *f, gconstpointer data)
{
  g_autofree char *hub = g_build_filename (f->root, "hf", NULL);
  g_autofree char *owner = g_build_filename (hub, "hub", "models--owner--tiny--x", NULL);
  g_autofree char *refs = g_build_filename (owner, "refs", NULL);
  g_autofree char *snapshot = g_build_filename (owner, "snapshots", "0123abcd", NULL);
  g_autofree char *found = NULL, *name = NULL, *in_place = NULL;
  g_autoptr (GListModel) choices = NULL;
  g_auto (GStrv) names = NULL;
  g_autoptr (GError) error = NULL;

  g_unsetenv ("HF_HUB_CACHE");
  g_setenv ("HF_HOME", hub, TRUE);
  g_assert_null (wb_hub_cache_find ("owner/tiny--x"));
  write_text (refs, "main", "0123abcd\n");
  copy_folder (f->model, snapshot);
  found = wb_hub_cache_find ("owner/tiny--x");
  g_assert_cmpstr (found, ==, snapshot);
  names = wb_hub_cache_list ();
  g_assert_cmpstrv (names, ((const char *const[]){ "owner/tiny--x", NULL }));
  choices = wb_model_choice_list (f->workspace, &error); /* what the dialog offers */
  g_assert_cmpuint (g_list_model_get_n_items (choices), ==, 1);
  in_place = wb_model_choice_resolve (f->workspace, "owner/tiny--x", &error);
  g_assert_cmpstr (in_place, ==, snapshot);
  name = import (f, WB_LIBRARY_MODELS, "owner/tiny--x", FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, "tiny--x");
  write_text (refs, "main", "../../../escape");
  g_assert_null (wb_hub_cache_find ("owner/tiny--x"));
  g_assert_null (wb_hub_cache_find ("../x"));
  g_unsetenv ("HF_HOME");
}

/* A link of a stranger's folder brings nothing of this machine along; a cache's links are its way.
 */
static void
test_links (Fixture *f, gconstpointer data)
{
  g_autofree char *secret = g_build_filename (f->root, "secret", NULL);
  g_autofree char *licence = g_build_filename (f->model, "LICENSE", NULL);
  g_autofree char *copied = g_build_filename (f->home, "models", "small", "LICENSE", NULL);
  g_autofree char *snapshot = g_build_filename (f->root, "cache", "snapshots", "1", NULL);
  g_autofree char *blobs = g_build_filename (f->root, "cache", "blobs", NULL);
  g_autofree char *linked = g_build_filename (snapshot, "LICENSE", NULL);
  g_autofree char *name = NULL;

  write_text (f->root, "secret", "mine");
  g_assert_cmpint (symlink (secret, licence), ==, 0);
  name = import (f, WB_LIBRARY_MODELS, f->model, FALSE, NULL);
  g_assert_cmpstr (name, ==, "small");
  g_assert_false (g_file_test (copied, G_FILE_TEST_EXISTS));
  g_assert_false (wb_model_folder_has_own (f->model, "LICENSE"));
  g_assert_true (wb_model_folder_has_own (f->model, "config.json"));

  write_text (blobs, "0123", "MIT");
  g_assert_cmpint (g_mkdir_with_parents (snapshot, 0700), ==, 0);
  g_assert_cmpint (symlink ("../../blobs/0123", linked), ==, 0);
  g_assert_true (wb_model_folder_has_own (snapshot, "LICENSE"));
  g_assert_false (wb_model_folder_has_own (snapshot, "README.md"));
}

/* ---- what verify sees ---- */

static void
test_verify (Fixture *f, gconstpointer data)
{
  g_autofree char *name = import (f, WB_LIBRARY_MODELS, f->model, FALSE, NULL);
  g_autofree char *place = wb_workspace_dup_path (f->workspace, "models", name, NULL);
  g_autofree char *weights = g_build_filename (place, "model.safetensors", NULL);
  g_autofree char *tokenizer = g_build_filename (place, "tokenizer_config.json", NULL);
  g_autofree char *bytes = NULL;
  g_auto (GStrv) problems = NULL;
  g_autoptr (GError) error = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (weights, &bytes, &n, NULL));
  bytes[n - 1] ^= 1; /* one bit */
  g_assert_true (g_file_set_contents (weights, bytes, (gssize) n, NULL));
  g_assert_false (wb_library_verify (f->workspace, WB_LIBRARY_MODELS, name, &problems, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (problems), ==, 1);
  g_assert_nonnull (strstr (problems[0], "model.safetensors has changed"));
  g_clear_pointer (&problems, g_strfreev);

  g_unlink (tokenizer);
  g_assert_true (g_file_set_contents (weights, bytes, (gssize) n - 4, NULL));
  g_assert_false (wb_library_verify (f->workspace, WB_LIBRARY_MODELS, name, &problems, &error));
  g_assert_cmpuint (g_strv_length (problems), >=, 3); /* cut, missing, and what the reader says */
  g_clear_pointer (&problems, g_strfreev);
  g_assert_false (wb_library_verify (f->workspace, WB_LIBRARY_MODELS, "no", &problems, &error));
  g_assert_error (error, WB_APP_ERROR, WB_APP_ERROR_MISSING);
}

/* ---- bad folders: an error, and nothing is left ---- */

static void
expect_refusal (Fixture *f, WbLibrarySection section, const char *source, const char *part)
{
  for (guint link = 0; link < 2; link++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (import (f, section, source, link == 1, &error));
      g_assert_nonnull (error);
      if (strstr (error->message, part) == NULL)
        g_error ("“%s” does not say “%s”", error->message, part);
      g_assert_null (strchr (error->message, '\n'));
    }
  g_assert_cmpuint (count_entries (f, section), ==, 0);
  g_assert_cmpuint (count_folders (f->home, wb_library_get_folder_name (section)), ==, 0);
}

static void
cut_file (const char *folder, const char *name, gsize drop)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  struct stat      status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (truncate (path, status.st_size - (off_t) drop), ==, 0);
}

static void
remove_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
replace_in_config (const char *folder, const char *old, const char *new)
{
  g_autofree char *path = g_build_filename (folder, "config.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GString) changed = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  changed = g_string_new (text);
  g_assert_cmpuint (g_string_replace (changed, old, new, 1), ==, 1);
  g_assert_true (g_file_set_contents (path, changed->str, -1, NULL));
}

static void
test_bad_models (Fixture *f, gconstpointer data)
{
  g_autofree char *file = g_build_filename (f->model, "config.json", NULL);

  expect_refusal (f, WB_LIBRARY_MODELS, "/no/such/folder", "no folder");
  expect_refusal (f, WB_LIBRARY_MODELS, file, "give the folder");
  expect_refusal (f, WB_LIBRARY_MODELS, f->data, "config.json");

  cut_file (f->model, "model.safetensors", 100);
  expect_refusal (f, WB_LIBRARY_MODELS, f->model, "model.safetensors");
  remove_file (f->model, "model.safetensors");
  expect_refusal (f, WB_LIBRARY_MODELS, f->model, "model.safetensors");
  copy_folder (model_template, f->model);

  replace_in_config (f->model, "\"hidden_size\": 8", "\"hidden_size\": 16");
  expect_refusal (f, WB_LIBRARY_MODELS, f->model, "16");
  copy_folder (model_template, f->model);
  replace_in_config (f->model, "deberta-v2", "bert");
  expect_refusal (f, WB_LIBRARY_MODELS, f->model, "bert");
  copy_folder (model_template, f->model);

  cut_file (f->model, "spm.model", 10);
  expect_refusal (f, WB_LIBRARY_MODELS, f->model, "spm.model");
  remove_file (f->model, "spm.model");
  expect_refusal (f, WB_LIBRARY_MODELS, f->model, "spm.model");
}

static void
test_bad_datasets (Fixture *f, gconstpointer data)
{
  g_autofree char *empty = g_build_filename (f->root, "MRPC", NULL);
  g_autofree char *other = g_build_filename (f->root, "mine", NULL);

  g_assert_cmpint (g_mkdir (empty, 0700), ==, 0);
  expect_refusal (f, WB_LIBRARY_DATASETS, empty, "train.tsv");
  copy_folder (f->data, other);
  expect_refusal (f, WB_LIBRARY_DATASETS, other, "--task");
  write_text (f->data, "dev.tsv", RTE "0\ta\tb\n");
  expect_refusal (f, WB_LIBRARY_DATASETS, f->data, "dev.tsv:2");
  write_text (f->data, "dev.tsv", "");
  expect_refusal (f, WB_LIBRARY_DATASETS, f->data, "no examples");
  write_text (f->data, "dev.tsv", RTE RTE_ROWS);
  write_text (f->data, "train.tsv", RTE "0\ta\tb\tentailment\n");
  expect_refusal (f, WB_LIBRARY_DATASETS, f->data, "two classes");
}

static void
test_bad_names (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "",   ".",    "..",    ".x",       "a/b",
                                       "17", "a\nb", "a\xff", "a\u202eb", "a\u2028b" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const WbImport request = { .source = f->model, .name = names[i] };
      g_autoptr (GError) error = NULL;

      g_assert_null (wb_library_import (f->workspace, WB_LIBRARY_MODELS, &request, &error));
      g_assert_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE);
    }
  g_assert_cmpuint (count_folders (f->home, "models"), ==, 0);
}

/* ---- interrupted ---- */

static void
kill_cb (const char *file, guint64 done, guint64 total, gpointer data)
{
  if (done > total / 2)
    kill (getpid (), SIGKILL);
}

static int
import_and_die (const char *root)
{
  g_autofree char *home = g_build_filename (root, "home", NULL);
  g_autofree char *model = g_build_filename (root, "small", NULL);
  g_autoptr (WbWorkspace) workspace = wb_workspace_open (home, NULL);
  const WbImport   request = { .source = model, .progress = kill_cb };
  g_autofree char *name = wb_library_import (workspace, WB_LIBRARY_MODELS, &request, NULL);

  return 1;
}

static void
test_killed (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  g_assert_cmpint (wb_test_in_child (import_and_die, f->root), ==, -1);
  g_assert_cmpuint (count_entries (f, WB_LIBRARY_MODELS), ==, 0);
  g_assert_cmpuint (count_folders (f->home, "models"), ==, 1); /* what it had written */
  g_clear_object (&f->workspace);
  f->workspace = wb_workspace_open (f->home, &error); /* the next start */
  g_assert_no_error (error);
  g_assert_cmpuint (count_folders (f->home, "models"), ==, 0);
  name = import (f, WB_LIBRARY_MODELS, f->model, FALSE, &error);
  g_assert_no_error (error);
}

static void
cancel_cb (const char *file, guint64 done, guint64 total, gpointer data)
{
  g_cancellable_cancel (data);
}

static void
test_cancelled (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const WbImport request = { .source = f->model,
                             .progress = cancel_cb,
                             .data = cancellable,
                             .cancellable = cancellable };
  g_autoptr (GError) error = NULL;

  g_assert_null (wb_library_import (f->workspace, WB_LIBRARY_MODELS, &request, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (count_folders (f->home, "models"), ==, 0);
}

/* Killed between the rename and the commit, and between the commit and the end. */
static void
test_last_step (Fixture *f, gconstpointer data)
{
  g_autofree char *half = wb_workspace_dup_path (f->workspace, "models", "half", NULL);
  g_autofree char *name = import (f, WB_LIBRARY_MODELS, f->model, FALSE, NULL);
  g_autofree char *whole = wb_workspace_dup_path (f->workspace, "models", name, NULL);
  g_autofree char *marker = g_build_filename (whole, WB_LIBRARY_MARKER, NULL);
  g_autofree char *begun =
      wb_workspace_dup_path (f->workspace, "models", WB_LIBRARY_TEMPORARY "1", NULL);
  g_autofree char *removed =
      wb_workspace_dup_path (f->workspace, "models", WB_LIBRARY_REMOVED "1", NULL);
  g_autofree char *lock_path = wb_workspace_dup_path (f->workspace, "locks", "library", NULL);
  int              lock;

  copy_folder (f->model, half);
  write_text (half, WB_LIBRARY_MARKER, "");
  write_text (whole, WB_LIBRARY_MARKER, "");
  lock = wb_lock_take (lock_path, NULL);
  wb_library_clean (f->workspace); /* somebody imports: hands off */
  g_assert_cmpuint (count_folders (f->home, "models"), ==, 2);
  wb_lock_free (lock);
  write_text (begun, "config.json", ""); /* killed before it had its marker, or after removal */
  write_text (removed, "config.json", "");
  wb_library_clean (f->workspace);
  g_assert_cmpuint (count_folders (f->home, "models"), ==, 1);
  g_assert_false (g_file_test (half, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (marker, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (whole, G_FILE_TEST_IS_DIR));
}

/* ---- homes that cannot be written ---- */

static int
import_into_small (const char *root)
{
  g_autofree char *home = g_build_filename (root, "home", NULL);
  g_autofree char *model = g_build_filename (root, "small", NULL);
  g_autofree char *readme = g_build_filename (model, "README.md", NULL);
  g_autoptr (WbWorkspace) workspace = NULL;
  const WbImport request = { .source = model };
  g_autoptr (GError) error = NULL;

  if (!wb_test_mount_small (home, 700))
    return WB_TEST_NOT_PERMITTED;
  workspace = wb_workspace_open (home, NULL);
  if (workspace == NULL || truncate (readme, 4 << 20) != 0)
    return 2;
  if (wb_library_import (workspace, WB_LIBRARY_MODELS, &request, &error) != NULL ||
      !g_error_matches (error, WB_APP_ERROR, WB_APP_ERROR_SPACE))
    return 3;
  return count_folders (home, "models") == 0 ? 0 : 4;
}

static void
test_full (Fixture *f, gconstpointer data)
{
  g_autofree char *readme = g_build_filename (f->model, "README.md", NULL);
  int              status;

  g_assert_true (g_file_set_contents (readme, "", 0, NULL));
  status = wb_test_in_child (import_into_small, f->root);
  if (status == WB_TEST_NOT_PERMITTED)
    g_test_skip ("no small tmpfs may be mounted here");
  else
    g_assert_cmpint (status, ==, 0);
}

static int
import_as_nobody (const char *root)
{
  g_autofree char *home = g_build_filename (root, "home", NULL);
  g_autofree char *model = g_build_filename (root, "small", NULL);
  g_autofree char *models = g_build_filename (home, "models", NULL);
  g_autoptr (WbWorkspace) workspace = wb_workspace_open (home, NULL);
  const WbImport request = { .source = model };
  g_autoptr (GError) error = NULL;

  if (chmod (models, 0555) != 0 || !wb_test_become_nobody ())
    return WB_TEST_NOT_PERMITTED;
  if (wb_library_import (workspace, WB_LIBRARY_MODELS, &request, &error) != NULL)
    return 2;
  return strchr (error->message, '\n') == NULL ? 0 : 3;
}

static void
test_read_only (Fixture *f, gconstpointer data)
{
  int status = wb_test_in_child (import_as_nobody, f->root);

  if (status == WB_TEST_NOT_PERMITTED)
    g_test_skip ("this user cannot become another one");
  else
    g_assert_cmpint (status, ==, 0);
  g_assert_cmpuint (count_entries (f, WB_LIBRARY_MODELS), ==, 0);
}

int
main (int argc, char **argv)
{
  int status;

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  g_test_init (&argc, &argv, NULL);
  model_template = wb_test_folder_new ();
  wb_test_model_folder_make (model_template);
  ADD ("/app/library/model", test_model);
  ADD ("/app/library/link", test_link);
  ADD ("/app/library/dataset", test_dataset);
  ADD ("/app/library/list", test_list);
  ADD ("/app/library/hub-cache", test_hub_cache);
  ADD ("/app/library/links", test_links);
  ADD ("/app/library/verify", test_verify);
  ADD ("/app/library/bad-models", test_bad_models);
  ADD ("/app/library/bad-datasets", test_bad_datasets);
  ADD ("/app/library/bad-names", test_bad_names);
  ADD ("/app/library/killed", test_killed);
  ADD ("/app/library/cancelled", test_cancelled);
  ADD ("/app/library/last-step", test_last_step);
  ADD ("/app/library/full", test_full);
  ADD ("/app/library/read-only", test_read_only);
  status = g_test_run ();
  wb_test_folder_free (model_template);
  return status;
}
