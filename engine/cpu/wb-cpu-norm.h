#pragma once

#include <math.h>
#include <string.h>

#include "engine/cpu/wb-cpu-private.h"

/* One row of a LayerNorm, and sums over rows in blocks of fixed size; for kernel files only (static
 * in each: compiled per instruction set).  The variance is taken around the mean: E[x²] - E[x]²
 * cancels in F32. */

/* The second pass also sums what rounding left of the first one's mean, and takes it out of both
 * (Chan, Golub, LeVeque 1983, the corrected two-pass algorithm). */
static inline void
wb_cpu_norm_statistics (const float *x, gsize n, float eps, float *mean, float *rstd)
{
  const float scale = 1.0f / (float) n;
  float       sum = 0, rest = 0, squares = 0, m;

#pragma omp simd reduction(+ : sum)
  for (gsize i = 0; i < n; i++)
    sum += x[i];
  m = sum * scale;
#pragma omp simd reduction(+ : rest, squares)
  for (gsize i = 0; i < n; i++)
    {
      const float d = x[i] - m;

      rest += d;
      squares += d * d;
    }
  rest *= scale;
  *mean = m + rest;
  *rstd = 1.0f / sqrtf (MAX (squares * scale - rest * rest, 0.0f) + eps);
}

static inline void
wb_cpu_norm_apply (const float *x,
                   float        mean,
                   float        rstd,
                   const float *gamma,
                   const float *beta,
                   float       *y,
                   gsize        n)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    y[i] = (x[i] - mean) * rstd * gamma[i] + beta[i];
}

/* Means over the row of g = dy gamma and of g xhat, xhat = (x - mean) rstd, for the gradient
 * dx = rstd (g - mean (g) - xhat mean (g xhat)); adds dy xhat to @dgamma and dy to @dbeta. */
static inline void
wb_cpu_norm_sums (const float *dy,
                  const float *x,
                  float        mean,
                  float        rstd,
                  const float *gamma,
                  float       *dgamma,
                  float       *dbeta,
                  gsize        n,
                  float       *mean_g,
                  float       *mean_gx)
{
  float sum_g = 0, sum_gx = 0;

#pragma omp simd reduction(+ : sum_g, sum_gx)
  for (gsize i = 0; i < n; i++)
    {
      const float xhat = (x[i] - mean) * rstd, g = dy[i] * gamma[i];

      sum_g += g;
      sum_gx += g * xhat;
      dgamma[i] += dy[i] * xhat;
      dbeta[i] += dy[i];
    }
  *mean_g = sum_g / (float) n;
  *mean_gx = sum_gx / (float) n;
}

/* @dx may be @dy. */
static inline void
wb_cpu_norm_gradient (const float *dy,
                      const float *x,
                      float        mean,
                      float        rstd,
                      const float *gamma,
                      float        mean_g,
                      float        mean_gx,
                      float       *dx,
                      gsize        n)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    dx[i] = rstd * (dy[i] * gamma[i] - mean_g - (x[i] - mean) * rstd * mean_gx);
}

static inline gsize
wb_cpu_n_row_blocks (gsize rows)
{
  return (rows + WB_CPU_BLOCK_ROWS - 1) / WB_CPU_BLOCK_ROWS;
}

/* sum[c] += the partial sums of every block, in order; @partials: one row of @width floats a block.
 */
static inline void
wb_cpu_add_partials (const float *partials, gsize n_blocks, gsize width, float *sum, gsize n)
{
  for (gsize b = 0; b < n_blocks; b++)
    {
      const float *partial = partials + b * width;

#pragma omp simd
      for (gsize i = 0; i < n; i++)
        sum[i] += partial[i];
    }
}

static inline float *
wb_cpu_row (const WbTensor *self, gsize row)
{
  return (float *) self->data + row * self->stride;
}
