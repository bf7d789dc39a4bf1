#include "config.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "tests/support/wb-test-config.h"

static void
test_v3_small (void)
{
  g_autoptr (WbModelConfig) c = wb_test_config_new ("");

  g_assert_cmpstr (c->model_type, ==, "deberta-v2");
  g_assert_cmpuint (c->vocab_size, ==, 128100);
  g_assert_cmpuint (c->embedding_size, ==, 768);
  g_assert_cmpuint (c->n_layers, ==, 6);
  g_assert_cmpuint (c->n_heads, ==, 12);
  g_assert_cmpuint (c->intermediate_size, ==, 3072);
  g_assert_cmpuint (c->relative_span, ==, 256);
  g_assert_cmpint (c->max_distance, ==, 512);
  g_assert_true (c->c2p && c->p2c && c->share_att_key && c->normalize_relative);
  g_assert_false (c->position_biased_input);
  g_assert_cmpint (c->pad_token_id, ==, 0);
  g_assert_cmpfloat (c->layer_norm_eps, ==, 1e-7f);
  g_assert_cmpfloat (c->classifier_dropout, ==, 0.1f);
  g_assert_cmpuint (c->n_labels, ==, 2);
  g_assert_false (c->has_labels);
  g_assert_cmpfloat_with_epsilon (wb_model_config_get_attention_scale (c), 1 / 13.856406f, 1e-8f);
}

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) c = wb_model_config_parse (
      "{\"model_type\": \"deberta-v2\", \"vocab_size\": 7, \"hidden_size\": 8, "
      "\"num_hidden_layers\": 1, \"num_attention_heads\": 2, \"intermediate_size\": 3}",
      -1, "config.json", &error);

  g_assert_no_error (error);
  g_assert_false (c->relative_attention);
  g_assert_true (c->position_biased_input);
  g_assert_false (c->c2p || c->p2c || c->share_att_key || c->normalize_relative);
  g_assert_cmpint (c->position_buckets, ==, -1);
  g_assert_cmpuint (c->max_positions, ==, 512);
  g_assert_cmpuint (c->relative_span, ==, 512);
  g_assert_cmpfloat_with_epsilon (wb_model_config_get_attention_scale (c), 0.5f, 1e-8f);
}

static void
test_variants (void)
{
  g_autoptr (WbModelConfig) list = wb_test_config_new (", \"pos_att_type\": [\"c2p\"]");
  g_autoptr (WbModelConfig) text = wb_test_config_new (", \"pos_att_type\": \" P2C | none\"");
  g_autoptr (WbModelConfig) none = wb_test_config_new (", \"pos_att_type\": null");
  g_autoptr (WbModelConfig) plain =
      wb_test_config_new (", \"position_buckets\": -1, \"max_relative_positions\": 40");
  g_autoptr (WbModelConfig) short_one = wb_test_config_new (", \"max_position_embeddings\": 64");
  g_autoptr (WbModelConfig) off =
      wb_test_config_new (", \"relative_attention\": false, \"position_buckets\": "
                          "5, \"max_relative_positions\": 1");
  g_autoptr (WbModelConfig) below = wb_test_config_new (", \"max_relative_positions\": -7");
  g_autoptr (WbModelConfig) norm = wb_test_config_new (", \"norm_rel_ebd\": \"None\"");
  g_autoptr (WbModelConfig) rate = wb_test_config_new (", \"cls_dropout\": 0");

  g_assert_true (list->c2p && !list->p2c);
  g_assert_true (!text->c2p && text->p2c);
  g_assert_true (!none->c2p && !none->p2c);
  g_assert_cmpuint (plain->relative_span, ==, 40);
  g_assert_cmpint (below->max_distance, ==, 512);
  g_assert_false (off->relative_attention);
  g_assert_cmpint (short_one->max_distance, ==, 64); /* every distance below 128 is its own */
  g_assert_false (norm->normalize_relative);
  g_assert_cmpfloat (rate->classifier_dropout, ==, 0);
}

/* Fact sheet 1.8: each class's own reading of the same keys. */
static void
test_classes (void)
{
  static const struct
  {
    const char *terms;  /* pos_att_type */
    gsize       v1, v2; /* what the divisor counts */
  } divisors[] = {
    { "\"c2p|p2c\"", 2, 2 },
    { "\"none\"", 1, 0 },
    { "\"\"", 1, 0 },
    { "[]", 0, 0 },
    { "null", 0, 0 },
    { "[\"p2c\"]", 1, 1 },
    { "[\"c2p\", \"none\"]", 2, 1 },
    { "[\"c2p\", \"c2p\"]", 2, 1 },
    { "\"C2P | none\"", 2, 1 },
  };
  g_autoptr (WbModelConfig) v1 =
      wb_test_config_new (", \"model_type\": \"deberta\", \"conv_kernel_size\": "
                          "4, \"attention_head_size\": 7");

  g_assert_cmpint (v1->family, ==, WB_FAMILY_V1);
  g_assert_false (v1->share_att_key || v1->normalize_relative);
  g_assert_cmpint (v1->position_buckets, ==, -1);
  g_assert_cmpuint (v1->relative_span, ==, 512);
  g_assert_cmpuint (v1->conv_kernel, ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (divisors); i++)
    for (guint family = 1; family <= 2; family++)
      {
        g_autofree char *more = g_strdup_printf (
            ", \"model_type\": \"deberta%s\", \"pos_att_type\": %s, \"relative_attention\": %s",
            family == 1 ? "" : "-v2", divisors[i].terms, i % 2 == 0 ? "true" : "false");
        g_autoptr (WbModelConfig) c = wb_test_config_new (more);

        g_assert_cmpuint (c->n_divisor_terms, ==, family == 1 ? divisors[i].v1 : divisors[i].v2);
      }
}

static void
test_convolution (void)
{
  g_autoptr (WbModelConfig) plain = wb_test_config_new (", \"conv_kernel_size\": 5");
  g_autoptr (WbModelConfig) all =
      wb_test_config_new (", \"conv_kernel_size\": 3, \"conv_groups\": 4, \"conv_act\": \"gelu\"");
  g_autoptr (WbModelConfig) short_one = wb_test_config_new (", \"max_position_embeddings\": 64");
  g_autoptr (WbModelConfig) off =
      wb_test_config_new (", \"conv_kernel_size\": -2, \"conv_groups\": 5");

  g_assert_cmpuint (plain->conv_kernel, ==, 5);
  g_assert_cmpuint (plain->conv_groups, ==, 1);
  g_assert_cmpint (plain->conv_act, ==, WB_ACTIVATION_TANH);
  g_assert_cmpuint (all->conv_groups, ==, 4);
  g_assert_cmpint (all->conv_act, ==, WB_ACTIVATION_GELU);
  g_assert_cmpuint (off->conv_kernel, ==, 0);
}

/* The original releases' file: no model_type, and upstream's words. */
static void
test_upstream (void)
{
  g_autoptr (WbModelConfig) v2 = wb_test_config_new (", \"model_type\": null");
  g_autoptr (WbModelConfig) v1 = wb_test_config_new (
      ", \"model_type\": null, \"position_buckets\": null, \"share_att_key\": null, "
      "\"norm_rel_ebd\": null, \"padding_idx\": 3, \"pooling\": {\"dropout\": 0.25, "
      "\"hidden_act\": \"tanh\"}");
  g_autoptr (WbModelConfig) both = wb_test_config_new (
      ", \"padding_idx\": 3, \"pad_token_id\": 4, \"pooling\": {\"dropout\": 0.25}, "
      "\"pooler_dropout\": 0.5");

  g_assert_cmpint (v2->family, ==, WB_FAMILY_V2);
  g_assert_cmpstr (v2->model_type, ==, "deberta-v2");
  g_assert_cmpint (v1->family, ==, WB_FAMILY_V1);
  g_assert_cmpstr (v1->model_type, ==, "deberta");
  g_assert_cmpint (v1->pad_token_id, ==, 3);
  g_assert_cmpint (v1->pooler_act, ==, WB_ACTIVATION_TANH);
  g_assert_cmpfloat (v1->pooler_dropout, ==, 0.25f);
  g_assert_cmpint (both->pad_token_id, ==, 4);
  g_assert_cmpfloat (both->pooler_dropout, ==, 0.5f);
}

/* null: no padding row at all; -1: the table's last, as PyTorch counts. */
static void
test_padding (void)
{
  g_autoptr (WbModelConfig) none = wb_test_config_new (", \"pad_token_id\": null");
  g_autoptr (WbModelConfig) last = wb_test_config_new (", \"pad_token_id\": -1");

  g_assert_cmpint (none->pad_token_id, ==, -1);
  g_assert_cmpint (last->pad_token_id, ==, 128099);
}

static void
test_labels (void)
{
  g_autoptr (WbModelConfig) named =
      wb_test_config_new (", \"id2label\": {\"1\": \"no\", \"0\": \"yes\", \"2\": \"maybe\"}");
  g_autoptr (WbModelConfig) counted = wb_test_config_new (", \"num_labels\": 5");
  g_autoptr (WbModelConfig) both =
      wb_test_config_new (", \"id2label\": {\"0\": \"a\", \"1\": \"b\"}, \"num_labels\": 3");
  g_autoptr (WbModelConfig) copy = wb_model_config_copy (named);

  g_assert_cmpuint (named->n_labels, ==, 3);
  g_assert_cmpstr (named->id2label[0], ==, "yes");
  g_assert_cmpstr (named->id2label[1], ==, "no");
  g_assert_true (named->has_labels);
  g_assert_cmpstr (copy->id2label[2], ==, "maybe");
  g_assert_cmpuint (counted->n_labels, ==, 5);
  g_assert_null (counted->id2label);
  g_assert_cmpuint (both->n_labels, ==, 3);
  g_assert_null (both->id2label);
}

static const struct
{
  const char   *more; /* after the keys of V3_SMALL; the last of two equal keys counts */
  WbEngineError code;
  const char   *parts[3]; /* of the message, besides the file */
} bad[] = {
  { ", \"hidden_size\": -768", WB_ENGINE_ERROR_INVALID, { "hidden_size", "-768", "1 to 65536" } },
  { ", \"hidden_size\": 768.5", WB_ENGINE_ERROR_INVALID, { "hidden_size", "768.5", "whole" } },
  { ", \"hidden_size\": \"768\"", WB_ENGINE_ERROR_INVALID, { "hidden_size", "\"768\"", "whole" } },
  { ", \"hidden_size\": 1e300", WB_ENGINE_ERROR_INVALID, { "hidden_size", "whole" } },
  { ", \"hidden_size\": null", WB_ENGINE_ERROR_INVALID, { "hidden_size is missing" } },
  { ", \"hidden_size\": 99999999999999999999", WB_ENGINE_ERROR_INVALID, { "hidden_size" } },
  { ", \"vocab_size\": 0", WB_ENGINE_ERROR_INVALID, { "vocab_size", "1 to" } },
  { ", \"num_hidden_layers\": 1000000000", WB_ENGINE_ERROR_INVALID, { "num_hidden_layers" } },
  { ", \"num_attention_heads\": 7", WB_ENGINE_ERROR_INVALID, { "num_attention_heads is 7" } },
  { ", \"num_attention_heads\": 0", WB_ENGINE_ERROR_INVALID, { "num_attention_heads", "0" } },
  { ", \"vocab_size\": 16777216, \"hidden_size\": 65520, \"intermediate_size\": 65536, "
    "\"num_hidden_layers\": 1024",
    WB_ENGINE_ERROR_INVALID,
    { "parameters" } },
  { ", \"attention_head_size\": 32", WB_ENGINE_ERROR_UNSUPPORTED, { "attention_head_size", "64" } },
  { ", \"pooler_hidden_size\": 32", WB_ENGINE_ERROR_UNSUPPORTED, { "pooler_hidden_size", "768" } },
  { ", \"hidden_dropout_prob\": 1", WB_ENGINE_ERROR_INVALID, { "hidden_dropout_prob", "0.99" } },
  { ", \"hidden_dropout_prob\": -0.1", WB_ENGINE_ERROR_INVALID, { "hidden_dropout_prob", "-0.1" } },
  { ", \"hidden_dropout_prob\": NaN", WB_ENGINE_ERROR_INVALID, { "line 1, column" } },
  { ", \"hidden_dropout_prob\": \"NaN\"", WB_ENGINE_ERROR_INVALID, { "hidden_dropout_prob" } },
  { ", \"attention_probs_dropout_prob\": 1e999", WB_ENGINE_ERROR_INVALID, { "line 1, column" } },
  { ", \"layer_norm_eps\": 0.0", WB_ENGINE_ERROR_INVALID, { "layer_norm_eps", "above 0" } },
  { ", \"layer_norm_eps\": -1e-7", WB_ENGINE_ERROR_INVALID, { "layer_norm_eps" } },
  { ", \"initializer_range\": -0.02", WB_ENGINE_ERROR_INVALID, { "initializer_range" } },
  { ", \"pad_token_id\": 128100", WB_ENGINE_ERROR_INVALID, { "pad_token_id", "128099" } },
  { ", \"position_buckets\": 1", WB_ENGINE_ERROR_INVALID, { "position_buckets" } },
  { ", \"position_buckets\": 256, \"max_relative_positions\": 129",
    WB_ENGINE_ERROR_INVALID,
    { "position_buckets is 256", "must not be 129" } },
  { ", \"max_relative_positions\": 4.5", WB_ENGINE_ERROR_INVALID, { "max_relative_positions" } },
  { ", \"share_att_key\": 1", WB_ENGINE_ERROR_INVALID, { "share_att_key", "true or false" } },
  { ", \"pos_att_type\": 3", WB_ENGINE_ERROR_INVALID, { "pos_att_type", "a text" } },
  { ", \"pos_att_type\": \"p2p\"", WB_ENGINE_ERROR_UNSUPPORTED, { "pos_att_type", "p2p" } },
  { ", \"pos_att_type\": [\"c2p|p2c\"]", WB_ENGINE_ERROR_UNSUPPORTED, { "pos_att_type" } },
  { ", \"pos_att_type\": [[1]]", WB_ENGINE_ERROR_UNSUPPORTED, { "pos_att_type" } },
  { ", \"norm_rel_ebd\": \"batch_norm\"", WB_ENGINE_ERROR_UNSUPPORTED, { "norm_rel_ebd" } },
  { ", \"hidden_act\": \"wobble\"", WB_ENGINE_ERROR_UNSUPPORTED, { "hidden_act", "wobble" } },
  { ", \"hidden_act\": {}", WB_ENGINE_ERROR_INVALID, { "hidden_act" } },
  { ", \"talking_head\": true", WB_ENGINE_ERROR_UNSUPPORTED, { "talking_head" } },
  { ", \"talking_head\": 1", WB_ENGINE_ERROR_INVALID, { "talking_head", "true or false" } },
  { ", \"conv_kernel_size\": 4", WB_ENGINE_ERROR_UNSUPPORTED, { "conv_kernel_size", "4", "odd" } },
  { ", \"conv_kernel_size\": true", WB_ENGINE_ERROR_INVALID, { "conv_kernel_size", "true" } },
  { ", \"conv_kernel_size\": 3, \"conv_groups\": 5",
    WB_ENGINE_ERROR_INVALID,
    { "conv_groups is 5", "768" } },
  { ", \"conv_kernel_size\": 3, \"conv_groups\": 0", WB_ENGINE_ERROR_INVALID, { "conv_groups" } },
  { ", \"conv_kernel_size\": 3, \"conv_act\": \"prelu\"",
    WB_ENGINE_ERROR_UNSUPPORTED,
    { "conv_act", "prelu" } },
  { ", \"pooler_hidden_act\": \"xielu\"",
    WB_ENGINE_ERROR_UNSUPPORTED,
    { "pooler_hidden_act", "xielu" } },
  { ", \"pooling\": 3", WB_ENGINE_ERROR_INVALID, { "pooling", "3" } },
  { ", \"pooling\": {\"dropout\": 2}", WB_ENGINE_ERROR_INVALID, { "pooling: dropout is 2" } },
  { ", \"pooling\": {\"hidden_size\": 2}",
    WB_ENGINE_ERROR_UNSUPPORTED,
    { "pooler_hidden_size is 2" } },
  { ", \"legacy\": 0", WB_ENGINE_ERROR_INVALID, { "legacy" } },
  { ", \"model_type\": \"bert\"", WB_ENGINE_ERROR_UNSUPPORTED, { "model_type", "bert" } },
  { ", \"model_type\": 2", WB_ENGINE_ERROR_INVALID, { "model_type", "2" } },
  { ", \"id2label\": {\"0\": \"a\", \"2\": \"b\"}", WB_ENGINE_ERROR_INVALID, { "id2label" } },
  { ", \"id2label\": {\"0\": 3}", WB_ENGINE_ERROR_INVALID, { "id2label" } },
  { ", \"id2label\": {}", WB_ENGINE_ERROR_INVALID, { "id2label" } },
  { ", \"num_labels\": -1", WB_ENGINE_ERROR_INVALID, { "num_labels", "-1" } },
  { "} {", WB_ENGINE_ERROR_INVALID, { "" } },
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WbModelConfig) c = wb_test_config_parse (bad[i].more, &error);

      g_test_message ("%s: %s", bad[i].more, error != NULL ? error->message : "accepted");
      g_assert_null (c);
      g_assert_error (error, WB_ENGINE_ERROR, (gint) bad[i].code);
      g_assert_true (g_str_has_prefix (error->message, "m/config.json: "));
      g_assert_null (strchr (error->message, '\n'));
      for (gsize k = 0; k < 3 && bad[i].parts[k] != NULL; k++)
        g_assert_nonnull (strstr (error->message, bad[i].parts[k]));
    }
}

static void
test_missing_keys (void)
{
  const char *keys[] = { "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
                         "intermediate_size" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *more = g_strdup_printf (", \"%s\": null", keys[i]);
      g_autofree char *part = g_strdup_printf ("%s is missing", keys[i]);

      g_assert_null (wb_test_config_parse (more, &error));
      g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, part));
    }
}

static void
test_brackets (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *deep = g_strnfill (100000, '[');

  g_assert_null (wb_model_config_parse (deep, -1, "config.json", &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (wb_model_config_parse ("[1]", -1, "config.json", &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (wb_model_config_load ("/nowhere/config.json", &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_MISSING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/model-config/v3-small", test_v3_small);
  g_test_add_func ("/engine/model-config/defaults", test_defaults);
  g_test_add_func ("/engine/model-config/variants", test_variants);
  g_test_add_func ("/engine/model-config/classes", test_classes);
  g_test_add_func ("/engine/model-config/convolution", test_convolution);
  g_test_add_func ("/engine/model-config/upstream", test_upstream);
  g_test_add_func ("/engine/model-config/padding", test_padding);
  g_test_add_func ("/engine/model-config/labels", test_labels);
  g_test_add_func ("/engine/model-config/bad", test_bad);
  g_test_add_func ("/engine/model-config/missing-keys", test_missing_keys);
  g_test_add_func ("/engine/model-config/brackets", test_brackets);
  return g_test_run ();
}
