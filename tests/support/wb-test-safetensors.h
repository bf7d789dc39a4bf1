#pragma once

#include "engine/checkpoint/wb-safetensors.h"
#include "engine/checkpoint/wb-widen-private.h"

/* What the program does through WbWeights, for one safetensors file alone. */

/* (nullable) */
static inline const WbSafetensor *
wb_test_safetensors_find (const WbSafetensors *self, const char *name)
{
  for (gsize i = 0; i < wb_safetensors_get_n (self); i++)
    if (g_str_equal (wb_safetensors_get (self, i)->name, name))
      return wb_safetensors_get (self, i);
  return NULL;
}

/* @values: (tensor->n_elements) output */
static inline gboolean
wb_test_safetensors_read (const WbSafetensors *self,
                          const WbSafetensor  *tensor,
                          float               *values,
                          GError             **error)
{
  const WbReader *reader = wb_safetensors_get_reader (self);

  return wb_widen_check (reader, tensor->name, tensor->type, tensor->dtype, error) &&
         wb_widen_read (reader, tensor->name, tensor->type, tensor->begin, 0, tensor->n_elements,
                        values, error);
}

/* Writes @sources as F32 into model.safetensors of @folder. */
static inline gboolean
wb_test_safetensors_write (const char               *folder,
                           const WbSafetensorSource *sources,
                           gsize                     n_sources,
                           GError                  **error)
{
  return wb_safetensors_write_folder (folder, sources, n_sources, WB_DTYPE_F32,
                                      WB_SAFETENSORS_MAX_FILE, error);
}
