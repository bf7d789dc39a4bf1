#include "config.h"

#include "tests/support/wb-test-golden.h"

/* v2 and v3: fact sheet 13, 13.1 and 13.2.  "v2n" is the tiny model without its convolution. */

#define B4 WB_GOLDEN_B4
#define V2 WB_GOLDEN_V2
#define B256 WB_GOLDEN_V2N ", \"position_buckets\": 256, \"max_relative_positions\": 512"
#define LONG B256 ", \"max_position_embeddings\": 512"
#define SEPARATE_PLAIN ", \"share_att_key\": false, \"norm_rel_ebd\": \"none\""
#define WORD WB_GOLDEN_WORD
#define REL WB_GOLDEN_REL
#define L0 WB_GOLDEN_LAYER0
#define WK0 L0 "key_proj.weight"
#define CONV "deberta.encoder.conv.conv."

static const gint32 types[] = { 0, 0, 0, 1, 1 };

static const WbGoldenCase cases[] = {
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
    B256 SEPARATE_PLAIN,
    3,
    { 0.005241349, 0.329924974, -0.025168066 },
    1.240456079,
    { { REL, 2058, 0.000021494 } } },
  { "256-separate-plain-L9",
    B256 SEPARATE_PLAIN,
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
  { "separate-plain", B4 SEPARATE_PLAIN, 5, { 0.006173615, 0.325702770, -0.027509090 } },
  { "no-buckets",
    WB_GOLDEN_V2N ", \"max_relative_positions\": 8",
    5,
    { 0.001538275, 0.337040744, -0.019090783 } },
  { "absolute",
    B4 ", \"position_biased_input\": true",
    5,
    { -0.030427385, 0.404054014, 0.035234167 } },
  { "types", B4 ", \"type_vocab_size\": 2", 5, { 0.049577237, 0.259247318, -0.093085883 } },
  { "embeddings",
    B4 ", \"embedding_size\": 6, \"type_vocab_size\": 2, \"position_biased_input\": true",
    5,
    { 0.019373466, 0.275480421, -0.057465862 },
    .types = types },
  { "N300", LONG, 300, { -0.015807421, 0.373107935, 0.010288899 } },
  { "N512", LONG, 512, { -0.016415117, 0.374234932, 0.011272623 } },
  { "N600", LONG, 600, { -0.011852575, 0.365648106, 0.003845047 } },
  { "N1100", LONG, 1100, { 0.000436826, 0.340937188, -0.016689267 } },
  { "v2",
    V2,
    5,
    { 0.004676997, 0.331672365, -0.024020689 },
    1.240193691,
    { { WORD, 40, 0.01148470 },
      { WORD, 11, -0.05347453 },
      { REL, 26, 0.00253653 },
      { REL, 33, 0.00000292 },
      { "deberta.encoder.LayerNorm.weight", 0, -0.00021949 },
      { "deberta.encoder.LayerNorm.bias", 2, 0.00130669 },
      { L0 "query_proj.weight", 9, -0.00018971 },
      { L0 "query_proj.bias", 3, -0.00120284 },
      { WK0, 9, 0.00008263 },
      { L0 "key_proj.bias", 3, 0.00026264 },
      { "deberta.encoder.layer.1.attention.self.key_proj.bias", 1, 0.00054352 },
      { CONV "weight", 0, 0.00004282 },
      { CONV "weight", 50, 0.01004991 },
      { CONV "bias", 1, 0.00209126 },
      { "deberta.embeddings.LayerNorm.weight", 4, -0.00617739 },
      { "pooler.dense.weight", 5, -0.00119105 },
      { "classifier.bias", 0, 0.29775151 } } },
  { "conv-1",
    B4 ", \"conv_kernel_size\": 1, \"conv_act\": \"tanh\"",
    5,
    { -0.008863703, 0.358969266, -0.001372251 } },
  { "conv-3", B4 ", \"conv_kernel_size\": 3", 5, { 0.025009447, 0.277896885, -0.062295578 } },
  { "conv-5", B4 ", \"conv_kernel_size\": 5", 5, { -0.019494243, 0.424527175, 0.031131991 } },
  { "conv-groups",
    B4 ", \"conv_kernel_size\": 3, \"conv_groups\": 2, \"conv_act\": \"relu\"",
    5,
    { -0.029744809, 0.407029361, 0.035544329 } },
};

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
  g_autoptr (WbModel) model = wb_golden_model_new (backend, B256, 12);
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();
  gint32 ids[9];
  float  states[12 * 8];

  wb_golden_fill_ids (ids, 3);
  wb_test_batch_add (batch, ids, NULL, 3, 0, 2, 0);
  wb_golden_fill_ids (ids, 9);
  wb_test_batch_add (batch, ids, NULL, 9, 1, 2, 0);
  wb_test_batch_finish (batch, NULL);
  g_assert_false (wb_model_hidden_states (model, &batch->batch, 1, states, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE); /* reserved for one sequence */
  g_clear_error (&error);
  g_assert_true (wb_model_reserve (
      model, &(WbModelLimits){ .max_tokens = 12, .max_sequences = 2, .max_length = 9 }, &error));
  g_assert_true (wb_model_hidden_states (model, &batch->batch, 1, states, &error));
  g_assert_no_error (error);
  wb_golden_assert_near (states, l3_0, 8);
  wb_golden_assert_near (states + 3 * 8, l9_0, 8);
  wb_golden_assert_near (states + 11 * 8, l9_8, 8);
  g_assert_true (wb_model_hidden_states (model, &batch->batch, -1, states, &error));
  wb_golden_assert_near (states + 8, embedded, 8);
  wb_golden_assert_near (states + 4 * 8, embedded, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  wb_golden_cases_add ("/engine/model/golden/", cases, G_N_ELEMENTS (cases));
  g_test_add_func ("/engine/model/golden/states", test_states);
  return g_test_run ();
}
