#include "config.h"

#include "engine/ops/wb-residual-layernorm.h"

#include "engine/core/wb-backend-private.h"
#include "engine/ops/wb-dropout-private.h"

#define NAME "residual layernorm"

gboolean
wb_residual_layernorm_forward (WbBackend                            *backend,
                               const WbResidualLayernormForwardArgs *args,
                               GError                              **error)
{
  const gsize rows = args->z.rows, cols = args->z.cols;

  if (!wb_tensor_check (&args->z, NAME ": z", WB_DTYPE_F32, rows, cols, error) ||
      !wb_tensor_check (&args->bias, NAME ": bias", WB_DTYPE_F32, 1, cols, error) ||
      !wb_tensor_check (&args->residual, NAME ": residual", WB_DTYPE_F32, rows, cols, error) ||
      !wb_tensor_check (&args->gamma, NAME ": gamma", WB_DTYPE_F32, 1, cols, error) ||
      !wb_tensor_check (&args->beta, NAME ": beta", WB_DTYPE_F32, 1, cols, error) ||
      !wb_tensor_check (&args->y, NAME ": y", WB_DTYPE_F32, rows, cols, error) ||
      !wb_tensor_check (&args->mean, NAME ": mean", WB_DTYPE_F32, 1, rows, error) ||
      !wb_tensor_check (&args->rstd, NAME ": rstd", WB_DTYPE_F32, 1, rows, error) ||
      !wb_dropout_check_batch (&args->dropout, NAME, args->batch, rows, cols, error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->residual_layernorm_forward != NULL,
                              "residual_layernorm_forward", error) &&
         backend->ops->residual_layernorm_forward (backend, args, error);
}

gboolean
wb_residual_layernorm_backward (WbBackend                             *backend,
                                const WbResidualLayernormBackwardArgs *args,
                                GError                               **error)
{
  const gsize rows = args->z.rows, cols = args->z.cols;

  if (!wb_tensor_check (&args->z, NAME ": z", WB_DTYPE_F32, rows, cols, error) ||
      !wb_tensor_check (&args->dy, NAME ": dy", WB_DTYPE_F32, rows, cols, error) ||
      !wb_tensor_check (&args->gamma, NAME ": gamma", WB_DTYPE_F32, 1, cols, error) ||
      !wb_tensor_check (&args->mean, NAME ": mean", WB_DTYPE_F32, 1, rows, error) ||
      !wb_tensor_check (&args->rstd, NAME ": rstd", WB_DTYPE_F32, 1, rows, error) ||
      !wb_tensor_check (&args->dx, NAME ": dx", WB_DTYPE_F32, rows, cols, error) ||
      !wb_tensor_check (&args->dresidual, NAME ": dresidual", WB_DTYPE_F32, rows, cols, error) ||
      !wb_tensor_check (&args->dbias, NAME ": dbias", WB_DTYPE_F32, 1, cols, error) ||
      !wb_tensor_check (&args->dgamma, NAME ": dgamma", WB_DTYPE_F32, 1, cols, error) ||
      !wb_tensor_check (&args->dbeta, NAME ": dbeta", WB_DTYPE_F32, 1, cols, error) ||
      !wb_dropout_check_batch (&args->dropout, NAME, args->batch, rows, cols, error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->residual_layernorm_backward != NULL,
                              "residual_layernorm_backward", error) &&
         backend->ops->residual_layernorm_backward (backend, args, error);
}
