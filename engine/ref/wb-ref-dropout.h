#pragma once

#include "engine/core/wb-batch.h"
#include "engine/core/wb-rng.h"

G_BEGIN_DECLS

/* What dropout multiplies an element by: 0, or 1 / (1 - p) as F32 has it. */
double wb_ref_dropout_factor (const WbDropout *self, guint32 ordinal, guint32 element);

/* The same for column @col of token @token of a tensor of @cols columns. */
double wb_ref_dropout_token_factor (const WbDropout *self,
                                    const WbBatch   *batch,
                                    gsize            token,
                                    gsize            col,
                                    gsize            cols);

/* The sequence that @token belongs to. */
gsize wb_ref_sequence_of (const WbBatch *batch, gsize token);

G_END_DECLS
