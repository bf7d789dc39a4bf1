#include "config.h"

#include "engine/ref/wb-ref-embedding.h"

#include <string.h>

#include "engine/ref/wb-ref-dropout.h"
#include "engine/ref/wb-ref-layernorm.h"

static gsize
type_of (const WbRefEmbedding *self, gsize token)
{
  return self->batch->type_ids != NULL ? (gsize) self->batch->type_ids[token] : 0;
}

static gsize
place_of (const WbRefEmbedding *self, gsize token)
{
  return token - (gsize) self->batch->cu_seqlens[wb_ref_sequence_of (self->batch, token)];
}

static void
add_up (const WbRefEmbedding *self, double *sum)
{
  for (gsize t = 0; t < self->batch->n_tokens; t++)
    for (gsize c = 0; c < self->cols; c++)
      {
        double x = self->word[(gsize) self->batch->ids[t] * self->cols + c];

        if (self->type != NULL)
          x += self->type[type_of (self, t) * self->cols + c];
        if (self->position != NULL)
          x += self->position[place_of (self, t) * self->cols + c];
        sum[t * self->cols + c] = x;
      }
}

static double
factor (const WbRefEmbedding *self, gsize i)
{
  return wb_ref_dropout_token_factor (&self->dropout, self->batch, i / self->cols, i % self->cols,
                                      self->cols);
}

void
wb_ref_embedding_forward (const WbRefEmbedding *self, double *y)
{
  const gsize          n = self->batch->n_tokens * self->cols;
  g_autofree double   *sum = g_new (double, n);
  const WbRefLayernorm norm = { self->batch->n_tokens, self->cols, self->eps, sum,
                                self->gamma,           self->beta };

  add_up (self, sum);
  if (self->gamma == NULL)
    {
      memcpy (y, sum, n * sizeof *y);
      return;
    }
  wb_ref_layernorm_forward (&norm, y, NULL, NULL);
  for (gsize i = 0; i < n; i++)
    y[i] *= factor (self, i);
}

static void
scatter (const WbRefEmbedding *self,
         const double         *dsum,
         gint32                pad_id,
         double               *dword,
         double               *dtype,
         double               *dposition)
{
  for (gsize t = 0; t < self->batch->n_tokens; t++)
    for (gsize c = 0; c < self->cols; c++)
      {
        const double d = dsum[t * self->cols + c];

        if (self->batch->ids[t] != pad_id)
          dword[(gsize) self->batch->slots[t] * self->cols + c] += d;
        if (dtype != NULL)
          dtype[type_of (self, t) * self->cols + c] += d;
        if (dposition != NULL)
          dposition[place_of (self, t) * self->cols + c] += d;
      }
}

void
wb_ref_embedding_backward (const WbRefEmbedding *self,
                           const double         *dy,
                           gsize                 n_slots,
                           gint32                pad_id,
                           double               *dword,
                           double               *dtype,
                           double               *dposition,
                           double               *dgamma,
                           double               *dbeta)
{
  const gsize          n = self->batch->n_tokens * self->cols;
  g_autofree double   *sum = g_new (double, n);
  g_autofree double   *dsum = g_new (double, n);
  g_autofree double   *dropped = g_new (double, n);
  const WbRefLayernorm norm = { self->batch->n_tokens, self->cols, self->eps, sum,
                                self->gamma,           self->beta };

  memset (dword, 0, n_slots * self->cols * sizeof *dword);
  if (dtype != NULL)
    memset (dtype, 0, self->n_types * self->cols * sizeof *dtype);
  if (dposition != NULL)
    memset (dposition, 0, self->n_positions * self->cols * sizeof *dposition);
  memcpy (dsum, dy, n * sizeof *dsum);
  if (self->gamma != NULL)
    {
      for (gsize i = 0; i < n; i++)
        dropped[i] = dy[i] * factor (self, i);
      add_up (self, sum);
      wb_ref_layernorm_backward (&norm, dropped, dsum, dgamma, dbeta);
    }
  scatter (self, dsum, pad_id, dword, dtype, dposition);
}
