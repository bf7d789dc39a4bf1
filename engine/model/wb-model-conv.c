#include "config.h"

#include "engine/model/wb-model-private.h"
#include "engine/ops/wb-rows.h"

/* The convolution of v2, once after layer 0: fact sheet 2.8.  Layer 0 then writes its own output to
 * conv.z, and what follows it reads layers[0].y, as everywhere. */

void
wb_model_conv_tensors_init (WbConvTensors *self, const WbBlock *block)
{
  const char *prefix = "deberta.encoder.conv.";

  self->w = wb_block_view (block, prefix, "conv.weight", 0);
  self->b = wb_block_view (block, prefix, "conv.bias", 0);
  self->gamma = wb_block_view (block, prefix, "LayerNorm.weight", 0);
  self->beta = wb_block_view (block, prefix, "LayerNorm.bias", 0);
}

/* Whether the model has layer 0 alone, and only its [CLS] rows go on: the convolution needs all of
 * layer 0 nevertheless. */
static gboolean
is_gathered (const WbWork *work, const WbWorkShape *shape)
{
  return work->n_layers == 1 && !shape->whole;
}

WbTensor
wb_model_conv_layout (const WbLayout *in)
{
  WbConvState *s = &in->work->conv;

  s->y = wb_layout_cut (in, in->t, in->h);
  s->mean = wb_layout_cut (in, 1, in->t);
  s->rstd = wb_layout_cut (in, 1, in->t);
  return is_gathered (in->work, in->shape) ? wb_layout_cut (in, in->b, in->h) : s->y;
}

void
wb_model_conv_layout_scratch (const WbLayout *in)
{
  const WbModelConfig *c = in->config;

  in->work->conv.work = wb_layout_cut (in, 1,
                                       wb_conv_work_floats (in->t, in->b, in->h, c->conv_kernel,
                                                            c->conv_groups, in->shape->training));
}

static WbConvForwardArgs
forward_args (const WbModel *self, const WbPass *pass)
{
  const WbConvState   *s = &self->work.conv;
  const WbConvTensors *p = &self->p.conv;
  const WbModelConfig *c = self->config;

  return (WbConvForwardArgs){
    .batch = pass->batch,
    .x = self->work.layers[0].x,
    .weight = p->w,
    .bias = p->b,
    .gamma = p->gamma,
    .beta = p->beta,
    .pre = s->pre,
    .z = s->z,
    .y = s->y,
    .mean = s->mean,
    .rstd = s->rstd,
    .work = s->work,
    .kernel = c->conv_kernel,
    .groups = c->conv_groups,
    .activation = c->conv_act,
    .eps = c->layer_norm_eps,
    .dropout = wb_pass_get_dropout (pass, c->hidden_dropout, WB_RANDOM_CONV, 0),
  };
}

gboolean
wb_model_conv_forward (WbModel *self, const WbPass *pass, GError **error)
{
  const WbConvForwardArgs args = forward_args (self, pass);

  return wb_conv_forward (self->backend, &args, error) &&
         (!is_gathered (&self->work, &pass->shape) ||
          wb_gather_rows (self->backend, &args.y, pass->batch->cu_seqlens, &self->work.layers[0].y,
                          error));
}

/* A single layer's [CLS] rows back to all tokens. */
static gboolean
scatter (WbModel *self, const WbPass *pass, GError **error)
{
  const WbBackwardState *back = &self->work.back;

  return wb_fill (self->backend, &back->dx, 0, error) &&
         wb_scatter_add_rows (self->backend, &back->tail_dx, pass->batch->cu_seqlens, &back->dx,
                              error);
}

gboolean
wb_model_conv_backward (WbModel *self, const WbPass *pass, GError **error)
{
  const WbConvForwardArgs  forward = forward_args (self, pass);
  const WbConvTensors     *d = &self->d.conv;
  const WbConvBackwardArgs args = { .forward = &forward,
                                    .dy = self->work.back.dx,
                                    .dz = self->work.back.dx,
                                    .dx = self->work.conv.dx,
                                    .dweight = d->w,
                                    .dbias = d->b,
                                    .dgamma = d->gamma,
                                    .dbeta = d->beta };

  return (!is_gathered (&self->work, &pass->shape) || scatter (self, pass, error)) &&
         wb_conv_backward (self->backend, &args, error);
}
