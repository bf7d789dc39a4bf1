#include "config.h"

#include "engine/ref/wb-ref-attention.h"

#include <math.h>
#include <string.h>

/* One head of one sequence: n queries and keys, their first token, and the example's ordinal. */
typedef struct
{
  const WbRefAttention *args;
  gsize                 head;
  gsize                 n;
  gsize                 start;
  guint32               ordinal;
} Part;

/* Row @token of a (…, heads * d) matrix, at this head's columns. */
static gsize
at (const Part *self, gsize row)
{
  return row * self->args->heads * self->args->d + self->head * self->args->d;
}

static gsize
position_row (const Part *self, gsize i, gsize j)
{
  return (gsize) self->args->index[i + self->args->batch->max_length - 1 - j];
}

static double
dot (const double *a, const double *b, gsize n)
{
  double sum = 0;

  for (gsize c = 0; c < n; c++)
    sum += a[c] * b[c];
  return sum;
}

static void
axpy (double *y, double factor, const double *x, gsize n)
{
  for (gsize c = 0; c < n; c++)
    y[c] += factor * x[c];
}

static double
score (const Part *self, gsize i, gsize j)
{
  const WbRefAttention *a = self->args;
  const double         *q = a->q + at (self, self->start + i);
  const double         *k = a->k + at (self, self->start + j);
  double                sum = dot (q, k, a->d);

  if (a->pk != NULL)
    sum += dot (q, a->pk + at (self, position_row (self, i, j)), a->d);
  if (a->pq != NULL)
    sum += dot (k, a->pq + at (self, position_row (self, i, j)), a->d);
  return sum * a->scale;
}

/* @p: (n) softmax of query @i's scores.  Returns: log of the sum of exponentials */
static double
probabilities (const Part *self, gsize i, double *p)
{
  double max = -INFINITY, sum = 0;

  for (gsize j = 0; j < self->n; j++)
    {
      p[j] = score (self, i, j);
      max = MAX (max, p[j]);
    }
  for (gsize j = 0; j < self->n; j++)
    sum += p[j] = exp (p[j] - max);
  for (gsize j = 0; j < self->n; j++)
    p[j] /= sum;
  return max + log (sum);
}

/* What dropout multiplies the probability (i, j) with: 0 or 1 / (1 - p), the latter in F32. */
static double
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
part_forward (const Part *self, double *context, double *lse)
{
  const WbRefAttention *a = self->args;
  g_autofree double    *p = g_new (double, self->n);

  for (gsize i = 0; i < self->n; i++)
    {
      double *out = context + at (self, self->start + i);

      lse[(self->start + i) * a->heads + self->head] = probabilities (self, i, p);
      memset (out, 0, a->d * sizeof *out);
      for (gsize j = 0; j < self->n; j++)
        axpy (out, p[j] * keep (self, i, j), a->v + at (self, self->start + j), a->d);
    }
}

typedef struct
{
  const double *dcontext;
  double       *dq;
  double       *dk;
  double       *dv;
  double       *dpk;
  double       *dpq;
} Gradients;

/* The gradient @ds of the score (i, j), already times scale. */
static void
score_backward (const Part *self, const Gradients *g, gsize i, gsize j, double ds)
{
  const WbRefAttention *a = self->args;
  const gsize           q = at (self, self->start + i), k = at (self, self->start + j);

  axpy (g->dq + q, ds, a->k + k, a->d);
  axpy (g->dk + k, ds, a->q + q, a->d);
  if (a->pk != NULL)
    {
      const gsize row = at (self, position_row (self, i, j));

      axpy (g->dq + q, ds, a->pk + row, a->d);
      axpy (g->dpk + row, ds, a->q + q, a->d);
    }
  if (a->pq != NULL)
    {
      const gsize row = at (self, position_row (self, i, j));

      axpy (g->dk + k, ds, a->pq + row, a->d);
      axpy (g->dpq + row, ds, a->k + k, a->d);
    }
}

static void
part_backward (const Part *self, const Gradients *g)
{
  const WbRefAttention *a = self->args;
  g_autofree double    *p = g_new (double, self->n);
  g_autofree double    *dp = g_new (double, self->n);

  for (gsize i = 0; i < self->n; i++)
    {
      const double *dout = g->dcontext + at (self, self->start + i);
      double        sum = 0;

      probabilities (self, i, p);
      for (gsize j = 0; j < self->n; j++)
        {
          const gsize  v = at (self, self->start + j);
          const double factor = keep (self, i, j);

          axpy (g->dv + v, p[j] * factor, dout, a->d);
          dp[j] = factor * dot (dout, a->v + v, a->d);
          sum += dp[j] * p[j];
        }
      for (gsize j = 0; j < self->n; j++)
        score_backward (self, g, i, j, p[j] * (dp[j] - sum) * a->scale);
    }
}

static Part
part (const WbRefAttention *args, gsize sequence, gsize head)
{
  const gint32 *bounds = args->batch->cu_seqlens;

  return (Part){
    .args = args,
    .head = head,
    .n = (gsize) (bounds[sequence + 1] - bounds[sequence]),
    .start = (gsize) bounds[sequence],
    .ordinal = args->batch->ordinals[sequence],
  };
}

void
wb_ref_attention_forward (const WbRefAttention *self, double *context, double *lse)
{
  for (gsize s = 0; s < self->batch->n_sequences; s++)
    for (gsize h = 0; h < self->heads; h++)
      {
        const Part one = part (self, s, h);

        part_forward (&one, context, lse);
      }
}

void
wb_ref_attention_backward (const WbRefAttention *self,
                           const double         *dcontext,
                           double               *dq,
                           double               *dk,
                           double               *dv,
                           double               *dpk,
                           double               *dpq)
{
  const Gradients g = { dcontext, dq, dk, dv, dpk, dpq };
  const gsize     cols = self->heads * self->d;

  memset (dq, 0, self->batch->n_tokens * cols * sizeof *dq);
  memset (dk, 0, self->batch->n_tokens * cols * sizeof *dk);
  memset (dv, 0, self->batch->n_tokens * cols * sizeof *dv);
  if (self->pk != NULL)
    memset (dpk, 0, self->window * cols * sizeof *dpk);
  if (self->pq != NULL)
    memset (dpq, 0, self->window * cols * sizeof *dpq);
  for (gsize s = 0; s < self->batch->n_sequences; s++)
    for (gsize h = 0; h < self->heads; h++)
      {
        const Part one = part (self, s, h);

        part_backward (&one, &g);
      }
}
