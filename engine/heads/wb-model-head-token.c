#include "config.h"

#include "engine/heads/wb-model-head-private.h"
#include "engine/ops/wb-loss.h"
#include "engine/ops/wb-rows.h"

/* A linear layer on every token: token classification and spans (fact sheet 3.12).  No padding, so
 * the softmax of a span runs over the real tokens of its sequence; transformers' runs over padding
 * too, and equals this where there is none. */

static void
tensors_init (WbHeadTensors *self, const WbHeadSpec *head, const WbBlock *block)
{
  const char *prefix = head->kind == WB_HEAD_SPAN ? "qa_outputs." : "classifier.";

  self->out_w = wb_block_view (block, prefix, "weight", 0);
  self->out_b = wb_block_view (block, prefix, "bias", 0);
}

/* Token classification has nn.Dropout (hidden_dropout_prob) before it, spans have none. */
static WbDropout
get_dropout (const WbModel *self, const WbPass *pass)
{
  return wb_pass_get_dropout (pass,
                              self->head.kind == WB_HEAD_TOKEN ? self->config->hidden_dropout : 0,
                              WB_RANDOM_CLASSIFIER, 0);
}

static void
layout (const WbLayout *in)
{
  WbHeadState *s = &in->work->head;

  s->out_x = *wb_model_head_get_rows (in->work);
  if (in->shape->training && in->head->kind == WB_HEAD_TOKEN && in->config->hidden_dropout > 0)
    s->out_x = wb_layout_cut (in, in->t, in->h);
  s->logits = wb_layout_cut (in, in->t, wb_head_spec_get_n_outputs (in->head, in->config));
}

static void
layout_backward (const WbLayout *in)
{
  in->work->head.dlogits =
      wb_layout_cut (in, in->t, wb_head_spec_get_n_outputs (in->head, in->config));
  in->work->head.labels = wb_arena_alloc (in->arena, in->b * sizeof (gint32));
}

static gboolean
drop (WbModel *self, const WbPass *pass, const WbTensor *x, const WbTensor *y, GError **error)
{
  const WbDropout dropout = get_dropout (self, pass);

  return dropout.p == 0 || wb_dropout_tokens (self->backend, &dropout, pass->batch, x, y, error);
}

static gboolean
forward (WbModel *self, const WbPass *pass, GError **error)
{
  const WbHeadState        *s = &self->work.head;
  const WbMatmulForwardArgs classifier = { .x = s->out_x,
                                           .w = self->p.head.out_w,
                                           .bias = self->p.head.out_b,
                                           .y = s->logits };

  return drop (self, pass, wb_model_head_get_rows (&self->work), &s->out_x, error) &&
         wb_matmul_forward (self->backend, &classifier, error);
}

/* One side of the spans; a negative place is the first token. */
static gboolean
side_loss (WbModel      *self,
           const WbPass *pass,
           gsize         side,
           double        denominator,
           double       *sum,
           GError      **error)
{
  const WbHeadState              *s = &self->work.head;
  const WbBatch                  *batch = pass->batch;
  const WbSegmentCrossEntropyArgs args = { .logits = wb_tensor_columns (&s->logits, side, 1),
                                           .bounds = batch->cu_seqlens,
                                           .n_segments = batch->n_sequences,
                                           .labels = s->labels,
                                           .denominator = 2 * denominator,
                                           .dlogits = wb_tensor_columns (&s->dlogits, side, 1),
                                           .loss = sum };
  const gint32                   *places = side == 0 ? batch->starts : batch->ends;

  for (gsize i = 0; i < batch->n_sequences; i++)
    s->labels[i] = MAX (places[i], 0);
  return wb_loss_segment_cross_entropy (self->backend, &args, error);
}

static gboolean
loss (WbModel *self, const WbPass *pass, const WbLossWeight *weight, double *sum, GError **error)
{
  double start, end;

  if (self->head.kind == WB_HEAD_TOKEN)
    return wb_model_head_class_loss (self, pass->batch->token_labels, weight, sum, error);
  if (!side_loss (self, pass, 0, weight->sum, &start, error) ||
      !side_loss (self, pass, 1, weight->ends, &end, error))
    return FALSE;
  *sum = start + end;
  return TRUE;
}

static gboolean
backward (WbModel *self, const WbPass *pass, GError **error)
{
  const WbHeadState         *s = &self->work.head;
  const WbTensor            *dx = &self->work.back.dx;
  const WbMatmulBackwardArgs classifier = { .dy = s->dlogits,
                                            .x = s->out_x,
                                            .w = self->p.head.out_w,
                                            .dx = *dx,
                                            .dw = self->d.head.out_w,
                                            .dbias = self->d.head.out_b };

  return wb_matmul_backward (self->backend, &classifier, error) && drop (self, pass, dx, dx, error);
}

const WbHeadFamily wb_head_family_token = {
  .tensors_init = tensors_init,
  .layout = layout,
  .layout_backward = layout_backward,
  .forward = forward,
  .loss = loss,
  .backward = backward,
};
