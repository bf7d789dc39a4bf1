#include "config.h"

#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-export.h"
#include "app/runs/wb-run-files.h"
#include "data/store/wb-store-runs.h"
#include "tests/support/wb-test-program.h"

/* What lies in a run's folder, and its best model taken out of it from the window. */

typedef struct
{
  WbTestProgram program;
  WbWorkspace  *workspace;
  WbRun        *run;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *home = NULL;

  wb_test_program_set_up (&self->program, NULL);
  g_assert_cmpint (
      wb_test_program_run (&self->program,
                           "train --task rte --train train.tsv --dev dev.tsv --model model "
                           "--batch-size 8 --max-length 32 --threads 1 --set epochs=1 "
                           "--set keep-last=yes --name a/b"),
      ==, 0);
  home = wb_test_program_path (&self->program, "home");
  self->workspace = wb_workspace_open (home, NULL);
  self->run = wb_run_find (self->workspace, "1", NULL);
  g_assert_nonnull (self->run);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->run);
  g_clear_object (&self->workspace);
  wb_test_program_tear_down (&self->program, NULL);
}

static void
write_file (const char *folder, const char *name, gsize size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL), *text = g_strnfill (size, 'x');
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, (gssize) size, NULL));
}

static const WbRunFile *
find (GPtrArray *files, const char *path)
{
  for (guint i = 0; i < files->len; i++)
    if (strcmp (((WbRunFile *) files->pdata[i])->path, path) == 0)
      return files->pdata[i];
  return NULL;
}

static void
test_list (Fixture *self, gconstpointer data)
{
  const char *folder = wb_run_get_folder (self->run);
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GError) error = NULL;

  write_file (folder, "checkpoints/20/a", 100);
  write_file (folder, "checkpoints/20/b/c", 23);
  write_file (folder, "checkpoints/120/a", 7);
  write_file (folder, "checkpoints/.new/a", 9);
  write_file (folder, "notes of mine", 5);
  files = wb_run_list_files (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpint (((WbRunFile *) files->pdata[0])->kind, ==, WB_RUN_FILE_BEST);
  g_assert_cmpint (((WbRunFile *) files->pdata[1])->kind, ==, WB_RUN_FILE_LAST);
  g_assert_cmpuint (((WbRunFile *) files->pdata[2])->step, ==, 120); /* the newest first */
  g_assert_cmpuint (find (files, "checkpoints/20")->size, ==, 123);
  g_assert_cmpuint (find (files, "notes of mine")->size, ==, 5);
  g_assert_cmpint (find (files, "predictions")->kind, ==, WB_RUN_FILE_PREDICTIONS);
  g_assert_cmpint (find (files, "log.jsonl")->kind, ==, WB_RUN_FILE_LOG);
  g_assert_null (find (files, "lock"));
  g_assert_null (find (files, "checkpoints/.new"));
  g_assert_null (wb_run_list_files ("/nowhere/at all", &error));
  g_assert_nonnull (error);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static char *export(Fixture *self, const char *parent, GError **error)
{
  GAsyncResult *result = NULL;
  char         *folder;

  wb_run_export_async (self->run, parent, done_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  folder = wb_run_export_finish (self->run, result, error);
  g_object_unref (result);
  return folder;
}

/* Twice: the second has another name; each can be used as a model.  Where nothing can be written
 * there is an error. */
static void
test_export (Fixture *self, gconstpointer data)
{
  g_autofree char *parent = wb_test_program_path (&self->program, "out");
  g_autofree char *first = NULL, *second = NULL, *base = NULL;
  g_autoptr (GError) error = NULL;

#ifdef __SANITIZE_THREAD__
  g_test_skip ("ThreadSanitizer does not see how GTask hands over");
  return;
#endif
  g_mkdir (parent, 0700);
  first = export(self, parent, &error);
  g_assert_no_error (error);
  second = export(self, parent, &error);
  g_assert_no_error (error);
  base = g_path_get_basename (second);
  g_assert_cmpstr (base, ==, "a-b 2");
  g_assert_cmpint (
      wb_test_program_run (&self->program,
                           "evaluate --model out/a-b --task rte --file dev.tsv --threads 1"),
      ==, 0);
  g_assert_null (export(self, "/proc/nowhere", &error));
  g_assert_nonnull (error);
}

/* Why a stopped run cannot go on: one sentence for each thing that has gone. */
static void
test_obstacle (Fixture *self, gconstpointer data)
{
  g_autofree char *train = wb_test_program_path (&self->program, "train.tsv");
  g_autofree char *model = wb_test_program_path (&self->program, "model");
  g_autofree char *moved = wb_test_program_path (&self->program, "moved");
  g_autofree char *finished = wb_run_dup_obstacle (self->run), *no_file = NULL, *no_model = NULL;
  g_autofree char *none = NULL;
  g_autoptr (WbRun) stopped = NULL;

  g_assert_nonnull (strstr (finished, "finished"));
  g_assert_cmpint (
      wb_test_program_run (&self->program,
                           "train --task rte --train train.tsv --dev dev.tsv --model model "
                           "--max-length 32 --threads 1 --set epochs=1"),
      ==, 0);
  stopped = wb_run_find (self->workspace, "2", NULL);
  g_assert_true (wb_store_end_run (wb_workspace_get_store (self->workspace), 2, WB_RECORD_STOPPED,
                                   NULL, NULL));
  g_assert_true (wb_run_refresh (stopped, NULL));
  none = wb_run_dup_obstacle (stopped);
  g_assert_null (none);
  g_assert_cmpint (g_unlink (train), ==, 0);
  no_file = wb_run_dup_obstacle (stopped);
  g_assert_nonnull (strstr (no_file, "train.tsv is gone"));
  g_assert_cmpint (wb_test_program_run (&self->program, "runs show 2"), ==, 0);
  g_assert_nonnull (strstr (self->program.out, "train.tsv is gone"));
  g_assert_cmpint (g_rename (model, moved), ==, 0);
  no_model = wb_run_dup_obstacle (stopped);
  g_assert_nonnull (strstr (no_model, "model that it starts from"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/run-files/list", Fixture, NULL, set_up, test_list, tear_down);
  g_test_add ("/app/run-files/export", Fixture, NULL, set_up, test_export, tear_down);
  g_test_add ("/app/run-files/obstacle", Fixture, NULL, set_up, test_obstacle, tear_down);
  return g_test_run ();
}
