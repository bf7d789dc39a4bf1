#include "config.h"

#include "engine/cpu/wb-cpu-math.h"
#include "engine/cpu/wb-cpu-norm.h"
#include "engine/cpu/wb-cpu-ops-private.h"

/* Products are cut into blocks whose sizes depend on the shapes alone, each multiplied by one
 * thread: so results do not depend on the number of threads, and the passes over a product find it
 * in the cache. */
#define BLOCK_COLS ((gsize) 768)
#define GRADIENT_DEPTH ((gsize) 512) /* rows that a weight gradient takes at a time */

/* Rows of a block: many for few copies of the weights, few so that every thread has some. */
static gsize
choose_block_rows (gsize rows)
{
  return rows >= 2048 ? 256 : 128;
}

/* A weight gradient is cut into 4 by 2 or more blocks of at most 384 by 768. */
static gsize
choose_gradient_block (gsize n, gsize parts, gsize least, gsize most)
{
  const gsize part = (n / parts + least - 1) / least * least;

  return CLAMP (part, least, most);
}

static gsize
n_blocks_of (gsize n, gsize block)
{
  return (n + block - 1) / block;
}

/* A part of a matrix: rows from @row, columns from @col. */
typedef struct
{
  gsize row, n_rows;
  gsize col, n_cols;
} Block;

/* Block @number of a (rows, cols) matrix in blocks of @block_rows by @block_cols. */
static Block
cut_block (gsize number, gsize rows, gsize cols, gsize block_rows, gsize block_cols)
{
  const gsize across = n_blocks_of (cols, block_cols);
  Block       block = { .row = number / across * block_rows, .col = number % across * block_cols };

  block.n_rows = MIN (block_rows, rows - block.row);
  block.n_cols = MIN (block_cols, cols - block.col);
  return block;
}

static float *
at (const WbTensor *self, gsize row, gsize col)
{
  return wb_cpu_row (self, row) + col;
}

/* y[i] = f (y[i] + bias[i]), the sum to @pre; one loop for each activation, without a branch. */
#define ACTIVATION_ROW(name, expression)                                                           \
  static void name (float *y, const float *bias, float *pre, gsize n)                              \
  {                                                                                                \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                                             \
    {                                                                                              \
      const float x = y[i] + bias[i];                                                              \
                                                                                                   \
      pre[i] = x;                                                                                  \
      y[i] = (expression);                                                                         \
    }                                                                                              \
  }

ACTIVATION_ROW (linear_row, x)
ACTIVATION_ROW (gelu_row, wb_cpu_gelu (x))
ACTIVATION_ROW (relu_row, x > 0.0f || x != x ? x : 0.0f)
ACTIVATION_ROW (tanh_row, wb_cpu_tanh (x))
ACTIVATION_ROW (sigmoid_row, wb_cpu_sigmoid (x))
ACTIVATION_ROW (silu_row, x *wb_cpu_sigmoid (x))

typedef void (*ActivationRow) (float *y, const float *bias, float *pre, gsize n);

static const ActivationRow activation_rows[] = {
  [WB_ACTIVATION_LINEAR] = linear_row,   [WB_ACTIVATION_GELU] = gelu_row,
  [WB_ACTIVATION_RELU] = relu_row,       [WB_ACTIVATION_TANH] = tanh_row,
  [WB_ACTIVATION_SIGMOID] = sigmoid_row, [WB_ACTIVATION_SILU] = silu_row,
};

/* dy[i] *= f' (pre[i]), added to @sums. */
#define DERIVATIVE_ROW(name, expression)                                                           \
  static void name (float *dy, const float *pre, float *sums, gsize n)                             \
  {                                                                                                \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                                             \
    {                                                                                              \
      const float x = pre[i];                                                                      \
      const float d = dy[i] * (expression);                                                        \
                                                                                                   \
      dy[i] = d;                                                                                   \
      sums[i] += d;                                                                                \
    }                                                                                              \
  }

static inline float
tanh_derivative (float x)
{
  const float t = wb_cpu_tanh (x);

  return (1.0f - t) * (1.0f + t);
}

static inline float
silu_derivative (float x)
{
  const float s = wb_cpu_sigmoid (x);

  return s * (1.0f + x * wb_cpu_sigmoid (-x));
}

DERIVATIVE_ROW (gelu_derivative_row, wb_cpu_gelu_derivative (x))
DERIVATIVE_ROW (relu_derivative_row, x > 0.0f ? 1.0f : 0.0f)
DERIVATIVE_ROW (tanh_derivative_row, tanh_derivative (x))
DERIVATIVE_ROW (sigmoid_derivative_row, wb_cpu_sigmoid (x) * wb_cpu_sigmoid (-x))
DERIVATIVE_ROW (silu_derivative_row, silu_derivative (x))

static void
linear_derivative_row (float *dy, const float *pre, float *sums, gsize n)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    sums[i] += dy[i];
}

typedef void (*DerivativeRow) (float *dy, const float *pre, float *sums, gsize n);

static const DerivativeRow derivative_rows[] = {
  [WB_ACTIVATION_LINEAR] = linear_derivative_row,   [WB_ACTIVATION_GELU] = gelu_derivative_row,
  [WB_ACTIVATION_RELU] = relu_derivative_row,       [WB_ACTIVATION_TANH] = tanh_derivative_row,
  [WB_ACTIVATION_SIGMOID] = sigmoid_derivative_row, [WB_ACTIVATION_SILU] = silu_derivative_row,
};

/* What may be absent, for one block of columns. */
static const float no_bias[768];

static void
finish_forward (const WbMatmulForwardArgs *args, const Block *block)
{
  const float *bias = args->bias.data != NULL ? at (&args->bias, 0, block->col) : no_bias;
  float        unwanted[768];

  G_STATIC_ASSERT (G_N_ELEMENTS (no_bias) == 768 && BLOCK_COLS == 768);
  if (args->bias.data == NULL && args->pre.data == NULL && args->activation == WB_ACTIVATION_LINEAR)
    return;
  for (gsize r = block->row; r < block->row + block->n_rows; r++)
    activation_rows[args->activation](
        at (&args->y, r, block->col), bias,
        args->pre.data != NULL ? at (&args->pre, r, block->col) : unwanted, block->n_cols);
}

/* y = x wᵀ for one block. */
static gboolean
multiply_forward (const WbMatmulForwardArgs *args, const Block *block)
{
  return wb_cpu_gemm ('N', 'T', block->n_rows, block->n_cols, args->x.cols,
                      at (&args->x, block->row, 0), args->x.stride, at (&args->w, block->col, 0),
                      args->w.stride, 0.0f, at (&args->y, block->row, block->col), args->y.stride);
}

static gboolean
report (int n_failed, GError **error)
{
  if (n_failed == 0)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_DEVICE,
               "matmul: oneDNN refused %d products (out of memory?)", n_failed);
  return FALSE;
}

gboolean
WB_CPU (wb_cpu_matmul_forward) (WbBackend *self, const WbMatmulForwardArgs *args, GError **error)
{
  const gsize rows = args->y.rows, cols = args->y.cols, block_rows = choose_block_rows (rows);
  const gsize n = n_blocks_of (rows, block_rows) * n_blocks_of (cols, BLOCK_COLS);
  int         n_failed = 0;

#pragma omp parallel for num_threads(self->n_threads) schedule(dynamic, 1) reduction(+ : n_failed)
  for (gsize i = 0; i < n; i++)
    {
      const Block block = cut_block (i, rows, cols, block_rows, BLOCK_COLS);

      if (!multiply_forward (args, &block))
        n_failed++;
      finish_forward (args, &block);
    }
  return report (n_failed, error);
}

/* The gradient before the activation, and its sums over rows.  @sums: one row for each
 * WB_CPU_BLOCK_ROWS rows of dy */
static void
derive_rows (const WbMatmulBackwardArgs *args, gsize first, gsize end, float *sums)
{
  const gsize cols = args->dy.cols;

  for (gsize r = first; r < end; r++)
    {
      float *sum = sums + r / WB_CPU_BLOCK_ROWS * cols;

      if (r % WB_CPU_BLOCK_ROWS == 0)
        memset (sum, 0, cols * sizeof *sum);
      derivative_rows[args->activation](
          at (&args->dy, r, 0), args->pre.data != NULL ? at (&args->pre, r, 0) : NULL, sum, cols);
    }
}

/* dx (+)= dy w for rows [first, end). */
static gboolean
multiply_dx (const WbMatmulBackwardArgs *args, gsize first, gsize end)
{
  gboolean ok = TRUE;

  for (gsize col = 0; col < args->dx.cols; col += BLOCK_COLS)
    ok &= wb_cpu_gemm ('N', 'N', end - first, MIN (BLOCK_COLS, args->dx.cols - col), args->dy.cols,
                       at (&args->dy, first, 0), args->dy.stride, at (&args->w, 0, col),
                       args->w.stride, args->accumulate_dx ? 1.0f : 0.0f,
                       at (&args->dx, first, col), args->dx.stride);
  return ok;
}

static int
backward_rows (WbBackend *self, const WbMatmulBackwardArgs *args, float *sums)
{
  const gsize rows = args->dy.rows, block_rows = choose_block_rows (rows);
  int         n_failed = 0;

#pragma omp parallel for num_threads(self->n_threads) schedule(dynamic, 1) reduction(+ : n_failed)
  for (gsize first = 0; first < rows; first += block_rows)
    {
      const gsize end = MIN (first + block_rows, rows);

      if (sums != NULL)
        derive_rows (args, first, end, sums);
      if (args->dx.data != NULL && !multiply_dx (args, first, end))
        n_failed++;
    }
  return n_failed;
}

/* dw += dyᵀ x for one block. */
static gboolean
multiply_dw (const WbMatmulBackwardArgs *args, const Block *block)
{
  gboolean ok = TRUE;

  for (gsize r = 0; r < args->x.rows; r += GRADIENT_DEPTH)
    ok &=
        wb_cpu_gemm ('T', 'N', block->n_rows, block->n_cols, MIN (GRADIENT_DEPTH, args->x.rows - r),
                     at (&args->dy, r, block->row), args->dy.stride, at (&args->x, r, block->col),
                     args->x.stride, 1.0f, at (&args->dw, block->row, block->col), args->dw.stride);
  return ok;
}

static int
backward_weights (WbBackend *self, const WbMatmulBackwardArgs *args)
{
  const gsize rows = args->dw.rows, cols = args->dw.cols;
  const gsize block_rows = choose_gradient_block (rows, 4, 32, 384);
  const gsize block_cols = choose_gradient_block (cols, 2, 64, 768);
  const gsize n = n_blocks_of (rows, block_rows) * n_blocks_of (cols, block_cols);
  int         n_failed = 0;

#pragma omp parallel for num_threads(self->n_threads) schedule(dynamic, 1) reduction(+ : n_failed)
  for (gsize i = 0; i < n; i++)
    {
      const Block block = cut_block (i, rows, cols, block_rows, block_cols);

      if (!multiply_dw (args, &block))
        n_failed++;
    }
  return n_failed;
}

gboolean
WB_CPU (wb_cpu_matmul_backward) (WbBackend *self, const WbMatmulBackwardArgs *args, GError **error)
{
  const gsize n_sums = wb_cpu_n_row_blocks (args->dy.rows), cols = args->dy.cols;
  float      *sums = NULL;
  int         n_failed;

  if (args->activation != WB_ACTIVATION_LINEAR || args->dbias.data != NULL)
    {
      sums = wb_cpu_scratch (self, n_sums * cols * sizeof (float), error);
      if (sums == NULL)
        return FALSE;
    }
  n_failed = backward_rows (self, args, sums);
  if (args->dbias.data != NULL)
    wb_cpu_add_partials (sums, n_sums, cols, args->dbias.data, cols);
  if (args->dw.data != NULL)
    n_failed += backward_weights (self, args);
  return report (n_failed, error);
}
