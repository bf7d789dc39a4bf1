#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* LayerNorm over @cols: @x (rows, cols), @gamma, @beta (cols). */
typedef struct
{
  gsize         rows;
  gsize         cols;
  double        eps;
  const double *x;
  const double *gamma;
  const double *beta;
} WbRefLayernorm;

/* @y: (rows, cols); @mean, @rstd: (nullable): (rows) outputs */
void wb_ref_layernorm_forward (const WbRefLayernorm *self, double *y, double *mean, double *rstd);

/* @dy, @dx: (rows, cols); @dgamma, @dbeta: (cols); all but @dy outputs */
void wb_ref_layernorm_backward (const WbRefLayernorm *self,
                                const double         *dy,
                                double               *dx,
                                double               *dgamma,
                                double               *dbeta);

G_END_DECLS
