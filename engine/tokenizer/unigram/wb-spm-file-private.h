#pragma once

#include "engine/tokenizer/unigram/wb-charsmap-private.h"

G_BEGIN_DECLS

typedef enum
{
  WB_PIECE_NORMAL = 1,
  WB_PIECE_UNKNOWN = 2,
  WB_PIECE_CONTROL = 3,
  WB_PIECE_USER_DEFINED = 4,
  WB_PIECE_UNUSED = 5,
  WB_PIECE_BYTE = 6,
} WbPieceType;

#define WB_PIECE_MAX_BYTES 512

/* @text: NUL-terminated, in the file's chunk */
typedef struct
{
  const char *text;
  float       score;
  WbPieceType type;
} WbPiece;

/**
 * WbSpmFile:
 *
 * A spm.model (fact sheet 8.3), read by our own small protobuf reader and checked whole.
 * Immutable.
 */
typedef struct
{
  GArray       *pieces; /* WbPiece */
  GStringChunk *texts;
  GHashTable   *ids; /* text -> id + 1 */
  gint32        unknown_id;
  gsize         max_user_defined;        /* bytes of the longest user-defined piece; 0: none */
  guint8        user_defined_starts[32]; /* a bit for each byte that one begins with */
  gboolean      byte_fallback;
  gboolean      add_dummy_prefix;
  gboolean      remove_extra_whitespaces;
  gboolean      escape_whitespaces;
  char         *normalizer; /* its name, "nmt_nfkc" */
  GBytes       *charsmap_bytes;
  WbCharsmap    charsmap;
} WbSpmFile;

/**
 * wb_spm_file_parse:
 * @name: what messages call the file
 * @error: WB_ENGINE_ERROR_INVALID (with the byte or the piece) or _UNSUPPORTED (not a unigram
 * model, whitespace as suffix)
 */
WbSpmFile *wb_spm_file_parse (const guint8 *data, gsize size, const char *name, GError **error);
void       wb_spm_file_free (WbSpmFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbSpmFile, wb_spm_file_free)

/**
 * wb_spm_file_new:
 *
 * An empty one, with SentencePiece's defaults, for a vocabulary from elsewhere: set the fields,
 * add the pieces in the order of their ids, then close it.
 */
WbSpmFile *wb_spm_file_new (void);

/* @text: (array length=length): copied; error: WB_ENGINE_ERROR_INVALID, with the piece */
gboolean wb_spm_file_add_piece (WbSpmFile  *self,
                                const char *text,
                                gsize       length,
                                float       score,
                                WbPieceType type,
                                GError    **error);

/* Indexes and checks everything; error: WB_ENGINE_ERROR_INVALID */
gboolean wb_spm_file_close (WbSpmFile *self, GError **error);

const WbPiece *wb_spm_file_get_piece (const WbSpmFile *self, gsize id);
gint32         wb_spm_file_find (const WbSpmFile *self, const char *text); /* -1: not there */

/* (transfer full): a ModelProto of nothing but what was read and checked */
GByteArray *wb_spm_file_build (const WbSpmFile *self);

G_END_DECLS
