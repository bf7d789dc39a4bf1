#include "config.h"

#include "engine/cpu/wb-cpu-activation-private.h"
#include "engine/cpu/wb-cpu-cut.h"
#include "engine/cpu/wb-cpu-norm.h"
#include "engine/cpu/wb-cpu-ops-private.h"
#include "engine/cpu/wb-cpu-random.h"

/* The convolution as one matrix product for each tap of the kernel, all added into the same rows.
 *
 * The rows of x lie in a copy with kernel / 2 rows of zeros before, between and after the
 * sequences, so that a shifted view of it is an operand: no sequence sees another, and no row is
 * stored kernel times.  The products also give the rows between sequences, which nobody reads.
 * The weight is copied too, to (kernel, cols, cols / groups): in the published order a tap's
 * elements are kernel apart, which the library cannot take. */
typedef struct
{
  const WbConvForwardArgs *args;
  gsize                    cols, kernel, groups;
  gsize                    width;   /* columns of a group */
  gsize                    half;    /* kernel / 2 */
  gsize                    n_wide;  /* rows of @x and @dy */
  gsize                    n_rows;  /* rows of a product: those of @x but the outer zeros */
  float                   *weight;  /* (kernel, cols, width) */
  float                   *x;       /* (n_wide, cols) */
  float                   *product; /* (n_rows, cols) */
  float                   *dy;      /* (n_wide, cols), backward only */
  float                   *sums;    /* (blocks, 3, cols), backward only */
} Conv;

static Conv
conv_init (const WbConvForwardArgs *args)
{
  const gsize cols = args->x.cols, half = args->kernel / 2;
  Conv        self = { args, cols, args->kernel, args->groups, cols / args->groups, half };

  self.n_rows = args->x.rows + (args->batch->n_sequences - 1) * half;
  self.n_wide = self.n_rows + 2 * half;
  self.weight = args->work.data;
  self.x = self.weight + self.kernel * cols * self.width;
  self.product = self.x + self.n_wide * cols;
  self.dy = self.product + self.n_wide * cols;
  self.sums = self.dy + self.n_wide * cols;
  return self;
}

/* The first row of sequence @sequence among the rows with zeros between. */
static gsize
wide_start (const Conv *self, gsize sequence)
{
  return (gsize) self->args->batch->cu_seqlens[sequence] + (sequence + 1) * self->half;
}

/* Row @row of the batch there. */
static gsize
wide_row (const Conv *self, gsize row)
{
  return row + (wb_cpu_find_sequence (self->args->batch, row) + 1) * self->half;
}

/* The zeros before each sequence and after the last. */
static void
clear_between (const Conv *self, float *wide)
{
  for (gsize s = 0; s <= self->args->batch->n_sequences; s++)
    memset (wide + (wide_start (self, s) - self->half) * self->cols, 0,
            self->half * self->cols * sizeof *wide);
}

static void
widen_x (WbBackend *backend, const Conv *self)
{
  const WbTensor *x = &self->args->x;

  clear_between (self, self->x);
#pragma omp parallel for num_threads(backend->n_threads) schedule(static)
  for (gsize r = 0; r < x->rows; r++)
    memcpy (self->x + wide_row (self, r) * self->cols, wb_cpu_row (x, r),
            self->cols * sizeof (float));
}

static void
pack_weight (WbBackend *backend, const Conv *self)
{
  const gsize kernel = self->kernel, width = self->width;

#pragma omp parallel for num_threads(backend->n_threads) schedule(static)
  for (gsize o = 0; o < self->cols; o++)
    {
      const float *from = wb_cpu_row (&self->args->weight, o);

      for (gsize t = 0; t < kernel; t++)
        {
          float *to = self->weight + (t * self->cols + o) * width;

#pragma omp simd
          for (gsize i = 0; i < width; i++)
            to[i] = from[i * kernel + t];
        }
    }
}

/* A part of the product of group @group: out = sum over taps of x w. */
static int
multiply_part (const Conv *self, const WbCpuPart *part, gsize first)
{
  const gsize cols = self->cols, width = self->width;
  int         n_failed = 0;

  for (gsize t = 0; t < self->kernel; t++)
    n_failed += !wb_cpu_gemm (
        'N', 'T', part->n_rows, part->n_cols, width, self->x + (part->row + t) * cols + first, cols,
        self->weight + (t * cols + first + part->col) * width, width, t > 0 ? 1 : 0,
        self->product + part->row * cols + first + part->col, cols);
  return n_failed;
}

/* dx = sum over taps of dy w: the tap that took row r + t - half gives its gradient back to it. */
static int
multiply_dx_part (const Conv *self, const WbCpuPart *part, gsize first)
{
  const gsize cols = self->cols, width = self->width;
  int         n_failed = 0;

  for (gsize t = 0; t < self->kernel; t++)
    n_failed +=
        !wb_cpu_gemm ('N', 'N', part->n_rows, part->n_cols, width,
                      self->dy + (part->row + self->kernel - 1 - t) * cols + first, cols,
                      self->weight + (t * cols + first) * width + part->col, width, t > 0 ? 1 : 0,
                      self->product + part->row * cols + first + part->col, cols);
  return n_failed;
}

/* dw of one tap = dyᵀ x, for each tap: into the packed weight's memory, which holds the weight no
 * more. */
static int
multiply_dw_part (const Conv *self, const WbCpuPart *part, gsize first)
{
  const gsize cols = self->cols, width = self->width;
  int         n_failed = 0;

  for (gsize t = 0; t < self->kernel; t++)
    n_failed +=
        !wb_cpu_gemm ('T', 'N', part->n_rows, part->n_cols, self->n_rows,
                      self->dy + self->half * cols + first + part->row, cols,
                      self->x + t * cols + first + part->col, cols, 0,
                      self->weight + (t * cols + first + part->row) * width + part->col, width);
  return n_failed;
}

typedef int (*MultiplyPart) (const Conv *self, const WbCpuPart *part, gsize first);

/* All parts of (@rows, width) products, one for each group. */
static gboolean
multiply (WbBackend *backend, const Conv *self, gsize rows, MultiplyPart part, GError **error)
{
  const WbCpuCut cut = wb_cpu_cut_product (rows, self->width, backend->n_threads);
  int            n_failed = 0;

#pragma omp parallel for num_threads(backend->n_threads) schedule(static, 1) reduction(+ : n_failed)
  for (gsize i = 0; i < cut.n_parts * self->groups; i++)
    {
      const WbCpuPart p = wb_cpu_get_part (&cut, i % cut.n_parts);

      n_failed += part (self, &p, i / cut.n_parts * self->width);
    }
  if (n_failed == 0)
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_DEVICE,
               "conv: oneDNN refused %d products; a smaller batch may fit", n_failed);
  return FALSE;
}

#define PIECE ((gsize) 512) /* columns at a time */

static const float no_bias[PIECE];

/* Where dropout numbers a row's elements from. */
typedef struct
{
  guint32 ordinal;
  guint32 first;
} Place;

static Place
find_place (const Conv *self, gsize row)
{
  const WbBatch *batch = self->args->batch;
  const gsize    sequence = wb_cpu_find_sequence (batch, row);

  return (Place){ batch->ordinals[sequence],
                  (guint32) ((row - (gsize) batch->cu_seqlens[sequence]) * self->cols) };
}

/* pre = dropout (product + bias), z += activation (pre), for columns from @col. */
static void
finish_piece (const Conv *self, gsize r, Place place, gsize col, gsize n)
{
  const WbConvForwardArgs *args = self->args;
  const float *product = self->product + (wide_row (self, r) - self->half) * self->cols + col;
  const float *bias = (const float *) args->bias.data + col;
  float       *z = wb_cpu_row (&args->z, r) + col;
  float        piece[PIECE];

#pragma omp simd
  for (gsize i = 0; i < n; i++)
    piece[i] = product[i] + bias[i];
  if (args->dropout.p > 0.0f)
    wb_cpu_dropout (&args->dropout, place.ordinal, place.first + (guint32) col, piece, piece, n);
  WB_CPU (wb_cpu_activate_row)
  (args->activation, piece, no_bias, wb_cpu_row (&args->pre, r) + col, n);
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    z[i] += piece[i];
}

static void
finish_row (const Conv *self, gsize r)
{
  const WbConvForwardArgs *args = self->args;
  const Place              place = find_place (self, r);
  const float             *z = wb_cpu_row (&args->z, r);
  float *mean = (float *) args->mean.data + r, *rstd = (float *) args->rstd.data + r;

  for (gsize c = 0; c < self->cols; c += PIECE)
    finish_piece (self, r, place, c, MIN (PIECE, self->cols - c));
  wb_cpu_norm_statistics (z, self->cols, args->eps, mean, rstd);
  wb_cpu_norm_apply (z, *mean, *rstd, args->gamma.data, args->beta.data, wb_cpu_row (&args->y, r),
                     self->cols);
}

gboolean
WB_CPU (wb_cpu_conv_forward) (WbBackend *self, const WbConvForwardArgs *args, GError **error)
{
  Conv conv;

  if (args->x.rows == 0)
    return TRUE;
  conv = conv_init (args);
  pack_weight (self, &conv);
  widen_x (self, &conv);
  if (!multiply (self, &conv, conv.n_rows, multiply_part, error))
    return FALSE;
#pragma omp parallel for num_threads(self->n_threads) schedule(static)
  for (gsize r = 0; r < args->x.rows; r++)
    finish_row (&conv, r);
  return TRUE;
}

/* The gradient before the dropout, from that of the sum, to the wide rows and to @dbias. */
static void
derive_piece (const Conv *self, const float *dz, gsize r, gsize col, gsize n, float *dbias)
{
  const WbConvForwardArgs *args = self->args;
  const Place              place = find_place (self, r);
  float                   *d = self->dy + wide_row (self, r) * self->cols + col;
  float                    unwanted[PIECE] = { 0 };

  memcpy (d, dz + col, n * sizeof *d);
  WB_CPU (wb_cpu_derive_row)
  (args->activation, d, wb_cpu_row (&args->pre, r) + col, unwanted, n);
  if (args->dropout.p > 0.0f)
    wb_cpu_dropout (&args->dropout, place.ordinal, place.first + (guint32) col, d, d, n);
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    dbias[col + i] += d[i];
}

/* @sums: dbias, dgamma, dbeta of one block of rows */
static void
derive_row (const Conv *self, const WbConvBackwardArgs *args, gsize r, float *sums)
{
  const WbConvForwardArgs *forward = self->args;
  const gsize              cols = self->cols;
  const float             *z = wb_cpu_row (&forward->z, r), *dy = wb_cpu_row (&args->dy, r);
  const float mean = ((float *) forward->mean.data)[r], rstd = ((float *) forward->rstd.data)[r];
  float      *dz = wb_cpu_row (&args->dz, r);
  float       mean_g, mean_gx;

  wb_cpu_norm_sums (dy, z, mean, rstd, forward->gamma.data, sums + cols, sums + 2 * cols, cols,
                    &mean_g, &mean_gx);
  wb_cpu_norm_gradient (dy, z, mean, rstd, forward->gamma.data, mean_g, mean_gx, dz, cols);
  for (gsize c = 0; c < cols; c += PIECE)
    derive_piece (self, dz, r, c, MIN (PIECE, cols - c), sums);
}

static void
derive (WbBackend *backend, const Conv *self, const WbConvBackwardArgs *args)
{
  const gsize rows = args->dy.rows, cols = self->cols, n_blocks = wb_cpu_n_row_blocks (rows);

  clear_between (self, self->dy);
#pragma omp parallel for num_threads(backend->n_threads) schedule(static)
  for (gsize b = 0; b < n_blocks; b++)
    {
      const gsize first = b * WB_CPU_BLOCK_ROWS;

      memset (self->sums + b * 3 * cols, 0, 3 * cols * sizeof (float));
      for (gsize r = first; r < MIN (first + WB_CPU_BLOCK_ROWS, rows); r++)
        derive_row (self, args, r, self->sums + b * 3 * cols);
    }
  wb_cpu_add_partials (self->sums, n_blocks, 3 * cols, args->dbias.data, cols);
  wb_cpu_add_partials (self->sums + cols, n_blocks, 3 * cols, args->dgamma.data, cols);
  wb_cpu_add_partials (self->sums + 2 * cols, n_blocks, 3 * cols, args->dbeta.data, cols);
}

static void
narrow_dx (WbBackend *backend, const Conv *self, const WbConvBackwardArgs *args)
{
#pragma omp parallel for num_threads(backend->n_threads) schedule(static)
  for (gsize r = 0; r < args->dx.rows; r++)
    {
      const float *from = self->product + (wide_row (self, r) - self->half) * self->cols;

      memcpy (wb_cpu_row (&args->dx, r), from, self->cols * sizeof *from);
    }
}

static void
unpack_dweight (WbBackend *backend, const Conv *self, const WbTensor *dweight)
{
  const gsize kernel = self->kernel, width = self->width;

#pragma omp parallel for num_threads(backend->n_threads) schedule(static)
  for (gsize o = 0; o < self->cols; o++)
    {
      float *to = wb_cpu_row (dweight, o);

      for (gsize t = 0; t < kernel; t++)
        {
          const float *from = self->weight + (t * self->cols + o) * width;

#pragma omp simd
          for (gsize i = 0; i < width; i++)
            to[i * kernel + t] += from[i];
        }
    }
}

gboolean
WB_CPU (wb_cpu_conv_backward) (WbBackend *self, const WbConvBackwardArgs *args, GError **error)
{
  Conv conv;

  if (args->dy.rows == 0)
    return TRUE;
  conv = conv_init (args->forward);
  derive (self, &conv, args);
  pack_weight (self, &conv);
  if (!multiply (self, &conv, conv.n_rows, multiply_dx_part, error))
    return FALSE;
  narrow_dx (self, &conv, args);
  widen_x (self, &conv);
  if (!multiply (self, &conv, conv.width, multiply_dw_part, error))
    return FALSE;
  unpack_dweight (self, &conv, &args->dweight);
  return TRUE;
}
