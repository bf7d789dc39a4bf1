#include "data/tasks/wb-task.h"

#include <string.h>

#include "tests/support/wb-test-folder.h"

static void
test_find (void)
{
  static const char *const names[][2] = {
    { "cola", "CoLA" },
    { "sst-2", "SST2" },
    { "mrpc", "MRPC" },
    { "stsb", "STS-B" },
    { "qqp", "q-q-p" },
    { "mnli", "MNLI" },
    { "qnli", "QNLI" },
    { "rte", "RTE" },
    { "wnli", "wn_li" },
    { "ax", "AX" },
    { "stsb", "sts_b" },
    { "sst-2", "SST-2" },
    { "sample-order", "SampleOrder" },
    { "sample-roles", "sample_roles" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const WbTask *task = wb_task_find (names[i][1]);

      g_assert_nonnull (task);
      g_assert_cmpstr (task->name, ==, names[i][0]);
      g_assert_true (task == wb_task_find (names[i][0]));
    }
  g_assert_null (wb_task_find ("xnli2"));
  g_assert_null (wb_task_find (""));
  g_assert_null (wb_task_find (NULL));
  g_assert_null (wb_task_find ("rte "));
}

/* Holds for every row of the table. */
static void
test_table (void)
{
  g_autofree char *names = wb_task_dup_names ();
  gsize            n = 0;

  for (const WbTask *task; (task = wb_task_get_nth (n)) != NULL; n++)
    {
      const WbTaskLayout *layouts[] = { &task->train, &task->test };

      g_assert_nonnull (strstr (names, task->name));
      g_assert_cmpstr (task->summary, !=, NULL);
      g_assert_nonnull (task->metrics[0]);
      for (gsize i = 0; task->selection[i] != NULL; i++)
        g_assert_true (g_strv_contains (task->metrics, task->selection[i]));
      g_assert_nonnull (task->selection[0]);
      g_assert_true ((task->kind == WB_TASK_REGRESSION) == (task->labels[0] == NULL));
      g_assert_true (task->has_training == (wb_task_get_split (task, WB_SPLIT_TRAIN) != NULL));
      g_assert_nonnull (wb_task_get_split (task, WB_SPLIT_DEV));
      g_assert_cmpint (task->train.label.number, !=, WB_NO_COLUMN);
      g_assert_cmpint (task->test.label.number, ==, WB_NO_COLUMN);
      for (gsize i = 0; i < 2; i++)
        {
          g_assert_cmpint (layouts[i]->text.number, !=, WB_NO_COLUMN);
          g_assert_true (task->is_pair == (layouts[i]->pair.number != WB_NO_COLUMN));
          g_assert_true (!layouts[i]->has_header || layouts[i]->text.names[0] != NULL);
        }
      for (gsize i = 0; i < wb_task_get_n_labels (task) && task->labels[0] != NULL; i++)
        g_assert_cmpint (wb_task_find_label (task, task->labels[i], strlen (task->labels[i])), ==,
                         (int) i);
    }
  g_assert_cmpuint (n, ==, 15);
}

static void
test_labels (void)
{
  const WbTask *mnli = wb_task_find ("mnli"), *rte = wb_task_find ("rte");

  g_assert_cmpint (wb_task_find_label (mnli, "neutral\trest", 7), ==, 1);
  g_assert_cmpint (wb_task_find_label (mnli, "Neutral", 7), ==, -1);
  g_assert_cmpint (wb_task_find_label (mnli, "neutra", 6), ==, -1);
  g_assert_cmpint (wb_task_find_label (rte, "entailment", 10), ==, 1);
  g_assert_cmpuint (wb_task_get_n_labels (mnli), ==, 3);
  g_assert_cmpuint (wb_task_get_n_labels (wb_task_find ("stsb")), ==, 1);
}

static void
test_splits (void)
{
  const WbTask *mnli = wb_task_find ("mnli"), *rte = wb_task_find ("rte");
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
  g_autofree char   *packed = g_build_filename (folder, "dev.tsv.gz", NULL);
  g_autofree char   *found = NULL;
  const WbTaskSplit *dev = wb_task_find_split (rte, "dev");

  g_assert_cmpstr (wb_task_find_split (mnli, "dev")->name, ==, "dev_matched");
  g_assert_cmpstr (wb_task_find_split (mnli, "dev_mismatched")->name, ==, "dev_mismatched");
  g_assert_cmpstr (wb_task_find_split (mnli, "/x/test_mismatched.tsv.gz")->submission, ==,
                   "MNLI-mm.tsv");
  g_assert_null (wb_task_find_split (rte, "de"));
  g_assert_null (wb_task_find_split (rte, "dev_matched"));
  g_assert_null (wb_task_find_file (rte, dev, folder));
  g_assert_true (g_file_set_contents (packed, "", 0, NULL));
  found = wb_task_find_file (rte, dev, folder);
  g_assert_cmpstr (found, ==, packed);
}

static void
test_submission (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  wb_task_append_submission_header (wb_task_find ("rte"), out);
  wb_task_append_submission_row (wb_task_find ("rte"), out, 0, 1, 0);
  wb_task_append_submission_row (wb_task_find ("cola"), out, 1, 0, 0);
  wb_task_append_submission_row (wb_task_find ("stsb"), out, 2, 0, 3.14159);
  wb_task_append_submission_row (wb_task_find ("stsb"), out, 3, 0, 5.2);
  g_assert_cmpstr (out->str, ==, "index\tprediction\n0\tentailment\n1\t0\n2\t3.142\n3\t5.000\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data/task/find", test_find);
  g_test_add_func ("/data/task/table", test_table);
  g_test_add_func ("/data/task/labels", test_labels);
  g_test_add_func ("/data/task/splits", test_splits);
  g_test_add_func ("/data/task/submission", test_submission);
  return g_test_run ();
}
