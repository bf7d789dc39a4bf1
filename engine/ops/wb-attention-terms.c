#include "config.h"

#include "engine/ops/wb-attention-terms.h"

#include "engine/core/wb-backend-private.h"
#include "engine/ops/wb-attention-private.h"

static gboolean
check_heads (const WbAttentionTermsArgs *args, GError **error)
{
  if (args->heads == 0 || args->q.cols == 0 || args->q.cols % args->heads != 0)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                   "attention_terms: %zu columns are not a multiple of %zu heads", args->q.cols,
                   args->heads);
      return FALSE;
    }
  for (gsize h = 0; h < args->n_chosen; h++)
    if (args->chosen[h] >= args->heads)
      {
        g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                     "attention_terms: head %zu is asked for, there are %zu", args->chosen[h],
                     args->heads);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_maps (const WbAttentionTermsArgs *args, GError **error)
{
  const WbAttentionMaps   *m = &args->maps;
  const WbTensor *const    tensors[] = { &m->c2c, &m->c2p, &m->p2c, &m->scores, &m->probabilities };
  static const char *const names[] = { "attention_terms: c2c", "attention_terms: c2p",
                                       "attention_terms: p2c", "attention_terms: scores",
                                       "attention_terms: probabilities" };
  const gsize              n = args->q.rows;

  for (gsize t = 0; t < G_N_ELEMENTS (tensors); t++)
    if (tensors[t]->data != NULL &&
        !wb_tensor_check (tensors[t], names[t], WB_DTYPE_F32, args->n_chosen * n, n, error))
      return FALSE;
  return TRUE;
}

static gboolean
check (const WbAttentionTermsArgs *args, GError **error)
{
  const gsize n = args->q.rows, cols = args->q.cols;

  if (n == 0 || n > G_MAXINT32)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                   "attention_terms: a sequence of %zu tokens", n);
      return FALSE;
    }
  return check_heads (args, error) &&
         wb_tensor_check (&args->q, "attention_terms: q", WB_DTYPE_F32, n, cols, error) &&
         wb_tensor_check (&args->k, "attention_terms: k", WB_DTYPE_F32, n, cols, error) &&
         wb_tensor_check (&args->v, "attention_terms: v", WB_DTYPE_F32, n, cols, error) &&
         (args->context.data == NULL || wb_tensor_check (&args->context, "attention_terms: context",
                                                         WB_DTYPE_F32, n, cols, error)) &&
         check_maps (args, error) &&
         wb_attention_check_positions (&args->positions, n, cols, error);
}

gboolean
wb_attention_terms (WbBackend *backend, const WbAttentionTermsArgs *args, GError **error)
{
  g_return_val_if_fail (backend != NULL && args != NULL, FALSE);
  g_return_val_if_fail (args->n_chosen == 0 || args->chosen != NULL, FALSE);

  return check (args, error) &&
         wb_backend_check_op (backend, backend->ops->attention_terms != NULL, "attention_terms",
                              error) &&
         backend->ops->attention_terms (backend, args, error);
}
