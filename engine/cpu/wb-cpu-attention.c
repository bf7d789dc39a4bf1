#include "config.h"

#include "engine/cpu/wb-cpu-attention-private.h"

#include <math.h>

#include "engine/cpu/wb-cpu-math.h"
#include "engine/cpu/wb-cpu-ops-private.h"

float
WB_CPU (wb_cpu_attention_exponentials) (float *s, gsize n, float *max)
{
  float m = s[0], sum = 0.0f;

#pragma omp simd reduction(max : m)
  for (gsize j = 0; j < n; j++)
    m = s[j] > m ? s[j] : m;
#pragma omp simd reduction(+ : sum)
  for (gsize j = 0; j < n; j++)
    sum += s[j] = wb_cpu_exp (s[j] - m);
  *max = m;
  return sum;
}

/* wb_cpu_log() is for numbers only. */
static float
log_sum (float max, float sum)
{
  return isnan (sum) ? sum : max + wb_cpu_log (sum);
}

static void
drop (float *p, const guint32 *words, guint32 threshold, gsize n)
{
  WB_CPU_SIMD for (gsize j = 0; j < n; j++) p[j] = words[j] >= threshold ? p[j] : 0.0f;
}

/* Scores to exponentials, some of them dropped; their sums and lse. */
static void
tile_softmax (const WbCpuAttentionPart *part, WbCpuAttentionTile tile)
{
  const WbAttentionForwardArgs *args = part->plan->args;
  const WbCpuAttentionWorker   *w = part->worker;
  const gboolean                dropout = args->dropout.p > 0.0f;
  const guint32                 threshold = dropout ? wb_dropout_threshold (args->dropout.p) : 0;
  float *lse = (float *) args->lse.data + (part->start + tile.first) * args->lse.stride;

  WB_CPU (wb_cpu_attention_words) (part, tile);
  for (gsize r = 0; r < tile.rows; r++)
    {
      float *s = w->scores + r * part->scores_row, max;

      w->sums[r] = WB_CPU (wb_cpu_attention_exponentials) (s, part->n, &max);
      lse[r * args->lse.stride + part->head] = log_sum (max, w->sums[r]);
      if (dropout)
        drop (s, w->words + r * part->n, threshold, part->n);
    }
}

static void
tile_context (const WbCpuAttentionPart *part, WbCpuAttentionTile tile)
{
  const WbCpuAttention         *plan = part->plan;
  const WbCpuAttentionWorker   *w = part->worker;
  const WbAttentionForwardArgs *args = plan->args;
  const WbCpuTile               product = { .a = w->scores,
                                            .a_row = (gssize) part->scores_row,
                                            .a_col = 1,
                                            .b = w->v,
                                            .b_row = (gssize) plan->cols,
                                            .c = w->output,
                                            .c_row = (gssize) plan->cols,
                                            .prefetch = &part->worker->prefetch };

  WB_CPU (wb_cpu_tile_multiply) (&product, tile.rows, plan->cols, part->n, FALSE);
  for (gsize r = 0; r < tile.rows; r++)
    {
      const float *x = w->output + r * plan->cols;
      const float  factor = 1.0f / (1.0f - args->dropout.p) / w->sums[r];
      float       *y = (float *) args->context.data +
                 (part->start + tile.first + r) * args->context.stride + part->head * plan->d;

      WB_CPU_SIMD for (gsize c = 0; c < plan->d; c++) y[c] = x[c] * factor;
    }
}

static void
part_forward (const WbCpuAttentionPart *part, gsize task)
{
  WB_CPU (wb_cpu_attention_pack_keys) (part);
  for (gsize t = 0; t < part->tiles; t++)
    {
      const WbCpuAttentionTile tile = WB_CPU (wb_cpu_attention_tile) (part, t);

      WB_CPU (wb_cpu_attention_scores) (part, tile);
      tile_softmax (part, tile);
      tile_context (part, tile);
    }
}

gboolean
WB_CPU (wb_cpu_attention_forward) (WbBackend                    *self,
                                   const WbAttentionForwardArgs *args,
                                   GError                      **error)
{
  static const WbCpuAttentionWork work = { .part = part_forward };
  WbCpuAttention                  plan;

  if (!WB_CPU (wb_cpu_attention_begin) (&plan, self, args, NULL, NULL, error))
    return FALSE;
  WB_CPU (wb_cpu_attention_run) (&plan, &work, self->n_threads);
  return TRUE;
}
