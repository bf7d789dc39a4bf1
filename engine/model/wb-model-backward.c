#include "config.h"

#include "engine/model/wb-model-private.h"
#include "engine/ops/wb-layernorm.h"
#include "engine/ops/wb-residual-layernorm.h"
#include "engine/ops/wb-rows.h"

/* The encoder's backward pass: fact sheet 2.12. */

/* The buffers that a layer's tail works on: (T, …), or (B, …) where it has [CLS] rows alone. */
typedef struct
{
  WbTensor dy; /* gradient of the layer's output on entry */
  WbTensor dy1;
  WbTensor dg;
  WbTensor dcontext;
} Tail;

static Tail
get_tail (const WbModel *self, const WbPass *pass, gsize layer)
{
  const WbBackwardState *back = &self->work.back;

  if (wb_work_is_gathered (&self->work, &pass->shape, layer))
    return (Tail){ back->tail_dx, back->tail_dy1, back->tail_dg, back->tail_dcontext };
  return (Tail){ back->dx, back->dy1, back->dg, back->dcontext };
}

/* From the gradient of the layer's output to that of the feed-forward block's input, in dy1. */
static gboolean
feed_forward (WbModel *self, const WbPass *pass, gsize layer, const Tail *tail, GError **error)
{
  const WbLayerTensors           *p = &self->p.layers[layer], *d = &self->d.layers[layer];
  const WbLayerState             *s = &self->work.layers[layer];
  WbResidualLayernormBackwardArgs norm = { .dy = tail->dy,
                                           .z = s->z2,
                                           .gamma = p->output_gamma,
                                           .mean = s->mean2,
                                           .rstd = s->rstd2,
                                           .dx = tail->dy,
                                           .dresidual = tail->dy1,
                                           .dbias = d->output_b,
                                           .dgamma = d->output_gamma,
                                           .dbeta = d->output_beta,
                                           .batch = wb_pass_get_tail (self, pass, layer) };
  const WbMatmulBackwardArgs      down = { .dy = tail->dy,
                                           .x = s->g,
                                           .w = p->output_w,
                                           .dx = tail->dg,
                                           .dw = d->output_w };
  const WbMatmulBackwardArgs      up = { .dy = tail->dg,
                                         .pre = s->pre,
                                         .x = s->y1,
                                         .w = p->intermediate_w,
                                         .dx = tail->dy1,
                                         .dw = d->intermediate_w,
                                         .dbias = d->intermediate_b,
                                         .activation = self->config->hidden_act,
                                         .accumulate_dx = TRUE };

  norm.dropout =
      wb_pass_get_dropout (pass, self->config->hidden_dropout, WB_RANDOM_OUTPUT, (guint) layer);
  return wb_residual_layernorm_backward (self->backend, &norm, error) &&
         wb_matmul_backward (self->backend, &down, error) &&
         wb_matmul_backward (self->backend, &up, error);
}

/* From dy1 to the gradient of the context; what goes to the layer's input past attention is left in
 * dy. */
static gboolean
attention_output (WbModel *self, const WbPass *pass, gsize layer, const Tail *tail, GError **error)
{
  const WbLayerTensors           *p = &self->p.layers[layer], *d = &self->d.layers[layer];
  const WbLayerState             *s = &self->work.layers[layer];
  WbResidualLayernormBackwardArgs norm = { .dy = tail->dy1,
                                           .z = s->z1,
                                           .gamma = p->attention_gamma,
                                           .mean = s->mean1,
                                           .rstd = s->rstd1,
                                           .dx = tail->dy1,
                                           .dresidual = tail->dy,
                                           .dbias = d->attention_b,
                                           .dgamma = d->attention_gamma,
                                           .dbeta = d->attention_beta,
                                           .batch = wb_pass_get_tail (self, pass, layer) };
  const WbMatmulBackwardArgs      product = { .dy = tail->dy1,
                                              .x = s->tail_context,
                                              .w = p->attention_w,
                                              .dx = tail->dcontext,
                                              .dw = d->attention_w };

  norm.dropout = wb_pass_get_dropout (pass, self->config->hidden_dropout,
                                      WB_RANDOM_ATTENTION_OUTPUT, (guint) layer);
  return wb_residual_layernorm_backward (self->backend, &norm, error) &&
         wb_matmul_backward (self->backend, &product, error);
}

/* Tokens other than [CLS] got nothing from the last layer's tail. */
static gboolean
scatter_tail (WbModel *self, const WbPass *pass, gsize layer, const Tail *tail, GError **error)
{
  const WbBackwardState *back = &self->work.back;
  const gint32          *rows = pass->batch->cu_seqlens;

  if (!wb_work_is_gathered (&self->work, &pass->shape, layer))
    return TRUE;
  return wb_fill (self->backend, &back->dcontext, 0, error) &&
         wb_scatter_add_rows (self->backend, &tail->dcontext, rows, &back->dcontext, error) &&
         wb_fill (self->backend, &back->dx, 0, error) &&
         wb_scatter_add_rows (self->backend, &tail->dy, rows, &back->dx, error);
}

/* The last layer's queries were those of [CLS] alone. */
static gboolean
project_gathered (WbModel *self, const WbPass *pass, gsize layer, GError **error)
{
  const WbLayerTensors      *p = &self->p.layers[layer], *d = &self->d.layers[layer];
  const WbLayerState        *s = &self->work.layers[layer];
  const WbBackwardState     *back = &self->work.back;
  const gint32              *rows = pass->batch->cu_seqlens;
  const gsize                h = self->config->hidden_size;
  const WbTensor             dq = wb_tensor_columns (&back->dqkv, 0, h);
  const WbMatmulBackwardArgs kv = { .dy = wb_tensor_columns (&back->dqkv, h, 2 * h),
                                    .x = s->x,
                                    .w = wb_tensor_rows (&p->qkv_w, h, 2 * h),
                                    .dx = back->dx,
                                    .dw = wb_tensor_rows (&d->qkv_w, h, 2 * h),
                                    .dbias = wb_tensor_columns (&d->qkv_b, h, 2 * h),
                                    .accumulate_dx = TRUE };
  const WbMatmulBackwardArgs queries = { .dy = back->tail_dy1,
                                         .x = s->tail_x,
                                         .w = wb_tensor_rows (&p->qkv_w, 0, h),
                                         .dx = back->tail_dx,
                                         .dw = wb_tensor_rows (&d->qkv_w, 0, h),
                                         .dbias = wb_tensor_columns (&d->qkv_b, 0, h) };

  return wb_gather_rows (self->backend, &dq, rows, &back->tail_dy1, error) &&
         wb_matmul_backward (self->backend, &queries, error) &&
         wb_scatter_add_rows (self->backend, &back->tail_dx, rows, &back->dx, error) &&
         wb_matmul_backward (self->backend, &kv, error);
}

static gboolean
attend (WbModel *self, const WbPass *pass, gsize layer, GError **error)
{
  const WbAttentionForwardArgs forward = wb_model_attention_args (self, pass, layer);
  const WbLayerTensors        *p = &self->p.layers[layer], *d = &self->d.layers[layer];
  const WbBackwardState       *back = &self->work.back;
  const gsize                  h = self->config->hidden_size;
  const gboolean               p2c = forward.positions.pq.data != NULL;
  WbAttentionBackwardArgs      args = { .forward = &forward,
                                        .dcontext = back->dcontext,
                                        .dq = wb_tensor_columns (&back->dqkv, 0, h),
                                        .dk = wb_tensor_columns (&back->dqkv, h, h),
                                        .dv = wb_tensor_columns (&back->dqkv, 2 * h, h) };
  const WbMatmulBackwardArgs   product = { .dy = back->dqkv,
                                           .x = self->work.layers[layer].x,
                                           .w = p->qkv_w,
                                           .dx = back->dx,
                                           .dw = d->qkv_w,
                                           .dbias = d->qkv_b,
                                           .accumulate_dx = TRUE };

  if (p2c)
    args.dpq = wb_tensor_columns (&back->dpos, 0, h);
  if (forward.positions.pk.data != NULL)
    args.dpk = wb_tensor_columns (&back->dpos, p2c ? h : 0, h);
  if (!wb_attention_backward (self->backend, &args, error))
    return FALSE;
  if (wb_work_is_decoding (&self->work, layer))
    return wb_model_decoder_project_backward (self, layer, error);
  return forward.first_only ? project_gathered (self, pass, layer, error)
                            : wb_matmul_backward (self->backend, &product, error);
}

/* The layer's share of the relative table's gradient, through this layer's dropout. */
static gboolean
positions (WbModel *self, const WbPass *pass, gsize layer, GError **error)
{
  const WbWork              *work = &self->work;
  const WbLayerTensors      *p = &self->p.layers[layer], *d = &self->d.layers[layer];
  const WbTensor             dlayer = wb_work_window_rows (work, &work->back.dlayer);
  const WbTensor             dtable = wb_work_window_rows (work, &work->back.dtable);
  const WbDropout            dropout = wb_pass_get_dropout (pass, self->config->hidden_dropout,
                                                            WB_RANDOM_RELATIVE_TABLE, (guint) layer);
  const WbMatmulBackwardArgs product = { .dy = work->back.dpos,
                                         .x = wb_work_window_rows (work, &work->layers[layer].e),
                                         .w = p->pos_w,
                                         .dx = dlayer,
                                         .dw = d->pos_w,
                                         .dbias = d->pos_b };

  if (work->layers[layer].pos.data == NULL)
    return TRUE;
  return wb_matmul_backward (self->backend, &product, error) &&
         (dropout.p == 0 || wb_dropout_rows (self->backend, &dropout, NULL, &work->back.dlayer,
                                             &work->back.dlayer, error)) &&
         wb_add (self->backend, &dlayer, &dtable, error);
}

/* The table's LayerNorm takes the sum over the layers. */
static gboolean
table (WbModel *self, GError **error)
{
  const WbWork           *work = &self->work;
  const WbTensor          dtable = wb_work_window_rows (work, &work->back.dtable);
  const WbTensor          dx = wb_work_window_rows (work, &work->back.dlayer);
  const WbTensor          d = wb_work_window_rows (work, &self->d.relative);
  WbLayernormBackwardArgs norm = { .dy = dtable,
                                   .x = wb_work_window_rows (work, &self->p.relative),
                                   .gamma = self->p.relative_gamma,
                                   .dx = dx,
                                   .dgamma = self->d.relative_gamma,
                                   .dbeta = self->d.relative_beta };

  if (!self->config->normalize_relative)
    return wb_add (self->backend, &dtable, &d, error);
  norm.mean = wb_tensor_columns (&work->table_mean, work->window.first, work->window.rows);
  norm.rstd = wb_tensor_columns (&work->table_rstd, work->window.first, work->window.rows);
  return wb_layernorm_backward (self->backend, &norm, error) &&
         wb_add (self->backend, &dx, &d, error);
}

static gboolean
project_embeddings (WbModel *self, const WbPass *pass, GError **error)
{
  const WbWork                 *work = &self->work;
  const WbTensor               *dx = &work->back.dx;
  const WbLayernormBackwardArgs norm = { .dy = *dx,
                                         .x = work->embedded,
                                         .gamma = self->p.embedding_gamma,
                                         .mean = work->embedding_mean,
                                         .rstd = work->embedding_rstd,
                                         .dx = *dx,
                                         .dgamma = self->d.embedding_gamma,
                                         .dbeta = self->d.embedding_beta };
  const WbMatmulBackwardArgs    product = { .dy = *dx,
                                            .x = work->sum,
                                            .w = self->p.projection,
                                            .dx = work->back.dsum,
                                            .dw = self->d.projection };
  const WbDropout               dropout =
      wb_pass_get_dropout (pass, self->config->hidden_dropout, WB_RANDOM_EMBEDDING, 0);

  return (dropout.p == 0 ||
          wb_dropout_tokens (self->backend, &dropout, pass->batch, dx, dx, error)) &&
         wb_layernorm_backward (self->backend, &norm, error) &&
         wb_matmul_backward (self->backend, &product, error);
}

static gboolean
embeddings (WbModel *self, const WbPass *pass, GError **error)
{
  WbBatch                 batch = *pass->batch;
  WbEmbeddingForwardArgs  forward = wb_model_embedding_args (self, pass);
  WbEmbeddingBackwardArgs args = { .forward = &forward,
                                   .dy = self->work.back.dx,
                                   .dword = self->d.word,
                                   .dtype = self->d.type,
                                   .dgamma = self->d.embedding_gamma,
                                   .dbeta = self->d.embedding_beta,
                                   .pad_id = self->config->pad_token_id };

  if (self->config->position_biased_input)
    args.dposition = self->d.position;
  if (wb_head_spec_is_tied (&self->head)) /* a dense gradient: a row for each id */
    {
      batch.slots = batch.ids;
      forward.batch = &batch;
    }
  if (self->work.sum.data != NULL)
    {
      if (!project_embeddings (self, pass, error))
        return FALSE;
      args.dy = self->work.back.dsum;
      args.dgamma = args.dbeta = (WbTensor){ NULL };
    }
  return wb_embedding_backward (self->backend, &args, error);
}

static gboolean
layer_backward (WbModel *self, const WbPass *pass, gsize layer, GError **error)
{
  const Tail     tail = get_tail (self, pass, layer);
  const gboolean convolved = layer == 0 && self->work.convolved;

  return (!convolved || wb_model_conv_backward (self, pass, error)) &&
         feed_forward (self, pass, layer, &tail, error) &&
         attention_output (self, pass, layer, &tail, error) &&
         scatter_tail (self, pass, layer, &tail, error) && attend (self, pass, layer, error) &&
         positions (self, pass, layer, error) &&
         (!convolved || wb_add (self->backend, &self->work.conv.dx, &self->work.back.dx, error));
}

gboolean
wb_model_backward (WbModel *self, const WbPass *pass, GError **error)
{
  const WbBackwardState *back = &self->work.back;
  const gboolean         relative = wb_model_n_terms (self->config) > 0;

  if (relative && (!wb_fill (self->backend, &back->dtable, 0, error) ||
                   !wb_fill (self->backend, &back->dlayer, 0, error)))
    return FALSE;
  for (gsize l = self->work.n_layers; l-- > 0;)
    if (!layer_backward (self, pass, l, error) ||
        (l + 1 == self->config->n_layers && !wb_model_decoder_end_backward (self, pass, error)))
      {
        g_prefix_error (error, "layer %zu, backward: ", l);
        return FALSE;
      }
  return (!relative || table (self, error)) && embeddings (self, pass, error);
}
