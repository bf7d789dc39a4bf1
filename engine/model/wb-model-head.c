#include "config.h"

#include "engine/core/wb-engine-error.h"
#include "engine/model/wb-model-head-private.h"
#include "engine/ops/wb-rows.h"

static const WbHeadFamily *
get_family (const WbHeadSpec *head)
{
  switch (head->kind)
    {
    case WB_HEAD_CLASSIFICATION:
    case WB_HEAD_REGRESSION:
      return &wb_head_family_pooled;
    default:
      return NULL;
    }
}

gboolean
wb_model_head_check (const WbHeadSpec *head, GError **error)
{
  if (get_family (head) != NULL)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED,
               "%s: not computed by this build", wb_head_kind_get_name (head->kind));
  return FALSE;
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
