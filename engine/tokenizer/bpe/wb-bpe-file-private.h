#pragma once

#include "engine/tokenizer/bpe/wb-bpe-private.h"

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

/**
 * wb_bpe_file_write:
 * @extra: (nullable): id -> name of tokens that the vocabulary itself does not have
 * @error: that of wb_bpe_file_check(); a G_FILE_ERROR
 *
 * Writes vocab.json and merges.txt into @folder, from which wb_bpe_file_parse() reads the same.
 */
gboolean
wb_bpe_file_write (const WbBpe *self, GHashTable *extra, const char *folder, GError **error);

/* Whether they can say it; error: WB_ENGINE_ERROR_UNSUPPORTED */
gboolean wb_bpe_file_check (const WbBpe *self, GError **error);

/* Their parts: {"token":id,…}, in the order of the ids, and [["left","right"],…]. */
void wb_bpe_file_append_vocab (const WbBpe *self, GHashTable *extra, GString *out);
void wb_bpe_file_append_merges (const WbBpe *self, GString *out);

G_END_DECLS
