#include "config.h"

#include "tests/support/wb-test-definition.h"

/* Families, variants and activations; heads are in test-model-gradients-heads.c. */

#define TINY                                                                                       \
  "\"model_type\": \"deberta-v2\", \"vocab_size\": 11, \"hidden_size\": 8, "                       \
  "\"num_attention_heads\": 2, \"num_hidden_layers\": 2, \"intermediate_size\": 12, "              \
  "\"relative_attention\": true, \"pos_att_type\": \"c2p|p2c\", \"share_att_key\": true, "         \
  "\"norm_rel_ebd\": \"layer_norm\", \"position_buckets\": 4, \"max_relative_positions\": 8, "     \
  "\"max_position_embeddings\": 16, \"position_biased_input\": false"
#define NO_DROPOUT ", \"hidden_dropout_prob\": 0, \"attention_probs_dropout_prob\": 0"
#define DROPOUT                                                                                    \
  ", \"hidden_dropout_prob\": 0.2, \"attention_probs_dropout_prob\": 0.15, "                       \
  "\"pooler_dropout\": 0.1, \"cls_dropout\": 0.25"

#define V1                                                                                         \
  "\"model_type\": \"deberta\", \"vocab_size\": 11, \"hidden_size\": 8, "                          \
  "\"num_attention_heads\": 2, \"num_hidden_layers\": 2, \"intermediate_size\": 12, "              \
  "\"relative_attention\": true, \"pos_att_type\": \"c2p|p2c\", "                                  \
  "\"max_position_embeddings\": 16, \"position_biased_input\": false"
#define CONV3 ", \"conv_kernel_size\": 3, \"conv_act\": \"gelu\""
#define CONV5 ", \"conv_kernel_size\": 5, \"conv_groups\": 2"
#define EMBEDDINGS                                                                                 \
  ", \"embedding_size\": 6, \"type_vocab_size\": 2, \"position_biased_input\": true"

static const WbHeadSpec classes = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 3 };
static const WbHeadSpec smooth = { .kind = WB_HEAD_CLASSIFICATION,
                                   .n_labels = 3,
                                   .label_smoothing = 0.1 };
static const float      weights[] = { 0.5f, 1.0f, 2.5f };
static const WbHeadSpec weighted = { .kind = WB_HEAD_CLASSIFICATION,
                                     .n_labels = 3,
                                     .class_weights = weights };
static const WbHeadSpec number = { .kind = WB_HEAD_REGRESSION, .n_labels = 1 };

static const struct
{
  const char       *name;
  const char       *config;
  const WbHeadSpec *head;
} cases[] = {
  { "v3", TINY NO_DROPOUT, &classes },
  { "v3-dropout", TINY DROPOUT, &classes },
  { "smoothing", TINY NO_DROPOUT, &smooth },
  { "weights", TINY NO_DROPOUT, &weighted },
  { "regression", TINY DROPOUT, &number },
  { "c2p", TINY NO_DROPOUT ", \"pos_att_type\": \"c2p\"", &classes },
  { "p2c", TINY NO_DROPOUT ", \"pos_att_type\": \"p2c\"", &classes },
  { "content-only", TINY DROPOUT ", \"relative_attention\": false", &classes },
  { "separate-keys", TINY DROPOUT ", \"share_att_key\": false", &classes },
  { "separate-c2p", TINY NO_DROPOUT ", \"share_att_key\": false, \"pos_att_type\": \"c2p\"",
    &classes },
  { "plain-table", TINY DROPOUT ", \"norm_rel_ebd\": \"none\"", &classes },
  { "no-buckets", TINY NO_DROPOUT ", \"position_buckets\": -1", &classes },
  { "embeddings", TINY DROPOUT EMBEDDINGS, &classes },
  { "absolute-types", TINY DROPOUT ", \"type_vocab_size\": 2, \"position_biased_input\": true",
    &classes },
  { "activations", TINY NO_DROPOUT ", \"hidden_act\": \"silu\", \"pooler_hidden_act\": \"tanh\"",
    &classes },
  { "mish-quick-gelu",
    TINY NO_DROPOUT ", \"hidden_act\": \"mish\", \"pooler_hidden_act\": \"quick_gelu\"", &classes },
  { "separate-p2c", TINY DROPOUT ", \"share_att_key\": false, \"pos_att_type\": \"p2c\"",
    &classes },
  { "no-terms", TINY DROPOUT ", \"pos_att_type\": \"none\"", &classes },
  { "one-layer", TINY DROPOUT ", \"num_hidden_layers\": 1", &classes },
  { "v1", V1 NO_DROPOUT, &classes },
  { "v1-dropout", V1 DROPOUT, &classes },
  { "v1-c2p", V1 DROPOUT ", \"pos_att_type\": \"c2p\"", &classes },
  { "v1-p2c", V1 DROPOUT ", \"pos_att_type\": \"p2c\"", &classes },
  { "v1-no-terms", V1 NO_DROPOUT ", \"pos_att_type\": \"none\"", &classes },
  { "v1-content-only", V1 NO_DROPOUT ", \"relative_attention\": false", &classes },
  { "v1-near-positions", V1 NO_DROPOUT ", \"max_relative_positions\": 3", &classes },
  { "v1-embeddings", V1 DROPOUT EMBEDDINGS ", \"hidden_act\": \"gelu_new\"", &classes },
  { "v1-one-layer", V1 DROPOUT ", \"num_hidden_layers\": 1", &classes },
  { "conv-3", TINY NO_DROPOUT CONV3, &classes },
  { "conv-3-dropout", TINY DROPOUT CONV3, &classes },
  { "conv-5-groups", TINY DROPOUT CONV5, &classes },
  { "conv-embeddings", TINY DROPOUT CONV5 EMBEDDINGS, &classes },
  { "conv-one-layer", TINY DROPOUT CONV3 ", \"num_hidden_layers\": 1", &classes },
  { "conv-three-layers", TINY NO_DROPOUT CONV3 ", \"num_hidden_layers\": 3", &number },
};

static WbTestBatch *
make_batch (void)
{
  static const gint32 ids[][12] = { { 1, 5, 7, 3, 2 },
                                    { 1, 5, 7, 3, 10, 4, 9, 6, 2, 8, 8, 2 },
                                    { 9 },
                                    { 1, 0, 4, 2 } };
  static const gint32 types[12] = { 0, 0, 1, 1, 1, 0, 1, 0, 0, 1, 0, 1 };
  static const gsize  lengths[] = { 5, 12, 1, 4 };
  static const gint32 labels[] = { 2, 0, 1, -1 };
  WbTestBatch        *batch = wb_test_batch_new ();

  for (gsize i = 0; i < 4; i++)
    wb_test_batch_add (batch, ids[i], types, lengths[i], (guint32) (3 * i + 1), labels[i],
                       (float) i - 1.3f);
  wb_test_batch_finish (batch, NULL);
  return batch;
}

static void
set_up (WbTestDefinition *f, gconstpointer data)
{
  const gsize       i = GPOINTER_TO_SIZE (data);
  const WbHeadSpec *head = cases[i].head;

  wb_test_definition_init (f, cases[i].config, head, make_batch ());
  f->weight.sum = head == &weighted ? 4.0 : head == &number ? 4 : 3;
}

static void
tear_down (WbTestDefinition *f, gconstpointer data)
{
  wb_test_definition_clear (f);
}

static void
test_forward (WbTestDefinition *f, gconstpointer data)
{
  wb_test_definition_forward (f);
}

static void
test_backward (WbTestDefinition *f, gconstpointer data)
{
  wb_test_definition_backward (f, !WB_TEST_HAS_DIFFERENCES (GPOINTER_TO_SIZE (data)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *forward = g_strconcat ("/engine/model/forward/", cases[i].name, NULL);
      g_autofree char *backward = g_strconcat ("/engine/model/backward/", cases[i].name, NULL);

      g_test_add (forward, WbTestDefinition, GSIZE_TO_POINTER (i), set_up, test_forward, tear_down);
      g_test_add (backward, WbTestDefinition, GSIZE_TO_POINTER (i), set_up, test_backward,
                  tear_down);
    }
  return g_test_run ();
}
