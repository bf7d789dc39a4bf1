#pragma once

#include "engine/tokenizer/wb-spm-file-private.h"
#include "engine/tokenizer/wb-spm.h"
#include "engine/tokenizer/wb-tokenizer-config-private.h"
#include "engine/tokenizer/wb-tokenizer.h"

G_BEGIN_DECLS

struct _WbTokenizer
{
  WbSpm            *spm;
  WbSpmFile        *file;
  WbTokenizerConfig config;
  gint32            specials[WB_N_SPECIALS];
  GHashTable       *added; /* id -> name, ids from the number of pieces on */
  gsize             n_ids;
  GPtrArray        *source_names; /* of the files that wb_tokenizer_save() writes */
  GPtrArray        *source_bytes;
};

/* A token and where it came from. */
typedef struct
{
  gint32   id;
  WbOffset offset;
} WbToken;

/* @public first: a WbEncoding * is one of these. */
typedef struct
{
  WbEncoding public;
  gsize    capacity;
  GArray  *sides[2]; /* WbToken */
  GArray  *pieces;   /* WbSpmPiece */
  GArray  *spans;    /* WbSourceSpan, one per byte of a normalized part */
  GString *lowered;
  GArray  *lowered_from; /* guint32: the source's character of each of @lowered's */
} WbEncodingMemory;

/* Tokens of @text, which may hold NUL, into @tokens, with @memory's scratch. */
gboolean wb_tokenizer_encode_side (const WbTokenizer *self,
                                   const char        *text,
                                   gsize              length,
                                   WbEncodingMemory  *memory,
                                   GArray            *tokens,
                                   GError           **error);

G_END_DECLS
