#include "app/inspector/wb-attention-summary-private.h"

#include <math.h>

static const float *
row_of (const WbTensor *map, gsize row)
{
  return (const float *) map->data + row * map->stride;
}

static double
mean_of (const float *row, gsize n)
{
  double sum = 0;

  for (gsize j = 0; j < n; j++)
    sum += (double) row[j];
  return sum / (double) n;
}

/* A row's mean moves no probability, so only what differs between keys counts. */
static void
add_covariances (const WbInspectedLayer *layer, gsize row, double *shares, double *variance)
{
  const WbTensor *terms[] = { &layer->maps.c2c, &layer->maps.c2p, &layer->maps.p2c };
  const float    *scores = row_of (&layer->maps.scores, row);
  const double    mean = mean_of (scores, layer->n_tokens);

  for (gsize j = 0; j < layer->n_tokens; j++)
    *variance += ((double) scores[j] - mean) * ((double) scores[j] - mean);
  for (gsize t = 0; t < G_N_ELEMENTS (terms); t++)
    {
      const float *term = row_of (terms[t], row);

      for (gsize j = 0; j < layer->n_tokens; j++)
        shares[t] += (double) term[j] * ((double) scores[j] - mean);
    }
}

static void
add_probabilities (const WbInspectedLayer *layer,
                   gsize                   query,
                   const float            *p,
                   const WbInspector      *inspector,
                   WbAttentionSummary     *summary)
{
  const double   weight = 1 / (double) layer->n_tokens;
  const gboolean special = wb_inspector_is_special (inspector, query);

  for (gsize key = 0; key < layer->n_tokens; key++)
    {
      const double probability = (double) p[key];

      if (probability > 0)
        summary->entropy -= weight * probability * log2 (probability);
      if (wb_inspector_is_special (inspector, key))
        summary->special += weight * probability;
      else if (!special && probability > summary->strongest)
        {
          summary->strongest = probability;
          summary->query = query;
          summary->key = key;
        }
    }
}

void
wb_attention_summarize (const WbInspectedLayer *layer,
                        gsize                   h,
                        const WbInspector      *inspector,
                        WbAttentionSummary     *summary)
{
  double variance = 0;

  *summary = (WbAttentionSummary){ 0 };
  for (gsize i = 0; i < layer->n_tokens; i++)
    {
      const gsize row = h * layer->n_tokens + i;

      add_covariances (layer, row, summary->shares, &variance);
      add_probabilities (layer, i, row_of (&layer->maps.probabilities, row), inspector, summary);
    }
  for (gsize t = 0; t < G_N_ELEMENTS (summary->shares); t++)
    summary->shares[t] = variance > 0 ? summary->shares[t] / variance : 0;
}
