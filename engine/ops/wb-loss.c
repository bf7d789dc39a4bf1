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
check_labels (const WbCrossEntropyArgs *args, GError **error)
{
  for (gsize i = 0; i < args->logits.rows; i++)
    if (args->labels[i] >= 0 && (gsize) args->labels[i] >= args->logits.cols)
      {
        g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                     "loss: label %d of row %zu, but there are %zu classes", args->labels[i], i,
                     args->logits.cols);
        return FALSE;
      }
  if (args->smoothing >= 0.0f && args->smoothing < 1.0f)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
               "loss: label smoothing %g is not from 0 up to but not 1", (double) args->smoothing);
  return FALSE;
}

gboolean
wb_loss_cross_entropy (WbBackend *backend, const WbCrossEntropyArgs *args, GError **error)
{
  const gsize rows = args->logits.rows, classes = args->logits.cols;

  g_return_val_if_fail (args->labels != NULL && args->loss != NULL, FALSE);

  if (!wb_tensor_check (&args->logits, "loss: logits", WB_DTYPE_F32, rows, classes, error) ||
      !check_gradient (&args->dlogits, rows, classes, error) || !check_labels (args, error) ||
      !check_denominator (args->denominator, error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->loss_cross_entropy != NULL,
                              "loss_cross_entropy", error) &&
         backend->ops->loss_cross_entropy (backend, args, error);
}

gboolean
wb_loss_squared_error (WbBackend *backend, const WbSquaredErrorArgs *args, GError **error)
{
  const gsize rows = args->logits.rows;

  g_return_val_if_fail (args->targets != NULL && args->loss != NULL, FALSE);

  if (!wb_tensor_check (&args->logits, "loss: logits", WB_DTYPE_F32, rows, 1, error) ||
      !check_gradient (&args->dlogits, rows, 1, error) ||
      !check_denominator (args->denominator, error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->loss_squared_error != NULL,
                              "loss_squared_error", error) &&
         backend->ops->loss_squared_error (backend, args, error);
}
