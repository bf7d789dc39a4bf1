#include "config.h"

#include "app/worker/wb-evaluation-private.h"
#include "tests/support/wb-test-program.h"

/* Classes are the model's where its names are the task's, however they are written. */

static const struct
{
  const char *task;
  const char *names[4];
  int         map[3];
  gboolean    named;
} cases[] = {
  { "mnli", { "contradiction", "neutral", "entailment" }, { 0, 1, 2 }, TRUE },
  { "mnli", { "entailment", "neutral", "contradiction" }, { 2, 1, 0 }, TRUE },
  { "mnli", { "ENTAILMENT", "Contradiction", "NEUTRAL" }, { 1, 2, 0 }, TRUE },
  { "rte", { "entailment", "not entailment" }, { 1, 0 }, TRUE },
  { "rte", { "not-entailment", "ENTAILMENT" }, { 0, 1 }, TRUE },
  { "rte", { "yes", "no" }, { 0, 1 }, FALSE },
  { "rte", { "entailment", "entailments" }, { 0, 1 }, FALSE },
  { "rte", { "contradiction", "neutral", "entailment" }, { 0, 1 }, FALSE },
  { "cola", { "LABEL_0", "LABEL_1" }, { 0, 1 }, FALSE },
};

static void
test_map (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const WbTask *task = wb_task_find (cases[i].task);
      const gsize   n = g_strv_length ((char **) cases[i].names);
      int           map[3] = { -1, -1, -1 };

      g_test_message ("%s: %s", cases[i].task, cases[i].names[0]);
      g_assert_true (wb_evaluation_map_labels (task, cases[i].names, n, map) == cases[i].named);
      for (gsize k = 0; k < wb_task_get_n_labels (task); k++)
        g_assert_cmpint (map[k], ==, cases[i].map[k]);
    }
}

/* Names that mean something and are not used are said. */
static void
test_describe (void)
{
  static const char *const yes[] = { "yes", "no", NULL };
  static const char *const none[] = { "LABEL_0", "LABEL_1", NULL };
  static const char *const good[] = { "ENTAILMENT", "NOT_ENTAILMENT", NULL };
  const WbTask            *rte = wb_task_find ("rte");
  g_autofree char         *note = wb_evaluation_describe_labels (rte, yes, 2);

  g_assert_nonnull (strstr (note, "yes, no, which are not the labels of RTE"));
  g_assert_null (wb_evaluation_describe_labels (rte, none, 2));
  g_assert_null (wb_evaluation_describe_labels (rte, good, 2));
  g_assert_null (wb_evaluation_describe_labels (rte, NULL, 2));
}

/* The classes of a model in another order and writing: the same answers. */
static void
test_program (WbTestProgram *self, gconstpointer data)
{
  g_autofree char *path = wb_test_program_path (self, "run/best/config.json");
  g_autofree char *config = NULL, *before = NULL;
  g_autoptr (GString) edited = NULL;

  g_assert_cmpint (wb_test_program_run (self, "train --task rte --model model --train train.tsv "
                                              "--threads 1 --max-length 32 --set epochs=2 "
                                              "--set learning-rate=1e-3 --out run"),
                   ==, 0);
  g_assert_cmpint (wb_test_program_run (self, "predict run --file dev.tsv --threads 1"), ==, 0);
  before = g_strdup (self->out);
  g_assert_true (g_file_get_contents (path, &config, NULL, NULL));
  edited = g_string_new (config);
  /* what was class 1 is now called as class 0 was, and the other way round */
  g_string_replace (edited, "\"not_entailment\"", "\"swapped\"", 0);
  g_string_replace (edited, "\"entailment\"", "\"Not Entailment\"", 0);
  g_string_replace (edited, "\"swapped\"", "\"ENTAILMENT\"", 0);
  g_assert_true (g_file_set_contents (path, edited->str, -1, NULL));
  g_assert_cmpint (wb_test_program_run (self, "predict run --file dev.tsv --threads 1"), ==, 0);
  g_assert_cmpstr (self->err, ==, "");
  {
    g_auto (GStrv) old = g_strsplit (before, "\n", -1);
    g_auto (GStrv) new = g_strsplit (self->out, "\n", -1);

    g_assert_cmpuint (g_strv_length (old), ==, g_strv_length (new));
    for (gsize i = 0; old[i] != NULL && *old[i] != '\0'; i++)
      g_assert_true ((strstr (old[i], "not_entailment") == NULL) !=
                     (strstr (new[i], "not_entailment") == NULL));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/labels/map", test_map);
  g_test_add_func ("/app/labels/describe", test_describe);
  g_test_add ("/app/labels/program", WbTestProgram, NULL, wb_test_program_set_up, test_program,
              wb_test_program_tear_down);
  return g_test_run ();
}
