#include "config.h"

#include "app/figures/wb-smoothing.h"

#include <math.h>

void
wb_smoother_init (WbSmoother *self, double weight)
{
  *self = (WbSmoother){ CLAMP (weight, 0, 0.9999), 0, 1 };
}

double
wb_smoother_next (WbSmoother *self, double y)
{
  if (!isfinite (y))
    return NAN;
  self->mean = self->weight * self->mean + (1 - self->weight) * y;
  self->rest *= self->weight;
  return self->mean / (1 - self->rest);
}

void
wb_smoothing_exponential (const double *y, gsize n, double weight, double *out)
{
  WbSmoother smoother;

  wb_smoother_init (&smoother, weight);
  for (gsize i = 0; i < n; i++)
    out[i] = wb_smoother_next (&smoother, y[i]);
}
