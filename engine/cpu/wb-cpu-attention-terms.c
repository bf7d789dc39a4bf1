#include "config.h"

#include "engine/cpu/wb-cpu-attention-private.h"

#include <string.h>

#include "engine/cpu/wb-cpu-ops-private.h"

/* Attention with every term kept.  Each term is computed alone by the fused pass's products, into
 * zeros; their sum is in an order that what is wanted does not change. */

typedef void (*TermFunc) (const WbCpuAttentionPart *part, WbCpuAttentionTile tile);

/* Copies the tile's rows of @from, or zeros when %NULL, to the head's map. */
static void
deliver (const WbCpuAttentionPart *part,
         WbCpuAttentionTile        tile,
         const WbTensor           *map,
         const float              *from)
{
  const WbAttentionTermsArgs *args = part->plan->terms;

  if (map->data == NULL)
    return;
  for (gsize h = 0; h < args->n_chosen; h++)
    for (gsize r = 0; r < tile.rows && args->chosen[h] == part->head; r++)
      {
        float *to = (float *) map->data + (h * part->n + tile.first + r) * map->stride;

        if (from == NULL)
          memset (to, 0, part->n * sizeof *to);
        else
          memcpy (to, from + r * part->scores_row, part->n * sizeof *to);
      }
}

static void
add_to_total (const WbCpuAttentionPart *part, WbCpuAttentionTile tile)
{
  for (gsize r = 0; r < tile.rows; r++)
    {
      const float *x = part->worker->scores + r * part->scores_row;
      float       *y = part->worker->total + r * part->scores_row;

      WB_CPU_SIMD for (gsize j = 0; j < part->n; j++) y[j] += x[j];
    }
}

static void
keep_term (const WbCpuAttentionPart *part,
           WbCpuAttentionTile        tile,
           gboolean                  on,
           TermFunc                  func,
           const WbTensor           *map)
{
  float *scores = part->worker->scores;

  if (!on)
    {
      deliver (part, tile, map, NULL);
      return;
    }
  memset (scores, 0, tile.rows * part->scores_row * sizeof *scores);
  func (part, tile);
  add_to_total (part, tile);
  deliver (part, tile, map, scores);
}

static void
keep_probabilities (const WbCpuAttentionPart *part, WbCpuAttentionTile tile)
{
  for (gsize r = 0; r < tile.rows; r++)
    {
      float *p = part->worker->total + r * part->scores_row, max, sum;

      sum = WB_CPU (wb_cpu_attention_exponentials) (p, part->n, &max);
      WB_CPU_SIMD for (gsize j = 0; j < part->n; j++) p[j] /= sum;
    }
  deliver (part, tile, &part->plan->terms->maps.probabilities, part->worker->total);
}

static void
keep_context (const WbCpuAttentionPart *part, WbCpuAttentionTile tile)
{
  const WbCpuAttention *plan = part->plan;
  const WbTensor       *context = &plan->terms->context;
  const WbCpuTile       product = { .a = part->worker->total,
                                    .a_row = (gssize) part->scores_row,
                                    .a_col = 1,
                                    .b = part->worker->v,
                                    .b_row = (gssize) plan->cols,
                                    .c = part->worker->output,
                                    .c_row = (gssize) plan->cols,
                                    .prefetch = &part->worker->prefetch };

  if (context->data == NULL)
    return;
  WB_CPU (wb_cpu_tile_multiply) (&product, tile.rows, plan->cols, part->n, FALSE);
  for (gsize r = 0; r < tile.rows; r++)
    memcpy ((float *) context->data + (tile.first + r) * context->stride + part->head * plan->d,
            part->worker->output + r * plan->cols, plan->d * sizeof (float));
}

static void
part_terms (const WbCpuAttentionPart *part, gsize task)
{
  const WbAttentionTermsArgs *args = part->plan->terms;
  const WbAttentionMaps      *maps = &args->maps;
  const WbAttentionTerms      on =
      args->terms != NULL ? args->terms[part->head] : WB_ATTENTION_ALL_TERMS;
  const gboolean c2p = (on & WB_ATTENTION_C2P) != 0 && part->plan->pk != NULL;
  const gboolean p2c = (on & WB_ATTENTION_P2C) != 0 && part->plan->pq != NULL;

  WB_CPU (wb_cpu_attention_pack_keys) (part);
  for (gsize t = 0; t < part->tiles; t++)
    {
      const WbCpuAttentionTile tile = WB_CPU (wb_cpu_attention_tile) (part, t);

      memset (part->worker->total, 0, tile.rows * part->scores_row * sizeof (float));
      keep_term (part, tile, (on & WB_ATTENTION_C2C) != 0, WB_CPU (wb_cpu_attention_content),
                 &maps->c2c);
      keep_term (part, tile, c2p, WB_CPU (wb_cpu_attention_add_relative_keys), &maps->c2p);
      keep_term (part, tile, p2c, WB_CPU (wb_cpu_attention_add_relative_queries), &maps->p2c);
      deliver (part, tile, &maps->scores, part->worker->total);
      keep_probabilities (part, tile);
      keep_context (part, tile);
    }
}

gboolean
WB_CPU (wb_cpu_attention_terms) (WbBackend *self, const WbAttentionTermsArgs *args, GError **error)
{
  static const WbCpuAttentionWork work = { .part = part_terms };
  const gsize                     n = args->q.rows;
  const gint32                    bounds[] = { 0, (gint32) n };
  const guint32                   ordinal = 0;
  const WbBatch                   batch = { .n_tokens = n,
                                            .n_sequences = 1,
                                            .max_length = n,
                                            .cu_seqlens = bounds,
                                            .ordinals = &ordinal };
  const WbAttentionForwardArgs    forward = { .batch = &batch,
                                              .q = args->q,
                                              .k = args->k,
                                              .v = args->v,
                                              .positions = args->positions,
                                              .context =
                                               args->context.data != NULL ? args->context : args->q,
                                              .heads = args->heads,
                                              .scale = args->scale };
  WbCpuAttention                  plan;

  if (!WB_CPU (wb_cpu_attention_begin) (&plan, self, &forward, NULL, args, error))
    return FALSE;
  WB_CPU (wb_cpu_attention_run) (&plan, &work, self->n_threads);
  return TRUE;
}
