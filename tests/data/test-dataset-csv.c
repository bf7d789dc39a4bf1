/* Comma-separated files (RFC 4180). */
#include "data/datasets/wb-dataset.h"

#include <string.h>

static WbDataset *
read_text (const char *text, gssize length, const char *task, WbDatasetFlags flags, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length >= 0 ? (gsize) length : strlen (text));

  return wb_dataset_load_bytes (wb_task_find (task), bytes, "f.csv", WB_SPLIT_DEV, flags, error);
}

static void
assert_example (const WbDataset *set,
                gsize            i,
                const char      *text,
                const char      *pair,
                int              label,
                guint            line)
{
  const WbExample *example = &wb_dataset_get_examples (set)[i];

  g_assert_cmpstr (example->text, ==, text);
  g_assert_cmpstr (example->pair, ==, pair);
  g_assert_cmpint (example->label, ==, label);
  g_assert_cmpuint (example->line, ==, line);
}

static void
test_quotes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbDataset) set = read_text ("\xef\xbb\xbfsentence1,\"sentence2\",label\r\n"
                                         "\"A, \"\"b\"\".\",plain \"quote\",entailment\r\n"
                                         "\r\n"
                                         "\"two\nlines\r\nand three\",\"\",\"not_entailment\"\r\n"
                                         "\t x ,y,entailment",
                                         -1, "rte", WB_DATASET_DEFAULT, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (wb_dataset_get_n_examples (set), ==, 3);
  assert_example (set, 0, "A, \"b\".", "plain \"quote\"", 1, 2);
  assert_example (set, 1, "two\nlines\r\nand three", "", 0, 4);
  assert_example (set, 2, "\t x ", "y", 1, 7);
}

/* What a comma-separated file says is what its tab-separated twin says. */
static void
test_twin (void)
{
  g_autoptr (GError) error = NULL;
  static const char tabs[] = "sentence\tlabel\nA b.\t1\nC d.\t0\n";
  g_autoptr (GBytes) bytes = g_bytes_new (tabs, strlen (tabs));
  g_autoptr (WbDataset) tsv = wb_dataset_load_bytes (wb_task_find ("sst-2"), bytes, "f.tsv",
                                                     WB_SPLIT_DEV, WB_DATASET_DEFAULT, &error);
  g_autoptr (WbDataset) csv =
      read_text ("label,sentence\n1,A b.\n0,\"C d.\"\n", -1, "sst-2", WB_DATASET_DEFAULT, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (wb_dataset_get_digest (tsv), ==, wb_dataset_get_digest (csv));
}

static void
test_ignore_labels (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbDataset) set =
      read_text ("\"one, two\"\nthree\n", -1, "sst-2", WB_DATASET_IGNORE_LABELS, &error);

  g_assert_no_error (error);
  assert_example (set, 0, "one, two", NULL, -1, 1);
  assert_example (set, 1, "three", NULL, -1, 2);
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *message;
    int         code;
  } cases[] = {
    { "", "f.csv: no examples", WB_DATASET_ERROR_EMPTY },
    { "sentence,label,x\na,1,\xff\n", "f.csv:2: not UTF-8 at byte 21 of the file",
      WB_DATASET_ERROR_ENCODING },
    { "\n\r\n\n", "f.csv: no examples", WB_DATASET_ERROR_EMPTY },
    { "sentence,label\na,1\n\"b\nc,0\n", "f.csv:3: column 1: the quote that opens here is not",
      WB_DATASET_ERROR_ROW },
    { "sentence,label\na,\"1\" x\n", "f.csv:2: column 2: there is text behind the closing quote",
      WB_DATASET_ERROR_ROW },
    { "sentence,label\n\"a\nb\"c,1\n", "f.csv:3: column 1: there is text behind",
      WB_DATASET_ERROR_ROW },
    { "sentence,label\na,b,1\n", "f.csv:2: the row has 3 columns, the header 2 (comma-separated",
      WB_DATASET_ERROR_ROW },
    { "sentence,label\n\"a\n\nb\",1\nc,2\n", "f.csv:5: column 2: '2' is not a label",
      WB_DATASET_ERROR_LABEL },
    { "text,mark\na,1\n", "f.csv:1: no column 'label'", WB_DATASET_ERROR_COLUMN },
    { "\"", "f.csv:1: column 1: the quote", WB_DATASET_ERROR_ROW },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (read_text (cases[i].text, -1, "sst-2", WB_DATASET_DEFAULT, &error));
      g_assert_error (error, WB_DATASET_ERROR, cases[i].code);
      if (!g_str_has_prefix (error->message, cases[i].message))
        g_error ("%s", error->message);
    }
}

static void
append_cell (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    g_string_append_printf (out, *text == '"' ? "\"\"" : "%c", *text);
  g_string_append_c (out, '"');
}

/* Whatever is written in quotes comes back. */
static void
test_round_trip (void)
{
  static const char alphabet[] = "ab \",\n\r\t";

  for (guint seed = 0; seed < 500; seed++)
    {
      g_autoptr (GRand) random = g_rand_new_with_seed (seed);
      g_autoptr (GString) file = g_string_new ("sentence,label\n");
      g_autoptr (GError) error = NULL;
      g_autoptr (WbDataset) set = NULL;
      char texts[5][12] = { "" };

      for (gsize i = 0; i < 5; i++)
        {
          for (gsize k = 0; k < (gsize) g_rand_int_range (random, 0, 11); k++)
            texts[i][k] = alphabet[g_rand_int_range (random, 0, sizeof alphabet - 1)];
          append_cell (file, texts[i]);
          g_string_append (file, i % 2 == 0 ? ",1\r\n" : ",0\n");
        }
      set = read_text (file->str, (gssize) file->len, "sst-2", WB_DATASET_DEFAULT, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (wb_dataset_get_n_examples (set), ==, 5);
      for (gsize i = 0; i < 5; i++)
        g_assert_cmpstr (wb_dataset_get_examples (set)[i].text, ==, texts[i]);
    }
}

/* Anything gives rows or an error. */
static void
test_random_bytes (void)
{
  static const char alphabet[] = "\"\",\n\r1a";

  for (guint seed = 0; seed < 5000; seed++)
    {
      g_autoptr (GRand) random = g_rand_new_with_seed (seed);
      const gsize      n = (gsize) g_rand_int_range (random, 0, 40);
      g_autofree char *text = g_malloc (n + 1);
      g_autoptr (WbDataset) set = NULL;
      g_autoptr (GError) error = NULL;

      for (gsize i = 0; i < n; i++)
        text[i] = alphabet[g_rand_int_range (random, 0, sizeof alphabet - 1)];
      set = read_text (text, (gssize) n, "sst-2", seed % 2 == 0 ? WB_DATASET_IGNORE_LABELS : 0,
                       &error);
      g_assert_true ((set == NULL) == (error != NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data/csv/quotes", test_quotes);
  g_test_add_func ("/data/csv/twin", test_twin);
  g_test_add_func ("/data/csv/ignore-labels", test_ignore_labels);
  g_test_add_func ("/data/csv/bad", test_bad);
  g_test_add_func ("/data/csv/round-trip", test_round_trip);
  g_test_add_func ("/data/csv/random-bytes", test_random_bytes);
  return g_test_run ();
}
