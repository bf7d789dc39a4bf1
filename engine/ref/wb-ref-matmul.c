#include "config.h"

#include "engine/ref/wb-ref-matmul.h"

#include <math.h>
#include <string.h>

void
wb_ref_matmul_forward (const WbRefMatmul *self, double *pre, double *y)
{
  for (gsize r = 0; r < self->rows; r++)
    for (gsize o = 0; o < self->out; o++)
      {
        double sum = self->bias != NULL ? self->bias[o] : 0;

        for (gsize i = 0; i < self->in; i++)
          sum += self->x[r * self->in + i] * self->w[o * self->in + i];
        pre[r * self->out + o] = sum;
        y[r * self->out + o] = wb_ref_activation (self->activation, sum);
      }
}

void
wb_ref_matmul_backward (const WbRefMatmul *self,
                        const double      *dy,
                        double            *dpre,
                        double            *dx,
                        double            *dw,
                        double            *dbias)
{
  g_autofree double *y = g_new (double, self->rows * self->out);

  wb_ref_matmul_forward (self, dpre, y);
  memset (dx, 0, self->rows * self->in * sizeof *dx);
  memset (dw, 0, self->out * self->in * sizeof *dw);
  memset (dbias, 0, self->out * sizeof *dbias);
  for (gsize r = 0; r < self->rows; r++)
    for (gsize o = 0; o < self->out; o++)
      {
        const gsize  at = r * self->out + o;
        const double d = dy[at] * wb_ref_activation_derivative (self->activation, dpre[at]);

        dpre[at] = d;
        dbias[o] += d;
        for (gsize i = 0; i < self->in; i++)
          {
            dx[r * self->in + i] += d * self->w[o * self->in + i];
            dw[o * self->in + i] += d * self->x[r * self->in + i];
          }
      }
}
