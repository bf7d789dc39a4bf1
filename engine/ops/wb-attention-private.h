#pragma once

#include "engine/ops/wb-attention.h"

G_BEGIN_DECLS

/* Whether the tables that are there have @cols columns and every distance below @max_length has a
 * row.  WB_ENGINE_ERROR_SHAPE */
gboolean wb_attention_check_positions (const WbAttentionPositions *positions,
                                       gsize                       max_length,
                                       gsize                       cols,
                                       GError                    **error);

G_END_DECLS
