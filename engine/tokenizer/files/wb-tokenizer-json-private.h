#pragma once

#include "engine/files/wb-json-walk.h"
#include "engine/tokenizer/wb-tokenizer-private.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Patterns that mean something to us, as JSON texts: runs of blanks; of transformers 5 the same
 * with line ends; our own: the text's ends, a blank. */
#define WB_TOKENIZER_JSON_RUNS "{\"Regex\":\" {2,}\"}"
#define WB_TOKENIZER_JSON_BLANKS "{\"Regex\":\"\\\\s{2,}|[\\\\n\\\\r\\\\t]\"}"
#define WB_TOKENIZER_JSON_ENDS "{\"Regex\":\"\\\\A | \\\\z\"}"
#define WB_TOKENIZER_JSON_BLANK "{\"String\":\" \"}"

/**
 * WbTokenizerJson:
 * @name: its path, for messages
 * @sections: the members that are read, but for the vocabulary and the merges: as trees
 * @model: the model's of those
 * @vocab, @merges: in front of their values
 * @charsmap: (nullable): the precompiled map in it, or the published one where transformers 5 left
 * it out
 *
 * tokenizer.json as the tokenizers library writes it, taken apart; and what its pipeline was found
 * to say.
 */
typedef struct
{
  char              *name;
  WbTokenizerConfig *config;
  JsonObject        *sections;
  JsonObject        *model;
  WbJsonWalk         vocab;
  WbJsonWalk         merges;
  gboolean           has_vocab;
  gboolean           has_merges;
  gboolean           is_bpe;
  gboolean           published_map;
  GBytes            *charsmap;
} WbTokenizerJson;

/**
 * wb_tokenizer_json_open:
 * @self: filled in any case; cleared by the caller
 * @bytes: what tokenizer.json holds; must outlive @self
 * @config: of the folder, may still be empty
 *
 * Takes the file apart and finds its kind.
 */
gboolean wb_tokenizer_json_open (WbTokenizerJson   *self,
                                 const char        *folder,
                                 GBytes            *bytes,
                                 WbTokenizerConfig *config,
                                 GError           **error);
void     wb_tokenizer_json_clear (WbTokenizerJson *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WbTokenizerJson, wb_tokenizer_json_clear)

/* Added tokens, into the config. */
gboolean wb_tokenizer_json_read_added (const WbTokenizerJson *self, GError **error);

/**
 * wb_tokenizer_json_compare:
 * @tokenizer: from other files of the folder
 * @file: which, for the message
 * @error: WB_ENGINE_ERROR_INVALID
 *
 * Whether the vocabulary is the one that @tokenizer has: the same strings at the same ids.
 */
gboolean wb_tokenizer_json_compare (const WbTokenizerJson *self,
                                    const WbTokenizer     *tokenizer,
                                    const char            *file,
                                    GError               **error);

/**
 * wb_tokenizer_json_load:
 * @folder: of tokenizer.json and of the files beside it
 * @bytes: what tokenizer.json holds
 * @error: WB_ENGINE_ERROR_INVALID (damaged), or _UNSUPPORTED with the place and value of what asks
 * for other ids than we can give
 *
 * A unigram or byte-level BPE vocabulary with its pipeline.  The published tokenizers are followed
 * where the file says less than they do (docs/tokenizers.md): 256 byte pieces mean byte fallback,
 * and the pipeline that transformers 5 writes for DeBERTa-v2 gets back the map that it leaves out.
 */
WbTokenizer *wb_tokenizer_json_load (const char *folder, GBytes *bytes, GError **error);

/* Normalizer, pre-tokenizer, post-processor, truncation: into @self and its config, or refused. */
gboolean wb_tokenizer_json_read_pipeline (WbTokenizerJson *self, GError **error);

/* The part of it that says where [CLS] and [SEP] go. */
gboolean wb_tokenizer_json_read_template (const WbTokenizerJson *self, GError **error);

/* (transfer full): the vocabulary, closed */
WbSpmFile *wb_tokenizer_json_read_unigram (const WbTokenizerJson *self, GError **error);
WbBpe     *wb_tokenizer_json_read_bpe (const WbTokenizerJson *self, GError **error);

/* "NAME: PLACE: …"; always %FALSE */
gboolean wb_tokenizer_json_refuse (const WbTokenizerJson *self,
                                   GError               **error,
                                   WbEngineError          code,
                                   const char            *place,
                                   const char            *format,
                                   ...) G_GNUC_PRINTF (5, 6);

/**
 * wb_tokenizer_json_check:
 * @place: of @object in the file
 * @allowed: JSON texts, %NULL-terminated; "" stands for an absent member
 *
 * Whether the member @key holds one of @allowed; else it is refused by place and value.
 */
gboolean wb_tokenizer_json_check (const WbTokenizerJson *self,
                                  JsonObject            *object,
                                  const char            *place,
                                  const char            *key,
                                  const char *const     *allowed,
                                  GError               **error);

/* The type of a step, "Precompiled"; %NULL: not an object with a type. */
const char *wb_tokenizer_json_get_type (JsonNode *node);

G_END_DECLS
