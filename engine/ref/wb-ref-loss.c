#include "config.h"

#include "engine/ref/wb-ref-loss.h"

#include <math.h>

static double
weight (const WbRefCrossEntropy *self, gsize class)
{
  return self->class_weights != NULL ? self->class_weights[class] : 1;
}

/* log softmax of one logit; the greatest is taken out, so that no exponential overflows */
static double
log_probability (const WbRefCrossEntropy *self, gsize r, gsize class)
{
  const double *x = self->logits + r * self->classes;
  double        greatest = x[0], sum = 0;

  for (gsize c = 1; c < self->classes; c++)
    greatest = MAX (greatest, x[c]);
  for (gsize c = 0; c < self->classes; c++)
    sum += exp (x[c] - greatest);
  return x[class] - greatest - log (sum);
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
    for (gsize c = 0; self->labels[r] >= 0 && c < self->classes; c++)
      sum -= share (self, (gsize) self->labels[r], c) * log_probability (self, r, c);
  return sum / self->denominator;
}

/* d (-log p[c]) / d x[k] = p[k] - (c == k) */
void
wb_ref_cross_entropy_backward (const WbRefCrossEntropy *self, double *dlogits)
{
  for (gsize r = 0; r < self->rows; r++)
    for (gsize k = 0; k < self->classes; k++)
      {
        double sum = 0;

        for (gsize c = 0; self->labels[r] >= 0 && c < self->classes; c++)
          sum += share (self, (gsize) self->labels[r], c) *
                 (exp (log_probability (self, r, k)) - (c == k));
        dlogits[r * self->classes + k] = sum / self->denominator;
      }
}

double
wb_ref_squared_error (gsize rows, const double *logits, const double *targets, double denominator)
{
  double sum = 0;

  for (gsize r = 0; r < rows; r++)
    sum += (logits[r] - targets[r]) * (logits[r] - targets[r]);
  return sum / denominator;
}

void
wb_ref_squared_error_backward (gsize         rows,
                               const double *logits,
                               const double *targets,
                               double        denominator,
                               double       *dlogits)
{
  for (gsize r = 0; r < rows; r++)
    dlogits[r] = 2 * (logits[r] - targets[r]) / denominator;
}
