#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "data/datasets/wb-dataset.h"
#include "data/datasets/wb-sample-grammar.h"
#include "tests/support/wb-test-worst.h"

#define N_TRAIN 4000
#define N_DEV 500

typedef struct
{
  char  **texts[2]; /* the second: NULL for single sentences */
  double *labels;
  gsize   n;
} Rows;

static char *
read_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char            *text;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static Rows
read_rows (WbSampleKind kind, const char *folder, const char *name)
{
  const gboolean   pair = kind == WB_SAMPLE_ROLES;
  g_autofree char *text = read_file (folder, name);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  const gsize n = g_strv_length (lines) - 1 - pair;
  Rows        rows = { { g_new0 (char *, n + 1), g_new0 (char *, n + 1) }, g_new (double, n), n };

  g_assert_cmpstr (lines[g_strv_length (lines) - 1], ==, "");
  if (pair)
    g_assert_cmpstr (lines[0], ==, "index\tsentence1\tsentence2\tlabel");
  for (gsize i = 0; i < n; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i + pair], "\t", -1);
      g_assert_cmpuint (g_strv_length (fields), ==, 4);
      rows.texts[0][i] = g_strdup (fields[pair ? 1 : 3]);
      rows.texts[1][i] = g_strdup (pair ? fields[2] : "");
      rows.labels[i] = pair ? g_str_equal (fields[3], "same") : g_str_equal (fields[1], "1");
      g_assert_true (pair || rows.labels[i] == 1 || g_str_equal (fields[1], "0"));
    }
  return rows;
}

static void
clear_rows (Rows *rows)
{
  g_strfreev (rows->texts[0]);
  g_strfreev (rows->texts[1]);
  g_free (rows->labels);
}

typedef struct
{
  WbSampleKind kind;
  char        *folder;
  Rows         train;
  Rows         dev;
} Sample;

static Sample
new_sample (WbSampleKind kind, guint64 seed)
{
  Sample sample = { .kind = kind, .folder = g_dir_make_tmp ("wb-sample-XXXXXX", NULL) };
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_sample_write (kind, sample.folder, seed, N_TRAIN, N_DEV, &error));
  g_assert_no_error (error);
  sample.train = read_rows (kind, sample.folder, "train.tsv");
  sample.dev = read_rows (kind, sample.folder, "dev.tsv");
  return sample;
}

static void
clear_sample (Sample *sample)
{
  g_autofree char *train = g_build_filename (sample->folder, "train.tsv", NULL);
  g_autofree char *dev = g_build_filename (sample->folder, "dev.tsv", NULL);

  g_unlink (train);
  g_unlink (dev);
  g_rmdir (sample->folder);
  g_free (sample->folder);
  clear_rows (&sample->train);
  clear_rows (&sample->dev);
}

/* What the files say */

static void
check_rows (const Sample *sample, const Rows *rows)
{
  double sum = 0;

  for (gsize i = 0; i < rows->n; i++)
    {
      const gboolean right = sample->kind == WB_SAMPLE_ROLES || rows->labels[i] == 1;
      g_assert_cmpint (wb_sample_accepts (rows->texts[0][i]), ==, right);
      g_assert_true (sample->kind == WB_SAMPLE_ORDER || wb_sample_accepts (rows->texts[1][i]));
      sum += rows->labels[i];
    }
  g_assert_cmpfloat (fabs (sum / (double) rows->n - 0.5), <, 0.07);
}

static void
check_unseen (const Sample *sample)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const guint n_sides = sample->kind == WB_SAMPLE_ROLES ? 2 : 1;

  for (guint k = 0; k < n_sides; k++)
    for (gsize i = 0; i < sample->train.n; i++)
      g_hash_table_add (seen, sample->train.texts[k][i]);
  for (guint k = 0; k < n_sides; k++)
    for (gsize i = 0; i < sample->dev.n; i++)
      g_assert_false (g_hash_table_contains (seen, sample->dev.texts[k][i]));
}

static void
test_files (gconstpointer data)
{
  for (guint64 seed = 1; seed <= 3; seed++)
    {
      Sample sample = new_sample (GPOINTER_TO_UINT (data), seed);
      g_assert_cmpuint (sample.train.n, ==, N_TRAIN);
      g_assert_cmpuint (sample.dev.n, ==, N_DEV);
      check_rows (&sample, &sample.train);
      check_rows (&sample, &sample.dev);
      check_unseen (&sample);
      clear_sample (&sample);
    }
}

static void
test_same_everywhere (void)
{
  static const char *const want[] = {
    "1f717427c424aeb5fd72eb1072564b422005f581fb0e3ea78334dc18b3dfc991",
    "d233919287aa9b34a92d194ff993805ec636ea916e4ee66dd32cb0d5a8679093"
  };

  for (guint kind = 0; kind < 2; kind++)
    {
      Sample           sample = new_sample (kind, 1);
      g_autofree char *text = read_file (sample.folder, "train.tsv");
      g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
      g_assert_cmpstr (digest, ==, want[kind]);
      clear_sample (&sample);
    }
}

static void
test_accepts (void)
{
  g_assert_true (wb_sample_accepts ("The small dog saw the cat near the river."));
  g_assert_false (wb_sample_accepts ("The dog small saw the cat."));
  g_assert_false (wb_sample_accepts ("The dog saw the cat"));
  g_assert_false (wb_sample_accepts ("the dog saw the cat."));
  g_assert_false (wb_sample_accepts ("The dog saw the zebra."));
  g_assert_false (wb_sample_accepts ("The dog saw the cat twice twice."));
  g_assert_false (wb_sample_accepts (""));
  g_assert_false (wb_sample_accepts ("."));
}

static void
test_unwritable (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_sample_write (WB_SAMPLE_ORDER, "/proc/no-such-folder/x", 1, 1, 1, &error));
  g_assert_true (error->domain == G_FILE_ERROR);
}

/* Logistic regression over counts of words, those of the second sentence apart, by stochastic
 * gradient descent. */

typedef struct
{
  GHashTable *words; /* word -> place + 1 */
  double      weights[512];
} Bag;

static gsize
find_words (Bag *bag, const Rows *rows, gsize i, gsize *places)
{
  gsize n = 0;

  for (guint side = 0; side < 2; side++)
    {
      g_auto (GStrv) words = g_strsplit_set (rows->texts[side][i], " .", -1);
      for (gsize k = 0; words[k] != NULL; k++)
        {
          g_autofree char *key = g_strdup_printf ("%u %s", side, words[k]);
          gsize            place = GPOINTER_TO_SIZE (g_hash_table_lookup (bag->words, key));
          if (place == 0)
            {
              place = g_hash_table_size (bag->words) + 1;
              g_assert_cmpuint (place, <, G_N_ELEMENTS (bag->weights));
              g_hash_table_insert (bag->words, g_steal_pointer (&key), GSIZE_TO_POINTER (place));
            }
          places[n++] = place;
        }
    }
  return n;
}

static double /* log odds of label 1 */
score (const Bag *bag, const gsize *places, gsize n)
{
  double sum = bag->weights[0];

  for (gsize k = 0; k < n; k++)
    sum += bag->weights[places[k]];
  return sum;
}

static double
measure (Bag *bag, const Rows *rows)
{
  gsize right = 0;

  for (gsize i = 0; i < rows->n; i++)
    {
      gsize       places[64];
      const gsize n = find_words (bag, rows, i, places);
      right += (score (bag, places, n) > 0) == (rows->labels[i] == 1);
    }
  return (double) right / (double) rows->n;
}

static void
train (Bag *bag, const Rows *rows)
{
  for (guint epoch = 0; epoch < 20; epoch++)
    for (gsize i = 0; i < rows->n; i++)
      {
        gsize        places[64];
        const gsize  n = find_words (bag, rows, i, places);
        const double probability = 1 / (1 + exp (-score (bag, places, n)));
        const double step = 0.05 / (1 + epoch) * (rows->labels[i] - probability);
        bag->weights[0] += step;
        for (gsize k = 0; k < n; k++)
          bag->weights[places[k]] += step;
      }
}

/* Worst of seeds 1 to 20: see docs/samples.md. */
static void
test_bag_of_words (gconstpointer data)
{
  double worst = 0;

  for (guint64 seed = 1; seed <= 3; seed++)
    {
      Sample sample = new_sample (GPOINTER_TO_UINT (data), seed);
      Bag    bag = { .words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
      train (&bag, &sample.train);
      worst = wb_test_worse (worst, measure (&bag, &sample.dev));
      g_hash_table_unref (bag.words);
      clear_sample (&sample);
    }
  g_test_message ("accuracy of a bag of words, worst of three seeds: %.3f", worst);
  g_assert_cmpfloat (worst, <, 0.60);
}

/* The same classifier, taught what a bag can know: whether a sentence says "yesterday". */
static void
test_bag_learns (void)
{
  Sample sample = new_sample (WB_SAMPLE_ORDER, 1);
  Bag    bag = { .words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
  Rows  *both[] = { &sample.train, &sample.dev };

  for (guint k = 0; k < 2; k++)
    for (gsize i = 0; i < both[k]->n; i++)
      both[k]->labels[i] = strstr (both[k]->texts[0][i], "yesterday") != NULL;
  train (&bag, &sample.train);
  g_assert_cmpfloat (measure (&bag, &sample.dev), >, 0.97);
  g_hash_table_unref (bag.words);
  clear_sample (&sample);
}

/* ---- words ---- */

static WbDataset *
load_words (const char *folder, const char *split)
{
  const WbTask    *task = wb_task_find ("sample-words");
  g_autofree char *path = wb_task_find_file (task, wb_task_find_split (task, split), folder);
  g_autoptr (GError) error = NULL;
  WbDataset *set = wb_dataset_load (task, path, WB_SPLIT_TRAIN, WB_DATASET_DEFAULT, &error);

  g_assert_no_error (error);
  return set;
}

/* Agents stand before the verb, patients behind it, one of each; nouns are both. */
static void
test_words (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wb-sample-XXXXXX", NULL);
  g_autofree char *train_path = g_build_filename (folder, "train.txt", NULL);
  g_autofree char *dev_path = g_build_filename (folder, "dev.txt", NULL);
  g_autoptr (WbDataset) train = NULL, dev = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const WbTask    *task = wb_task_find ("sample-words");
  const WbExample *examples;

  g_assert_true (wb_sample_write (WB_SAMPLE_WORDS, folder, 1, 500, 100, NULL));
  train = load_words (folder, "train");
  dev = load_words (folder, "dev");
  g_assert_cmpuint (wb_dataset_get_n_examples (train), ==, 500);
  g_assert_cmpuint (wb_dataset_get_n_examples (dev), ==, 100);
  g_assert_cmpuint (wb_dataset_get_label_count (train, wb_task_find_label (task, "B-AGENT", 7)), ==,
                    500);
  g_assert_cmpuint (wb_dataset_get_label_count (train, wb_task_find_label (task, "B-PATIENT", 9)),
                    ==, 500);
  for (gsize i = 1; i <= 7; i++)
    g_assert_cmpuint (wb_dataset_get_label_count (train, i), >, 0);
  examples = wb_dataset_get_examples (dev);
  for (gsize i = 0; i < 100; i++)
    g_hash_table_add (seen, (gpointer) examples[i].text);
  examples = wb_dataset_get_examples (train);
  for (gsize i = 0; i < 500; i++)
    g_assert_false (g_hash_table_contains (seen, examples[i].text));
  g_unlink (train_path);
  g_unlink (dev_path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  const gpointer order = GUINT_TO_POINTER (WB_SAMPLE_ORDER),
                 roles = GUINT_TO_POINTER (WB_SAMPLE_ROLES);

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/data/sample-grammar/files/order", order, test_files);
  g_test_add_data_func ("/data/sample-grammar/files/roles", roles, test_files);
  g_test_add_func ("/data/sample-grammar/same-everywhere", test_same_everywhere);
  g_test_add_func ("/data/sample-grammar/accepts", test_accepts);
  g_test_add_func ("/data/sample-grammar/unwritable", test_unwritable);
  g_test_add_data_func ("/data/sample-grammar/bag-of-words/order", order, test_bag_of_words);
  g_test_add_data_func ("/data/sample-grammar/bag-of-words/roles", roles, test_bag_of_words);
  g_test_add_func ("/data/sample-grammar/bag-of-words/learns", test_bag_learns);
  g_test_add_func ("/data/sample-grammar/words", test_words);
  return g_test_run ();
}
