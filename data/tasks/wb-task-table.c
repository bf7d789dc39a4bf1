#include "config.h"

#include "data/tasks/wb-task-private.h"

#include <glib/gi18n-lib.h>

/* Fact sheet 6.3: columns by the names of the official headers and by number.  Segments are in the
 * order of transformers' examples (QNLI: question, then sentence). */

#define NONE                                                                                       \
  {                                                                                                \
    { NULL }, WB_NO_COLUMN                                                                         \
  }
#define COLUMN(number, ...)                                                                        \
  {                                                                                                \
    { __VA_ARGS__, NULL }, number                                                                  \
  }
#define BARE(number)                                                                               \
  {                                                                                                \
    { NULL }, number                                                                               \
  }

#define SENTENCE_1(n) COLUMN (n, "sentence1", "premise")
#define SENTENCE_2(n) COLUMN (n, "sentence2", "hypothesis")

/* index, sentence1, sentence2, label: RTE, WNLI, the sample of pairs */
#define PAIR_LAYOUT                                                                                \
  .train = { TRUE, SENTENCE_1 (1), SENTENCE_2 (2), COLUMN (3, "label"), 0 },                       \
  .test = { TRUE, SENTENCE_1 (1), SENTENCE_2 (2), NONE, 0 }
/* source, label, mark, sentence, without a header; test: index, sentence */
#define COLA_LAYOUT                                                                                \
  .train = { FALSE, COLUMN (3, "sentence"), NONE, COLUMN (1, "label"), 0 },                        \
  .test = { TRUE, COLUMN (1, "sentence"), NONE, NONE, 0 }
#define MRPC_COLUMNS COLUMN (3, "#1 String"), COLUMN (4, "#2 String")
#define STS_COLUMNS SENTENCE_1 (7), SENTENCE_2 (8)
/* 12 columns in train, 16 in dev, 10 in test files: the label is the last */
#define MNLI_COLUMNS SENTENCE_1 (8), SENTENCE_2 (9)
#define QNLI_COLUMNS COLUMN (1, "question"), COLUMN (2, "sentence")

#define SPLITS(submission_name)                                                                    \
  .splits = { { "train", "train.tsv", WB_SPLIT_TRAIN, NULL, { NULL } },                            \
              { "dev", "dev.tsv", WB_SPLIT_DEV, NULL, { NULL } },                                  \
              { "test", "test.tsv", WB_SPLIT_TEST, submission_name, { NULL } } }

#define NLI_LABELS                                                                                 \
  {                                                                                                \
    "contradiction", "neutral", "entailment"                                                       \
  }
/* the columns of the word and its label; wb-conll-reader.h */
#define CONLL_LAYOUT                                                                               \
  .train = { FALSE, BARE (0), NONE, BARE (-1), 0 }, .test = { FALSE, BARE (0), NONE, NONE, 0 }
#define ENTITY_METRICS .metrics = { "f1", "precision", "recall", "accuracy" }, .selection = { "f1" }
#define ACCURACY .metrics = { "accuracy" }, .selection = { "accuracy" }
#define ACCURACY_F1 .metrics = { "accuracy", "f1" }, .selection = { "accuracy", "f1" }

#define XNLI_COLUMNS                                                                               \
  COLUMN (6, "sentence1", "premise"), COLUMN (7, "sentence2", "hypothesis", "hypo")

/* Fact sheet 6.10 */
static const char *const xnli_languages[] = { "ar", "bg", "de", "el", "en", "es", "fr", "hi",
                                              "ru", "sw", "th", "tr", "ur", "vi", "zh", NULL };

const WbTask wb_task_table[] = {
  {
      .name = "cola",
      .title = "CoLA",
      .summary = N_ ("Is the sentence acceptable English?"),
      .folder = "CoLA",
      .has_training = TRUE,
      .labels = { "0", "1" },
      .metrics = { "mcc", "accuracy" },
      .selection = { "mcc" },
      .published_tail = 1000,
      COLA_LAYOUT,
      SPLITS ("CoLA.tsv"),
  },
  {
      .name = "sst-2",
      .title = "SST-2",
      .summary = N_ ("Is the review positive or negative?"),
      .folder = "SST-2",
      .has_training = TRUE,
      .labels = { "0", "1" },
      ACCURACY,
      .train = { TRUE, COLUMN (0, "sentence"), NONE, COLUMN (1, "label"), 0 },
      .test = { TRUE, COLUMN (1, "sentence"), NONE, NONE, 0 },
      SPLITS ("SST-2.tsv"),
  },
  {
      .name = "mrpc",
      .title = "MRPC",
      .summary = N_ ("Do two sentences say the same?"),
      .folder = "MRPC",
      .is_pair = TRUE,
      .has_training = TRUE,
      .labels = { "0", "1" },
      ACCURACY_F1,
      .train = { TRUE, MRPC_COLUMNS, COLUMN (0, "Quality"), 0 },
      .test = { TRUE, MRPC_COLUMNS, NONE, 0 },
      SPLITS ("MRPC.tsv"),
  },
  {
      .name = "stsb",
      .title = "STS-B",
      .summary = N_ ("How alike are two sentences, from 0 to 5?"),
      .folder = "STS-B",
      .kind = WB_TASK_REGRESSION,
      .is_pair = TRUE,
      .has_training = TRUE,
      .metrics = { "pearson", "spearman" },
      .selection = { "pearson", "spearman" },
      .target_min = 0,
      .target_max = 5,
      .train = { TRUE, STS_COLUMNS, COLUMN (9, "score"), 0 },
      .test = { TRUE, STS_COLUMNS, NONE, 0 },
      SPLITS ("STS-B.tsv"),
  },
  {
      .name = "qqp",
      .title = "QQP",
      .summary = N_ ("Do two questions ask the same?"),
      .folder = "QQP",
      .is_pair = TRUE,
      .has_training = TRUE,
      .labels = { "0", "1" },
      ACCURACY_F1,
      .train = { TRUE, COLUMN (3, "question1"), COLUMN (4, "question2"), COLUMN (5, "is_duplicate"),
                 6 },
      .test = { TRUE, COLUMN (-2, "question1"), COLUMN (-1, "question2"), NONE, 0 },
      SPLITS ("QQP.tsv"),
  },
  {
      .name = "mnli",
      .title = "MNLI",
      .summary = N_ ("Does the first sentence entail, contradict or leave open the second?"),
      .folder = "MNLI",
      .is_pair = TRUE,
      .has_training = TRUE,
      .labels = NLI_LABELS,
      ACCURACY,
      .train = { TRUE, MNLI_COLUMNS, COLUMN (-1, "gold_label", "label"), 0 },
      .test = { TRUE, MNLI_COLUMNS, NONE, 0 },
      .splits = { { "train", "train.tsv", WB_SPLIT_TRAIN, NULL, { NULL } },
                  { "dev_matched", "dev_matched.tsv", WB_SPLIT_DEV, NULL, { NULL } },
                  { "dev_mismatched", "dev_mismatched.tsv", WB_SPLIT_DEV, NULL, { NULL } },
                  { "test_matched", "test_matched.tsv", WB_SPLIT_TEST, "MNLI-m.tsv", { NULL } },
                  { "test_mismatched",
                    "test_mismatched.tsv",
                    WB_SPLIT_TEST,
                    "MNLI-mm.tsv",
                    { NULL } } },
  },
  {
      .name = "qnli",
      .title = "QNLI",
      .summary = N_ ("Does the sentence answer the question?"),
      .folder = "QNLI",
      .is_pair = TRUE,
      .has_training = TRUE,
      .labels = { "not_entailment", "entailment" },
      ACCURACY,
      .published_swaps_pair = TRUE,
      .train = { TRUE, QNLI_COLUMNS, COLUMN (3, "label"), 0 },
      .test = { TRUE, QNLI_COLUMNS, NONE, 0 },
      SPLITS ("QNLI.tsv"),
  },
  {
      .name = "rte",
      .title = "RTE",
      .summary = N_ ("Does the first text entail the second?"),
      .folder = "RTE",
      .is_pair = TRUE,
      .has_training = TRUE,
      .labels = { "not_entailment", "entailment" },
      ACCURACY,
      PAIR_LAYOUT,
      SPLITS ("RTE.tsv"),
  },
  {
      .name = "wnli",
      .title = "WNLI",
      .summary = N_ ("Does the sentence with the pronoun replaced follow?"),
      .folder = "WNLI",
      .is_pair = TRUE,
      .has_training = TRUE,
      .labels = { "0", "1" },
      ACCURACY,
      PAIR_LAYOUT,
      SPLITS ("WNLI.tsv"),
  },
  {
      .name = "ax",
      .title = "AX",
      .summary = N_ ("GLUE's diagnostic set, for a model of MNLI"),
      .folder = "AX",
      .is_pair = TRUE,
      .labels = NLI_LABELS,
      .metrics = { "mcc", "accuracy" },
      .selection = { "mcc" },
      /* tags in columns 0 to 4; the server's file has index, sentence1, sentence2 */
      .train = { TRUE, COLUMN (5, "Premise", "sentence1"), COLUMN (6, "Hypothesis", "sentence2"),
                 COLUMN (7, "Label"), 0 },
      .test = { TRUE, COLUMN (1, "sentence1", "Premise"), COLUMN (2, "sentence2", "Hypothesis"),
                NONE, 0 },
      .splits = { { "dev", "diagnostic-full.tsv", WB_SPLIT_DEV, NULL, { NULL } },
                  { "test", "AX.tsv", WB_SPLIT_TEST, "AX.tsv", { NULL } } },
  },
  {
      .name = "xnli",
      .title = "XNLI",
      .summary = N_ ("MNLI's question in fifteen languages"),
      .folder = "XNLI-1.0",
      .is_pair = TRUE,
      .has_training = TRUE,
      .labels = NLI_LABELS,
      .aliases = { "contradictory", "contradiction" }, /* of the translated training files */
      ACCURACY,
      .train = { TRUE, XNLI_COLUMNS, COLUMN (1, "gold_label", "label"), 0 },
      .test = { TRUE, XNLI_COLUMNS, NONE, 0 },
      .bare = { FALSE, BARE (0), BARE (1), BARE (2), 3 }, /* of XTREME */
      .language = COLUMN (0, "language"),
      .languages = xnli_languages,
      .splits = { { "train",
                    "multinli.train.en.tsv",
                    WB_SPLIT_TRAIN,
                    NULL,
                    { "train-en.tsv", "train.tsv" } },
                  { "dev", "xnli.dev.tsv", WB_SPLIT_DEV, NULL, { "dev-*.tsv" } },
                  { "test", "xnli.test.tsv", WB_SPLIT_TEST, NULL, { "test-*.tsv" } } },
  },
  {
      .name = "ner",
      .title = "NER",
      .summary = N_ ("Which words name persons, organisations, places or something else?"),
      .folder = "conll2003",
      .kind = WB_TASK_TOKENS,
      .has_training = TRUE,
      .labels = { "O", "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC" },
      ENTITY_METRICS,
      CONLL_LAYOUT,
      .splits = { { "train", "train.txt", WB_SPLIT_TRAIN, NULL, { "eng.train" } },
                  { "dev", "valid.txt", WB_SPLIT_DEV, NULL, { "eng.testa", "dev.txt" } },
                  { "test", "test.txt", WB_SPLIT_TEST, NULL, { "eng.testb" } } },
  },
  {
      .name = "sample-order",
      .title = N_ ("Sample: word order"),
      .summary = N_ ("Are the words of a made-up sentence in the right order?"),
      .folder = "sample-order",
      .is_sample = TRUE,
      .has_training = TRUE,
      .labels = { "0", "1" },
      ACCURACY,
      COLA_LAYOUT,
      SPLITS (NULL),
  },
  {
      .name = "sample-roles",
      .title = N_ ("Sample: who did what to whom"),
      .summary = N_ ("Do two made-up sentences tell of the same event?"),
      .folder = "sample-roles",
      .is_pair = TRUE,
      .is_sample = TRUE,
      .has_training = TRUE,
      .labels = { "different", "same" },
      ACCURACY,
      PAIR_LAYOUT,
      SPLITS (NULL),
  },
  {
      .name = "sample-words",
      .title = N_ ("Sample: words and their roles"),
      .summary = N_ ("Which words of a made-up sentence say who, whom, where and when?"),
      .folder = "sample-words",
      .kind = WB_TASK_TOKENS,
      .is_sample = TRUE,
      .has_training = TRUE,
      .labels = { "O", "B-AGENT", "I-AGENT", "B-PATIENT", "I-PATIENT", "B-PLACE", "I-PLACE",
                  "B-TIME", "I-TIME" },
      ENTITY_METRICS,
      CONLL_LAYOUT,
      .splits = { { "train", "train.txt", WB_SPLIT_TRAIN, NULL, { NULL } },
                  { "dev", "dev.txt", WB_SPLIT_DEV, NULL, { NULL } } },
  },
};

const gsize wb_task_table_length = G_N_ELEMENTS (wb_task_table);
