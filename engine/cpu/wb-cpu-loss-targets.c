#include "config.h"

#include <math.h>

#include "engine/cpu/wb-cpu-loss-private.h"
#include "engine/cpu/wb-cpu-norm.h"
#include "engine/cpu/wb-cpu-ops-private.h"

/* Losses against numbers, and over the rows of segments: few elements, one thread, in double. */

static float *
gradient_row (const WbTensor *dlogits, gsize r)
{
  return dlogits->data != NULL ? wb_cpu_row (dlogits, r) : NULL;
}

gboolean
WB_CPU (wb_cpu_loss_squared_error) (WbBackend *self, const WbSquaredErrorArgs *args, GError **error)
{
  const gsize cols = args->logits.cols;
  double      sum = 0;

  for (gsize r = 0; r < args->logits.rows; r++)
    {
      const float *logits = wb_cpu_row (&args->logits, r);
      float       *gradient = gradient_row (&args->dlogits, r);

      for (gsize c = 0; c < cols; c++)
        {
          const double d = (double) logits[c] - (double) args->targets[r * cols + c];

          sum += d * d;
          if (gradient != NULL)
            gradient[c] = (float) (2 * d / args->denominator);
        }
    }
  *args->loss = sum / args->denominator;
  return TRUE;
}

/* One row's loss before the division: the sum of shares × -log p; a share is w (y (1 - s) + s / C).
 */
static double
soft_row (const WbSoftCrossEntropyArgs *args,
          const float                  *logits,
          const float                  *targets,
          float                        *gradient)
{
  const gsize  classes = args->logits.cols;
  const double s = (double) args->smoothing, lse = wb_cpu_log_sum_exp (logits, classes, 1);
  double       loss = 0, shares = 0;

  for (gsize pass = 0; pass < (gradient != NULL ? 2u : 1u); pass++)
    for (gsize c = 0; c < classes; c++)
      {
        const double w = args->class_weights != NULL ? (double) args->class_weights[c] : 1.0;
        const double share = w * ((double) targets[c] * (1 - s) + s / (double) classes);

        if (pass == 1)
          gradient[c] =
              (float) ((shares * exp ((double) logits[c] - lse) - share) / args->denominator);
        else
          {
            loss += share * (lse - (double) logits[c]);
            shares += share;
          }
      }
  return loss;
}

gboolean
WB_CPU (wb_cpu_loss_soft_cross_entropy) (WbBackend                    *self,
                                         const WbSoftCrossEntropyArgs *args,
                                         GError                      **error)
{
  double sum = 0;

  for (gsize r = 0; r < args->logits.rows; r++)
    sum += soft_row (args, wb_cpu_row (&args->logits, r), args->targets + r * args->logits.cols,
                     gradient_row (&args->dlogits, r));
  *args->loss = sum / args->denominator;
  return TRUE;
}

/* max (x, 0) - x t + log (1 + exp (-|x|)), which overflows nowhere */
static double
sigmoid_loss (double x, double t)
{
  return (x > 0 ? x : 0) - x * t + log1p (exp (-fabs (x)));
}

static double
sigmoid (double x)
{
  return x >= 0 ? 1 / (1 + exp (-x)) : exp (x) / (1 + exp (x));
}

/* The target of an element, or NaN where it has none. */
static double
sigmoid_target (const WbSigmoidCrossEntropyArgs *args, gsize r, gsize c)
{
  if (args->targets != NULL)
    return (double) args->targets[r * args->logits.cols + c];
  return args->labels[r] >= 0 ? (double) args->labels[r] : (double) NAN;
}

gboolean
WB_CPU (wb_cpu_loss_sigmoid_cross_entropy) (WbBackend                       *self,
                                            const WbSigmoidCrossEntropyArgs *args,
                                            GError                         **error)
{
  double sum = 0;

  for (gsize r = 0; r < args->logits.rows; r++)
    for (gsize c = 0; c < args->logits.cols; c++)
      {
        const gboolean counts = args->labels == NULL || args->labels[r] >= 0;
        const double   w = args->class_weights != NULL ? (double) args->class_weights[c] : 1;
        const double x = (double) wb_cpu_row (&args->logits, r)[c], t = sigmoid_target (args, r, c);

        if (counts)
          sum += w * sigmoid_loss (x, t);
        if (args->dlogits.data != NULL)
          wb_cpu_row (&args->dlogits, r)[c] =
              counts ? (float) (w * (sigmoid (x) - t) / args->denominator) : 0.0f;
      }
  *args->loss = sum / args->denominator;
  return TRUE;
}

/* The loss of the segment's rows from @first on, before the division. */
static double
segment_loss (const WbSegmentCrossEntropyArgs *args, gsize first, gsize n, gint32 label)
{
  const gsize  stride = args->logits.stride;
  const float *logits = wb_cpu_row (&args->logits, first);
  const double lse = wb_cpu_log_sum_exp (logits, n, stride), s = (double) args->smoothing;
  double       loss = (1 - s) * (lse - (double) logits[(gsize) label * stride]);

  for (gsize i = 0; s > 0 && i < n; i++)
    loss += s / (double) n * (lse - (double) logits[i * stride]);
  for (gsize i = 0; args->dlogits.data != NULL && i < n; i++)
    {
      const double share = (i == (gsize) label ? 1 - s : 0) + s / (double) n;

      *wb_cpu_row (&args->dlogits, first + i) =
          (float) ((exp ((double) logits[i * stride] - lse) - share) / args->denominator);
    }
  return loss;
}

gboolean
WB_CPU (wb_cpu_loss_segment_cross_entropy) (WbBackend                       *self,
                                            const WbSegmentCrossEntropyArgs *args,
                                            GError                         **error)
{
  double sum = 0;

  for (gsize i = 0; i < args->n_segments; i++)
    {
      const gsize  first = (gsize) args->bounds[i], n = (gsize) args->bounds[i + 1] - first;
      const gint32 label = args->labels[i];

      if (label >= 0 && (gsize) label < n)
        sum += segment_loss (args, first, n, label);
      else
        for (gsize r = first; args->dlogits.data != NULL && r < first + n; r++)
          *wb_cpu_row (&args->dlogits, r) = 0.0f;
    }
  *args->loss = sum / args->denominator;
  return TRUE;
}
