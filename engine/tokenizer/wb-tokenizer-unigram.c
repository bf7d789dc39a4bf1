#include "config.h"

#include "engine/tokenizer/wb-lower-case-private.h"
#include "engine/tokenizer/unigram/wb-normalizer-private.h"
#include "engine/tokenizer/wb-tokenizer-private.h"
#include "engine/tokenizer/wb-whole-word-private.h"
#include "engine/tokenizer/wb-characters-private.h"

/* A tokenizer over a unigram SentencePiece model. */

static gsize
get_n_pieces (const WbTokenizer *self)
{
  return self->file->pieces->len;
}

static const char *
get_piece (const WbTokenizer *self, gsize id)
{
  return wb_spm_file_get_piece (self->file, id)->text;
}

static gint32
find_piece (const WbTokenizer *self, const char *text)
{
  return wb_spm_file_find (self->file, text);
}

/* One text */

static void
append_pieces (const WbTokenizer      *self,
               const WbEncodingMemory *memory,
               guint32                 base,
               GArray                 *tokens)
{
  const GArray *spans = memory->spans;
  guint         byte = 0;

  for (guint i = 0; i < memory->pieces->len; i++)
    {
      const WbSpmPiece *piece = &g_array_index (memory->pieces, WbSpmPiece, i);
      const guint       first = MIN (byte, spans->len - 1);
      const guint       last = MIN (byte + MAX (piece->n_bytes, 1) - 1, spans->len - 1);
      const gboolean    unknown = piece->id == self->file->unknown_id;
      const WbToken     token = { unknown ? self->specials[WB_SPECIAL_UNK] : piece->id,
                              { base + g_array_index (spans, WbSourceSpan, first).start,
                                base + g_array_index (spans, WbSourceSpan, last).end } };
      g_array_append_val (tokens, token);
      byte += piece->n_bytes;
    }
}

static gboolean /* @base: the part's first character in the text */
encode_part (const WbTokenizer *self,
             const char        *text,
             gsize              length,
             guint32            base,
             WbEncodingMemory  *memory,
             GArray            *tokens,
             GError           **error)
{
  g_array_set_size (memory->pieces, 0);
  if (!wb_spm_encode (self->spm, text, length, memory->pieces, error))
    return FALSE;
  if (memory->pieces->len == 0)
    return TRUE;
  wb_normalizer_align (self->file, text, length, memory->spans);
  g_return_val_if_fail (memory->spans->len > 0, FALSE);
  append_pieces (self, memory, base, tokens);
  return TRUE;
}

static gboolean /* every punctuation character alone, what is between them together */
encode_split (const WbTokenizer *self,
              const char        *text,
              gsize              length,
              WbEncodingMemory  *memory,
              GArray            *tokens,
              GError           **error)
{
  const char *end = text + length;
  guint32     base = 0;

  while (text < end)
    {
      const char *next = g_utf8_next_char (text);
      if (!wb_is_punctuation (g_utf8_get_char (text)))
        while (next < end && !wb_is_punctuation (g_utf8_get_char (next)))
          next = g_utf8_next_char (next);
      if (!encode_part (self, text, (gsize) (next - text), base, memory, tokens, error))
        return FALSE;
      base += wb_count_characters (text, (gsize) (next - text));
      text = next;
    }
  return TRUE;
}

static void /* character by character, so that places can be told */
lower (WbEncodingMemory *memory, const char *text, gsize length)
{
  guint32 from = 0;

  g_string_truncate (memory->lowered, 0);
  g_array_set_size (memory->lowered_from, 0);
  for (const char *p = text; p < text + length; p = g_utf8_next_char (p), from++)
    {
      char        bytes[WB_LOWER_BYTES];
      const gsize n = wb_lower_case (g_utf8_get_char (p), bytes);
      g_string_append_len (memory->lowered, bytes, (gssize) n);
      for (guint32 k = wb_count_characters (bytes, n); k > 0; k--)
        g_array_append_val (memory->lowered_from, from);
    }
}

static void
place_in_source (const GArray *from, GArray *tokens, guint first)
{
  for (guint i = first; i < tokens->len; i++)
    {
      WbOffset      *offset = &g_array_index (tokens, WbToken, i).offset;
      const gboolean empty = offset->start == offset->end;
      if (offset->start < from->len)
        offset->start = g_array_index (from, guint32, offset->start);
      offset->end = empty ? offset->start : g_array_index (from, guint32, offset->end - 1) + 1;
    }
}

static gboolean
encode_side (const WbTokenizer *self,
             const char        *text,
             gsize              length,
             WbEncodingMemory  *memory,
             GArray            *tokens,
             GError           **error)
{
  const guint first = tokens->len;
  gboolean    ok;

  if (self->config.flags[WB_TOKENIZER_LOWER_CASE])
    {
      lower (memory, text, length);
      text = memory->lowered->str;
      length = memory->lowered->len;
    }
  ok = self->config.flags[WB_TOKENIZER_SPLIT_BY_PUNCT]
           ? encode_split (self, text, length, memory, tokens, error)
           : encode_part (self, text, length, 0, memory, tokens, error);
  if (ok && self->config.flags[WB_TOKENIZER_LOWER_CASE])
    place_in_source (memory->lowered_from, tokens, first);
  return ok;
}

const WbTokenizerModel wb_tokenizer_unigram = { WB_TOKENIZER_UNIGRAM, get_n_pieces, get_piece,
                                                find_piece, encode_side };

WbTokenizer *
wb_tokenizer_new_unigram (WbSpmFile         *file,
                          WbTokenizerConfig *config,
                          const char        *name,
                          GError           **error)
{
  g_autoptr (WbTokenizer) self = wb_tokenizer_new_empty (&wb_tokenizer_unigram, config);
  g_autoptr (GByteArray) checked = NULL;

  self->file = file;
  checked = wb_spm_file_build (file);
  self->spm = wb_spm_new (checked->data, checked->len, error);
  if (self->spm == NULL)
    {
      g_prefix_error (error, "%s: ", name);
      return NULL;
    }
  return wb_tokenizer_find_specials (self, name, error) ? g_steal_pointer (&self) : NULL;
}
