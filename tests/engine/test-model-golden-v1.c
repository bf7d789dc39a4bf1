#include "config.h"

#include "tests/support/wb-test-golden.h"

/* v1: fact sheet 13, 13.1 and 13.2. */

#define V1 WB_GOLDEN_V1
#define LONG V1 ", \"max_position_embeddings\": 512"
#define WORD WB_GOLDEN_WORD
#define REL WB_GOLDEN_REL
#define L0 WB_GOLDEN_LAYER0

static const gint32 types[] = { 0, 0, 0, 1, 1 };

static const WbGoldenCase cases[] = {
  { "usual",
    V1,
    5,
    { 0.022409846, 0.281617340, -0.058454630 },
    1.249693307,
    { { WORD, 40, -0.00875513 },
      { REL, 129, 0.00012312 },
      { REL, 122, 0.00090159 },
      { L0 "in_proj.weight", 0, -0.00026252 },
      { L0 "in_proj.weight", 40, 0.00066897 },
      { L0 "in_proj.weight", 70, 0.00125559 },
      { L0 "q_bias", 3, -0.00027048 },
      { L0 "v_bias", 1, 0.00095538 },
      { L0 "pos_proj.weight", 9, -0.00013502 },
      { L0 "pos_q_proj.weight", 9, 0.00001194 },
      { L0 "pos_q_proj.bias", 2, 0.00084149 } } },
  { "embeddings",
    V1 ", \"embedding_size\": 6, \"type_vocab_size\": 2, \"position_biased_input\": true",
    5,
    { 0.015381268, 0.309406758, -0.042153983 },
    .types = types },
  { "c2p", V1 ", \"pos_att_type\": \"c2p\"", 5, { 0.023707379, 0.277542974, -0.061111594 } },
  { "p2c", V1 ", \"pos_att_type\": [\"p2c\"]", 5, { 0.024141903, 0.276542162, -0.061880043 } },
  { "none", V1 ", \"pos_att_type\": \"none\"", 5, { 0.026797283, 0.268941251, -0.067071504 } },
  { "empty", V1 ", \"pos_att_type\": []", 5, { 0.024595258, 0.274716541, -0.062942525 } },
  { "null", V1 ", \"pos_att_type\": null", 5, { 0.024595258, 0.274716541, -0.062942525 } },
  { "relative-off",
    V1 ", \"relative_attention\": false",
    5,
    { 0.027855106, 0.266386338, -0.068981785 } },
  { "two-positions",
    V1 ", \"max_relative_positions\": 2",
    5,
    { 0.022782293, 0.280067784, -0.059344094 } },
  { "absolute",
    V1 ", \"position_biased_input\": true",
    5,
    { 0.017801487, 0.289329527, -0.051273064 } },
  { "ignored-keys",
    V1 ", \"share_att_key\": true, \"norm_rel_ebd\": \"layer_norm\", \"position_buckets\": 4, "
       "\"conv_kernel_size\": 3",
    5,
    { 0.022409846, 0.281617340, -0.058454630 } },
  { "N300", LONG, 300, { 0.005449233, 0.324712433, -0.027115138 } },
  { "N512", LONG, 512, { 0.005492500, 0.324608807, -0.027192981 } },
  { "N600", LONG, 600, { 0.005818986, 0.323839204, -0.027776249 } },
  { "N1100", LONG, 1100, { 0.006207517, 0.322945346, -0.028463020 } },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  wb_golden_cases_add ("/engine/model/golden-v1/", cases, G_N_ELEMENTS (cases));
  return g_test_run ();
}
