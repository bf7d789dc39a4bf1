#include "config.h"

#include <glib/gstdio.h>
#include <math.h>

#include "app/runs/wb-findings-private.h"
#include "tests/support/wb-test-folder.h"
#include "tests/support/wb-test-program.h"

/* Confusions, losses, entity types and ranges against counts made here in another way; what files
 * may hold; and the two commands that print them. */

static WbPredictions *
predictions_new (gsize n, gsize n_units, gsize n_labels, gboolean words)
{
  WbPredictions *self = g_new0 (WbPredictions, 1);

  self->split = g_strdup ("dev");
  self->path = g_strdup ("/nowhere/dev.tsv");
  self->digest = g_strdup ("abc");
  self->step = 12;
  self->n = n;
  self->n_units = n_units;
  self->n_labels = n_labels;
  self->first = words ? g_new0 (guint32, n + 1) : NULL;
  self->gold = g_new0 (float, n_units + 1);
  self->logits = g_new0 (float, n_units *n_labels + 1);
  return self;
}

static double
draw (GRand *rand)
{
  return g_rand_double_range (rand, -3, 3);
}

/* Any label count: -log softmax in long double, the argmax by looking. */
static void
test_classes (gconstpointer data)
{
  const gsize n_labels = GPOINTER_TO_SIZE (data), n = 200;
  g_autoptr (GRand) rand = g_rand_new_with_seed (7 + (guint32) n_labels);
  WbPredictions *predictions = predictions_new (n, n, n_labels, FALSE);
  WbTask         task = { .title = "T", .kind = WB_TASK_CLASSIFICATION };
  g_autoptr (WbFindings) findings = NULL;
  g_autofree gsize *counts = g_new0 (gsize, n_labels * n_labels);
  g_autofree gsize *worst = NULL, *cell = NULL;
  gsize             n_ranked, n_cell;
  double            last = INFINITY;

  for (gsize k = 0; k < n_labels; k++)
    {
      g_autofree char *name = g_strdup_printf ("l%zu", k);
      task.labels[k] = g_intern_string (name);
    }
  for (gsize i = 0; i < n; i++)
    {
      gsize best = 0;

      predictions->gold[i] =
          i % 20 == 19 ? NAN : (float) g_rand_int_range (rand, 0, (gint32) n_labels);
      for (gsize k = 0; k < n_labels; k++)
        {
          float *row = predictions->logits + i * n_labels;
          row[k] = (float) draw (rand);
          best = row[k] > row[best] ? k : best;
        }
      if (!isnan (predictions->gold[i]))
        counts[(gsize) predictions->gold[i] * n_labels + best]++;
    }
  findings = wb_findings_new (predictions, &task, NULL, "The texts are gone");
  for (gsize i = 0; i < n_labels; i++)
    for (gsize k = 0; k < n_labels; k++)
      g_assert_cmpuint (wb_findings_count (findings, i, k), ==, counts[i * n_labels + k]);
  worst = wb_findings_rank (findings, TRUE, -1, -1, FALSE, 0, &n_ranked);
  g_assert_cmpuint (n_ranked, ==, 190);
  for (gsize r = 0; r < n_ranked; r++)
    {
      const float *row = predictions->logits + worst[r] * n_labels;
      long double  sum = 0;
      WbFinding    one;

      wb_findings_get (findings, worst[r], &one);
      for (gsize k = 0; k < n_labels; k++)
        sum += expl (row[k]);
      /* worst of 20 seeds 9e-16 */
      g_assert_cmpfloat_with_epsilon (one.loss, (double) (logl (sum) - row[one.gold]), 5e-15);
      g_assert_cmpfloat (one.loss, <=, last);
      g_assert_null (one.text);
      last = one.loss;
    }
  cell = wb_findings_rank (findings, TRUE, 0, 1, FALSE, 0, &n_cell);
  g_assert_cmpuint (n_cell, ==, counts[1]);
  g_assert_cmpstr (wb_findings_get_missing (findings), ==, "The texts are gone");
}

/* Sentences as text; an entity is counted by its words' text, so that nothing of app/tasks is used.
 */
static void
count_entities (const char *const *tags, gsize n, GHashTable *set, gsize sentence)
{
  for (gsize i = 0; i < n; i++)
    if (tags[i][0] == 'B' || (tags[i][0] == 'I' && (i == 0 || tags[i - 1][0] == 'O' ||
                                                    strcmp (tags[i - 1] + 2, tags[i] + 2) != 0)))
      {
        gsize end = i + 1;

        while (end < n && tags[end][0] == 'I' && strcmp (tags[end] + 2, tags[i] + 2) == 0)
          end++;
        g_hash_table_add (set, g_strdup_printf ("%s %zu %zu %zu", tags[i] + 2, sentence, i, end));
      }
}

static gsize
count_with (GHashTable *set, GHashTable *other, const char *type)
{
  GHashTableIter iter;
  gpointer       key;
  gsize          n = 0;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    n += (type == NULL || g_str_has_prefix (key, type)) &&
         (other == NULL || g_hash_table_contains (other, key));
  return n;
}

static void
test_words (void)
{
  static const WbTask task = { .title = "N",
                               .kind = WB_TASK_TOKENS,
                               .labels = { "O", "B-PER", "I-PER", "B-LOC", "I-LOC" } };
  enum
  {
    N = 300,
    LENGTH = 9,
    LABELS = 5
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  WbPredictions *predictions = predictions_new (N, N * LENGTH, LABELS, TRUE);
  g_autoptr (GHashTable) gold = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (WbFindings) findings = NULL;
  const WbFindingsType *types;
  gsize                 n_types;

  for (gsize i = 0; i < N; i++)
    {
      const char *is[LENGTH], *was[LENGTH];

      predictions->first[i + 1] = (guint32) ((i + 1) * LENGTH);
      for (gsize w = 0; w < LENGTH; w++)
        {
          const gsize u = i * LENGTH + w;
          const int   label = g_rand_int_range (rand, 0, LABELS);
          const int   other = g_rand_int_range (rand, 0, 3) > 0 ? label : (label + 1) % LABELS;

          predictions->gold[u] = (float) label;
          is[w] = task.labels[label];
          for (int k = 0; k < LABELS; k++)
            predictions->logits[u * LABELS + (gsize) k] = u % 50 == 49 ? (float) NAN
                                                          : k == other ? 2
                                                                       : 0;
          was[w] = task.labels[u % 50 == 49 ? 0 : other];
        }
      count_entities (is, LENGTH, gold, i);
      count_entities (was, LENGTH, said, i);
    }
  findings = wb_findings_new (predictions, &task, NULL, NULL);
  types = wb_findings_get_types (findings, &n_types);
  g_assert_cmpuint (n_types, ==, 3);
  for (gsize t = 0; t < n_types; t++)
    {
      const gsize there = count_with (gold, NULL, types[t].name);
      const gsize found = count_with (said, NULL, types[t].name);
      const gsize right = count_with (said, gold, types[t].name);

      g_assert_cmpuint (types[t].gold, ==, there);
      g_assert_cmpuint (types[t].predicted, ==, found);
      g_assert_cmpuint (types[t].correct, ==, right);
      g_assert_cmpfloat (types[t].precision, ==, (double) right / (double) found);
      g_assert_cmpfloat (types[t].recall, ==, (double) right / (double) there);
      g_assert_cmpfloat_with_epsilon (
          types[t].f1,
          2 * types[t].precision * types[t].recall / (types[t].precision + types[t].recall), 1e-14);
    }
}

static void
test_values (void)
{
  enum
  {
    N = 103
  };
  const WbTask   task = { .title = "V", .kind = WB_TASK_REGRESSION };
  WbPredictions *predictions = predictions_new (N, N, 1, FALSE);
  g_autoptr (WbFindings) findings = NULL;
  const WbFindingsRange *ranges;
  g_autofree gsize      *worst = NULL;
  gsize                  n_ranges, n, sum = 0;
  double                 errors = 0;
  WbFinding              one;

  for (gsize i = 0; i < N; i++)
    {
      predictions->gold[i] = (float) (i * 37 % N) / 20;
      predictions->logits[i] = predictions->gold[i] + (i == 50 ? 4.0F : 0.5F);
    }
  findings = wb_findings_new (predictions, &task, NULL, NULL);
  ranges = wb_findings_get_ranges (findings, &n_ranges);
  g_assert_cmpuint (n_ranges, ==, 10);
  for (gsize r = 0; r < n_ranges; r++)
    {
      sum += ranges[r].n;
      errors += ranges[r].error * (double) ranges[r].n;
      g_assert_cmpfloat (ranges[r].from, <=, ranges[r].target);
      g_assert_cmpfloat (ranges[r].target, <=, ranges[r].to);
      g_assert_true (r == 0 || ranges[r - 1].to < ranges[r].from);
    }
  g_assert_cmpuint (sum, ==, N);
  g_assert_cmpfloat_with_epsilon (errors, 102 * 0.5 + 4, 1e-4);
  worst = wb_findings_rank (findings, TRUE, -1, -1, FALSE, 1, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (worst[0], ==, 50);
  wb_findings_get (findings, 50, &one);
  g_assert_cmpfloat_with_epsilon (one.loss, 16, 1e-4);
}

/* Equal targets are not parted: three values, three ranges. */
static void
test_few_values (void)
{
  enum
  {
    N = 30
  };
  const WbTask   task = { .title = "V", .kind = WB_TASK_REGRESSION };
  WbPredictions *predictions = predictions_new (N, N, 1, FALSE);
  g_autoptr (WbFindings) findings = NULL;
  gsize n_ranges;

  for (gsize i = 0; i < N; i++)
    predictions->gold[i] = (float) (i % 3);
  findings = wb_findings_new (predictions, &task, NULL, NULL);
  wb_findings_get_ranges (findings, &n_ranges);
  g_assert_cmpuint (n_ranges, ==, 3);
}

/* Round trip, and every shorter file and every changed byte: read or refused, nothing else. */
static void
test_file (void)
{
  g_autofree char *folder = wb_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "1.0", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (WbPredictions) predictions = predictions_new (2, 3, 2, TRUE);
  g_autoptr (WbPredictions) loaded = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  predictions->first[1] = 2;
  predictions->first[2] = 3;
  predictions->gold[1] = 1;
  predictions->logits[5] = 0.25F;
  g_assert_true (wb_predictions_save (predictions, path, NULL));
  loaded = wb_predictions_load (path, NULL);
  g_assert_nonnull (loaded);
  g_assert_cmpstr (loaded->path, ==, predictions->path);
  g_assert_cmpuint (loaded->step, ==, 12);
  g_assert_cmpmem (loaded->first, 12, predictions->first, 12);
  g_assert_cmpmem (loaded->gold, 12, predictions->gold, 12);
  g_assert_cmpmem (loaded->logits, 24, predictions->logits, 24);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  for (gsize n = 0; n < length; n++)
    {
      g_assert_true (g_file_set_contents (path, bytes, (gssize) n, NULL));
      g_assert_null (wb_predictions_load (path, NULL));
    }
  for (gsize i = 0; i < length; i++)
    {
      WbPredictions *changed;

      bytes[i] ^= 0x10;
      g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
      bytes[i] ^= 0x10;
      changed = wb_predictions_load (path, NULL);
      g_clear_pointer (&changed, wb_predictions_free);
    }
  g_assert_null (wb_predictions_load (folder, &error));
  g_assert_nonnull (error);
  wb_test_folder_free (g_steal_pointer (&folder));
}

static void
touch (const char *run, guint64 step, guint split)
{
  g_autofree char *path = wb_predictions_dup_path (run, step, split);
  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
}

static void
test_prune (void)
{
  g_autofree char *run = wb_test_folder_new ();
  g_autofree char *folder = g_build_filename (run, "predictions", NULL);
  g_autofree char *half = g_build_filename (folder, "7.0.XYZ123", NULL);
  g_autoptr (GArray) keys = NULL;

  g_mkdir (folder, 0700);
  for (guint64 step = 1; step <= 20; step++)
    for (guint split = 0; split < 2; split++)
      touch (run, step, split);
  g_assert_true (g_file_set_contents (half, "x", 1, NULL));
  wb_predictions_prune (run, 18, 3);
  keys = wb_predictions_list (run);
  g_assert_cmpuint (keys->len, ==, 2 * (WB_PREDICTIONS_KEPT + 1));
  g_assert_cmpuint (g_array_index (keys, WbPredictionsKey, 0).step, ==, 18);
  g_assert_cmpuint (g_array_index (keys, WbPredictionsKey, 19).step, ==, 9);
  g_assert_cmpuint (g_array_index (keys, WbPredictionsKey, 20).step, ==, 3);
  g_assert_false (g_file_test (half, G_FILE_TEST_EXISTS));
  wb_test_folder_free (g_steal_pointer (&run));
}

/* ---- commands ---- */

/* The numbers are the test's: 0 "entailment", 1 "not_entailment". */
static gint64
count_at (JsonObject *object, guint gold, guint said)
{
  JsonObject    *confusion = json_object_get_object_member (object, "confusion");
  JsonArray     *rows = json_object_get_array_member (confusion, "counts");
  JsonArray     *labels = json_object_get_array_member (confusion, "labels");
  const gboolean turned = strcmp (json_array_get_string_element (labels, 0), "not_entailment") == 0;

  gold = turned ? 1 - gold : gold;
  said = turned ? 1 - said : said;
  return json_array_get_int_element (json_array_get_array_element (rows, gold), said);
}

/* dev.tsv's labels are as wb_test_program_write_pairs() says; what the model says is asked of
 * `predict`. */
static void
count_by_predict (WbTestProgram *self, gint64 counts[2][2])
{
  g_autoptr (GPtrArray) said = NULL;

  g_assert_cmpint (wb_test_program_run (self, "predict 1 --file dev.tsv --threads 1 --json"), ==,
                   0);
  said = wb_test_program_objects (self);
  g_assert_cmpuint (said->len, ==, 20);
  for (guint i = 0; i < said->len; i++)
    {
      const char *label = json_object_get_string_member (wb_test_object (said, i), "label");
      counts[i % 2][strcmp (label, "not_entailment") == 0]++;
    }
}

static void
test_commands (WbTestProgram *self, gconstpointer data)
{
  gint64 counts[2][2] = { { 0 } };
  g_autoptr (GPtrArray) shown = NULL, evaluated = NULL;
  JsonObject *object, *worst;

  g_assert_cmpint (
      wb_test_program_run (self, "train --task rte --train train.tsv --dev dev.tsv --model model "
                                 "--batch-size 8 --max-length 32 --threads 1 --set epochs=2"),
      ==, 0);
  count_by_predict (self, counts);
  g_assert_cmpint (wb_test_program_run (self, "runs show 1 --confusion --examples 3 --json"), ==,
                   0);
  shown = wb_test_program_objects (self);
  object = wb_test_object (shown, 0);
  wb_test_assert_keys (object, "run split step file examples confusion worst best");
  wb_test_assert_keys (json_object_get_object_member (object, "confusion"), "labels counts");
  for (guint i = 0; i < 2; i++)
    for (guint k = 0; k < 2; k++)
      g_assert_cmpint (count_at (object, i, k), ==, counts[i][k]);
  worst = json_array_get_object_element (json_object_get_array_member (object, "worst"), 0);
  wb_test_assert_keys (worst, "index loss label predicted probabilities text pair");
  g_assert_nonnull (json_object_get_string_member (worst, "text"));
  g_assert_cmpint (wb_test_program_run (self, "evaluate 1 --confusion --threads 1 --json"), ==, 0);
  evaluated = wb_test_program_objects (self);
  wb_test_assert_keys (wb_test_object (evaluated, 0),
                       "task split file model examples metrics seconds confusion");
  for (guint i = 0; i < 2; i++)
    for (guint k = 0; k < 2; k++)
      g_assert_cmpint (count_at (wb_test_object (evaluated, 0), i, k), ==, counts[i][k]);
  g_assert_cmpint (wb_test_program_run (self, "runs show 1 --confusion --examples 1"), ==, 0);
  g_assert_nonnull (strstr (self->out, "not_entailment"));
  g_assert_nonnull (strstr (self->out, "greatest loss"));
}

/* The file is gone: the numbers are there, and a sentence says where the texts are. */
static void
test_vanished (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *dev = wb_test_program_path (self, "dev.tsv");

  g_assert_cmpint (
      wb_test_program_run (self, "train --task rte --train train.tsv --dev dev.tsv --model model "
                                 "--batch-size 8 --max-length 32 --threads 1 --set max-steps=2"),
      ==, 0);
  g_unlink (dev);
  g_assert_cmpint (wb_test_program_run (self, "runs show 1 --confusion --examples 1"), ==, 0);
  g_assert_nonnull (strstr (self->out, "The texts cannot be shown"));
  wb_test_program_run (self, "runs show 1 --confusion --step 77");
  wb_test_program_assert_failed (self, 1, "no such evaluation");
  wb_test_program_run (self, "runs show 1 --step 2");
  wb_test_program_assert_failed (self, 2, "--confusion");
  wb_test_program_run (self, "runs show 1 --examples -1");
  wb_test_program_assert_failed (self, 2, "--examples");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/app/findings/classes-2", GSIZE_TO_POINTER (2), test_classes);
  g_test_add_data_func ("/app/findings/classes-3", GSIZE_TO_POINTER (3), test_classes);
  g_test_add_data_func ("/app/findings/classes-11", GSIZE_TO_POINTER (11), test_classes);
  g_test_add_func ("/app/findings/words", test_words);
  g_test_add_func ("/app/findings/values", test_values);
  g_test_add_func ("/app/findings/few-values", test_few_values);
  g_test_add_func ("/app/findings/file", test_file);
  g_test_add_func ("/app/findings/prune", test_prune);
  g_test_add ("/app/findings/commands", WbTestProgram, NULL, wb_test_program_set_up, test_commands,
              wb_test_program_tear_down);
  g_test_add ("/app/findings/vanished", WbTestProgram, NULL, wb_test_program_set_up, test_vanished,
              wb_test_program_tear_down);
  return g_test_run ();
}
