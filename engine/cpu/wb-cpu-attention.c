#include "config.h"

#include "engine/cpu/wb-cpu-ops-private.h"

#include <math.h>
#include <string.h>

#include "engine/core/wb-rng.h"

/* One head of one sequence. */
typedef struct
{
  const WbAttentionForwardArgs *args;
  gsize                         head;
  gsize                         d;
  gsize                         n;
  gsize                         start;
  guint32                       ordinal;
} Part;

static Part
part (const WbAttentionForwardArgs *args, gsize sequence, gsize head)
{
  const gint32 *bounds = args->batch->cu_seqlens;

  return (Part){
    .args = args,
    .head = head,
    .d = args->q.cols / args->heads,
    .n = (gsize) (bounds[sequence + 1] - bounds[sequence]),
    .start = (gsize) bounds[sequence],
    .ordinal = args->batch->ordinals[sequence],
  };
}

static float *
row (const Part *self, const WbTensor *x, gsize r)
{
  return (float *) x->data + r * x->stride + self->head * self->d;
}

static float *
token_row (const Part *self, const WbTensor *x, gsize token)
{
  return row (self, x, self->start + token);
}

static gsize
position_row (const Part *self, gsize i, gsize j)
{
  return (gsize) self->args->positions.index[i + self->args->batch->max_length - 1 - j];
}

static float
dot (const float *a, const float *b, gsize n)
{
  float sum = 0;

  WB_CPU_SIMD for (gsize c = 0; c < n; c++) sum += a[c] * b[c];
  return sum;
}

static void
axpy (float *restrict y, float factor, const float *restrict x, gsize n)
{
  WB_CPU_SIMD for (gsize c = 0; c < n; c++) y[c] += factor * x[c];
}

static void
scores (const Part *self, gsize i, float *s)
{
  const WbAttentionForwardArgs *a = self->args;
  const float                  *q = token_row (self, &a->q, i);

  for (gsize j = 0; j < self->n; j++)
    {
      const float *k = token_row (self, &a->k, j);
      float        sum = dot (q, k, self->d);

      if (a->positions.pk.data != NULL)
        sum += dot (q, row (self, &a->positions.pk, position_row (self, i, j)), self->d);
      if (a->positions.pq.data != NULL)
        sum += dot (k, row (self, &a->positions.pq, position_row (self, i, j)), self->d);
      s[j] = sum * a->scale;
    }
}

static float
keep (const Part *self, gsize i, gsize j)
{
  const WbDropout *dropout = &self->args->dropout;
  const gsize      element = (self->head * self->n + i) * self->n + j;

  if (dropout->p == 0.0f)
    return 1;
  if (wb_random_u32 (&dropout->random, self->ordinal, (guint32) element) <
      wb_dropout_threshold (dropout->p))
    return 0;
  return 1.0f / (1.0f - dropout->p);
}

static void
query_forward (const Part *self, gsize i, float *p)
{
  const WbAttentionForwardArgs *a = self->args;
  float                        *out = token_row (self, &a->context, i);
  float                         max = -INFINITY, sum = 0;

  scores (self, i, p);
  for (gsize j = 0; j < self->n; j++)
    max = MAX (max, p[j]);
  for (gsize j = 0; j < self->n; j++)
    sum += p[j] = expf (p[j] - max);
  ((float *) a->lse.data)[(self->start + i) * a->lse.stride + self->head] = max + logf (sum);
  memset (out, 0, self->d * sizeof *out);
  for (gsize j = 0; j < self->n; j++)
    axpy (out, p[j] / sum * keep (self, i, j), token_row (self, &a->v, j), self->d);
}

gboolean
WB_CPU (wb_cpu_attention_forward) (WbBackend                    *self,
                                   const WbAttentionForwardArgs *args,
                                   GError                      **error)
{
  const gsize max_length = args->batch->max_length;
  float *scratch = wb_cpu_scratch (self, args->heads * MAX (max_length, 1) * sizeof (float), error);

  if (scratch == NULL)
    return FALSE;
#pragma omp parallel for schedule(dynamic) num_threads(self->n_threads)
  for (gsize h = 0; h < args->heads; h++)
    for (gsize s = 0; s < args->batch->n_sequences; s++)
      {
        const Part one = part (args, s, h);

        for (gsize i = 0; i < one.n; i++)
          query_forward (&one, i, scratch + h * max_length);
      }
  return TRUE;
}

/* The gradient @ds of the score (i, j), already times scale. */
static void
score_backward (const Part *self, const WbAttentionBackwardArgs *g, gsize i, gsize j, float ds)
{
  const WbAttentionForwardArgs *a = self->args;
  const float                  *q = token_row (self, &a->q, i), *k = token_row (self, &a->k, j);
  float                        *dq = token_row (self, &g->dq, i), *dk = token_row (self, &g->dk, j);

  axpy (dq, ds, k, self->d);
  axpy (dk, ds, q, self->d);
  if (a->positions.pk.data != NULL)
    {
      const gsize r = position_row (self, i, j);

      axpy (dq, ds, row (self, &a->positions.pk, r), self->d);
      axpy (row (self, &g->dpk, r), ds, q, self->d);
    }
  if (a->positions.pq.data != NULL)
    {
      const gsize r = position_row (self, i, j);

      axpy (dk, ds, row (self, &a->positions.pq, r), self->d);
      axpy (row (self, &g->dpq, r), ds, k, self->d);
    }
}

static void
query_backward (const Part *self, const WbAttentionBackwardArgs *g, gsize i, float *p)
{
  const WbAttentionForwardArgs *a = self->args;
  const float                  *dout = token_row (self, &g->dcontext, i);
  const float                   sum = dot (dout, token_row (self, &a->context, i), self->d);
  const float lse = ((const float *) a->lse.data)[(self->start + i) * a->lse.stride + self->head];

  scores (self, i, p);
  for (gsize j = 0; j < self->n; j++)
    {
      const float probability = expf (p[j] - lse), factor = keep (self, i, j);
      const float dp = factor * dot (dout, token_row (self, &a->v, j), self->d);

      axpy (token_row (self, &g->dv, j), probability * factor, dout, self->d);
      score_backward (self, g, i, j, probability * (dp - sum) * a->scale);
    }
}

static void
clear_head (const Part *self, const WbTensor *x)
{
  if (x->data != NULL)
    for (gsize r = 0; r < x->rows; r++)
      memset (row (self, x, r), 0, self->d * sizeof (float));
}

gboolean
WB_CPU (wb_cpu_attention_backward) (WbBackend                     *self,
                                    const WbAttentionBackwardArgs *args,
                                    GError                       **error)
{
  const WbAttentionForwardArgs *forward = args->forward;
  const gsize                   max_length = forward->batch->max_length;
  float *scratch = wb_cpu_scratch (self, forward->heads * max_length * sizeof (float), error);

  if (scratch == NULL)
    return FALSE;
#pragma omp parallel for schedule(dynamic) num_threads(self->n_threads)
  for (gsize h = 0; h < forward->heads; h++)
    {
      const Part     any = { .args = forward, .head = h, .d = forward->q.cols / forward->heads };
      const WbTensor outputs[] = { args->dq, args->dk, args->dv, args->dpk, args->dpq };

      for (gsize o = 0; o < G_N_ELEMENTS (outputs); o++)
        clear_head (&any, &outputs[o]);
      for (gsize s = 0; s < forward->batch->n_sequences; s++)
        {
          const Part one = part (forward, s, h);

          for (gsize i = 0; i < one.n; i++)
            query_backward (&one, args, i, scratch + h * max_length);
        }
    }
  return TRUE;
}
