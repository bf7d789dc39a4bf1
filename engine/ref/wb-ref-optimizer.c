#include "config.h"

#include "engine/ref/wb-ref-optimizer.h"

#include <math.h>

/* transformers' AdamW (fact sheet 5.10). */
static void
adamw (const WbOptimizerStep *s, double *p, double g, double *m, double *v)
{
  const double k = (double) s->count;

  *p *= 1 - s->learning_rate * s->weight_decay;
  *m = s->beta1 * *m + (1 - s->beta1) * g;
  *v = s->beta2 * *v + (1 - s->beta2) * g * g;
  *p -= s->learning_rate * (*m / (1 - pow (s->beta1, k))) /
        (sqrt (*v / (1 - pow (s->beta2, k))) + s->epsilon);
}

/* The published Adam and admax (fact sheet 5.2). */
static void
adam (const WbOptimizerStep *s, double *p, double g, double *m, double *v)
{
  double u;

  *m = s->beta1 * *m + (1 - s->beta1) * g;
  if (s->kind == WB_OPTIMIZER_ADMAX)
    {
      *v = fmax (s->beta2 * *v, fabs (g));
      u = *m / (*v + s->epsilon);
    }
  else
    {
      *v = s->beta2 * *v + (1 - s->beta2) * g * g;
      u = *m / (sqrt (*v) + s->epsilon);
    }
  u += s->weight_decay * *p;
  *p -= s->learning_rate * u;
}

/* The published RAdam (fact sheet 5.2). */
static void
radam (const WbOptimizerStep *s, double *p, double g, double *m, double *v)
{
  const double t = (double) s->count, rho_inf = 2 / (1 - s->beta2) - 1;
  const double rho = rho_inf - 2 * t / (pow (s->beta2, -t) - 1);
  double       u, lr = s->learning_rate;

  *m = s->beta1 * *m + (1 - s->beta1) * g;
  *v = s->beta2 * *v + (1 - s->beta2) * g * g;
  if (rho > 4)
    {
      lr *= 1 / (1 - pow (s->beta1, t));
      lr *= sqrt (1 - pow (s->beta2, t));
      lr *= sqrt (((rho - 4) * (rho - 2) * rho_inf) / ((rho_inf - 4) * (rho_inf - 2) * rho));
      u = *m / (sqrt (*v) + s->epsilon);
    }
  else
    {
      u = *m;
      lr = 0;
    }
  u += s->weight_decay * *p;
  *p -= lr * u;
}

void
wb_ref_optimizer_update (const WbOptimizerStep *step,
                         gsize                  n,
                         double                *p,
                         const double          *g,
                         double                *m,
                         double                *v)
{
  for (gsize i = 0; i < n; i++)
    {
      const double scaled = g[i] * step->gradient_scale;

      if (step->kind == WB_OPTIMIZER_ADAMW)
        adamw (step, &p[i], scaled, &m[i], &v[i]);
      else if (step->kind == WB_OPTIMIZER_RADAM)
        radam (step, &p[i], scaled, &m[i], &v[i]);
      else
        adam (step, &p[i], scaled, &m[i], &v[i]);
    }
}

double
wb_ref_sum_of_squares (gsize n, const float *x)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) x[i] * x[i];
  return sum;
}
