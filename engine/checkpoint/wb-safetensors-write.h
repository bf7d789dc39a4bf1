#pragma once

#include <glib.h>

#include "engine/core/wb-tensor.h"

G_BEGIN_DECLS

/**
 * WbSafetensorRead:
 * @first, @n: elements [first, first + n)
 * @values: (n) output
 *
 * Gives a tensor's elements piece by piece, first to last.
 */
typedef gboolean (
    *WbSafetensorRead) (gpointer data, gsize first, gsize n, float *values, GError **error);

/**
 * WbSafetensorSource:
 * @values: (nullable): all elements; %NULL: @read gives them
 *
 * A tensor to write.
 */
typedef struct
{
  const char      *name;
  const gsize     *dims;
  gsize            n_dims;
  const float     *values;
  WbSafetensorRead read;
  gpointer         data;
} WbSafetensorSource;

/* transformers' limit: 50 GB. */
#define WB_SAFETENSORS_MAX_FILE (G_GUINT64_CONSTANT (50) * 1000 * 1000 * 1000)

/**
 * wb_safetensors_write_folder:
 * @folder: there already
 * @dtype: %WB_DTYPE_F32, _F16 or _BF16: what is stored; rounded to nearest, ties to even
 * @max_file: bytes of data in one file; WB_SAFETENSORS_MAX_FILE but in tests
 * @error: WB_ENGINE_ERROR_DEVICE (path and reason), _INVALID (a value that @dtype cannot hold, with
 * tensor and element), or what a source's read says
 *
 * Writes as transformers' save_pretrained() does (fact sheet 9.11): model.safetensors, tensors by
 * name, metadata {"format": "pt"}; where that would be longer than @max_file, in the order given,
 * model-00001-of-0000n.safetensors, … and model.safetensors.index.json.  Each file is there whole
 * or not at all; all of them together are not: write into a folder that is renamed afterwards.
 */
gboolean wb_safetensors_write_folder (const char               *folder,
                                      const WbSafetensorSource *sources,
                                      gsize                     n_sources,
                                      WbDtype                   dtype,
                                      guint64                   max_file,
                                      GError                  **error);

G_END_DECLS
