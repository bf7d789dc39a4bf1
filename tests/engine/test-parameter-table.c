#include "config.h"

#include <string.h>

#include "engine/model/wb-parameter-table.h"

/* The fifteen published models: fact sheet 1.1, 1.2; totals of the encoder are 1.5's. */
static const struct
{
  const char *name;
  const char *family; /* the configuration's keys that are the family's */
  gsize       vocabulary, hidden, layers;
  gsize       n_tensors, n_elements, pooler;
} models[] = {
#define V1 "\"model_type\": \"deberta\", \"pos_att_type\": \"c2p|p2c\""
#define V3                                                                                         \
  "\"model_type\": \"deberta-v2\", \"pos_att_type\": \"p2c|c2p\", \"position_buckets\": 256, "     \
  "\"norm_rel_ebd\": \"layer_norm\", \"share_att_key\": true"
#define V2 V3 ", \"conv_kernel_size\": 3, \"conv_act\": \"gelu\", \"attention_head_size\": 64"
  { "deberta-base", V1, 50265, 768, 12, 196, 138601728, 590592 },
  { "deberta-base-mnli", V1, 50265, 768, 12, 196, 138601728, 590592 },
  { "deberta-large", V1, 50265, 1024, 24, 388, 405163008, 1049600 },
  { "deberta-large-mnli", V1, 50265, 1024, 24, 388, 405163008, 1049600 },
  { "deberta-xlarge", V1, 50265, 1024, 48, 772, 757804032, 1049600 },
  { "deberta-xlarge-mnli", V1, 50265, 1024, 48, 772, 757804032, 1049600 },
  { "deberta-v2-xlarge", V2, 128100, 1536, 24, 394, 884593152, 2360832 },
  { "deberta-v2-xlarge-mnli", V2, 128100, 1536, 24, 394, 884593152, 2360832 },
  { "deberta-v2-xxlarge", V2, 128100, 1536, 48, 778, 1564549632, 2360832 },
  { "deberta-v2-xxlarge-mnli", V2, 128100, 1536, 48, 778, 1564549632, 2360832 },
  { "deberta-v3-xsmall", V3, 128100, 384, 12, 198, 70682112, 147840 },
  { "deberta-v3-small", V3, 128100, 768, 6, 102, 141304320, 590592 },
  { "deberta-v3-base", V3, 128100, 768, 12, 198, 183831552, 590592 },
  { "deberta-v3-large", V3, 128100, 1024, 24, 390, 434012160, 1049600 },
  { "mdeberta-v3-base", V3, 251000, 768, 12, 198, 278218752, 590592 },
};

static WbModelConfig *
make_config (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;
  WbModelConfig   *config;
  gsize            i = 0;

  while (!g_str_equal (models[i].name, name))
    g_assert_cmpuint (++i, <, G_N_ELEMENTS (models));
  json = g_strdup_printf (
      "{%s, \"vocab_size\": %zu, \"hidden_size\": %zu, \"num_hidden_layers\": %zu, "
      "\"num_attention_heads\": %zu, \"intermediate_size\": %zu, \"max_position_embeddings\": 512, "
      "\"max_relative_positions\": -1, \"relative_attention\": true, "
      "\"position_biased_input\": false, \"type_vocab_size\": 0}",
      models[i].family, models[i].vocabulary, models[i].hidden, models[i].layers,
      models[i].hidden / 64, 4 * models[i].hidden);
  config = wb_model_config_parse (json, -1, name, &error);
  g_assert_no_error (error);
  return config;
}

static const WbHeadSpec two = { .n_labels = 2 }, three = { .n_labels = 3 };

static void
test_released (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (models), ==, 15);
  for (gsize i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autoptr (WbModelConfig) c = make_config (models[i].name);
      g_autoptr (WbParameterTable) table = wb_parameter_table_new (c, NULL);
      g_autoptr (WbParameterTable) with_head = wb_parameter_table_new (c, &three);
      const gsize h = models[i].hidden;

      g_test_message ("%s", models[i].name);
      g_assert_cmpuint (wb_parameter_table_get_n (table), ==, models[i].n_tensors);
      g_assert_cmpuint (wb_parameter_table_get_n_elements (table), ==, models[i].n_elements);
      g_assert_cmpuint (wb_parameter_table_get_n_elements (with_head), ==,
                        models[i].n_elements + models[i].pooler + 3 * h + 3);
      g_assert_cmpuint (
          wb_parameter_table_find (table, "deberta.encoder.rel_embeddings.weight")->dims[0], ==,
          c->family == WB_FAMILY_V1 ? 1024 : 512);
    }
}

/* v1: queries, keys and values of a layer are stored as v2's, with zeros where v2 has key biases.
 */
static void
test_packed (void)
{
  static const char *const names[] = { "in_proj.weight",    "q_bias",          "v_bias",
                                       "pos_q_proj.weight", "pos_proj.weight", "pos_q_proj.bias" };
  g_autoptr (WbModelConfig) c = make_config ("deberta-base");
  g_autoptr (WbParameterTable) table = wb_parameter_table_new (c, NULL);
  const gsize        h = 768, gaps[] = { 0, 0, h, 0, 0, 0 };
  const WbParameter *p[G_N_ELEMENTS (names)];

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name =
          g_strconcat ("deberta.encoder.layer.7.attention.self.", names[i], NULL);

      p[i] = wb_parameter_table_find (table, name);
      g_assert_nonnull (p[i]);
      g_assert_cmpuint (p[i]->depth, ==, 8);
      g_assert_cmpint (p[i]->decays, ==, strstr (names[i], "bias") == NULL);
      g_assert_cmpuint (p[i]->packed_heads, ==, i == 0 ? 12 : 0);
      if (i > 0)
        g_assert_cmpuint (p[i]->offset, ==, p[i - 1]->offset + p[i - 1]->n_elements + gaps[i]);
    }
  g_assert_cmpuint (p[0]->dims[0], ==, 3 * h);
  g_assert_cmpuint (p[0]->dims[1], ==, h);
  g_assert_cmpuint (wb_parameter_table_get_n_stored (table), ==,
                    wb_parameter_table_get_n_elements (table) + 12 * 2 * h);
}

/* Fact sheet 2.1: rows [3dh, 3dh + d) are head h's queries, then its keys, then its values. */
static void
test_rows (void)
{
  const WbParameter   p = { .dims = { 18, 2 }, .n_dims = 2, .n_elements = 36, .packed_heads = 3 };
  const WbParameter   plain = { .dims = { 18, 2 }, .n_dims = 2, .n_elements = 36 };
  static const guint8 rows[18] = { 0, 1, 6, 7, 12, 13, 2, 3, 8, 9, 14, 15, 4, 5, 10, 11, 16, 17 };
  float               published[36], stored[36], again[36];

  for (gsize i = 0; i < 36; i++)
    published[i] = (float) i;
  wb_parameter_store (&p, stored, published);
  wb_parameter_publish (&p, again, stored);
  g_assert_cmpmem (again, sizeof again, published, sizeof published);
  for (gsize r = 0; r < 18; r++)
    {
      g_assert_cmpuint (wb_parameter_row (&p, r), ==, rows[r]);
      g_assert_cmpuint (wb_parameter_row (&plain, r), ==, r);
      g_assert_cmpfloat (stored[2 * rows[r] + 1], ==, published[2 * r + 1]);
    }
  wb_parameter_store (&plain, stored, published);
  g_assert_cmpmem (stored, sizeof stored, published, sizeof published);
}

static void
test_convolution (void)
{
  g_autoptr (WbModelConfig) c = make_config ("deberta-v2-xlarge");
  g_autoptr (WbParameterTable) table = NULL;
  const WbParameter *w;

  c->conv_groups = 4;
  c->conv_kernel = 5;
  table = wb_parameter_table_new (c, NULL);
  w = wb_parameter_table_find (table, "deberta.encoder.conv.conv.weight");
  g_assert_cmpuint (w->n_dims, ==, 3);
  g_assert_cmpuint (w->dims[0], ==, 1536);
  g_assert_cmpuint (w->dims[1], ==, 384);
  g_assert_cmpuint (w->dims[2], ==, 5);
  g_assert_cmpuint (w->n_elements, ==, 1536 * 384 * 5);
  g_assert_cmpint (w->init, ==, WB_INIT_NORMAL);
  g_assert_true (w->decays);
  g_assert_false (wb_parameter_table_find (table, "deberta.encoder.conv.conv.bias")->decays);
  g_assert_false (wb_parameter_table_find (table, "deberta.encoder.conv.LayerNorm.weight")->decays);
}

/* What a configuration never reads gets no gradient, and no update. */
static void
test_unused (void)
{
  g_autoptr (WbModelConfig) c = make_config ("deberta-v3-small");
  g_autoptr (WbParameterTable) used = wb_parameter_table_new (c, NULL);
  g_autoptr (WbParameterTable) unused = NULL;
  const char *const names[] = { "deberta.encoder.rel_embeddings.weight",
                                "deberta.encoder.LayerNorm.weight",
                                "deberta.encoder.LayerNorm.bias" };

  c->c2p = c->p2c = FALSE;
  unused = wb_parameter_table_new (c, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_false (wb_parameter_table_find (used, names[i])->unused);
      g_assert_true (wb_parameter_table_find (unused, names[i])->unused);
    }
}

static void
test_offsets (void)
{
  g_autoptr (WbModelConfig) c = make_config ("deberta-v3-small");
  g_autoptr (WbParameterTable) table = wb_parameter_table_new (c, &two);
  const char        *prefix = "deberta.encoder.layer.3.attention.self.";
  const WbParameter *qkv[6];
  const char        *names[] = { "query_proj.weight", "key_proj.weight", "value_proj.weight",
                                 "query_proj.bias",   "key_proj.bias",   "value_proj.bias" };
  gsize              end = 0;

  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const WbParameter *p = wb_parameter_table_get (table, i);

      g_assert_cmpuint (p->offset, ==, end);
      g_assert_true (wb_parameter_table_find (table, p->name) == p);
      end += p->n_elements;
    }
  g_assert_cmpuint (end, ==, wb_parameter_table_get_n_elements (table));

  for (gsize i = 0; i < 6; i++)
    {
      g_autofree char *name = g_strconcat (prefix, names[i], NULL);

      qkv[i] = wb_parameter_table_find (table, name);
      g_assert_cmpuint (qkv[i]->depth, ==, 4);
      if (i > 0)
        g_assert_cmpuint (qkv[i]->offset, ==, qkv[i - 1]->offset + qkv[i - 1]->n_elements);
    }
}

static void
test_groups (void)
{
  g_autoptr (WbModelConfig) c = make_config ("deberta-v2-xlarge");
  g_autoptr (WbParameterTable) table = wb_parameter_table_new (c, &two);

  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const WbParameter *p = wb_parameter_table_get (table, i);
      const gboolean     norm = g_strrstr (p->name, "LayerNorm") != NULL;
      const gboolean     bias = g_str_has_suffix (p->name, ".bias");

      g_assert_cmpint (p->decays, ==, !norm && !bias);
      g_assert_cmpint (p->init, ==, bias ? WB_INIT_ZEROS : norm ? WB_INIT_ONES : WB_INIT_NORMAL);
      g_assert_cmpint (p->sparse, ==, g_str_has_suffix (p->name, "word_embeddings.weight"));
      g_assert_cmpint (p->head, ==, !g_str_has_prefix (p->name, "deberta."));
    }
}

static void
test_variants (void)
{
  g_autoptr (WbModelConfig) c = make_config ("deberta-v3-small");
  g_autoptr (WbParameterTable) separate = NULL;
  g_autoptr (WbParameterTable) other = NULL;

  c->share_att_key = FALSE;
  separate = wb_parameter_table_new (c, NULL);
  g_assert_nonnull (wb_parameter_table_find (
      separate, "deberta.encoder.layer.5.attention.self.pos_query_proj.bias"));

  c->p2c = FALSE;
  c->normalize_relative = FALSE;
  c->embedding_size = 128;
  c->type_vocab_size = 2;
  c->position_biased_input = TRUE;
  other = wb_parameter_table_new (c, NULL);
  g_assert_null (wb_parameter_table_find (
      other, "deberta.encoder.layer.5.attention.self.pos_query_proj.bias"));
  g_assert_nonnull (wb_parameter_table_find (
      other, "deberta.encoder.layer.5.attention.self.pos_key_proj.weight"));
  g_assert_null (wb_parameter_table_find (other, "deberta.encoder.LayerNorm.weight"));
  g_assert_cmpuint (
      wb_parameter_table_find (other, "deberta.embeddings.embed_proj.weight")->dims[1], ==, 128);
  g_assert_nonnull (
      wb_parameter_table_find (other, "deberta.embeddings.token_type_embeddings.weight"));
  g_assert_nonnull (
      wb_parameter_table_find (other, "deberta.embeddings.position_embeddings.weight"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/parameter-table/released", test_released);
  g_test_add_func ("/engine/parameter-table/packed", test_packed);
  g_test_add_func ("/engine/parameter-table/rows", test_rows);
  g_test_add_func ("/engine/parameter-table/convolution", test_convolution);
  g_test_add_func ("/engine/parameter-table/unused", test_unused);
  g_test_add_func ("/engine/parameter-table/offsets", test_offsets);
  g_test_add_func ("/engine/parameter-table/groups", test_groups);
  g_test_add_func ("/engine/parameter-table/variants", test_variants);
  return g_test_run ();
}
