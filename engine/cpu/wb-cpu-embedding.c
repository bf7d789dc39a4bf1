#include "config.h"

#include "engine/cpu/wb-cpu-norm.h"
#include "engine/cpu/wb-cpu-ops-private.h"
#include "engine/cpu/wb-cpu-random.h"

/* Columns whose gradients one thread sums at a time, over all tokens in order. */
#define COLUMNS ((gsize) 64)

/* y = word[id] + type[type] + position[place] */
static void
sum_tables (const WbEmbeddingForwardArgs *args, gsize token, gsize place, float *y)
{
  const WbBatch *batch = args->batch;
  const gsize    cols = args->word.cols;

  memcpy (y, wb_cpu_row (&args->word, (gsize) batch->ids[token]), cols * sizeof *y);
  if (args->type.data != NULL)
    {
      const gsize  type = batch->type_ids != NULL ? (gsize) batch->type_ids[token] : 0;
      const float *row = wb_cpu_row (&args->type, type);

#pragma omp simd
      for (gsize i = 0; i < cols; i++)
        y[i] += row[i];
    }
  if (args->position.data != NULL)
    {
      const float *row = wb_cpu_row (&args->position, place);

#pragma omp simd
      for (gsize i = 0; i < cols; i++)
        y[i] += row[i];
    }
}

static void
forward_token (const WbEmbeddingForwardArgs *args, gsize token)
{
  const WbBatch *batch = args->batch;
  const gsize    cols = args->word.cols, sequence = wb_cpu_find_sequence (batch, token);
  const gsize    place = token - (gsize) batch->cu_seqlens[sequence];
  float         *y = wb_cpu_row (&args->y, token), *mean, *rstd;

  sum_tables (args, token, place, y);
  if (args->gamma.data == NULL)
    return;
  mean = (float *) args->mean.data + token;
  rstd = (float *) args->rstd.data + token;
  wb_cpu_norm_statistics (y, cols, args->eps, mean, rstd);
  wb_cpu_norm_apply (y, *mean, *rstd, args->gamma.data, args->beta.data, y, cols);
  if (args->dropout.p > 0.0f)
    wb_cpu_dropout (&args->dropout, batch->ordinals[sequence], (guint32) (place * cols), y, y,
                    cols);
}

gboolean
WB_CPU (wb_cpu_embedding_forward) (WbBackend                    *self,
                                   const WbEmbeddingForwardArgs *args,
                                   GError                      **error)
{
#pragma omp parallel for num_threads(self->n_threads) schedule(static)
  for (gsize t = 0; t < args->batch->n_tokens; t++)
    forward_token (args, t);
  return TRUE;
}

/* dy of one token := gradient of the sum of its rows.  @sums: dgamma, dbeta of a block of tokens;
 * @x: room for a row. */
static void
backward_token (const WbEmbeddingBackwardArgs *args, gsize token, float *sums, float *x)
{
  const WbEmbeddingForwardArgs *forward = args->forward;
  const WbBatch                *batch = forward->batch;
  const gsize  cols = forward->word.cols, sequence = wb_cpu_find_sequence (batch, token);
  const gsize  place = token - (gsize) batch->cu_seqlens[sequence];
  const float  mean = ((float *) forward->mean.data)[token];
  const float  rstd = ((float *) forward->rstd.data)[token];
  const float *gamma = forward->gamma.data;
  float       *dy = wb_cpu_row (&args->dy, token), mean_g, mean_gx;

  if (forward->dropout.p > 0.0f)
    wb_cpu_dropout (&forward->dropout, batch->ordinals[sequence], (guint32) (place * cols), dy, dy,
                    cols);
  sum_tables (forward, token, place, x);
  wb_cpu_norm_sums (dy, x, mean, rstd, gamma, sums, sums + cols, cols, &mean_g, &mean_gx);
  wb_cpu_norm_gradient (dy, x, mean, rstd, gamma, mean_g, mean_gx, dy, cols);
}

/* @scratch: for each block dgamma, dbeta and room for a row */
static void
backward_norm (WbBackend *self, const WbEmbeddingBackwardArgs *args, float *scratch)
{
  const gsize tokens = args->forward->batch->n_tokens, cols = args->forward->word.cols;
  const gsize n_blocks = wb_cpu_n_row_blocks (tokens);

#pragma omp parallel for num_threads(self->n_threads) schedule(static)
  for (gsize b = 0; b < n_blocks; b++)
    {
      const gsize first = b * WB_CPU_BLOCK_ROWS;
      float      *sums = scratch + b * 3 * cols;

      memset (sums, 0, 2 * cols * sizeof *sums);
      for (gsize t = first; t < MIN (first + WB_CPU_BLOCK_ROWS, tokens); t++)
        backward_token (args, t, sums, sums + 2 * cols);
    }
  if (args->dgamma.data != NULL)
    wb_cpu_add_partials (scratch, n_blocks, 3 * cols, args->dgamma.data, cols);
  if (args->dbeta.data != NULL)
    wb_cpu_add_partials (scratch + cols, n_blocks, 3 * cols, args->dbeta.data, cols);
}

static void
add_columns (const float *dy, float *sum, gsize n)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    sum[i] += dy[i];
}

/* Adds columns [first, first + n) of every token's gradient to the tables' gradients. */
static void
scatter_columns (const WbEmbeddingBackwardArgs *args, gsize first, gsize n)
{
  const WbBatch *batch = args->forward->batch;

  for (gsize s = 0; s < batch->n_sequences; s++)
    for (gsize t = (gsize) batch->cu_seqlens[s]; t < (gsize) batch->cu_seqlens[s + 1]; t++)
      {
        const float *dy = wb_cpu_row (&args->dy, t) + first;
        const gsize  type = batch->type_ids != NULL ? (gsize) batch->type_ids[t] : 0;
        const gsize  place = t - (gsize) batch->cu_seqlens[s];

        if (batch->ids[t] != args->pad_id)
          add_columns (dy, wb_cpu_row (&args->dword, (gsize) batch->slots[t]) + first, n);
        if (args->dtype.data != NULL)
          add_columns (dy, wb_cpu_row (&args->dtype, type) + first, n);
        if (args->dposition.data != NULL)
          add_columns (dy, wb_cpu_row (&args->dposition, place) + first, n);
      }
}

gboolean
WB_CPU (wb_cpu_embedding_backward) (WbBackend                     *self,
                                    const WbEmbeddingBackwardArgs *args,
                                    GError                       **error)
{
  const gsize tokens = args->forward->batch->n_tokens, cols = args->forward->word.cols;

  if (args->forward->gamma.data != NULL)
    {
      const gsize bytes = wb_cpu_n_row_blocks (tokens) * 3 * cols * sizeof (float);
      float      *scratch = wb_cpu_scratch (self, bytes, error);

      if (scratch == NULL)
        return FALSE;
      backward_norm (self, args, scratch);
    }
#pragma omp parallel for num_threads(self->n_threads) schedule(static)
  for (gsize c = 0; c < cols; c += COLUMNS)
    scatter_columns (args, c, MIN (COLUMNS, cols - c));
  return TRUE;
}
