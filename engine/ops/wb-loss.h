#pragma once

#include "engine/core/wb-backend.h"

G_BEGIN_DECLS

/**
 * WbCrossEntropyArgs:
 * @logits: (rows, classes)
 * @labels: (rows) class; negative: ignored
 * @class_weights: (nullable): (classes) as torch's CrossEntropyLoss: weighted mean
 * @smoothing: label smoothing, 0 to below 1: (1 - s) nll + s * mean over classes of -log p (fact
 * sheet 5.10)
 * @denominator: what the sum is divided by: the whole batch's count of labels (sum of weights), so
 * that micro-batches add up to the mean over the batch
 * @dlogits: (optional): (rows, classes) output
 * @loss: (out): sum over rows / @denominator, in double
 */
typedef struct
{
  WbTensor      logits;
  const gint32 *labels;
  const float  *class_weights;
  float         smoothing;
  double        denominator;
  WbTensor      dlogits;
  double       *loss;
} WbCrossEntropyArgs;

/* Mean squared error of (rows, 1) predictions, likewise. */
typedef struct
{
  WbTensor     logits;
  const float *targets;
  double       denominator;
  WbTensor     dlogits;
  double      *loss;
} WbSquaredErrorArgs;

gboolean wb_loss_cross_entropy (WbBackend *backend, const WbCrossEntropyArgs *args, GError **error);
gboolean wb_loss_squared_error (WbBackend *backend, const WbSquaredErrorArgs *args, GError **error);

G_END_DECLS
