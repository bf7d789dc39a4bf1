#include "config.h"

#include "engine/cpu/wb-cpu-math.h"
#include "engine/cpu/wb-cpu-norm.h"
#include "engine/cpu/wb-cpu-ops-private.h"

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

/* Products are cut into one part for each thread, as square as can be, and each part is multiplied
 * by one thread.  Every part packs its own operands, so few and square ones are best: fixed blocks
 * of 128 rows, whose results would not depend on the number of threads, take 20 % longer at 1063
 * rows.  The library picks its kernels by size, so the last bits can depend on the number of
 * threads; with the same number they are always the same. */
typedef struct
{
  gsize rows, cols; /* of the product */
  gsize across;     /* parts side by side */
  gsize n_parts;
  gsize part_rows, part_cols;
} Cut;

static gsize
divide_up (gsize n, gsize by)
{
  return (n + by - 1) / by;
}

static Cut
cut_product (gsize rows, gsize cols, gsize n_threads)
{
  Cut   cut = { .rows = rows, .cols = cols, .across = 1 };
  gsize best = G_MAXSIZE;

  for (gsize across = 1; across <= n_threads; across++)
    {
      const gsize border = divide_up (rows, n_threads / across) + divide_up (cols, across);

      if (n_threads % across == 0 && border < best)
        {
          best = border;
          cut.across = across;
        }
    }
  /* whole vectors and whole blocks of the library's kernels */
  cut.part_rows = divide_up (divide_up (rows, n_threads / cut.across), 8) * 8;
  cut.part_cols = divide_up (divide_up (cols, cut.across), 48) * 48;
  cut.across = divide_up (cols, cut.part_cols);
  cut.n_parts = cut.across * divide_up (rows, cut.part_rows);
  return cut;
}

/* Rows from @row, columns from @col of a product. */
typedef struct
{
  gsize row, n_rows;
  gsize col, n_cols;
} Part;

static Part
get_part (const Cut *cut, gsize number)
{
  Part part = { .row = number / cut->across * cut->part_rows,
                .col = number % cut->across * cut->part_cols };

  part.n_rows = MIN (cut->part_rows, cut->rows - part.row);
  part.n_cols = MIN (cut->part_cols, cut->cols - part.col);
  return part;
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
finish_forward (const WbMatmulForwardArgs *args, const Part *part)
{
  static const float  no_bias[PIECE];
  const ActivationRow activate = activation_rows[args->activation];
  float               unwanted[PIECE];

  if (args->bias.data == NULL && args->pre.data == NULL && args->activation == WB_ACTIVATION_LINEAR)
    return;
  for (gsize r = part->row; r < part->row + part->n_rows; r++)
    for (gsize c = part->col; c < part->col + part->n_cols; c += PIECE)
      activate (at (&args->y, r, c), args->bias.data != NULL ? at (&args->bias, 0, c) : no_bias,
                args->pre.data != NULL ? at (&args->pre, r, c) : unwanted,
                MIN (PIECE, part->col + part->n_cols - c));
}

gboolean
WB_CPU (wb_cpu_matmul_forward) (WbBackend *self, const WbMatmulForwardArgs *args, GError **error)
{
  const Cut cut = cut_product (args->y.rows, args->y.cols, self->n_threads);
  int       n_failed = 0;

#pragma omp parallel for num_threads(self->n_threads) schedule(static, 1) reduction(+ : n_failed)
  for (gsize i = 0; i < cut.n_parts; i++)
    {
      const Part part = get_part (&cut, i);

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
    derivative_rows[args->activation](
        at (&args->dy, r, 0), args->pre.data != NULL ? at (&args->pre, r, 0) : NULL, sum, cols);
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
  const Cut   cut = cut_product (args->dx.rows, args->dx.cols, self->n_threads);
  const float beta = args->accumulate_dx ? 1.0f : 0.0f;
  int         n_failed = 0;

#pragma omp parallel for num_threads(self->n_threads) schedule(static, 1) reduction(+ : n_failed)
  for (gsize i = 0; i < cut.n_parts; i++)
    {
      const Part part = get_part (&cut, i);

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
  const Cut   cut = cut_product (args->dw.rows, args->dw.cols, self->n_threads);
  const gsize rows = args->dy.rows, depth = args->dw.rows > args->dw.cols ? DEPTH : rows;
  int         n_failed = 0;

#pragma omp parallel for num_threads(self->n_threads) schedule(static, 1) reduction(+ : n_failed)
  for (gsize i = 0; i < cut.n_parts; i++)
    {
      const Part part = get_part (&cut, i);

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
