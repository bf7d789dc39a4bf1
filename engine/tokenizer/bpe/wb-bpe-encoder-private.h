#pragma once

#include "engine/tokenizer/bpe/wb-bpe-private.h"

G_BEGIN_DECLS

/**
 * wb_bpe_encoder_load:
 * @path: bpe_encoder.bin of the original releases (fact sheet 8.2): a pickled dict of encoder
 * (token string -> GPT-2's id), vocab (merges) and dict_map (GPT-2's ids in DeBERTa's order)
 * @error: those of wb_torch_file_open(); WB_ENGINE_ERROR_INVALID with key and place
 *
 * Ids: [PAD] [CLS] [SEP] [UNK], dict_map in its order, [MASK].  Strings of encoder that dict_map
 * leaves out have none: they become [UNK].
 *
 * Returns: (transfer full): a closed one
 */
WbBpe *wb_bpe_encoder_load (const char *path, GError **error);

G_END_DECLS
