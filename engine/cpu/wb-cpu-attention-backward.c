#include "config.h"

#include "engine/cpu/wb-cpu-attention-private.h"

#include <string.h>

#include "engine/cpu/wb-cpu-math.h"
#include "engine/cpu/wb-cpu-ops-private.h"

/* Zeros above and at both sides of the gradient's tile.  Below is cleared per tile. */
static void
clear_borders (const WbCpuAttentionPart *part)
{
  const gsize stride = part->scores_row;
  const gsize rows = (part->queries + part->tiles - 1) / part->tiles;
  float      *row = part->worker->dscores;

  memset (row - WB_CPU_ATTENTION_BORDER * stride - WB_CPU_ATTENTION_LEFT, 0,
          WB_CPU_ATTENTION_BORDER * stride * sizeof *row);
  for (gsize r = 0; r < rows; r++, row += stride)
    {
      memset (row - WB_CPU_ATTENTION_LEFT, 0, WB_CPU_ATTENTION_LEFT * sizeof *row);
      memset (row + part->n, 0, (stride - WB_CPU_ATTENTION_LEFT - part->n) * sizeof *row);
    }
}

static void
clear_below (const WbCpuAttentionPart *part, WbCpuAttentionTile tile)
{
  float *row = part->worker->dscores + tile.rows * part->scores_row - WB_CPU_ATTENTION_LEFT;

  memset (row, 0, WB_CPU_ATTENTION_BORDER * part->scores_row * sizeof *row);
}

/* dP = dC Vᵀ */
static void
tile_dprobabilities (const WbCpuAttentionPart *part, WbCpuAttentionTile tile)
{
  const gsize     cols = part->plan->cols;
  const WbCpuTile product = { .a = part->worker->dcontext + tile.first * cols,
                              .a_row = (gssize) cols,
                              .a_col = 1,
                              .b = part->worker->v_t,
                              .b_row = (gssize) part->keys_row,
                              .c = part->worker->dscores,
                              .c_row = (gssize) part->scores_row,
                              .prefetch = &part->worker->prefetch };

  WB_CPU (wb_cpu_tile_multiply) (&product, tile.rows, part->n_round, part->plan->d, FALSE);
}

/* sum of dP P over a query's keys, which is dcontext · context */
static float
query_sum (const WbCpuAttentionPart *part, gsize i)
{
  const gsize     d = part->plan->d;
  const WbTensor *context = &part->plan->args->context;
  const float    *x = part->worker->dcontext + i * part->plan->cols;
  const float    *y =
      (const float *) context->data + (part->start + i) * context->stride + part->head * d;
  float sum = 0.0f;

#pragma omp simd reduction(+ : sum)
  for (gsize c = 0; c < d; c++)
    sum += x[c] * y[c];
  return sum;
}

/* @s: scores, to probabilities; @ds: dP, to dS = P (dP - sum) */
static void
row_gradient (float *restrict s, float *restrict ds, gsize n, float lse, float sum)
{
  WB_CPU_SIMD for (gsize j = 0; j < n; j++)
  {
    const float p = wb_cpu_exp (s[j] - lse);

    ds[j] = p * (ds[j] - sum);
    s[j] = p;
  }
}

/* Likewise with dropout: @s to what remains of the probabilities. */
static void
row_gradient_dropout (float *restrict s,
                      float *restrict ds,
                      const guint32   *words,
                      const WbDropout *dropout,
                      gsize            n,
                      float            lse,
                      float            sum)
{
  const guint32 threshold = wb_dropout_threshold (dropout->p);
  const float   factor = 1.0f / (1.0f - dropout->p);

  WB_CPU_SIMD for (gsize j = 0; j < n; j++)
  {
    const float p = wb_cpu_exp (s[j] - lse);
    const float keep = words[j] >= threshold ? factor : 0.0f;

    ds[j] = p * (ds[j] * keep - sum);
    s[j] = p * keep;
  }
}

static void
tile_dscores (const WbCpuAttentionPart *part, WbCpuAttentionTile tile)
{
  const WbAttentionForwardArgs *args = part->plan->args;
  const WbCpuAttentionWorker   *w = part->worker;
  const float                  *lse =
      (const float *) args->lse.data + (part->start + tile.first) * args->lse.stride + part->head;

  WB_CPU (wb_cpu_attention_words) (part, tile);
  for (gsize r = 0; r < tile.rows; r++)
    {
      float      *s = w->scores + r * part->scores_row, *ds = w->dscores + r * part->scores_row;
      const float sum = query_sum (part, tile.first + r);

      if (args->dropout.p > 0.0f)
        row_gradient_dropout (s, ds, w->words + r * part->n, &args->dropout, part->n,
                              lse[r * args->lse.stride], sum);
      else
        row_gradient (s, ds, part->n, lse[r * args->lse.stride], sum);
      memset (ds + part->n, 0, (part->n_round - part->n) * sizeof *ds);
    }
  clear_below (part, tile);
}

/* dV += Pᵀ dC, dK += dSᵀ Q: sums over the tile's queries, a row per key. */
static void
tile_dkeys (const WbCpuAttentionPart *part,
            WbCpuAttentionTile        tile,
            const float              *scores,
            const float              *rows,
            float                    *sums)
{
  const gsize     cols = part->plan->cols;
  const WbCpuTile product = { .a = scores,
                              .a_row = 1,
                              .a_col = (gssize) part->scores_row,
                              .b = rows + tile.first * cols,
                              .b_row = (gssize) cols,
                              .c = sums,
                              .c_row = (gssize) cols,
                              .prefetch = &part->worker->prefetch };

  WB_CPU (wb_cpu_tile_multiply) (&product, part->n, cols, tile.rows, tile.first > 0);
}

/* dQ = dS K */
static void
tile_dqueries (const WbCpuAttentionPart *part, WbCpuAttentionTile tile)
{
  const gsize     cols = part->plan->cols;
  const WbCpuTile product = { .a = part->worker->dscores,
                              .a_row = (gssize) part->scores_row,
                              .a_col = 1,
                              .b = part->worker->k,
                              .b_row = (gssize) cols,
                              .c = part->worker->output,
                              .c_row = (gssize) cols,
                              .prefetch = &part->worker->prefetch };

  WB_CPU (wb_cpu_tile_multiply) (&product, tile.rows, cols, part->n, FALSE);
}

/* dQ += the band of dS by distance times the relative keys, as in the scores. */
static void
tile_dqueries_relative (const WbCpuAttentionPart *part, WbCpuAttentionTile tile)
{
  const WbCpuAttention *plan = part->plan;
  const gsize           cols = plan->cols, last = tile.first + tile.rows;
  const float          *pk = wb_cpu_attention_table (plan, plan->pk, part->head);

  for (gsize first = tile.first, end; first < last; first = end)
    {
      WbCpuTile product = { .a_row = (gssize) part->scores_row + 1,
                            .a_col = 1,
                            .b_row = (gssize) cols,
                            .c = part->worker->output + (first - tile.first) * cols,
                            .c_row = (gssize) cols,
                            .prefetch = &part->worker->prefetch };
      gsize     before;

      end = wb_cpu_attention_block_end (first, last);
      before = end - first - 1;
      product.a = part->worker->dscores + (first - tile.first) * part->scores_row - before;
      product.b = pk + (plan->length - end) * cols;
      WB_CPU (wb_cpu_tile_multiply) (&product, end - first, cols, part->n + before, TRUE);
    }
}

/* dK += the band of dSᵀ by distance times the relative queries. */
static void
tile_dkeys_relative (const WbCpuAttentionPart *part, WbCpuAttentionTile tile)
{
  const WbCpuAttention *plan = part->plan;
  const gsize           cols = plan->cols;
  const float          *pq = wb_cpu_attention_table (plan, plan->pq, part->head);

  for (gsize first = 0, end; first < part->n; first = end)
    {
      WbCpuTile product = { .a_row = (gssize) part->scores_row + 1,
                            .a_col = (gssize) part->scores_row,
                            .b_row = (gssize) cols,
                            .c = part->worker->dk + first * cols,
                            .c_row = (gssize) cols,
                            .prefetch = &part->worker->prefetch };
      gsize     before;

      end = wb_cpu_attention_block_end (first, part->n);
      before = end - first - 1;
      product.a = part->worker->dscores - before * part->scores_row + first;
      product.b = pq + (plan->length + tile.first - end) * cols;
      WB_CPU (wb_cpu_tile_multiply) (&product, end - first, cols, tile.rows + before, TRUE);
    }
}

/* The rows of dpk, a row per distance j - i from 1 - last on.  A block of distances has a range of
 * queries that meet a key there. */
static void
tile_drelative_keys (const WbCpuAttentionPart *part, WbCpuAttentionTile tile, float *dpk)
{
  const WbCpuAttention *plan = part->plan;
  const gsize           cols = plan->cols, end_query = tile.first + tile.rows;
  const gsize           origin = end_query - 1; /* distance + origin >= 0 */
  const gsize           n_distances = part->n + tile.rows - 1;

  for (gsize first = 0, end; first < n_distances; first = end)
    {
      gsize     low, high; /* queries [low, high) */
      WbCpuTile product = { .a_row = 1,
                            .a_col = (gssize) part->scores_row + 1,
                            .b_row = (gssize) cols,
                            .c = dpk + (first + plan->length - 1 - origin) * cols,
                            .c_row = (gssize) cols,
                            .prefetch = &part->worker->prefetch };

      end = wb_cpu_attention_block_end (first, n_distances);
      low = origin >= end - 1 ? origin - (end - 1) : 0;
      low = MAX (low, tile.first);
      high = MIN (end_query, part->n + origin - first);
      product.a = part->worker->dscores + (gssize) ((low - tile.first) * part->scores_row) +
                  (gssize) (low + first) - (gssize) origin;
      product.b = part->worker->q + low * cols;
      WB_CPU (wb_cpu_tile_multiply) (&product, end - first, cols, high - low, TRUE);
    }
}

/* The rows of dpq, a row per distance i - j from tile.first - (n - 1) on, and its range of keys. */
static void
tile_drelative_queries (const WbCpuAttentionPart *part, WbCpuAttentionTile tile, float *dpq)
{
  const WbCpuAttention *plan = part->plan;
  const gsize           cols = plan->cols;
  const gsize           n_distances = part->n + tile.rows - 1;

  for (gsize first = 0, end; first < n_distances; first = end)
    {
      gsize     low, high; /* keys [low, high): query tile.first + first + key - (n - 1) */
      WbCpuTile product = { .a_row = (gssize) part->scores_row,
                            .a_col = (gssize) part->scores_row + 1,
                            .b_row = (gssize) cols,
                            .c = dpq + (first + tile.first + plan->length - part->n) * cols,
                            .c_row = (gssize) cols,
                            .prefetch = &part->worker->prefetch };

      end = wb_cpu_attention_block_end (first, n_distances);
      low = part->n >= end ? part->n - end : 0;
      high = MIN (part->n, tile.rows + part->n - 1 - first);
      product.a = part->worker->dscores +
                  ((gssize) (first + low) - (gssize) (part->n - 1)) * (gssize) part->scores_row +
                  (gssize) low;
      product.b = part->worker->k + low * cols;
      WB_CPU (wb_cpu_tile_multiply) (&product, end - first, cols, high - low, TRUE);
    }
}

/* Rows [first, first + rows) of the part, times @scale, to @x. */
static void
unpack (const WbCpuAttentionPart *part,
        const float              *from,
        float                     scale,
        gsize                     first,
        gsize                     rows,
        const WbTensor           *x)
{
  const gsize d = part->plan->d, cols = part->plan->cols;
  float      *to = (float *) x->data + (part->start + first) * x->stride + part->head * d;

  for (gsize r = 0; r < rows; r++, from += cols, to += x->stride)
    WB_CPU_SIMD for (gsize c = 0; c < d; c++) to[c] = from[c] * scale;
}

static void
tile_backward (const WbCpuAttentionPart *part, WbCpuAttentionTile tile, float *dpk, float *dpq)
{
  const WbCpuAttentionWorker *w = part->worker;

  WB_CPU (wb_cpu_attention_scores) (part, tile);
  tile_dprobabilities (part, tile);
  tile_dscores (part, tile);
  tile_dkeys (part, tile, w->scores, w->dcontext, w->dv);
  tile_dkeys (part, tile, w->dscores, w->q, w->dk);
  tile_dqueries (part, tile);
  if (dpk != NULL)
    {
      tile_dqueries_relative (part, tile);
      tile_drelative_keys (part, tile, dpk);
    }
  if (dpq != NULL)
    {
      tile_dkeys_relative (part, tile);
      tile_drelative_queries (part, tile, dpq);
    }
  unpack (part, w->output, part->plan->args->scale, tile.first, tile.rows,
          &part->plan->backward->dq);
}

static void
task_begin (const WbCpuAttention *plan, gsize task)
{
  float *dpk = wb_cpu_attention_table (plan, plan->dpk, task);
  float *dpq = wb_cpu_attention_table (plan, plan->dpq, task);

  if (dpk != NULL)
    memset (dpk, 0, plan->span * plan->cols * sizeof *dpk);
  if (dpq != NULL)
    memset (dpq, 0, plan->span * plan->cols * sizeof *dpq);
}

/* dq of the queries that were not asked for. */
static void
clear_dqueries (const WbCpuAttentionPart *part)
{
  const WbTensor *dq = &part->plan->backward->dq;
  const gsize     d = part->plan->d;
  float *row = (float *) dq->data + (part->start + part->queries) * dq->stride + part->head * d;

  for (gsize r = part->queries; r < part->n; r++, row += dq->stride)
    memset (row, 0, d * sizeof *row);
}

static void
part_backward (const WbCpuAttentionPart *part, gsize task)
{
  const WbCpuAttention       *plan = part->plan;
  const WbCpuAttentionWorker *w = part->worker;

  WB_CPU (wb_cpu_attention_pack_keys) (part);
  WB_CPU (wb_cpu_attention_pack)
  (part, &plan->backward->dcontext, part->queries, 1.0f, w->dcontext);
  WB_CPU (wb_cpu_tile_transpose)
  (w->v, plan->cols, part->n_round, plan->cols, w->v_t, part->keys_row, FALSE);
  clear_borders (part);
  for (gsize t = 0; t < part->tiles; t++)
    tile_backward (part, WB_CPU (wb_cpu_attention_tile) (part, t),
                   wb_cpu_attention_table (plan, plan->dpk, task),
                   wb_cpu_attention_table (plan, plan->dpq, task));
  clear_dqueries (part);
  unpack (part, w->dk, 1.0f, 0, part->n, &plan->backward->dk);
  unpack (part, w->dv, 1.0f, 0, part->n, &plan->backward->dv);
}

/* One head's columns of @gradient: the sums of all chunks by distance, to the rows of the table. */
static void
reduce_table (const WbCpuAttention *plan,
              float                *sums,
              gsize                 head,
              float                 scale,
              gboolean              reverse,
              const WbTensor       *gradient)
{
  const gsize n = 2 * plan->length - 1;
  float      *first = (float *) gradient->data + head * plan->d;

  for (gsize r = 0; r < gradient->rows; r++)
    memset (first + r * gradient->stride, 0, plan->d * sizeof *first);
  if (plan->args->batch->n_tokens == 0)
    return;
  for (gsize chunk = 0; chunk < plan->chunks; chunk++)
    {
      const float *x = wb_cpu_attention_table (plan, sums, head * plan->chunks + chunk);

      for (gsize entry = 0; entry < n; entry++, x += plan->cols)
        {
          const gint32 row = plan->args->positions.index[reverse ? n - 1 - entry : entry];
          float       *y = first + (gsize) row * gradient->stride;

          WB_CPU_SIMD for (gsize c = 0; c < plan->d; c++) y[c] += x[c] * scale;
        }
    }
}

gboolean
WB_CPU (wb_cpu_attention_backward) (WbBackend                     *self,
                                    const WbAttentionBackwardArgs *args,
                                    GError                       **error)
{
  static const WbCpuAttentionWork work = { .begin = task_begin, .part = part_backward };
  WbCpuAttention                  plan;

  if (!WB_CPU (wb_cpu_attention_begin) (&plan, self, args->forward, args, NULL, error))
    return FALSE;
  WB_CPU (wb_cpu_attention_run) (&plan, &work, self->n_threads);
#pragma omp parallel for schedule(dynamic) num_threads(self->n_threads)
  for (gsize head = 0; head < args->forward->heads; head++)
    {
      if (plan.dpk != NULL)
        reduce_table (&plan, plan.dpk, head, 1.0f, TRUE, &args->dpk);
      if (plan.dpq != NULL)
        reduce_table (&plan, plan.dpq, head, args->forward->scale, FALSE, &args->dpq);
    }
  return TRUE;
}
