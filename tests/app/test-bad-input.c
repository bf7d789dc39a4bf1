#include "tests/support/wb-test-child.h"

#include "config.h"

#include <sqlite3.h>

#include "tests/support/wb-test-program.h"

/* What comes from outside and is wrong: one clear line, exit status 1, nothing half-written. */

#define TRAIN                                                                                      \
  "train --task rte --train train.tsv --dev dev.tsv --batch-size 8 --max-length 32 --threads 1 "   \
  "--set max-steps=2 "

/* No run, no folder, no row came of it. */
static void
assert_nothing_written (WbTestProgram *self)
{
  g_autofree char *runs = wb_test_program_path (self, "home/runs");
  GDir            *dir = g_dir_open (runs, 0, NULL);

  if (dir != NULL)
    g_assert_null (g_dir_read_name (dir));
  g_clear_pointer (&dir, g_dir_close);
  g_assert_cmpint (wb_test_program_run (self, "runs list"), ==, 0);
  g_assert_cmpstr (self->out, ==, "no runs\n");
}

static void
assert_train_fails (WbTestProgram *self, const char *model, const char *part)
{
  wb_test_program_run (self, TRAIN "%s", model);
  wb_test_program_assert_failed (self, 1, part);
  assert_nothing_written (self);
}

static void
test_weights (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *weights = wb_test_program_path (self, "model/model.safetensors");
  g_autofree char *bytes = NULL;
  gsize            length;

  g_assert_true (g_file_get_contents (weights, &bytes, &length, NULL));
  g_assert_cmpint (truncate (weights, (off_t) length - 7), ==, 0);
  assert_train_fails (self, "--model model", "model.safetensors");
  g_assert_cmpint (truncate (weights, 4), ==, 0);
  assert_train_fails (self, "--model model", "model.safetensors");
  g_assert_cmpint (g_unlink (weights), ==, 0);
  assert_train_fails (self, "--model model", "model.safetensors");
}

/* @from in the model's config becomes @to. */
static void
edit_config (WbTestProgram *self, const char *from, const char *to)
{
  g_autofree char *path = wb_test_program_path (self, "model/config.json");
  g_autofree char *text = NULL;
  g_autoptr (GString) edited = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  edited = g_string_new (text);
  g_assert_cmpuint (g_string_replace (edited, from, to, 0), >, 0);
  g_assert_true (g_file_set_contents (path, edited->str, -1, NULL));
}

static const struct
{
  const char *name;
  const char *from;
  const char *to;
  const char *part;
} configs[] = {
  { "shape", "\"intermediate_size\": 16", "\"intermediate_size\": 24", "intermediate" },
  { "model-type", "\"deberta-v2\"", "\"bert\"", "bert" },
  { "negative", "\"hidden_size\": 8", "\"hidden_size\": -8", "hidden_size" },
  { "huge", "\"vocab_size\": 320", "\"vocab_size\": 1e300", "vocab_size" },
  { "not-a-number", "\"layer_norm_eps\": 1e-7", "\"layer_norm_eps\": NaN", "config.json" },
  { "heads", "\"num_attention_heads\": 2", "\"num_attention_heads\": 3", "num_attention_heads" },
};

static void
test_config (WbTestProgram *self, gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);

  wb_test_program_write (self, "model/config.json", WB_TEST_MODEL_FOLDER_JSON, -1);
  edit_config (self, configs[i].from, configs[i].to);
  assert_train_fails (self, "--model model", configs[i].part);
}

static const struct
{
  const char *name;
  const char *text;
  const char *part;
} files[] = {
  { "empty", "", "train.tsv" },
  { "header-only", "index\tsentence1\tsentence2\tlabel\n", "train.tsv" },
  { "too-few-columns",
    "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tentailment\n1\ta\tnot_entailment\n",
    "train.tsv:3" },
  { "not-utf-8", "index\tsentence1\tsentence2\tlabel\n0\ta\xff\tb\tentailment\n", "train.tsv:2" },
  { "unknown-label", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tentailment\n1\ta\tb\tperhaps\n",
    "perhaps" },
  { "single-class",
    "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tentailment\n1\ta\tb\tentailment\n", "train.tsv" },
};

static void
test_data (WbTestProgram *self, gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);

  wb_test_program_write (self, "train.tsv", files[i].text, -1);
  assert_train_fails (self, "--model model", files[i].part);
}

static void
test_missing (WbTestProgram *self, gconstpointer data)
{
  assert_train_fails (self, "--model nowhere", "nowhere");
  wb_test_program_run (self, "train --model model --task rte --train nowhere.tsv");
  wb_test_program_assert_failed (self, 1, "nowhere.tsv");
  wb_test_program_run (self, "train --model model --task rte --data nowhere");
  wb_test_program_assert_failed (self, 1, "nowhere");
  wb_test_program_run (self, "train --model model --task rte");
  wb_test_program_assert_failed (self, 1, "--data");
  wb_test_program_run (self, "resume 17");
  wb_test_program_assert_failed (self, 1, "17");
  wb_test_program_run (self, "evaluate --model model --task rte --file nowhere.tsv");
  wb_test_program_assert_failed (self, 1, "nowhere.tsv");
  wb_test_program_run (self, "predict --model model --task rte --file nowhere.tsv");
  wb_test_program_assert_failed (self, 1, "nowhere.tsv");
  assert_nothing_written (self);
}

/* A model that was never trained on the task says so instead of guessing. */
static void
test_no_head (WbTestProgram *self, gconstpointer data)
{
  wb_test_program_run (self, "predict --model model --task mnli --file dev.tsv --threads 1");
  wb_test_program_assert_failed (self, 1, "head");
}

/* The same tensors are another head: nothing is computed with them as if they were this one. */
static void
test_other_head (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GString) json = g_string_new (WB_TEST_MODEL_FOLDER_JSON);

  g_assert_cmpint (
      wb_test_program_run (self, "predict --model model --task rte --file dev.tsv --threads 1"), ==,
      0);
  g_string_truncate (json, json->len - 1);
  g_string_append (json, ", \"problem_type\": \"multi_label_classification\"}");
  wb_test_program_write (self, "model/config.json", json->str, -1);
  wb_test_program_run (self, "predict --model model --task rte --file dev.tsv --threads 1");
  wb_test_program_assert_failed (self, 1, "classification with several labels");
}

/* What a file has more than its configuration says is named, not passed over in silence. */
static void
test_passed_over (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GString) json = g_string_new (WB_TEST_MODEL_FOLDER_JSON);

  g_string_replace (json, "\"norm_rel_ebd\": \"layer_norm\"", "\"norm_rel_ebd\": \"none\"", 1);
  wb_test_program_write (self, "model/config.json", json->str, -1);
  g_assert_cmpint (
      wb_test_program_run (self, "predict --model model --task rte --file dev.tsv --threads 1"), ==,
      0);
  g_assert_nonnull (strstr (self->err, "2 tensors of the file have no place in the model"));
  g_assert_nonnull (strstr (self->err, "deberta.encoder.LayerNorm.weight"));
  g_assert_nonnull (strstr (self->err, "deberta.encoder.LayerNorm.bias"));
}

static void
test_vocabulary (WbTestProgram *self, gconstpointer data)
{
  wb_test_program_write (self, "model/spm.model", "not a vocabulary", -1);
  assert_train_fails (self, "--model model", "spm.model");
}

static void
test_newer_store (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *path = wb_test_program_path (self, "home/workbench.db");
  sqlite3         *db;

  g_assert_cmpint (wb_test_program_run (self, "runs list"), ==, 0);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 9999", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  sqlite3_close (db);
  wb_test_program_run (self, "runs list");
  wb_test_program_assert_failed (self, 1, "workbench.db");
}

/* The program inherits the child's user and mounts; its standard error decides. */
static int
run_in_child (const char *folder, const char *part)
{
  g_autofree char *out = g_build_filename (g_get_tmp_dir (), "wb-test-stderr-XXXXXX", NULL);
  const int        fd = g_mkstemp (out);
  g_autofree char *home = g_build_filename (folder, "home", NULL);
  const char      *argv[] = { g_getenv ("WB_PROGRAM"),
                              "--home",
                              home,
                              "train",
                              "--model",
                              "model",
                              "--task",
                              "rte",
                              "--train",
                              "train.tsv",
                              "--threads",
                              "1",
                              "--set",
                              "max-steps=2",
                              NULL };
  g_autofree char *text = NULL;
  int              status;
  pid_t            pid = fork ();

  if (pid == 0)
    {
      dup2 (fd, STDERR_FILENO);
      if (chdir (folder) != 0)
        _exit (98);
      execv (argv[0], (char **) argv);
      _exit (99);
    }
  waitpid (pid, &status, 0);
  if (!g_file_get_contents (out, &text, NULL, NULL))
    return 3;
  g_unlink (out);
  if (!WIFEXITED (status) || WEXITSTATUS (status) != 1)
    return 4;
  if (strstr (text, part) == NULL || strchr (text, '\n') != text + strlen (text) - 1)
    {
      if (write (STDOUT_FILENO, text, strlen (text)) < 0)
        return 6;
      return 5;
    }
  return 0;
}

static int
unwritable_body (const char *folder)
{
  g_autofree char *home = g_build_filename (folder, "home", NULL);

  g_mkdir (home, 0555);
  if (g_chmod (folder, 0755) != 0 || !wb_test_become_nobody ())
    return WB_TEST_NOT_PERMITTED;
  return run_in_child (folder, "--home");
}

static int
full_body (const char *folder)
{
  g_autofree char *home = g_build_filename (folder, "home", NULL);

  g_mkdir (home, 0755);
  if (!wb_test_mount_small (home, 512))
    return WB_TEST_NOT_PERMITTED;
  wb_test_fill (home);
  return run_in_child (folder, "");
}

/* Room for the store, not for checkpoints. */
static int
small_body (const char *folder)
{
  g_autofree char *home = g_build_filename (folder, "home", NULL);

  g_mkdir (home, 0755);
  if (!wb_test_mount_small (home, 600))
    return WB_TEST_NOT_PERMITTED;
  return run_in_child (folder, "free");
}

static void
test_home (WbTestProgram *self, gconstpointer data)
{
  int (*const bodies[]) (const char *) = { unwritable_body, full_body, small_body };
  const int status = wb_test_in_child (bodies[GPOINTER_TO_SIZE (data)], self->home);

  if (status == WB_TEST_NOT_PERMITTED)
    g_test_skip ("this user may not make such a home");
  else
    g_assert_cmpint (status, ==, 0);
}

static void
add (const char *folder, const char *name, gsize i, void (*test) (WbTestProgram *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/app/bad-input/%s%s", folder, name);

  g_test_add (path, WbTestProgram, GSIZE_TO_POINTER (i), wb_test_program_set_up, test,
              wb_test_program_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("", "weights", 0, test_weights);
  for (gsize i = 0; i < G_N_ELEMENTS (configs); i++)
    add ("config/", configs[i].name, i, test_config);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    add ("data/", files[i].name, i, test_data);
  add ("", "missing", 0, test_missing);
  add ("", "no-head", 0, test_no_head);
  add ("", "other-head", 0, test_other_head);
  add ("", "passed-over", 0, test_passed_over);
  add ("", "vocabulary", 0, test_vocabulary);
  add ("", "newer-store", 0, test_newer_store);
  add ("home/", "unwritable", 0, test_home);
  add ("home/", "full", 1, test_home);
  add ("home/", "small", 2, test_home);
  return g_test_run ();
}
