#include "config.h"

#include "tests/support/wb-test-program.h"

/* Every task of GLUE on its real files, where they are: train, evaluate, predict. */

typedef struct
{
  const char *task;
  const char *train; /* below data/glue; some lack their training file, then the other one serves */
  const char *dev;
  const char *test;
  const char *metric;
  guint       n_dev;
  guint       n_test;
} Case;

static const Case cases[] = {
  { "cola", "CoLA/train.tsv", "CoLA/dev.tsv", "CoLA/test.tsv", "mcc", 1043, 1063 },
  { "sst-2", "SST-2/dev.tsv", "SST-2/dev.tsv", "SST-2/test.tsv", "accuracy", 872, 1821 },
  { "mrpc", "MRPC/train.tsv", "MRPC/dev.tsv", "MRPC/test.tsv", "f1", 408, 1725 },
  { "sts-b", "STS-B/train.tsv", "STS-B/dev.tsv", "STS-B/test.tsv", "spearman", 1500, 1379 },
  { "mnli", "MNLI/dev_matched.tsv.gz", "MNLI/dev_matched.tsv.gz", NULL, "accuracy", 9815, 0 },
  { "qnli", "QNLI/dev.tsv.gz", "QNLI/dev.tsv.gz", "QNLI/test.tsv.gz", "accuracy", 5463, 5463 },
  { "rte", "RTE/train.tsv", "RTE/dev.tsv", "RTE/test.tsv", "accuracy", 277, 3000 },
  { "wnli", "WNLI/train.tsv", "WNLI/dev.tsv", "WNLI/test.tsv", "accuracy", 71, 146 },
};

static char *
dup_glue (const char *name)
{
  return g_build_filename (g_getenv ("WB_SHARED"), "data", "glue", name, NULL);
}

static gboolean
skip_without_data (void)
{
  g_autofree char *path = dup_glue ("RTE/dev.tsv");

  if (g_getenv ("WB_SHARED") != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    return FALSE;
  g_test_skip ("the real files of GLUE are not here (WB_SHARED)");
  return TRUE;
}

static JsonObject *
find_metrics (GPtrArray *objects)
{
  for (guint i = 0; i < objects->len; i++)
    if (json_object_has_member (wb_test_object (objects, i), "metrics"))
      return json_object_get_object_member (wb_test_object (objects, i), "metrics");
  g_assert_not_reached ();
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

static void
test_task (WbTestProgram *self, gconstpointer data)
{
  const Case      *c = data;
  g_autofree char *train = NULL, *dev = NULL, *test = NULL;
  g_autoptr (GPtrArray) events = NULL, evaluation = NULL;

  if (skip_without_data ())
    return;
  train = dup_glue (c->train);
  dev = dup_glue (c->dev);
  wb_test_program_run (self,
                       "train --model model --task %s --train %s --dev %s --max-length 24 "
                       "--threads 1 --set max-steps=2 --json",
                       c->task, train, dev);
  g_assert_cmpint (self->status, ==, 0);
  events = wb_test_program_objects (self);
  g_assert_true (json_object_has_member (find_metrics (events), c->metric));
  g_assert_cmpint (wb_test_program_run (self, "evaluate 1 --threads 1 --json"), ==, 0);
  evaluation = wb_test_program_objects (self);
  g_assert_cmpint (json_object_get_int_member (wb_test_object (evaluation, 0), "examples"), ==,
                   c->n_dev);
  if (c->test == NULL)
    return;
  test = dup_glue (c->test);
  g_assert_cmpint (wb_test_program_run (self, "predict 1 --file %s --threads 1", test), ==, 0);
  g_assert_cmpuint (count_lines (self->out), ==, c->n_test);
}

/* The diagnostic set goes with a model of MNLI. */
static void
test_ax (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *train = NULL, *ax = NULL;
  g_autoptr (GPtrArray) objects = NULL;

  if (skip_without_data ())
    return;
  train = dup_glue ("MNLI/dev_matched.tsv.gz");
  ax = dup_glue ("AX/diagnostic-full.tsv");
  wb_test_program_run (self,
                       "train --model model --task mnli --train %s --max-length 24 --threads 1 "
                       "--set max-steps=2",
                       train);
  g_assert_cmpint (self->status, ==, 0);
  wb_test_program_run (self, "evaluate 1 --task ax --file %s --threads 1 --json", ax);
  g_assert_cmpint (self->status, ==, 0);
  objects = wb_test_program_objects (self);
  g_assert_cmpint (json_object_get_int_member (wb_test_object (objects, 0), "examples"), ==, 1104);
  g_assert_true (json_object_has_member (find_metrics (objects), "mcc"));
}

/* Thousands of examples take minutes under a sanitizer, and show it nothing more. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MOST_EXAMPLES 1500
#else
#define MOST_EXAMPLES 1000000
#endif

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/app/glue/%s", cases[i].task);

      if (cases[i].n_dev > MOST_EXAMPLES || cases[i].n_test > MOST_EXAMPLES)
        continue;

      g_test_add (path, WbTestProgram, &cases[i], wb_test_program_set_up, test_task,
                  wb_test_program_tear_down);
    }
  if (MOST_EXAMPLES > 10000)
    g_test_add ("/app/glue/ax", WbTestProgram, NULL, wb_test_program_set_up, test_ax,
                wb_test_program_tear_down);
  return g_test_run ();
}
