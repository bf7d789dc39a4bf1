#include "config.h"

#include "engine/cpu/wb-cpu-activation-private.h"
#include "engine/cpu/wb-cpu-cut.h"
#include "engine/cpu/wb-cpu-norm.h"
#include "engine/cpu/wb-cpu-ops-private.h"

static float *
at (const WbTensor *self, gsize row, gsize col)
{
  return wb_cpu_row (self, row) + col;
}

static gboolean
report (int n_failed, GError **error)
{
  if (n_failed == 0)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_DEVICE,
               "matmul: oneDNN refused %d products; a smaller batch may fit", n_failed);
  return FALSE;
}

#define PIECE ((gsize) 512) /* columns that an absent bias or sum is stood in for at a time */

/* Bias and activation for a part of the product. */
static void
finish_forward (const WbMatmulForwardArgs *args, const WbCpuPart *part)
{
  static const float no_bias[PIECE];
  float              unwanted[PIECE];

  if (args->bias.data == NULL && args->pre.data == NULL && args->activation == WB_ACTIVATION_LINEAR)
    return;
  for (gsize r = part->row; r < part->row + part->n_rows; r++)
    for (gsize c = part->col; c < part->col + part->n_cols; c += PIECE)
      WB_CPU (wb_cpu_activate_row)
  (args->activation, at (&args->y, r, c),
   args->bias.data != NULL ? at (&args->bias, 0, c) : no_bias,
   args->pre.data != NULL ? at (&args->pre, r, c) : unwanted,
   MIN (PIECE, part->col + part->n_cols - c));
}

gboolean
WB_CPU (wb_cpu_matmul_forward) (WbBackend *self, const WbMatmulForwardArgs *args, GError **error)
{
  const WbCpuCut cut = wb_cpu_cut_product (args->y.rows, args->y.cols, self->n_threads);
  int            n_failed = 0;

#pragma omp parallel for num_threads(self->n_threads) schedule(static, 1) reduction(+ : n_failed)
  for (gsize i = 0; i < cut.n_parts; i++)
    {
      const WbCpuPart part = wb_cpu_get_part (&cut, i);

      n_failed +=
          !wb_cpu_gemm ('N', 'T', part.n_rows, part.n_cols, args->x.cols,
                        at (&args->x, part.row, 0), args->x.stride, at (&args->w, part.col, 0),
                        args->w.stride, 0.0f, at (&args->y, part.row, part.col), args->y.stride);
      finish_forward (args, &part);
    }
  return report (n_failed, error);
}

/* The gradient before the activation, and its sums over rows, for one block of rows. */
static void
derive_rows (const WbMatmulBackwardArgs *args, gsize block, float *sum)
{
  const gsize cols = args->dy.cols, first = block * WB_CPU_BLOCK_ROWS;

  memset (sum, 0, cols * sizeof *sum);
  for (gsize r = first; r < MIN (first + WB_CPU_BLOCK_ROWS, args->dy.rows); r++)
    WB_CPU (wb_cpu_derive_row)
  (args->activation, at (&args->dy, r, 0), args->pre.data != NULL ? at (&args->pre, r, 0) : NULL,
   sum, cols);
}

static gboolean
derive (WbBackend *self, const WbMatmulBackwardArgs *args, GError **error)
{
  const gsize n_blocks = wb_cpu_n_row_blocks (args->dy.rows), cols = args->dy.cols;
  float      *sums = wb_cpu_scratch (self, n_blocks * cols * sizeof (float), error);

  if (sums == NULL)
    return FALSE;
#pragma omp parallel for num_threads(self->n_threads) schedule(static)
  for (gsize b = 0; b < n_blocks; b++)
    derive_rows (args, b, sums + b * cols);
  if (args->dbias.data != NULL)
    wb_cpu_add_partials (sums, n_blocks, cols, args->dbias.data, cols);
  return TRUE;
}

/* dx (+)= dy w */
static int
multiply_dx (WbBackend *self, const WbMatmulBackwardArgs *args)
{
  const WbCpuCut cut = wb_cpu_cut_product (args->dx.rows, args->dx.cols, self->n_threads);
  const float    beta = args->accumulate_dx ? 1.0f : 0.0f;
  int            n_failed = 0;

#pragma omp parallel for num_threads(self->n_threads) schedule(static, 1) reduction(+ : n_failed)
  for (gsize i = 0; i < cut.n_parts; i++)
    {
      const WbCpuPart part = wb_cpu_get_part (&cut, i);

      n_failed +=
          !wb_cpu_gemm ('N', 'N', part.n_rows, part.n_cols, args->dy.cols,
                        at (&args->dy, part.row, 0), args->dy.stride, at (&args->w, 0, part.col),
                        args->w.stride, beta, at (&args->dx, part.row, part.col), args->dx.stride);
    }
  return n_failed;
}

/* Rows of dy and x that a weight gradient takes at a time: a part of a wide dy lies in as many
 * pages as it has rows, and packing it jumps from page to page. */
#define DEPTH ((gsize) 544)

/* dw += dyᵀ x */
static int
multiply_dw (WbBackend *self, const WbMatmulBackwardArgs *args)
{
  const WbCpuCut cut = wb_cpu_cut_product (args->dw.rows, args->dw.cols, self->n_threads);
  const gsize    rows = args->dy.rows, depth = args->dw.rows > args->dw.cols ? DEPTH : rows;
  int            n_failed = 0;

#pragma omp parallel for num_threads(self->n_threads) schedule(static, 1) reduction(+ : n_failed)
  for (gsize i = 0; i < cut.n_parts; i++)
    {
      const WbCpuPart part = wb_cpu_get_part (&cut, i);

      for (gsize r = 0; r < rows; r += depth)
        n_failed += !wb_cpu_gemm ('T', 'N', part.n_rows, part.n_cols, MIN (depth, rows - r),
                                  at (&args->dy, r, part.row), args->dy.stride,
                                  at (&args->x, r, part.col), args->x.stride, 1.0f,
                                  at (&args->dw, part.row, part.col), args->dw.stride);
    }
  return n_failed;
}

gboolean
WB_CPU (wb_cpu_matmul_backward) (WbBackend *self, const WbMatmulBackwardArgs *args, GError **error)
{
  int n_failed = 0;

  if ((args->activation != WB_ACTIVATION_LINEAR || args->dbias.data != NULL) &&
      !derive (self, args, error))
    return FALSE;
  if (args->dx.data != NULL)
    n_failed += multiply_dx (self, args);
  if (args->dw.data != NULL)
    n_failed += multiply_dw (self, args);
  return report (n_failed, error);
}
