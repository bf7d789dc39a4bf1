#include "config.h"

#include "engine/ops/wb-rows.h"

#include <math.h>

#include "engine/core/wb-backend-private.h"
#include "engine/ops/wb-dropout-private.h"

/* @self is a matrix of its own size. */
static gboolean
check_any (const WbTensor *self, const char *name, GError **error)
{
  return wb_tensor_check (self, name, WB_DTYPE_F32, self->rows, self->cols, error);
}

static gboolean
check_pair (const WbTensor *x,
            const WbTensor *y,
            const char     *x_name,
            const char     *y_name,
            GError        **error)
{
  return check_any (x, x_name, error) &&
         wb_tensor_check (y, y_name, WB_DTYPE_F32, x->rows, x->cols, error);
}

static gboolean
check_rows (const gint32 *rows, gsize n, gsize limit, const char *name, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (rows[i] < 0 || (gsize) rows[i] >= limit)
      {
        g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                     "%s: row %d (number %zu) of a tensor of %zu rows", name, rows[i], i, limit);
        return FALSE;
      }
  return TRUE;
}

gboolean
wb_gather_rows (WbBackend      *backend,
                const WbTensor *x,
                const gint32   *rows,
                const WbTensor *y,
                GError        **error)
{
  if (!check_any (x, "gather: x", error) ||
      !wb_tensor_check (y, "gather: y", WB_DTYPE_F32, y->rows, x->cols, error) ||
      !check_rows (rows, y->rows, x->rows, "gather", error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->gather_rows != NULL, "gather_rows", error) &&
         backend->ops->gather_rows (backend, x, rows, y, error);
}

gboolean
wb_scatter_add_rows (WbBackend      *backend,
                     const WbTensor *dy,
                     const gint32   *rows,
                     const WbTensor *dx,
                     GError        **error)
{
  if (!check_any (dx, "scatter: dx", error) ||
      !wb_tensor_check (dy, "scatter: dy", WB_DTYPE_F32, dy->rows, dx->cols, error) ||
      !check_rows (rows, dy->rows, dx->rows, "scatter", error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->scatter_add_rows != NULL, "scatter_add_rows",
                              error) &&
         backend->ops->scatter_add_rows (backend, dy, rows, dx, error);
}

gboolean
wb_add_first_rows (WbBackend      *backend,
                   const WbBatch  *batch,
                   const WbTensor *x,
                   const WbTensor *y,
                   GError        **error)
{
  if (!wb_batch_check (batch, error) ||
      !check_pair (x, y, "first rows: x", "first rows: y", error) ||
      !wb_tensor_check (x, "first rows: x", WB_DTYPE_F32, batch->n_tokens, x->cols, error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->add_first_rows != NULL, "add_first_rows",
                              error) &&
         backend->ops->add_first_rows (backend, batch, x, y, error);
}

gboolean
wb_collect_first_rows (WbBackend *backend, const WbBatch *batch, const WbTensor *dy, GError **error)
{
  if (!wb_batch_check (batch, error) ||
      !wb_tensor_check (dy, "first rows: dy", WB_DTYPE_F32, batch->n_tokens, dy->cols, error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->collect_first_rows != NULL,
                              "collect_first_rows", error) &&
         backend->ops->collect_first_rows (backend, batch, dy, error);
}

gboolean
wb_dropout_rows (WbBackend       *backend,
                 const WbDropout *dropout,
                 const guint32   *ordinals,
                 const WbTensor  *x,
                 const WbTensor  *y,
                 GError         **error)
{
  if (!check_pair (x, y, "dropout: x", "dropout: y", error) ||
      !wb_dropout_check (dropout, "dropout", ordinals != NULL ? 1 : x->rows, x->cols, error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->dropout_rows != NULL, "dropout_rows", error) &&
         backend->ops->dropout_rows (backend, dropout, ordinals, x, y, error);
}

gboolean
wb_dropout_tokens (WbBackend       *backend,
                   const WbDropout *dropout,
                   const WbBatch   *batch,
                   const WbTensor  *x,
                   const WbTensor  *y,
                   GError         **error)
{
  if (!check_pair (x, y, "dropout: x", "dropout: y", error) ||
      !wb_dropout_check_batch (dropout, "dropout", batch, x->rows, x->cols, error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->dropout_tokens != NULL, "dropout_tokens",
                              error) &&
         backend->ops->dropout_tokens (backend, dropout, batch, x, y, error);
}

gboolean
wb_fill (WbBackend *backend, const WbTensor *x, float value, GError **error)
{
  if (!check_any (x, "fill: x", error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->fill != NULL, "fill", error) &&
         backend->ops->fill (backend, x, value, error);
}

gboolean
wb_copy (WbBackend *backend, const WbTensor *x, const WbTensor *y, GError **error)
{
  if (!check_pair (x, y, "copy: x", "copy: y", error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->copy != NULL, "copy", error) &&
         backend->ops->copy (backend, x, y, error);
}

gboolean
wb_add (WbBackend *backend, const WbTensor *x, const WbTensor *y, GError **error)
{
  if (!check_pair (x, y, "add: x", "add: y", error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->add != NULL, "add", error) &&
         backend->ops->add (backend, x, y, error);
}

gboolean
wb_fill_normal (WbBackend      *backend,
                const WbTensor *x,
                const WbRandom *random,
                guint32         ordinal,
                float           std,
                GError        **error)
{
  if (!check_any (x, "fill normal: x", error))
    return FALSE;
  if (x->cols > 0 && x->rows > G_MAXUINT32 / x->cols)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                   "fill normal: (%zu, %zu) elements need more than 32 bits to number them",
                   x->rows, x->cols);
      return FALSE;
    }
  if (!(std >= 0.0f) || !isfinite (std))
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                   "fill normal: a standard deviation of %g", (double) std);
      return FALSE;
    }
  return wb_backend_check_op (backend, backend->ops->fill_normal != NULL, "fill_normal", error) &&
         backend->ops->fill_normal (backend, x, random, ordinal, std, error);
}
