#pragma once

#include "engine/tokenizer/wb-added-private.h"
#include "engine/tokenizer/bpe/wb-bpe-private.h"
#include "engine/tokenizer/unigram/wb-spm-file-private.h"
#include "engine/tokenizer/unigram/wb-spm.h"
#include "engine/tokenizer/files/wb-tokenizer-config-private.h"
#include "engine/tokenizer/wb-tokenizer.h"

G_BEGIN_DECLS

typedef struct _WbEncodingMemory WbEncodingMemory;

/* What the two kinds of vocabularies do differently. */
typedef struct
{
  WbTokenizerKind kind;
  gsize (*get_n_pieces) (const WbTokenizer *self);
  const char *(*get_piece) (const WbTokenizer *self, gsize id);     /* (nullable): a gap */
  gint32 (*find_piece) (const WbTokenizer *self, const char *text); /* -1: not there */
  gboolean (*encode_side) (const WbTokenizer *self,
                           const char        *text,
                           gsize              length,
                           WbEncodingMemory  *memory,
                           GArray            *tokens,
                           GError           **error);
} WbTokenizerModel;

extern const WbTokenizerModel wb_tokenizer_unigram;
extern const WbTokenizerModel wb_tokenizer_bpe;

struct _WbTokenizer
{
  const WbTokenizerModel *model;
  WbSpm                  *spm;  /* unigram */
  WbSpmFile              *file; /* unigram */
  WbBpe                  *bpe;  /* byte-level BPE */
  WbTokenizerConfig       config;
  WbAdded                *literal; /* (nullable) */
  char                   *note;    /* (nullable) */
  gint32                  specials[WB_N_SPECIALS];
  GHashTable             *added; /* id -> name, of tokens beside the vocabulary's */
  gsize                   n_ids;
  gsize                   next_free;    /* no id from the pieces' number up to it is free */
  GPtrArray              *source_names; /* of the files that wb_tokenizer_save() writes */
  GPtrArray              *source_bytes;
};

/**
 * wb_tokenizer_new_unigram:
 * @file: (transfer full): parsed, or filled and closed
 * @config: (transfer full): moved out of; empty afterwards
 * @name: what messages call the vocabulary: a path
 *
 * A tokenizer from tables in memory; whatever file they came from.
 */
WbTokenizer *wb_tokenizer_new_unigram (WbSpmFile         *file,
                                       WbTokenizerConfig *config,
                                       const char        *name,
                                       GError           **error);

/* The same of a closed byte-level BPE. */
WbTokenizer *
wb_tokenizer_new_bpe (WbBpe *bpe, WbTokenizerConfig *config, const char *name, GError **error);

/* A file that wb_tokenizer_save() writes as it was read. */
void wb_tokenizer_keep_source (WbTokenizer *self, const char *name, GBytes *bytes);

gboolean wb_tokenizer_has_source (const WbTokenizer *self, const char *name);

/* The parts of the two constructors: an empty tokenizer, and the ids of the special and added
 * tokens, when model and config are there. */
WbTokenizer *wb_tokenizer_new_empty (const WbTokenizerModel *model, WbTokenizerConfig *config);
gboolean     wb_tokenizer_find_specials (WbTokenizer *self, const char *name, GError **error);

/* A token and where it came from. */
typedef struct
{
  gint32   id;
  WbOffset offset;
} WbToken;

/* @public first: a WbEncoding * is one of these. */
struct _WbEncodingMemory
{
  WbEncoding public;
  gsize        capacity;
  GArray      *sides[2]; /* WbToken */
  GArray      *pieces;   /* WbSpmPiece */
  GArray      *spans;    /* WbSourceSpan, one per byte of a normalized part */
  GString     *lowered;
  GArray      *lowered_from; /* guint32: the source's character of each of @lowered's */
  WbBpeScratch bpe;
};

/* Tokens of @text, which may hold NUL, into @tokens, with @memory's scratch. */
gboolean wb_tokenizer_encode_side (const WbTokenizer *self,
                                   const char        *text,
                                   gsize              length,
                                   WbEncodingMemory  *memory,
                                   GArray            *tokens,
                                   GError           **error);

G_END_DECLS
