#include "config.h"

#include "engine/heads/wb-model-head-private.h"

#include <string.h>

#include "engine/ops/wb-loss.h"
#include "engine/ops/wb-rows.h"

static const WbHeadFamily *
get_family (const WbHeadSpec *head)
{
  switch (head->kind)
    {
    case WB_HEAD_TOKEN:
    case WB_HEAD_SPAN:
      return &wb_head_family_token;
    case WB_HEAD_MASKED_LM:
      return &wb_head_family_masked_lm;
    case WB_HEAD_REPLACED_TOKEN:
      return &wb_head_family_replaced_token;
    case WB_HEAD_CLASSIFICATION:
    case WB_HEAD_REGRESSION:
    case WB_HEAD_SOFT_CLASSIFICATION:
    case WB_HEAD_MULTI_LABEL:
    case WB_HEAD_CHOICE:
    default:
      return &wb_head_family_pooled;
    }
}

void
wb_model_head_tensors_init (WbHeadTensors       *self,
                            const WbModelConfig *config,
                            const WbHeadSpec    *head,
                            const WbBlock       *block)
{
  get_family (head)->tensors_init (self, head, block);
}

void
wb_model_head_layout (const WbLayout *layout)
{
  get_family (layout->head)->layout (layout);
}

void
wb_model_head_layout_backward (const WbLayout *layout)
{
  get_family (layout->head)->layout_backward (layout);
}

gboolean
wb_model_head_forward (WbModel *self, const WbPass *pass, GError **error)
{
  return get_family (&self->head)->forward (self, pass, error);
}

gboolean
wb_model_head_predict (WbModel *self, const WbPass *pass, float *logits, GError **error)
{
  const WbHeadFamily *family = get_family (&self->head);
  const WbTensor     *all = &self->work.head.logits;

  if (family->predict != NULL)
    return family->predict (self, pass, logits, error);
  memcpy (logits, all->data, all->rows * all->cols * sizeof (float));
  return TRUE;
}

gboolean
wb_model_head_loss (WbModel            *self,
                    const WbPass       *pass,
                    const WbLossWeight *weight,
                    double             *loss,
                    GError            **error)
{
  return get_family (&self->head)->loss (self, pass, weight, loss, error);
}

gboolean
wb_model_head_backward (WbModel *self, const WbPass *pass, GError **error)
{
  return get_family (&self->head)->backward (self, pass, error);
}

const WbTensor *
wb_model_head_get_rows (const WbWork *work)
{
  return &work->layers[work->n_layers - 1].y;
}

gboolean
wb_model_head_drop (WbModel         *self,
                    const WbPass    *pass,
                    const WbDropout *dropout,
                    const WbTensor  *x,
                    const WbTensor  *y,
                    GError         **error)
{
  return dropout->p == 0 ||
         wb_dropout_rows (self->backend, dropout, pass->batch->ordinals, x, y, error);
}

gboolean
wb_model_head_class_loss (WbModel            *self,
                          const gint32       *labels,
                          const WbLossWeight *weight,
                          double             *sum,
                          GError            **error)
{
  const WbHeadState       *s = &self->work.head;
  const WbCrossEntropyArgs args = { .logits = s->logits,
                                    .labels = labels,
                                    .class_weights = self->class_weights,
                                    .smoothing = (float) self->head.label_smoothing,
                                    .denominator = weight->sum,
                                    .dlogits = s->dlogits,
                                    .loss = sum };

  return wb_loss_cross_entropy (self->backend, &args, error);
}
