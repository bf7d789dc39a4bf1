#pragma once

#include "engine/core/wb-batch.h"
#include "engine/core/wb-rng.h"

G_BEGIN_DECLS

/**
 * wb_dropout_check:
 * @rows_per_ordinal, @cols: elements that share an ordinal: their number must fit its 32 bits
 * @error: %WB_ENGINE_ERROR_INVALID for a probability outside [0, 1), %WB_ENGINE_ERROR_SHAPE for too
 * many elements
 */
gboolean wb_dropout_check (const WbDropout *self,
                           const char      *name,
                           gsize            rows_per_ordinal,
                           gsize            cols,
                           GError         **error);

/* The same for token-wise tensors of @rows rows, which must be the batch's tokens. */
gboolean wb_dropout_check_batch (const WbDropout *self,
                                 const char      *name,
                                 const WbBatch   *batch,
                                 gsize            rows,
                                 gsize            cols,
                                 GError         **error);

G_END_DECLS
