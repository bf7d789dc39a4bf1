#include "config.h"

#include "engine/ref/wb-ref-loss.h"

#include <math.h>

static double
weight (const WbRefCrossEntropy *self, gsize class)
{
  return self->class_weights != NULL ? self->class_weights[class] : 1;
}

/* log of the sum of a row's exponentials; the greatest is taken out, so that none overflows */
static double
log_sum_exp (const WbRefCrossEntropy *self, gsize r)
{
  const double *x = self->logits + r * self->classes;
  double        greatest = x[0], sum = 0;

  for (gsize c = 1; c < self->classes; c++)
    greatest = MAX (greatest, x[c]);
  for (gsize c = 0; c < self->classes; c++)
    sum += exp (x[c] - greatest);
  return greatest + log (sum);
}

/* How much of class @c's -log p a row of label @label adds to the sum. */
static double
share (const WbRefCrossEntropy *self, gsize label, gsize c)
{
  const double hard = c == label ? (1 - self->smoothing) * weight (self, label) : 0;

  return hard + self->smoothing / (double) self->classes * weight (self, c);
}

double
wb_ref_cross_entropy (const WbRefCrossEntropy *self)
{
  double sum = 0;

  for (gsize r = 0; r < self->rows; r++)
    {
      const double lse = log_sum_exp (self, r);

      for (gsize c = 0; self->labels[r] >= 0 && c < self->classes; c++)
        sum +=
            share (self, (gsize) self->labels[r], c) * (lse - self->logits[r * self->classes + c]);
    }
  return sum / self->denominator;
}

/* d (-log p[c]) / d x[k] = p[k] - (c == k) */
void
wb_ref_cross_entropy_backward (const WbRefCrossEntropy *self, double *dlogits)
{
  for (gsize r = 0; r < self->rows; r++)
    {
      const double lse = log_sum_exp (self, r);
      double       shares = 0;

      for (gsize c = 0; self->labels[r] >= 0 && c < self->classes; c++)
        shares += share (self, (gsize) self->labels[r], c);
      for (gsize k = 0; k < self->classes; k++)
        {
          const gsize  i = r * self->classes + k;
          const double own = self->labels[r] >= 0 ? share (self, (gsize) self->labels[r], k) : 0;

          dlogits[i] = (shares * exp (self->logits[i] - lse) - own) / self->denominator;
        }
    }
}
