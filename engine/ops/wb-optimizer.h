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

/* One pass over p, g, m, v of the same length; m and v start as zeros. */
gboolean wb_optimizer_update (WbBackend             *backend,
                              const WbOptimizerStep *step,
                              const WbTensor        *p,
                              const WbTensor        *g,
                              const WbTensor        *m,
                              const WbTensor        *v,
                              GError               **error);

/**
 * wb_optimizer_update_rows:
 * @history: (n_updates) every update so far, oldest first, the current one last
 * @table, @m, @v: (V, cols)
 * @row_updates: (V) how many updates each row has had; brought to @n_updates for the rows named
 * @ids: (n_ids) ascending rows of the table to bring up to date
 * @g: (optional): (n_ids, cols) gradient of the last update; absent: the rows are only brought up
 * to date
 *
 * Rows that had no gradient in earlier updates get those updates now (momentum and decay go on with
 * a zero gradient), in order, with the dense update's result within one rounding.  Rows not named
 * are not read.
 */
typedef struct
{
  const WbOptimizerStep *history;
  gsize                  n_updates;
  WbTensor               table;
  WbTensor               m;
  WbTensor               v;
  guint32               *row_updates;
  const gint32          *ids;
  gsize                  n_ids;
  WbTensor               g;
} WbOptimizerRowsArgs;

gboolean
wb_optimizer_update_rows (WbBackend *backend, const WbOptimizerRowsArgs *args, GError **error);

/* Sum of squares in double, blocks of fixed size in fixed order. */
gboolean wb_sum_of_squares (WbBackend *backend, const WbTensor *x, double *sum, GError **error);

G_END_DECLS
