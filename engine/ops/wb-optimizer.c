#include "config.h"

#include "engine/ops/wb-optimizer.h"

#include <float.h>
#include <math.h>

#include "engine/core/wb-backend-private.h"

/* RAdam's correction of the rate at update @t (Liu et al. 2020; fact sheet 5.2): 0 while the
 * variance of the step is unknown. */
static double
radam_correction (const WbOptimizerStep *step)
{
  const double t = (double) step->count;
  const double last = 2 / (1 - step->beta2) - 1;
  const double rho = last - 2 * t / (pow (step->beta2, -t) - 1);

  if (!(rho > 4))
    return 0;
  return sqrt (1 - pow (step->beta2, t)) / (1 - pow (step->beta1, t)) *
         sqrt ((rho - 4) * (rho - 2) * last / ((last - 4) * (last - 2) * rho));
}

WbOptimizerFactors
wb_optimizer_step_get_factors (const WbOptimizerStep *step)
{
  const double t = (double) step->count;
  double       rate = step->learning_rate, root = 1, decay;

  if (step->kind == WB_OPTIMIZER_RADAM)
    rate *= radam_correction (step);
  decay = 1 - rate * step->weight_decay;
  if (step->kind == WB_OPTIMIZER_ADAMW)
    {
      rate /= 1 - pow (step->beta1, t);
      root = 1 / sqrt (1 - pow (step->beta2, t));
    }
  return (WbOptimizerFactors){ (float) decay, (float) rate, (float) root };
}

static gboolean
check_range (const char *name, double value, double low, double below, GError **error)
{
  if (value >= low && value < below)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
               "The optimizer's %s is %g; it must be at least %g and below %g", name, value, low,
               below);
  return FALSE;
}

gboolean
wb_optimizer_step_check (const WbOptimizerStep *step, GError **error)
{
  g_return_val_if_fail ((guint) step->kind <= WB_OPTIMIZER_RADAM, FALSE);
  g_return_val_if_fail (step->count > 0, FALSE);

  return check_range ("learning rate", step->learning_rate, 0, FLT_MAX, error) &&
         check_range ("weight decay", step->weight_decay, 0, FLT_MAX, error) &&
         check_range ("beta 1", step->beta1, 0, 1, error) &&
         check_range ("beta 2", step->beta2, 0, 1, error) &&
         check_range ("epsilon", step->epsilon, (double) FLT_MIN, FLT_MAX, error) &&
         check_range ("gradient scale", step->gradient_scale, 0, FLT_MAX, error);
}

static gboolean
check_contiguous (const WbTensor *x, const char *name, GError **error)
{
  if (x->stride == x->cols || x->rows <= 1)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
               "%s has rows of %zu elements %zu apart; they must follow each other", name, x->cols,
               x->stride);
  return FALSE;
}

static gboolean
check_like (const WbTensor *x, const char *name, const WbTensor *like, GError **error)
{
  return wb_tensor_check (x, name, WB_DTYPE_F32, like->rows, like->cols, error) &&
         check_contiguous (x, name, error);
}

gboolean
wb_optimizer_update (WbBackend             *backend,
                     const WbOptimizerStep *step,
                     const WbTensor        *p,
                     const WbTensor        *g,
                     const WbTensor        *m,
                     const WbTensor        *v,
                     GError               **error)
{
  g_return_val_if_fail (backend != NULL && step != NULL, FALSE);

  return wb_backend_check_op (backend, backend->ops->optimizer_update != NULL, "optimizer_update",
                              error) &&
         wb_optimizer_step_check (step, error) && check_like (p, "p", p, error) &&
         check_like (g, "g", p, error) && check_like (m, "m", p, error) &&
         check_like (v, "v", p, error) &&
         backend->ops->optimizer_update (backend, step, p, g, m, v, error);
}

/* Ascending, so that no two threads meet in a row. */
static gboolean
check_ids (const WbOptimizerRowsArgs *args, GError **error)
{
  gint64 before = -1;

  for (gsize i = 0; i < args->n_ids; before = args->ids[i++])
    if (args->ids[i] <= before || (gsize) args->ids[i] >= args->table.rows)
      {
        g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                     "Row %d, number %zu of the rows to update: they must ascend and lie below %zu",
                     args->ids[i], i, args->table.rows);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_rows (const WbOptimizerRowsArgs *args, GError **error)
{
  const gsize n_ids = args->ids != NULL ? args->n_ids : args->table.rows;

  return wb_optimizer_step_check (args->step, error) &&
         check_like (&args->table, "table", &args->table, error) &&
         check_like (&args->m, "m", &args->table, error) &&
         check_like (&args->v, "v", &args->table, error) &&
         (args->g.data == NULL ||
          (wb_tensor_check (&args->g, "g", WB_DTYPE_F32, n_ids, args->table.cols, error) &&
           check_contiguous (&args->g, "g", error))) &&
         (args->ids == NULL || check_ids (args, error));
}

gboolean
wb_optimizer_update_rows (WbBackend *backend, const WbOptimizerRowsArgs *args, GError **error)
{
  g_return_val_if_fail (backend != NULL && args != NULL, FALSE);
  g_return_val_if_fail (args->row_updates != NULL && args->row_touched != NULL, FALSE);
  g_return_val_if_fail (args->g.data == NULL || args->n_updates > 0, FALSE);
  g_return_val_if_fail (args->n_updates < G_MAXUINT32, FALSE);

  return wb_backend_check_op (backend, backend->ops->optimizer_update_rows != NULL,
                              "optimizer_update_rows", error) &&
         check_rows (args, error) && backend->ops->optimizer_update_rows (backend, args, error);
}

gboolean
wb_sum_of_squares (WbBackend *backend, const WbTensor *x, double *sum, GError **error)
{
  g_return_val_if_fail (backend != NULL && sum != NULL, FALSE);

  return wb_backend_check_op (backend, backend->ops->sum_of_squares != NULL, "sum_of_squares",
                              error) &&
         check_like (x, "x", x, error) && backend->ops->sum_of_squares (backend, x, sum, error);
}
