#include "config.h"

#include "engine/ref/wb-ref-model-private.h"

#include <math.h>
#include <string.h>

#include "engine/ref/wb-ref-activation.h"

/* What all parts of the model's definition are made of. */

const double *
wb_ref_model_get_parameter (const WbRefModel *self, const char *prefix, const char *name)
{
  g_autofree char   *full = g_strconcat (prefix, name, NULL);
  const WbParameter *p = wb_parameter_table_find (self->table, full);

  return p == NULL ? NULL : self->parameters + p->offset;
}

double *
wb_ref_model_linear (const WbRefModel *self,
                     const char       *prefix,
                     const char       *name,
                     const double     *x,
                     gsize             rows,
                     gsize             in,
                     gsize             out,
                     WbActivation      act)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);
  const double    *w = wb_ref_model_get_parameter (self, prefix, weight),
               *b = wb_ref_model_get_parameter (self, prefix, bias);
  double *y = g_new (double, rows *out);

  for (gsize r = 0; r < rows; r++)
    for (gsize o = 0; o < out; o++)
      {
        double sum = b != NULL ? b[o] : 0;

        for (gsize i = 0; i < in; i++)
          sum += x[r * in + i] * w[o * in + i];
        y[r * out + o] = wb_ref_activation (act, sum);
      }
  return y;
}

void
wb_ref_model_layernorm (const WbRefModel *self,
                        const char       *prefix,
                        const char       *name,
                        double           *x,
                        gsize             rows)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);
  const double    *gamma = wb_ref_model_get_parameter (self, prefix, weight),
               *beta = wb_ref_model_get_parameter (self, prefix, bias);
  g_autofree char *full = g_strconcat (prefix, weight, NULL);
  const gsize      n = wb_parameter_table_find (self->table, full)->n_elements;

  for (gsize r = 0; r < rows; r++)
    {
      double *row = x + r * n, mean = 0, variance = 0;

      for (gsize c = 0; c < n; c++)
        mean += row[c] / (double) n;
      for (gsize c = 0; c < n; c++)
        variance += (row[c] - mean) * (row[c] - mean) / (double) n;
      for (gsize c = 0; c < n; c++)
        row[c] =
            (row[c] - mean) / sqrt (variance + (double) self->config->layer_norm_eps) * gamma[c] +
            beta[c];
    }
}

WbDropout
wb_ref_model_get_dropout (const WbRefModel *self, float p, WbRandomPurpose purpose, gsize layer)
{
  return (WbDropout){ self->training ? p : 0,
                      { self->seed, self->step, wb_random_stream (purpose, (guint) layer) } };
}

void
wb_ref_model_drop (WbDropout dropout, guint32 ordinal, double *x, gsize n)
{
  const float scale = 1 / (1 - dropout.p); /* in F32, as the sheet of random numbers says */

  if (dropout.p == 0)
    return;
  for (gsize i = 0; i < n; i++)
    {
      const gboolean kept =
          wb_random_u32 (&dropout.random, ordinal, (guint32) i) >= wb_dropout_threshold (dropout.p);
      x[i] = kept ? x[i] * (double) scale : 0;
    }
}

void
wb_ref_sequence_mask (const WbRefSequence *s, double *x)
{
  memset (x + s->real * s->h, 0, (s->n - s->real) * s->h * sizeof *x);
}
