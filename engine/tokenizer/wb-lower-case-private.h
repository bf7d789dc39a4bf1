#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WB_LOWER_BYTES 8

/**
 * wb_lower_case:
 * @out: filled, without a NUL
 *
 * One character's lower case as UTF-8, by Unicode's full mapping without context (Σ is σ at a
 * word's end too), as the published slow tokenizer and the tokenizers library have it.
 *
 * Returns: its bytes
 */
gsize wb_lower_case (gunichar c, char out[WB_LOWER_BYTES]);

G_END_DECLS
