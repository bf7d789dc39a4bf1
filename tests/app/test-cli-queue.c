#include "config.h"

#include <signal.h>
#include <sqlite3.h>

#include "tests/support/wb-test-program.h"

/* The queue as users call it: order, pause, drop; processes that race, fail and are killed. */

#define TRAIN                                                                                      \
  "train --task rte --model model --train train.tsv --dev dev.tsv --batch-size 8 --max-length 32 " \
  "--threads 1 "
#define SHORT TRAIN "--set max-steps=2 "
#define LONG TRAIN "--set max-steps=1000000 --set eval-every=0 "
#define WAIT_SECONDS 120 /* on a machine that has much else to do */

static GSubprocess *
start (WbTestProgram *self, const char *arguments)
{
  g_auto (GStrv) argv = NULL;

  g_assert_true (g_shell_parse_argv (arguments, NULL, &argv, NULL));
  return wb_test_program_start (self, (const char *const *) argv,
                                G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                    G_SUBPROCESS_FLAGS_STDERR_SILENCE);
}

static void
run (WbTestProgram *self, const char *arguments)
{
  g_assert_cmpint (wb_test_program_run (self, "%s", arguments), ==, 0);
}

static int
wait_for_end (WbTestProgram *self, GSubprocess *process)
{
  g_subprocess_wait (process, NULL, NULL);
  wb_test_program_take_status (self, process);
  return self->status;
}

/* (transfer full): names of "running" or "waiting", as `queue list --json` has them. */
static char *
dup_names (WbTestProgram *self, const char *key)
{
  g_autoptr (GPtrArray) objects = NULL;
  GString   *names = g_string_new (NULL);
  JsonArray *array;

  run (self, "queue list --json");
  objects = wb_test_program_objects (self);
  array = json_object_get_array_member (wb_test_object (objects, 0), key);
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_string_append_printf (
        names, "%s%s", i > 0 ? " " : "",
        json_object_get_string_member (json_array_get_object_element (array, i), "name"));
  return g_string_free (names, FALSE);
}

#define ASSERT_WAITING(expected)                                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *names_ = dup_names (self, "waiting");                                         \
    g_assert_cmpstr (names_, ==, expected);                                                        \
  }                                                                                                \
  G_STMT_END

static char *
dup_member (WbTestProgram *self, const char *name, const char *key)
{
  g_autoptr (GPtrArray) objects = NULL;
  const char *text;

  g_assert_cmpint (wb_test_program_run (self, "runs show %s --json", name), ==, 0);
  objects = wb_test_program_objects (self);
  text = json_object_get_string_member (wb_test_object (objects, 0), key);
  return g_strdup (text != NULL ? text : "");
}

static void
assert_status (WbTestProgram *self, const char *name, const char *expected)
{
  g_autofree char *status = dup_member (self, name, "status");
  g_assert_cmpstr (status, ==, expected);
}

static void
wait_for_status (WbTestProgram *self, const char *name, const char *expected)
{
  const gint64     end = g_get_monotonic_time () + WAIT_SECONDS * G_USEC_PER_SEC;
  g_autofree char *status = dup_member (self, name, "status");

  while (strcmp (status, expected) != 0 && g_get_monotonic_time () < end)
    {
      g_usleep (20000);
      g_free (status);
      status = dup_member (self, name, "status");
    }
  g_assert_cmpstr (status, ==, expected);
}

static gint64
query (WbTestProgram *self, const char *sql)
{
  g_autofree char *path = wb_test_program_path (self, "home/workbench.db");
  sqlite3         *db;
  sqlite3_stmt    *stmt;
  gint64           number;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  number = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  return number;
}

/* ---- order ---- */

static void
test_order (WbTestProgram *self, gconstpointer data)
{
  const char *a, *c;

  run (self, "queue pause");
  g_assert_nonnull (strstr (self->out, "nothing waits"));
  g_assert_nonnull (strstr (self->out, "paused"));
  run (self, SHORT "--detach --name a");
  g_assert_cmpstr (self->out, ==, "run 1  a: Queued\n");
  g_assert_nonnull (strstr (self->err, "the queue is paused"));
  run (self, SHORT "--detach --name b");
  run (self, SHORT "--detach --set warmup-steps=0,1"); /* several become several */
  run (self, "runs rename 3 c");
  run (self, "runs rename 4 d");
  ASSERT_WAITING ("a b c d");
  run (self, "queue move 4 first");
  run (self, "queue move a last");
  ASSERT_WAITING ("d b c a");
  run (self, "queue move b 3");
  ASSERT_WAITING ("d c b a");
  run (self, "queue drop b 3");
  assert_status (self, "b", "stopped");
  ASSERT_WAITING ("d a");
  run (self, "queue list");
  g_assert_nonnull (strstr (self->out, "PLACE"));
  g_assert_nonnull (strstr (self->out, "the queue is paused"));

  run (self, "queue run --until-empty");
  c = strstr (self->out, "run 4  ");
  a = strstr (self->out, "run 1  ");
  g_assert_true (c != NULL && a != NULL && c < a);
  assert_status (self, "a", "finished");
  assert_status (self, "4", "finished");
  assert_status (self, "3", "stopped");
  ASSERT_WAITING ("");
  /* what was dropped is not lost */
  run (self, "resume b --detach");
  wait_for_status (self, "b", "finished");
}

static void
test_json (WbTestProgram *self, gconstpointer data)
{
  static const char *const commands[] = { "queue pause --json", "queue list --json",
                                          "queue move a first --json" };

  run (self, "queue pause --json");
  run (self, SHORT "--detach --name a --json");
  g_assert_true (g_str_has_prefix (self->out, "{\"run\":1,\"name\":\"a\",\"status\":\"queued\""));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autoptr (GPtrArray) objects = NULL;
      JsonObject *queue;

      run (self, commands[i]);
      objects = wb_test_program_objects (self);
      g_assert_cmpuint (objects->len, ==, 1);
      queue = wb_test_object (objects, 0);
      wb_test_assert_keys (queue, "paused worked running waiting");
      g_assert_true (json_object_get_boolean_member (queue, "paused"));
      g_assert_false (json_object_get_boolean_member (queue, "worked"));
      g_assert_cmpuint (json_array_get_length (json_object_get_array_member (queue, "waiting")), ==,
                        1);
    }
  run (self, "queue drop a --json");
  g_assert_true (g_str_has_prefix (self->out, "{\"run\":1,\"name\":\"a\",\"status\":\"stopped\""));
}

static void
test_usage (WbTestProgram *self, gconstpointer data)
{
  static const struct
  {
    const char *arguments;
    int         status;
    const char *says;
  } cases[] = {
    { "queue", 2, "" },
    { "queue nonsense", 2, "queue --help" },
    { "queue move", 2, "queue move RUN PLACE" },
    { "queue move a 0", 2, "queue move RUN PLACE" },
    { "queue move a -1", 2, "" },
    { "queue move a second", 2, "queue move RUN PLACE" },
    { "queue drop", 2, "which run" },
    { "queue drop 99", 1, "99" },
    { "queue list a", 2, "takes no arguments" },
    { "queue run --detach --alongside", 2, "--detach" },
    { SHORT "--detach --alongside", 2, "--detach or --alongside" },
    { "resume 1 --detach --alongside", 2, "--detach or --alongside" },
    { "queue move done 1", 1, "does not wait: it is finished" },
    { "queue drop done", 1, "does not wait: it is finished" },
    { "resume done --detach", 1, "cannot be resumed: it is finished" },
  };

  run (self, SHORT "--name done");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpint (wb_test_program_run (self, "%s", cases[i].arguments), ==, cases[i].status);
      g_assert_nonnull (strstr (self->err, cases[i].says));
    }
  assert_status (self, "done", "finished");
}

/* ---- several processes ---- */

/* How often the run began: its process says so once in its log. */
static guint
count_starts (WbTestProgram *self, guint id)
{
  g_autofree char *name = g_strdup_printf ("home/runs/%u/log.jsonl", id);
  g_autofree char *path = wb_test_program_path (self, name);
  g_autofree char *text = NULL;
  guint            n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (const char *p = text; (p = strstr (p, "\"event\":\"start\"")) != NULL; p++)
    n++;
  return n;
}

#define RACERS 3
#define RACED 6

/* @data: how the processes take from the queue.  Whatever they do, each run begins once. */
static void
test_race (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *arguments = g_strconcat ("queue run --until-empty ", data, NULL);
  GSubprocess     *racers[RACERS];
  gint64           at_once = 0;

  run (self, "queue pause");
  run (self, SHORT "--detach --seeds 1,2,3,4,5,6");
  for (guint i = 0; i < RACERS; i++)
    racers[i] = start (self, arguments);
  while (query (self, "SELECT count (*) FROM run WHERE status IN ('queued', 'running')") > 0)
    {
      const gint64 n = query (self, "SELECT count (*) FROM run WHERE status = 'running'");
      at_once = MAX (at_once, n);
      g_usleep (2000);
    }
  for (guint i = 0; i < RACERS; i++)
    {
      g_assert_cmpint (wait_for_end (self, racers[i]), ==, 0);
      g_object_unref (racers[i]);
    }
  for (guint id = 1; id <= RACED; id++)
    g_assert_cmpuint (count_starts (self, id), ==, 1);
  g_assert_cmpint (query (self, "SELECT count (*) FROM run WHERE status = 'finished'"), ==, RACED);
  if (*(const char *) data == '\0')
    g_assert_cmpint (at_once, <=, 1); /* one run of one device */
}

/* Everything at once at one run: windows, a queue's process, somebody on a command line. */
static void
test_same_run (WbTestProgram *self, gconstpointer data)
{
  static const char *const arguments[] = { "queue run --until-empty --alongside",
                                           "resume 1 --alongside",
                                           "queue run --until-empty --alongside",
                                           "resume 1 --alongside", "resume 1" };
  GSubprocess             *racers[G_N_ELEMENTS (arguments)];

  run (self, "queue pause");
  run (self, TRAIN "--detach --set max-steps=300 --set eval-every=0");
  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    racers[i] = start (self, arguments[i]);
  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    {
      wait_for_end (self, racers[i]);
      g_object_unref (racers[i]);
    }
  g_assert_cmpuint (count_starts (self, 1), ==, 1);
  g_assert_cmpint (query (self, "SELECT count (*) FROM run WHERE status = 'finished'"), ==, 1);
}

/* A process on a command line that waits for the device with its own run comes first. */
static void
test_own_process (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GSubprocess) own = NULL;

  run (self, LONG "--detach --name long");
  wait_for_status (self, "long", "running");
  run (self, SHORT "--detach --name later");
  own = start (self, SHORT "--name own");
  while (query (self, "SELECT count (*) FROM run WHERE name = 'own' AND urgent = 1") == 0)
    g_usleep (20000);
  ASSERT_WAITING ("own later");
  run (self, "runs stop long");
  g_assert_cmpint (wait_for_end (self, own), ==, 0);
  wait_for_status (self, "later", "finished");
  g_assert_cmpint (query (self, "SELECT a.started < b.started FROM run a, run b"
                                " WHERE a.name = 'own' AND b.name = 'later'"),
                   ==, 1);
}

/* A run that cannot begin, and one whose loss is infinite, stop nothing. */
static void
test_failures (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *path = wb_test_program_path (self, "gone.tsv");
  g_autofree char *original = wb_test_program_path (self, "train.tsv");
  g_autofree char *folder = wb_test_program_path (self, "home/runs/3");
  g_autofree char *moved = wb_test_program_path (self, "moved");
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (original, &text, NULL, NULL));
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  run (self, "queue pause");
  run (self, SHORT "--detach --name vanished --train gone.tsv");
  run (self, TRAIN "--detach --name diverges --set learning-rate=1 --set schedule=constant "
                   "--set max-grad-norm=0 --set weight-decay=1 --set epochs=4000 "
                   "--set class-weights=1e9:1e9 --set optimizer=adam --set adam-beta2=0 "
                   "--set adam-epsilon=1e-30");
  run (self, SHORT "--detach --name moved");
  run (self, SHORT "--detach --name fine");
  g_unlink (path);
  g_assert_cmpint (g_rename (folder, moved), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "queue run --until-empty"), ==, 1);
  assert_status (self, "vanished", "failed");
  assert_status (self, "diverges", "diverged");
  assert_status (self, "moved", "failed");
  assert_status (self, "fine", "finished");
}

/* ---- death ---- */

static pid_t
pid_of (WbTestProgram *self, const char *name)
{
  g_autofree char *sql = g_strdup_printf ("SELECT pid FROM run WHERE name = '%s'", name);
  return (pid_t) query (self, sql);
}

static pid_t
parent_of (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  g_autofree char *text = NULL;
  int              parent;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpint (sscanf (strrchr (text, ')'), ") %*c %d", &parent), ==, 1);
  return parent;
}

/* Killed as when memory runs out: the run is interrupted, by name, and the queue goes on. */
static void
test_killed (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *message = NULL;

  run (self, LONG "--detach --name long --set save-every=5");
  run (self, SHORT "--detach --name next");
  wait_for_status (self, "long", "running");
  while (query (self, "SELECT step FROM run WHERE name = 'long'") < 6)
    g_usleep (20000);
  g_assert_cmpint (kill (pid_of (self, "long"), SIGKILL), ==, 0);
  wait_for_status (self, "next", "finished");
  assert_status (self, "long", "interrupted");
  message = dup_member (self, "long", "message");
  g_assert_nonnull (strstr (message, "signal 9"));
  /* and it can be resumed, from where it stood */
  run (self, "resume long --detach");
  wait_for_status (self, "long", "running");
  while (count_starts (self, 1) < 2 ||
         query (self, "SELECT step FROM run WHERE name = 'long'") < 11)
    g_usleep (20000);
  run (self, "runs stop long");
  wait_for_status (self, "long", "stopped");
  g_assert_cmpuint (count_starts (self, 1), ==, 2);
}

/* The machine stops: nobody is left, the queue is as it was, and goes on when it is asked to. */
static void
test_restart (WbTestProgram *self, gconstpointer data)
{
  pid_t worker, guard;

  run (self, LONG "--detach --name long");
  run (self, SHORT "--detach --name b");
  run (self, SHORT "--detach --name c");
  run (self, "queue move c first");
  wait_for_status (self, "long", "running");
  worker = pid_of (self, "long");
  guard = parent_of (worker);
  g_assert_cmpint (kill (guard, SIGKILL), ==, 0);
  kill (worker, SIGKILL); /* the guard's death tells it, too */
  while (query (self, "SELECT count (*) FROM run WHERE status = 'running'") > 0)
    run (self, "queue list");
  assert_status (self, "long", "interrupted");
  ASSERT_WAITING ("c b");
  run (self, "queue list");
  g_assert_nonnull (strstr (self->out, "no process works on the queue"));
  run (self, "queue run --detach");
  wait_for_status (self, "c", "finished");
  wait_for_status (self, "b", "finished");
  assert_status (self, "long", "interrupted");
}

/* A signal to `queue run` saves the state of its run and ends it; what waits goes on waiting. */
static void
test_signal (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GSubprocess) worker = NULL;
  g_autoptr (GSubprocess) idle = NULL;

  run (self, "queue pause");
  run (self, LONG "--detach --name long");
  run (self, SHORT "--detach --name b");
  worker = start (self, "queue run");
  wait_for_status (self, "long", "running");
  g_subprocess_send_signal (worker, SIGTERM);
  g_assert_cmpint (wait_for_end (self, worker), ==, 143);
  assert_status (self, "long", "interrupted");
  ASSERT_WAITING ("b");
  run (self, "queue drop b");
  idle = start (self, "queue run"); /* waits for more */
  run (self, "resume b --detach");
  wait_for_status (self, "b", "finished");
  g_subprocess_send_signal (idle, SIGINT);
  g_assert_cmpint (wait_for_end (self, idle), ==, 130);
}

/* Paused while something runs: that goes on, nothing follows. */
static void
test_pause (WbTestProgram *self, gconstpointer data)
{
  run (self, LONG "--detach --name long");
  run (self, SHORT "--detach --name b");
  wait_for_status (self, "long", "running");
  run (self, "queue pause");
  assert_status (self, "long", "running");
  run (self, "runs stop long");
  wait_for_status (self, "long", "stopped");
  run (self, SHORT "--name own"); /* somebody waits for it on a command line */
  assert_status (self, "own", "finished");
  assert_status (self, "b", "queued");
  run (self, "queue run --until-empty");
  assert_status (self, "b", "finished");
}

static void
add (const char *path, void (*test) (WbTestProgram *, gconstpointer), const char *data)
{
  g_test_add (path, WbTestProgram, data, wb_test_program_set_up, test, wb_test_program_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/app/cli-queue/order", test_order, NULL);
  add ("/app/cli-queue/json", test_json, NULL);
  add ("/app/cli-queue/usage", test_usage, NULL);
  add ("/app/cli-queue/race", test_race, "");
  add ("/app/cli-queue/race-alongside", test_race, "--alongside");
  add ("/app/cli-queue/same-run", test_same_run, NULL);
  add ("/app/cli-queue/own-process", test_own_process, NULL);
  add ("/app/cli-queue/failures", test_failures, NULL);
  add ("/app/cli-queue/killed", test_killed, NULL);
  add ("/app/cli-queue/restart", test_restart, NULL);
  add ("/app/cli-queue/signal", test_signal, NULL);
  add ("/app/cli-queue/pause", test_pause, NULL);
  return g_test_run ();
}
