#include "config.h"

#include "engine/ops/wb-conv.h"

#include "engine/core/wb-backend-private.h"
#include "engine/ops/wb-dropout-private.h"

#define NAME "conv"

/* Sums over blocks of at least this many rows: bias, gamma and beta. */
#define BLOCK_ROWS ((gsize) 128)

gsize
wb_conv_work_floats (gsize    n_tokens,
                     gsize    n_sequences,
                     gsize    cols,
                     gsize    kernel,
                     gsize    groups,
                     gboolean training)
{
  const gsize weight = kernel * cols * (cols / MAX (groups, 1));
  const gsize padded = (n_tokens + (n_sequences + 1) * (kernel / 2)) * cols;
  const gsize sums = (n_tokens + BLOCK_ROWS - 1) / BLOCK_ROWS * 3 * cols;

  return weight + 2 * padded + (training ? padded + sums : 0);
}

static gboolean
check_sizes (const WbConvForwardArgs *args, gboolean training, GError **error)
{
  const gsize cols = args->x.cols;
  gsize       n_floats;

  if (args->kernel % 2 == 0 || args->groups == 0 || cols % args->groups != 0)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                   NAME
                   ": kernel %zu (must be odd) in %zu groups of %zu columns (must divide them)",
                   args->kernel, args->groups, cols);
      return FALSE;
    }
  if (!wb_dropout_check_batch (&args->dropout, NAME, args->batch, args->x.rows, cols, error))
    return FALSE;
  n_floats = wb_conv_work_floats (args->x.rows, args->batch->n_sequences, cols, args->kernel,
                                  args->groups, training);
  if (args->work.cols >= n_floats)
    n_floats = args->work.cols;
  return wb_tensor_check (&args->work, NAME ": work", WB_DTYPE_F32, 1, n_floats, error);
}

static gboolean
check_matrix (const WbConvForwardArgs *args, const WbTensor *self, const char *name, GError **error)
{
  return wb_tensor_check (self, name, WB_DTYPE_F32, args->x.rows, args->x.cols, error);
}

static gboolean
check_weight (const WbConvForwardArgs *args, const WbTensor *self, const char *name, GError **error)
{
  return wb_tensor_check (self, name, WB_DTYPE_F32, args->x.cols,
                          args->x.cols / args->groups * args->kernel, error);
}

static gboolean
check_vector (const WbTensor *self, const char *name, gsize n, GError **error)
{
  return wb_tensor_check (self, name, WB_DTYPE_F32, 1, n, error);
}

/* What both passes read. */
static gboolean
check_shared (const WbConvForwardArgs *args, gboolean training, GError **error)
{
  const gsize rows = args->x.rows, cols = args->x.cols;

  return check_sizes (args, training, error) && check_matrix (args, &args->x, NAME ": x", error) &&
         check_weight (args, &args->weight, NAME ": weight", error) &&
         check_vector (&args->gamma, NAME ": gamma", cols, error) &&
         check_matrix (args, &args->pre, NAME ": pre", error) &&
         check_matrix (args, &args->z, NAME ": z", error) &&
         check_vector (&args->mean, NAME ": mean", rows, error) &&
         check_vector (&args->rstd, NAME ": rstd", rows, error);
}

gboolean
wb_conv_forward (WbBackend *backend, const WbConvForwardArgs *args, GError **error)
{
  const gsize cols = args->x.cols;

  if (!check_shared (args, FALSE, error) ||
      !check_vector (&args->bias, NAME ": bias", cols, error) ||
      !check_vector (&args->beta, NAME ": beta", cols, error) ||
      !check_matrix (args, &args->y, NAME ": y", error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->conv_forward != NULL, "conv_forward", error) &&
         backend->ops->conv_forward (backend, args, error);
}

gboolean
wb_conv_backward (WbBackend *backend, const WbConvBackwardArgs *args, GError **error)
{
  const WbConvForwardArgs *forward = args->forward;
  const gsize              cols = forward->x.cols;

  if (!check_shared (forward, TRUE, error) ||
      !check_matrix (forward, &args->dy, NAME ": dy", error) ||
      !check_matrix (forward, &args->dz, NAME ": dz", error) ||
      !check_matrix (forward, &args->dx, NAME ": dx", error) ||
      !check_weight (forward, &args->dweight, NAME ": dweight", error) ||
      !check_vector (&args->dbias, NAME ": dbias", cols, error) ||
      !check_vector (&args->dgamma, NAME ": dgamma", cols, error) ||
      !check_vector (&args->dbeta, NAME ": dbeta", cols, error))
    return FALSE;
  return wb_backend_check_op (backend, backend->ops->conv_backward != NULL, "conv_backward",
                              error) &&
         backend->ops->conv_backward (backend, args, error);
}
