#include "config.h"

#include "engine/heads/wb-model-head-private.h"
#include "engine/ops/wb-loss.h"

/* Context pooler and classifier: fact sheet 2.11, 3.12.  Rows are sequences. */

static void
tensors_init (WbHeadTensors *self, const WbHeadSpec *head, const WbBlock *block)
{
  self->dense_w = wb_block_view (block, "pooler.", "dense.weight", 0);
  self->dense_b = wb_block_view (block, "pooler.", "dense.bias", 0);
  self->out_w = wb_block_view (block, "classifier.", "weight", 0);
  self->out_b = wb_block_view (block, "classifier.", "bias", 0);
}

static void
layout (const WbLayout *in)
{
  WbHeadState *s = &in->work->head;

  s->x = *wb_model_head_get_rows (in->work);
  if (in->shape->training && in->config->pooler_dropout > 0)
    s->x = wb_layout_cut (in, in->b, in->h);
  s->pre = wb_layout_cut (in, in->b, in->h);
  s->dense = wb_layout_cut (in, in->b, in->h);
  s->out_x = s->dense;
  if (in->shape->training && in->config->classifier_dropout > 0)
    s->out_x = wb_layout_cut (in, in->b, in->h);
  s->logits = wb_layout_cut (in, in->b, wb_head_spec_get_n_outputs (in->head, in->config));
}

static void
layout_backward (const WbLayout *in)
{
  WbHeadState *s = &in->work->head;

  s->dlogits = wb_layout_cut (in, in->b, wb_head_spec_get_n_outputs (in->head, in->config));
  s->dout = wb_layout_cut (in, in->b, in->h);
}

static WbDropout
pooler_dropout (const WbModel *self, const WbPass *pass)
{
  return wb_pass_get_dropout (pass, self->config->pooler_dropout, WB_RANDOM_POOLER, 0);
}

static WbDropout
classifier_dropout (const WbModel *self, const WbPass *pass)
{
  return wb_pass_get_dropout (pass, self->config->classifier_dropout, WB_RANDOM_CLASSIFIER, 0);
}

static gboolean
forward (WbModel *self, const WbPass *pass, GError **error)
{
  const WbHeadState        *s = &self->work.head;
  const WbTensor           *rows = wb_model_head_get_rows (&self->work);
  const WbDropout           before = pooler_dropout (self, pass);
  const WbDropout           after = classifier_dropout (self, pass);
  const WbMatmulForwardArgs pooler = { .x = s->x,
                                       .w = self->p.head.dense_w,
                                       .bias = self->p.head.dense_b,
                                       .y = s->dense,
                                       .pre = s->pre,
                                       .activation = self->config->pooler_act };
  const WbMatmulForwardArgs classifier = { .x = s->out_x,
                                           .w = self->p.head.out_w,
                                           .bias = self->p.head.out_b,
                                           .y = s->logits };

  return wb_model_head_drop (self, pass, &before, rows, &s->x, error) &&
         wb_matmul_forward (self->backend, &pooler, error) &&
         wb_model_head_drop (self, pass, &after, &s->dense, &s->out_x, error) &&
         wb_matmul_forward (self->backend, &classifier, error);
}

static gboolean
numbers_loss (WbModel            *self,
              const WbPass       *pass,
              const WbLossWeight *weight,
              double             *sum,
              GError            **error)
{
  const WbHeadState       *s = &self->work.head;
  const WbSquaredErrorArgs args = { .logits = s->logits,
                                    .targets = pass->batch->targets,
                                    .denominator = weight->sum,
                                    .dlogits = s->dlogits,
                                    .loss = sum };

  return wb_loss_squared_error (self->backend, &args, error);
}

static gboolean
soft_loss (WbModel            *self,
           const WbPass       *pass,
           const WbLossWeight *weight,
           double             *sum,
           GError            **error)
{
  const WbHeadState           *s = &self->work.head;
  const WbSoftCrossEntropyArgs args = { .logits = s->logits,
                                        .targets = pass->batch->targets,
                                        .class_weights = self->class_weights,
                                        .smoothing = (float) self->head.label_smoothing,
                                        .denominator = weight->sum,
                                        .dlogits = s->dlogits,
                                        .loss = sum };

  return wb_loss_soft_cross_entropy (self->backend, &args, error);
}

static gboolean
multi_label_loss (WbModel            *self,
                  const WbPass       *pass,
                  const WbLossWeight *weight,
                  double             *sum,
                  GError            **error)
{
  const WbHeadState              *s = &self->work.head;
  const WbSigmoidCrossEntropyArgs args = { .logits = s->logits,
                                           .targets = pass->batch->targets,
                                           .class_weights = self->class_weights,
                                           .denominator = weight->sum,
                                           .dlogits = s->dlogits,
                                           .loss = sum };

  return wb_loss_sigmoid_cross_entropy (self->backend, &args, error);
}

/* One score a sequence, softmax over those of a group. */
static gboolean
choice_loss (WbModel            *self,
             const WbPass       *pass,
             const WbLossWeight *weight,
             double             *sum,
             GError            **error)
{
  const WbHeadState              *s = &self->work.head;
  const WbSegmentCrossEntropyArgs args = { .logits = s->logits,
                                           .bounds = pass->batch->groups,
                                           .n_segments = pass->batch->n_groups,
                                           .labels = pass->batch->labels,
                                           .smoothing = (float) self->head.label_smoothing,
                                           .denominator = weight->sum,
                                           .dlogits = s->dlogits,
                                           .loss = sum };

  return wb_loss_segment_cross_entropy (self->backend, &args, error);
}

static gboolean
loss (WbModel *self, const WbPass *pass, const WbLossWeight *weight, double *sum, GError **error)
{
  switch (self->head.kind)
    {
    case WB_HEAD_REGRESSION:
      return numbers_loss (self, pass, weight, sum, error);
    case WB_HEAD_SOFT_CLASSIFICATION:
      return soft_loss (self, pass, weight, sum, error);
    case WB_HEAD_MULTI_LABEL:
      return multi_label_loss (self, pass, weight, sum, error);
    case WB_HEAD_CHOICE:
      return choice_loss (self, pass, weight, sum, error);
    default:
      return wb_model_head_class_loss (self, pass->batch->labels, weight, sum, error);
    }
}

static gboolean
backward (WbModel *self, const WbPass *pass, GError **error)
{
  const WbHeadState         *s = &self->work.head;
  const WbTensor            *dx = &self->work.back.tail_dx;
  const WbDropout            before = pooler_dropout (self, pass);
  const WbDropout            after = classifier_dropout (self, pass);
  const WbMatmulBackwardArgs classifier = { .dy = s->dlogits,
                                            .x = s->out_x,
                                            .w = self->p.head.out_w,
                                            .dx = s->dout,
                                            .dw = self->d.head.out_w,
                                            .dbias = self->d.head.out_b };
  const WbMatmulBackwardArgs pooler = { .dy = s->dout,
                                        .pre = s->pre,
                                        .x = s->x,
                                        .w = self->p.head.dense_w,
                                        .dx = *dx,
                                        .dw = self->d.head.dense_w,
                                        .dbias = self->d.head.dense_b,
                                        .activation = self->config->pooler_act };

  return wb_matmul_backward (self->backend, &classifier, error) &&
         wb_model_head_drop (self, pass, &after, &s->dout, &s->dout, error) &&
         wb_matmul_backward (self->backend, &pooler, error) &&
         wb_model_head_drop (self, pass, &before, dx, dx, error);
}

const WbHeadFamily wb_head_family_pooled = {
  .tensors_init = tensors_init,
  .layout = layout,
  .layout_backward = layout_backward,
  .forward = forward,
  .loss = loss,
  .backward = backward,
};
