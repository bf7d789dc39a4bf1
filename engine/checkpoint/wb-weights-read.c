#include "config.h"

#include "engine/checkpoint/wb-weights-private.h"

#include <string.h>

#include "engine/checkpoint/wb-widen-private.h"
#include "engine/core/wb-engine-error.h"

#define AT_ONCE 1024 /* elements */

static const WbReader *
item_reader (const WbWeights *self, const WbWeightItem *item)
{
  return g_array_index (self->files, WbWeightFile, item->weight.file).reader;
}

/* Bytes of the file from the first to the last element of a tensor. */
static gsize
span (const WbWeightItem *item)
{
  gsize last = 0;

  for (gsize i = 0; i < item->weight.n_dims; i++)
    last += (item->weight.dims[i] - 1) * item->strides[i];
  return (last + 1) * wb_weight_type_size (item->weight.type);
}

/* A transposed matrix would be read element by element: all bytes that it lies among are kept
 * until another such tensor is read.  Files with them are rare. */
static gboolean
gather (WbWeights *self, const WbWeightItem *item, GError **error)
{
  if (self->gathered == item)
    return TRUE;
  g_free (self->gathered_bytes);
  self->gathered = NULL;
  self->gathered_bytes = wb_reader_dup (item_reader (self, item), item->place, span (item), error);
  if (self->gathered_bytes == NULL)
    return FALSE;
  self->gathered = item;
  return TRUE;
}

/* Element @i (row-major) of the tensor: which of the storage's elements from the first on. */
static gsize
stored_index (const WbWeightItem *item, gsize i)
{
  gsize stored = 0;

  for (gsize d = item->weight.n_dims; d > 0; d--)
    {
      stored += i % item->weight.dims[d - 1] * item->strides[d - 1];
      i /= item->weight.dims[d - 1];
    }
  return stored;
}

static gboolean
read_strided (WbWeights          *self,
              const WbWeightItem *item,
              gsize               first,
              gsize               n,
              float              *values,
              GError            **error)
{
  const gsize size = wb_weight_type_size (item->weight.type);
  guint8      piece[AT_ONCE * sizeof (double)];

  if (n > 0 && !gather (self, item, error))
    return FALSE;
  for (gsize done = 0; done < n;)
    {
      const gsize m = MIN (AT_ONCE, n - done);
      gsize       bad;

      for (gsize i = 0; i < m; i++)
        memcpy (piece + i * size,
                self->gathered_bytes + stored_index (item, first + done + i) * size, size);
      bad = wb_widen (item->weight.type, piece, m, values + done);
      if (bad < m)
        return wb_reader_fail (item_reader (self, item), error,
                               "tensor %s: element %zu is not a finite number", item->weight.name,
                               first + done + bad);
      done += m;
    }
  return TRUE;
}

gboolean
wb_weights_check_type (const WbWeights *self, const WbWeight *weight, GError **error)
{
  return wb_widen_check (item_reader (self, (const WbWeightItem *) weight), weight->name,
                         weight->type, wb_weight_type_name (weight->type), error);
}

gboolean
wb_weights_read_part (WbWeights      *self,
                      const WbWeight *weight,
                      gsize           first,
                      gsize           n,
                      float          *values,
                      GError        **error)
{
  const WbWeightItem *item = (const WbWeightItem *) weight; /* its first member */
  const WbReader     *file;

  g_return_val_if_fail (self != NULL && weight != NULL, FALSE);
  g_return_val_if_fail (first <= weight->n_elements && n <= weight->n_elements - first, FALSE);

  file = item_reader (self, item);
  if (!wb_weights_check_type (self, weight, error))
    return FALSE;
  if (item->strides != NULL)
    return read_strided (self, item, first, n, values, error);
  return wb_widen_read (file, weight->name, weight->type, item->place, first, n, values, error);
}

gboolean
wb_weights_read (WbWeights *self, const WbWeight *weight, float *values, GError **error)
{
  return wb_weights_read_part (self, weight, 0, weight->n_elements, values, error);
}

gboolean
wb_weights_share (const WbWeights *self, const WbWeight *a, const WbWeight *b)
{
  const WbWeightItem *x = (const WbWeightItem *) a, *y = (const WbWeightItem *) b;
  const gsize         n_bytes = a->n_dims * sizeof (gsize);

  return a->file == b->file && a->type == b->type && a->n_dims == b->n_dims &&
         x->place == y->place && (n_bytes == 0 || memcmp (a->dims, b->dims, n_bytes) == 0) &&
         (x->strides == NULL) == (y->strides == NULL) &&
         (x->strides == NULL || memcmp (x->strides, y->strides, n_bytes) == 0);
}

gboolean
wb_weights_verify (WbWeights *self, GError **error)
{
  for (guint i = 0; i < self->files->len; i++)
    {
      WbTorchFile *torch = g_array_index (self->files, WbWeightFile, i).torch;

      if (torch != NULL && !wb_torch_file_verify (torch, error))
        return FALSE;
    }
  return TRUE;
}
