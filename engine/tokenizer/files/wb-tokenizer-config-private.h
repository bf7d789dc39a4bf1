#pragma once

#include <json-glib/json-glib.h>

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/wb-tokenizer.h"

G_BEGIN_DECLS

/* Tokens beside a vocabulary's, at most. */
#define WB_TOKENIZER_MAX_ADDED 100000

typedef enum
{
  WB_TOKENIZER_LOWER_CASE,
  WB_TOKENIZER_SPLIT_BY_PUNCT,
  WB_TOKENIZER_ADD_PREFIX_SPACE, /* byte-level BPE alone */
  WB_TOKENIZER_N_FLAGS,
} WbTokenizerFlag;

/**
 * WbAddedToken:
 * @id: -1: no file gives one
 * @lstrip, @rstrip: blanks before and after it belong to it
 * @single_word: only where blanks or the text's ends are around it
 * @normalized: where the text is lower-cased, it is taken whatever its case
 * @file: which said so first, "added_tokens.json"
 *
 * A token beside the vocabulary's, or a piece that is taken literally where a text has it.
 */
typedef struct
{
  char       *content;
  gint32      id;
  gboolean    special;
  gboolean    lstrip;
  gboolean    rstrip;
  gboolean    single_word;
  gboolean    normalized;
  const char *file;
} WbAddedToken;

/**
 * WbTokenizerConfig:
 * @folder: for messages
 * @flags, @flag_files: what was asked for, and by which file; %NULL: by none
 * @specials, @special_files: names of the five; the defaults come from no file
 * @added: content -> WbAddedToken
 * @added_ids: id -> WbAddedToken, of those that have one
 * @extra: contents of further special tokens, which need ids, in the order of the files
 * @extra_seen: the same as a set, lent
 *
 * What tokenizer_config.json, special_tokens_map.json, added_tokens.json and tokenizer.json say
 * beside a vocabulary.  Two of them that say different things are refused with both names.
 */
typedef struct
{
  char       *folder;
  gboolean    flags[WB_TOKENIZER_N_FLAGS];
  const char *flag_files[WB_TOKENIZER_N_FLAGS];
  char       *specials[WB_N_SPECIALS];
  const char *special_files[WB_N_SPECIALS];
  GHashTable *added;
  GHashTable *added_ids;
  GPtrArray  *extra;
  GHashTable *extra_seen;
} WbTokenizerConfig;

/**
 * wb_tokenizer_config_load:
 * @kind: of the vocabulary beside the files: what they may ask for depends on it
 * @error: WB_ENGINE_ERROR_INVALID (file, key, what is allowed; or two files and what they say) or
 * _UNSUPPORTED (a key that asks for what we do not do)
 *
 * Files that are not there leave the defaults.
 */
gboolean wb_tokenizer_config_load (WbTokenizerConfig *self,
                                   WbTokenizerKind    kind,
                                   const char        *folder,
                                   GError           **error);
void     wb_tokenizer_config_init (WbTokenizerConfig *self, const char *folder);
void     wb_tokenizer_config_clear (WbTokenizerConfig *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbTokenizerConfig, wb_tokenizer_config_clear)

/* @file (a literal) says something; error: WB_ENGINE_ERROR_INVALID where another file says other */
gboolean wb_tokenizer_config_set_flag (WbTokenizerConfig *self,
                                       WbTokenizerFlag    flag,
                                       gboolean           value,
                                       const char        *file,
                                       GError           **error);
gboolean wb_tokenizer_config_set_special (WbTokenizerConfig *self,
                                          WbSpecial          special,
                                          const char        *name,
                                          const char        *file,
                                          GError           **error);
/* @token is copied; its id and file are taken from the arguments. */
gboolean wb_tokenizer_config_add (WbTokenizerConfig  *self,
                                  const WbAddedToken *token,
                                  gint64              id,
                                  const char         *file,
                                  GError            **error);
/* {"content": "[MASK]", "lstrip": …}, as files hold it; @id: (nullable): its text, else a member */
gboolean wb_tokenizer_config_add_node (WbTokenizerConfig *self,
                                       const char        *id,
                                       JsonNode          *node,
                                       const char        *file,
                                       GError           **error);
/* Error: there are more of them than ids could be given to */
gboolean wb_tokenizer_config_add_extra (WbTokenizerConfig *self,
                                        const char        *content,
                                        const char        *file,
                                        GError           **error);

/* One of the five? */
gboolean wb_tokenizer_config_is_special (const WbTokenizerConfig *self, const char *content);
/* (nullable) */
const WbAddedToken *wb_tokenizer_config_find (const WbTokenizerConfig *self, const char *content);
/* "cls_token" */
const char *wb_tokenizer_config_get_key (WbSpecial special);

G_END_DECLS
