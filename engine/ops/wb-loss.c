#include "config.h"

#include "engine/ops/wb-loss.h"

#include <math.h>

#include "engine/core/wb-backend-private.h"

static gboolean
check_denominator (double denominator, GError **error)
{
  if (denominator > 0 && isfinite (denominator))
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
               "loss: a denominator of %g; it must be a positive number", denominator);
  return FALSE;
}

static gboolean
check_gradient (const WbTensor *dlogits, gsize rows, gsize cols, GError **error)
{
  return dlogits->data == NULL ||
         wb_tensor_check (dlogits, "loss: dlogits", WB_DTYPE_F32, rows, cols, error);
}

static gboolean
check_labels (const gint32 *labels, gsize rows, gsize classes, GError **error)
{
  for (gsize i = 0; i < rows; i++)
    if (labels[i] >= 0 && (gsize) labels[i] >= classes)
      {
        g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                     "loss: label %d of row %zu, but there are %zu classes", labels[i], i, classes);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_smoothing (float smoothing, GError **error)
{
  if (smoothing >= 0.0f && smoothing < 1.0f)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
               "loss: label smoothing %g is not from 0 up to but not 1", (double) smoothing);
  return FALSE;
}

static gboolean
check_logits (const WbTensor *logits, const WbTensor *dlogits, double denominator, GError **error)
{
  return wb_tensor_check (logits, "loss: logits", WB_DTYPE_F32, logits->rows, logits->cols,
                          error) &&
         check_gradient (dlogits, logits->rows, logits->cols, error) &&
         check_denominator (denominator, error);
}

gboolean
wb_loss_cross_entropy (WbBackend *backend, const WbCrossEntropyArgs *args, GError **error)
{
  g_return_val_if_fail (args->labels != NULL && args->loss != NULL, FALSE);

  return check_logits (&args->logits, &args->dlogits, args->denominator, error) &&
         check_labels (args->labels, args->logits.rows, args->logits.cols, error) &&
         check_smoothing (args->smoothing, error) &&
         wb_backend_check_op (backend, backend->ops->loss_cross_entropy != NULL,
                              "loss_cross_entropy", error) &&
         backend->ops->loss_cross_entropy (backend, args, error);
}

gboolean
wb_loss_squared_error (WbBackend *backend, const WbSquaredErrorArgs *args, GError **error)
{
  g_return_val_if_fail (args->targets != NULL && args->loss != NULL, FALSE);

  return check_logits (&args->logits, &args->dlogits, args->denominator, error) &&
         wb_backend_check_op (backend, backend->ops->loss_squared_error != NULL,
                              "loss_squared_error", error) &&
         backend->ops->loss_squared_error (backend, args, error);
}

gboolean
wb_loss_soft_cross_entropy (WbBackend *backend, const WbSoftCrossEntropyArgs *args, GError **error)
{
  g_return_val_if_fail (args->targets != NULL && args->loss != NULL, FALSE);

  return check_logits (&args->logits, &args->dlogits, args->denominator, error) &&
         check_smoothing (args->smoothing, error) &&
         wb_backend_check_op (backend, backend->ops->loss_soft_cross_entropy != NULL,
                              "loss_soft_cross_entropy", error) &&
         backend->ops->loss_soft_cross_entropy (backend, args, error);
}

gboolean
wb_loss_sigmoid_cross_entropy (WbBackend                       *backend,
                               const WbSigmoidCrossEntropyArgs *args,
                               GError                         **error)
{
  g_return_val_if_fail ((args->targets != NULL) != (args->labels != NULL), FALSE);
  g_return_val_if_fail (args->loss != NULL, FALSE);
  g_return_val_if_fail (args->labels == NULL || args->logits.cols == 1, FALSE);

  return check_logits (&args->logits, &args->dlogits, args->denominator, error) &&
         (args->labels == NULL || check_labels (args->labels, args->logits.rows, 2, error)) &&
         wb_backend_check_op (backend, backend->ops->loss_sigmoid_cross_entropy != NULL,
                              "loss_sigmoid_cross_entropy", error) &&
         backend->ops->loss_sigmoid_cross_entropy (backend, args, error);
}

static gboolean
check_segments (const WbSegmentCrossEntropyArgs *args, GError **error)
{
  gboolean ok = args->bounds[0] == 0 && (gsize) args->bounds[args->n_segments] == args->logits.rows;

  for (gsize i = 0; ok && i < args->n_segments; i++)
    ok = args->bounds[i] < args->bounds[i + 1];
  if (!ok)
    g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                 "loss: %zu rows are not cut into %zu segments, each with a row at least",
                 args->logits.rows, args->n_segments);
  return ok;
}

gboolean
wb_loss_segment_cross_entropy (WbBackend                       *backend,
                               const WbSegmentCrossEntropyArgs *args,
                               GError                         **error)
{
  g_return_val_if_fail (args->bounds != NULL && args->labels != NULL && args->loss != NULL, FALSE);
  g_return_val_if_fail (args->logits.cols == 1, FALSE);

  return check_logits (&args->logits, &args->dlogits, args->denominator, error) &&
         check_segments (args, error) && check_smoothing (args->smoothing, error) &&
         wb_backend_check_op (backend, backend->ops->loss_segment_cross_entropy != NULL,
                              "loss_segment_cross_entropy", error) &&
         backend->ops->loss_segment_cross_entropy (backend, args, error);
}

static gboolean
check_vocabulary (const WbVocabularyLossArgs *args, GError **error)
{
  const gsize     rows = args->x.rows, e = args->x.cols, v = args->w.rows;
  const char     *names[] = { "loss: x",  "loss: w",  "loss: bias", "loss: chunk",
                              "loss: dx", "loss: dw", "loss: dbias" };
  const WbTensor *tensors[] = { &args->x,  &args->w,  &args->bias, &args->chunk,
                                &args->dx, &args->dw, &args->dbias };
  const gsize     sizes[][2] = {
        { rows, e }, { v, e },
        { 1, v },    { MIN (rows, WB_VOCABULARY_ROWS), MIN (v, WB_VOCABULARY_COLS) },
        { rows, e }, { v, e },
        { 1, v }
  };
  const gsize n = args->dx.data != NULL ? 7 : 4;

  for (gsize i = 0; i < n; i++)
    if (!wb_tensor_check (tensors[i], names[i], WB_DTYPE_F32, sizes[i][0], sizes[i][1], error))
      return FALSE;
  for (gsize i = 0; i < rows; i++)
    if (args->labels[i] < 0)
      {
        g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                     "loss: label %d of row %zu is below 0", args->labels[i], i);
        return FALSE;
      }
  return check_labels (args->labels, rows, v, error);
}

gboolean
wb_loss_vocabulary (WbBackend *backend, const WbVocabularyLossArgs *args, GError **error)
{
  g_return_val_if_fail (args->labels != NULL && args->state != NULL && args->loss != NULL, FALSE);

  return check_vocabulary (args, error) && check_smoothing (args->smoothing, error) &&
         check_denominator (args->denominator, error) &&
         wb_backend_check_op (backend, backend->ops->loss_vocabulary != NULL, "loss_vocabulary",
                              error) &&
         backend->ops->loss_vocabulary (backend, args, error);
}
