#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "tests/support/wb-test-config.h"

/* As a run that trained a classifier writes it. */
static char *
write_classifier (const WbModelConfig *self,
                  const char *const   *labels,
                  gsize                n_labels,
                  const char          *problem_type)
{
  const WbModelConfigOutput out = {
    .architecture = self->family == WB_FAMILY_V1 ? "DebertaForSequenceClassification"
                                                 : "DebertaV2ForSequenceClassification",
    .labels = labels,
    .n_labels = n_labels,
    .problem_type = problem_type,
  };

  return wb_model_config_write (self, &out);
}

/* Everything that the file said is still there, with the same values. */
static void
test_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) c = wb_test_config_new (
      ", \"torch_dtype\": \"float16\", \"num_labels\": 7, \"odd\": {\"x\": [1, 2.5, "
      "{\"y\": \"\\u00e9\\n\\\"\"}, [], {}, null, true]}, \"big\": 1234567890123");
  g_autofree char *json = NULL;
  g_autoptr (WbModelConfig) again = NULL;
  g_autoptr (JsonNode) before = NULL;
  g_autoptr (JsonNode) after = NULL;
  g_autoptr (GList) keys = NULL;
  const char *const labels[] = { "no \"quotes\"", "maybe", "yes", NULL };

  json = write_classifier (c, labels, 3, "single_label_classification");
  again = wb_model_config_parse (json, -1, "again", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->n_labels, ==, 3);
  g_assert_cmpstr (again->id2label[0], ==, labels[0]);
  g_assert_cmpstr (again->id2label[2], ==, "yes");
  g_assert_nonnull (strstr (json, "\"hidden_dropout_prob\": 0.1,"));
  g_assert_nonnull (strstr (json, "\"layer_norm_eps\": 1e-07,"));
  g_assert_nonnull (strstr (json, "\"dtype\": \"float32\""));
  g_assert_nonnull (strstr (json, "\"problem_type\": \"single_label_classification\""));
  g_assert_nonnull (strstr (json, "\"maybe\": 1"));
  g_assert_null (strstr (json, "torch_dtype"));
  g_assert_null (strstr (json, "num_labels"));

  before = json_from_string (c->json, NULL);
  after = json_from_string (json, NULL);
  keys = json_object_get_members (json_node_get_object (before));
  for (GList *l = keys; l != NULL; l = l->next)
    if (!g_str_equal (l->data, "torch_dtype") && !g_str_equal (l->data, "num_labels"))
      g_assert_true (
          json_node_equal (json_object_get_member (json_node_get_object (before), l->data),
                           json_object_get_member (json_node_get_object (after), l->data)));
}

static void
test_round_trip_regression (void)
{
  g_autoptr (WbModelConfig) c = wb_test_config_new ("");
  g_autoptr (WbModelConfig) again = NULL;
  g_autofree char *json = NULL;

  c->hidden_dropout = 0.25f;
  c->classifier_dropout = 0.15f;
  json = write_classifier (c, NULL, 1, "regression");
  g_assert_nonnull (strstr (json, "\"problem_type\": \"regression\""));
  g_assert_nonnull (strstr (json, "\"hidden_dropout_prob\": 0.25"));
  g_assert_nonnull (strstr (json, "\"cls_dropout\": 0.15"));
  again = wb_model_config_parse (json, -1, "again", NULL);
  g_assert_cmpuint (again->n_labels, ==, 1);
  g_assert_cmpfloat (again->hidden_dropout, ==, 0.25f);
  g_assert_cmpfloat (again->classifier_dropout, ==, 0.15f);
}

/* What the original releases' file says in upstream's words. */
static void
test_upstream (void)
{
  g_autoptr (WbModelConfig) v1 = wb_test_config_new (
      ", \"model_type\": null, \"position_buckets\": null, \"share_att_key\": null, "
      "\"norm_rel_ebd\": null, \"padding_idx\": 3, \"pooling\": {\"dropout\": 0.25, "
      "\"hidden_act\": \"tanh\"}");
  g_autofree char *json = write_classifier (v1, NULL, 2, NULL);
  g_autoptr (WbModelConfig) again = wb_model_config_parse (json, -1, "again", NULL);

  g_assert_nonnull (strstr (json, "\"model_type\": \"deberta\""));
  g_assert_nonnull (strstr (json, "\"pooler_hidden_act\": \"tanh\""));
  g_assert_nonnull (strstr (json, "\"pooler_dropout\": 0.25"));
  g_assert_nonnull (strstr (json, "\"pad_token_id\": 3"));
  g_assert_nonnull (strstr (json, "DebertaForSequenceClassification"));
  g_assert_cmpint (again->family, ==, WB_FAMILY_V1);
}

static const char *const rate_keys[] = { "hidden_dropout_prob", "attention_probs_dropout_prob",
                                         "pooler_dropout", "cls_dropout" };

static float *
get_rate (WbModelConfig *c, gsize i)
{
  float *const rates[] = { &c->hidden_dropout, &c->attention_dropout, &c->pooler_dropout,
                           &c->classifier_dropout };

  return rates[i];
}

static void
assert_rates_stay (WbModelConfig *c)
{
  g_autofree char *json = write_classifier (c, NULL, 2, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) again = wb_model_config_parse (json, -1, "again", &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (rate_keys); i++)
    {
      g_test_message ("%s", rate_keys[i]);
      g_assert_cmpfloat (*get_rate (again, i), ==, *get_rate (c, i));
    }
}

/* Whichever rates a run sets, with and without the key whose default is another's value, what is
 * written is read as the rates that the run had. */
static void
test_rates (void)
{
  static const char *const files[] = {
    "",
    ", \"cls_dropout\": null",
    ", \"cls_dropout\": 0.1",
    ", \"cls_dropout\": 0",
    ", \"hidden_dropout_prob\": 0.3",
    ", \"pooling\": {\"dropout\": 0.25, \"hidden_act\": \"gelu\"}"
  };
  static const float values[] = { 0, 0.1f, 0.2f, 0.3f };

  for (gsize f = 0; f < G_N_ELEMENTS (files); f++)
    for (guint set = 0; set < 1u << G_N_ELEMENTS (rate_keys); set++)
      for (gsize v = 0; v < G_N_ELEMENTS (values); v++)
        {
          g_autoptr (WbModelConfig) c = wb_test_config_new (files[f]);

          g_test_message ("file \"%s\", rates %x set to %g", files[f], set, (double) values[v]);
          for (gsize i = 0; i < G_N_ELEMENTS (rate_keys); i++)
            if (set & 1u << i)
              *get_rate (c, i) = values[v];
          assert_rates_stay (c);
        }
}

/* transformers takes a text for an activation, or nothing, but not null. */
static void
test_null_activation (void)
{
  g_autoptr (WbModelConfig) c = wb_test_config_new (", \"pooling\": {\"hidden_act\": null}");
  g_autofree char *json = write_classifier (c, NULL, 2, NULL);

  g_assert_null (strstr (json, "\"pooler_hidden_act\": null"));
  g_assert_cmpint (c->pooler_act, ==, WB_ACTIVATION_GELU);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/model-config-written/everything", test_round_trip);
  g_test_add_func ("/engine/model-config-written/regression", test_round_trip_regression);
  g_test_add_func ("/engine/model-config-written/upstream", test_upstream);
  g_test_add_func ("/engine/model-config-written/rates", test_rates);
  g_test_add_func ("/engine/model-config-written/null-activation", test_null_activation);
  return g_test_run ();
}
