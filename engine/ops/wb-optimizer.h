#pragma once

#include "engine/core/wb-backend.h"

G_BEGIN_DECLS

/**
 * WbOptimizerKind:
 * @WB_OPTIMIZER_ADAMW: bias-corrected, decay first with the old p (fact sheet 5.10)
 * @WB_OPTIMIZER_ADAM: published, no bias correction, decay inside the update (5.2)
 * @WB_OPTIMIZER_ADMAX: published (5.2)
 * @WB_OPTIMIZER_RADAM: published, rectified (5.2)
 */
typedef enum
{
  WB_OPTIMIZER_ADAMW,
  WB_OPTIMIZER_ADAM,
  WB_OPTIMIZER_ADMAX,
  WB_OPTIMIZER_RADAM,
} WbOptimizerKind;

/**
 * WbOptimizerStep:
 * @learning_rate: scheduled rate of this update (layer-wise factor included)
 * @weight_decay: 0 for tensors that do not decay
 * @beta1, @beta2: 0 to below 1
 * @epsilon: at least 1.2e-38, the smallest normal F32: with less a weight that never had a gradient
 * would be 0 / 0
 * @gradient_scale: gradients are multiplied by it first (clipping)
 * @count: 1 for the first update
 */
typedef struct
{
  WbOptimizerKind kind;
  double          learning_rate;
  double          weight_decay;
  double          beta1;
  double          beta2;
  double          epsilon;
  double          gradient_scale;
  guint64         count;
} WbOptimizerStep;

/**
 * WbOptimizerFactors:
 * @decay: 1 - rate * weight decay
 * @rate: learning rate with all corrections
 * @root: what the root of v is multiplied by
 *
 * What one update does to a weight, all four kinds in one form:
 *
 *   m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g² (admax: max (beta2 v, |g|))
 *   p = p decay - rate m / (sqrt (v) root + epsilon)           (admax: v instead of sqrt (v) root)
 *
 * Denormal numbers count as 0 throughout.  With three numbers a past update can be repeated for a
 * row that had no gradient then.
 */
typedef struct
{
  float decay;
  float rate;
  float root;
} WbOptimizerFactors;

/* Whether the numbers of @step make sense; the message names the one that does not.
 * WB_ENGINE_ERROR_INVALID */
gboolean           wb_optimizer_step_check (const WbOptimizerStep *step, GError **error);
WbOptimizerFactors wb_optimizer_step_get_factors (const WbOptimizerStep *step);

/* One pass over p, g, m, v, contiguous and of the same length; m and v start as zeros. */
gboolean wb_optimizer_update (WbBackend             *backend,
                              const WbOptimizerStep *step,
                              const WbTensor        *p,
                              const WbTensor        *g,
                              const WbTensor        *m,
                              const WbTensor        *v,
                              GError               **error);

/**
 * WbOptimizerRowsArgs:
 * @step: kind, betas, epsilon of every update; gradient scale of the last
 * @factors: (n_updates) every update so far, oldest first, the current one last
 * @table, @m, @v: (V, cols)
 * @row_updates: (V) how many updates each row has had; brought to @n_updates for the rows named
 * @row_touched: (V) whether a row ever had a gradient; set where @g is given
 * @ids: (nullable): (n_ids) ascending rows of the table to bring up to date; %NULL: all V
 * @g: (optional): (n_ids, cols) gradient of the last update; absent: the rows are only brought up
 * to date
 */
typedef struct
{
  const WbOptimizerStep    *step;
  const WbOptimizerFactors *factors;
  gsize                     n_updates;
  WbTensor                  table;
  WbTensor                  m;
  WbTensor                  v;
  guint32                  *row_updates;
  guint8                   *row_touched;
  const gint32             *ids;
  gsize                     n_ids;
  WbTensor                  g;
} WbOptimizerRowsArgs;

/**
 * wb_optimizer_update_rows:
 *
 * Rows that had no gradient in earlier updates get those updates now (momentum and decay go on with
 * a zero gradient), one by one and in order: bit for bit the dense update's result, at whatever
 * moments it is asked for.  Rows not named are not read; m and v of a row that never had a gradient
 * are not either (they are 0).
 */
gboolean
wb_optimizer_update_rows (WbBackend *backend, const WbOptimizerRowsArgs *args, GError **error);

/* Sum of squares in double, blocks of fixed size in fixed order; @x contiguous. */
gboolean wb_sum_of_squares (WbBackend *backend, const WbTensor *x, double *sum, GError **error);

G_END_DECLS
