#pragma once

#include "engine/tokenizer/wb-tokenizer.h"

G_BEGIN_DECLS

/**
 * WbTokenizerConfig:
 * @add_prefix_space: byte-level BPE alone
 * @specials: their names
 * @added: name -> id, of tokens beside the vocabulary's, where a file gives them
 *
 * What tokenizer_config.json, special_tokens_map.json and added_tokens.json say.
 */
typedef struct
{
  gboolean    do_lower_case;
  gboolean    split_by_punct;
  gboolean    add_prefix_space;
  char       *specials[WB_N_SPECIALS];
  GHashTable *added;
} WbTokenizerConfig;

/**
 * wb_tokenizer_config_load:
 * @kind: of the vocabulary beside the files: what they may ask for depends on it
 * @error: WB_ENGINE_ERROR_INVALID (file, key, what is allowed) or _UNSUPPORTED (a key that asks
 * for what we do not do)
 *
 * Files that are not there leave the defaults.
 */
gboolean wb_tokenizer_config_load (WbTokenizerConfig *self,
                                   WbTokenizerKind    kind,
                                   const char        *folder,
                                   GError           **error);
void     wb_tokenizer_config_clear (WbTokenizerConfig *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbTokenizerConfig, wb_tokenizer_config_clear)

G_END_DECLS
