#include "config.h"

#include <sys/stat.h>

#include "tests/support/wb-test-program.h"

/* What was asked wrongly is refused with exit status 2 and one line that says so; help names the
 * command; what is written arrives or is said not to. */

static const struct
{
  const char *arguments;
  const char *part;
} wrong[] = {
  { "--home", "--home needs a folder" },
  { "--nonsense", "unknown option --nonsense" },
  { "train", "which task?" },
  { "train --task rte --train train.tsv", "which model?" },
  { "train --task rte --model model --init-from-config model/config.json --train train.tsv",
    "not both" },
  { "train --task rte --model model --train train.tsv --seed 1 --seeds 1,2", "not both" },
  { "train --task rte --model model --train train.tsv --seeds 1,,2", "seed" },
  { "train --task nonsense --model model --train train.tsv", "nonsense" },
  { "train --task ax --model model --train train.tsv", "MNLI" },
  { "train --task rte --model model --train train.tsv --backend cuda", "backend" },
  { "evaluate", "which model?" },
  { "predict --model model --task rte", "which file?" },
  { "predict --model model --file dev.tsv", "which task?" },
  { "export model", "--to DIR" },
  { "resume", "which run?" },
  { "attention model", "which text?" },
  { "runs nonsense", "runs nonsense" },
  { "runs list more", "runs list takes no arguments, not “more”" },
  { "runs show", "which run?" },
  { "runs show 1 2", "not also “2”" },
  { "runs stop 1 2", "not also “2”" },
  { "runs verify 1 2", "not also “2”" },
  { "runs log 1 --lines -1", "--lines" },
  { "runs list --nonsense", "“runs list --help”" },
  { "doctor more", "doctor takes no arguments" },
  { "bench more", "bench takes no arguments" },
  { "models list more", "models list" },
  { "models nonsense", "nonsense" },
};

static void
test_wrong (WbTestProgram *self, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      wb_test_program_run (self, "%s", wrong[i].arguments);
      wb_test_program_assert_failed (self, 2, wrong[i].part);
    }
}

/* What is wrong with several runs is said before the first of them. */
static void
test_wrong_for_several (WbTestProgram *self, gconstpointer data)
{
  wb_test_program_run (self, "train --task rte --model model --train train.tsv --out new "
                             "--seeds 1,2");
  wb_test_program_assert_failed (self, 1, "several");
  g_assert_cmpint (wb_test_program_run (self, "runs list"), ==, 0);
  g_assert_cmpstr (self->out, ==, "no runs\n");
}

/* Every command explains itself under its own name. */
static void
test_help (WbTestProgram *self, gconstpointer data)
{
  static const char *const commands[] = {
    "demo",         "train",        "resume",       "evaluate",    "predict",     "tokenize",
    "attention",    "models",       "datasets",     "export",      "bench",       "doctor",
    "runs list",    "runs show",    "runs compare", "runs tag",    "runs note",   "runs archive",
    "runs log",     "runs stop",    "runs pause",   "runs rename", "runs delete", "runs verify",
    "recipes list", "recipes show", "recipes save"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *usage = g_strdup_printf ("Usage:\n  deberta-workbench %s ", commands[i]);

      g_assert_cmpint (wb_test_program_run (self, "%s --help", commands[i]), ==, 0);
      g_assert_true (g_str_has_prefix (self->out, usage));
      g_assert_nonnull (strstr (self->out, "--json"));
      g_assert_cmpstr (self->err, ==, "");
    }
}

static void
test_output (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *pipe = wb_test_program_path (self, "pipe");
  struct stat      status;

  /* standard output that is full */
  if (g_file_test ("/dev/full", G_FILE_TEST_EXISTS))
    {
      const char *const argv[] = { "/bin/sh", "-c", "\"$WB_PROGRAM\" doctor > /dev/full", NULL };
      g_autoptr (GSubprocess) shell =
          g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);

      g_subprocess_wait (shell, NULL, NULL);
      wb_test_program_take_status (self, shell);
      g_assert_cmpint (self->status, ==, 1);
    }
  /* what is no regular file is filled, not replaced */
  g_assert_cmpint (wb_test_program_run (self, "train --task rte --model model --train train.tsv "
                                              "--threads 1 --set max-steps=1 --out run"),
                   ==, 0);
  wb_test_program_run (self, "predict run --file dev.tsv --threads 1 --submission /dev/null");
  g_assert_cmpint (self->status, ==, 0);
  g_assert_cmpint (stat ("/dev/null", &status), ==, 0);
  g_assert_true (S_ISCHR (status.st_mode));
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  {
    g_autofree char  *text = NULL;
    const char *const argv[] = { "/bin/cat", pipe, NULL };
    g_autoptr (GSubprocess) cat = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL);

    wb_test_program_run (self, "predict run --file dev.tsv --threads 1 --submission pipe");
    g_assert_cmpint (self->status, ==, 0);
    g_subprocess_communicate_utf8 (cat, NULL, NULL, &text, NULL, NULL);
    g_assert_true (g_str_has_prefix (text, "index\tprediction\n0\t"));
  }
}

/* A data set of the library by its name, wherever --data is asked. */
static void
test_data_names (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *folder = wb_test_program_path (self, "data");

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  wb_test_program_write_pairs (self, "data/train.tsv", 16, 1);
  wb_test_program_write_pairs (self, "data/dev.tsv", 8, 2);
  g_assert_cmpint (wb_test_program_run (self, "datasets import data --task rte --name pairs"), ==,
                   0);
  g_assert_cmpint (wb_test_program_run (self, "train --task rte --model model --data pairs "
                                              "--threads 1 --set max-steps=1 --out run"),
                   ==, 0);
  g_assert_cmpint (
      wb_test_program_run (self, "evaluate run --data pairs --split train --threads 1 --json"), ==,
      0);
  g_assert_nonnull (strstr (self->out, "\"examples\":16"));
  wb_test_program_run (self, "evaluate run --data nonsense --threads 1");
  wb_test_program_assert_failed (self, 1, "“nonsense” is no folder");
  wb_test_program_run (self, "predict run --file data --threads 1");
  wb_test_program_assert_failed (self, 1, "data");
}

static void
test_doctor_numbers (WbTestProgram *self, gconstpointer data)
{
  static const char *const keys[] = { "processors", "memory", "memory_available", "free" };
  g_autoptr (GPtrArray) objects = NULL;

  g_assert_cmpint (wb_test_program_run (self, "doctor --json"), ==, 0);
  objects = wb_test_program_objects (self);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_cmpint (json_object_get_int_member (wb_test_object (objects, 0), keys[i]), >, 0);
}

static void
add (const char *path, void (*test) (WbTestProgram *, gconstpointer))
{
  g_test_add (path, WbTestProgram, NULL, wb_test_program_set_up, test, wb_test_program_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/app/cli-usage/wrong", test_wrong);
  add ("/app/cli-usage/wrong-for-several", test_wrong_for_several);
  add ("/app/cli-usage/help", test_help);
  add ("/app/cli-usage/output", test_output);
  add ("/app/cli-usage/data-names", test_data_names);
  add ("/app/cli-usage/doctor-numbers", test_doctor_numbers);
  return g_test_run ();
}
