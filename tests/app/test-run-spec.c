#include "config.h"

#include <math.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/runs/wb-run-copy.h"
#include "app/runs/wb-run-spec-private.h"
#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-launcher-private.h"
#include "app/runs/wb-run-private.h"
#include "app/runs/wb-task-info.h"
#include "engine/tokenizer/wb-tokenizer.h"
#include "tests/support/wb-test-program.h"

/* What is typed into the dialog or after `train`. */

typedef struct
{
  WbTestProgram program;
  WbWorkspace  *workspace;
  WbRunSpec    *spec;
} Fixture;

static void
set (Fixture *self, const char *field, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_run_spec_set (self->spec, field, text, &error));
  g_assert_no_error (error);
}

static void
set_path (Fixture *self, const char *field, const char *name)
{
  g_autofree char *path = wb_test_program_path (&self->program, name);
  set (self, field, path);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *home = NULL;

  wb_test_program_set_up (&self->program, NULL);
  home = wb_test_program_path (&self->program, "home");
  self->workspace = wb_workspace_open (home, &error);
  g_assert_no_error (error);
  self->spec = wb_run_spec_new (self->workspace);
  set (self, "task", "rte");
  set_path (self, "model", "model");
  set_path (self, "train", "train.tsv");
  set_path (self, "dev", "dev.tsv");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_object_unref (self->spec);
  g_object_unref (self->workspace);
  wb_test_program_tear_down (&self->program, NULL);
}

/* The fields of what is wrong, in order; "!" in front of those that block. */
static char *
dup_problems (Fixture *self)
{
  g_autoptr (GPtrArray) problems = wb_run_spec_check (self->spec);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < problems->len; i++)
    {
      const WbRunProblem *problem = problems->pdata[i];
      g_test_message ("%s: %s", problem->field, problem->message);
      g_string_append_printf (out, "%s%s%s", i > 0 ? " " : "", problem->blocks ? "!" : "",
                              problem->field);
    }
  return g_string_free (out, FALSE);
}

static void
assert_problems (Fixture *self, const char *expected)
{
  g_autofree char *problems = dup_problems (self);
  g_assert_cmpstr (problems, ==, expected);
}

static const struct
{
  const char *field;
  const char *text;
  const char *problems;
} cases[] = {
  { "task", "", "!task" },
  { "task", "nonsense", "!task" },
  { "task", "ax", "!task" },
  { "task", "RTE", "" },
  { "model", "", "!model" },
  { "model", "/nowhere", "!model" },
  { "init-from-config", "/nowhere", "!model" },
  { "train", "/nowhere", "!train" },
  { "dev", "/nowhere", "!dev" },
  { "dev", "", "dev" },
  { "seed", "x", "!seed" },
  { "seed", "-1", "!seed" },
  { "seed", "9223372036854775807", "" },
  { "seed", "1,2,3", "" },
  { "seed", "1,,3", "!seed !seed" },
  { "out", "/proc/self", "!out" },
  { "learning-rate", "3", "!learning-rate" },
  { "learning-rate", "1e-5, 2e-5", "" },
  { "learning-rate", "1e-5, 2", "!learning-rate" },
  { "accumulation", "64", "!accumulation" },
  { "select-metric", "f1", "!select-metric" },
  { "select-metric", "loss", "" },
  { "class-weights", "1:2:3", "!class-weights" },
  { "class-weights", "1:2", "" },
  { "threads", "1000", "threads" },
};

static void
test_check (Fixture *self, gconstpointer data)
{
  assert_problems (self, "");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *before = g_strdup (wb_run_spec_get (self->spec, cases[i].field));

      g_test_message ("%s = “%s”", cases[i].field, cases[i].text);
      set (self, cases[i].field, cases[i].text);
      assert_problems (self, cases[i].problems);
      set (self, cases[i].field, before);
    }
  g_assert_false (wb_run_spec_set (self->spec, "nonsense", "1", NULL));
}

static void
changed_cb (WbRunSpec *spec, const char *field, GString *seen)
{
  g_string_append_printf (seen, "%s ", field);
}

static void
test_expand (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);

  g_signal_connect (self->spec, "changed", G_CALLBACK (changed_cb), seen);
  set (self, "learning-rate", "1e-5, 2e-5");
  set (self, "seed", "1,2,3");
  set (self, "seed", "1,2,3");
  set (self, "name", "sweep");
  g_assert_cmpstr (seen->str, ==, "learning-rate seed name ");
  g_assert_cmpuint (wb_run_spec_count_runs (self->spec), ==, 6);
  runs = wb_run_spec_expand (self->spec, NULL);
  g_assert_cmpuint (runs->len, ==, 6);
  g_assert_cmpstr (wb_run_spec_get (runs->pdata[4], "learning-rate"), ==, "2e-5");
  g_assert_cmpstr (wb_run_spec_get (runs->pdata[4], "seed"), ==, "2");
  g_assert_cmpstr (wb_run_spec_get (runs->pdata[4], "name"), ==,
                   "sweep · learning-rate 2e-5 · seed 2");
}

/* The recipe for the model's size gives what is not typed; the command line says just that. */
static void
test_recipe (Fixture *self, gconstpointer data)
{
  static const char config[] =
      "{\"model_type\": \"deberta-v2\", \"vocab_size\": 128100, \"hidden_size\": 1024,"
      " \"num_hidden_layers\": 24, \"num_attention_heads\": 16, \"intermediate_size\": 4096,"
      " \"relative_attention\": true, \"position_buckets\": 256, \"share_att_key\": true,"
      " \"pos_att_type\": \"p2c|c2p\"}";
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRunPlan) plan = NULL;
  g_autoptr (WbRunPlan) again = NULL;
  g_autoptr (GArray) departures = NULL;
  g_autofree char *text = NULL, *line = NULL;

  wb_test_program_write (&self->program, "model/large.json", config, -1);
  set (self, "model", "");
  set_path (self, "init-from-config", "model/large.json");
  set (self, "recipe", "published");
  set (self, "epochs", "3"); /* the default, and not what the recipe says */
  assert_problems (self, "recipe");
  plan = wb_run_spec_make_plan (self->spec, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (wb_recipe_get_name (plan->recipe), ==, "glue/rte/deberta-v3-large");
  g_assert_cmpstr (wb_settings_get (plan->settings, "max-length"), ==, "320");
  g_assert_cmpstr (wb_settings_get (plan->settings, "classifier-dropout"), ==, "0.3");
  g_assert_cmpstr (wb_settings_get (plan->settings, "epochs"), ==, "3");
  g_assert_cmpuint (plan->seed, ==, 1234);
  line = wb_run_spec_dup_command_line (self->spec);
  g_assert_nonnull (strstr (line, " --recipe published"));
  g_assert_true (g_str_has_suffix (line, " --set epochs=3"));

  text = wb_run_plan_to_text (plan);
  again = wb_run_plan_parse (text, &error);
  g_assert_no_error (error);
  departures = wb_recipe_get_departures (again->recipe, again->settings);
  g_assert_cmpuint (departures->len, ==, 1);
  g_assert_cmpstr (g_array_index (departures, WbDeparture, 0).info->key, ==, "epochs");
  g_assert_cmpstr (g_array_index (departures, WbDeparture, 0).fallback, ==, "6");
  g_assert_true (wb_recipe_is_published (again->recipe));
  set (self, "task", "wnli");
  assert_problems (self, "!recipe");
}

/* Runs of several can be told apart by their names, whoever gave them. */
static void
test_names (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  set (self, "learning-rate", "1e-5,2e-5");
  set (self, "epochs", "1,2");
  set (self, "seed", "1,2");
  runs = wb_run_spec_expand (self->spec, NULL);
  for (guint i = 0; i < runs->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WbRunPlan) plan = wb_run_spec_make_plan (runs->pdata[i], &error);

      g_assert_no_error (error);
      g_assert_nonnull (strstr (plan->name, "learning-rate "));
      g_assert_true (g_hash_table_add (names, g_strdup (plan->name)));
    }
  g_assert_cmpuint (g_hash_table_size (names), ==, 8);
  g_clear_pointer (&runs, g_ptr_array_unref);
  set (self, "learning-rate", "");
  set (self, "epochs", "");
  set (self, "seed", "");
  set (self, "name", "both");
  set (self, "model", "/models/one,/models/two");
  runs = wb_run_spec_expand (self->spec, NULL);
  g_assert_cmpstr (wb_run_spec_get (runs->pdata[1], "name"), ==, "both · two");
}

static void
test_command_line (Fixture *self, gconstpointer data)
{
  g_autofree char *line = NULL;

  set (self, "model", "my model");
  set (self, "train", "a'b");
  set (self, "dev", "");
  set (self, "batch-size", "16");
  set (self, "learning-rate", "2e-5");
  set (self, "seed", "1,2");
  line = wb_run_spec_dup_command_line (self->spec);
  g_assert_cmpstr (line, ==,
                   "deberta-workbench train --task rte --model 'my model' --train 'a'\\''b' "
                   "--seeds 1,2 --set batch-size=16");
}

/* What a row keeps reads back as the same plan. */
static void
test_plan (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRunPlan) plan = NULL, back = NULL;
  g_autofree char *text = NULL, *again = NULL;

  set (self, "learning-rate", "1e-3");
  set (self, "name", "with = and ; and # and\ttab");
  plan = wb_run_spec_make_plan (self->spec, &error);
  g_assert_no_error (error);
  g_assert_true (wb_run_plan_inspect (plan, &error));
  g_assert_no_error (error);
  text = wb_run_plan_to_text (plan);
  back = wb_run_plan_parse (text, &error);
  g_assert_no_error (error);
  again = wb_run_plan_to_text (back);
  g_assert_cmpstr (text, ==, again);
  g_assert_cmpstr (back->name, ==, "with = and ; and # and\ttab");
  g_assert_cmpuint (back->evaluations->len, ==, 1);
  g_assert_null (wb_run_plan_parse ("nonsense", &error));
  g_assert_nonnull (strstr (error->message, "the settings kept with the run cannot be read"));
}

static void
test_estimate (Fixture *self, gconstpointer data)
{
  WbRunEstimate estimate;

  set (self, "batch-size", "8");
  set (self, "epochs", "2");
  wb_run_spec_estimate (self->spec, &estimate);
  g_assert_cmpuint (estimate.parameters, >, 2000);
  g_assert_cmpuint (estimate.memory, >, 4 * estimate.parameters);
  g_assert_cmpuint (estimate.disk, >, 4 * estimate.parameters);
  g_assert_cmpuint (estimate.examples, ==, 48);
  g_assert_cmpuint (estimate.steps, ==, 12);
  g_assert_cmpfloat (estimate.seconds, <, 0);
}

/* The parts are all of it; weights and moments as the textbook has them: 4 and 8 bytes a number,
 * the word table's rows that no batch touches apart. */
static void
test_estimate_memory (Fixture *self, gconstpointer data)
{
  WbRunEstimate one, two;

  wb_run_spec_estimate (self->spec, &one);
  g_assert_cmpuint (one.weights, ==, 4 * one.parameters);
  g_assert_cmpuint (one.gradients, <=, 4 * one.parameters + 128);
  g_assert_cmpuint (one.optimizer, >, 0);
  g_assert_cmpuint (one.memory, ==,
                    one.weights + one.gradients + one.optimizer + one.activations + one.working);
  set (self, "batch-size", "64");
  wb_run_spec_estimate (self->spec, &two);
  g_assert_cmpuint (two.weights, ==, one.weights);
  g_assert_cmpuint (two.optimizer, ==, one.optimizer);
  g_assert_cmpfloat ((double) two.activations / (double) one.activations, >, 1.5);
}

#define STEP_SECONDS 0.25
#define TOKEN_RATE 1000.0

/* A finished run as its process would leave it. */
static void
add_measured (Fixture *self, const char *host)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRunPlan) plan = wb_run_spec_make_plan (self->spec, &error);
  g_autoptr (WbRunRecord) record = wb_run_record_new ();
  WbRunEstimate estimate;

  g_assert_no_error (error);
  wb_run_spec_estimate (self->spec, &estimate);
  record->name = g_strdup ("measured");
  record->model_name = g_strdup ("model");
  record->task = g_strdup (plan->task->name);
  record->settings = wb_run_plan_to_text (plan);
  record->status = WB_RECORD_FINISHED;
  record->host = g_strdup (host);
  record->step = 100;
  record->seconds = 100 * STEP_SECONDS;
  record->tokens_per_second = TOKEN_RATE;
  record->parameters = (gint64) estimate.parameters;
  wb_store_insert_run (wb_workspace_get_store (self->workspace), record, &error);
  g_assert_no_error (error);
}

/* 48 examples in batches of 8, twice: 12 steps. */
static void
test_estimate_steps (Fixture *self, gconstpointer data)
{
  WbRunEstimate estimate;

  set (self, "batch-size", "8");
  set (self, "epochs", "2");
  add_measured (self, "another machine");
  wb_run_spec_estimate (self->spec, &estimate);
  g_assert_cmpint (estimate.source, ==, WB_RUN_ESTIMATE_NONE);
  add_measured (self, g_get_host_name ());
  wb_run_spec_estimate (self->spec, &estimate);
  g_assert_cmpint (estimate.source, ==, WB_RUN_ESTIMATE_STEPS);
  g_assert_cmpfloat_with_epsilon (estimate.seconds, 12 * STEP_SECONDS, 1e-9);
  set (self, "threads", "2"); /* set up otherwise */
  wb_run_spec_estimate (self->spec, &estimate);
  g_assert_cmpint (estimate.source, ==, WB_RUN_ESTIMATE_NONE);
}

static void
set_length (Fixture *self, guint32 length)
{
  g_autoptr (WbRunLengths) lengths = wb_run_lengths_new (&length, 1);

  wb_run_spec_set_lengths (self->spec, lengths);
}

/* The same model with another batch: its tokens at the measured rate.  The model is 8 wide, its
 * layer 16 within, a text half of 32 tokens then and 16 now: as many operations for a token. */
static void
test_estimate_rate (Fixture *self, gconstpointer data)
{
  WbRunEstimate estimate;

  set (self, "max-length", "32");
  add_measured (self, g_get_host_name ());
  set (self, "batch-size", "8");
  set (self, "epochs", "2");
  wb_run_spec_estimate (self->spec, &estimate);
  g_assert_cmpint (estimate.source, ==, WB_RUN_ESTIMATE_NONE); /* no lengths yet */
  set_length (self, 16);
  wb_run_spec_estimate (self->spec, &estimate);
  g_assert_cmpint (estimate.source, ==, WB_RUN_ESTIMATE_RATE);
  g_assert_cmpfloat_with_epsilon (estimate.seconds, 48 * 2 * 16 / TOKEN_RATE, 1e-9);
  set_length (self, 8); /* half the tokens, and shorter attention */
  wb_run_spec_estimate (self->spec, &estimate);
  g_assert_cmpfloat (estimate.seconds, <, 48 * 2 * 8 / TOKEN_RATE);
}

/* What was expected stays with the run, and does not tell seeds of one group apart. */
static void
test_estimate_kept (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRun) before = NULL;
  g_autoptr (WbRun) after = NULL;
  g_autofree char *id = NULL;

  set (self, "batch-size", "8");
  set (self, "epochs", "2");
  id = g_strdup_printf ("%" G_GINT64_FORMAT, wb_run_launcher_create (self->spec, &error));
  g_assert_no_error (error);
  before = wb_run_find (self->workspace, id, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (wb_run_get_expected_duration (before), ==, 0);
  add_measured (self, g_get_host_name ());
  g_free (id);
  id = g_strdup_printf ("%" G_GINT64_FORMAT, wb_run_launcher_create (self->spec, &error));
  g_assert_no_error (error);
  after = wb_run_find (self->workspace, id, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (wb_run_get_expected_duration (after), 12 * STEP_SECONDS, 1e-9);
  g_assert_cmpuint (wb_run_compute_settings_key (before), ==, wb_run_compute_settings_key (after));
}

/* Counted by hand. */
static void
test_lengths (void)
{
  const guint32 values[] = { 12, 3, 5, 8, 8, 20 };
  g_autoptr (WbRunLengths) lengths = wb_run_lengths_new (values, G_N_ELEMENTS (values));
  g_autoptr (WbRunLengths) none = wb_run_lengths_new (NULL, 0);
  guint counts[4];

  g_assert_cmpuint (wb_run_lengths_get_longest (lengths), ==, 20);
  g_assert_cmpuint (wb_run_lengths_get_quantile (lengths, 0.5), ==, 8);
  g_assert_cmpfloat_with_epsilon (wb_run_lengths_get_cut (lengths, 8), 2.0 / 6, 1e-12);
  g_assert_cmpfloat (wb_run_lengths_get_cut (lengths, 20), ==, 0);
  g_assert_cmpfloat_with_epsilon (wb_run_lengths_get_mean (lengths, 8), (3 + 5 + 4 * 8) / 6.0,
                                  1e-12);
  wb_run_lengths_count (lengths, 4, 4, counts); /* 1–4, 5–8, 9–12, 13–16 */
  g_assert_cmpuint (counts[0], ==, 1);
  g_assert_cmpuint (counts[1], ==, 3);
  g_assert_cmpuint (counts[2], ==, 1);
  g_assert_cmpuint (counts[3], ==, 0);
  g_assert_cmpfloat (wb_run_lengths_get_cut (none, 8), ==, 0);
  g_assert_cmpuint (wb_run_lengths_get_quantile (none, 0.5), ==, 0);
}

#ifdef __SANITIZE_THREAD__
static void
test_hand_over (Fixture *self, gconstpointer data)
{
  g_test_skip ("ThreadSanitizer does not see how GTask hands over");
}
#define HAND_OVER(test) ((void) (test), test_hand_over)
#else
#define HAND_OVER(test) (test)
#endif

static void
measured_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static WbRunLengths *
measure (Fixture *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wb_run_spec_measure_lengths_async (self->spec, cancellable, measured_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return wb_run_spec_measure_lengths_finish (self->spec, result, error);
}

/* Against the tokenizer itself, text by text: the header and every label are none. */
static void
test_lengths_of_file (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRunLengths) lengths = measure (self, NULL, &error);
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  g_autoptr (WbTokenizer) tokenizer = NULL;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autofree char *folder = wb_test_program_path (&self->program, "model");
  g_autofree char *path = wb_test_program_path (&self->program, "train.tsv");
  g_autofree char *text = NULL, *key = NULL, *other = NULL;
  g_auto (GStrv) lines = NULL;
  double sum = 0;
  gsize  n = 0, longest = 0;

  g_assert_no_error (error);
  tokenizer = wb_tokenizer_load (folder, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 1; lines[i] != NULL && *lines[i] != '\0'; i++, n++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], "\t", -1);

      g_assert_true (wb_tokenizer_encode (tokenizer, cells[1], cells[2], NULL, encoding, &error));
      sum += (double) encoding->n;
      longest = MAX (longest, encoding->n);
    }
  g_assert_cmpuint (wb_run_lengths_get_n (lengths), ==, n);
  g_assert_cmpuint (wb_run_lengths_get_longest (lengths), ==, longest);
  g_assert_cmpfloat_with_epsilon (wb_run_lengths_get_mean (lengths, 100000), sum / (double) n,
                                  1e-9);
  key = wb_run_spec_dup_lengths_key (self->spec);
  set (self, "max-length", "16"); /* cuts what is there: nothing is read again */
  other = wb_run_spec_dup_lengths_key (self->spec);
  g_assert_cmpstr (key, ==, other);
  g_cancellable_cancel (cancelled);
  g_assert_null (measure (self, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  set (self, "train", "/nowhere");
  g_assert_null (wb_run_spec_dup_lengths_key (self->spec));
  g_assert_null (measure (self, NULL, &error));
  g_assert_nonnull (error);
}

/* A file of six megabytes is read in pieces; of its two lengths as many as it has. */
static void
test_lengths_of_large_file (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRunLengths) lengths = NULL;
  g_autoptr (GString) text = g_string_new ("index\tsentence1\tsentence2\tlabel\n");
  guint32 middle;

  for (guint i = 0; text->len < (6 << 20); i++)
    g_string_append_printf (text, "%u\ta\t%s\tentailment\n", i,
                            i % 4 == 0 ? "b c d e f g h i j k" : "b");
  wb_test_program_write (&self->program, "large.tsv", text->str, (gssize) text->len);
  set_path (self, "train", "large.tsv");
  lengths = measure (self, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wb_run_lengths_get_n (lengths), ==, 2000);
  middle = wb_run_lengths_get_quantile (lengths, 0.5);
  g_assert_cmpuint (middle, <, wb_run_lengths_get_longest (lengths));
  g_assert_cmpfloat_with_epsilon (wb_run_lengths_get_cut (lengths, middle), 0.25, 0.05);
}

/* Sentences, whatever ends a line; the last may have no empty line behind it. */
static void
test_estimate_words (Fixture *self, gconstpointer data)
{
  static const char *const texts[] = {
    "-DOCSTART- O\n\nEU B-ORG\nsays O\n\nno O\n\n\nyes O\n",
    "-DOCSTART- O\r\n\r\nEU B-ORG\r\nsays O\r\n\r\nno O\r\n\r\n\r\nyes O",
  };

  set (self, "task", "ner");
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *path = wb_test_program_path (&self->program, "words.txt");
      WbRunEstimate    estimate;

      g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
      set (self, "train", path);
      wb_run_spec_estimate (self->spec, &estimate);
      g_assert_cmpuint (estimate.examples, ==, 3);
    }
}

/* A file for each language. */
static void
test_estimate_languages (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "multinli.train.de.tsv", "multinli.train.en.tsv" };
  g_autofree char         *pattern = wb_test_program_path (&self->program, "multinli.train.*.tsv");
  WbRunEstimate            estimate;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    wb_test_program_write (&self->program, names[i],
                           "premise\thypo\tlabel\na\tb\tentailment\nc\td\tneutral\n", -1);
  set (self, "task", "xnli");
  set (self, "train", pattern);
  wb_run_spec_estimate (self->spec, &estimate);
  g_assert_cmpuint (estimate.examples, ==, 4);
}

/* What is typed, frozen with a run, and typed again from there is the same plan. */
static void
test_copy (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbRunPlan) plan = NULL, again = NULL;
  g_autoptr (WbRunSpec) copy = NULL;
  g_autoptr (WbRun) run = NULL;
  g_autofree char *id = NULL, *text = NULL, *text_again = NULL;

  set (self, "learning-rate", "3e-5");
  set (self, "dropout", "0.2");
  set (self, "max-steps", "3");
  set (self, "seed", "7");
  id = g_strdup_printf ("%" G_GINT64_FORMAT, wb_run_launcher_create (self->spec, &error));
  g_assert_no_error (error);
  run = wb_run_find (self->workspace, id, &error);
  g_assert_no_error (error);
  copy = wb_run_dup_spec (run, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (wb_run_spec_get (copy, "name"), ==, ""); /* it was made */
  g_assert_cmpstr (wb_run_spec_get (copy, "out"), ==, "");
  g_assert_cmpstr (wb_run_spec_get (copy, "learning-rate"), ==, "3e-5");
  g_assert_cmpstr (wb_run_spec_get (copy, "batch-size"), ==, ""); /* as the default */
  plan = wb_run_spec_make_plan (self->spec, &error);
  again = wb_run_spec_make_plan (copy, &error);
  g_assert_no_error (error);
  text = wb_run_plan_to_text (plan);
  text_again = wb_run_plan_to_text (again);
  g_assert_cmpstr (text, ==, text_again);
  /* a name of its own says that it is a copy, once */
  g_assert_true (wb_run_rename (run, "mine", NULL));
  g_clear_object (&copy);
  copy = wb_run_dup_spec (run, &error);
  g_assert_cmpstr (wb_run_spec_get (copy, "name"), ==, "mine (copy)");
  g_assert_true (wb_run_rename (run, "mine (copy)", NULL));
  g_clear_object (&copy);
  copy = wb_run_dup_spec (run, &error);
  g_assert_cmpstr (wb_run_spec_get (copy, "name"), ==, "mine (copy)");
}

/* A process of its own trains it; the row says so here. */
static void
test_launch (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (WbRun) run = NULL;
  g_autofree char *id = NULL;

  wb_run_launcher_set_program (g_getenv ("WB_PROGRAM"));
  set (self, "max-steps", "3");
  set (self, "max-length", "32");
  set (self, "threads", "1");
  ids = wb_run_launcher_launch (self->spec, WB_LAUNCH_START, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ids->len, ==, 1);
  id = g_strdup_printf ("%" G_GINT64_FORMAT, g_array_index (ids, gint64, 0));
  run = wb_run_find (self->workspace, id, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 1200 && wb_run_is_active (run); i++)
    {
      g_usleep (50000);
      g_assert_true (wb_run_refresh (run, NULL));
    }
  g_assert_cmpint (wb_run_get_status (run), ==, WB_RUN_FINISHED);
  g_assert_true (isfinite (wb_run_get_best (run)));
  g_assert_cmpuint (wb_run_get_step (run), ==, 3);
}

static void
test_tasks (void)
{
  g_autoptr (GListModel) tasks = wb_task_info_list ();
  g_autoptr (WbTaskInfo) task = wb_task_info_find ("Sst2");

  g_assert_cmpuint (g_list_model_get_n_items (tasks), >=, 10);
  g_assert_nonnull (task);
  g_assert_cmpstr (wb_task_info_get_id (task), ==, "sst-2");
  g_assert_cmpuint (wb_task_info_get_n_texts (task), ==, 1);
  g_assert_cmpstr (wb_task_info_get_metric (task), ==, "accuracy");
  g_assert_null (wb_task_info_find ("nonsense"));
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/app/run-spec/check", test_check);
  add ("/app/run-spec/expand", test_expand);
  add ("/app/run-spec/recipe", test_recipe);
  add ("/app/run-spec/names", test_names);
  add ("/app/run-spec/command-line", test_command_line);
  add ("/app/run-spec/plan", test_plan);
  add ("/app/run-spec/estimate", test_estimate);
  add ("/app/run-spec/estimate-memory", test_estimate_memory);
  add ("/app/run-spec/estimate-steps", test_estimate_steps);
  add ("/app/run-spec/estimate-rate", test_estimate_rate);
  add ("/app/run-spec/estimate-kept", test_estimate_kept);
  g_test_add_func ("/app/run-spec/lengths", test_lengths);
  add ("/app/run-spec/lengths-of-file", HAND_OVER (test_lengths_of_file));
  add ("/app/run-spec/lengths-of-large-file", HAND_OVER (test_lengths_of_large_file));
  add ("/app/run-spec/estimate-words", test_estimate_words);
  add ("/app/run-spec/estimate-languages", test_estimate_languages);
  add ("/app/run-spec/launch", test_launch);
  add ("/app/run-spec/copy", test_copy);
  g_test_add_func ("/app/run-spec/tasks", test_tasks);
  return g_test_run ();
}
