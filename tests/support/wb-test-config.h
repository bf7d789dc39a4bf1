#pragma once

#include <glib.h>

#include "engine/model/wb-model-config.h"

/* deberta-v3-small's file, key by key (fact sheet 9.10). */
#define WB_TEST_V3_SMALL                                                                           \
  "\"model_type\": \"deberta-v2\", \"attention_probs_dropout_prob\": 0.1, "                        \
  "\"hidden_act\": \"gelu\", \"hidden_dropout_prob\": 0.1, \"hidden_size\": 768, "                 \
  "\"initializer_range\": 0.02, \"intermediate_size\": 3072, "                                     \
  "\"max_position_embeddings\": 512, \"relative_attention\": true, \"position_buckets\": 256, "    \
  "\"norm_rel_ebd\": \"layer_norm\", \"share_att_key\": true, \"pos_att_type\": \"p2c|c2p\", "     \
  "\"layer_norm_eps\": 1e-7, \"max_relative_positions\": -1, "                                     \
  "\"position_biased_input\": false, \"num_attention_heads\": 12, \"num_hidden_layers\": 6, "      \
  "\"type_vocab_size\": 0, \"vocab_size\": 128100"

static inline WbModelConfig *
wb_test_config_parse (const char *more, GError **error)
{
  g_autofree char *json = g_strconcat ("{", WB_TEST_V3_SMALL, more, "}", NULL);

  return wb_model_config_parse (json, -1, "m/config.json", error);
}

static inline WbModelConfig *
wb_test_config_new (const char *more)
{
  g_autoptr (GError) error = NULL;
  WbModelConfig *c = wb_test_config_parse (more, &error);

  g_assert_no_error (error);
  g_assert_nonnull (c);
  return c;
}
