#include "config.h"

#include "engine/heads/wb-model-head-private.h"
#include "engine/ops/wb-layernorm.h"
#include "engine/ops/wb-loss.h"
#include "engine/ops/wb-rows.h"

/* Replaced token detection: classifier (act (dense (LayerNorm (h_0 + h_n)))) on every token (fact
 * sheet 3.8). */

static void
tensors_init (WbHeadTensors *self, const WbHeadSpec *head, const WbBlock *block)
{
  const char *prefix = "mask_predictions.";

  self->gamma = wb_block_view (block, prefix, "LayerNorm.weight", 0);
  self->beta = wb_block_view (block, prefix, "LayerNorm.bias", 0);
  self->dense_w = wb_block_view (block, prefix, "dense.weight", 0);
  self->dense_b = wb_block_view (block, prefix, "dense.bias", 0);
  self->out_w = wb_block_view (block, prefix, "classifier.weight", 0);
  self->out_b = wb_block_view (block, prefix, "classifier.bias", 0);
}

static void
layout (const WbLayout *in)
{
  WbHeadState *s = &in->work->head;

  s->norm_x = wb_layout_cut (in, in->t, in->h);
  s->mean = wb_layout_cut (in, 1, in->t);
  s->rstd = wb_layout_cut (in, 1, in->t);
  s->x = wb_layout_cut (in, in->t, in->h);
  s->pre = wb_layout_cut (in, in->t, in->h);
  s->out_x = wb_layout_cut (in, in->t, in->h);
  s->logits = wb_layout_cut (in, in->t, 1);
}

static void
layout_backward (const WbLayout *in)
{
  WbHeadState *s = &in->work->head;

  s->dlogits = wb_layout_cut (in, in->t, 1);
  s->dout = wb_layout_cut (in, in->t, in->h);
}

static gboolean
forward (WbModel *self, const WbPass *pass, GError **error)
{
  const WbHeadTensors         *p = &self->p.head;
  const WbHeadState           *s = &self->work.head;
  const WbLayernormForwardArgs norm = { .x = s->norm_x,
                                        .gamma = p->gamma,
                                        .beta = p->beta,
                                        .y = s->x,
                                        .mean = s->mean,
                                        .rstd = s->rstd,
                                        .eps = self->config->layer_norm_eps };
  const WbMatmulForwardArgs    dense = { .x = s->x,
                                         .w = p->dense_w,
                                         .bias = p->dense_b,
                                         .y = s->out_x,
                                         .pre = s->pre,
                                         .activation = self->config->hidden_act };
  const WbMatmulForwardArgs    classifier = { .x = s->out_x,
                                              .w = p->out_w,
                                              .bias = p->out_b,
                                              .y = s->logits };

  return wb_add_first_rows (self->backend, pass->batch, wb_model_head_get_rows (&self->work),
                            &s->norm_x, error) &&
         wb_layernorm_forward (self->backend, &norm, error) &&
         wb_matmul_forward (self->backend, &dense, error) &&
         wb_matmul_forward (self->backend, &classifier, error);
}

static gboolean
loss (WbModel *self, const WbPass *pass, const WbLossWeight *weight, double *sum, GError **error)
{
  const WbHeadState              *s = &self->work.head;
  const WbSigmoidCrossEntropyArgs args = { .logits = s->logits,
                                           .labels = pass->batch->token_labels,
                                           .denominator = weight->sum,
                                           .dlogits = s->dlogits,
                                           .loss = sum };

  return wb_loss_sigmoid_cross_entropy (self->backend, &args, error);
}

static gboolean
backward (WbModel *self, const WbPass *pass, GError **error)
{
  const WbHeadTensors          *p = &self->p.head, *d = &self->d.head;
  const WbHeadState            *s = &self->work.head;
  const WbTensor               *dx = &self->work.back.dx;
  const WbMatmulBackwardArgs    classifier = { .dy = s->dlogits,
                                               .x = s->out_x,
                                               .w = p->out_w,
                                               .dx = s->dout,
                                               .dw = d->out_w,
                                               .dbias = d->out_b };
  const WbMatmulBackwardArgs    dense = { .dy = s->dout,
                                          .pre = s->pre,
                                          .x = s->x,
                                          .w = p->dense_w,
                                          .dx = *dx,
                                          .dw = d->dense_w,
                                          .dbias = d->dense_b,
                                          .activation = self->config->hidden_act };
  const WbLayernormBackwardArgs norm = { .dy = *dx,
                                         .x = s->norm_x,
                                         .gamma = p->gamma,
                                         .mean = s->mean,
                                         .rstd = s->rstd,
                                         .dx = *dx,
                                         .dgamma = d->gamma,
                                         .dbeta = d->beta };

  return wb_matmul_backward (self->backend, &classifier, error) &&
         wb_matmul_backward (self->backend, &dense, error) &&
         wb_layernorm_backward (self->backend, &norm, error) &&
         wb_collect_first_rows (self->backend, pass->batch, dx, error);
}

const WbHeadFamily wb_head_family_replaced_token = {
  .tensors_init = tensors_init,
  .layout = layout,
  .layout_backward = layout_backward,
  .forward = forward,
  .loss = loss,
  .backward = backward,
};
