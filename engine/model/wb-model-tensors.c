#include "config.h"

#include "engine/model/wb-model-private.h"

/* The views of one block of parameters or gradients. */

WbTensor
wb_block_view (const WbBlock *self, const char *prefix, const char *name, gsize rows)
{
  g_autofree char   *full = g_strconcat (prefix, name, NULL);
  const WbParameter *p = wb_parameter_table_find (self->table, full);

  if (p == NULL || p->offset < self->first)
    return (WbTensor){ NULL };
  if (p->n_dims == 1)
    return wb_tensor_vector (self->base + (p->offset - self->first), WB_DTYPE_F32,
                             rows > 0 ? rows : p->dims[0]);
  return wb_tensor_matrix (self->base + (p->offset - self->first), WB_DTYPE_F32,
                           rows > 0 ? rows : p->dims[0], p->n_elements / p->dims[0]);
}

/* The packed tensor and the first of the biases, whose gap is a key bias of zeros. */
static void
init_packed (WbLayerTensors      *self,
             const WbModelConfig *config,
             const WbBlock       *block,
             const char          *prefix)
{
  const gsize h = config->hidden_size, rows = wb_model_n_terms (config) * h;

  self->qkv_w = wb_block_view (block, prefix, "attention.self.in_proj.weight", 0);
  self->qkv_b = wb_block_view (block, prefix, "attention.self.q_bias", 3 * h);
  if (rows == 0)
    return;
  self->pos_w = wb_block_view (
      block, prefix,
      config->p2c ? "attention.self.pos_q_proj.weight" : "attention.self.pos_proj.weight", rows);
  if (config->p2c) /* keys of positions have none either */
    self->pos_b = wb_block_view (block, prefix, "attention.self.pos_q_proj.bias", rows);
}

/* With shared keys: the rows of queries (p2c) and keys (c2p), which are neighbours. */
static void
init_positions (WbLayerTensors      *self,
                const WbModelConfig *config,
                const WbBlock       *block,
                const char          *prefix)
{
  const gsize h = config->hidden_size, rows = wb_model_n_terms (config) * h;
  const char *weight, *bias;

  if (rows == 0)
    return;
  if (config->share_att_key)
    {
      weight = config->p2c ? "attention.self.query_proj.weight" : "attention.self.key_proj.weight";
      bias = config->p2c ? "attention.self.query_proj.bias" : "attention.self.key_proj.bias";
    }
  else
    {
      weight = config->p2c ? "attention.self.pos_query_proj.weight"
                           : "attention.self.pos_key_proj.weight";
      bias =
          config->p2c ? "attention.self.pos_query_proj.bias" : "attention.self.pos_key_proj.bias";
    }
  self->pos_w = wb_block_view (block, prefix, weight, rows);
  self->pos_b = wb_block_view (block, prefix, bias, rows);
}

static void
init_layer (WbLayerTensors *self, const WbModelConfig *config, const WbBlock *block, gsize layer)
{
  g_autofree char *prefix = g_strdup_printf ("deberta.encoder.layer.%zu.", layer);
  const gsize      h = config->hidden_size;

  if (config->family == WB_FAMILY_V1)
    init_packed (self, config, block, prefix);
  else
    {
      self->qkv_w = wb_block_view (block, prefix, "attention.self.query_proj.weight", 3 * h);
      self->qkv_b = wb_block_view (block, prefix, "attention.self.query_proj.bias", 3 * h);
      init_positions (self, config, block, prefix);
    }
  self->attention_w = wb_block_view (block, prefix, "attention.output.dense.weight", 0);
  self->attention_b = wb_block_view (block, prefix, "attention.output.dense.bias", 0);
  self->attention_gamma = wb_block_view (block, prefix, "attention.output.LayerNorm.weight", 0);
  self->attention_beta = wb_block_view (block, prefix, "attention.output.LayerNorm.bias", 0);
  self->intermediate_w = wb_block_view (block, prefix, "intermediate.dense.weight", 0);
  self->intermediate_b = wb_block_view (block, prefix, "intermediate.dense.bias", 0);
  self->output_w = wb_block_view (block, prefix, "output.dense.weight", 0);
  self->output_b = wb_block_view (block, prefix, "output.dense.bias", 0);
  self->output_gamma = wb_block_view (block, prefix, "output.LayerNorm.weight", 0);
  self->output_beta = wb_block_view (block, prefix, "output.LayerNorm.bias", 0);
}

void
wb_model_tensors_init (WbModelTensors      *self,
                       const WbModelConfig *config,
                       const WbHeadSpec    *head,
                       const WbBlock       *block)
{
  wb_model_tensors_clear (self);
  self->word = wb_block_view (block, "deberta.embeddings.", "word_embeddings.weight", 0);
  self->position = wb_block_view (block, "deberta.embeddings.", "position_embeddings.weight", 0);
  self->type = wb_block_view (block, "deberta.embeddings.", "token_type_embeddings.weight", 0);
  self->projection = wb_block_view (block, "deberta.embeddings.", "embed_proj.weight", 0);
  self->embedding_gamma = wb_block_view (block, "deberta.embeddings.", "LayerNorm.weight", 0);
  self->embedding_beta = wb_block_view (block, "deberta.embeddings.", "LayerNorm.bias", 0);
  self->relative = wb_block_view (block, "deberta.encoder.", "rel_embeddings.weight", 0);
  self->relative_gamma = wb_block_view (block, "deberta.encoder.", "LayerNorm.weight", 0);
  self->relative_beta = wb_block_view (block, "deberta.encoder.", "LayerNorm.bias", 0);
  wb_model_conv_tensors_init (&self->conv, block);
  wb_model_head_tensors_init (&self->head, config, head, block);
  self->layers = g_new0 (WbLayerTensors, config->n_layers + 1);
  for (gsize l = 0; l <= config->n_layers; l++)
    init_layer (&self->layers[l], config, block, MIN (l, config->n_layers - 1));
}

void
wb_model_tensors_clear (WbModelTensors *self)
{
  g_clear_pointer (&self->layers, g_free);
}
