#include "config.h"

#include "engine/ref/wb-ref-loss.h"

#include <math.h>

double
wb_ref_squared_error (gsize n, const double *logits, const double *targets, double denominator)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (logits[i] - targets[i]) * (logits[i] - targets[i]);
  return sum / denominator;
}

void
wb_ref_squared_error_backward (gsize         n,
                               const double *logits,
                               const double *targets,
                               double        denominator,
                               double       *dlogits)
{
  for (gsize i = 0; i < n; i++)
    dlogits[i] = 2 * (logits[i] - targets[i]) / denominator;
}

/* log softmax of one logit; the greatest is taken out, so that no exponential overflows */
static double
log_probability (const WbRefTargets *self, gsize r, gsize class)
{
  const double *x = self->logits + r * self->cols;
  double        greatest = x[0], sum = 0;

  for (gsize c = 1; c < self->cols; c++)
    greatest = MAX (greatest, x[c]);
  for (gsize c = 0; c < self->cols; c++)
    sum += exp (x[c] - greatest);
  return x[class] - greatest - log (sum);
}

/* How much of class @c's -log p the row adds to the sum. */
static double
share (const WbRefTargets *self, gsize r, gsize c)
{
  const double y = self->targets[r * self->cols + c];
  const double mixed = y * (1 - self->smoothing) + self->smoothing / (double) self->cols;

  return (self->weights != NULL ? self->weights[c] : 1) * mixed;
}

double
wb_ref_soft_cross_entropy (const WbRefTargets *self)
{
  double sum = 0;

  for (gsize r = 0; r < self->rows; r++)
    for (gsize c = 0; c < self->cols; c++)
      sum -= share (self, r, c) * log_probability (self, r, c);
  return sum / self->denominator;
}

/* d (-log p[c]) / d x[k] = p[k] - (c == k) */
void
wb_ref_soft_cross_entropy_backward (const WbRefTargets *self, double *dlogits)
{
  for (gsize r = 0; r < self->rows; r++)
    for (gsize k = 0; k < self->cols; k++)
      {
        double sum = 0;

        for (gsize c = 0; c < self->cols; c++)
          sum += share (self, r, c) * (exp (log_probability (self, r, k)) - (c == k));
        dlogits[r * self->cols + k] = sum / self->denominator;
      }
}

/* log (1 + exp (x)) */
static double
softplus (double x)
{
  return x > 0 ? x + log1p (exp (-x)) : log1p (exp (x));
}

double
wb_ref_sigmoid_cross_entropy (const WbRefTargets *self)
{
  double sum = 0;

  for (gsize i = 0; i < self->rows * self->cols; i++)
    {
      const double w = self->weights != NULL ? self->weights[i % self->cols] : 1;
      const double x = self->logits[i], t = self->targets[i];

      if (!isnan (t)) /* log sigmoid (x) = -softplus (-x) */
        sum += w * (t * softplus (-x) + (1 - t) * softplus (x));
    }
  return sum / self->denominator;
}

void
wb_ref_sigmoid_cross_entropy_backward (const WbRefTargets *self, double *dlogits)
{
  for (gsize i = 0; i < self->rows * self->cols; i++)
    {
      const double w = self->weights != NULL ? self->weights[i % self->cols] : 1;
      const double s = exp (-softplus (-self->logits[i])), t = self->targets[i];

      dlogits[i] = isnan (t) ? 0 : w * (s - t) / self->denominator;
    }
}
