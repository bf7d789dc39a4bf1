#include "config.h"

#include "app/demo/wb-demo.h"

#include "data/datasets/wb-sample-grammar.h"
#include "engine/tokenizer/wb-tokenizer-train.h"
#include "engine/tokenizer/wb-tokenizer.h"

#define DATA_SEED 1
#define N_DEV 500
#define N_WORDS_TRAIN 4000 /* of sample-words, which demo leaves to the user to train */
#define N_SENTENCES 4000   /* that the vocabulary is made from */
#define N_PIECES 600       /* as many as the words ask for: the text has no more than about 420 */

typedef struct
{
  WbSampleKind      kind;
  const char       *task;
  const char       *name;
  const char       *question;
  const char       *example;
  gsize             n_train;
  const char *const settings[12]; /* pairs */
} DemoRun;

/* Measured: docs/samples.md. */
static const DemoRun runs[WB_DEMO_N_RUNS] = {
  {
      WB_SAMPLE_ORDER,
      "sample-order",
      "Demo: word order",
      "Are the words of a sentence in the right order?",
      "The small dog saw the cat.",
      8000,
      { "epochs", "4", "batch-size", "64", "learning-rate", "1e-3", "max-length", "64", "threads",
        "1", NULL },
  },
  {
      WB_SAMPLE_ROLES,
      "sample-roles",
      "Demo: who did what to whom",
      "Do two sentences tell the same event?",
      "The dog saw the cat.\\tThe cat saw the dog.",
      8000,
      { "epochs", "12", "batch-size", "64", "learning-rate", "1e-3", "max-length", "64", "threads",
        "1", NULL },
  },
};

/* The shape: DeBERTa-v3 in everything but size.  Weights begin larger than a big model's (0.02):
 * with 64 numbers a token nothing is learnt otherwise in this time. */
static const char shape[] = "{\n"
                            "  \"model_type\": \"deberta-v2\",\n"
                            "  \"vocab_size\": %" G_GSIZE_FORMAT ",\n"
                            "  \"hidden_size\": 64,\n"
                            "  \"num_hidden_layers\": 2,\n"
                            "  \"num_attention_heads\": 4,\n"
                            "  \"intermediate_size\": 256,\n"
                            "  \"hidden_act\": \"gelu\",\n"
                            "  \"hidden_dropout_prob\": 0.0,\n"
                            "  \"attention_probs_dropout_prob\": 0.0,\n"
                            "  \"max_position_embeddings\": 64,\n"
                            "  \"type_vocab_size\": 0,\n"
                            "  \"initializer_range\": 0.1,\n"
                            "  \"layer_norm_eps\": 1e-7,\n"
                            "  \"relative_attention\": true,\n"
                            "  \"max_relative_positions\": -1,\n"
                            "  \"position_buckets\": 32,\n"
                            "  \"norm_rel_ebd\": \"layer_norm\",\n"
                            "  \"share_att_key\": true,\n"
                            "  \"pos_att_type\": \"p2c|c2p\",\n"
                            "  \"position_biased_input\": false,\n"
                            "  \"pad_token_id\": 0,\n"
                            "  \"pooler_dropout\": 0,\n"
                            "  \"pooler_hidden_act\": \"gelu\",\n"
                            "  \"pooler_hidden_size\": 64\n"
                            "}\n";

static gboolean
write_vocabulary (const char *folder, gsize *n_ids, GError **error)
{
  g_auto (GStrv) sentences = wb_sample_new_sentences (DATA_SEED, N_SENTENCES);
  g_autoptr (WbTokenizer) tokenizer = NULL;

  if (!wb_tokenizer_train ((const char *const *) sentences, g_strv_length (sentences), N_PIECES,
                           TRUE, folder, error))
    return FALSE;
  tokenizer = wb_tokenizer_load (folder, error);
  if (tokenizer == NULL)
    return FALSE;
  *n_ids = wb_tokenizer_get_n_ids (tokenizer);
  return TRUE;
}

static gboolean
write_shape (const char *folder, gsize n_ids, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "config.json", NULL);
  g_autofree char *text = g_strdup_printf (shape, n_ids);

  return g_file_set_contents (path, text, -1, error);
}

gboolean
wb_demo_prepare (WbWorkspace *workspace, gsize *n_pieces, GError **error)
{
  g_autofree char *model = wb_workspace_dup_path (workspace, "models", "sample", NULL);
  g_autofree char *words = NULL;
  gsize            n_ids;

  for (guint i = 0; i < WB_DEMO_N_RUNS; i++)
    {
      g_autofree char *folder = wb_workspace_dup_path (workspace, "datasets", runs[i].task, NULL);
      if (!wb_sample_write (runs[i].kind, folder, DATA_SEED, runs[i].n_train, N_DEV, error))
        return FALSE;
    }
  words = wb_workspace_dup_path (workspace, "datasets", "sample-words", NULL);
  if (!wb_sample_write (WB_SAMPLE_WORDS, words, DATA_SEED, N_WORDS_TRAIN, N_DEV, error))
    return FALSE;
  if (!write_vocabulary (model, &n_ids, error) || !write_shape (model, n_ids, error))
    return FALSE;
  if (n_pieces != NULL)
    *n_pieces = n_ids;
  return TRUE;
}

WbRunSpec *
wb_demo_new_spec (WbWorkspace *workspace, guint index, guint64 seed, GError **error)
{
  g_autofree char *config =
      wb_workspace_dup_path (workspace, "models", "sample", "config.json", NULL);
  g_autofree char *data = NULL;
  g_autofree char *seed_text = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);
  g_autoptr (WbRunSpec) spec = wb_run_spec_new (workspace);
  const DemoRun *run;

  g_return_val_if_fail (index < WB_DEMO_N_RUNS, NULL);

  run = &runs[index];
  data = wb_workspace_dup_path (workspace, "datasets", run->task, NULL);
  if (!wb_run_spec_set (spec, "init-from-config", config, error) ||
      !wb_run_spec_set (spec, "task", run->task, error) ||
      !wb_run_spec_set (spec, "data", data, error) ||
      !wb_run_spec_set (spec, "name", run->name, error) ||
      !wb_run_spec_set (spec, "seed", seed_text, error))
    return NULL;
  for (gsize i = 0; run->settings[i] != NULL; i += 2)
    if (!wb_run_spec_set (spec, run->settings[i], run->settings[i + 1], error))
      return NULL;
  return g_steal_pointer (&spec);
}

gsize
wb_demo_get_n_unseen (guint index)
{
  g_return_val_if_fail (index < WB_DEMO_N_RUNS, 0);
  return N_DEV;
}

const char *
wb_demo_get_task (guint index)
{
  g_return_val_if_fail (index < WB_DEMO_N_RUNS, NULL);
  return runs[index].task;
}

const char *
wb_demo_get_question (guint index)
{
  g_return_val_if_fail (index < WB_DEMO_N_RUNS, NULL);
  return runs[index].question;
}

const char *
wb_demo_get_example (guint index)
{
  g_return_val_if_fail (index < WB_DEMO_N_RUNS, NULL);
  return runs[index].example;
}
