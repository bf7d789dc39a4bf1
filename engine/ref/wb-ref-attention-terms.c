#include "config.h"

#include "engine/ref/wb-ref-attention-terms.h"

#include <math.h>

/* sum over the columns of @head of a[row_a] b[row_b], both (…, heads * d) */
static double
dot (const WbRefAttention *self,
     gsize                 head,
     const double         *a,
     gsize                 row_a,
     const double         *b,
     gsize                 row_b)
{
  const gsize cols = self->heads * self->d;
  double      sum = 0;

  for (gsize c = head * self->d; c < (head + 1) * self->d; c++)
    sum += a[row_a * cols + c] * b[row_b * cols + c];
  return sum;
}

static void
keep_terms (const WbRefAttention     *self,
            gsize                     head,
            WbAttentionTerms          terms,
            const WbRefAttentionMaps *maps,
            gsize                     i,
            gsize                     j)
{
  const gsize n = self->batch->n_tokens;
  const gsize row = self->pk != NULL || self->pq != NULL ? (gsize) self->index[i + n - 1 - j] : 0;
  const gsize at = i * n + j;

  maps->c2c[at] = maps->c2p[at] = maps->p2c[at] = 0;
  if (terms & WB_ATTENTION_C2C)
    maps->c2c[at] = dot (self, head, self->q, i, self->k, j) * self->scale;
  if ((terms & WB_ATTENTION_C2P) && self->pk != NULL)
    maps->c2p[at] = dot (self, head, self->q, i, self->pk, row) * self->scale;
  if ((terms & WB_ATTENTION_P2C) && self->pq != NULL)
    maps->p2c[at] = dot (self, head, self->k, j, self->pq, row) * self->scale;
  maps->scores[at] = maps->c2c[at] + maps->c2p[at] + maps->p2c[at];
}

static void
softmax (const double *scores, double *probabilities, gsize n)
{
  double max = -INFINITY, sum = 0;

  for (gsize j = 0; j < n; j++)
    max = MAX (max, scores[j]);
  for (gsize j = 0; j < n; j++)
    sum += exp (scores[j] - max);
  for (gsize j = 0; j < n; j++)
    probabilities[j] = exp (scores[j] - max) / sum;
}

void
wb_ref_attention_terms (const WbRefAttention     *self,
                        gsize                     head,
                        WbAttentionTerms          terms,
                        const WbRefAttentionMaps *maps,
                        double                   *context)
{
  const gsize n = self->batch->n_tokens, cols = self->heads * self->d;

  for (gsize i = 0; i < n; i++)
    {
      const double *p = maps->probabilities + i * n;

      for (gsize j = 0; j < n; j++)
        keep_terms (self, head, terms, maps, i, j);
      softmax (maps->scores + i * n, maps->probabilities + i * n, n);
      for (gsize c = head * self->d; context != NULL && c < (head + 1) * self->d; c++)
        {
          context[i * cols + c] = 0;
          for (gsize j = 0; j < n; j++)
            context[i * cols + c] += p[j] * self->v[j * cols + c];
        }
    }
}
