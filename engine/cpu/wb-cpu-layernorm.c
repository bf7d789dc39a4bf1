#include "config.h"

#include "engine/cpu/wb-cpu-norm.h"
#include "engine/cpu/wb-cpu-ops-private.h"

static void
forward_row (const WbLayernormForwardArgs *args, gsize r)
{
  const float *x = wb_cpu_row (&args->x, r);
  float        mean, rstd;

  wb_cpu_norm_statistics (x, args->x.cols, args->eps, &mean, &rstd);
  wb_cpu_norm_apply (x, mean, rstd, args->gamma.data, args->beta.data, wb_cpu_row (&args->y, r),
                     args->x.cols);
  if (args->mean.data != NULL)
    ((float *) args->mean.data)[r] = mean;
  if (args->rstd.data != NULL)
    ((float *) args->rstd.data)[r] = rstd;
}

gboolean
WB_CPU (wb_cpu_layernorm_forward) (WbBackend                    *self,
                                   const WbLayernormForwardArgs *args,
                                   GError                      **error)
{
#pragma omp parallel for num_threads(self->n_threads) schedule(static)
  for (gsize r = 0; r < args->x.rows; r++)
    forward_row (args, r);
  return TRUE;
}

/* @sums: dgamma, dbeta of one block of rows */
static void
backward_block (const WbLayernormBackwardArgs *args, gsize block, float *sums)
{
  const gsize  cols = args->x.cols, first = block * WB_CPU_BLOCK_ROWS;
  const gsize  end = MIN (first + WB_CPU_BLOCK_ROWS, args->x.rows);
  const float *means = args->mean.data, *rstds = args->rstd.data, *gamma = args->gamma.data;

  memset (sums, 0, 2 * cols * sizeof *sums);
  for (gsize r = first; r < end; r++)
    {
      const float *x = wb_cpu_row (&args->x, r), *dy = wb_cpu_row (&args->dy, r);
      float        mean_g, mean_gx;

      wb_cpu_norm_sums (dy, x, means[r], rstds[r], gamma, sums, sums + cols, cols, &mean_g,
                        &mean_gx);
      if (args->dx.data != NULL)
        wb_cpu_norm_gradient (dy, x, means[r], rstds[r], gamma, mean_g, mean_gx,
                              wb_cpu_row (&args->dx, r), cols);
    }
}

gboolean
WB_CPU (wb_cpu_layernorm_backward) (WbBackend                     *self,
                                    const WbLayernormBackwardArgs *args,
                                    GError                       **error)
{
  const gsize cols = args->x.cols, n_blocks = wb_cpu_n_row_blocks (args->x.rows);
  float      *sums = wb_cpu_scratch (self, n_blocks * 2 * cols * sizeof (float), error);

  if (sums == NULL)
    return FALSE;
#pragma omp parallel for num_threads(self->n_threads) schedule(static)
  for (gsize b = 0; b < n_blocks; b++)
    backward_block (args, b, sums + b * 2 * cols);
  wb_cpu_add_partials (sums, n_blocks, 2 * cols, args->dgamma.data, cols);
  wb_cpu_add_partials (sums + cols, n_blocks, 2 * cols, args->dbeta.data, cols);
  return TRUE;
}
