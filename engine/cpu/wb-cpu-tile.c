#include "config.h"

#include "engine/cpu/wb-cpu-tile-private.h"

#include "engine/cpu/wb-cpu-vector.h"

#define ROWS ((int) WB_CPU_TILE_ROWS)
#define VECTORS 2 /* of C in a row of registers */
#define ALWAYS_INLINE inline __attribute__ ((always_inline))

/* One block of C, @m rows and @n_vectors vectors wide, in registers.  Three rows of A share a
 * pointer, so that the addresses fit into the processor's registers too. */
static ALWAYS_INLINE void
block (const int m, const int n_vectors, const WbCpuTile *tile, gsize k, gboolean accumulate)
{
  const float *a[(ROWS + 2) / 3], *b = tile->b;
  const gssize a_row = tile->a_row;
  WbCpuVector  sum[ROWS][VECTORS];

#pragma GCC unroll 16
  for (int r = 0; r < m; r++)
#pragma GCC unroll 4
    for (int v = 0; v < n_vectors; v++)
      sum[r][v] = (WbCpuVector){ 0 };
#pragma GCC unroll 16
  for (int r = 0; r < m; r += 3)
    a[r / 3] = tile->a + r * a_row;
  for (gsize q = 0; q < k; q++)
    {
      WbCpuVector row[VECTORS];

#pragma GCC unroll 4
      for (int v = 0; v < n_vectors; v++)
        row[v] = wb_cpu_load (b + v * WB_CPU_LANES);
#pragma GCC unroll 16
      for (int r = 0; r < m; r++)
#pragma GCC unroll 4
        for (int v = 0; v < n_vectors; v++)
          sum[r][v] += a[r / 3][r % 3 * a_row] * row[v];
#pragma GCC unroll 16
      for (int r = 0; r < m; r += 3)
        a[r / 3] += tile->a_col;
      b += tile->b_row;
    }
#pragma GCC unroll 16
  for (int r = 0; r < m; r++)
#pragma GCC unroll 4
    for (int v = 0; v < n_vectors; v++)
      {
        float *c = tile->c + r * tile->c_row + v * WB_CPU_LANES;

        wb_cpu_store (c, accumulate ? wb_cpu_load (c) + sum[r][v] : sum[r][v]);
      }
}

typedef void (*Block) (const WbCpuTile *tile, gsize k, gboolean accumulate);

#define DEFINE_BLOCK(m, n)                                                                         \
  static void block_##m##_##n (const WbCpuTile *tile, gsize k, gboolean accumulate)                \
  {                                                                                                \
    block (m, n, tile, k, accumulate);                                                             \
  }
#define DEFINE_BLOCKS(m) DEFINE_BLOCK (m, 1) DEFINE_BLOCK (m, 2)
#define BLOCKS(m)                                                                                  \
  {                                                                                                \
    block_##m##_1, block_##m##_2                                                                   \
  }

DEFINE_BLOCKS (1)
DEFINE_BLOCKS (2)
DEFINE_BLOCKS (3)
DEFINE_BLOCKS (4)
DEFINE_BLOCKS (5)
DEFINE_BLOCKS (6)
#if defined(__AVX512F__)
DEFINE_BLOCKS (7)
DEFINE_BLOCKS (8)
DEFINE_BLOCKS (9)
DEFINE_BLOCKS (10)
DEFINE_BLOCKS (11)
DEFINE_BLOCKS (12)
DEFINE_BLOCKS (13)
DEFINE_BLOCKS (14)
#endif

static const Block blocks[][VECTORS] = {
  BLOCKS (1),  BLOCKS (2),  BLOCKS (3), BLOCKS (4),  BLOCKS (5),  BLOCKS (6),
#if defined(__AVX512F__)
  BLOCKS (7),  BLOCKS (8),  BLOCKS (9), BLOCKS (10), BLOCKS (11), BLOCKS (12),
  BLOCKS (13), BLOCKS (14),
#endif
};

static void
multiply_rows (const WbCpuTile *tile, gsize m, gsize n, gsize k, gboolean accumulate)
{
  WbCpuTile part = *tile;
  gsize     done = 0;

  while (done < n)
    {
      const gsize vectors = n - done >= VECTORS * WB_CPU_LANES ? VECTORS : 1;

      if (tile->prefetch != NULL)
        wb_cpu_prefetch (tile->prefetch);
      part.b = tile->b + done;
      part.c = tile->c + done;
      blocks[m - 1][vectors - 1](&part, k, accumulate);
      done += vectors * WB_CPU_LANES;
    }
}

void
WB_CPU (
    wb_cpu_tile_multiply) (const WbCpuTile *tile, gsize m, gsize n, gsize k, gboolean accumulate)
{
  const gsize n_blocks = (m + WB_CPU_TILE_ROWS - 1) / WB_CPU_TILE_ROWS;

  for (gsize i = 0; i < n_blocks; i++)
    {
      const gsize first = m * i / n_blocks, end = m * (i + 1) / n_blocks;
      WbCpuTile   part = *tile;

      part.a += (gssize) first * tile->a_row;
      part.c += (gssize) first * tile->c_row;
      multiply_rows (&part, end - first, n, k, accumulate);
    }
}

/* Lanes of two rows @s apart: their blocks of @s columns off the diagonal change places. */
#if WB_CPU_LANES == 16
#define SWAP_8_LOW(a, b)                                                                           \
  __builtin_shufflevector (a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
#define SWAP_8_HIGH(a, b)                                                                          \
  __builtin_shufflevector (a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
#define SWAP_4_LOW(a, b)                                                                           \
  __builtin_shufflevector (a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
#define SWAP_4_HIGH(a, b)                                                                          \
  __builtin_shufflevector (a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31)
#define SWAP_2_LOW(a, b)                                                                           \
  __builtin_shufflevector (a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define SWAP_2_HIGH(a, b)                                                                          \
  __builtin_shufflevector (a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define SWAP_1_LOW(a, b)                                                                           \
  __builtin_shufflevector (a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30)
#define SWAP_1_HIGH(a, b)                                                                          \
  __builtin_shufflevector (a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31)
#elif WB_CPU_LANES == 8
#define SWAP_4_LOW(a, b) __builtin_shufflevector (a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define SWAP_4_HIGH(a, b) __builtin_shufflevector (a, b, 4, 5, 6, 7, 12, 13, 14, 15)
#define SWAP_2_LOW(a, b) __builtin_shufflevector (a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define SWAP_2_HIGH(a, b) __builtin_shufflevector (a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define SWAP_1_LOW(a, b) __builtin_shufflevector (a, b, 0, 8, 2, 10, 4, 12, 6, 14)
#define SWAP_1_HIGH(a, b) __builtin_shufflevector (a, b, 1, 9, 3, 11, 5, 13, 7, 15)
#else
#define SWAP_2_LOW(a, b) __builtin_shufflevector (a, b, 0, 1, 4, 5)
#define SWAP_2_HIGH(a, b) __builtin_shufflevector (a, b, 2, 3, 6, 7)
#define SWAP_1_LOW(a, b) __builtin_shufflevector (a, b, 0, 4, 2, 6)
#define SWAP_1_HIGH(a, b) __builtin_shufflevector (a, b, 1, 5, 3, 7)
#endif

#define SWAP_STAGE(x, s)                                                                           \
  _Pragma ("GCC unroll 16") for (int i = 0; i < WB_CPU_LANES; i++) if ((i & s) == 0)               \
  {                                                                                                \
    const WbCpuVector low = SWAP_##s##_LOW (x[i], x[i + s]);                                       \
                                                                                                   \
    x[i + s] = SWAP_##s##_HIGH (x[i], x[i + s]);                                                   \
    x[i] = low;                                                                                    \
  }

/* A square of WB_CPU_LANES rows, in registers. */
static ALWAYS_INLINE void
transpose_square (WbCpuVector *x)
{
#if WB_CPU_LANES >= 16
  SWAP_STAGE (x, 8)
#endif
#if WB_CPU_LANES >= 8
  SWAP_STAGE (x, 4)
#endif
  SWAP_STAGE (x, 2)
  SWAP_STAGE (x, 1)
}

static ALWAYS_INLINE void
transpose_squares (const float   *x,
                   gsize          x_row,
                   gsize          rows,
                   gsize          cols,
                   float         *y,
                   gsize          y_row,
                   const gboolean accumulate)
{
  for (gsize r = 0; r < rows; r += WB_CPU_LANES)
    for (gsize c = 0; c < cols; c += WB_CPU_LANES)
      {
        float      *to = y + c * y_row + r;
        WbCpuVector square[WB_CPU_LANES];

#pragma GCC unroll 16
        for (gsize i = 0; i < WB_CPU_LANES; i++)
          square[i] = wb_cpu_load (x + (r + i) * x_row + c);
        transpose_square (square);
#pragma GCC unroll 16
        for (gsize i = 0; i < WB_CPU_LANES; i++)
          wb_cpu_store (to + i * y_row,
                        accumulate ? wb_cpu_load (to + i * y_row) + square[i] : square[i]);
      }
}

void
WB_CPU (wb_cpu_tile_transpose) (const float *x,
                                gsize        x_row,
                                gsize        rows,
                                gsize        cols,
                                float       *y,
                                gsize        y_row,
                                gboolean     accumulate)
{
  if (accumulate)
    transpose_squares (x, x_row, rows, cols, y, y_row, TRUE);
  else
    transpose_squares (x, x_row, rows, cols, y, y_row, FALSE);
}
