#pragma once

#include <glib.h>
#include <math.h>

/* A gradient against central differences.
 *
 * @loss: a scalar of the numbers that @data points to, @x among them
 * @gradient: (n) what is claimed
 * @bound: on |claimed - difference| / |difference| (L2) */
static inline void
test_assert_gradient (const char *name,
                      double (*loss) (gpointer data),
                      gpointer      data,
                      double       *x,
                      gsize         n,
                      const double *gradient,
                      double        bound)
{
  double difference = 0, size = 0, error;

  for (gsize i = 0; i < n; i++)
    {
      const double old = x[i], step = 1e-5 * MAX (1, fabs (old));
      double       want;

      x[i] = old + step;
      want = loss (data);
      x[i] = old - step;
      want = (want - loss (data)) / (2 * step);
      x[i] = old;
      difference += (gradient[i] - want) * (gradient[i] - want);
      size += want * want;
    }
  error = size > 0 ? sqrt (difference / size) : sqrt (difference);
  if (!(error <= bound))
    g_error ("%s: relative error %g against finite differences, bound %g", name, error, bound);
}

/* sum over i of weights[i] y[i]: a scalar whose gradient by y is @weights */
static inline double
test_weighted_sum (const double *weights, const double *y, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += weights[i] * y[i];
  return sum;
}

static inline void
test_fill_random (GRand *rand, double *x, gsize n, double width)
{
  for (gsize i = 0; i < n; i++)
    x[i] = g_rand_double_range (rand, -width, width);
}
