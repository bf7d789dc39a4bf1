#include "config.h"

#include <math.h>
#include <signal.h>
#include <sys/resource.h>

#include "tests/support/wb-test-program.h"

/* train → runs → evaluate → predict → export, as a user does it; and what every object's keys are
 * (docs/json.md). */

#define TRAIN                                                                                      \
  "train --task rte --train train.tsv --dev dev.tsv --batch-size 8 --max-length 32 --threads 1 "
#define RUN_KEYS                                                                                   \
  "run name status phase message model task seed step steps progress metric best best_step last "  \
  "tokens_per_second seconds seconds_left created folder tags note archived pinned "               \
  "baseline started finished waited"
#define SETTINGS_KEYS                                                                              \
  "epochs max-steps batch-size accumulation learning-rate schedule warmup-fraction warmup-steps "  \
  "max-length precision eval-every save-every select-metric patience optimizer weight-decay "      \
  "max-grad-norm adam-beta1 adam-beta2 adam-epsilon truncation order segments dropout "            \
  "attention-dropout classifier-dropout label-smoothing class-weights layer-decay keep-last "      \
  "backend threads"

static const char *
event_of (GPtrArray *objects, guint i)
{
  return json_object_get_string_member (wb_test_object (objects, i), "event");
}

/* The @nth object of an event. */
static JsonObject *
find_event (GPtrArray *objects, const char *event, guint nth)
{
  for (guint i = 0; i < objects->len; i++)
    if (strcmp (event_of (objects, i), event) == 0 && nth-- == 0)
      return wb_test_object (objects, i);
  g_assert_not_reached ();
}

static guint
count_events (GPtrArray *objects, const char *event)
{
  guint n = 0;

  for (guint i = 0; i < objects->len; i++)
    n += strcmp (event_of (objects, i), event) == 0;
  return n;
}

static void
test_events (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) objects = NULL;
  JsonObject *done, *best;

  g_assert_cmpint (wb_test_program_run (self,
                                        TRAIN "--model model --set epochs=2 --set save-every=5 "
                                              "--seed 7 --json"),
                   ==, 0);
  objects = wb_test_program_objects (self);
  wb_test_assert_keys (find_event (objects, "start", 0),
                       "event run parameters steps examples resumed_from name task model train "
                       "seed folder machine " SETTINGS_KEYS);
  g_assert_cmpuint (count_events (objects, "step"), ==, 12);
  wb_test_assert_keys (find_event (objects, "step", 0),
                       "event run step loss lr grad_norm tokens examples ms");
  g_assert_cmpuint (count_events (objects, "eval"), ==, 2);
  wb_test_assert_keys (find_event (objects, "eval", 0), "event run step split metrics examples ms");
  wb_test_assert_keys (json_object_get_object_member (find_event (objects, "eval", 0), "metrics"),
                       "accuracy loss");
  g_assert_cmpuint (count_events (objects, "checkpoint"), ==, 2);
  wb_test_assert_keys (find_event (objects, "checkpoint", 0), "event run step path");
  done = find_event (objects, "done", 0);
  wb_test_assert_keys (done, "event run best seconds");
  best = json_object_get_object_member (done, "best");
  wb_test_assert_keys (best, "step metric value");
  g_assert_cmpstr (json_object_get_string_member (best, "metric"), ==, "accuracy");
}

/* Loss at step 1 with lr 0 and the mean over the batch: the same for every accumulation. */
static void
test_accumulation (WbTestProgram *self, gconstpointer data)
{
  double losses[3][6];

  for (guint a = 0; a < 3; a++)
    {
      g_autoptr (GPtrArray) objects = NULL;

      wb_test_program_run (self, TRAIN "--model model --set epochs=1 --set accumulation=%u --json",
                           a + 1);
      g_assert_cmpint (self->status, ==, 0);
      objects = wb_test_program_objects (self);
      for (guint i = 0; i < 6; i++)
        losses[a][i] = json_object_get_double_member (find_event (objects, "step", i), "loss");
    }
  for (guint i = 0; i < 6; i++)
    {
      /* worst of 20 seeds 6e-8 */
      g_assert_cmpfloat (fabs (losses[1][i] - losses[0][i]), <, 1e-6);
      g_assert_cmpfloat (fabs (losses[2][i] - losses[0][i]), <, 1e-6);
    }
}

static void
test_runs (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) list = NULL, show = NULL, log = NULL;
  JsonArray  *runs;
  JsonObject *newest;

  g_assert_cmpint (
      wb_test_program_run (self, TRAIN "--model model --set epochs=1 --name first --seeds 1,2"), ==,
      0);
  g_assert_cmpint (wb_test_program_run (self, "runs list --json"), ==, 0);
  list = wb_test_program_objects (self);
  wb_test_assert_keys (wb_test_object (list, 0), "runs");
  runs = json_object_get_array_member (wb_test_object (list, 0), "runs");
  g_assert_cmpuint (json_array_get_length (runs), ==, 2);
  newest = json_array_get_object_element (runs, 0);
  wb_test_assert_keys (newest, RUN_KEYS);
  g_assert_cmpint (json_object_get_int_member (newest, "run"), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (newest, "status"), ==, "finished");
  g_assert_cmpint (wb_test_program_run (self, "runs rename 1 renamed"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs show renamed --json"), ==, 0);
  show = wb_test_program_objects (self);
  wb_test_assert_keys (wb_test_object (show, 0), RUN_KEYS " settings recipe");
  wb_test_assert_keys (json_object_get_object_member (wb_test_object (show, 0), "settings"),
                       SETTINGS_KEYS);
  g_assert_cmpint (wb_test_program_run (self, "runs log 1 --json"), ==, 0);
  log = wb_test_program_objects (self);
  g_assert_cmpuint (count_events (log, "start"), ==, 1);
  g_assert_cmpstr (event_of (log, log->len - 1), ==, "done");
  g_assert_cmpint (wb_test_program_run (self, "runs log 1 -n 1"), ==, 0);
  g_assert_true (g_str_has_prefix (self->out, "Finished: best accuracy "));
  g_assert_cmpint (wb_test_program_run (self, "runs verify 1"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs delete 1"), ==, 0);
  wb_test_program_run (self, "runs show 1");
  wb_test_program_assert_failed (self, 1, "1");
  g_assert_cmpint (wb_test_program_run (self, "runs list"), ==, 0);
  g_assert_null (strstr (self->out, "renamed"));
}

static void
test_verify_finds_damage (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *weights = NULL;

  g_assert_cmpint (wb_test_program_run (self, TRAIN "--model model --set max-steps=1 --out run"),
                   ==, 0);
  weights = wb_test_program_path (self, "run/best/model.safetensors");
  g_assert_cmpint (truncate (weights, 1000), ==, 0);
  wb_test_program_run (self, "runs verify run");
  wb_test_program_assert_failed (self, 1, "model.safetensors");
}

static void
test_use (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) evaluation = NULL, predictions = NULL;
  g_autofree char *submission = NULL, *path = wb_test_program_path (self, "RTE.tsv");
  double           trained;

  g_assert_cmpint (
      wb_test_program_run (self, TRAIN "--model model --set epochs=1 --out run --json"), ==, 0);
  {
    g_autoptr (GPtrArray) objects = wb_test_program_objects (self);
    trained = json_object_get_double_member (
        json_object_get_object_member (find_event (objects, "eval", 0), "metrics"), "loss");
  }
  g_assert_cmpint (wb_test_program_run (self, "evaluate --model run --threads 1 --json"), ==, 0);
  evaluation = wb_test_program_objects (self);
  wb_test_assert_keys (wb_test_object (evaluation, 0),
                       "task split file model examples metrics seconds");
  /* the same weights, packed otherwise: worst of 20 seeds 4e-8 */
  g_assert_cmpfloat (
      fabs (json_object_get_double_member (
                json_object_get_object_member (wb_test_object (evaluation, 0), "metrics"), "loss") -
            trained),
      <, 1e-6);
  g_assert_cmpint (wb_test_program_run (self, "predict run --file dev.tsv --threads 1 --json"), ==,
                   0);
  predictions = wb_test_program_objects (self);
  g_assert_cmpuint (predictions->len, ==, 20);
  wb_test_assert_keys (wb_test_object (predictions, 3), "index logits probabilities label");
  g_assert_cmpint (json_object_get_int_member (wb_test_object (predictions, 3), "index"), ==, 3);
  g_assert_cmpint (
      wb_test_program_run (self, "predict run --file dev.tsv --threads 1 --submission RTE.tsv"), ==,
      0);
  g_assert_cmpstr (self->out, ==, "");
  g_assert_true (g_file_get_contents (path, &submission, NULL, NULL));
  g_assert_true (g_str_has_prefix (submission, "index\tprediction\n0\t"));
  g_assert_cmpint (wb_test_program_run_input (self, "one\ttwo\nthree\tfour\n",
                                              "predict run --file - --threads 1"),
                   ==, 0);
  g_assert_true (g_str_has_prefix (self->out, "0\t"));
  g_assert_nonnull (strstr (self->out, "\n1\t"));
}

/* What was exported is a model like any other. */
static void
test_export (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *before = NULL, *readme = NULL, *config = NULL;
  g_autofree char *readme_path = wb_test_program_path (self, "out/README.md");
  g_autofree char *config_path = wb_test_program_path (self, "out/config.json");

  g_assert_cmpint (wb_test_program_run (self, TRAIN "--model model --set epochs=1 --out run"), ==,
                   0);
  g_assert_cmpint (wb_test_program_run (self, "export run --to out"), ==, 0);
  g_assert_true (g_file_get_contents (readme_path, &readme, NULL, NULL));
  g_assert_nonnull (strstr (readme, "learning-rate"));
  g_assert_true (g_file_get_contents (config_path, &config, NULL, NULL));
  g_assert_nonnull (strstr (config, "not_entailment"));
  g_assert_cmpint (wb_test_program_run (self, "predict run --file dev.tsv --threads 1"), ==, 0);
  before = g_strdup (self->out);
  g_assert_cmpint (wb_test_program_run (self, "predict --model out --task rte --file dev.tsv "
                                              "--threads 1 --max-length 32 --batch-size 8"),
                   ==, 0);
  g_assert_cmpstr (self->out, ==, before);
  wb_test_program_run (self, "export run --to out");
  wb_test_program_assert_failed (self, 1, "not empty");
  wb_test_program_run (self, "export run --to train.tsv");
  wb_test_program_assert_failed (self, 1, "not empty");
  wb_test_program_run (self, "export run --to other --dtype f8");
  wb_test_program_assert_failed (self, 2, "f32, f16 and bf16");
}

static void
test_init_from_config (WbTestProgram *self, gconstpointer data)
{
  wb_test_program_run (
      self,
      TRAIN "--init-from-config model/config.json --set max-steps=3 --set keep-last=yes --out run");
  g_assert_cmpint (self->status, ==, 0);
  g_assert_cmpint (
      wb_test_program_run (self, "evaluate run/last --task rte --file dev.tsv --threads 1"), ==, 0);
}

/* A configuration of another name, none beside it: the vocabulary still counts among what the run
 * starts from. */
static void
test_config_elsewhere (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *config = wb_test_program_path (self, "model/config.json");
  g_autofree char *other = wb_test_program_path (self, "model/tiny.json");
  g_autofree char *vocabulary = wb_test_program_path (self, "model/spm.model");
  g_autofree char *bytes = NULL;
  gsize            n;

  g_assert_cmpint (g_rename (config, other), ==, 0);
  wb_test_program_run (self,
                       TRAIN "--init-from-config model/tiny.json --set max-steps=1 --out run");
  g_assert_cmpint (self->status, ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs verify run"), ==, 0);
  g_assert_true (g_file_get_contents (vocabulary, &bytes, &n, NULL));
  bytes[n / 2] ^= 1;
  g_assert_true (g_file_set_contents (vocabulary, bytes, (gssize) n, NULL));
  wb_test_program_run (self, "runs verify run");
  wb_test_program_assert_failed (self, 1, "is not what it was");
}

static void
test_regression (WbTestProgram *self, gconstpointer data)
{
  g_auto (GStrv) sentences = wb_test_text_new (32, 3);
  g_autoptr (GString) text = g_string_new (
      "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n");
  g_autoptr (GPtrArray) objects = NULL;

  for (gsize i = 0; i < 16; i++)
    g_string_append_printf (text, "%zu\tx\tx\tx\t0\tx\tx\t%s\t%s\t%.2f\n", i, sentences[2 * i],
                            sentences[2 * i + 1], (double) (i % 6) * 0.9);
  wb_test_program_write (self, "sts.tsv", text->str, -1);
  wb_test_program_run (self, "train --model model --task sts-b --train sts.tsv --dev sts.tsv "
                             "--batch-size 4 --set max-steps=4 --threads 1 --json");
  g_assert_cmpint (self->status, ==, 0);
  objects = wb_test_program_objects (self);
  g_assert_cmpuint (count_events (objects, "eval"), >=, 1);
  g_assert_cmpint (wb_test_program_run (self, "predict 1 --file sts.tsv --threads 1 --json"), ==,
                   0);
  g_assert_nonnull (strstr (self->out, "\"probabilities\":[],\"label\":null"));
}

static void
test_patience (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) objects = NULL;

  /* a learning rate of 0 never gains */
  wb_test_program_run (self, TRAIN "--model model --set learning-rate=0 --set eval-every=2 "
                                   "--set patience=2 --set epochs=20 --json");
  g_assert_cmpint (self->status, ==, 0);
  objects = wb_test_program_objects (self);
  g_assert_cmpuint (count_events (objects, "eval"), ==, 3);
  g_assert_cmpuint (count_events (objects, "step"), ==, 6);
}

static void
test_diverged (WbTestProgram *self, gconstpointer data)
{
  wb_test_program_run (self, TRAIN "--model model --set learning-rate=1 --set schedule=constant "
                                   "--set max-grad-norm=0 --set weight-decay=1 --set epochs=4000 "
                                   "--set class-weights=1e9:1e9 --set optimizer=adam "
                                   "--set adam-beta2=0 --set adam-epsilon=1e-30 --out run");
  if (self->status == 0)
    {
      g_test_skip ("nothing makes this model diverge");
      return;
    }
  g_assert_cmpint (self->status, ==, 1);
  g_assert_cmpint (wb_test_program_run (self, "runs list --status diverged"), ==, 0);
  g_assert_nonnull (strstr (self->out, "Diverged at step"));
  wb_test_program_run (self, "resume run");
  wb_test_program_assert_failed (self, 1, "lower learning rate");
}

static void
test_usage (WbTestProgram *self, gconstpointer data)
{
  wb_test_program_run (self, "train --nonsense");
  wb_test_program_assert_failed (self, 2, "--nonsense");
  wb_test_program_run (self, "nonsense");
  wb_test_program_assert_failed (self, 2, "nonsense");
  wb_test_program_run (self, TRAIN "--model model --set nonsense=1");
  wb_test_program_assert_failed (self, 2, "nonsense");
  wb_test_program_run (self, TRAIN "--model model --set learning-rate=2");
  wb_test_program_assert_failed (self, 2, "learning-rate: “2” is not allowed; give from 0 to 1");
  wb_test_program_run (self, TRAIN "--model model --set precision=bf16");
  wb_test_program_assert_failed (self, 2, "auto or f32");
  wb_test_program_run (self, TRAIN "--model model --set select-metric=f1");
  wb_test_program_assert_failed (self, 2, "select-metric");
  wb_test_program_run (self, TRAIN);
  wb_test_program_assert_failed (self, 2, "--model");
  wb_test_program_run (self, TRAIN "--model model --init-from-config model");
  wb_test_program_assert_failed (self, 2, "not both");
  wb_test_program_run (self, TRAIN "--model model --out model");
  wb_test_program_assert_failed (self, 1, "not empty");
  wb_test_program_run (self, "train --model model --task nonsense");
  wb_test_program_assert_failed (self, 2, "nonsense");
  wb_test_program_run (self, "pretrain");
  wb_test_program_assert_failed (self, 2, "pretrain");
  g_assert_cmpint (wb_test_program_run (self, "train --help"), ==, 0);
  g_assert_nonnull (strstr (self->out, "warmup-fraction"));
  g_assert_null (strstr (self->out, "sift"));
  g_assert_cmpint (wb_test_program_run (self, "runs list --json"), ==, 0);
  g_assert_cmpstr (self->out, ==, "{\"runs\":[]}\n");
}

static void
test_doctor (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) objects = NULL;

  g_assert_cmpint (wb_test_program_run (self, "doctor --json"), ==, 0);
  objects = wb_test_program_objects (self);
  wb_test_assert_keys (wb_test_object (objects, 0),
                       "version system processor processors memory memory_available cpu machine "
                       "cuda libraries window home store free ok");
}

static void
test_bench (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) objects = NULL;

  wb_test_program_run (self, "bench --size tiny --lengths short --seconds 0.01 --batch-size 2 "
                             "--threads 1 --json");
  g_assert_cmpint (self->status, ==, 0);
  objects = wb_test_program_objects (self);
  g_assert_cmpuint (objects->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    wb_test_assert_keys (wb_test_object (objects, i),
                         "model lengths what steps seconds tokens_per_second examples_per_second "
                         "ms_per_step gflops peak_memory");
  wb_test_program_run (self, "bench --size huge");
  wb_test_program_assert_failed (self, 2, "huge");
}

/* Without a file to evaluate on, the last state is the best; the smallest batch there is. */
static void
test_no_dev (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) objects = NULL;

  wb_test_program_run (self, "train --model model --task rte --train train.tsv --batch-size 1 "
                             "--max-length 8 --threads 1 --set max-steps=3 --out run --json");
  g_assert_cmpint (self->status, ==, 0);
  objects = wb_test_program_objects (self);
  g_assert_cmpuint (count_events (objects, "eval"), ==, 0);
  g_assert_true (json_object_get_null_member (find_event (objects, "done", 0), "best"));
  g_assert_cmpint (wb_test_program_run (self, "evaluate run --file dev.tsv --threads 1"), ==, 0);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define VERSION_MILLISECONDS 5000
#else
#define VERSION_MILLISECONDS 50
#endif

/* Time of the processor, so that a busy machine does not count. */
static gint64
children_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_CHILDREN, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

static void
test_version (WbTestProgram *self, gconstpointer data)
{
  gint64 best = G_MAXINT64;

  for (guint i = 0; i < 5; i++)
    {
      const gint64 start = children_time ();

      g_assert_cmpint (wb_test_program_run (self, "--version"), ==, 0);
      best = MIN (best, children_time () - start);
    }
  g_test_message ("--version: %.1f ms", (double) best / 1000);
  g_assert_cmpint (best, <, VERSION_MILLISECONDS * 1000);
}

/* What runs verify and export say. */
static void
test_small_objects (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) verified = NULL, exported = NULL;

  g_assert_cmpint (wb_test_program_run (self, TRAIN "--model model --set max-steps=1 --out run"),
                   ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs verify run --json"), ==, 0);
  verified = wb_test_program_objects (self);
  wb_test_assert_keys (wb_test_object (verified, 0), "run ok");
  g_assert_cmpint (wb_test_program_run (self, "export run --to out --json"), ==, 0);
  exported = wb_test_program_objects (self);
  wb_test_assert_keys (wb_test_object (exported, 0),
                       "from to run architecture dtype tensors left_out");
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
  add ("/app/cli/events", test_events);
  add ("/app/cli/accumulation", test_accumulation);
  add ("/app/cli/runs", test_runs);
  add ("/app/cli/verify-finds-damage", test_verify_finds_damage);
  add ("/app/cli/use", test_use);
  add ("/app/cli/export", test_export);
  add ("/app/cli/init-from-config", test_init_from_config);
  add ("/app/cli/config-elsewhere", test_config_elsewhere);
  add ("/app/cli/regression", test_regression);
  add ("/app/cli/patience", test_patience);
  add ("/app/cli/diverged", test_diverged);
  add ("/app/cli/usage", test_usage);
  add ("/app/cli/doctor", test_doctor);
  add ("/app/cli/bench", test_bench);
  add ("/app/cli/small-objects", test_small_objects);
  add ("/app/cli/no-dev", test_no_dev);
  add ("/app/cli/version", test_version);
  return g_test_run ();
}
