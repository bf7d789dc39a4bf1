#pragma once

#include "engine/model/wb-model-private.h"

G_BEGIN_DECLS

/**
 * WbHeadFamily:
 * @tensors_init: views of the head's parameters, or of their gradients
 * @layout, @layout_backward: cuts work->head
 * @forward: from the last layer's rows to work->head.logits
 * @predict: (nullable): logits to host memory; %NULL: work->head.logits is all of them
 * @loss: and the gradient of the logits
 * @backward: down to the gradient of the last layer's rows
 *
 * How heads with the same parameters are computed.
 */
typedef struct
{
  void (*tensors_init) (WbHeadTensors *self, const WbHeadSpec *head, const WbBlock *block);
  void (*layout) (const WbLayout *layout);
  void (*layout_backward) (const WbLayout *layout);
  gboolean (*forward) (WbModel *self, const WbPass *pass, GError **error);
  gboolean (*predict) (WbModel *self, const WbPass *pass, float *logits, GError **error);
  gboolean (*loss) (WbModel            *self,
                    const WbPass       *pass,
                    const WbLossWeight *weight,
                    double             *loss,
                    GError            **error);
  gboolean (*backward) (WbModel *self, const WbPass *pass, GError **error);
} WbHeadFamily;

extern const WbHeadFamily wb_head_family_pooled;
extern const WbHeadFamily wb_head_family_token;
extern const WbHeadFamily wb_head_family_masked_lm;
extern const WbHeadFamily wb_head_family_replaced_token;

/* The last layer's rows: [CLS] of each sequence, or every token. */
const WbTensor *wb_model_head_get_rows (const WbWork *work);

/* y = dropout (x) on rows that belong to sequences; where there is none, y is x. */
gboolean wb_model_head_drop (WbModel         *self,
                             const WbPass    *pass,
                             const WbDropout *dropout,
                             const WbTensor  *x,
                             const WbTensor  *y,
                             GError         **error);

/* Cross entropy of the head's logits, a label for each of their rows. */
gboolean wb_model_head_class_loss (WbModel            *self,
                                   const gint32       *labels,
                                   const WbLossWeight *weight,
                                   double             *sum,
                                   GError            **error);

G_END_DECLS
