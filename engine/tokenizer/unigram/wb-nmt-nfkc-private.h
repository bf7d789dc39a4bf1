#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wb_nmt_nfkc_get_map:
 *
 * The precompiled map nmt_nfkc of the published vocabularies, as it is in DeBERTa-v3's spm.model:
 * SentencePiece's own rule (Apache 2.0) at the Unicode version of that time.  The libraries of
 * today have newer ones: in 0.1.97 U+200D is no blank any more.
 *
 * Returns: (transfer full): for a vocabulary whose file has lost it
 */
GBytes *wb_nmt_nfkc_get_map (void);

G_END_DECLS
