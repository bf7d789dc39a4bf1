#include "config.h"

#include "engine/model/wb-model-private.h"
#include "engine/ops/wb-loss.h"
#include "engine/ops/wb-rows.h"

/* Context pooler and classifier: fact sheet 2.11, 3.12.  Rows are sequences. */

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

/* y = dropout (x); where there is none, y is x. */
static gboolean
drop (WbModel         *self,
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
wb_model_head_forward (WbModel *self, const WbPass *pass, GError **error)
{
  const WbWork             *work = &self->work;
  const WbTensor           *rows = &work->layers[work->n_layers - 1].y;
  const WbDropout           before = pooler_dropout (self, pass);
  const WbDropout           after = classifier_dropout (self, pass);
  const WbMatmulForwardArgs pooler = { .x = work->pooler_x,
                                       .w = self->p.pooler_w,
                                       .bias = self->p.pooler_b,
                                       .y = work->pooled,
                                       .pre = work->pooler_pre,
                                       .activation = self->config->pooler_act };
  const WbMatmulForwardArgs classifier = { .x = work->classifier_x,
                                           .w = self->p.classifier_w,
                                           .bias = self->p.classifier_b,
                                           .y = work->logits };

  return drop (self, pass, &before, rows, &work->pooler_x, error) &&
         wb_matmul_forward (self->backend, &pooler, error) &&
         drop (self, pass, &after, &work->pooled, &work->classifier_x, error) &&
         wb_matmul_forward (self->backend, &classifier, error);
}

gboolean
wb_model_head_loss (WbModel      *self,
                    const WbPass *pass,
                    double        denominator,
                    double       *loss,
                    GError      **error)
{
  const WbWork            *work = &self->work;
  const WbCrossEntropyArgs classes = { .logits = work->logits,
                                       .labels = pass->batch->labels,
                                       .class_weights = self->class_weights,
                                       .smoothing = (float) self->head.label_smoothing,
                                       .denominator = denominator,
                                       .dlogits = work->back.dlogits,
                                       .loss = loss };
  const WbSquaredErrorArgs number = { .logits = work->logits,
                                      .targets = pass->batch->targets,
                                      .denominator = denominator,
                                      .dlogits = work->back.dlogits,
                                      .loss = loss };

  if (self->head.kind == WB_HEAD_REGRESSION)
    {
      g_return_val_if_fail (pass->batch->targets != NULL, FALSE);
      return wb_loss_squared_error (self->backend, &number, error);
    }
  g_return_val_if_fail (pass->batch->labels != NULL, FALSE);
  return wb_loss_cross_entropy (self->backend, &classes, error);
}

gboolean
wb_model_head_backward (WbModel *self, const WbPass *pass, GError **error)
{
  const WbWork              *work = &self->work;
  const WbBackwardState     *back = &work->back;
  const WbDropout            before = pooler_dropout (self, pass);
  const WbDropout            after = classifier_dropout (self, pass);
  const WbMatmulBackwardArgs classifier = { .dy = back->dlogits,
                                            .x = work->classifier_x,
                                            .w = self->p.classifier_w,
                                            .dx = back->dpooled,
                                            .dw = self->d.classifier_w,
                                            .dbias = self->d.classifier_b };
  const WbMatmulBackwardArgs pooler = { .dy = back->dpooled,
                                        .pre = work->pooler_pre,
                                        .x = work->pooler_x,
                                        .w = self->p.pooler_w,
                                        .dx = back->tail_dx,
                                        .dw = self->d.pooler_w,
                                        .dbias = self->d.pooler_b,
                                        .activation = self->config->pooler_act };

  return wb_matmul_backward (self->backend, &classifier, error) &&
         drop (self, pass, &after, &back->dpooled, &back->dpooled, error) &&
         wb_matmul_backward (self->backend, &pooler, error) &&
         drop (self, pass, &before, &back->tail_dx, &back->tail_dx, error);
}
