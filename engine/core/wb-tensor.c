#include "config.h"

#include "engine/core/wb-tensor.h"

#include "engine/core/wb-engine-error.h"

static const struct
{
  const char *name;
  gsize       size;
} dtypes[] = {
  [WB_DTYPE_F32] = { "f32", 4 }, [WB_DTYPE_F16] = { "f16", 2 }, [WB_DTYPE_BF16] = { "bf16", 2 },
  [WB_DTYPE_F64] = { "f64", 8 }, [WB_DTYPE_I32] = { "i32", 4 }, [WB_DTYPE_I64] = { "i64", 8 },
};

gsize
wb_dtype_size (WbDtype dtype)
{
  return dtypes[dtype].size;
}

const char *
wb_dtype_name (WbDtype dtype)
{
  return dtypes[dtype].name;
}

WbTensor
wb_tensor_matrix (void *data, WbDtype dtype, gsize rows, gsize cols)
{
  return (WbTensor){ data, dtype, rows, cols, cols };
}

WbTensor
wb_tensor_vector (void *data, WbDtype dtype, gsize cols)
{
  return (WbTensor){ data, dtype, 1, cols, cols };
}

WbTensor
wb_tensor_columns (const WbTensor *self, gsize first, gsize cols)
{
  WbTensor view = *self;

  view.data = (char *) self->data + first * wb_dtype_size (self->dtype);
  view.cols = cols;
  return view;
}

WbTensor
wb_tensor_rows (const WbTensor *self, gsize first, gsize rows)
{
  WbTensor view = *self;

  view.data = (char *) self->data + first * self->stride * wb_dtype_size (self->dtype);
  view.rows = rows;
  return view;
}

gboolean
wb_tensor_check (const WbTensor *self,
                 const char     *name,
                 WbDtype         dtype,
                 gsize           rows,
                 gsize           cols,
                 GError        **error)
{
  if (self->data != NULL && self->dtype == dtype && self->rows == rows && self->cols == cols &&
      (self->stride >= cols || rows <= 1))
    return TRUE;

  if (self->data == NULL)
    g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                 "%s is absent, expected %s (%zu, %zu)", name, wb_dtype_name (dtype), rows, cols);
  else if (self->rows == rows && self->cols == cols && self->dtype == dtype)
    g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                 "%s has rows of %zu, but only %zu from one to the next", name, cols, self->stride);
  else
    g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE,
                 "%s is %s (%zu, %zu), expected %s (%zu, %zu)", name, wb_dtype_name (self->dtype),
                 self->rows, self->cols, wb_dtype_name (dtype), rows, cols);
  return FALSE;
}
