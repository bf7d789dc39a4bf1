#include "config.h"

#include "engine/ref/wb-ref-matmul.h"

#include <math.h>
#include <string.h>

/* The probability of a normal number below x. */
static double
normal_below (double x)
{
  return 0.5 * erfc (-x / G_SQRT2);
}

static double
sigmoid (double x)
{
  return 1 / (1 + exp (-x));
}

double
wb_ref_activation (WbActivation activation, double x)
{
  switch (activation)
    {
    case WB_ACTIVATION_GELU:
      return x * normal_below (x);
    case WB_ACTIVATION_RELU:
      return x > 0 ? x : 0;
    case WB_ACTIVATION_TANH:
      return tanh (x);
    case WB_ACTIVATION_SIGMOID:
      return sigmoid (x);
    case WB_ACTIVATION_SILU:
      return x * sigmoid (x);
    case WB_ACTIVATION_LINEAR:
    default:
      return x;
    }
}

double
wb_ref_activation_derivative (WbActivation activation, double x)
{
  const double s = sigmoid (x);

  switch (activation)
    {
    case WB_ACTIVATION_GELU:
      return normal_below (x) + x * exp (-x * x / 2) / sqrt (2 * G_PI);
    case WB_ACTIVATION_RELU:
      return x > 0 ? 1 : 0;
    case WB_ACTIVATION_TANH:
      return 1 - tanh (x) * tanh (x);
    case WB_ACTIVATION_SIGMOID:
      return s * (1 - s);
    case WB_ACTIVATION_SILU:
      return s + x * s * (1 - s);
    case WB_ACTIVATION_LINEAR:
    default:
      return 1;
    }
}

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
