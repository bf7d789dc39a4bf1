#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbOffset:
 *
 * Characters [start, end) of the source text, Unicode characters counted from 0; special tokens:
 * 0, 0.  The first piece of a word has the blanks before it, as SentencePiece counts (a byte-level
 * BPE: the one before it); all pieces that one character became (the bytes of byte fallback or of a
 * BPE, the dots of an ellipsis) share its span; a lone blank that was put in front of the text has
 * an empty one.
 */
typedef struct
{
  guint32 start;
  guint32 end;
} WbOffset;

/**
 * WbEncoding:
 *
 * One feature: [CLS] a [SEP] (b [SEP]).  @type_ids: 0 up to the first [SEP], 1 after it.
 * @truncated counts the tokens cut off.  @swapped: the published truncation put the pair's second
 * text first.  @offsets are of the text that the token belongs to: the first one for type 0,
 * unless @swapped.
 */
typedef struct
{
  gsize     n;
  gint32   *ids;
  gint32   *type_ids;
  WbOffset *offsets;
  gsize     truncated;
  gboolean  swapped;
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

/* In the order in which missing ones are appended (fact sheet 8.5). */
typedef enum
{
  WB_SPECIAL_MASK,
  WB_SPECIAL_SEP,
  WB_SPECIAL_PAD,
  WB_SPECIAL_UNK,
  WB_SPECIAL_CLS,
  WB_N_SPECIALS,
} WbSpecial;

typedef enum
{
  WB_TOKENIZER_UNIGRAM, /* SentencePiece: v2, v3, mDeBERTa */
  WB_TOKENIZER_BPE,     /* GPT-2's byte-level BPE: v1 */
} WbTokenizerKind;

/**
 * WbTokenizer:
 *
 * A DeBERTa vocabulary, a unigram SentencePiece model or a byte-level BPE, and what its folder says
 * beside it.  [CLS], [SEP], [PAD], [UNK] and [MASK] are the pieces of those names, else added
 * tokens after the last piece.  Immutable after loading; wb_tokenizer_encode() may run on several
 * threads at once.
 */
typedef struct _WbTokenizer WbTokenizer;

/**
 * wb_tokenizer_find_vocabulary:
 *
 * Returns: (transfer full): names of the files of @folder that the vocabulary is read from:
 * spm.model; else vocab.json and merges.txt; else bpe_encoder.bin; else tokenizer.json.
 * %NULL-terminated; empty: there is none.
 */
char **wb_tokenizer_find_vocabulary (const char *folder);

/* Those, then the tokenizer's files beside them; empty where there is no vocabulary. */
char **wb_tokenizer_find_files (const char *folder);

/**
 * wb_tokenizer_load:
 * @folder: with the files of wb_tokenizer_find_files()
 * @error: WB_ENGINE_ERROR_MISSING, _INVALID or _UNSUPPORTED
 */
WbTokenizer *wb_tokenizer_load (const char *folder, GError **error);
void         wb_tokenizer_free (WbTokenizer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbTokenizer, wb_tokenizer_free)

WbTokenizerKind wb_tokenizer_get_kind (const WbTokenizer *self);
/* The id of [MASK], [SEP] …, whatever they are called in this vocabulary. */
gint32 wb_tokenizer_get_special (const WbTokenizer *self, WbSpecial special);

/* (nullable): in a sentence, where the files say less than the published tokenizers do and these
 * are followed (docs/tokenizers.md, "Only tokenizer.json") */
const char *wb_tokenizer_get_note (const WbTokenizer *self);

gsize wb_tokenizer_get_n_ids (const WbTokenizer *self); /* pieces and added tokens */
/* (transfer full): the piece of an id, "▁the"; %NULL when there is none */
char  *wb_tokenizer_dup_token (const WbTokenizer *self, gint32 id);
gint32 wb_tokenizer_get_id (const WbTokenizer *self, const char *token); /* -1: not there */

/**
 * wb_tokenizer_is_part_of_word:
 *
 * Returns: whether the token goes on with the word before it (fact sheet 8.5, part_of_whole_word):
 * it does not begin with a blank and is neither a special token nor one character of punctuation,
 * of control or of white space
 */
gboolean wb_tokenizer_is_part_of_word (const WbTokenizer *self, gint32 id);

/**
 * wb_tokenizer_encode:
 * @text: UTF-8
 * @pair: (nullable): UTF-8
 * @options: (nullable): no limit
 * @out: filled; its memory is reused
 * @error: WB_ENGINE_ERROR_INVALID: not UTF-8 (with the byte), or a limit that has no room for the
 * special tokens
 *
 * Any thread, one @out per thread.  Names of special tokens inside a text are ordinary text (fact
 * sheet 8.5).
 */
gboolean wb_tokenizer_encode (const WbTokenizer     *self,
                              const char            *text,
                              const char            *pair,
                              const WbEncodeOptions *options,
                              WbEncoding            *out,
                              GError               **error);

/**
 * wb_tokenizer_save:
 * @folder: made where it is not there
 * @error: a G_FILE_ERROR
 *
 * Writes the files that the tokenizer was loaded from, as they were then; of bpe_encoder.bin a
 * vocab.json and a merges.txt, and a tokenizer_config.json where it had none beside it; but that
 * file itself where a tokenizer.json lay beside it.
 */
gboolean wb_tokenizer_save (const WbTokenizer *self, const char *folder, GError **error);

G_END_DECLS
