#include "data/datasets/wb-data-file.h"
#include "data/datasets/wb-dataset.h"

#include <math.h>
#include <string.h>

#include "tests/support/wb-test-folder.h"

static WbDataset *
load_n (const char    *task,
        const char    *text,
        gssize         length,
        const char    *name,
        WbSplitRole    role,
        WbDatasetFlags flags,
        GError       **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length < 0 ? strlen (text) : (gsize) length);

  return wb_dataset_load_bytes (wb_task_find (task), bytes, name, role, flags, error);
}

static WbDataset *
load (const char *task, const char *text)
{
  g_autoptr (GError) error = NULL;
  WbDataset *set = load_n (task, text, -1, "file", WB_SPLIT_TRAIN, WB_DATASET_DEFAULT, &error);

  g_assert_no_error (error);
  return set;
}

static void
assert_example (const WbDataset *set,
                gsize            i,
                const char      *text,
                const char      *pair,
                int              label,
                guint32          line)
{
  const WbExample *example = &wb_dataset_get_examples (set)[i];

  g_assert_cmpuint (i, <, wb_dataset_get_n_examples (set));
  g_assert_cmpstr (example->text, ==, text);
  g_assert_cmpstr (example->pair, ==, pair);
  g_assert_cmpint (example->label, ==, label);
  g_assert_cmpuint (example->line, ==, line);
}

/* ---- one file of each task's exact layout, for train (and dev) and for test ---- */

typedef struct
{
  const char *task;
  const char *train;
  const char *test;
  const char *pair; /* "b" where there is one */
  int         label;
} Layout;

#define PARSES "(p1)\t(p2)\t(P1)\t(P2)\t"
#define PARSE_NAMES                                                                                \
  "sentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\tsentence2_parse\t"
#define STS_NAMES "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\t"

static const Layout layouts[] = {
  { "cola", "gj04\t1\t\ta\nbc06\t0\t*\tz\n", "index\tsentence\n0\ta\n", NULL, 1 },
  { "sst-2", "sentence\tlabel\na\t1\nz\t0\n", "index\tsentence\n0\ta\n", NULL, 1 },
  { "mrpc",
    "\xef\xbb\xbfQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t5\t6\ta\tb\n0\t5\t6\tz\ty\n",
    "\xef\xbb\xbfindex\t#1 ID\t#2 ID\t#1 String\t#2 String\n0\t5\t6\ta\tb\n", "b", 1 },
  { "stsb",
    STS_NAMES "sentence1\tsentence2\tscore\n0\tg\tf\t2012\t1\tn\tn\ta\tb\t3.250\n"
              "1\tg\tf\t2012\t1\tn\tn\tz\ty\t0\n",
    STS_NAMES "sentence1\tsentence2\n0\tg\tf\t2012\t1\tn\tn\ta\tb\n", "b", -1 },
  { "qqp",
    "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n7\t1\t2\ta\tb\t1\n8\t1\t2\tz\ty\t0\n",
    "id\tquestion1\tquestion2\n0\ta\tb\n", "b", 1 },
  { "mnli", /* train: 12 columns */
    "index\tpromptID\tpairID\tgenre\t" PARSE_NAMES "sentence1\tsentence2\tlabel1\tgold_label\n"
    "0\t31193\t31193n\tgovernment\t" PARSES "a\tb\tneutral\tneutral\n"
    "1\t31193\t31193e\tgovernment\t" PARSES "z\ty\tneutral\tcontradiction\n",
    "index\tpromptID\tpairID\tgenre\t" PARSE_NAMES "sentence1\tsentence2\n"
    "0\t31493\t31493\ttravel\t" PARSES "a\tb\n",
    "b", 1 },
  { "mnli", /* dev: 16 columns, the label is not where train has it */
    "index\tpromptID\tpairID\tgenre\t" PARSE_NAMES
    "sentence1\tsentence2\tlabel1\tlabel2\tlabel3\tlabel4\tlabel5\tgold_label\n"
    "0\t63735\t63735n\tslate\t" PARSES
    "a\tb\tneutral\tneutral\tneutral\tentailment\tneutral\tneutral\n"
    "1\t91383\t91383c\tgovernment\t" PARSES
    "z\ty\tneutral\tneutral\tneutral\tentailment\tneutral\tcontradiction\n",
    NULL, "b", 1 },
  { "qnli", "index\tquestion\tsentence\tlabel\n0\ta\tb\tentailment\n1\tz\ty\tnot_entailment\n",
    "index\tquestion\tsentence\n0\ta\tb\n", "b", 1 },
  { "rte", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tentailment\n1\tz\ty\tnot_entailment\n",
    "index\tsentence1\tsentence2\n0\ta\tb\n", "b", 1 },
  { "wnli", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\t1\n1\tz\ty\t0\n",
    "index\tsentence1\tsentence2\n0\ta\tb\n", "b", 1 },
  { "ax",
    "Lexical Semantics\tPredicate-Argument Structure\tLogic\tKnowledge\tDomain\tPremise\t"
    "Hypothesis\tLabel\r\n\t\tNegation\t\tNews\ta\tb\tneutral\r\n"
    "\t\tNegation\t\tNews\tz\ty\tcontradiction\r\n",
    "index\tsentence1\tsentence2\n0\ta\tb\n", "b", 1 },
  { "sample-order", "s\t1\t\ta\ns\t0\t\tz\n", "index\tsentence\n0\ta\n", NULL, 1 },
  { "sample-roles", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tsame\n1\tz\ty\tdifferent\n",
    "index\tsentence1\tsentence2\n0\ta\tb\n", "b", 1 },
};

static void
test_layout (gconstpointer data)
{
  const Layout  *layout = data;
  const guint32  line = wb_task_find (layout->task)->train.has_header ? 2 : 1;
  const gboolean scores = strcmp (layout->task, "stsb") == 0;
  g_autoptr (WbDataset) train = load (layout->task, layout->train);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (wb_dataset_get_n_examples (train), ==, 2);
  assert_example (train, 0, "a", layout->pair, layout->label, line);
  g_assert_true (wb_dataset_has_labels (train));
  g_assert_true (wb_dataset_check_trainable (train, &error));
  g_assert_no_error (error);
  if (scores)
    g_assert_cmpfloat (wb_dataset_get_examples (train)->target, ==, 3.25f);
  else
    g_assert_cmpuint (wb_dataset_get_label_count (train, (gsize) layout->label), ==, 1);
  if (layout->test != NULL)
    {
      g_autoptr (WbDataset) test = load_n (layout->task, layout->test, -1, "test.tsv",
                                           WB_SPLIT_TEST, WB_DATASET_DEFAULT, &error);

      g_assert_no_error (error);
      assert_example (test, 0, "a", layout->pair, -1, 2);
      g_assert_true (isnan (wb_dataset_get_examples (test)->target));
      g_assert_false (wb_dataset_has_labels (test));
      g_assert_false (wb_dataset_check_trainable (test, &error));
      g_assert_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_LABEL);
    }
}

/* ---- lines ---- */

#define RTE "index\tsentence1\tsentence2\tlabel\n"

static void
test_lines (void)
{
  static const char *const same[] = {
    RTE "0\t\"a\tb'\tentailment\n1\tc\td\tnot_entailment\n",
    RTE "0\t\"a\tb'\tentailment\n1\tc\td\tnot_entailment", /* no end of line */
    "\xef\xbb\xbf" RTE "0\t\"a\tb'\tentailment\n1\tc\td\tnot_entailment\n",
    "index\tsentence1\tsentence2\tlabel\r\n0\t\"a\tb'\tentailment\r\n1\tc\td\tnot_entailment\r\n",
    "\n" RTE "\n  \n0\t\"a\tb'\tentailment\n\n\r\n1\tc\td\tnot_entailment\n\n\n",
    "label\tSENTENCE2\tx\tsentence1\nentailment\tb'\tx\t\"a\nnot_entailment\td\t\tc\n",
    "0\t\"a\tb'\tentailment\n1\tc\td\tnot_entailment\n", /* no header */
    "hypothesis\tpremise\tgold_label\nb'\t\"a\tentailment\nd\tc\tnot_entailment\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autoptr (WbDataset) first = load ("rte", same[0]);
      g_autoptr (WbDataset) set = load ("rte", same[i]);

      g_assert_cmpuint (wb_dataset_get_n_examples (set), ==, 2);
      g_assert_cmpstr (wb_dataset_get_examples (set)[0].text, ==, "\"a");
      g_assert_cmpstr (wb_dataset_get_examples (set)[0].pair, ==, "b'");
      g_assert_cmpint (wb_dataset_get_examples (set)[1].label, ==, 0);
      g_assert_cmpstr (wb_dataset_get_digest (set), ==, wb_dataset_get_digest (first));
    }
}

static void
test_line_numbers (void)
{
  g_autoptr (WbDataset) set =
      load ("rte", "\n" RTE "\r\n0\ta\tb\tentailment\n\n1\tc\td\tentailment");

  assert_example (set, 0, "a", "b", 1, 4);
  assert_example (set, 1, "c", "d", 1, 6);
}

static void
test_digest (void)
{
  static const char *const others[] = {
    RTE "0\ta\tc\tentailment\n",
    RTE "0\tab\t\tentailment\n",
    RTE "0\ta\tb\tnot_entailment\n",
    RTE "0\ta\tb\tentailment\n1\ta\tb\tentailment\n",
  };
  g_autoptr (WbDataset) set = load ("rte", RTE "0\ta\tb\tentailment\n");

  g_assert_cmpuint (strlen (wb_dataset_get_digest (set)), ==, 64);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (WbDataset) other = load ("rte", others[i]);
      g_assert_cmpstr (wb_dataset_get_digest (set), !=, wb_dataset_get_digest (other));
    }
}

static void
test_odd_rows (void)
{
  g_autoptr (WbDataset) set =
      load ("qqp", "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t1\t2\ta\tb\t1\n"
                   "2\t1\t2\ta\n3\t1\t2\ta\tb\tc\t0\n4\t1\t2\tc\td\t0\n");

  g_assert_cmpuint (wb_dataset_get_n_examples (set), ==, 2);
  g_assert_cmpuint (wb_dataset_get_n_skipped (set), ==, 2);
  assert_example (set, 1, "c", "d", 0, 5);
}

/* ---- predict ---- */

static void
test_ignore_labels (void)
{
  static const struct
  {
    const char *task, *text, *first, *pair;
    gsize       n;
  } cases[] = {
    { "rte", RTE "0\ta\tb\tnonsense\n", "a", "b", 1 },
    { "rte", "index\tsentence1\tsentence2\n0\ta\tb\n", "a", "b", 1 },
    { "rte", "a\tb\nc\td\n", "a", "b", 2 },                      /* plain pairs */
    { "rte", "0\ta\tb\tentailment\n1\tc\td\t?\n", "a", "b", 2 }, /* labels, no header */
    { "sst-2", "good film\nbad film\n", "good film", NULL, 2 },  /* plain sentences */
    { "sst-2", "sentence\tlabel\na\t7\n", "a", NULL, 1 },
    { "cola", "gj04\t7\t\ta\n", "a", NULL, 1 },
    { "cola", "index\tsentence\n0\ta\n", "a", NULL, 1 },
    { "cola", "a\nb\nc\n", "a", NULL, 3 },
    { "qnli", "index\tquestion\tsentence\n0\ta\tb\n", "a", "b", 1 },
    { "stsb", "a\tb\n", "a", "b", 1 },
    { "ax", "Premise\tHypothesis\na\tb\n", "a", "b", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (WbSplitRole role = WB_SPLIT_TRAIN; role <= WB_SPLIT_TEST; role++)
      {
        g_autoptr (GError) error = NULL;
        g_autoptr (WbDataset) set =
            load_n (cases[i].task, cases[i].text, -1, "-", role, WB_DATASET_IGNORE_LABELS, &error);

        g_assert_no_error (error);
        g_assert_cmpuint (wb_dataset_get_n_examples (set), ==, cases[i].n);
        g_assert_cmpstr (wb_dataset_get_examples (set)->text, ==, cases[i].first);
        g_assert_cmpstr (wb_dataset_get_examples (set)->pair, ==, cases[i].pair);
        g_assert_cmpint (wb_dataset_get_examples (set)->label, ==, -1);
      }
}

/* ---- JSON Lines ---- */

static void
test_json (void)
{
  static const char text[] =
      "{\"premise\": \"a \\\"q\\\" \\u00e9\\ud83d\\ude00\\n\", \"hypothesis\": \"b\", \"label\": "
      "\"neutral\"}\n\n"
      "{\"x\":[1,{\"y\":\"]}\"}],\"label\":\"entailment\",\"sentence2\":\"d\",\"sentence1\":\"c\","
      "\"z\":null}\r\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (WbDataset) set =
      load_n ("mnli", text, -1, "x.jsonl", WB_SPLIT_DEV, WB_DATASET_DEFAULT, &error);
  g_autoptr (WbDataset) numbers = NULL;

  g_assert_no_error (error);
  assert_example (set, 0, "a \"q\" é😀\n", "b", 1, 1);
  assert_example (set, 1, "c", "d", 2, 3);
  numbers = load_n ("sst-2", "{\"sentence\":\"a\",\"label\":1}\n{\"text\":\"b\",\"label\":\"0\"}",
                    -1, "x.jsonl", WB_SPLIT_TRAIN, WB_DATASET_DEFAULT, &error);
  g_assert_no_error (error);
  assert_example (numbers, 0, "a", NULL, 1, 1);
  assert_example (numbers, 1, "b", NULL, 0, 2);
}

static void
test_bad_json (void)
{
  static const struct
  {
    const char    *text, *part;
    WbDatasetError code;
  } cases[] = {
    { "{\"sentence\":\"a\",\"label\":1}\n{\"sentence\":\"a\"", ":2: byte 15",
      WB_DATASET_ERROR_ROW },
    { "[1]", "object", WB_DATASET_ERROR_ROW },
    { "{\"sentence\":\"a\",\"label\":1} x", "behind", WB_DATASET_ERROR_ROW },
    { "{\"sentence\":\"\\ud83d\",\"label\":1}", "surrogate", WB_DATASET_ERROR_ROW },
    { "{\"sentence\":\"\\ude00\",\"label\":1}", "surrogate", WB_DATASET_ERROR_ROW },
    { "{\"sentence\":\"a\\u0000\",\"label\":1}", "NUL", WB_DATASET_ERROR_ROW },
    { "{\"sentence\":\"a\\q\",\"label\":1}", "escape", WB_DATASET_ERROR_ROW },
    { "{\"sentence\":\"a\tb\",\"label\":1}", "control", WB_DATASET_ERROR_ROW },
    { "{\"sentence\":\"a", "does not end", WB_DATASET_ERROR_ROW },
    { "{\"sentence\":\"a\\", "escape", WB_DATASET_ERROR_ROW },
    { "{\"sentence\":tru}", "no JSON value", WB_DATASET_ERROR_ROW },
    { "{\"sentence\":", "no JSON value", WB_DATASET_ERROR_ROW },
    { "{\"label\":1}", "sentence", WB_DATASET_ERROR_COLUMN },
    { "{\"sentence\":[\"a\"],\"label\":1}", "sentence", WB_DATASET_ERROR_COLUMN },
    { "{\"sentence\":\"a\"}", "label", WB_DATASET_ERROR_COLUMN },
    { "{\"sentence\":\"a\",\"label\":null}", "label", WB_DATASET_ERROR_COLUMN },
    { "{\"sentence\":\"a\",\"label\":2}", "'2' is not a label", WB_DATASET_ERROR_LABEL },
    { "\n\n", "no examples", WB_DATASET_ERROR_EMPTY },
  };
  g_autoptr (GString) deep = g_string_new ("{\"x\":");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          load_n ("sst-2", cases[i].text, -1, "x.jsonl", WB_SPLIT_DEV, WB_DATASET_DEFAULT, &error));
      g_assert_error (error, WB_DATASET_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].part));
    }
  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, i % 2 == 0 ? '[' : '{');
  g_assert_null (
      load_n ("sst-2", deep->str, -1, "x.jsonl", WB_SPLIT_DEV, WB_DATASET_DEFAULT, NULL));
}

/* ---- bad files ---- */

typedef struct
{
  const char    *what;
  const char    *task;
  const char    *text;
  gssize         length;
  WbDatasetError code;
  const char    *part; /* of the message */
} Bad;

static const Bad bad[] = {
  { "empty", "rte", "", -1, WB_DATASET_ERROR_EMPTY, "dev.tsv: no examples" },
  { "blank", "rte", "\n\n \n", -1, WB_DATASET_ERROR_EMPTY, "dev.tsv: no examples" },
  { "bom", "rte", "\xef\xbb\xbf", -1, WB_DATASET_ERROR_EMPTY, "no examples" },
  { "header-only", "rte", RTE, -1, WB_DATASET_ERROR_EMPTY, "no examples" },
  { "few", "rte", RTE "0\ta\tb\n", -1, WB_DATASET_ERROR_ROW,
    "dev.tsv:2: the row has 3 columns, the header 4" },
  { "many", "rte", RTE "0\ta\tb\tentailment\n1\ta\tb\tc\tentailment\n", -1, WB_DATASET_ERROR_ROW,
    "dev.tsv:3: the row has 5" },
  { "tabs", "rte", RTE "\t\t\t\n", -1, WB_DATASET_ERROR_LABEL, "dev.tsv:2: column 4: '' is not" },
  { "few-cola", "cola", "gj04\t1\t\ta\ngj04\t1\n", -1, WB_DATASET_ERROR_ROW,
    "dev.tsv:2: the row has 2 columns, the first row 4" },
  { "first-cola", "cola", "gj04\t1\n", -1, WB_DATASET_ERROR_ROW,
    "dev.tsv:1: the row has 2 columns, 4 are needed" },
  { "all-odd", "qqp", "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\n", -1,
    WB_DATASET_ERROR_EMPTY, "wrong number" },
  { "header", "rte", "index\tfirst\tsecond\tlabel\n0\ta\tb\tentailment\n", -1,
    WB_DATASET_ERROR_COLUMN,
    "dev.tsv:1: no column 'sentence1', which RTE needs; the header has 'index', 'first'" },
  { "header-pair", "rte", "index\tsentence1\tlabel\n0\ta\tentailment\n", -1,
    WB_DATASET_ERROR_COLUMN, "'sentence2'" },
  { "header-label", "rte", "index\tsentence1\tsentence2\n0\ta\tb\n", -1, WB_DATASET_ERROR_COLUMN,
    "no column 'label'" },
  { "label", "rte", RTE "0\ta\tb\tmaybe\n", -1, WB_DATASET_ERROR_LABEL,
    "dev.tsv:2: column 4: 'maybe' is not a label of RTE (not_entailment, entailment)" },
  { "label-case", "rte", RTE "0\ta\tb\tEntailment\n", -1, WB_DATASET_ERROR_LABEL, "'Entailment'" },
  { "label-dash", "mnli", "sentence1\tsentence2\tgold_label\na\tb\t-\n", -1, WB_DATASET_ERROR_LABEL,
    "'-' is not a label of MNLI" },
  { "score-text", "stsb", "sentence1\tsentence2\tscore\na\tb\tmuch\n", -1, WB_DATASET_ERROR_LABEL,
    "'much'" },
  { "score-nan", "stsb", "sentence1\tsentence2\tscore\na\tb\tnan\n", -1, WB_DATASET_ERROR_LABEL,
    "from 0 to 5" },
  { "score-high", "stsb", "sentence1\tsentence2\tscore\na\tb\t5.01\n", -1, WB_DATASET_ERROR_LABEL,
    "'5.01'" },
  { "score-tail", "stsb", "sentence1\tsentence2\tscore\na\tb\t5 x\n", -1, WB_DATASET_ERROR_LABEL,
    "'5 x'" },
  { "utf8", "rte", RTE "0\ta\tb\tentailment\n1\tc\xff\td\tentailment\n", -1,
    WB_DATASET_ERROR_ENCODING, "dev.tsv:3: column 2: not UTF-8 at byte 52 of the file (0xff)" },
  { "latin1", "rte", RTE "0\tcaf\xe9 \tb\tentailment\n", -1, WB_DATASET_ERROR_ENCODING,
    "dev.tsv:2: column 2" },
  { "overlong", "rte", RTE "0\t\xc0\xaf\tb\tentailment\n", -1, WB_DATASET_ERROR_ENCODING,
    "column 2" },
  { "surrogate", "rte", RTE "0\t\xed\xa0\x80\tb\tentailment\n", -1, WB_DATASET_ERROR_ENCODING,
    "column 2" },
  { "utf16", "rte", "\xff\xfei\0n\0", 6, WB_DATASET_ERROR_ENCODING,
    "dev.tsv:1: column 1: not UTF-8 at byte 0" },
  { "nul", "sst-2", "sentence\tlabel\na\0b\t1\n", 21, WB_DATASET_ERROR_ENCODING,
    "dev.tsv:2: column 1: a NUL at byte 16" },
  { "cut", "sst-2", "sentence\tlabel\na\xe2\x82", -1, WB_DATASET_ERROR_ENCODING,
    "dev.tsv:2: column 1" },
  { "gzip", "rte", "\x1f\x8b\x08\0\0\0\0\0\0\x03garbage", 17, WB_DATASET_ERROR_IO,
    "gzip data is damaged" },
};

static void
test_bad (gconstpointer data)
{
  const Bad *b = data;
  g_autoptr (GError) error = NULL;

  g_assert_null (
      load_n (b->task, b->text, b->length, "dev.tsv", WB_SPLIT_DEV, WB_DATASET_DEFAULT, &error));
  g_assert_error (error, WB_DATASET_ERROR, (int) b->code);
  if (strstr (error->message, b->part) == NULL)
    g_error ("'%s' does not say '%s'", error->message, b->part);
  g_assert_null (strchr (error->message, '\n'));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_one_class (void)
{
  g_autoptr (WbDataset) set = load ("rte", RTE "0\ta\tb\tentailment\n1\tc\td\tentailment\n");
  g_autoptr (WbDataset) scores = load ("stsb", "sentence1\tsentence2\tscore\na\tb\t2\nc\td\t2\n");
  g_autoptr (GError) error = NULL;

  g_assert_false (wb_dataset_check_trainable (set, &error));
  g_assert_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_ONE_CLASS);
  g_assert_nonnull (strstr (error->message, "'entailment'"));
  g_clear_error (&error);
  g_assert_false (wb_dataset_check_trainable (scores, &error));
  g_assert_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_ONE_CLASS);
}

/* ---- files ---- */

static GBytes *
pack (const char *text)
{
  g_autoptr (GConverter) zlib =
      G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9));
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, zlib);

  g_assert_true (g_output_stream_write_all (stream, text, strlen (text), NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static void
test_gzip (void)
{
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "dev.tsv", NULL); /* seen by its bytes */
  g_autoptr (GBytes) one = pack (RTE "0\ta\tb\tentailment\n");
  g_autoptr (GBytes) two = pack ("1\tc\td\tnot_entailment\n");
  g_autoptr (GByteArray) both = g_byte_array_new ();
  g_autoptr (WbDataset) set = NULL;
  g_autoptr (GError) error = NULL;
  gsize n = g_bytes_get_size (one);

  g_byte_array_append (both, g_bytes_get_data (one, NULL), (guint) n);
  g_byte_array_append (both, g_bytes_get_data (two, NULL), (guint) g_bytes_get_size (two));
  g_assert_true (g_file_set_contents (path, (char *) both->data, both->len, NULL));
  set = wb_dataset_load (wb_task_find ("rte"), path, WB_SPLIT_DEV, WB_DATASET_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wb_dataset_get_n_examples (set), ==, 2);

  for (gsize cut = 2; cut < n; cut++) /* every truncation of a member is seen */
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (one, 0, cut);
      g_assert_null (wb_data_file_unpack (part, "x", 1 << 20, NULL));
    }
  g_assert_null (wb_data_file_unpack (one, "x", 10, &error));
  g_assert_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_IO);
  g_clear_error (&error);
  g_byte_array_append (both, (const guint8 *) "tail", 4);
  g_assert_true (g_file_set_contents (path, (char *) both->data, both->len, NULL));
  g_assert_null (wb_data_file_read (path, &error));
  g_assert_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_IO);
}

static void
test_no_file (void)
{
  g_autoptr (WbTestFolder) folder = wb_test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "dev.tsv", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (
      wb_dataset_load (wb_task_find ("rte"), path, WB_SPLIT_DEV, WB_DATASET_DEFAULT, &error));
  g_assert_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_MISSING);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);
  g_assert_null (
      wb_dataset_load (wb_task_find ("rte"), folder, WB_SPLIT_DEV, WB_DATASET_DEFAULT, &error));
  g_assert_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_IO);
}

/* Whatever bytes come, a data set or an error: never a crash, never a text that is not UTF-8. */
static void
test_random_bytes (void)
{
  static const char alphabet[] = "\t\t\t\n\n{}[]\":,\\u0d8 01entailment\xc3\xa9\xff\r\xef\xbb\xbf";
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < 20000; i++)
    {
      const WbTask *task = wb_task_get_nth ((gsize) g_rand_int_range (rand, 0, 12));
      char          text[64];
      gsize         n = (gsize) g_rand_int_range (rand, 0, sizeof text);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (WbDataset) set = NULL;
      g_autoptr (GError) error = NULL;

      for (gsize k = 0; k < n; k++)
        text[k] = alphabet[g_rand_int_range (rand, 0, sizeof alphabet - 1)];
      bytes = g_bytes_new (text, n);
      set = wb_dataset_load_bytes (task, bytes, i % 2 == 0 ? "x.jsonl" : "x.tsv",
                                   (WbSplitRole) g_rand_int_range (rand, 0, 3),
                                   (WbDatasetFlags) g_rand_int_range (rand, 0, 2), &error);
      g_assert_true ((set == NULL) == (error != NULL));
      for (gsize k = 0; set != NULL && k < wb_dataset_get_n_examples (set); k++)
        g_assert_true (g_utf8_validate (wb_dataset_get_examples (set)[k].text, -1, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/data/dataset/layout/%s-%zu", layouts[i].task, i);
      g_test_add_data_func (path, &layouts[i], test_layout);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = g_strdup_printf ("/data/dataset/bad/%s", bad[i].what);
      g_test_add_data_func (path, &bad[i], test_bad);
    }
  g_test_add_func ("/data/dataset/lines", test_lines);
  g_test_add_func ("/data/dataset/line-numbers", test_line_numbers);
  g_test_add_func ("/data/dataset/digest", test_digest);
  g_test_add_func ("/data/dataset/odd-rows", test_odd_rows);
  g_test_add_func ("/data/dataset/ignore-labels", test_ignore_labels);
  g_test_add_func ("/data/dataset/json", test_json);
  g_test_add_func ("/data/dataset/bad-json", test_bad_json);
  g_test_add_func ("/data/dataset/one-class", test_one_class);
  g_test_add_func ("/data/dataset/gzip", test_gzip);
  g_test_add_func ("/data/dataset/no-file", test_no_file);
  g_test_add_func ("/data/dataset/random-bytes", test_random_bytes);
  return g_test_run ();
}
