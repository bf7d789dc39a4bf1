#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbDtype:
 *
 * The type of a tensor's elements.  Values are stored in checkpoints of runs: append, never
 * renumber.
 */
typedef enum
{
  WB_DTYPE_F32 = 0,
  WB_DTYPE_F16 = 1,
  WB_DTYPE_BF16 = 2,
  WB_DTYPE_F64 = 3,
  WB_DTYPE_I32 = 4,
  WB_DTYPE_I64 = 5,
} WbDtype;

/**
 * WbTensor:
 * @data: (nullable): first element, in the memory of the backend that works on it; %NULL: absent
 * @dtype: type of the elements
 * @rows: number of rows; 1 for a vector
 * @cols: elements of a row, contiguous
 * @stride: elements from one row to the next, at least @cols
 *
 * A matrix, or a vector as a matrix of one row.  A plain value: copying it copies no elements, and
 * whoever made the memory frees it (an arena, a parameter store).
 */
typedef struct
{
  void   *data;
  WbDtype dtype;
  gsize   rows;
  gsize   cols;
  gsize   stride;
} WbTensor;

gsize       wb_dtype_size (WbDtype dtype); /* bytes of one element */
const char *wb_dtype_name (WbDtype dtype); /* "f32", "bf16", … */

/* Views.  wb_tensor_columns() takes columns [first, first + cols) of every row. */
WbTensor wb_tensor_matrix (void *data, WbDtype dtype, gsize rows, gsize cols);
WbTensor wb_tensor_vector (void *data, WbDtype dtype, gsize cols);
WbTensor wb_tensor_columns (const WbTensor *self, gsize first, gsize cols);
WbTensor wb_tensor_rows (const WbTensor *self, gsize first, gsize rows);

/**
 * wb_tensor_check:
 * @name: how the message calls the tensor
 * @error: %WB_ENGINE_ERROR_SHAPE
 *
 * Returns: whether @self is present and has exactly this type and shape
 */
gboolean wb_tensor_check (const WbTensor *self,
                          const char     *name,
                          WbDtype         dtype,
                          gsize           rows,
                          gsize           cols,
                          GError        **error);

G_END_DECLS
