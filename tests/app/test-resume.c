#include "config.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "tests/support/wb-test-program.h"

/* Runs survive anything: kill -9 at random moments, signals, requests; afterwards the same losses
 * and the same final weights, bit for bit, as an undisturbed run. */

#define TRAIN                                                                                      \
  "train --model model --task rte --train train.tsv --dev dev.tsv --batch-size 4 "                 \
  "--max-length 32 --threads 1 --set epochs=25 --set keep-last=yes --set eval-every=7 "            \
  "--set learning-rate=1e-3 --set weight-decay=0.1 "

static GSubprocess *
start (WbTestProgram *self, const char *arguments)
{
  g_auto (GStrv) argv = NULL;

  g_assert_true (g_shell_parse_argv (arguments, NULL, &argv, NULL));
  return wb_test_program_start (self, (const char *const *) argv,
                                G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                    G_SUBPROCESS_FLAGS_STDERR_SILENCE);
}

static char *
dup_file (WbTestProgram *self, const char *name, gsize *length)
{
  g_autofree char *path = wb_test_program_path (self, name);
  g_autoptr (GError) error = NULL;
  char *bytes;

  g_file_get_contents (path, &bytes, length, &error);
  g_assert_no_error (error);
  return bytes;
}

static void
assert_same_file (WbTestProgram *self, const char *a, const char *b)
{
  gsize            n_a, n_b;
  g_autofree char *bytes_a = dup_file (self, a, &n_a);
  g_autofree char *bytes_b = dup_file (self, b, &n_b);

  g_assert_cmpmem (bytes_a, n_a, bytes_b, n_b);
}

/* The run as an object. */
static char *
dup_show (WbTestProgram *self, const char *run)
{
  g_assert_cmpint (wb_test_program_run (self, "runs show %s --json", run), ==, 0);
  return g_strdup (self->out);
}

/* Waits until a file is there (or the process has ended). */
static gboolean
wait_for (WbTestProgram *self, const char *name, double seconds)
{
  g_autofree char *path = wb_test_program_path (self, name);

  for (double waited = 0; waited < seconds; waited += 0.005)
    {
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return TRUE;
      g_usleep (5000);
    }
  return FALSE;
}

static void
kill_after (WbTestProgram *self, GSubprocess *process, int signal_number, gulong microseconds)
{
  g_usleep (microseconds);
  g_subprocess_send_signal (process, signal_number);
  g_subprocess_wait (process, NULL, NULL);
  wb_test_program_take_status (self, process);
}

/* A kill may come after the last word was written. */
static gboolean
is_finished (WbTestProgram *self, const char *name)
{
  const int status = self->status;

  g_assert_cmpint (wb_test_program_run (self, "runs show %s", name), ==, 0);
  self->status = status;
  return strstr (self->out, "status    Finished") != NULL;
}

/* @calm: microseconds of an undisturbed run; kills come at random times that grow with their
 * number, so that it ends, however slow the machine. */
static void
kill_until_finished (WbTestProgram *self,
                     GRand         *random,
                     gint64         calm,
                     const char    *name,
                     const char    *arguments)
{
  g_autoptr (GSubprocess) first = start (self, arguments);
  g_autofree char *resume = g_strdup_printf ("resume %s", name);
  g_autofree char *log = g_strdup_printf ("%s/log.jsonl", name);
  guint            kills = 0;

  g_assert_true (wait_for (self, log, 60));
  kill_after (self, first, SIGKILL, (gulong) (calm * g_rand_double_range (random, 0, 0.5)));
  while (self->status != 0 && !is_finished (self, name))
    {
      g_autoptr (GSubprocess) process = NULL;

      g_assert_cmpint (self->status, ==, 128 + SIGKILL);
      g_assert_cmpuint (kills++, <, 60);
      process = start (self, resume);
      kill_after (self, process, SIGKILL,
                  (gulong) (calm * g_rand_double_range (random, 0, 0.3 + 0.1 * kills)));
    }
  g_test_message ("%s: killed %u times", name, kills);
}

static gint64
run_calmly (WbTestProgram *self, const char *arguments)
{
  const gint64 start_time = g_get_monotonic_time ();

  g_assert_cmpint (wb_test_program_run (self, "%s", arguments), ==, 0);
  return g_get_monotonic_time () - start_time;
}

/* Checkpoints by steps, so that both runs have the same, and none: all from the start again. */
static void
test_kill (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  const gint64 calm = run_calmly (self, TRAIN "--seed 3 --set save-every=20 --out calm");

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("killed-%u", i);
      g_autofree char *arguments = g_strdup_printf (TRAIN "--seed 3 --set save-every=%u --out %s",
                                                    i == 0 ? 20 : 5 + 2 * i, name);
      g_autofree char *best = g_strdup_printf ("%s/best/model.safetensors", name);
      g_autofree char *last = g_strdup_printf ("%s/last/model.safetensors", name);

      kill_until_finished (self, random, calm, name, arguments);
      assert_same_file (self, "calm/best/model.safetensors", best);
      assert_same_file (self, "calm/last/model.safetensors", last);
    }
}

/* The last numbers of two series: what was counted when the run ended. */
static void
read_counts (WbTestProgram *self, const char *run, double *examples, double *tokens)
{
  g_autofree char *csv = NULL, *name = g_strdup_printf ("%s.csv", run);
  g_auto (GStrv) lines = NULL, cells = NULL;

  g_assert_cmpint (wb_test_program_run (self,
                                        "runs show %s --series train/examples,train/tokens --to %s",
                                        run, name),
                   ==, 0);
  csv = dup_file (self, name, NULL);
  lines = g_strsplit (g_strchomp (csv), "\r\n", -1);
  cells = g_strsplit (lines[g_strv_length (lines) - 1], ",", -1);
  g_assert_cmpuint (g_strv_length (cells), ==, 3);
  *examples = g_ascii_strtod (cells[1], NULL);
  *tokens = g_ascii_strtod (cells[2], NULL);
}

/* Counting goes on where the checkpoint stood; a killed process may lose a second of it, which is
 * filled up by the rate. */
static void
assert_counts (WbTestProgram *self)
{
  double examples, tokens, killed_examples, killed_tokens;

  read_counts (self, "calm", &examples, &tokens);
  read_counts (self, "killed", &killed_examples, &killed_tokens);
  g_assert_cmpfloat (examples, >, 0);
  g_assert_cmpfloat (tokens, >, 2 * examples);
  g_assert_cmpfloat (fabs (killed_examples / examples - 1), <, 0.1);
  g_assert_cmpfloat (fabs (killed_tokens / tokens - 1), <, 0.2);
}

/* Loss and metrics of every step, from the objects of the log and the store's row. */
static void
test_numbers (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  g_autofree char *calm = NULL, *killed = NULL;
  gint64           microseconds;
  JsonObject      *a, *b;
  g_autoptr (GPtrArray) calm_objects = NULL, killed_objects = NULL;

  microseconds = run_calmly (self, TRAIN "--set save-every=10 --out calm");
  kill_until_finished (self, random, microseconds, "killed",
                       TRAIN "--set save-every=10 --out killed");
  calm = dup_show (self, "calm");
  calm_objects = wb_test_program_objects (self);
  killed = dup_show (self, "killed");
  killed_objects = wb_test_program_objects (self);
  a = wb_test_object (calm_objects, 0);
  b = wb_test_object (killed_objects, 0);
  g_assert_cmpfloat (json_object_get_double_member (a, "best"), ==,
                     json_object_get_double_member (b, "best"));
  g_assert_cmpfloat (json_object_get_double_member (a, "last"), ==,
                     json_object_get_double_member (b, "last"));
  g_assert_cmpint (json_object_get_int_member (a, "best_step"), ==,
                   json_object_get_int_member (b, "best_step"));
  assert_counts (self);
}

static void
test_signal (WbTestProgram *self, gconstpointer data)
{
  const int signals[] = { SIGINT, SIGTERM };

  g_assert_cmpint (wb_test_program_run (self, TRAIN "--set save-every=0 --out calm"), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("stopped-%u", i);
      g_autofree char *arguments = g_strdup_printf (TRAIN "--set save-every=0 --out %s", name);
      g_autofree char *last = g_strdup_printf ("%s/last/model.safetensors", name);
      g_autofree char *best = g_strdup_printf ("%s/best", name);
      g_autoptr (GSubprocess) process = start (self, arguments);

      g_assert_true (wait_for (self, best, 60)); /* the first evaluation: it trains */
      kill_after (self, process, signals[i], 1000);
      g_assert_cmpint (self->status, ==, 128 + signals[i]);
      g_assert_cmpint (wb_test_program_run (self, "runs show %s", name), ==, 0);
      g_assert_nonnull (strstr (self->out, i == 0 ? "stopped by SIGINT" : "stopped by SIGTERM"));
      g_assert_nonnull (strstr (self->out, "Interrupted, can resume"));
      g_assert_cmpint (wb_test_program_run (self, "resume %s", name), ==, 0);
      assert_same_file (self, "calm/last/model.safetensors", last);
    }
}

#define LONG TRAIN "--set max-steps=1000000 "

static void
test_requests (WbTestProgram *self, gconstpointer data)
{
  static const struct
  {
    const char *command;
    const char *status;
    int         resumes;
  } cases[] = { { "runs pause", "Paused, can resume", 1 },
                { "runs stop", "Stopped, can resume", 1 },
                { "runs stop --keep-best", "Finished", 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("run-%u", i);
      g_autofree char *arguments = g_strdup_printf (LONG "--out %s", name);
      g_autofree char *best = g_strdup_printf ("%s/best", name);
      g_autofree char *command = g_strdup_printf ("%s %s", cases[i].command, name);
      g_autoptr (GSubprocess) process = start (self, arguments);
      gint64 asked;

      g_assert_true (wait_for (self, best, 60));
      wb_test_program_run (self, "resume %s", name);
      wb_test_program_assert_failed (self, 1, "is running already");
      wb_test_program_run (self, "runs delete %s", name);
      wb_test_program_assert_failed (self, 1, "is running; stop it first");
      asked = g_get_monotonic_time ();
      g_assert_cmpint (wb_test_program_run (self, "%s", command), ==, 0);
      g_subprocess_wait (process, NULL, NULL);
      /* within a second, and then the state is saved; generous for sanitizers and busy machines */
      g_assert_cmpint (g_get_monotonic_time () - asked, <, 10 * G_USEC_PER_SEC);
      wb_test_program_take_status (self, process);
      g_assert_cmpint (self->status, ==, 0);
      g_assert_cmpint (wb_test_program_run (self, "runs show %s", name), ==, 0);
      g_assert_nonnull (strstr (self->out, cases[i].status));
      if (cases[i].resumes)
        {
          g_autoptr (GSubprocess) again = NULL;
          g_autofree char *resume = g_strdup_printf ("resume %s", name);

          again = start (self, resume);
          kill_after (self, again, SIGINT, 500000);
          g_assert_cmpint (self->status, ==, 130);
        }
    }
}

/* A run whose process died is interrupted for whoever looks, and goes on. */
static void
test_death (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GSubprocess) process = start (self, LONG "--out run");

  g_assert_true (wait_for (self, "run/best", 60));
  kill_after (self, process, SIGSEGV, 1000);
  g_assert_cmpint (wb_test_program_run (self, "runs show run"), ==, 0);
  g_assert_nonnull (strstr (self->out, "Interrupted, can resume"));
  g_assert_nonnull (strstr (self->out, "SIGSEGV"));
}

static void
test_changed_files (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GSubprocess) process = start (self, LONG "--out run");

  g_assert_true (wait_for (self, "run/best", 60));
  kill_after (self, process, SIGKILL, 1000);
  wb_test_program_write_pairs (self, "train.tsv", 48, 99);
  wb_test_program_run (self, "resume run");
  wb_test_program_assert_failed (self, 1, "is not what it was when the run was made");
}

static void
test_damaged_checkpoint (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GSubprocess) process = start (self, LONG "--set save-every=3 --out run");
  g_autofree char *folder = wb_test_program_path (self, "run/checkpoints");
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_assert_true (wait_for (self, "run/checkpoints/3", 60));
  kill_after (self, process, SIGINT, 1000);
  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, "trainer.state", NULL);
      g_assert_cmpint (truncate (path, 100), ==, 0);
    }
  wb_test_program_run (self, "resume run");
  wb_test_program_assert_failed (self, 1, "cannot be read");
}

/* Asked to keep the best before there is any: finished means that there is a model. */
#define WAIT_SECONDS 120 /* a sanitizer on a busy machine takes a few */

/* Runs a command until it succeeds and says @part. */
static void
run_until (WbTestProgram *self, const char *command, const char *part)
{
  const gint64 end = g_get_monotonic_time () + WAIT_SECONDS * G_TIME_SPAN_SECOND;

  do
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      wb_test_program_run (self, "%s", command);
    }
  while (self->status != 0 || strstr (self->out, part) == NULL);
}

static void
test_keep_nothing (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GSubprocess) process =
      start (self, "train --model model --task rte --train train.tsv --threads 1 --max-length 32 "
                   "--set max-steps=1000000 --out run");
  g_autoptr (GSubprocess) again = NULL;
  g_autofree char *best = wb_test_program_path (self, "run/best/model.safetensors");

  /* killed once its steps are counted, however slow the machine */
  g_assert_true (wait_for (self, "run/log.jsonl", 60));
  run_until (self, "runs show run", "of 1000000");
  kill_after (self, process, SIGKILL, 0);
  again = start (self, "resume run");
  run_until (self, "runs stop run --keep-best --json", "");
  g_subprocess_wait (again, NULL, NULL);
  wb_test_program_take_status (self, again);
  g_assert_cmpint (self->status, ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs show run"), ==, 0);
  g_assert_true ((strstr (self->out, "status    Finished") != NULL) ==
                 g_file_test (best, G_FILE_TEST_EXISTS));
  g_assert_nonnull (strstr (self->out, "of 1000000"));
}

/* One run a device: the second waits, and trains when the first is gone. */
static void
test_waiting (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GSubprocess) first = start (self, LONG "--out first");
  g_autoptr (GSubprocess) second = NULL;
  g_autoptr (GSubprocess) third = NULL;
  g_autoptr (GSubprocess) fifth = NULL;

  g_assert_true (wait_for (self, "first/best", 60));
  second = start (self, TRAIN "--set max-steps=3 --out second");
  third = start (self, TRAIN "--set max-steps=3 --out third");
  g_assert_true (wait_for (self, "second/settings.ini", 60));
  g_assert_true (wait_for (self, "third/settings.ini", 60));
  g_usleep (300000);
  g_assert_cmpint (wb_test_program_run (self, "runs show second"), ==, 0);
  g_assert_nonnull (strstr (self->out, "Queued"));
  /* alongside does not wait */
  wb_test_program_run (self, TRAIN "--set max-steps=3 --out fourth --alongside");
  g_assert_cmpint (self->status, ==, 0);
  /* a run that waits can be withdrawn */
  g_assert_cmpint (wb_test_program_run (self, "runs stop third"), ==, 0);
  g_subprocess_wait (third, NULL, NULL);
  wb_test_program_take_status (self, third);
  g_assert_cmpint (self->status, ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs show third"), ==, 0);
  g_assert_nonnull (strstr (self->out, "Stopped, can resume"));
  /* and be ended by a signal */
  fifth = start (self, TRAIN "--set max-steps=3 --out fifth");
  g_assert_true (wait_for (self, "fifth/settings.ini", 60));
  kill_after (self, fifth, SIGTERM, 300000);
  g_assert_cmpint (self->status, ==, 143);
  g_assert_cmpint (wb_test_program_run (self, "runs show fifth"), ==, 0);
  g_assert_nonnull (strstr (self->out, "Interrupted, can resume"));
  kill_after (self, first, SIGTERM, 0);
  g_subprocess_wait (second, NULL, NULL);
  wb_test_program_take_status (self, second);
  g_assert_cmpint (self->status, ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs show second"), ==, 0);
  g_assert_nonnull (strstr (self->out, "Finished"));
}

/* Resumed elsewhere, a run says that the rest is not bit-equal, and goes on. */
static void
test_other_machine (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GSubprocess) process = start (self, TRAIN "--set save-every=5 --out run");
  g_autofree char *path = wb_test_program_path (self, "home/workbench.db");
  sqlite3         *db;

  g_assert_true (wait_for (self, "run/checkpoints/5", 60));
  kill_after (self, process, SIGINT, 0);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "UPDATE run SET fingerprint = 'an abacus'", NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (db);
  g_assert_cmpint (wb_test_program_run (self, "resume run"), ==, 0);
  g_assert_nonnull (strstr (self->err, "an abacus"));
  g_assert_nonnull (strstr (self->err, "will not be equal bit for bit"));
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
  add ("/app/resume/kill", test_kill);
  add ("/app/resume/numbers", test_numbers);
  add ("/app/resume/signal", test_signal);
  add ("/app/resume/requests", test_requests);
  add ("/app/resume/keep-nothing", test_keep_nothing);
  add ("/app/resume/waiting", test_waiting);
  add ("/app/resume/other-machine", test_other_machine);
  add ("/app/resume/death", test_death);
  add ("/app/resume/changed-files", test_changed_files);
  add ("/app/resume/damaged-checkpoint", test_damaged_checkpoint);
  return g_test_run ();
}
