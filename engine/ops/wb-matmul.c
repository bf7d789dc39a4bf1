#include "config.h"

#include "engine/ops/wb-matmul.h"

#include "engine/core/wb-backend-private.h"

static gboolean
check_optional_vector (const WbTensor *self, const char *name, gsize cols, GError **error)
{
  return self->data == NULL || wb_tensor_check (self, name, WB_DTYPE_F32, 1, cols, error);
}

static gboolean
check_optional_matrix (const WbTensor *self,
                       const char     *name,
                       gsize           rows,
                       gsize           cols,
                       GError        **error)
{
  return self->data == NULL || wb_tensor_check (self, name, WB_DTYPE_F32, rows, cols, error);
}

/* x (rows, in) and w (out, in) themselves give the sizes. */
static gboolean
check_factors (const WbTensor *x, const WbTensor *w, GError **error)
{
  return wb_tensor_check (x, "matmul: x", WB_DTYPE_F32, x->rows, x->cols, error) &&
         wb_tensor_check (w, "matmul: w", WB_DTYPE_F32, w->rows, x->cols, error);
}

gboolean
wb_matmul_forward (WbBackend *backend, const WbMatmulForwardArgs *args, GError **error)
{
  const gsize rows = args->x.rows, out = args->w.rows;

  if (!check_factors (&args->x, &args->w, error) ||
      !check_optional_vector (&args->bias, "matmul: bias", out, error) ||
      !wb_tensor_check (&args->y, "matmul: y", WB_DTYPE_F32, rows, out, error) ||
      !check_optional_matrix (&args->pre, "matmul: pre", rows, out, error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->matmul_forward != NULL, "matmul_forward",
                              error) &&
         backend->ops->matmul_forward (backend, args, error);
}

gboolean
wb_matmul_backward (WbBackend *backend, const WbMatmulBackwardArgs *args, GError **error)
{
  const gsize rows = args->x.rows, in = args->x.cols, out = args->w.rows;

  if (!check_factors (&args->x, &args->w, error) ||
      !wb_tensor_check (&args->dy, "matmul: dy", WB_DTYPE_F32, rows, out, error) ||
      !check_optional_matrix (&args->dx, "matmul: dx", rows, in, error) ||
      !check_optional_matrix (&args->dw, "matmul: dw", out, in, error) ||
      !check_optional_vector (&args->dbias, "matmul: dbias", out, error))
    return FALSE;
  if (args->activation != WB_ACTIVATION_LINEAR &&
      !wb_tensor_check (&args->pre, "matmul: pre", WB_DTYPE_F32, rows, out, error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->matmul_backward != NULL, "matmul_backward",
                              error) &&
         backend->ops->matmul_backward (backend, args, error);
}
