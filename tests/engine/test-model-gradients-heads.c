#include "config.h"

#include "tests/support/wb-test-definition.h"

/* Every head over v2 and v1, with and without dropout: outputs, loss and gradients against the
 * definition. */

#define V2                                                                                         \
  "\"model_type\": \"deberta-v2\", \"vocab_size\": 11, \"hidden_size\": 8, "                       \
  "\"num_attention_heads\": 2, \"num_hidden_layers\": 2, \"intermediate_size\": 12, "              \
  "\"relative_attention\": true, \"pos_att_type\": \"c2p|p2c\", \"share_att_key\": true, "         \
  "\"norm_rel_ebd\": \"layer_norm\", \"position_buckets\": 4, \"max_relative_positions\": 8, "     \
  "\"max_position_embeddings\": 16, \"position_biased_input\": false"
#define V1 V2 ", \"model_type\": \"deberta\""
#define PLAIN ", \"hidden_dropout_prob\": 0, \"attention_probs_dropout_prob\": 0"
#define DROPOUT                                                                                    \
  ", \"hidden_dropout_prob\": 0.2, \"attention_probs_dropout_prob\": 0.15, "                       \
  "\"pooler_dropout\": 0.1, \"cls_dropout\": 0.25"
#define NARROW ", \"embedding_size\": 6"
#define LARGE ", \"vocab_size\": 2100"
#define CONV ", \"conv_kernel_size\": 3"

static const float weights[] = { 0.5f, 1.0f, 2.5f };

static const struct
{
  const char *name;
  const char *config;
  WbHeadSpec  head;
} cases[] = {
  { "soft", V2 DROPOUT, { WB_HEAD_SOFT_CLASSIFICATION, 3 } },
  { "soft-smooth", V1 PLAIN, { WB_HEAD_SOFT_CLASSIFICATION, 3, 0.2, weights } },
  { "several-numbers", V2 DROPOUT, { WB_HEAD_REGRESSION, 3 } },
  { "multi-label", V1 DROPOUT, { WB_HEAD_MULTI_LABEL, 3 } },
  { "multi-label-weights", V2 PLAIN, { WB_HEAD_MULTI_LABEL, 3, 0, weights } },
  { "token", V2 DROPOUT, { WB_HEAD_TOKEN, 3 } },
  { "token-smooth", V1 DROPOUT, { WB_HEAD_TOKEN, 3, 0.1, weights } },
  { "span", V2 DROPOUT, { WB_HEAD_SPAN } },
  { "span-v1", V1 PLAIN, { WB_HEAD_SPAN } },
  { "choice", V2 PLAIN, { WB_HEAD_CHOICE } },
  { "choice-smooth", V1 DROPOUT, { WB_HEAD_CHOICE, .label_smoothing = 0.1 } },
  { "masked-lm", V2 DROPOUT, { WB_HEAD_MASKED_LM } },
  { "masked-lm-smooth",
    V1 PLAIN,
    { WB_HEAD_MASKED_LM, .label_smoothing = 0.1, .lm_layout = WB_LM_LAYOUT_NEW } },
  { "masked-lm-untied", V2 PLAIN, { WB_HEAD_MASKED_LM, .untied = TRUE } },
  { "masked-lm-narrow", V1 DROPOUT NARROW, { WB_HEAD_MASKED_LM } },
  { "enhanced",
    V2 DROPOUT,
    { WB_HEAD_MASKED_LM, .lm_layout = WB_LM_LAYOUT_NEW, .enhanced = TRUE } },
  { "enhanced-v1", V1 DROPOUT, { WB_HEAD_MASKED_LM, .enhanced = TRUE } },
  { "enhanced-conv", V2 DROPOUT CONV, { WB_HEAD_MASKED_LM, .enhanced = TRUE } },
  { "enhanced-one-layer",
    V2 DROPOUT CONV ", \"num_hidden_layers\": 1",
    { WB_HEAD_MASKED_LM, .untied = TRUE, .enhanced = TRUE } },
  { "enhanced-absolute",
    V2 PLAIN ", \"position_biased_input\": true",
    { WB_HEAD_MASKED_LM, .enhanced = TRUE } },
  { "replaced-token", V2 DROPOUT, { WB_HEAD_REPLACED_TOKEN } },
  { "replaced-token-v1", V1 PLAIN, { WB_HEAD_REPLACED_TOKEN } },
  /* more words than are computed at a time: a few differences of many */
  { "large-vocabulary", V2 PLAIN LARGE, { WB_HEAD_MASKED_LM, .label_smoothing = 0.1 } },
};

/* Sequences of 5, 12, 1 and 4 tokens; the pad token is not among them: its row of a tied table has
 * a gradient from the output alone. */
static WbTestBatch *
make_batch (void)
{
  static const gint32 ids[][12] = { { 1, 5, 7, 3, 2 },
                                    { 1, 5, 7, 3, 10, 4, 9, 6, 2, 8, 8, 2 },
                                    { 9 },
                                    { 1, 6, 4, 2 } };
  static const gsize  lengths[] = { 5, 12, 1, 4 };
  WbTestBatch        *batch = wb_test_batch_new ();

  for (gsize i = 0; i < 4; i++)
    wb_test_batch_add (batch, ids[i], NULL, lengths[i], (guint32) (3 * i + 1), -1, 0);
  wb_test_batch_finish (batch, NULL);
  return batch;
}

static void
set_labels (WbBatch *batch, const WbHeadSpec *head)
{
  static const gint32 choices[] = { 2, 0 }, groups[] = { 0, 3, 4 };
  static const gint32 starts[] = { 2, -1, 0, 4 }, ends[] = { 9, 7, 0, 3 };
  static const float  targets[] = { 0.2f, 0.3f, 0.5f, 1, 0, 0, 0, 1, 1, -0.5f, 2, 0.25f };
  static const gint32 classes[] = { -100, 0, 2,  1, -100, 1,  1, 0, 2, 2, 0,
                                    1,    1, -1, 0, 2,    -1, 1, 0, 2, 1, 0 };
  static const gint32 words[] = { -100, 5,    -100, 4,    -100, -100, 3, -100, -100, 10,   -1,
                                  0,    -100, -100, -100, 7,    9,    9, 2,    -100, -100, 8 };
  static const gint32 binary[] = { 0, 1, 0, 0, 1, 0, 0, 1, -100, 0, 0,
                                   1, 1, 0, 0, 1, 0, 0, 0, 1,    0, 0 };

  batch->labels = choices;
  batch->groups = groups;
  batch->n_groups = 2;
  batch->starts = starts;
  batch->ends = ends;
  batch->targets = targets;
  batch->token_labels = head->kind == WB_HEAD_MASKED_LM        ? words
                        : head->kind == WB_HEAD_REPLACED_TOKEN ? binary
                                                               : classes;
}

static void
set_up (WbTestDefinition *f, gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;

  wb_test_definition_init (f, cases[i].config, &cases[i].head, make_batch ());
  set_labels (&f->batch, &cases[i].head);
  wb_head_spec_add_weight (f->ref.head, f->config, &f->batch, &f->weight, &error);
  g_assert_no_error (error);
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
  f->sparse_differences = f->config->vocab_size > 100;
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
