#include "config.h"

#include "engine/ops/wb-layernorm.h"

#include "engine/core/wb-backend-private.h"

gboolean
wb_layernorm_forward (WbBackend *backend, const WbLayernormForwardArgs *args, GError **error)
{
  const gsize rows = args->x.rows, cols = args->x.cols;

  if (!wb_tensor_check (&args->x, "layernorm: x", WB_DTYPE_F32, rows, cols, error) ||
      !wb_tensor_check (&args->gamma, "layernorm: gamma", WB_DTYPE_F32, 1, cols, error) ||
      !wb_tensor_check (&args->beta, "layernorm: beta", WB_DTYPE_F32, 1, cols, error) ||
      !wb_tensor_check (&args->y, "layernorm: y", WB_DTYPE_F32, rows, cols, error))
    return FALSE;
  if (args->mean.data != NULL &&
      !wb_tensor_check (&args->mean, "layernorm: mean", WB_DTYPE_F32, 1, rows, error))
    return FALSE;
  if (args->rstd.data != NULL &&
      !wb_tensor_check (&args->rstd, "layernorm: rstd", WB_DTYPE_F32, 1, rows, error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->layernorm_forward != NULL, "layernorm_forward",
                              error) &&
         backend->ops->layernorm_forward (backend, args, error);
}

gboolean
wb_layernorm_backward (WbBackend *backend, const WbLayernormBackwardArgs *args, GError **error)
{
  const gsize rows = args->x.rows, cols = args->x.cols;

  if (!wb_tensor_check (&args->x, "layernorm: x", WB_DTYPE_F32, rows, cols, error) ||
      !wb_tensor_check (&args->dy, "layernorm: dy", WB_DTYPE_F32, rows, cols, error) ||
      !wb_tensor_check (&args->gamma, "layernorm: gamma", WB_DTYPE_F32, 1, cols, error) ||
      !wb_tensor_check (&args->mean, "layernorm: mean", WB_DTYPE_F32, 1, rows, error) ||
      !wb_tensor_check (&args->rstd, "layernorm: rstd", WB_DTYPE_F32, 1, rows, error) ||
      !wb_tensor_check (&args->dgamma, "layernorm: dgamma", WB_DTYPE_F32, 1, cols, error) ||
      !wb_tensor_check (&args->dbeta, "layernorm: dbeta", WB_DTYPE_F32, 1, cols, error))
    return FALSE;
  if (args->dx.data != NULL &&
      !wb_tensor_check (&args->dx, "layernorm: dx", WB_DTYPE_F32, rows, cols, error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->layernorm_backward != NULL,
                              "layernorm_backward", error) &&
         backend->ops->layernorm_backward (backend, args, error);
}
