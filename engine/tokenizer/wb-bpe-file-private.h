#pragma once

#include "engine/tokenizer/wb-bpe-private.h"

G_BEGIN_DECLS

/**
 * wb_bpe_file_parse:
 * @vocab: vocab.json: one object of token strings and their ids
 * @merges: merges.txt: "#version" first or not, then "left right" a line
 * @vocab_name, @merges_name: what messages call them: paths
 * @error: WB_ENGINE_ERROR_INVALID: file, line and what is wrong there
 *
 * Returns: (transfer full): a closed one
 */
WbBpe *wb_bpe_file_parse (GBytes     *vocab,
                          const char *vocab_name,
                          GBytes     *merges,
                          const char *merges_name,
                          GError    **error);

G_END_DECLS
