#pragma once

#include "engine/ops/wb-optimizer.h"

G_BEGIN_DECLS

/* The definition of one update, in double and in the order of the formulas.  p, g, m, v: (n) */
void wb_ref_optimizer_update (const WbOptimizerStep *step,
                              gsize                  n,
                              double                *p,
                              const double          *g,
                              double                *m,
                              double                *v);

double wb_ref_sum_of_squares (gsize n, const float *x);

G_END_DECLS
