#include "app/export/wb-model-card-private.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tests/support/wb-test-folder.h"

/* The card is read as a hub reads it: lines of YAML between two "---".  That its whole is valid is
 * checked against huggingface_hub by tests/vectors/export-roundtrip.py. */

#define V3                                                                                         \
  "{\"model_type\":\"deberta-v2\",\"vocab_size\":128100,\"hidden_size\":768,\"num_hidden_"         \
  "layers\":6,"                                                                                    \
  "\"num_attention_heads\":12,\"intermediate_size\":3072,\"relative_attention\":true,"             \
  "\"id2label\":{\"0\":\"not_entailment\",\"1\":\"a | b\"}}"

typedef struct
{
  char          *folder;
  WbModelConfig *config;
  WbRunPlan     *plan;
  WbRunRecord   *record;
  GPtrArray     *results;
  gsize          n_train;
} Fixture;

static void
add_result (Fixture *self, const char *split, const char *metric, double value)
{
  WbResultRecord *result = wb_result_record_new ();

  result->split = g_strdup (split);
  result->metric = g_strdup (metric);
  result->value = value;
  g_ptr_array_add (self->results, result);
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->folder = wb_test_folder_new ();
  self->config = wb_model_config_parse (V3, -1, "test", NULL);
  g_assert_nonnull (self->config);
  self->plan = wb_run_plan_new ();
  self->plan->task = wb_task_find ("rte");
  self->plan->model_path = g_build_filename (self->folder, "deberta-v3-small", NULL);
  self->plan->train_path = g_strdup ("/home/somebody/secret/train.tsv");
  self->plan->name = g_strdup ("rte: \"best\" #1");
  self->plan->train_digest = g_strdup ("0123abcd");
  self->plan->seed = 7;
  self->n_train = 2490;
  g_ptr_array_add (self->plan->evaluations,
                   wb_plan_split_new ("dev", "/home/somebody/secret/dev.tsv.gz"));
  self->record = wb_run_record_new ();
  self->record->best_step = 60;
  self->record->total_steps = 78;
  self->record->metric = g_strdup ("accuracy");
  self->record->fingerprint = g_strdup ("1 thread, avx2");
  self->record->seconds = 12.4;
  self->results = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_result_record_free);
  add_result (self, "dev", "accuracy", 0.875);
  add_result (self, "other.tsv", "accuracy", 0.5);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_ptr_array_unref (self->results);
  wb_run_record_free (self->record);
  wb_run_plan_free (self->plan);
  wb_model_config_free (self->config);
  wb_test_folder_free (self->folder);
}

static char *
card_text (const Fixture *self, gboolean with_run)
{
  const WbModelCard card = {
    .name = "rte: \"best\" #1",
    .config = self->config,
    .architecture = "DebertaV2ForSequenceClassification",
    .dtype = with_run ? "f32" : "f16",
    .source = self->plan->model_path,
    .plan = with_run ? self->plan : NULL,
    .record = with_run ? self->record : NULL,
    .n_train = self->n_train,
    .results = with_run ? self->results : NULL,
  };

  return wb_model_card_dup_text (&card);
}

static void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("no “%s” in\n%s", part, text);
}

static void
assert_has_not (const char *text, const char *part)
{
  if (strstr (text, part) != NULL)
    g_error ("“%s” in\n%s", part, text);
}

static void
test_front_matter (Fixture *self, gconstpointer data)
{
  g_autofree char *text = card_text (self, TRUE);

  g_assert_true (g_str_has_prefix (text, "---\nlibrary_name: \"transformers\"\n"));
  assert_has (text, "\npipeline_tag: \"text-classification\"\n");
  assert_has (text, "\nbase_model: \"microsoft/deberta-v3-small\"\n");
  assert_has (text, "\ndatasets:\n- \"nyu-mll/glue\"\n");
  assert_has (text, "\nmetrics:\n- \"accuracy\"\nmodel-index:\n- name: \"rte: \\\"best\\\" #1\"\n");
  assert_has (text, "      config: \"rte\"\n      split: \"validation\"\n    metrics:\n"
                    "    - type: \"accuracy\"\n      name: \"accuracy\"\n      value: 0.875000\n"
                    "  - task:\n");
  assert_has_not (text, "license:");
}

static void
test_body (Fixture *self, gconstpointer data)
{
  g_autofree char *text = card_text (self, TRUE);

  assert_has (text, "\n# rte: \"best\" \\#1\n");
  assert_has (text, "from [microsoft/deberta-v3-small](https://huggingface.co/microsoft/");
  assert_has (text, "| 1 | a \\| b |\n");
  assert_has (text, "\n2490 training examples: GLUE's, by number and names.\n");
  assert_has (text, "| training | train.tsv |\n| dev | dev.tsv.gz |\n");
  assert_has (text, "after step 60 of 78, the best by accuracy");
  assert_has (text, "| dev | accuracy | 0.8750 |\n| other.tsv | accuracy | 0.5000 |\n");
  assert_has (text, "| seed | 7 |\n");
  assert_has (text, "| learning-rate | ");
  assert_has (text, "tokenizer(\"first text\", \"second text\", return_tensors");
  assert_has (text, "AutoModelForSequenceClassification.from_pretrained(folder)\n");
  assert_has (text, "1 thread, avx2; 12 seconds of training");
  assert_has_not (text, "somebody"); /* no path of this machine */
  assert_has_not (text, self->folder);
}

/* Files with other names, or another number of examples, are not claimed to be GLUE's. */
static void
test_own_data (Fixture *self, gconstpointer data)
{
  g_autofree char *text = NULL;

  g_free (self->plan->train_path);
  self->plan->train_path = g_strdup ("/x/mine.tsv");
  text = card_text (self, TRUE);
  assert_has_not (text, "glue");
  assert_has (text, "      type: \"own\"\n");
  assert_has (text, "\n2490 training examples, in the layout of RTE.\n");
}

static void
test_other_number (Fixture *self, gconstpointer data)
{
  static const gsize numbers[] = { 2489, 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *text = NULL;

      self->n_train = numbers[i];
      text = card_text (self, TRUE);
      assert_has_not (text, "glue");
      assert_has (text, "own data, RTE");
    }
}

static void
test_licence (Fixture *self, gconstpointer data)
{
  static const char *const cards[] = {
    "---\nlanguage: en\nlicense: apache-2.0\n---\n# x\n",
    "---\nlicense: mit\r\n---\n",
    "---\nlicense: [a, b]\n---\n",
    "license: mit\n",
    "---\nlanguage: en\n---\nlicense: mit\n",
    "---\nlicense: \"m\n---\n",
  };
  static const char *const expected[] = { "apache-2.0", "mit", NULL, NULL, NULL, NULL };
  g_autofree char         *path = g_build_filename (self->plan->model_path, "README.md", NULL);

  g_assert_cmpint (g_mkdir (self->plan->model_path, 0700), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (cards); i++)
    {
      g_autofree char *licence = NULL, *text = NULL;

      g_assert_true (g_file_set_contents (path, cards[i], -1, NULL));
      licence = wb_model_card_dup_licence (self->plan->model_path);
      g_assert_cmpstr (licence, ==, expected[i]);
      text = card_text (self, TRUE);
      g_assert_cmpint (strstr (text, "\nlicense: ") != NULL, ==, expected[i] != NULL);
    }
}

/* A folder that was converted: nothing about a task. */
static void
test_without_run (Fixture *self, gconstpointer data)
{
  g_autofree char *text = card_text (self, FALSE);

  assert_has (text, "base_model: \"microsoft/deberta-v3-small\"\n");
  assert_has (text, "converted by DeBERTa Workbench");
  assert_has (text, "from_pretrained(folder, dtype=\"float32\")");
  assert_has (text, "stored as float16");
  assert_has_not (text, "## Task");
  assert_has_not (text, "model-index");
}

static void
test_hub_name (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *folder, *name;
  } cases[] = {
    { "/a/models--me--my--model/snapshots/0a1b", "me/my--model" },
    { "/a/deberta-v3-small", "microsoft/deberta-v3-small" },
    { "/a/deberta-v3-large", NULL }, /* another shape */
    { "/a/mine", NULL },
    { "/", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = wb_model_card_dup_hub_name (cases[i].folder, self->config);
      g_assert_cmpstr (name, ==, cases[i].name);
    }
  self->config->vocab_size = 251000; /* the name alone does not make it */
  g_assert_null (wb_model_card_dup_hub_name ("/a/deberta-v3-small", self->config));
}

/* What the card says to run must run: predict knows the heads of the tasks alone. */
static void
test_commands (Fixture *self, gconstpointer data)
{
  WbModelCard      card = { .name = "x",
                            .config = self->config,
                            .dtype = "f32",
                            .source = self->folder };
  g_autofree char *classes = NULL, *masked = NULL, *bare = NULL, *choice = NULL;

  card.architecture = "DebertaForSequenceClassification";
  classes = wb_model_card_dup_text (&card);
  assert_has (classes, "deberta-workbench predict --model");
  card.architecture = "DebertaV2ForMaskedLM";
  masked = wb_model_card_dup_text (&card);
  assert_has (masked, "deberta-workbench attention --model PATH-OF-THIS-FOLDER --text TEXT");
  assert_has_not (masked, "deberta-workbench predict");
  card.architecture = "DebertaV2Model";
  bare = wb_model_card_dup_text (&card);
  assert_has_not (bare, "deberta-workbench predict");
  assert_has (bare, "inputs = tokenizer(\"a text\", return_tensors=\"pt\")\n"
                    "outputs = model(**inputs)\n```\n");
  card.architecture = "DebertaV2ForMultipleChoice"; /* run with transformers 5.23: logits (1, 2) */
  choice = wb_model_card_dup_text (&card);
  assert_has (choice, "from transformers import AutoModelForMultipleChoice, AutoTokenizer");
  assert_has (choice, "inputs = tokenizer([\"the question\"] * len(choices), choices, "
                      "padding=True, return_tensors=\"pt\")\n"
                      "outputs = model(**{name: rows.unsqueeze(0) for name, rows in "
                      "inputs.items()})\n```\n");
}

#define ADD(name, function)                                                                        \
  g_test_add ("/app/model-card/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("front-matter", test_front_matter);
  ADD ("body", test_body);
  ADD ("own-data", test_own_data);
  ADD ("other-number", test_other_number);
  ADD ("licence", test_licence);
  ADD ("without-run", test_without_run);
  ADD ("commands", test_commands);
  ADD ("hub-name", test_hub_name);
  return g_test_run ();
}
