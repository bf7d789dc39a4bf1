#include "config.h"

#include "engine/cpu/wb-cpu-attention-private.h"

#include <string.h>

#include "engine/cpu/wb-cpu-random.h"

void
WB_CPU (wb_cpu_attention_pack) (const WbCpuAttentionPart *part,
                                const WbTensor           *x,
                                gsize                     rows,
                                float                     scale,
                                float                    *to)
{
  const gsize  d = part->plan->d, cols = part->plan->cols;
  const float *from = (const float *) x->data + part->start * x->stride + part->head * d;

  for (gsize r = 0; r < rows; r++)
    {
      WB_CPU_SIMD for (gsize c = 0; c < d; c++) to[c] = from[c] * scale;
      for (gsize c = d; c < cols; c++)
        to[c] = 0.0f;
      from += x->stride;
      to += cols;
    }
  memset (to, 0, (wb_cpu_tile_round (rows) - rows) * cols * sizeof *to);
}

void
WB_CPU (wb_cpu_attention_pack_keys) (const WbCpuAttentionPart *part)
{
  const WbAttentionForwardArgs *args = part->plan->args;
  const WbCpuAttentionWorker   *w = part->worker;

  WB_CPU (wb_cpu_attention_pack) (part, &args->q, part->queries, args->scale, w->q);
  WB_CPU (wb_cpu_attention_pack) (part, &args->k, part->n, 1.0f, w->k);
  WB_CPU (wb_cpu_attention_pack) (part, &args->v, part->n, 1.0f, w->v);
  WB_CPU (wb_cpu_tile_transpose)
  (w->k, part->plan->cols, part->n_round, part->plan->cols, w->k_t, part->keys_row, FALSE);
}

WbCpuAttentionTile
WB_CPU (wb_cpu_attention_tile) (const WbCpuAttentionPart *part, gsize tile)
{
  const gsize first = part->queries * tile / part->tiles;

  return (WbCpuAttentionTile){ first, part->queries * (tile + 1) / part->tiles - first };
}

/* Relative keys: row i of a block [first, end) gets the distances j - i from 1 - end up. */
void
WB_CPU (wb_cpu_attention_add_relative_keys) (const WbCpuAttentionPart *part,
                                             WbCpuAttentionTile        tile)
{
  const WbCpuAttention *plan = part->plan;
  const gsize           last = tile.first + tile.rows;
  const float          *pk_t = wb_cpu_attention_table (plan, plan->pk_t, part->head);

  for (gsize first = tile.first, end; first < last; first = end)
    {
      WbCpuTile product = { .a = part->worker->q + first * plan->cols,
                            .a_row = (gssize) plan->cols,
                            .a_col = 1,
                            .b_row = (gssize) plan->span,
                            .c_row = (gssize) part->scores_row + 1,
                            .prefetch = &part->worker->prefetch };
      gsize     before;

      end = wb_cpu_attention_block_end (first, last);
      before = end - first - 1;
      product.b = pk_t + plan->length - end;
      product.c = part->worker->scores + (first - tile.first) * part->scores_row - before;
      WB_CPU (wb_cpu_tile_multiply)
      (&product, end - first, wb_cpu_tile_round (part->n + before), plan->d, TRUE);
    }
}

/* Relative queries: row j of a block of keys [first, end) gets the distances i - j from the tile's
 * first query on. */
void
WB_CPU (wb_cpu_attention_add_relative_queries) (const WbCpuAttentionPart *part,
                                                WbCpuAttentionTile        tile)
{
  const WbCpuAttention *plan = part->plan;
  const float          *pq_t = wb_cpu_attention_table (plan, plan->pq_t, part->head);

  for (gsize first = 0, end; first < part->n; first = end)
    {
      WbCpuTile product = { .a = part->worker->k + first * plan->cols,
                            .a_row = (gssize) plan->cols,
                            .a_col = 1,
                            .b_row = (gssize) plan->span,
                            .c_row = (gssize) part->turned_row + 1,
                            .prefetch = &part->worker->prefetch };
      gsize     before;

      end = wb_cpu_attention_block_end (first, part->n);
      before = end - first - 1;
      product.b = pq_t + plan->length + tile.first - end;
      product.c = part->worker->turned + first * part->turned_row - before;
      WB_CPU (wb_cpu_tile_multiply)
      (&product, end - first, wb_cpu_tile_round (tile.rows + before), plan->d, FALSE);
    }
  WB_CPU (wb_cpu_tile_transpose)
  (part->worker->turned, part->turned_row, part->n_round, wb_cpu_tile_round (tile.rows),
   part->worker->scores, part->scores_row, TRUE);
}

void
WB_CPU (wb_cpu_attention_content) (const WbCpuAttentionPart *part, WbCpuAttentionTile tile)
{
  const WbCpuAttention *plan = part->plan;
  const WbCpuTile       content = { .a = part->worker->q + tile.first * plan->cols,
                                    .a_row = (gssize) plan->cols,
                                    .a_col = 1,
                                    .b = part->worker->k_t,
                                    .b_row = (gssize) part->keys_row,
                                    .c = part->worker->scores,
                                    .c_row = (gssize) part->scores_row,
                                    .prefetch = &part->worker->prefetch };

  WB_CPU (wb_cpu_tile_multiply) (&content, tile.rows, part->n_round, plan->d, FALSE);
}

void
WB_CPU (wb_cpu_attention_scores) (const WbCpuAttentionPart *part, WbCpuAttentionTile tile)
{
  WB_CPU (wb_cpu_attention_content) (part, tile);
  if (part->plan->pk != NULL)
    WB_CPU (wb_cpu_attention_add_relative_keys) (part, tile);
  if (part->plan->pq != NULL)
    WB_CPU (wb_cpu_attention_add_relative_queries) (part, tile);
}

void
WB_CPU (wb_cpu_attention_words) (const WbCpuAttentionPart *part, WbCpuAttentionTile tile)
{
  const WbDropout *dropout = &part->plan->args->dropout;
  const gsize      element = (part->head * part->n + tile.first) * part->n;

  if (dropout->p > 0.0f)
    wb_cpu_random_words (&dropout->random, part->ordinal, (guint32) element, part->worker->words,
                         tile.rows * part->n);
}
