#pragma once

#include <glib.h>

#include "engine/checkpoint/wb-safetensors-write.h"
#include "engine/checkpoint/wb-weights.h"
#include "engine/files/wb-reader.h"

G_BEGIN_DECLS

/**
 * WbSafetensor:
 * @name: as in the file
 * @dtype: as in the file: "F32", "BF16", …
 * @type: what @dtype says
 * @dims: (array length=n_dims)
 * @n_elements: product of @dims
 * @begin, @end: bytes of the file
 */
typedef struct
{
  char        *name;
  char        *dtype;
  WbWeightType type;
  gsize       *dims;
  gsize        n_dims;
  gsize        n_elements;
  guint64      begin;
  guint64      end;
} WbSafetensor;

/**
 * WbSafetensors:
 *
 * An open safetensors file (fact sheet 9.9) whose header has been checked.  One thread at a time.
 */
typedef struct _WbSafetensors WbSafetensors;

/**
 * wb_safetensors_open:
 * @error: WB_ENGINE_ERROR_MISSING: no such file; _INVALID: damaged or lying, with byte numbers
 *
 * Checks everything but the data: length of the header, its JSON, shapes against bytes, and that
 * the tensors fill the file without gaps or overlaps.
 */
WbSafetensors *wb_safetensors_open (const char *path, GError **error);
void           wb_safetensors_free (WbSafetensors *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbSafetensors, wb_safetensors_free)

gsize               wb_safetensors_get_n (const WbSafetensors *self);
const WbSafetensor *wb_safetensors_get (const WbSafetensors *self, gsize i); /* as they lie */

const WbReader *wb_safetensors_get_reader (const WbSafetensors *self);

G_END_DECLS
