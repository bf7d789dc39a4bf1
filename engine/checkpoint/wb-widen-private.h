#pragma once

#include "engine/checkpoint/wb-weights.h"
#include "engine/files/wb-reader.h"

G_BEGIN_DECLS

/* What safetensors calls a type -> the type; WB_WEIGHT_OTHER when it is not known. */
WbWeightType wb_weight_type_parse (const char *name);

/* Whether tensors of @type can be read; @shown: what the file calls it.  @error:
 * WB_ENGINE_ERROR_UNSUPPORTED, with name and file */
gboolean wb_widen_check (const WbReader *file,
                         const char     *name,
                         WbWeightType    type,
                         const char     *shown,
                         GError        **error);

/**
 * wb_widen_read:
 * @name: of the tensor, for messages
 * @place: byte where the tensor's first element lies
 * @first, @n: elements [first, first + n), one after another
 * @values: (n) output
 * @error: WB_ENGINE_ERROR_INVALID: see wb_weights_read()
 *
 * Piece by piece, over the threads that OpenMP has.
 */
gboolean wb_widen_read (const WbReader *file,
                        const char     *name,
                        WbWeightType    type,
                        guint64         place,
                        gsize           first,
                        gsize           n,
                        float          *values,
                        GError        **error);

/* @n elements of @type at @bytes (no alignment) become F32.  Returns: the first that is not finite,
 * or @n */
gsize wb_widen (WbWeightType type, const guint8 *bytes, gsize n, float *values);

G_END_DECLS
