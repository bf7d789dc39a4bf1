#include "config.h"

#include "engine/ref/wb-ref-layernorm.h"

#include <math.h>
#include <string.h>

/* Ba, Kiros, Hinton 2016; the variance divides by cols. */
static void
statistics (const WbRefLayernorm *self, gsize r, double *mean, double *rstd)
{
  const double *x = self->x + r * self->cols;
  double        m = 0, variance = 0;

  for (gsize c = 0; c < self->cols; c++)
    m += x[c] / (double) self->cols;
  for (gsize c = 0; c < self->cols; c++)
    variance += (x[c] - m) * (x[c] - m) / (double) self->cols;
  *mean = m;
  *rstd = 1 / sqrt (variance + self->eps);
}

void
wb_ref_layernorm_forward (const WbRefLayernorm *self, double *y, double *mean, double *rstd)
{
  for (gsize r = 0; r < self->rows; r++)
    {
      double m, s;

      statistics (self, r, &m, &s);
      for (gsize c = 0; c < self->cols; c++)
        y[r * self->cols + c] =
            (self->x[r * self->cols + c] - m) * s * self->gamma[c] + self->beta[c];
      if (mean != NULL)
        mean[r] = m;
      if (rstd != NULL)
        rstd[r] = s;
    }
}

/* dx = rstd (g - mean (g) - xhat mean (g xhat)), g = dy gamma */
static void
backward_row (const WbRefLayernorm *self, gsize r, const double *dy, double *dx)
{
  const double *x = self->x + r * self->cols;
  const double  n = (double) self->cols;
  double        m, s, mean_g = 0, mean_gx = 0;

  statistics (self, r, &m, &s);
  for (gsize c = 0; c < self->cols; c++)
    {
      mean_g += dy[c] * self->gamma[c] / n;
      mean_gx += dy[c] * self->gamma[c] * (x[c] - m) * s / n;
    }
  for (gsize c = 0; c < self->cols; c++)
    dx[c] = s * (dy[c] * self->gamma[c] - mean_g - (x[c] - m) * s * mean_gx);
}

void
wb_ref_layernorm_backward (const WbRefLayernorm *self,
                           const double         *dy,
                           double               *dx,
                           double               *dgamma,
                           double               *dbeta)
{
  memset (dgamma, 0, self->cols * sizeof *dgamma);
  memset (dbeta, 0, self->cols * sizeof *dbeta);
  for (gsize r = 0; r < self->rows; r++)
    {
      double m, s;

      statistics (self, r, &m, &s);
      for (gsize c = 0; c < self->cols; c++)
        {
          const gsize i = r * self->cols + c;

          dgamma[c] += dy[i] * (self->x[i] - m) * s;
          dbeta[c] += dy[i];
        }
      backward_row (self, r, dy + r * self->cols, dx + r * self->cols);
    }
}
