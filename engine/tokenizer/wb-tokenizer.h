#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Characters [start, end) of the source text, Unicode characters counted from 0; special tokens: 0,
 * 0. */
typedef struct
{
  guint32 start;
  guint32 end;
} WbOffset;

/**
 * WbEncoding:
 *
 * One feature: [CLS] a [SEP] (b [SEP]).  @offsets are of the text that the token's type says;
 * @truncated counts the tokens cut off.
 */
typedef struct
{
  gsize     n;
  gint32   *ids;
  gint32   *type_ids;
  WbOffset *offsets;
  gsize     truncated;
} WbEncoding;

WbEncoding *wb_encoding_new (void);
void        wb_encoding_free (WbEncoding *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbEncoding, wb_encoding_free)

typedef enum
{
  WB_TRUNCATION_LONGEST_FIRST, /* from the right of the longer side (fact sheet 8.7) */
  WB_TRUNCATION_PUBLISHED,     /* fact sheet 6.2: random ends, may swap the segments */
} WbTruncation;

/**
 * WbEncodeOptions:
 * @max_length: tokens with the special ones; 0: no limit
 * @truncation_seed: place of the example in its set, for %WB_TRUNCATION_PUBLISHED
 */
typedef struct
{
  gsize        max_length;
  WbTruncation truncation;
  guint64      truncation_seed;
} WbEncodeOptions;

/**
 * WbTokenizer:
 *
 * Immutable after loading; wb_tokenizer_encode() may run on several threads at once.
 */
typedef struct _WbTokenizer WbTokenizer;

/**
 * wb_tokenizer_load:
 * @folder: with spm.model, and tokenizer_config.json where there is one
 * @error: WB_ENGINE_ERROR_MISSING, _INVALID or _UNSUPPORTED
 */
WbTokenizer *wb_tokenizer_load (const char *folder, GError **error);
void         wb_tokenizer_free (WbTokenizer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbTokenizer, wb_tokenizer_free)

gsize wb_tokenizer_get_n_ids (const WbTokenizer *self); /* pieces and added tokens */
/* (transfer full): the piece of an id, "▁the"; %NULL when there is none */
char  *wb_tokenizer_dup_token (const WbTokenizer *self, gint32 id);
gint32 wb_tokenizer_get_id (const WbTokenizer *self, const char *token); /* -1: not there */

/* @text, @pair: UTF-8, checked by the caller's reader; invalid UTF-8 is an error with its byte.
 * @out is reused. */
gboolean wb_tokenizer_encode (const WbTokenizer     *self,
                              const char            *text,
                              const char            *pair,
                              const WbEncodeOptions *options,
                              WbEncoding            *out,
                              GError               **error);

/* Copies the files that the tokenizer was loaded from into @folder. */
gboolean wb_tokenizer_save (const WbTokenizer *self, const char *folder, GError **error);

G_END_DECLS
