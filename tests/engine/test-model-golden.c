#include "config.h"

#include "engine/model/wb-model.h"
#include "tests/support/wb-test-model.h"

/* The tiny model of fact sheet 13 without its convolution ("v2n"), and its variants of 13.2. */
#define TINY                                                                                       \
  "\"model_type\": \"deberta-v2\", \"vocab_size\": 11, \"hidden_size\": 8, "                       \
  "\"num_attention_heads\": 2, \"num_hidden_layers\": 2, \"intermediate_size\": 12, "              \
  "\"layer_norm_eps\": 1e-7, \"hidden_act\": \"gelu\", \"relative_attention\": true, "             \
  "\"pos_att_type\": \"c2p|p2c\", \"hidden_dropout_prob\": 0.0, "                                  \
  "\"attention_probs_dropout_prob\": 0.0, \"share_att_key\": true, "                               \
  "\"norm_rel_ebd\": \"layer_norm\""
#define SMALL TINY ", \"max_position_embeddings\": 16, \"position_biased_input\": false"
#define B4 SMALL ", \"position_buckets\": 4, \"max_relative_positions\": 8"
#define B256 SMALL ", \"position_buckets\": 256, \"max_relative_positions\": 512"
#define LONG                                                                                       \
  TINY ", \"max_position_embeddings\": 512, \"position_biased_input\": false, "                    \
       "\"position_buckets\": 256, \"max_relative_positions\": 512"

#define BOUND 1e-6

typedef struct
{
  const char *parameter;
  gsize       element;
  double      gradient;
} Gradient;

#define WORD "deberta.embeddings.word_embeddings.weight"
#define REL "deberta.encoder.rel_embeddings.weight"
#define WK0 "deberta.encoder.layer.0.attention.self.key_proj.weight"

static const struct
{
  const char *name;
  const char *config;
  gsize       n; /* tokens: 3, 5 and 9 as the sheet lists them, more by its formula */
  double      logits[3];
  double      loss; /* for label 2; 0: not listed */
  Gradient    gradients[4];
} cases[] = {
  { "usual", B4, 5, { -0.018525564, 0.375948794, 0.013954908 } },
  { "256-L3",
    B256,
    3,
    { 0.008960064, 0.321967481, -0.031541836 },
    1.242825048,
    { { WORD, 40, 0.000646721 },
      { REL, 2058, -0.000035249 },
      { REL, 2033, 0.003614879 },
      { WK0, 9, -0.000212996 } } },
  { "256-L9",
    B256,
    9,
    { -0.006758214, 0.355035570, -0.004790236 },
    1.232884907,
    { { WORD, 40, -0.000222429 },
      { REL, 2058, -0.000008563 },
      { REL, 2033, 0.009684631 },
      { WK0, 9, -0.000778799 } } },
  { "4-L3",
    B4,
    3,
    { -0.032269647, 0.401295609, 0.036156074 },
    1.216270234,
    { { WORD, 40, -0.013947024 }, { REL, 42, 0.000013180 }, { REL, 17, 0.001449700 } } },
  { "4-L9",
    B4,
    9,
    { -0.019669052, 0.378690103, 0.016013047 },
    1.224398373,
    { { REL, 42, 0.000001647 }, { REL, 17, -0.000190649 } } },
  { "256-separate-plain-L3",
    B256 ", \"share_att_key\": false, \"norm_rel_ebd\": \"none\"",
    3,
    { 0.005241349, 0.329924974, -0.025168066 },
    1.240456079,
    { { REL, 2058, 0.000021494 } } },
  { "256-separate-plain-L9",
    B256 ", \"share_att_key\": false, \"norm_rel_ebd\": \"none\"",
    9,
    { 0.007809276, 0.322774744, -0.030121700 },
    1.241801191,
    { { REL, 2058, 0.000047680 } } },
  { "c2p", B4 ", \"pos_att_type\": \"c2p\"", 5, { 0.010835933, 0.316230248, -0.035331960 } },
  { "p2c", B4 ", \"pos_att_type\": \"p2c\"", 5, { -0.024830267, 0.388025935, 0.024289206 } },
  { "none",
    B4 ", \"pos_att_type\": \"none\"",
    5,
    { 0.008209279, 0.322029405, -0.030770389 },
    1.242076227 },
  { "relative-off-no-types",
    B4 ", \"relative_attention\": false, \"pos_att_type\": null",
    5,
    { 0.008209279, 0.322029405, -0.030770389 },
    1.242076227 },
  { "relative-off-both-types",
    B4 ", \"relative_attention\": false",
    5,
    { 0.005278076, 0.328561545, -0.025659708 } },
  { "separate", B4 ", \"share_att_key\": false", 5, { -0.006246601, 0.351567284, -0.006459058 } },
  { "plain", B4 ", \"norm_rel_ebd\": \"none\"", 5, { -0.000241883, 0.340137487, -0.016277381 } },
  { "separate-plain",
    B4 ", \"share_att_key\": false, \"norm_rel_ebd\": \"none\"",
    5,
    { 0.006173615, 0.325702770, -0.027509090 } },
  { "no-buckets",
    SMALL ", \"max_relative_positions\": 8",
    5,
    { 0.001538275, 0.337040744, -0.019090783 } },
  { "absolute",
    B4 ", \"position_biased_input\": true",
    5,
    { -0.030427385, 0.404054014, 0.035234167 } },
  { "types", B4 ", \"type_vocab_size\": 2", 5, { 0.049577237, 0.259247318, -0.093085883 } },
  { "N300", LONG, 300, { -0.015807421, 0.373107935, 0.010288899 } },
  { "N512", LONG, 512, { -0.016415117, 0.374234932, 0.011272623 } },
  { "N600", LONG, 600, { -0.011852575, 0.365648106, 0.003845047 } },
  { "N1100", LONG, 1100, { 0.000436826, 0.340937188, -0.016689267 } },
};

static void
fill_ids (gint32 *ids, gsize n)
{
  static const gint32 l3[] = { 1, 5, 2 }, l5[] = { 1, 5, 7, 3, 2 },
                      l9[] = { 1, 5, 7, 3, 10, 4, 9, 6, 2 };

  for (gsize t = 0; t < n; t++)
    ids[t] = (gint32) (n == 3   ? l3[t]
                       : n == 5 ? l5[t]
                       : n == 9 ? l9[t]
                                : (gint32) (1 + (7 * t + t / 10) % 10));
}

static const WbHeadSpec three = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 3 };

static WbModel *
make (WbBackend *backend, const char *json, gsize n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) config = wb_test_config_new (json);
  const WbModelLimits limits = { n, 1, n, 11, TRUE };
  WbModel            *model = wb_test_model_new (backend, config, &three, wb_test_form_golden);

  g_assert_true (wb_model_reserve (model, &limits, &error));
  g_assert_no_error (error);
  return model;
}

static double
gradient_at (WbModel *model, const WbTestBatch *batch, const Gradient *g)
{
  const WbParameterTable *table = wb_model_get_table (model);

  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    if (g_str_equal (wb_parameter_table_get (table, i)->name, g->parameter))
      {
        const WbTensor d = wb_model_get_gradient (model, i);
        gsize          element = g->element;
        guint          slot = 0;
        gint32         row;

        if (wb_parameter_table_get (table, i)->sparse)
          {
            row = (gint32) (element / d.cols);
            g_assert_true (
                g_array_binary_search (batch->distinct, &row, wb_test_compare_ids, &slot));
            element = slot * d.cols + element % d.cols;
          }
        return (double) ((float *) d.data)[element];
      }
  g_assert_not_reached ();
}

static void
test_case (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_test_backend_open (2);
  g_autoptr (WbModel) model = make (backend, cases[i].config, cases[i].n);
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();
  g_autofree gint32 *ids = g_new (gint32, cases[i].n);
  float              logits[3];
  double             loss = 0;

  fill_ids (ids, cases[i].n);
  wb_test_batch_add (batch, ids, NULL, cases[i].n, 0, 2, 0);
  wb_test_batch_finish (batch, NULL);
  g_assert_true (wb_model_predict (model, &batch->batch, logits, &error));
  for (gsize c = 0; c < 3; c++)
    g_assert_cmpfloat_with_epsilon (logits[c], cases[i].logits[c], BOUND);

  g_assert_true (wb_model_clear_gradients (model, batch->distinct->len, &error));
  g_assert_true (
      wb_model_train_part (model, &batch->batch, 1, 0, &(WbLossWeight){ 1, 0 }, &loss, &error));
  g_assert_no_error (error);
  if (cases[i].loss > 0)
    g_assert_cmpfloat_with_epsilon (loss, cases[i].loss, BOUND);
  for (gsize g = 0; g < 4 && cases[i].gradients[g].parameter != NULL; g++)
    g_assert_cmpfloat_with_epsilon (gradient_at (model, batch, &cases[i].gradients[g]),
                                    cases[i].gradients[g].gradient, BOUND / 10);
}

static void
assert_row (const float *row, const double *want)
{
  for (gsize c = 0; c < 8; c++)
    g_assert_cmpfloat_with_epsilon (row[c], want[c], BOUND);
}

/* Rows of the embeddings and of the last layer. */
static void
test_states (void)
{
  static const double embedded[] = { 0.685390072,  0.816340599,  0.735883324,  0.491060010,
                                     -0.020090822, -0.761986650, -1.379015694, -1.439335054 };
  static const double l3_0[] = { -0.582876183, 0.586949971, 0.658585631, 0.019475708,
                                 0.469160257,  1.585709510, 0.135205365, -2.995128647 };
  static const double l9_0[] = { -0.396323053, 0.420545515, 0.415804383,  0.162517709,
                                 0.906277220,  1.666505222, -0.177553150, -3.117019950 };
  static const double l9_8[] = { -1.824347472, -0.704663705, 0.357596060, 0.754313556,
                                 1.077133851,  1.564289017,  0.914186427, -0.820990814 };
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_test_backend_open (2);
  g_autoptr (WbModel) model = make (backend, B256, 12);
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();
  gint32 ids[9];
  float  states[12 * 8];

  fill_ids (ids, 3);
  wb_test_batch_add (batch, ids, NULL, 3, 0, 2, 0);
  fill_ids (ids, 9);
  wb_test_batch_add (batch, ids, NULL, 9, 1, 2, 0);
  wb_test_batch_finish (batch, NULL);
  g_assert_false (wb_model_hidden_states (model, &batch->batch, 1, states, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE); /* reserved for one sequence */
  g_clear_error (&error);
  g_assert_true (wb_model_reserve (model, &(WbModelLimits){ 12, 2, 9, 0, FALSE }, &error));
  g_assert_true (wb_model_hidden_states (model, &batch->batch, 1, states, &error));
  g_assert_no_error (error);
  assert_row (states, l3_0);
  assert_row (states + 3 * 8, l9_0);
  assert_row (states + 11 * 8, l9_8);
  g_assert_true (wb_model_hidden_states (model, &batch->batch, -1, states, &error));
  assert_row (states + 8, embedded);
  assert_row (states + 4 * 8, embedded);
}

/* E 6 with embed_proj, token types and absolute positions. */
static void
test_embeddings (void)
{
  static const gint32 ids[] = { 1, 5, 7, 3, 2 }, types[] = { 0, 0, 0, 1, 1 };
  static const double want[] = { 0.019373466, 0.275480421, -0.057465862 };
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);
  g_autoptr (WbModel) model = make (
      backend,
      B4 ", \"embedding_size\": 6, \"type_vocab_size\": 2, \"position_biased_input\": true", 5);
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();
  float logits[3];

  wb_test_batch_add (batch, ids, types, 5, 0, 2, 0);
  wb_test_batch_finish (batch, NULL);
  g_assert_true (wb_model_predict (model, &batch->batch, logits, &error));
  g_assert_no_error (error);
  for (gsize c = 0; c < 3; c++)
    g_assert_cmpfloat_with_epsilon (logits[c], want[c], BOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/model/golden/", cases[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_case);
    }
  g_test_add_func ("/engine/model/golden/states", test_states);
  g_test_add_func ("/engine/model/golden/embeddings", test_embeddings);
  return g_test_run ();
}
