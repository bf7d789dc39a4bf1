/* XNLI's three layouts (fact sheet 6.10): the published files with their language column, the
 * translated training files, and XTREME's file for each language. */
#include "data/datasets/wb-dataset.h"

#include <string.h>

#include "tests/support/wb-test-folder.h"

#define HEADER                                                                                     \
  "language\tgold_label\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\t"        \
  "sentence2_parse\tsentence1\tsentence2\tpromptID\tpairID\tgenre\tlabel1\tlabel2\tlabel3\t"       \
  "label4\tlabel5\tsentence1_tokenized\tsentence2_tokenized\tmatch\n"
#define ROW(language, label, a, b)                                                                 \
  language "\t" label "\t\t\t\t\t" a "\t" b "\t1\t2\tg\t" label "\t" label "\t" label "\t" label   \
           "\t" label "\t" a "\t" b "\tTrue\n"

static void
put (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static WbDataset *
read_text (const char *text, const char *name, WbSplitRole role, WbDatasetFlags flags)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  WbDataset *set = wb_dataset_load_bytes (wb_task_find ("xnli"), bytes, name, role, flags, &error);

  g_assert_no_error (error);
  return set;
}

static void
assert_example (const WbDataset *set,
                gsize            i,
                const char      *text,
                const char      *pair,
                int              label,
                const char      *language)
{
  const WbExample *example = &wb_dataset_get_examples (set)[i];

  g_assert_cmpstr (example->text, ==, text);
  g_assert_cmpstr (example->pair, ==, pair);
  g_assert_cmpint (example->label, ==, label);
  g_assert_cmpint (example->language, ==,
                   language != NULL
                       ? wb_task_find_language (wb_task_find ("xnli"), language, strlen (language))
                       : -1);
}

static void
test_published (void)
{
  static const char text[] = HEADER ROW ("de", "neutral", "Ein \"Hund\" lief.", "Es war kalt.")
      ROW ("zh", "contradiction", "狗跑了。", "没有狗。");
  g_autoptr (WbDataset) dev = read_text (text, "xnli.dev.tsv", WB_SPLIT_DEV, WB_DATASET_DEFAULT);
  g_autoptr (WbDataset) test =
      read_text (text, "xnli.test.tsv", WB_SPLIT_TEST, WB_DATASET_IGNORE_LABELS);

  g_assert_cmpuint (wb_dataset_get_n_examples (dev), ==, 2);
  assert_example (dev, 0, "Ein \"Hund\" lief.", "Es war kalt.", 1, "de");
  assert_example (dev, 1, "狗跑了。", "没有狗。", 0, "zh");
  assert_example (test, 1, "狗跑了。", "没有狗。", -1, "zh");
}

static void
test_translated (void)
{
  g_autoptr (WbDataset) set =
      read_text ("premise\thypo\tlabel\nA b.\tC d.\tcontradictory\nE.\tF.\tentailment\n",
                 "multinli.train.sw.tsv", WB_SPLIT_TRAIN, WB_DATASET_DEFAULT);

  assert_example (set, 0, "A b.", "C d.", 0, "sw");
  assert_example (set, 1, "E.", "F.", 2, "sw");
}

/* MultiNLI's own file in place of the English one. */
static void
test_multinli (void)
{
  g_autoptr (WbDataset) set =
      read_text ("index\tsentence1\tsentence2\tgold_label\n0\tA.\tB.\tneutral\n", "train.tsv",
                 WB_SPLIT_TRAIN, WB_DATASET_DEFAULT);

  assert_example (set, 0, "A.", "B.", 1, NULL);
}

static void
test_bare (void)
{
  static const char text[] = "A.\tB.\tneutral\nC.\tD.\tentailment\n";
  g_autoptr (WbDataset) dev = read_text (text, "dev-th.tsv", WB_SPLIT_DEV, WB_DATASET_DEFAULT);
  g_autoptr (WbDataset) test = read_text (text, "test-th.tsv", WB_SPLIT_TEST, WB_DATASET_DEFAULT);
  g_autoptr (WbDataset) own = read_text (text, "own.tsv", WB_SPLIT_DEV, WB_DATASET_DEFAULT);

  g_assert_cmpuint (wb_dataset_get_n_examples (dev), ==, 2);
  assert_example (dev, 0, "A.", "B.", 1, "th");
  assert_example (test, 1, "C.", "D.", -1, "th");
  assert_example (own, 1, "C.", "D.", 2, NULL);
}

/* JSON Lines say the language in a member, or in the file's name; null says nothing. */
static void
test_json (void)
{
#define JSON(more) "{\"premise\": \"A.\", \"hypo\": \"B.\", \"label\": \"neutral\"" more "}\n"
  static const char text[] = JSON (", \"language\": \"de\"") JSON (", \"language\": \"zh\"")
      JSON ("") JSON (", \"language\": null");
  static const char *const bad[] = { "\"xx\"", "3", "\"\"" };
  g_autoptr (WbDataset) named = read_text (text, "own-sw.jsonl", WB_SPLIT_TRAIN, 0);
  g_autoptr (WbDataset) set = read_text (text, "own.jsonl", WB_SPLIT_TRAIN, 0);
  g_autoptr (WbDataset) de =
      read_text (JSON (", \"language\": \"de\""), "own.jsonl", WB_SPLIT_TRAIN, 0);
  g_autoptr (WbDataset) fr =
      read_text (JSON (", \"language\": \"fr\""), "own.jsonl", WB_SPLIT_TRAIN, 0);

  assert_example (set, 0, "A.", "B.", 1, "de");
  assert_example (set, 1, "A.", "B.", 1, "zh");
  assert_example (set, 2, "A.", "B.", 1, NULL);
  assert_example (set, 3, "A.", "B.", 1, NULL);
  assert_example (named, 0, "A.", "B.", 1, "de");
  assert_example (named, 2, "A.", "B.", 1, "sw");
  g_assert_cmpstr (wb_dataset_get_digest (de), !=, wb_dataset_get_digest (fr));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *row = g_strdup_printf (JSON ("") JSON (", \"language\": %s"), bad[i]);
      g_autoptr (GBytes) bytes = g_bytes_new (row, strlen (row));
      g_autoptr (GError) error = NULL;

      g_assert_null (wb_dataset_load_bytes (wb_task_find ("xnli"), bytes, "f.jsonl", WB_SPLIT_TRAIN,
                                            0, &error));
      g_assert_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_LABEL);
      g_assert_true (g_str_has_prefix (error->message, "f.jsonl:2: \"language\": '"));
    }
#undef JSON
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *message;
    int         code;
  } cases[] = {
    { HEADER ROW ("xx", "neutral", "A.", "B."), "f.tsv:2: column 1: 'xx' is not a language of XNLI",
      WB_DATASET_ERROR_LABEL },
    { HEADER ROW ("de", "maybe", "A.", "B."), "f.tsv:2: column 2: 'maybe' is not a label",
      WB_DATASET_ERROR_LABEL },
    { HEADER ROW ("de", "neutral", "A.", "B.") "de\tneutral\n", "f.tsv:3: the row has 2 columns",
      WB_DATASET_ERROR_ROW },
    { "A.\tB.\tperhaps\n", "f.tsv:1: no column 'sentence1'", WB_DATASET_ERROR_COLUMN },
    { "A.\tB.\tneutral\nC.\tD.\n", "f.tsv:2: the row has 2 columns", WB_DATASET_ERROR_ROW },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (cases[i].text, strlen (cases[i].text));
      g_autoptr (GError) error = NULL;

      g_assert_null (wb_dataset_load_bytes (wb_task_find ("xnli"), bytes, "f.tsv", WB_SPLIT_DEV,
                                            WB_DATASET_DEFAULT, &error));
      g_assert_error (error, WB_DATASET_ERROR, cases[i].code);
      if (!g_str_has_prefix (error->message, cases[i].message))
        g_error ("%s", error->message);
    }
}

/* A row's language counts: the same rows in other languages are another set. */
static void
test_digest (void)
{
  g_autoptr (WbDataset) de = read_text (HEADER ROW ("de", "neutral", "A.", "B."), "a.tsv",
                                        WB_SPLIT_DEV, WB_DATASET_DEFAULT);
  g_autoptr (WbDataset) fr = read_text (HEADER ROW ("fr", "neutral", "A.", "B."), "a.tsv",
                                        WB_SPLIT_DEV, WB_DATASET_DEFAULT);

  g_assert_cmpstr (wb_dataset_get_digest (de), !=, wb_dataset_get_digest (fr));
}

static void
test_pattern (void)
{
  const WbTask *task = wb_task_find ("XNLI");
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
  g_autofree char *dev = NULL, *pattern = NULL;
  g_autoptr (WbDataset) set = NULL;
  g_autoptr (GError) error = NULL;

  put (folder, "dev-zh.tsv", "A.\tB.\tneutral\n");
  put (folder, "dev-ar.tsv", "C.\tD.\tneutral\nE.\tF.\tentailment\n");
  put (folder, "dev-xx.tsv", "G.\tH.\tneutral\n");
  put (folder, "test-de.tsv", "I.\tJ.\tcontradict\n");
  dev = wb_task_find_file (task, wb_task_find_split (task, "dev"), folder);
  g_assert_true (g_str_has_suffix (dev, "/dev-*.tsv"));
  g_assert_null (wb_task_find_file (task, wb_task_find_split (task, "train"), folder));
  set = wb_dataset_load (task, dev, WB_SPLIT_DEV, WB_DATASET_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wb_dataset_get_n_examples (set), ==, 3);
  assert_example (set, 1, "E.", "F.", 2, "ar"); /* in the order of the languages */
  assert_example (set, 2, "A.", "B.", 1, "zh");
  pattern = g_build_filename (folder, "test-*.tsv", NULL);
  g_assert_null (wb_dataset_load (task, pattern, WB_SPLIT_DEV, WB_DATASET_DEFAULT, &error));
  g_assert_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_COLUMN);
  g_assert_nonnull (strstr (error->message, "test-de.tsv:1:"));
  g_clear_error (&error);
  g_assert_null (wb_dataset_load (wb_task_find ("mnli"), dev, WB_SPLIT_DEV, 0, &error));
  g_assert_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_MISSING);
}

static void
test_names (void)
{
  const WbTask *task = wb_task_find ("xnli");

  g_assert_cmpstr (wb_task_find_split (task, "dev-de.tsv")->name, ==, "dev");
  g_assert_cmpstr (wb_task_find_split (task, "/a/test-zh.tsv.gz")->name, ==, "test");
  g_assert_cmpstr (wb_task_find_split (task, "xnli.test.tsv")->name, ==, "test");
  g_assert_cmpstr (wb_task_find_split (task, "train-en.tsv")->name, ==, "train");
  g_assert_null (wb_task_find_split (task, "dev-xx.tsv"));
  g_assert_cmpint (wb_task_find_file_language (task, "/de/own.tsv"), ==, -1);
  g_assert_cmpint (wb_task_find_file_language (wb_task_find ("rte"), "dev-de.tsv"), ==, -1);
}

/* 2,490 and 5,010 rows a language, as many of each label. */
static void
test_real (gconstpointer data)
{
  const gboolean   dev = GPOINTER_TO_INT (data);
  const WbTask    *task = wb_task_find ("xnli");
  const char      *shared = g_getenv ("WB_SHARED");
  g_autofree char *folder =
      g_build_filename (shared != NULL ? shared : "/nowhere", "data", "xnli", NULL);
  g_autofree char *path =
      wb_task_find_file (task, wb_task_find_split (task, dev ? "dev" : "test"), folder);
  const gsize rows = dev ? 2490 : 5010;
  gsize       counts[16] = { 0 };
  g_autoptr (WbDataset) set = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) files = path != NULL ? wb_task_expand (task, path) : NULL;
  gsize n;

  if (path == NULL)
    {
      g_test_skip ("the real files of XNLI are not here (WB_SHARED)");
      return;
    }
  n = g_strv_length (files);
  set = wb_dataset_load (task, path, WB_SPLIT_DEV, WB_DATASET_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, dev ? 15 : 6);
  g_assert_cmpuint (wb_dataset_get_n_examples (set), ==, n * rows);
  for (gsize i = 0; i < 3; i++)
    g_assert_cmpuint (wb_dataset_get_label_count (set, i), ==, n * rows / 3);
  for (gsize i = 0; i < n * rows; i++)
    counts[wb_dataset_get_examples (set)[i].language]++;
  for (gsize i = 0; i < 15; i++)
    g_assert_true (counts[i] == rows || (!dev && counts[i] == 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data/xnli/published", test_published);
  g_test_add_func ("/data/xnli/translated", test_translated);
  g_test_add_func ("/data/xnli/multinli", test_multinli);
  g_test_add_func ("/data/xnli/bare", test_bare);
  g_test_add_func ("/data/xnli/bad", test_bad);
  g_test_add_func ("/data/xnli/digest", test_digest);
  g_test_add_func ("/data/xnli/pattern", test_pattern);
  g_test_add_func ("/data/xnli/names", test_names);
  g_test_add_data_func ("/data/xnli/real-dev", GINT_TO_POINTER (TRUE), test_real);
  g_test_add_data_func ("/data/xnli/real-test", GINT_TO_POINTER (FALSE), test_real);
  g_test_add_func ("/data/xnli/json", test_json);
  return g_test_run ();
}
