#pragma once

#include "engine/checkpoint/wb-checkpoint.h"
#include "engine/tokenizer/wb-tokenizer-train.h"
#include "tests/support/wb-test-model.h"
#include "tests/support/wb-test-text.h"

/* One layer, 8 wide, 2 heads; 320 rows in the word table. */
#define WB_TEST_MODEL_FOLDER_JSON                                                                  \
  "{\"model_type\": \"deberta-v2\", \"vocab_size\": 320, \"hidden_size\": 8,"                      \
  " \"num_hidden_layers\": 1, \"num_attention_heads\": 2, \"intermediate_size\": 16,"              \
  " \"max_position_embeddings\": 64, \"type_vocab_size\": 0, \"relative_attention\": true,"        \
  " \"position_buckets\": 8, \"norm_rel_ebd\": \"layer_norm\", \"share_att_key\": true,"           \
  " \"pos_att_type\": \"p2c|c2p\", \"position_biased_input\": false, \"layer_norm_eps\": 1e-7,"    \
  " \"max_relative_positions\": -1, \"hidden_act\": \"gelu\"}"

/* Makes a model with a vocabulary of its own in @folder (Hugging Face layout). */
static inline void
wb_test_model_folder_make (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) sentences = wb_test_text_new (300, 5);
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);
  g_autoptr (WbModelConfig) config = NULL;
  g_autoptr (WbModel) model = NULL;
  const WbHeadSpec head = { .n_labels = 2 };

  g_assert_true (wb_tokenizer_train ((const char *const *) sentences, g_strv_length (sentences),
                                     300, TRUE, folder, &error));
  g_assert_no_error (error);
  config = wb_model_config_parse (WB_TEST_MODEL_FOLDER_JSON, -1, "test", &error);
  g_assert_no_error (error);
  model = wb_test_model_new (backend, config, &head, wb_test_form_vectors);
  g_assert_true (wb_checkpoint_save (model, folder, NULL, &error));
  g_assert_no_error (error);
}
