#pragma once

#include <json-glib/json-glib.h>

#include "engine/files/wb-file.h"
#include "engine/tokenizer/wb-tokenizer.h"
#include "tests/support/wb-test-model.h"
#include "tests/support/wb-test-shared.h"

/* tests/vectors: numbers that transformers gave for models of wb_test_form_vectors(). */

static inline JsonObject *
wb_test_vectors_load (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = wb_json_load (path, &error);

  g_assert_no_error (error);
  return json_object_ref (json_node_get_object (root));
}

/* The v3-shaped configuration that closed_form.py's make_config() makes of @vectors' "model". */
static inline WbModelConfig *
wb_test_vectors_config (JsonObject *vectors)
{
  g_autoptr (JsonNode) node = json_node_copy (json_object_get_member (vectors, "model"));
  JsonObject *model = json_node_get_object (node);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  WbModelConfig   *config;

  json_object_set_string_member (model, "model_type", "deberta-v2");
  json_object_set_string_member (model, "norm_rel_ebd", "layer_norm");
  json_object_set_string_member (model, "pos_att_type", "p2c|c2p");
  json_object_set_boolean_member (model, "relative_attention", TRUE);
  json_object_set_boolean_member (model, "share_att_key", TRUE);
  json_object_set_boolean_member (model, "position_biased_input", FALSE);
  json_object_set_double_member (model, "hidden_dropout_prob", 0);
  json_object_set_double_member (model, "attention_probs_dropout_prob", 0);
  text = json_to_string (node, FALSE);
  config = wb_model_config_parse (text, -1, "vectors", &error);
  g_assert_no_error (error);
  return config;
}

/* logits.py's checksum() */
static inline gint64
wb_test_checksum (const gint32 *ids, gsize n)
{
  gint64 value = 0;

  for (gsize i = 0; i < n; i++)
    value = (value * 31 + ids[i]) % 2147483647;
  return value;
}

/* Rows of an XNLI file: texts in turn sentence1, sentence2, label; %NULL where the data is absent.
 */
static inline GPtrArray *
wb_test_xnli_read (const char *file)
{
  g_autofree char *name = g_build_filename ("data/xnli", file, NULL);
  g_autoptr (GBytes) bytes = wb_test_shared_read (name);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GPtrArray *rows;

  if (bytes == NULL)
    return NULL;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  lines = g_strsplit (text, "\n", -1);
  rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  for (gsize i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    g_ptr_array_add (rows, g_strsplit (lines[i], "\t", 3));
  return rows;
}

/* DeBERTa-v3's tokenizer; skips the test and gives %NULL where the data is absent. */
static inline WbTokenizer *
wb_test_tokenizer_load (void)
{
  g_autoptr (GError) error = NULL;
  char        *folder = wb_test_tokenizer_folder_new ();
  WbTokenizer *tokenizer;

  if (folder == NULL)
    {
      g_test_skip ("no real data: set WB_SHARED to the folder that has data/tokenizers");
      return NULL;
    }
  tokenizer = wb_tokenizer_load (folder, &error);
  g_assert_no_error (error);
  wb_test_tokenizer_folder_free (folder);
  return tokenizer;
}

/* Adds a pair as ids; gives how many. */
static inline gsize
wb_test_batch_add_pair (WbTestBatch       *batch,
                        const WbTokenizer *tokenizer,
                        const char        *first,
                        const char        *second,
                        guint32            ordinal,
                        gint32             label)
{
  g_autoptr (WbEncoding) encoding = wb_encoding_new ();
  const WbEncodeOptions options = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_tokenizer_encode (tokenizer, first, second, &options, encoding, &error));
  g_assert_no_error (error);
  wb_test_batch_add (batch, encoding->ids, NULL, encoding->n, ordinal, label, 0);
  return encoding->n;
}
