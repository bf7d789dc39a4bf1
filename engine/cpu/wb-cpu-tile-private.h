#pragma once

#include "engine/cpu/wb-cpu-private.h"

G_BEGIN_DECLS

/* Small matrix products in one thread, for operations that fuse them: the operands are views with
 * any strides, so that bands and diagonals of a matrix are operands too. */

/* Columns of a product come in multiples of this. */
#define WB_CPU_TILE_COLS ((gsize) 16)

/* The most rows of C that stay in registers. */
#if defined(__AVX512F__)
#define WB_CPU_TILE_ROWS ((gsize) 14)
#else
#define WB_CPU_TILE_ROWS ((gsize) 6)
#endif

static inline gsize
wb_cpu_tile_round (gsize cols)
{
  return (cols + WB_CPU_TILE_COLS - 1) / WB_CPU_TILE_COLS * WB_CPU_TILE_COLS;
}

/**
 * WbCpuPrefetch:
 * @streams: views, @n_streams of them, each @rows rows of @lines cache lines, @row_bytes apart
 * @per_block: lines to ask for with each block of a product
 *
 * Memory that is needed soon, brought to the second-level cache while products compute: rows of one
 * head lie too far apart for the processor to foresee them.
 */
typedef struct
{
  struct
  {
    const char *row;
    gsize       row_bytes;
    gsize       rows;
    gsize       lines;
  } streams[8];
  gsize n_streams;
  gsize line; /* of the last stream's first row */
  gsize per_block;
} WbCpuPrefetch;

static inline void
wb_cpu_prefetch (WbCpuPrefetch *self)
{
  for (gsize i = 0; i < self->per_block && self->n_streams > 0; i++)
    {
      __builtin_prefetch (self->streams[self->n_streams - 1].row + 64 * self->line, 0, 2);
      if (++self->line < self->streams[self->n_streams - 1].lines)
        continue;
      self->line = 0;
      self->streams[self->n_streams - 1].row += self->streams[self->n_streams - 1].row_bytes;
      if (--self->streams[self->n_streams - 1].rows == 0)
        self->n_streams--;
    }
}

/**
 * WbCpuTile:
 * @a: (m, k): element (r, q) lies at r * a_row + q * a_col
 * @b: (k, n): rows contiguous, @b_row apart
 * @c: (m, n): rows contiguous, @c_row apart
 * @prefetch: (nullable): what to fetch meanwhile
 */
typedef struct
{
  const float *a;
  gssize       a_row;
  gssize       a_col;
  const float *b;
  gssize       b_row;
  float       *c;
  gssize       c_row;

  WbCpuPrefetch *prefetch;
} WbCpuTile;

/* C = A B, or C += A B when @accumulate.  @n is a multiple of WB_CPU_TILE_COLS; all of B's and C's
 * columns up to there are read and written. */
void WB_CPU (
    wb_cpu_tile_multiply) (const WbCpuTile *tile, gsize m, gsize n, gsize k, gboolean accumulate);

/* @y (cols, rows) = transpose of @x (rows, cols), or added to it.  rows and cols are multiples of
 * WB_CPU_TILE_COLS. */
void WB_CPU (wb_cpu_tile_transpose) (const float *x,
                                     gsize        x_row,
                                     gsize        rows,
                                     gsize        cols,
                                     float       *y,
                                     gsize        y_row,
                                     gboolean     accumulate);

G_END_DECLS
