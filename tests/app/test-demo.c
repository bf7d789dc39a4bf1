#include "config.h"

#include "app/demo/wb-demo.h"
#include "app/runs/wb-run-launcher.h"
#include "app/worker/wb-worker-private.h"
#include "tests/support/wb-test-program.h"

#include <unistd.h>

/* The demo as it is, for three seeds; with a sanitizer a few steps of it. */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WHOLE FALSE
#else
#define WHOLE TRUE
#endif

typedef struct
{
  char        *home;
  WbWorkspace *workspace;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->home = wb_test_folder_new ();
  fixture->workspace = wb_workspace_open (fixture->home, &error);
  g_assert_no_error (error);
  wb_demo_prepare (fixture->workspace, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->workspace);
  wb_test_folder_free (fixture->home);
}

static gint64
create (Fixture *fixture, guint index, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRunSpec) spec = wb_demo_new_spec (fixture->workspace, index, seed, &error);
  gint64 id;

  g_assert_no_error (error);
  if (!WHOLE)
    {
      g_assert_true (wb_run_spec_set (spec, "max-steps", "4", NULL));
      g_assert_true (wb_run_spec_set (spec, "batch-size", "8", NULL));
    }
  wb_run_spec_validate (spec, &error);
  g_assert_no_error (error);
  id = wb_run_launcher_create (spec, &error);
  g_assert_no_error (error);
  return id;
}

static double /* the best accuracy */
train (Fixture *fixture, guint index, guint64 seed)
{
  const WbWorkerOptions options = { .alongside = TRUE };
  const gint64          id = create (fixture, index, seed);
  g_autofree char      *name = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRun) run = NULL;
  WbRunStatus status;
  int         signal_number;

  wb_worker_run (fixture->workspace, id, &options, &status, &signal_number, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, WB_RUN_FINISHED);
  run = wb_run_find (fixture->workspace, name, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (wb_run_get_metric_name (run), ==, "accuracy");
  return wb_run_get_best (run);
}

/* Measured for docs/samples.md; the bound is what is promised. */
static void
test_learns (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < WB_DEMO_N_RUNS; i++)
    {
      const double accuracy = train (fixture, i, GPOINTER_TO_UINT (data));
      g_test_message ("%s, seed %u: %.3f", wb_demo_get_task (i), GPOINTER_TO_UINT (data), accuracy);
      if (WHOLE)
        g_assert_cmpfloat (accuracy, >=, 0.95);
    }
}

static char *
read_file (Fixture *fixture, const char *folder, const char *sub, const char *name)
{
  g_autofree char *path = wb_workspace_dup_path (fixture->workspace, folder, sub, name, NULL);
  char            *text;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void /* a second demo finds what the first one made, and makes the same */
test_same_again (Fixture *fixture, gconstpointer data)
{
  g_autofree char *config = read_file (fixture, "models", "sample", "config.json");
  g_autofree char *rows = read_file (fixture, "datasets", "sample-roles", "dev.tsv");
  g_autofree char *config_again = NULL;
  g_autofree char *rows_again = NULL;
  gsize            n_pieces;

  g_assert_true (wb_demo_prepare (fixture->workspace, &n_pieces, NULL));
  g_assert_cmpuint (n_pieces, >, 300);
  config_again = read_file (fixture, "models", "sample", "config.json");
  rows_again = read_file (fixture, "datasets", "sample-roles", "dev.tsv");
  g_assert_cmpstr (config_again, ==, config);
  g_assert_cmpstr (rows_again, ==, rows);
}

/* The command itself: every object of both runs, and the one that sums up (docs/json.md). */
static void
test_command (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) objects = NULL;
  JsonObject *last;
  JsonArray  *runs;

  g_assert_cmpint (wb_test_program_run (self, "demo --json"), ==, 0);
  g_assert_cmpstr (self->err, ==, "");
  objects = wb_test_program_objects (self);
  last = wb_test_object (objects, objects->len - 1);
  wb_test_assert_keys (last, "event home runs seconds");
  runs = json_object_get_array_member (last, "runs");
  g_assert_cmpuint (json_array_get_length (runs), ==, WB_DEMO_N_RUNS);
  for (guint i = 0; i < WB_DEMO_N_RUNS; i++)
    {
      JsonObject *run = json_array_get_object_element (runs, i);
      wb_test_assert_keys (run, "run task metric value examples seconds");
      g_assert_cmpstr (json_object_get_string_member (run, "task"), ==, wb_demo_get_task (i));
      g_assert_cmpint (json_object_get_int_member (run, "examples"), ==, 500);
      g_assert_cmpfloat (json_object_get_double_member (run, "value"), >=, 0.95);
    }
}

/* What the demo says one can do next can be done, as it is written, wherever program and home are.
 */
static void
test_next (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *script = wb_test_program_path (self, "script");
  g_autofree char *folder = wb_test_program_path (self, "a checkout; it's mine");
  g_autofree char *program = g_build_filename (folder, "workbench", NULL);
  const char      *next;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (symlink (g_getenv ("WB_PROGRAM"), program), ==, 0);
  g_setenv ("DEBERTA_WORKBENCH_COMMAND", program, TRUE);
  g_assert_cmpint (wb_test_program_run (self, "demo --home 'an other home'"), ==, 0);
  g_unsetenv ("DEBERTA_WORKBENCH_COMMAND");
  next = strstr (self->out, "\nNext:\n");
  g_assert_nonnull (next);
  lines = g_strsplit (next + strlen ("\nNext:\n"), "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *command = NULL;
      const char      *comment;

      if (strstr (lines[i], "runs show") == NULL && strstr (lines[i], "predict") == NULL)
        continue;
      comment = strstr (lines[i] + 2, "  ");
      command = g_strdup_printf (
          "cd '%s' && %.*s", self->home,
          comment != NULL ? (int) (comment - lines[i]) : (int) strlen (lines[i]), lines[i]);
      g_test_message ("%s", command);
      g_assert_true (g_file_set_contents (script, command, -1, NULL));
      {
        const char *const argv[] = { "/bin/sh", script, NULL };
        g_autoptr (GSubprocess) shell =
            g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL);

        g_subprocess_wait (shell, NULL, NULL);
        g_assert_cmpint (g_subprocess_get_exit_status (shell), ==, 0);
      }
      n++;
    }
  g_assert_cmpuint (n, ==, 1 + WB_DEMO_N_RUNS);
}

static void
test_usage (WbTestProgram *self, gconstpointer data)
{
  wb_test_program_run (self, "demo text");
  wb_test_program_assert_failed (self, 2, "no arguments");
  wb_test_program_run (self, "demo --seed -1");
  wb_test_program_assert_failed (self, 2, "--seed from 0 on");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/demo/same-again", Fixture, NULL, set_up, test_same_again, tear_down);
  g_test_add ("/app/demo/usage", WbTestProgram, NULL, wb_test_program_set_up, test_usage,
              wb_test_program_tear_down);
  if (WHOLE) /* seed 1 */
    {
      g_test_add ("/app/demo/command", WbTestProgram, NULL, wb_test_program_set_up, test_command,
                  wb_test_program_tear_down);
      g_test_add ("/app/demo/next", WbTestProgram, NULL, wb_test_program_set_up, test_next,
                  wb_test_program_tear_down);
    }
  for (guint seed = 2; seed <= (WHOLE ? 3 : 2); seed++)
    {
      g_autofree char *path = g_strdup_printf ("/app/demo/learns/seed-%u", seed);
      g_test_add (path, Fixture, GUINT_TO_POINTER (seed), set_up, test_learns, tear_down);
    }
  return g_test_run ();
}
