#pragma once

#include "engine/tokenizer/wb-tokenizer.h"

G_BEGIN_DECLS

/**
 * wb_tokenizer_export:
 * @folder: there already
 * @error: a G_FILE_ERROR
 *
 * wb_tokenizer_save(), and a tokenizer.json with which transformers gives our ids (fact sheet 8.7,
 * "What to export"): from spm.model alone it neither folds compatibility characters nor falls back
 * to bytes.  Its AutoTokenizer keeps that file's pipeline when tokenizer_config.json names the
 * generic class, so that file is written anew.  What stays different there: decomposed characters,
 * ties, and names of special tokens inside a text.
 *
 * A vocabulary whose normalizer is set otherwise than DeBERTa's (no blank in front, blanks kept),
 * or changes a user-defined piece, or that has pieces which are never used, or merges of strings
 * without an id, has no tokenizer.json that says the same; then the files are only copied.
 */
gboolean wb_tokenizer_export (const WbTokenizer *self, const char *folder, GError **error);

G_END_DECLS
