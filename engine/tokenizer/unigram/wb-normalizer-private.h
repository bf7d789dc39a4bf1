#pragma once

#include "engine/tokenizer/unigram/wb-spm-file-private.h"

G_BEGIN_DECLS

/**
 * WbSourceSpan:
 *
 * Where a byte of the normalized text came from: characters [start, end) of the source.
 */
typedef struct
{
  guint32 start;
  guint32 end;
} WbSourceSpan;

/**
 * wb_normalizer_align:
 * @text: valid UTF-8
 * @spans: (element-type WbSourceSpan) (out): one for each byte of the normalized text
 *
 * SentencePiece's normalization (fact sheet 8.4), for its positions only: the library normalizes
 * by itself and tells where a piece begins, but not where it ends when one character became
 * several.  All that one character (or one replaced sequence) became shares its span; blanks that
 * were dropped belong to what stands before them; a blank put in front has an empty span.
 */
void wb_normalizer_align (const WbSpmFile *file, const char *text, gsize length, GArray *spans);

G_END_DECLS
