#include "config.h"

#include "engine/model/wb-model-private.h"
#include "engine/ops/wb-layernorm.h"
#include "engine/ops/wb-residual-layernorm.h"
#include "engine/ops/wb-rows.h"

/* The encoder's forward pass: fact sheet 2.2, 2.3, 2.8, 2.9. */

WbDropout
wb_pass_get_dropout (const WbPass *pass, float p, WbRandomPurpose purpose, guint layer)
{
  return (WbDropout){ pass->shape.training ? p : 0,
                      { pass->seed, pass->step, wb_random_stream (purpose, layer) } };
}

WbTensor
wb_work_window_rows (const WbWork *self, const WbTensor *table)
{
  return wb_tensor_rows (table, self->window.first, self->window.rows);
}

WbEmbeddingForwardArgs
wb_model_embedding_args (const WbModel *self, const WbPass *pass)
{
  const WbWork          *work = &self->work;
  WbEmbeddingForwardArgs args = { .batch = pass->batch,
                                  .word = self->p.word,
                                  .type = self->p.type,
                                  .eps = self->config->layer_norm_eps };

  if (self->config->position_biased_input) /* else they are the enhanced mask decoder's */
    args.position = self->p.position;
  if (work->sum.data != NULL)
    {
      args.y = work->sum;
      return args;
    }
  args.y = work->layers[0].x;
  args.gamma = self->p.embedding_gamma;
  args.beta = self->p.embedding_beta;
  args.mean = work->embedding_mean;
  args.rstd = work->embedding_rstd;
  args.dropout = wb_pass_get_dropout (pass, self->config->hidden_dropout, WB_RANDOM_EMBEDDING, 0);
  return args;
}

/* embed_proj: the sum of the tables goes through a product before the LayerNorm. */
static gboolean
project_embeddings (WbModel *self, const WbPass *pass, GError **error)
{
  WbWork                      *work = &self->work;
  const WbTensor              *x = &work->layers[0].x;
  const WbMatmulForwardArgs    product = { .x = work->sum,
                                           .w = self->p.projection,
                                           .y = work->embedded };
  const WbLayernormForwardArgs norm = { .x = work->embedded,
                                        .gamma = self->p.embedding_gamma,
                                        .beta = self->p.embedding_beta,
                                        .y = *x,
                                        .mean = work->embedding_mean,
                                        .rstd = work->embedding_rstd,
                                        .eps = self->config->layer_norm_eps };
  const WbDropout              dropout =
      wb_pass_get_dropout (pass, self->config->hidden_dropout, WB_RANDOM_EMBEDDING, 0);

  return wb_matmul_forward (self->backend, &product, error) &&
         wb_layernorm_forward (self->backend, &norm, error) &&
         (dropout.p == 0 || wb_dropout_tokens (self->backend, &dropout, pass->batch, x, x, error));
}

static gboolean
embed (WbModel *self, const WbPass *pass, GError **error)
{
  const WbEmbeddingForwardArgs args = wb_model_embedding_args (self, pass);

  return wb_embedding_forward (self->backend, &args, error) &&
         (self->work.sum.data == NULL || project_embeddings (self, pass, error));
}

/* The whole table: which rows a batch reaches depends on how examples are packed, its dropout
 * masks do not. */
static gboolean
normalize_table (WbModel *self, GError **error)
{
  WbWork                      *work = &self->work;
  const WbLayernormForwardArgs args = { .x = self->p.relative,
                                        .gamma = self->p.relative_gamma,
                                        .beta = self->p.relative_beta,
                                        .y = work->table,
                                        .mean = work->table_mean,
                                        .rstd = work->table_rstd,
                                        .eps = self->config->layer_norm_eps };

  if (wb_model_n_terms (self->config) == 0)
    return TRUE;
  wb_relative_index_fill (work->index, work->max_length, self->config->position_buckets,
                          self->config->max_distance, self->config->relative_span, &work->window);
  if (self->config->normalize_relative)
    return wb_layernorm_forward (self->backend, &args, error);
  work->table = self->p.relative;
  return TRUE;
}

static gboolean
project_positions (WbModel *self, const WbPass *pass, gsize layer, GError **error)
{
  const WbLayerTensors *p = &self->p.layers[layer];
  WbLayerState         *s = &self->work.layers[layer];
  const WbDropout       dropout = wb_pass_get_dropout (pass, self->config->hidden_dropout,
                                                       WB_RANDOM_RELATIVE_TABLE, (guint) layer);
  WbMatmulForwardArgs   product = { .w = p->pos_w, .bias = p->pos_b, .y = s->pos };

  if (s->pos.data == NULL)
    return TRUE;
  if (dropout.p > 0)
    {
      if (!wb_dropout_rows (self->backend, &dropout, NULL, &self->work.table, &s->e, error))
        return FALSE;
    }
  else
    s->e = self->work.table;
  product.x = wb_work_window_rows (&self->work, &s->e);
  return wb_matmul_forward (self->backend, &product, error);
}

WbAttentionForwardArgs
wb_model_attention_args (const WbModel *self, const WbPass *pass, gsize layer)
{
  const WbLayerState    *s = &self->work.layers[layer];
  const WbModelConfig   *c = self->config;
  const gsize            h = c->hidden_size;
  WbAttentionForwardArgs args = { .batch = pass->batch,
                                  .q = wb_tensor_columns (&s->qkv, 0, h),
                                  .k = wb_tensor_columns (&s->qkv, h, h),
                                  .v = wb_tensor_columns (&s->qkv, 2 * h, h),
                                  .context = s->context,
                                  .lse = s->lse,
                                  .heads = c->n_heads,
                                  .scale = wb_model_config_get_attention_scale (c),
                                  .first_only =
                                      wb_work_is_gathered (&self->work, &pass->shape, layer),
                                  .positions.index = self->work.index };

  args.dropout =
      wb_pass_get_dropout (pass, c->attention_dropout, WB_RANDOM_ATTENTION, (guint) layer);
  if (s->pos.data == NULL)
    return args;
  if (c->p2c)
    args.positions.pq = wb_tensor_columns (&s->pos, 0, h);
  if (c->c2p)
    args.positions.pk = wb_tensor_columns (&s->pos, c->p2c ? h : 0, h);
  return args;
}

/* Keys and values of every token, queries of [CLS] alone. */
static gboolean
project_gathered (WbModel *self, const WbPass *pass, gsize layer, GError **error)
{
  const WbLayerTensors     *p = &self->p.layers[layer];
  const WbLayerState       *s = &self->work.layers[layer];
  const gint32             *rows = pass->batch->cu_seqlens;
  const gsize               h = self->config->hidden_size;
  const WbTensor            q = wb_tensor_columns (&s->qkv, 0, h);
  const WbMatmulForwardArgs kv = { .x = s->x,
                                   .w = wb_tensor_rows (&p->qkv_w, h, 2 * h),
                                   .bias = wb_tensor_columns (&p->qkv_b, h, 2 * h),
                                   .y = wb_tensor_columns (&s->qkv, h, 2 * h) };
  const WbMatmulForwardArgs queries = { .x = s->tail_x,
                                        .w = wb_tensor_rows (&p->qkv_w, 0, h),
                                        .bias = wb_tensor_columns (&p->qkv_b, 0, h),
                                        .y = s->tail_q };

  return wb_gather_rows (self->backend, &s->x, rows, &s->tail_x, error) &&
         wb_matmul_forward (self->backend, &queries, error) &&
         wb_fill (self->backend, &q, 0, error) &&
         wb_scatter_add_rows (self->backend, &s->tail_q, rows, &q, error) &&
         wb_matmul_forward (self->backend, &kv, error);
}

/* The [CLS] rows of what every token has. */
static gboolean
gather_tail (WbModel *self, const WbPass *pass, gsize layer, GError **error)
{
  const WbLayerState *s = &self->work.layers[layer];
  const gint32       *rows = pass->batch->cu_seqlens;

  return wb_gather_rows (self->backend, &s->x, rows, &s->tail_x, error) &&
         wb_gather_rows (self->backend, &s->context, rows, &s->tail_context, error);
}

static gboolean
attend (WbModel *self, const WbPass *pass, gsize layer, GError **error)
{
  const WbLayerTensors        *p = &self->p.layers[layer];
  const WbLayerState          *s = &self->work.layers[layer];
  const WbAttentionForwardArgs args = wb_model_attention_args (self, pass, layer);
  const WbMatmulForwardArgs    qkv = { .x = s->x, .w = p->qkv_w, .bias = p->qkv_b, .y = s->qkv };

  if (pass->inspection != NULL)
    return wb_matmul_forward (self->backend, &qkv, error) &&
           wb_inspection_attend (pass->inspection, pass, layer, error) &&
           (!args.first_only || gather_tail (self, pass, layer, error));
  if (wb_work_is_decoding (&self->work, layer))
    return wb_model_decoder_project (self, layer, error) &&
           wb_attention_forward (self->backend, &args, error);
  if (!args.first_only)
    return wb_matmul_forward (self->backend, &qkv, error) &&
           wb_attention_forward (self->backend, &args, error);
  return project_gathered (self, pass, layer, error) &&
         wb_attention_forward (self->backend, &args, error) &&
         wb_gather_rows (self->backend, &s->context, pass->batch->cu_seqlens, &s->tail_context,
                         error);
}

static gboolean
attention_output (WbModel *self, const WbPass *pass, gsize layer, GError **error)
{
  const WbLayerTensors     *p = &self->p.layers[layer];
  const WbLayerState       *s = &self->work.layers[layer];
  const WbMatmulForwardArgs product = { .x = s->tail_context, .w = p->attention_w, .y = s->z1 };
  WbResidualLayernormForwardArgs norm = { .z = s->z1,
                                          .bias = p->attention_b,
                                          .residual = s->tail_x,
                                          .gamma = p->attention_gamma,
                                          .beta = p->attention_beta,
                                          .y = s->y1,
                                          .mean = s->mean1,
                                          .rstd = s->rstd1,
                                          .eps = self->config->layer_norm_eps,
                                          .batch = wb_pass_get_tail (self, pass, layer) };

  norm.dropout = wb_pass_get_dropout (pass, self->config->hidden_dropout,
                                      WB_RANDOM_ATTENTION_OUTPUT, (guint) layer);
  return wb_matmul_forward (self->backend, &product, error) &&
         wb_residual_layernorm_forward (self->backend, &norm, error);
}

static gboolean
feed_forward (WbModel *self, const WbPass *pass, gsize layer, GError **error)
{
  const gboolean                 convolved = layer == 0 && self->work.convolved;
  const WbLayerTensors          *p = &self->p.layers[layer];
  const WbLayerState            *s = &self->work.layers[layer];
  const WbMatmulForwardArgs      up = { .x = s->y1,
                                        .w = p->intermediate_w,
                                        .bias = p->intermediate_b,
                                        .y = s->g,
                                        .pre = s->pre,
                                        .activation = self->config->hidden_act };
  const WbMatmulForwardArgs      down = { .x = s->g, .w = p->output_w, .y = s->z2 };
  WbResidualLayernormForwardArgs norm = { .z = s->z2,
                                          .bias = p->output_b,
                                          .residual = s->y1,
                                          .gamma = p->output_gamma,
                                          .beta = p->output_beta,
                                          .y = convolved ? self->work.conv.z : s->y,
                                          .mean = s->mean2,
                                          .rstd = s->rstd2,
                                          .eps = self->config->layer_norm_eps,
                                          .batch = wb_pass_get_tail (self, pass, layer) };

  norm.dropout =
      wb_pass_get_dropout (pass, self->config->hidden_dropout, WB_RANDOM_OUTPUT, (guint) layer);
  return wb_matmul_forward (self->backend, &up, error) &&
         wb_matmul_forward (self->backend, &down, error) &&
         wb_residual_layernorm_forward (self->backend, &norm, error) &&
         (!convolved || wb_model_conv_forward (self, pass, error));
}

const WbBatch *
wb_pass_get_tail (const WbModel *self, const WbPass *pass, gsize layer)
{
  return wb_work_is_gathered (&self->work, &pass->shape, layer) ? &pass->tail : pass->batch;
}

static void
init_tail (WbModel *self, WbPass *pass)
{
  const gsize b = pass->batch->n_sequences;

  for (gsize i = 0; i <= b; i++)
    self->work.bounds[i] = (gint32) i;
  pass->tail = (WbBatch){ .n_tokens = b,
                          .n_sequences = b,
                          .max_length = 1,
                          .cu_seqlens = self->work.bounds,
                          .ordinals = pass->batch->ordinals };
}

gboolean
wb_model_forward_begin (WbModel *self, WbPass *pass, GError **error)
{
  wb_work_layout (&self->work, self->config, &self->head, &pass->shape, self->work_arena);
  init_tail (self, pass);
  return embed (self, pass, error) && normalize_table (self, error);
}

gboolean
wb_model_forward_attention (WbModel *self, const WbPass *pass, gsize layer, GError **error)
{
  if (project_positions (self, pass, layer, error) && attend (self, pass, layer, error))
    return TRUE;
  g_prefix_error (error, "layer %zu: ", layer);
  return FALSE;
}

gboolean
wb_model_forward_layer (WbModel *self, const WbPass *pass, gsize layer, GError **error)
{
  if (!wb_model_forward_attention (self, pass, layer, error))
    return FALSE;
  if (attention_output (self, pass, layer, error) && feed_forward (self, pass, layer, error))
    return TRUE;
  g_prefix_error (error, "layer %zu: ", layer);
  return FALSE;
}

gboolean
wb_model_forward (WbModel *self, WbPass *pass, gsize n_layers, GError **error)
{
  if (!wb_model_forward_begin (self, pass, error))
    return FALSE;
  for (gsize l = 0; l < MIN (n_layers, self->work.n_layers); l++)
    if ((l + 1 == self->config->n_layers && !wb_model_decoder_begin (self, pass, error)) ||
        !wb_model_forward_layer (self, pass, l, error))
      return FALSE;
  return TRUE;
}
