#include "config.h"

#include "engine/ops/wb-embedding.h"

#include "engine/core/wb-backend-private.h"
#include "engine/ops/wb-dropout-private.h"

#define NAME "embedding"

/* Every entry of @ids is a row of a table of @rows rows. */
static gboolean
check_ids (const gint32 *ids, gsize n, gsize rows, const char *what, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (ids[i] < 0 || (gsize) ids[i] >= rows)
      {
        g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                     NAME ": %s %d of token %zu is outside its table of %zu rows", what, ids[i], i,
                     rows);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_tables (const WbEmbeddingForwardArgs *args, gsize cols, GError **error)
{
  const WbBatch *batch = args->batch;

  if (!check_ids (batch->ids, batch->n_tokens, args->word.rows, "id", error))
    return FALSE;
  if (args->type.data != NULL && !wb_tensor_check (&args->type, NAME ": type", WB_DTYPE_F32,
                                                   MAX (1, args->type.rows), cols, error))
    return FALSE;
  if (args->type.data != NULL && batch->type_ids != NULL &&
      !check_ids (batch->type_ids, batch->n_tokens, args->type.rows, "type", error))
    return FALSE;
  if (args->position.data == NULL)
    return TRUE;
  if (!wb_tensor_check (&args->position, NAME ": position", WB_DTYPE_F32, args->position.rows, cols,
                        error))
    return FALSE;
  if (batch->max_length <= args->position.rows)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
               NAME ": a sequence of %zu tokens, but only %zu absolute positions",
               batch->max_length, args->position.rows);
  return FALSE;
}

static gboolean
check_norm (const WbEmbeddingForwardArgs *args, gsize rows, gsize cols, GError **error)
{
  if (args->gamma.data == NULL)
    return TRUE;
  return wb_tensor_check (&args->gamma, NAME ": gamma", WB_DTYPE_F32, 1, cols, error) &&
         wb_tensor_check (&args->beta, NAME ": beta", WB_DTYPE_F32, 1, cols, error) &&
         wb_tensor_check (&args->mean, NAME ": mean", WB_DTYPE_F32, 1, rows, error) &&
         wb_tensor_check (&args->rstd, NAME ": rstd", WB_DTYPE_F32, 1, rows, error);
}

static gboolean
check_forward (const WbEmbeddingForwardArgs *args, GError **error)
{
  const gsize rows = args->y.rows, cols = args->word.cols;

  return wb_tensor_check (&args->word, NAME ": word", WB_DTYPE_F32, args->word.rows, cols, error) &&
         wb_dropout_check_batch (&args->dropout, NAME, args->batch, rows, cols, error) &&
         check_tables (args, cols, error) &&
         wb_tensor_check (&args->y, NAME ": y", WB_DTYPE_F32, rows, cols, error) &&
         check_norm (args, rows, cols, error);
}

gboolean
wb_embedding_forward (WbBackend *backend, const WbEmbeddingForwardArgs *args, GError **error)
{
  if (!check_forward (args, error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->embedding_forward != NULL, "embedding_forward",
                              error) &&
         backend->ops->embedding_forward (backend, args, error);
}

static gboolean
check_optional (const WbTensor *self, const char *name, gsize rows, gsize cols, GError **error)
{
  return self->data == NULL || wb_tensor_check (self, name, WB_DTYPE_F32, rows, cols, error);
}

static gboolean
check_gradients (const WbEmbeddingBackwardArgs *args, GError **error)
{
  const WbEmbeddingForwardArgs *forward = args->forward;
  const WbBatch                *batch = forward->batch;
  const gsize                   cols = forward->word.cols;

  if (!wb_tensor_check (&args->dy, NAME ": dy", WB_DTYPE_F32, batch->n_tokens, cols, error) ||
      !wb_tensor_check (&args->dword, NAME ": dword", WB_DTYPE_F32, args->dword.rows, cols, error))
    return FALSE;
  if (batch->slots == NULL)
    {
      g_set_error_literal (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                           NAME ": the batch has no slots for the gradient");
      return FALSE;
    }
  return check_ids (batch->slots, batch->n_tokens, args->dword.rows, "slot", error) &&
         check_optional (&args->dtype, NAME ": dtype", forward->type.rows, cols, error) &&
         check_optional (&args->dposition, NAME ": dposition", forward->position.rows, cols,
                         error) &&
         check_optional (&args->dgamma, NAME ": dgamma", 1, cols, error) &&
         check_optional (&args->dbeta, NAME ": dbeta", 1, cols, error);
}

gboolean
wb_embedding_backward (WbBackend *backend, const WbEmbeddingBackwardArgs *args, GError **error)
{
  if (!check_forward (args->forward, error) || !check_gradients (args, error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->embedding_backward != NULL,
                              "embedding_backward", error) &&
         backend->ops->embedding_backward (backend, args, error);
}
