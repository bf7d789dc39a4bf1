/* CoNLL-2003's layout (fact sheet 6.8). */
#include "data/datasets/wb-dataset.h"

#include <string.h>

static WbDataset *
read_text (const char *text, gssize length, WbDatasetFlags flags, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length >= 0 ? (gsize) length : strlen (text));

  return wb_dataset_load_bytes (wb_task_find ("ner"), bytes, "f.txt", WB_SPLIT_DEV, flags, error);
}

static WbDataset *
read_good (const char *text, WbDatasetFlags flags)
{
  g_autoptr (GError) error = NULL;
  WbDataset *set = read_text (text, -1, flags, &error);

  g_assert_no_error (error);
  return set;
}

/* (transfer full): labels of all words, sentences separated by bars */
static char *
dup_labels (const WbDataset *set)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < wb_dataset_get_n_examples (set); i++)
    {
      const WbExample *example = &wb_dataset_get_examples (set)[i];

      for (guint w = 0; w < example->n_words; w++)
        {
          const int label = wb_dataset_get_words (set)[example->first_word + w].label;
          g_string_append_printf (out, "%s%s",
                                  w > 0   ? " "
                                  : i > 0 ? " | "
                                          : "",
                                  label >= 0 ? wb_dataset_get_task (set)->labels[label] : "?");
        }
    }
  return g_string_free (out, FALSE);
}

static void
test_layout (void)
{
  g_autoptr (WbDataset) set = read_good ("-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\n"
                                         "rejects VBZ B-VP O\nGrüße\tNN\tB-NP\tO\r\n\r\n \n"
                                         "-DOCSTART- -X- O O\nPeter NNP B-NP B-PER",
                                         WB_DATASET_DEFAULT);
  const WbExample *examples = wb_dataset_get_examples (set);
  const WbWord    *words = wb_dataset_get_words (set);
  g_autofree char *labels = dup_labels (set);

  g_assert_cmpuint (wb_dataset_get_n_examples (set), ==, 2);
  g_assert_cmpuint (wb_dataset_get_n_words (set), ==, 4);
  g_assert_true (wb_dataset_has_labels (set));
  g_assert_cmpstr (examples[0].text, ==, "EU rejects Grüße");
  g_assert_cmpstr (examples[1].text, ==, "Peter");
  g_assert_cmpuint (examples[0].line, ==, 3);
  g_assert_cmpuint (examples[1].line, ==, 9);
  g_assert_cmpstr (labels, ==, "B-ORG O O | B-PER");
  g_assert_cmpuint (words[2].start, ==, 11);
  g_assert_cmpuint (words[2].end, ==, 16);
  g_assert_cmpuint (words[2].line, ==, 5);
  g_assert_cmpuint (wb_dataset_get_label_count (set, 0), ==, 2);
}

/* The same entities in every scheme. */
static void
test_schemes (void)
{
  static const char *const texts[] = {
    "a B-PER\nb I-PER\nc B-PER\nd O\ne B-LOC\nf B-ORG\n\ng B-ORG\n",
    "a I-PER\nb I-PER\nc B-PER\nd O\ne I-LOC\nf I-ORG\n\ng I-ORG\n",
    "a B-PER\nb E-PER\nc S-PER\nd O\ne S-LOC\nf S-ORG\n\ng S-ORG\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (WbDataset) set = read_good (texts[i], WB_DATASET_DEFAULT);
      g_autofree char *labels = dup_labels (set);

      g_assert_cmpstr (labels, ==, "B-PER I-PER B-PER O B-LOC B-ORG | B-ORG");
    }
}

static void
test_ignore_labels (void)
{
  g_autoptr (WbDataset) words = read_good ("EU\nrejects\n\nPeter\n", WB_DATASET_IGNORE_LABELS);
  g_autoptr (WbDataset) other = read_good ("EU B-XY\nrejects what\n", WB_DATASET_IGNORE_LABELS);
  g_autofree char *labels = dup_labels (words);

  g_assert_cmpstr (labels, ==, "? ? | ?");
  g_assert_false (wb_dataset_has_labels (words));
  g_assert_cmpuint (wb_dataset_get_n_words (other), ==, 2);
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *message;
    int         code;
  } cases[] = {
    { "", "f.txt: no examples", WB_DATASET_ERROR_EMPTY },
    { "\n\n-DOCSTART- -X- O\n", "f.txt: no examples", WB_DATASET_ERROR_EMPTY },
    { "EU B-ORG\nrejects\n", "f.txt:2: the line has one column", WB_DATASET_ERROR_ROW },
    { "EU\n", "f.txt:1: the line has one column", WB_DATASET_ERROR_ROW },
    { "EU N B-ORG\n\nrejects O\n", "f.txt:3: the line has 2 columns, the first one 3",
      WB_DATASET_ERROR_ROW },
    { "EU N B-ORG\na N B-ANIMAL\n", "f.txt:2: column 3: 'B-ANIMAL' is not a label of NER",
      WB_DATASET_ERROR_LABEL },
    { "EU N B-\n", "f.txt:1: column 3: 'B-' is not a label", WB_DATASET_ERROR_LABEL },
    { "EU N ORG\n", "f.txt:1: column 3: 'ORG' is not a label", WB_DATASET_ERROR_LABEL },
    { "EU N b-ORG\n", "f.txt:1: column 3: 'b-ORG' is not a label", WB_DATASET_ERROR_LABEL },
    { "EU O\na \xff\n", "f.txt:2: not UTF-8 at byte 7 of the file", WB_DATASET_ERROR_ENCODING },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (read_text (cases[i].text, -1, WB_DATASET_DEFAULT, &error));
      g_assert_error (error, WB_DATASET_ERROR, cases[i].code);
      if (!g_str_has_prefix (error->message, cases[i].message))
        g_error ("%s", error->message);
    }
}

static void
test_one_class (void)
{
  g_autoptr (WbDataset) set = read_good ("a O\nb O\n\nc O\n", WB_DATASET_DEFAULT);
  g_autoptr (WbDataset) good = read_good ("a O\nb B-PER\n", WB_DATASET_DEFAULT);
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_dataset_check_trainable (good, NULL));
  g_assert_false (wb_dataset_check_trainable (set, &error));
  g_assert_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_ONE_CLASS);
  g_assert_nonnull (strstr (error->message, "every word has the label 'O'"));
}

static void
test_digest (void)
{
  g_autoptr (WbDataset) a = read_good ("a O\nb B-PER\n", WB_DATASET_DEFAULT);
  g_autoptr (WbDataset) same = read_good ("a\tX\tO\r\nb\tX\tI-PER\r\n", WB_DATASET_DEFAULT);
  g_autoptr (WbDataset) other = read_good ("a B-PER\nb O\n", WB_DATASET_DEFAULT);
  g_autoptr (WbDataset) cut = read_good ("a O\n\nb B-PER\n", WB_DATASET_DEFAULT);

  g_assert_cmpstr (wb_dataset_get_digest (a), ==, wb_dataset_get_digest (same));
  g_assert_cmpstr (wb_dataset_get_digest (a), !=, wb_dataset_get_digest (other));
  g_assert_cmpstr (wb_dataset_get_digest (a), !=, wb_dataset_get_digest (cut));
}

/* Anything gives sentences or an error, and never reads beyond its end. */
static void
test_random_bytes (void)
{
  static const char alphabet[] = "aB-PEROIS \t\r\n\n\n";

  for (guint seed = 0; seed < 3000; seed++)
    {
      g_autoptr (GRand) random = g_rand_new_with_seed (seed);
      const gsize      n = (gsize) g_rand_int_range (random, 0, 80);
      g_autofree char *text = g_malloc (n + 1);
      g_autoptr (WbDataset) set = NULL;
      g_autoptr (GError) error = NULL;

      for (gsize i = 0; i < n; i++)
        text[i] = alphabet[g_rand_int_range (random, 0, sizeof alphabet - 1)];
      set = read_text (text, (gssize) n, seed % 2 == 0 ? WB_DATASET_IGNORE_LABELS : 0, &error);
      g_assert_true ((set == NULL) == (error != NULL));
    }
}

/* Words, documents and entities as the data's README counts them; eng.train is IOB2 there. */
static void
test_real (gconstpointer data)
{
  const gboolean   train = GPOINTER_TO_INT (data);
  const char      *shared = g_getenv ("WB_SHARED");
  const WbTask    *task = wb_task_find ("ner");
  g_autofree char *folder =
      g_build_filename (shared != NULL ? shared : "/nowhere", "data/ner/conll2003", NULL);
  g_autofree char *path =
      wb_task_find_file (task, wb_task_find_split (task, train ? "train" : "dev"), folder);
  static const gsize entities[2][4] = { { 922, 1842, 1341, 1837 }, { 3438, 6600, 6321, 7140 } };
  g_autoptr (WbDataset) set = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    {
      g_test_skip ("the real files of CoNLL-2003 are not here (WB_SHARED)");
      return;
    }
  set = wb_dataset_load (task, path, WB_SPLIT_TRAIN, WB_DATASET_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wb_dataset_get_n_examples (set), ==, train ? 14041 : 3250);
  g_assert_cmpuint (wb_dataset_get_n_words (set), ==, train ? 203621 : 51362);
  for (gsize i = 0; i < 4; i++)
    g_assert_cmpuint (wb_dataset_get_label_count (set, 1 + 2 * i), ==, entities[train][i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data/conll/layout", test_layout);
  g_test_add_func ("/data/conll/schemes", test_schemes);
  g_test_add_func ("/data/conll/ignore-labels", test_ignore_labels);
  g_test_add_func ("/data/conll/bad", test_bad);
  g_test_add_func ("/data/conll/one-class", test_one_class);
  g_test_add_func ("/data/conll/digest", test_digest);
  g_test_add_func ("/data/conll/random-bytes", test_random_bytes);
  g_test_add_data_func ("/data/conll/real-train", GINT_TO_POINTER (TRUE), test_real);
  g_test_add_data_func ("/data/conll/real-dev", GINT_TO_POINTER (FALSE), test_real);
  return g_test_run ();
}
