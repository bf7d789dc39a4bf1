/* The real files: rows and labels as their README counts them. */
#include "data/datasets/wb-dataset.h"

#include <math.h>

typedef struct
{
  const char *task;
  const char *file; /* below data/glue */
  WbSplitRole role;
  gsize       rows;
  gsize       labels[3]; /* in the task's order */
} Real;

static const Real files[] = {
  { "cola", "CoLA/train.tsv", WB_SPLIT_TRAIN, 8551, { 2528, 6023 } },
  { "cola", "CoLA/dev.tsv", WB_SPLIT_DEV, 1043, { 322, 721 } },
  { "cola", "CoLA/test.tsv", WB_SPLIT_TEST, 1063, { 0 } },
  { "rte", "RTE/train.tsv", WB_SPLIT_TRAIN, 2490, { 1241, 1249 } },
  { "rte", "RTE/dev.tsv", WB_SPLIT_DEV, 277, { 131, 146 } },
  { "rte", "RTE/test.tsv", WB_SPLIT_TEST, 3000, { 0 } },
  { "wnli", "WNLI/train.tsv", WB_SPLIT_TRAIN, 635, { 323, 312 } },
  { "wnli", "WNLI/dev.tsv", WB_SPLIT_DEV, 71, { 40, 31 } },
  { "wnli", "WNLI/test.tsv", WB_SPLIT_TEST, 146, { 0 } },
  { "mrpc", "MRPC/train.tsv", WB_SPLIT_TRAIN, 3668, { 1194, 2474 } },
  { "mrpc", "MRPC/dev.tsv", WB_SPLIT_DEV, 408, { 129, 279 } },
  { "mrpc", "MRPC/test.tsv", WB_SPLIT_TEST, 1725, { 0 } },
  { "mrpc", "MRPC/msr_paraphrase_train.txt.gz", WB_SPLIT_TRAIN, 4076, { 1323, 2753 } },
  { "stsb", "STS-B/train.tsv", WB_SPLIT_TRAIN, 5749, { 0 } },
  { "stsb", "STS-B/dev.tsv", WB_SPLIT_DEV, 1500, { 0 } },
  { "stsb", "STS-B/test.tsv", WB_SPLIT_TEST, 1379, { 0 } },
  { "sst-2", "SST-2/train.tsv.gz", WB_SPLIT_TRAIN, 67349, { 29780, 37569 } },
  { "sst-2", "SST-2/dev.tsv", WB_SPLIT_DEV, 872, { 428, 444 } },
  { "sst-2", "SST-2/test.tsv", WB_SPLIT_TEST, 1821, { 0 } },
  { "qnli", "QNLI/dev.tsv.gz", WB_SPLIT_DEV, 5463, { 2761, 2702 } },
  { "qnli", "QNLI/test.tsv.gz", WB_SPLIT_TEST, 5463, { 0 } },
  { "mnli", "MNLI/dev_matched.tsv.gz", WB_SPLIT_DEV, 9815, { 3213, 3123, 3479 } },
  { "mnli", "MNLI/dev_matched.jsonl.gz", WB_SPLIT_DEV, 9815, { 3213, 3123, 3479 } },
  { "ax", "AX/diagnostic-full.tsv", WB_SPLIT_DEV, 1104, { 258, 386, 460 } },
};

static char *
find_file (const char *file)
{
  const char *shared = g_getenv ("WB_SHARED");

  return g_build_filename (shared != NULL ? shared : "/nowhere", "data", "glue", file, NULL);
}

static WbDataset *
load (const Real *real)
{
  g_autofree char *path = find_file (real->file);
  g_autoptr (GError) error = NULL;
  WbDataset *set = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("the real file is not here (WB_SHARED)");
      return NULL;
    }
  set = wb_dataset_load (wb_task_find (real->task), path, real->role, WB_DATASET_DEFAULT, &error);
  g_assert_no_error (error);
  return set;
}

static void
test_counts (gconstpointer data)
{
  const Real *real = data;
  g_autoptr (WbDataset) set = load (real);

  if (set == NULL)
    return;
  g_assert_cmpuint (wb_dataset_get_n_examples (set), ==, real->rows);
  g_assert_cmpuint (wb_dataset_get_n_skipped (set), ==, 0);
  g_assert_true (wb_dataset_has_labels (set) == (real->role != WB_SPLIT_TEST));
  for (gsize i = 0; i < G_N_ELEMENTS (real->labels); i++)
    g_assert_cmpuint (wb_dataset_get_label_count (set, i), ==, real->labels[i]);
  if (real->role == WB_SPLIT_TRAIN)
    g_assert_true (wb_dataset_check_trainable (set, NULL));
}

/* The README's means: 2.701 and 2.364. */
static void
test_scores (void)
{
  static const double means[] = { 2.701, 2.364 };

  for (gsize k = 0; k < 2; k++)
    {
      const Real real = { "stsb", k == 0 ? "STS-B/train.tsv" : "STS-B/dev.tsv", WB_SPLIT_DEV };
      g_autoptr (WbDataset) set = load (&real);
      double sum = 0;

      if (set == NULL)
        return;
      for (gsize i = 0; i < wb_dataset_get_n_examples (set); i++)
        sum += (double) wb_dataset_get_examples (set)[i].target;
      g_assert_cmpfloat_with_epsilon (sum / (double) wb_dataset_get_n_examples (set), means[k],
                                      6e-4);
    }
}

/* One data set in two formats. */
static void
test_two_formats (void)
{
  const Real tsv = { "mnli", "MNLI/dev_matched.tsv.gz", WB_SPLIT_DEV };
  const Real json = { "mnli", "MNLI/dev_matched.jsonl.gz", WB_SPLIT_DEV };
  g_autoptr (WbDataset) a = load (&tsv);
  g_autoptr (WbDataset) b = load (&json);

  if (a != NULL && b != NULL)
    g_assert_cmpstr (wb_dataset_get_digest (a), ==, wb_dataset_get_digest (b));
}

/* `predict` reads every file, labels or none. */
static void
test_predict (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = find_file (files[i].file);
      g_autoptr (GError) error = NULL;
      g_autoptr (WbDataset) set = NULL;

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        {
          g_test_skip ("a real file is not here (WB_SHARED)");
          continue;
        }
      set = wb_dataset_load (wb_task_find (files[i].task), path, WB_SPLIT_TEST,
                             WB_DATASET_IGNORE_LABELS, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (wb_dataset_get_n_examples (set), ==, files[i].rows);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_strdup_printf ("/data/dataset-glue/%s", files[i].file);
      g_test_add_data_func (path, &files[i], test_counts);
    }
  g_test_add_func ("/data/dataset-glue/scores", test_scores);
  g_test_add_func ("/data/dataset-glue/two-formats", test_two_formats);
  g_test_add_func ("/data/dataset-glue/predict", test_predict);
  return g_test_run ();
}
