#pragma once

#include "engine/cpu/wb-cpu-private.h"

/* How a matrix product is shared by threads; for kernel files only (static in each: compiled per
 * instruction set). */

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
} WbCpuCut;

static inline gsize
wb_cpu_divide_up (gsize n, gsize by)
{
  return (n + by - 1) / by;
}

static inline WbCpuCut
wb_cpu_cut_product (gsize rows, gsize cols, gsize n_threads)
{
  WbCpuCut cut = { .rows = rows, .cols = cols, .across = 1 };
  gsize    best = G_MAXSIZE;

  for (gsize across = 1; across <= n_threads; across++)
    {
      const gsize border =
          wb_cpu_divide_up (rows, n_threads / across) + wb_cpu_divide_up (cols, across);

      if (n_threads % across == 0 && border < best)
        {
          best = border;
          cut.across = across;
        }
    }
  /* whole vectors and whole blocks of the library's kernels */
  cut.part_rows = wb_cpu_divide_up (wb_cpu_divide_up (rows, n_threads / cut.across), 8) * 8;
  cut.part_cols = wb_cpu_divide_up (wb_cpu_divide_up (cols, cut.across), 48) * 48;
  cut.across = wb_cpu_divide_up (cols, cut.part_cols);
  cut.n_parts = cut.across * wb_cpu_divide_up (rows, cut.part_rows);
  return cut;
}

/* Rows from @row, columns from @col of a product. */
typedef struct
{
  gsize row, n_rows;
  gsize col, n_cols;
} WbCpuPart;

static inline WbCpuPart
wb_cpu_get_part (const WbCpuCut *cut, gsize number)
{
  WbCpuPart part = { .row = number / cut->across * cut->part_rows,
                     .col = number % cut->across * cut->part_cols };

  part.n_rows = MIN (cut->part_rows, cut->rows - part.row);
  part.n_cols = MIN (cut->part_cols, cut->cols - part.col);
  return part;
}
