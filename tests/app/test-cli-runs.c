#include "config.h"

#include "tests/support/wb-test-program.h"

/* What people do with runs that are there: compare, tag, note, archive. */

#define TRAIN                                                                                      \
  "train --task rte --model model --train train.tsv --dev dev.tsv --batch-size 8 --max-length 32 " \
  "--threads 1 --set max-steps=1 "

static JsonObject *
first_object (WbTestProgram *self, GPtrArray **objects)
{
  *objects = wb_test_program_objects (self);
  return wb_test_object (*objects, 0);
}

/* An array of texts, joined by blanks. */
static char *
dup_texts (JsonObject *object, const char *key)
{
  JsonArray *array = json_object_get_array_member (object, key);
  GString   *text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (array); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            json_array_get_string_element (array, i));
  return g_string_free (text, FALSE);
}

static void
test_compare (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) objects = NULL;
  g_autofree char *differ = NULL;
  JsonObject      *comparison;
  JsonArray       *runs;

  g_assert_cmpint (wb_test_program_run (self, TRAIN "--name a --set learning-rate=1e-5,2e-5"), ==,
                   0);
  g_assert_cmpint (wb_test_program_run (self, TRAIN "--name other --seed 9"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs compare 1 2 other --json"), ==, 0);
  comparison = first_object (self, &objects);
  wb_test_assert_keys (comparison, "differ runs");
  differ = dup_texts (comparison, "differ");
  g_assert_cmpstr (differ, ==, "seed learning-rate");
  runs = json_object_get_array_member (comparison, "runs");
  g_assert_cmpuint (json_array_get_length (runs), ==, 3);
  g_assert_cmpstr (
      json_object_get_string_member (
          json_object_get_object_member (json_array_get_object_element (runs, 1), "settings"),
          "learning-rate"),
      ==, "2e-5");
  g_assert_cmpint (wb_test_program_run (self, "runs compare 1 2"), ==, 0);
  g_assert_nonnull (strstr (self->out, "learning-rate"));
  g_assert_null (strstr (self->out, "seed"));
  g_assert_null (strstr (self->out, "batch-size"));
  wb_test_program_run (self, "runs compare 1");
  wb_test_program_assert_failed (self, 2, "two or more");
  wb_test_program_run (self, "runs compare 1 99");
  wb_test_program_assert_failed (self, 1, "99");
}

/* The window's table, as text, JSON and CSV. */
static void
test_list (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) objects = NULL;
  JsonArray  *groups;
  JsonObject *group;

  g_assert_cmpint (wb_test_program_run (self, TRAIN "--name 'a, b' --seeds 1,2,3"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, TRAIN "--name alone --set max-steps=2"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs list --group"), ==, 0);
  g_assert_nonnull (strstr (self->out, "3 runs"));
  g_assert_nonnull (strstr (self->out, " ± "));
  g_assert_nonnull (strstr (self->out, "(3)"));
  g_assert_cmpint (wb_test_program_run (self, "runs list --group --json"), ==, 0);
  groups = json_object_get_array_member (first_object (self, &objects), "groups");
  g_assert_cmpuint (json_array_get_length (groups), ==, 2);
  group = json_array_get_object_element (groups, 1);
  wb_test_assert_keys (group, "name model task metric best last runs");
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (group, "best"), "n"),
                   ==, 3);
  g_assert_cmpint (wb_test_program_run (self, "runs list --csv --sort seed --search b"), ==, 0);
  g_assert_true (g_str_has_prefix (self->out, "id,runs,name,"));
  g_assert_nonnull (strstr (self->out, "\r\n1,1,\"a, b"));
  g_assert_null (strstr (self->out, "alone"));
  g_assert_cmpint (wb_test_program_run (self, "runs pin 2"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs baseline 1"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs list --csv"), ==, 0);
  g_assert_nonnull (strstr (self->out, "folder\r\n2,1,"));
  wb_test_program_run (self, "runs list --sort loss");
  wb_test_program_assert_failed (self, 2, "no column “loss”");
  wb_test_program_run (self, "runs list --csv --json");
  wb_test_program_assert_failed (self, 2, "give one");
}

static void
test_labels (WbTestProgram *self, gconstpointer data)
{
  g_autoptr (GPtrArray) tagged = NULL, noted = NULL;
  g_autofree char *tags = NULL;

  g_assert_cmpint (wb_test_program_run (self, TRAIN "--name a"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs tag a paper baseline paper"), ==, 0);
  g_assert_cmpstr (self->out, ==, "baseline paper\n");
  g_assert_cmpint (wb_test_program_run (self, "runs tag 1 new --remove paper --json"), ==, 0);
  tags = dup_texts (first_object (self, &tagged), "tags");
  g_assert_cmpstr (tags, ==, "baseline new");
  wb_test_program_run (self, "runs tag 1 'two words'");
  wb_test_program_assert_failed (self, 2, "“two words” is no tag");
  g_assert_cmpint (wb_test_program_run (self, "runs list --tag new"), ==, 0);
  g_assert_null (strstr (self->out, "no runs"));
  g_assert_cmpint (wb_test_program_run (self, "runs list --tag paper"), ==, 0);
  g_assert_cmpstr (self->out, ==, "no runs\n");

  g_assert_cmpint (wb_test_program_run (self, "runs note 1 'seed 1 was “lucky”'"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs note 1"), ==, 0);
  g_assert_cmpstr (self->out, ==, "seed 1 was “lucky”\n");
  g_assert_cmpint (wb_test_program_run (self, "runs note 1 --json"), ==, 0);
  g_assert_cmpstr (json_object_get_string_member (first_object (self, &noted), "note"), ==,
                   "seed 1 was “lucky”");
  g_assert_cmpint (wb_test_program_run (self, "runs show 1"), ==, 0);
  g_assert_nonnull (strstr (self->out, "tags      baseline new\nnote      seed 1 was"));
  g_assert_cmpint (wb_test_program_run (self, "runs note 1 ''"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs note 1"), ==, 0);
  g_assert_cmpstr (self->out, ==, "");
  wb_test_program_run (self, "runs note 1 two words");
  wb_test_program_assert_failed (self, 2, "quote it");
}

static void
test_archive (WbTestProgram *self, gconstpointer data)
{
  g_assert_cmpint (wb_test_program_run (self, TRAIN "--seeds 1,2"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs archive 1 2"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs list"), ==, 0);
  g_assert_cmpstr (self->out, ==, "no runs\n");
  g_assert_cmpint (wb_test_program_run (self, "runs archive --undo 2 --json"), ==, 0);
  g_assert_nonnull (strstr (self->out, "\"archived\":false"));
  g_assert_cmpint (wb_test_program_run (self, "runs list --json"), ==, 0);
  g_assert_nonnull (strstr (self->out, "\"run\":2"));
  g_assert_null (strstr (self->out, "\"run\":1,"));
  g_assert_cmpint (wb_test_program_run (self, "runs list --archived --json"), ==, 0);
  g_assert_nonnull (strstr (self->out, "\"run\":1,"));
  g_assert_null (strstr (self->out, "\"run\":2"));
  /* it is as it was: found, used, deleted */
  g_assert_cmpint (wb_test_program_run (self, "evaluate 1 --threads 1"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs delete 1"), ==, 0);
  wb_test_program_run (self, "runs archive 1");
  wb_test_program_assert_failed (self, 1, "1");
}

/* The last place of the losses on another axis. */
static double
last_place (WbTestProgram *self, const char *axis)
{
  g_autofree char *csv = wb_test_program_path (self, "axis.csv"), *table = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_cmpint (wb_test_program_run (self, "runs show a --to axis.csv --mean 3 --x %s", axis),
                   ==, 0);
  g_assert_true (g_file_get_contents (csv, &table, NULL, NULL));
  g_assert_true (g_str_has_prefix (table, axis));
  g_assert_nonnull (strstr (table, ",train/loss,train/loss (smoothed),dev/loss\r\n"));
  lines = g_strsplit (g_strchomp (table), "\r\n", -1);
  return g_ascii_strtod (lines[g_strv_length (lines) - 1], NULL);
}

/* What the run counted, and the time that passed. */
static void
test_axes (WbTestProgram *self, gconstpointer data)
{
  double steps, epochs, examples;

  g_assert_cmpint (wb_test_program_run (self, TRAIN "--name a"), ==, 0);
  steps = last_place (self, "step");
  epochs = last_place (self, "epoch");
  examples = last_place (self, "examples");
  g_assert_cmpfloat (steps, >=, epochs);
  g_assert_cmpfloat (examples, >=, steps);
  g_assert_cmpfloat (epochs, >, 0);
  g_assert_cmpfloat (last_place (self, "tokens"), >, 2 * examples);
  g_assert_cmpfloat (last_place (self, "time"), >, 0);
  g_assert_cmpfloat (fabs (last_place (self, "clock") - (double) g_get_real_time () / 1e6), <, 600);
}

/* Curves as files: what was asked for is in them, and what was wrong is said. */
static void
test_chart (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *svg = wb_test_program_path (self, "a.svg"), *picture = NULL;
  g_autofree char *csv = wb_test_program_path (self, "a.csv"), *table = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  JsonArray *written;

  g_assert_cmpint (wb_test_program_run (self, TRAIN "--name a"), ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "runs show a --to a.svg"), ==, 0);
  g_assert_cmpstr (self->out, ==, "");
  g_assert_true (g_file_get_contents (svg, &picture, NULL, NULL));
  g_assert_nonnull (strstr (picture, ">train/loss</text>"));
  g_assert_nonnull (strstr (picture, "<title>a</title>"));
  g_assert_cmpint (wb_test_program_run (self, "runs show a --to a.csv --series "
                                              "train/lr,dev/accuracy --smoothing 0.5"),
                   ==, 0);
  g_assert_true (g_file_get_contents (csv, &table, NULL, NULL));
  g_assert_true (g_str_has_prefix (table, "step,train/lr,train/lr (smoothed),dev/accuracy\r\n1,"));
  g_assert_cmpint (wb_test_program_run (self, "runs show a --to b.csv --json"), ==, 0);
  lines = wb_test_program_objects (self);
  g_assert_cmpuint (lines->len, ==, 1);
  wb_test_assert_keys (wb_test_object (lines, 0), "run to series");
  g_assert_cmpint (json_object_get_int_member (wb_test_object (lines, 0), "run"), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (wb_test_object (lines, 0), "to"), ==, "b.csv");
  written = json_object_get_array_member (wb_test_object (lines, 0), "series");
  g_assert_cmpuint (json_array_get_length (written), ==, 2);
  g_assert_cmpstr (json_array_get_string_element (written, 0), ==, "train/loss");
  g_assert_cmpstr (json_array_get_string_element (written, 1), ==, "dev/loss");
  wb_test_program_run (self, "runs show a --to a.gif");
  wb_test_program_assert_failed (self, 2, "a.gif");
  wb_test_program_run (self, "runs show a --to a.svg --series nothing");
  wb_test_program_assert_failed (self, 2, "train/loss");
  wb_test_program_run (self, "runs show a --to a.svg --smoothing 1");
  wb_test_program_assert_failed (self, 2, "--smoothing");
  wb_test_program_run (self, "runs show a --to a.svg --x parsecs");
  wb_test_program_assert_failed (self, 2, "parsecs");
  wb_test_program_run (self, "runs show a --to a.svg --mean 5 --smoothing 0.5");
  wb_test_program_assert_failed (self, 2, "--mean");
  wb_test_program_run (self, "runs show a --log-y");
  wb_test_program_assert_failed (self, 2, "--to");
  wb_test_program_run (self, "runs show a --to no/a.svg");
  wb_test_program_assert_failed (self, 1, "no/a.svg");
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
  add ("/app/cli-runs/compare", test_compare);
  add ("/app/cli-runs/list", test_list);
  add ("/app/cli-runs/labels", test_labels);
  add ("/app/cli-runs/archive", test_archive);
  add ("/app/cli-runs/chart", test_chart);
  add ("/app/cli-runs/axes", test_axes);
  return g_test_run ();
}
