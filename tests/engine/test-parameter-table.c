#include "config.h"

#include "engine/model/wb-parameter-table.h"

/* Sizes of the released models; totals are fact sheet 1.5's and 12's. */
static const struct
{
  const char *name;
  gsize       vocabulary, hidden, layers, intermediate;
  gsize       n_tensors, n_elements; /* of the encoder */
} models[] = {
  { "v3-xsmall", 128100, 384, 12, 1536, 198, 70682112 },
  { "v3-small", 128100, 768, 6, 3072, 102, 141304320 },
  { "v3-base", 128100, 768, 12, 3072, 198, 183831552 },
  { "v3-large", 128100, 1024, 24, 4096, 390, 434012160 },
  { "mdeberta", 251000, 768, 12, 3072, 198, 278218752 },
};

static WbModelConfig
make_config (gsize i)
{
  return (WbModelConfig){ .vocab_size = models[i].vocabulary,
                          .embedding_size = models[i].hidden,
                          .hidden_size = models[i].hidden,
                          .n_layers = models[i].layers,
                          .n_heads = models[i].hidden / 64,
                          .intermediate_size = models[i].intermediate,
                          .max_positions = 512,
                          .relative_attention = TRUE,
                          .c2p = TRUE,
                          .p2c = TRUE,
                          .share_att_key = TRUE,
                          .normalize_relative = TRUE,
                          .position_buckets = 256,
                          .max_distance = 512,
                          .relative_span = 256 };
}

static void
test_released (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (models); i++)
    {
      const WbModelConfig c = make_config (i);
      g_autoptr (WbParameterTable) table = wb_parameter_table_new (&c, 0);
      g_autoptr (WbParameterTable) with_head = wb_parameter_table_new (&c, 3);
      const gsize h = models[i].hidden;

      g_assert_cmpuint (wb_parameter_table_get_n (table), ==, models[i].n_tensors);
      g_assert_cmpuint (wb_parameter_table_get_n_elements (table), ==, models[i].n_elements);
      g_assert_cmpuint (wb_parameter_table_get_n_elements (with_head), ==,
                        models[i].n_elements + h * h + h + 3 * h + 3);
    }
}

static void
test_offsets (void)
{
  const WbModelConfig c = make_config (1);
  g_autoptr (WbParameterTable) table = wb_parameter_table_new (&c, 2);
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
  const WbModelConfig c = make_config (0);
  g_autoptr (WbParameterTable) table = wb_parameter_table_new (&c, 2);

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
  WbModelConfig c = make_config (1);
  g_autoptr (WbParameterTable) separate = NULL;
  g_autoptr (WbParameterTable) other = NULL;

  c.share_att_key = FALSE;
  separate = wb_parameter_table_new (&c, 0);
  g_assert_nonnull (wb_parameter_table_find (
      separate, "deberta.encoder.layer.5.attention.self.pos_query_proj.bias"));

  c.p2c = FALSE;
  c.normalize_relative = FALSE;
  c.embedding_size = 128;
  c.type_vocab_size = 2;
  c.position_biased_input = TRUE;
  other = wb_parameter_table_new (&c, 0);
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
  g_test_add_func ("/engine/parameter-table/offsets", test_offsets);
  g_test_add_func ("/engine/parameter-table/groups", test_groups);
  g_test_add_func ("/engine/parameter-table/variants", test_variants);
  return g_test_run ();
}
