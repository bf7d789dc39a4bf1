#include "config.h"

#include "engine/ref/wb-ref-residual-layernorm.h"

#include <string.h>

#include "engine/ref/wb-ref-dropout.h"
#include "engine/ref/wb-ref-layernorm.h"

static void
add_up (const WbRefResidualLayernorm *self, double *sum)
{
  for (gsize r = 0; r < self->rows; r++)
    for (gsize c = 0; c < self->cols; c++)
      {
        const gsize  i = r * self->cols + c;
        const double factor =
            wb_ref_dropout_token_factor (&self->dropout, self->batch, r, c, self->cols);

        sum[i] = factor * (self->z[i] + self->bias[c]) + self->residual[i];
      }
}

static WbRefLayernorm
norm_of (const WbRefResidualLayernorm *self, const double *sum)
{
  return (WbRefLayernorm){ self->rows, self->cols, self->eps, sum, self->gamma, self->beta };
}

void
wb_ref_residual_layernorm_forward (const WbRefResidualLayernorm *self, double *sum, double *y)
{
  const WbRefLayernorm norm = norm_of (self, sum);

  add_up (self, sum);
  wb_ref_layernorm_forward (&norm, y, NULL, NULL);
}

void
wb_ref_residual_layernorm_backward (const WbRefResidualLayernorm *self,
                                    const double                 *dy,
                                    double                       *dz,
                                    double                       *dresidual,
                                    double                       *dbias,
                                    double                       *dgamma,
                                    double                       *dbeta)
{
  g_autofree double   *sum = g_new (double, self->rows * self->cols);
  const WbRefLayernorm norm = norm_of (self, sum);

  add_up (self, sum);
  wb_ref_layernorm_backward (&norm, dy, dresidual, dgamma, dbeta);
  memset (dbias, 0, self->cols * sizeof *dbias);
  for (gsize r = 0; r < self->rows; r++)
    for (gsize c = 0; c < self->cols; c++)
      {
        const gsize i = r * self->cols + c;

        dz[i] = dresidual[i] *
                wb_ref_dropout_token_factor (&self->dropout, self->batch, r, c, self->cols);
        dbias[c] += dz[i];
      }
}
