#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * wb_tokenizer_train:
 * @sentences: (n_sentences) UTF-8, one a line of text
 * @n_ids: pieces wanted, special tokens and byte pieces included; fewer when the text has no more
 * @byte_fallback: characters that the text does not have become pieces of bytes instead of [UNK]
 * @folder: made where it is not there; gets spm.model and tokenizer_config.json
 * @error: WB_ENGINE_ERROR_INVALID (no text, not UTF-8, too few pieces for the text's characters)
 * or a G_FILE_ERROR
 *
 * Trains a unigram vocabulary of DeBERTa-v3's layout (fact sheet 8.3): [PAD] [CLS] [SEP] [UNK] are
 * 0 to 3, then the bytes, then the pieces; [MASK] comes after the last one, outside of the file.
 * The same text gives the same files.  One thread at a time, nothing is printed.
 */
gboolean wb_tokenizer_train (const char *const *sentences,
                             gsize              n_sentences,
                             gsize              n_ids,
                             gboolean           byte_fallback,
                             const char        *folder,
                             GError           **error);

G_END_DECLS
