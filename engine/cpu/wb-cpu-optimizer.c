#include "config.h"

#include "engine/cpu/wb-cpu-ops-private.h"
#include "engine/cpu/wb-cpu-optimizer-private.h"

#include <string.h>

/* Elements that one thread takes at a time; below twice that a second thread costs more than it
 * gives. */
#define SPAN ((gsize) 16384)

WbCpuOptimizer
WB_CPU (wb_cpu_optimizer_new) (const WbOptimizerStep *step)
{
  return (WbCpuOptimizer){
    .admax = step->kind == WB_OPTIMIZER_ADMAX,
    .keep_m = (float) step->beta1,
    .add_m = (float) (1 - step->beta1),
    .keep_v = (float) step->beta2,
    .add_v = (float) (1 - step->beta2),
    .epsilon = (float) step->epsilon,
    .gradient_scale = (float) step->gradient_scale,
  };
}

static inline __attribute__ ((always_inline)) void
update_vector (const WbCpuOptimizer     *o,
               const WbOptimizerFactors *f,
               float                    *p,
               const float              *g,
               float                    *m,
               float                    *v,
               gboolean                  admax)
{
  const WbVector gradient = vector_rounded (vector_load (g) * o->gradient_scale);
  WbCpuMoments   x = { vector_load (p), vector_load (m), vector_load (v) };

  x.m = vector_fma (vector_set (o->keep_m), x.m, vector_rounded (gradient * o->add_m));
  if (admax)
    x.v = vector_max (vector_rounded (x.v * o->keep_v), vector_abs (gradient));
  else
    x.v = vector_fma (vector_set (o->keep_v), x.v, vector_rounded (gradient * o->add_v * gradient));
  vector_store (p, optimizer_move (o, f, &x, admax));
  vector_store (m, x.m);
  vector_store (v, x.v);
}

/* The last, incomplete vector: the same operations on a copy with zeros behind. */
static inline __attribute__ ((always_inline)) void
update_tail (const WbCpuOptimizer     *o,
             const WbOptimizerFactors *f,
             gsize                     n,
             float                    *p,
             const float              *g,
             float                    *m,
             float                    *v,
             gboolean                  admax)
{
  float copy[4][WB_VECTOR_BYTES / sizeof (float)] = { 0 };

  memcpy (copy[0], p, n * sizeof *p);
  memcpy (copy[1], g, n * sizeof *g);
  memcpy (copy[2], m, n * sizeof *m);
  memcpy (copy[3], v, n * sizeof *v);
  update_vector (o, f, copy[0], copy[1], copy[2], copy[3], admax);
  memcpy (p, copy[0], n * sizeof *p);
  memcpy (m, copy[2], n * sizeof *m);
  memcpy (v, copy[3], n * sizeof *v);
}

static inline __attribute__ ((always_inline)) void
update_span (const WbCpuOptimizer     *o,
             const WbOptimizerFactors *f,
             gsize                     n,
             float                    *p,
             const float              *g,
             float                    *m,
             float                    *v,
             gboolean                  admax)
{
  const gsize whole = n - n % WB_VECTOR_LANES;

  for (gsize i = 0; i < whole; i += WB_VECTOR_LANES)
    update_vector (o, f, p + i, g + i, m + i, v + i, admax);
  if (whole < n)
    update_tail (o, f, n - whole, p + whole, g + whole, m + whole, v + whole, admax);
}

void
WB_CPU (wb_cpu_optimizer_span) (const WbCpuOptimizer     *o,
                                const WbOptimizerFactors *f,
                                gsize                     n,
                                float                    *p,
                                const float              *g,
                                float                    *m,
                                float                    *v)
{
  if (o->admax)
    update_span (o, f, n, p, g, m, v, TRUE);
  else
    update_span (o, f, n, p, g, m, v, FALSE);
}

gboolean
WB_CPU (wb_cpu_optimizer_update) (WbBackend             *self,
                                  const WbOptimizerStep *step,
                                  const WbTensor        *p,
                                  const WbTensor        *g,
                                  const WbTensor        *m,
                                  const WbTensor        *v,
                                  GError               **error)
{
  const WbCpuOptimizer     o = WB_CPU (wb_cpu_optimizer_new) (step);
  const WbOptimizerFactors f = wb_optimizer_step_get_factors (step);
  const gsize              n = p->rows * p->cols, spans = (n + SPAN - 1) / SPAN;

#pragma omp parallel num_threads(self->n_threads) if (spans > 1)
  {
    const guint before = flush_denormals ();

#pragma omp for schedule(static)
    for (gsize s = 0; s < spans; s++)
      {
        const gsize first = s * SPAN;

        WB_CPU (wb_cpu_optimizer_span)
        (&o, &f, MIN (SPAN, n - first), (float *) p->data + first, (const float *) g->data + first,
         (float *) m->data + first, (float *) v->data + first);
      }
    restore_denormals (before);
  }
  return TRUE;
}

static double
span_sum (const float *x, gsize n)
{
  double sum = 0;

  _Pragma ("omp simd reduction(+ : sum)") for (gsize i = 0; i < n; i++) sum +=
      (double) x[i] * (double) x[i];
  return sum;
}

gboolean
WB_CPU (wb_cpu_sum_of_squares) (WbBackend *self, const WbTensor *x, double *sum, GError **error)
{
  enum
  {
    GROUP = 256
  };
  const gsize n = x->rows * x->cols, spans = (n + SPAN - 1) / SPAN;
  double      parts[GROUP];

  *sum = 0;
  for (gsize group = 0; group < spans; group += GROUP)
    {
      const gsize n_parts = MIN (GROUP, spans - group);

#pragma omp parallel for schedule(static) num_threads(self->n_threads) if (n_parts > 1)
      for (gsize s = 0; s < n_parts; s++)
        {
          const gsize first = (group + s) * SPAN;

          parts[s] = span_sum ((const float *) x->data + first, MIN (SPAN, n - first));
        }
      for (gsize s = 0; s < n_parts; s++)
        *sum += parts[s];
    }
  return TRUE;
}
