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

typedef struct
{
  double sum;
  gsize  n;
} Sum;

static inline void
add (Sum *self, double y)
{
  if (isfinite (y))
    {
      self->sum += y;
      self->n++;
    }
}

static inline double
mean (const Sum *a, const Sum *b, double y)
{
  return isfinite (y) ? (a->sum + b->sum) / (double) (a->n + b->n) : NAN;
}

/* The first points, 0 to end - 1: windows of 1, 3, 5 … points. */
static void
mean_start (const double *y, gsize end, gsize from, double *out)
{
  const Sum none = { 0, 0 };
  Sum       sum = { 0, 0 };

  for (gsize i = 0; i < end; i++)
    {
      if (i > 0)
        add (&sum, y[2 * i - 1]);
      add (&sum, y[2 * i]);
      if (i >= from)
        out[i] = mean (&sum, &none, y[i]);
    }
}

/* The last points, from n - 1 down to @first. */
static void
mean_end (const double *y, gsize n, gsize first, double *out)
{
  const Sum none = { 0, 0 };
  Sum       sum = { 0, 0 };

  for (gsize i = n; i-- > first;)
    {
      const gsize left = 2 * i + 1 - n; /* i - (n - 1 - i) */

      add (&sum, y[left]);
      if (i < n - 1)
        add (&sum, y[left + 1]);
      out[i] = mean (&sum, &none, y[i]);
    }
}

/* Windows that fit, of points first to end - 1.  Each is the end of one block of @width values and
 * the beginning of the next (van Herk, Pattern Recognition Letters 13, 1992, for sums). */
static void
mean_middle (const double *y, gsize half, gsize first, gsize end, double *out)
{
  const gsize     width = 2 * half + 1;
  g_autofree Sum *tails = g_new (Sum, width + 1);

  for (gsize block = first - half; block + half < end; block += width)
    {
      Sum head = { 0, 0 };

      tails[width] = (Sum){ 0, 0 };
      for (gsize k = width; k-- > 0;)
        {
          tails[k] = tails[k + 1];
          add (&tails[k], y[block + k]);
        }
      for (gsize k = 0; k < width && block + k + half < end; k++)
        {
          if (k > 0)
            add (&head, y[block + width + k - 1]);
          out[block + k + half] = mean (&tails[k], &head, y[block + k + half]);
        }
    }
}

void
wb_smoothing_mean (const double *y, gsize n, guint points, gsize from, double *out)
{
  const gsize half = MIN (points / 2, n > 0 ? (n - 1) / 2 : 0);

  if (from >= n)
    return;
  if (from < half)
    mean_start (y, half, from, out);
  if (n - half > MAX (from, half))
    mean_middle (y, half, MAX (from, half), n - half, out);
  mean_end (y, n, MAX (from, n - half), out);
}
