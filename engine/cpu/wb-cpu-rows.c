#include "config.h"

#include <math.h>
#include <string.h>

#include "engine/cpu/wb-cpu-math.h"
#include "engine/cpu/wb-cpu-ops-private.h"
#include "engine/cpu/wb-cpu-norm.h"
#include "engine/cpu/wb-cpu-random.h"

gboolean
WB_CPU (wb_cpu_gather_rows) (WbBackend      *self,
                             const WbTensor *x,
                             const gint32   *rows,
                             const WbTensor *y,
                             GError        **error)
{
#pragma omp parallel for num_threads(self->n_threads) schedule(static) if (y->rows >= 64)
  for (gsize r = 0; r < y->rows; r++)
    memcpy (wb_cpu_row (y, r), wb_cpu_row (x, (gsize) rows[r]), y->cols * sizeof (float));
  return TRUE;
}

static void
add_row (const float *x, float *y, gsize n)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    y[i] += x[i];
}

gboolean
WB_CPU (wb_cpu_scatter_add_rows) (WbBackend      *self,
                                  const WbTensor *dy,
                                  const gint32   *rows,
                                  const WbTensor *dx,
                                  GError        **error)
{
  /* The rows are distinct, so no two threads meet. */
#pragma omp parallel for num_threads(self->n_threads) schedule(static) if (dy->rows >= 64)
  for (gsize r = 0; r < dy->rows; r++)
    add_row (wb_cpu_row (dy, r), wb_cpu_row (dx, (gsize) rows[r]), dx->cols);
  return TRUE;
}

gboolean
WB_CPU (wb_cpu_add_first_rows) (WbBackend      *self,
                                const WbBatch  *batch,
                                const WbTensor *x,
                                const WbTensor *y,
                                GError        **error)
{
#pragma omp parallel for num_threads(self->n_threads) schedule(static) if (y->rows >= 64)
  for (gsize r = 0; r < y->rows; r++)
    {
      const gsize first = (gsize) batch->cu_seqlens[wb_cpu_find_sequence (batch, r)];

      memcpy (wb_cpu_row (y, r), wb_cpu_row (x, r), x->cols * sizeof (float));
      add_row (wb_cpu_row (x, first), wb_cpu_row (y, r), x->cols);
    }
  return TRUE;
}

/* A sequence's rows are added in their order by one thread. */
gboolean
WB_CPU (wb_cpu_collect_first_rows) (WbBackend      *self,
                                    const WbBatch  *batch,
                                    const WbTensor *dy,
                                    GError        **error)
{
#pragma omp parallel for num_threads(self->n_threads) schedule(static) if (dy->rows >= 64)
  for (gsize i = 0; i < batch->n_sequences; i++)
    {
      const gsize first = (gsize) batch->cu_seqlens[i], end = (gsize) batch->cu_seqlens[i + 1];

      for (gsize r = first; r < end; r++) /* the first row is there twice: x[t] and x[first] */
        add_row (wb_cpu_row (dy, r), wb_cpu_row (dy, first), dy->cols);
    }
  return TRUE;
}

gboolean
WB_CPU (wb_cpu_copy) (WbBackend *self, const WbTensor *x, const WbTensor *y, GError **error)
{
#pragma omp parallel for num_threads(self->n_threads) schedule(static) if (y->rows >= 64)
  for (gsize r = 0; r < y->rows; r++)
    memmove (wb_cpu_row (y, r), wb_cpu_row (x, r), y->cols * sizeof (float));
  return TRUE;
}

gboolean
WB_CPU (wb_cpu_add) (WbBackend *self, const WbTensor *x, const WbTensor *y, GError **error)
{
#pragma omp parallel for num_threads(self->n_threads) schedule(static) if (y->rows >= 64)
  for (gsize r = 0; r < y->rows; r++)
    add_row (wb_cpu_row (x, r), wb_cpu_row (y, r), y->cols);
  return TRUE;
}

static void
fill_row (float *x, gsize n, float value)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    x[i] = value;
}

gboolean
WB_CPU (wb_cpu_fill) (WbBackend *self, const WbTensor *x, float value, GError **error)
{
  const gsize  block = 1 << 16;
  const gsize  n = x->rows * x->cols;
  float *const data = x->data;

  if (x->rows > 1 && x->stride != x->cols)
    {
#pragma omp parallel for num_threads(self->n_threads) schedule(static) if (x->rows >= 64)
      for (gsize r = 0; r < x->rows; r++)
        fill_row (wb_cpu_row (x, r), x->cols, value);
      return TRUE;
    }
#pragma omp parallel for num_threads(self->n_threads) schedule(static) if (n > block)
  for (gsize i = 0; i < n; i += block)
    fill_row (data + i, MIN (block, n - i), value);
  return TRUE;
}

/* y = dropout (x) for one row. */
static void
dropout_row (const WbDropout *dropout,
             guint32          ordinal,
             guint32          first,
             const float     *x,
             float           *y,
             gsize            n)
{
  if (dropout->p > 0.0f)
    wb_cpu_dropout (dropout, ordinal, first, x, y, n);
  else if (x != y)
    memcpy (y, x, n * sizeof *y);
}

gboolean
WB_CPU (wb_cpu_dropout_rows) (WbBackend       *self,
                              const WbDropout *dropout,
                              const guint32   *ordinals,
                              const WbTensor  *x,
                              const WbTensor  *y,
                              GError         **error)
{
#pragma omp parallel for num_threads(self->n_threads) schedule(static) if (y->rows >= 64)
  for (gsize r = 0; r < y->rows; r++)
    {
      const guint32 ordinal = ordinals != NULL ? ordinals[r] : WB_RANDOM_NO_EXAMPLE;
      const guint32 first = ordinals != NULL ? 0 : (guint32) (r * y->cols);

      dropout_row (dropout, ordinal, first, wb_cpu_row (x, r), wb_cpu_row (y, r), y->cols);
    }
  return TRUE;
}

gboolean
WB_CPU (wb_cpu_dropout_tokens) (WbBackend       *self,
                                const WbDropout *dropout,
                                const WbBatch   *batch,
                                const WbTensor  *x,
                                const WbTensor  *y,
                                GError         **error)
{
#pragma omp parallel for num_threads(self->n_threads) schedule(static) if (y->rows >= 64)
  for (gsize r = 0; r < y->rows; r++)
    {
      const gsize sequence = wb_cpu_find_sequence (batch, r);
      const gsize place = r - (gsize) batch->cu_seqlens[sequence];

      dropout_row (dropout, batch->ordinals[sequence], (guint32) (place * y->cols),
                   wb_cpu_row (x, r), wb_cpu_row (y, r), y->cols);
    }
  return TRUE;
}

/* Box, Muller 1958: two independent normal numbers from two uniform ones.  The first uniform number
 * has 23 bits and lies in the middle of its interval, so that it is never 0; the second has 24. */
static void
normal_pairs (const guint32 *words, float *out, gsize n_pairs, float std)
{
#pragma omp simd
  for (gsize i = 0; i < n_pairs; i++)
    {
      const float u = ((float) (gint32) (words[2 * i] >> 9) + 0.5f) * 0x1p-23f;
      const float v = (float) (gint32) (words[2 * i + 1] >> 8) * 0x1p-24f;
      const float radius = std * sqrtf (-2.0f * wb_cpu_log (u));
      float       sine, cosine;

      wb_cpu_sincos_turns (v, &sine, &cosine);
      out[2 * i] = radius * cosine;
      out[2 * i + 1] = radius * sine;
    }
}

#define NORMAL_BLOCK 512

/* Elements [first, first + n) in row-major order of @x; first is even. */
static void
fill_normal_block (const WbTensor *x,
                   const WbRandom *random,
                   guint32         ordinal,
                   float           std,
                   gsize           first,
                   gsize           n)
{
  guint32 words[NORMAL_BLOCK];
  float   values[NORMAL_BLOCK];

  wb_cpu_random_words (random, ordinal, (guint32) first, words, n + n % 2);
  normal_pairs (words, values, (n + 1) / 2, std);
  for (gsize i = 0; i < n;)
    {
      const gsize row = (first + i) / x->cols, col = (first + i) % x->cols;
      const gsize take = MIN (n - i, x->cols - col);

      memcpy (wb_cpu_row (x, row) + col, values + i, take * sizeof (float));
      i += take;
    }
}

gboolean
WB_CPU (wb_cpu_fill_normal) (WbBackend      *self,
                             const WbTensor *x,
                             const WbRandom *random,
                             guint32         ordinal,
                             float           std,
                             GError        **error)
{
  const gsize n = x->rows * x->cols;

#pragma omp parallel for num_threads(self->n_threads) schedule(static) if (n > NORMAL_BLOCK)
  for (gsize i = 0; i < n; i += NORMAL_BLOCK)
    fill_normal_block (x, random, ordinal, std, i, MIN ((gsize) NORMAL_BLOCK, n - i));
  return TRUE;
}
