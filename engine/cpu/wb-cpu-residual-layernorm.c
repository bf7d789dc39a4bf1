#include "config.h"

#include "engine/cpu/wb-cpu-norm.h"
#include "engine/cpu/wb-cpu-ops-private.h"
#include "engine/cpu/wb-cpu-random.h"

#define CHUNK ((gsize) 512) /* elements of a row whose random words are drawn at once */

/* Which example a row belongs to, and the number of its first element there. */
typedef struct
{
  guint32 ordinal;
  guint32 first;
} Place;

static Place
find_place (const WbBatch *batch, gsize row, gsize cols)
{
  const gsize sequence = wb_cpu_find_sequence (batch, row);

  return (Place){ batch->ordinals[sequence],
                  (guint32) ((row - (gsize) batch->cu_seqlens[sequence]) * cols) };
}

/* z := dropout (z + bias) + residual for one row. */
static void
add_residual (float           *z,
              const float     *bias,
              const float     *residual,
              gsize            cols,
              const WbDropout *dropout,
              Place            place)
{
  const guint32 threshold = wb_dropout_threshold (dropout->p);
  const float   scale = 1.0f / (1.0f - dropout->p);
  guint32       words[CHUNK];

  for (gsize c = 0; c < cols; c += CHUNK)
    {
      const gsize n = MIN (CHUNK, cols - c);

      wb_cpu_random_words (&dropout->random, place.ordinal, place.first + (guint32) c, words, n);
#pragma omp simd
      for (gsize i = 0; i < n; i++)
        {
          const float kept = words[i] >= threshold ? (z[c + i] + bias[c + i]) * scale : 0.0f;

          z[c + i] = kept + residual[c + i];
        }
    }
}

static void
add_residual_plain (float *z, const float *bias, const float *residual, gsize cols)
{
#pragma omp simd
  for (gsize i = 0; i < cols; i++)
    z[i] = z[i] + bias[i] + residual[i];
}

static void
forward_row (const WbResidualLayernormForwardArgs *args, gsize r)
{
  const gsize  cols = args->z.cols;
  const float *residual = wb_cpu_row (&args->residual, r);
  float       *z = wb_cpu_row (&args->z, r);
  float       *mean = (float *) args->mean.data + r, *rstd = (float *) args->rstd.data + r;

  if (args->dropout.p > 0.0f)
    add_residual (z, args->bias.data, residual, cols, &args->dropout,
                  find_place (args->batch, r, cols));
  else
    add_residual_plain (z, args->bias.data, residual, cols);
  wb_cpu_norm_statistics (z, cols, args->eps, mean, rstd);
  wb_cpu_norm_apply (z, *mean, *rstd, args->gamma.data, args->beta.data, wb_cpu_row (&args->y, r),
                     cols);
}

gboolean
WB_CPU (wb_cpu_residual_layernorm_forward) (WbBackend                            *self,
                                            const WbResidualLayernormForwardArgs *args,
                                            GError                              **error)
{
#pragma omp parallel for num_threads(self->n_threads) schedule(static)
  for (gsize r = 0; r < args->z.rows; r++)
    forward_row (args, r);
  return TRUE;
}

/* dx = dropout (dz), added to @dbias. */
static void
drop_gradient (const float     *dz,
               float           *dx,
               float           *dbias,
               gsize            cols,
               const WbDropout *dropout,
               Place            place)
{
  const guint32 threshold = wb_dropout_threshold (dropout->p);
  const float   scale = 1.0f / (1.0f - dropout->p);
  guint32       words[CHUNK];

  for (gsize c = 0; c < cols; c += CHUNK)
    {
      const gsize n = MIN (CHUNK, cols - c);

      wb_cpu_random_words (&dropout->random, place.ordinal, place.first + (guint32) c, words, n);
#pragma omp simd
      for (gsize i = 0; i < n; i++)
        {
          const float kept = words[i] >= threshold ? dz[c + i] * scale : 0.0f;

          dx[c + i] = kept;
          dbias[c + i] += kept;
        }
    }
}

static void
copy_gradient (const float *dz, float *dx, float *dbias, gsize cols)
{
#pragma omp simd
  for (gsize i = 0; i < cols; i++)
    {
      dx[i] = dz[i];
      dbias[i] += dz[i];
    }
}

/* @sums: dbias, dgamma, dbeta of one block of rows */
static void
backward_row (const WbResidualLayernormBackwardArgs *args, gsize r, float *sums)
{
  const gsize  cols = args->z.cols;
  const float *z = wb_cpu_row (&args->z, r), *dy = wb_cpu_row (&args->dy, r);
  const float  mean = ((float *) args->mean.data)[r], rstd = ((float *) args->rstd.data)[r];
  float       *dz = wb_cpu_row (&args->dresidual, r), *dx = wb_cpu_row (&args->dx, r);
  float        mean_g, mean_gx;

  wb_cpu_norm_sums (dy, z, mean, rstd, args->gamma.data, sums + cols, sums + 2 * cols, cols,
                    &mean_g, &mean_gx);
  wb_cpu_norm_gradient (dy, z, mean, rstd, args->gamma.data, mean_g, mean_gx, dz, cols);
  if (args->dropout.p > 0.0f)
    drop_gradient (dz, dx, sums, cols, &args->dropout, find_place (args->batch, r, cols));
  else
    copy_gradient (dz, dx, sums, cols);
}

gboolean
WB_CPU (wb_cpu_residual_layernorm_backward) (WbBackend                             *self,
                                             const WbResidualLayernormBackwardArgs *args,
                                             GError                               **error)
{
  const gsize rows = args->z.rows, cols = args->z.cols, n_blocks = wb_cpu_n_row_blocks (rows);
  float      *sums = wb_cpu_scratch (self, n_blocks * 3 * cols * sizeof (float), error);

  if (sums == NULL)
    return FALSE;
#pragma omp parallel for num_threads(self->n_threads) schedule(static)
  for (gsize b = 0; b < n_blocks; b++)
    {
      const gsize first = b * WB_CPU_BLOCK_ROWS;

      memset (sums + b * 3 * cols, 0, 3 * cols * sizeof *sums);
      for (gsize r = first; r < MIN (first + WB_CPU_BLOCK_ROWS, rows); r++)
        backward_row (args, r, sums + b * 3 * cols);
    }
  wb_cpu_add_partials (sums, n_blocks, 3 * cols, args->dbias.data, cols);
  wb_cpu_add_partials (sums + cols, n_blocks, 3 * cols, args->dgamma.data, cols);
  wb_cpu_add_partials (sums + 2 * cols, n_blocks, 3 * cols, args->dbeta.data, cols);
  return TRUE;
}
