#include "config.h"

#include "engine/ops/wb-attention.h"

#include "engine/core/wb-backend-private.h"
#include "engine/ops/wb-attention-private.h"

/* Present tensors of @rows rows. */
static gboolean
check_tokens (const WbTensor *const tensors[],
              const char *const     names[],
              gsize                 n,
              gsize                 rows,
              gsize                 cols,
              GError              **error)
{
  for (gsize t = 0; t < n; t++)
    if (!wb_tensor_check (tensors[t], names[t], WB_DTYPE_F32, rows, cols, error))
      return FALSE;
  return TRUE;
}

/* Every distance that a sequence of the batch can have has a row. */
static gboolean
check_index (const WbAttentionPositions *positions, gsize max_length, gsize rows, GError **error)
{
  if (positions->index == NULL)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                   "attention: positions without an index");
      return FALSE;
    }
  for (gsize entry = 0; entry + 1 < 2 * max_length; entry++)
    if (positions->index[entry] < 0 || (gsize) positions->index[entry] >= rows)
      {
        g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                     "attention: entry %zu of the index is %d; the window has %zu rows", entry,
                     positions->index[entry], rows);
        return FALSE;
      }
  return TRUE;
}

gboolean
wb_attention_check_positions (const WbAttentionPositions *positions,
                              gsize                       max_length,
                              gsize                       cols,
                              GError                    **error)
{
  const WbTensor *pk = &positions->pk, *pq = &positions->pq;
  const gsize     rows = pk->data != NULL ? pk->rows : pq->rows;

  if (pk->data == NULL && pq->data == NULL)
    return TRUE;
  if (pk->data != NULL && !wb_tensor_check (pk, "attention: pk", WB_DTYPE_F32, rows, cols, error))
    return FALSE;
  if (pq->data != NULL && !wb_tensor_check (pq, "attention: pq", WB_DTYPE_F32, rows, cols, error))
    return FALSE;
  return check_index (positions, max_length, rows, error);
}

static gboolean
check_forward (const WbAttentionForwardArgs *args, GError **error)
{
  static const char *const names[] = { "attention: q", "attention: k", "attention: v",
                                       "attention: context" };
  const WbTensor *const    tensors[] = { &args->q, &args->k, &args->v, &args->context };
  const gsize              n = args->batch->n_tokens, cols = args->q.cols;

  if (!wb_batch_check (args->batch, error))
    return FALSE;
  if (args->heads == 0 || cols == 0 || cols % args->heads != 0)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                   "attention: %zu columns are not a multiple of %zu heads", cols, args->heads);
      return FALSE;
    }
  if (!(args->dropout.p >= 0.0f && args->dropout.p < 1.0f))
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                   "attention: dropout is %g, not in [0, 1)", args->dropout.p);
      return FALSE;
    }
  return check_tokens (tensors, names, G_N_ELEMENTS (tensors), n, cols, error) &&
         wb_tensor_check (&args->lse, "attention: lse", WB_DTYPE_F32, n, args->heads, error) &&
         wb_attention_check_positions (&args->positions, args->batch->max_length, cols, error);
}

/* A gradient is there exactly where its table is. */
static gboolean
check_table_gradient (const WbTensor *gradient,
                      const WbTensor *table,
                      const char     *name,
                      GError        **error)
{
  if (table->data != NULL)
    return wb_tensor_check (gradient, name, WB_DTYPE_F32, table->rows, table->cols, error);
  if (gradient->data == NULL)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
               "%s is there, but the forward pass had no such term", name);
  return FALSE;
}

gboolean
wb_attention_forward (WbBackend *backend, const WbAttentionForwardArgs *args, GError **error)
{
  g_return_val_if_fail (backend != NULL, FALSE);
  g_return_val_if_fail (args != NULL && args->batch != NULL, FALSE);

  if (!check_forward (args, error))
    return FALSE;
  if (!wb_backend_check_op (backend, backend->ops->attention_forward != NULL, "attention_forward",
                            error))
    return FALSE;
  return args->batch->n_tokens == 0 || backend->ops->attention_forward (backend, args, error);
}

gboolean
wb_attention_backward (WbBackend *backend, const WbAttentionBackwardArgs *args, GError **error)
{
  static const char *const      names[] = { "attention: dcontext", "attention: dq", "attention: dk",
                                            "attention: dv" };
  const WbTensor *const         tensors[] = { &args->dcontext, &args->dq, &args->dk, &args->dv };
  const WbAttentionForwardArgs *forward;

  g_return_val_if_fail (backend != NULL, FALSE);
  g_return_val_if_fail (args != NULL && args->forward != NULL, FALSE);
  g_return_val_if_fail (args->forward->batch != NULL, FALSE);

  forward = args->forward;
  if (!check_forward (forward, error) ||
      !check_tokens (tensors, names, G_N_ELEMENTS (tensors), forward->batch->n_tokens,
                     forward->q.cols, error) ||
      !check_table_gradient (&args->dpk, &forward->positions.pk, "attention: dpk", error) ||
      !check_table_gradient (&args->dpq, &forward->positions.pq, "attention: dpq", error))
    return FALSE;
  if (!wb_backend_check_op (backend, backend->ops->attention_backward != NULL, "attention_backward",
                            error))
    return FALSE;
  return backend->ops->attention_backward (backend, args, error);
}
