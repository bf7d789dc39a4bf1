#include "app/inspector/wb-attention-file-private.h"

static const struct
{
  const char      *name;
  WbAttentionTerms term;
} terms[] = { { "c2c", WB_ATTENTION_C2C },
              { "c2p", WB_ATTENTION_C2P },
              { "p2c", WB_ATTENTION_P2C } };

static void
write_names (WbJson *json, const char *key, WbAttentionTerms named)
{
  wb_json_begin_array (json, key);
  for (gsize t = 0; t < G_N_ELEMENTS (terms); t++)
    if ((named & terms[t].term) != 0)
      wb_json_text (json, NULL, terms[t].name);
  wb_json_end_array (json);
}

void
wb_attention_json_head (WbJson                   *json,
                        const WbInspector        *inspector,
                        const WbAttentionRequest *request)
{
  wb_json_begin_array (json, "tokens");
  for (gsize i = 0; i < wb_inspector_get_encoding (inspector)->n; i++)
    {
      g_autofree char *token = wb_inspector_dup_token (inspector, i);

      wb_json_text (json, NULL, token);
    }
  wb_json_end_array (json);
  write_names (json, "absent", WB_ATTENTION_ALL_TERMS & ~wb_inspector_get_terms (inspector));
  if (request->off != 0)
    write_names (json, "without", request->off);
}

void
wb_attention_json_begin (WbJson                   *json,
                         const WbInspector        *inspector,
                         const WbAttentionRequest *request)
{
  wb_json_begin_object (json, NULL);
  wb_attention_json_head (json, inspector, request);
  wb_json_begin_array (json, "layers");
}

static void
write_map (WbJson *json, const char *key, const WbTensor *map, gsize h, gsize n)
{
  wb_json_begin_array (json, key);
  for (gsize i = 0; i < n; i++)
    {
      const float *row = (const float *) map->data + (h * n + i) * map->stride;

      wb_json_begin_array (json, NULL);
      for (gsize j = 0; j < n; j++)
        wb_json_float (json, NULL, row[j]);
      wb_json_end_array (json);
    }
  wb_json_end_array (json);
}

void
wb_attention_json_layer (WbJson *json, const WbInspectedLayer *layer)
{
  wb_json_begin_object (json, NULL);
  wb_json_integer (json, "layer", (gint64) layer->layer);
  wb_json_begin_array (json, "heads");
  for (gsize h = 0; h < layer->n_heads; h++)
    {
      wb_json_begin_object (json, NULL);
      wb_json_integer (json, "head", (gint64) layer->heads[h]);
      write_map (json, "c2c", &layer->maps.c2c, h, layer->n_tokens);
      write_map (json, "c2p", &layer->maps.c2p, h, layer->n_tokens);
      write_map (json, "p2c", &layer->maps.p2c, h, layer->n_tokens);
      write_map (json, "probabilities", &layer->maps.probabilities, h, layer->n_tokens);
      wb_json_end_object (json);
    }
  wb_json_end_array (json);
  wb_json_end_object (json);
}

void
wb_attention_json_end (WbJson *json)
{
  wb_json_end_array (json);
  wb_json_end_object (json);
}
