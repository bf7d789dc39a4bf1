#include "config.h"

#include <math.h>

#include "engine/cpu/wb-cpu-loss-private.h"
#include "engine/cpu/wb-cpu-norm.h"
#include "engine/cpu/wb-cpu-ops-private.h"

/* Heads have few rows and classes: one thread, in double. */

static double
class_weight (const WbCrossEntropyArgs *args, gsize class)
{
  return args->class_weights != NULL ? (double) args->class_weights[class] : 1.0;
}

/* One row's loss, before the division; as torch: (1 - s) w[y] (-log p[y]) + s / C sum (w[c] (-log
 * p[c])).  @gradient: (nullable): divided by the denominator. */
static double
cross_entropy_row (const WbCrossEntropyArgs *args,
                   const float              *logits,
                   gsize                     label,
                   float                    *gradient)
{
  const gsize  classes = args->logits.cols;
  const double lse = wb_cpu_log_sum_exp (logits, classes, 1);
  const double hard = (1.0 - (double) args->smoothing) * class_weight (args, label);
  const double soft = (double) args->smoothing / (double) classes;
  double       loss = hard * (lse - (double) logits[label]), weights = hard;

  for (gsize c = 0; soft > 0 && c < classes; c++)
    {
      loss += soft * class_weight (args, c) * (lse - (double) logits[c]);
      weights += soft * class_weight (args, c);
    }
  for (gsize c = 0; gradient != NULL && c < classes; c++)
    {
      const double share = (c == label ? hard : 0) + soft * class_weight (args, c);

      gradient[c] =
          (float) ((weights * exp ((double) logits[c] - lse) - share) / args->denominator);
    }
  return loss;
}

gboolean
WB_CPU (wb_cpu_loss_cross_entropy) (WbBackend *self, const WbCrossEntropyArgs *args, GError **error)
{
  double sum = 0;

  for (gsize r = 0; r < args->logits.rows; r++)
    {
      float *gradient = args->dlogits.data != NULL ? wb_cpu_row (&args->dlogits, r) : NULL;

      if (args->labels[r] >= 0)
        sum += cross_entropy_row (args, wb_cpu_row (&args->logits, r), (gsize) args->labels[r],
                                  gradient);
      else if (gradient != NULL)
        memset (gradient, 0, args->logits.cols * sizeof *gradient);
    }
  *args->loss = sum / args->denominator;
  return TRUE;
}
