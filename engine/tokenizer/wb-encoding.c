#include "config.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/wb-normalizer-private.h"
#include "engine/tokenizer/wb-tokenizer-private.h"
#include "engine/tokenizer/wb-truncation-private.h"

#define MAX_TEXT_BYTES (64u << 20)

WbEncoding *
wb_encoding_new (void)
{
  WbEncodingMemory *self = g_new0 (WbEncodingMemory, 1);

  for (guint i = 0; i < 2; i++)
    self->sides[i] = g_array_new (FALSE, FALSE, sizeof (WbToken));
  self->pieces = g_array_new (FALSE, FALSE, sizeof (WbSpmPiece));
  self->spans = g_array_new (FALSE, FALSE, sizeof (WbSourceSpan));
  self->lowered = g_string_new (NULL);
  self->lowered_from = g_array_new (FALSE, FALSE, sizeof (guint32));
  return &self->public;
}

void
wb_encoding_free (WbEncoding *encoding)
{
  WbEncodingMemory *self = (WbEncodingMemory *) encoding;

  if (self == NULL)
    return;
  for (guint i = 0; i < 2; i++)
    g_array_unref (self->sides[i]);
  g_array_unref (self->pieces);
  g_array_unref (self->spans);
  g_array_unref (self->lowered_from);
  g_string_free (self->lowered, TRUE);
  g_free (self->public.ids);
  g_free (self->public.type_ids);
  g_free (self->public.offsets);
  g_free (self);
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

static gboolean /* fact sheet 8.5: ASCII's, symbols included, and Unicode's category P */
is_punctuation (gunichar c)
{
  if (c < 128)
    return g_ascii_ispunct ((char) c);
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONNECT_PUNCTUATION:
    case G_UNICODE_DASH_PUNCTUATION:
    case G_UNICODE_CLOSE_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_INITIAL_PUNCTUATION:
    case G_UNICODE_OTHER_PUNCTUATION:
    case G_UNICODE_OPEN_PUNCTUATION:
      return TRUE;
    default:
      return FALSE;
    }
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
      if (!is_punctuation (g_utf8_get_char (text)))
        while (next < end && !is_punctuation (g_utf8_get_char (next)))
          next = g_utf8_next_char (next);
      if (!encode_part (self, text, (gsize) (next - text), base, memory, tokens, error))
        return FALSE;
      base += wb_count_characters (text, (gsize) (next - text));
      text = next;
    }
  return TRUE;
}

static void /* character by character, so that places can be told; İ alone becomes two */
lower (WbEncodingMemory *memory, const char *text, gsize length)
{
  guint32 from = 0;

  g_string_truncate (memory->lowered, 0);
  g_array_set_size (memory->lowered_from, 0);
  for (const char *p = text; p < text + length; p = g_utf8_next_char (p), from++)
    {
      const gunichar c = g_utf8_get_char (p);
      g_string_append_unichar (memory->lowered, c == 0x130 ? 'i' : g_unichar_tolower (c));
      g_array_append_val (memory->lowered_from, from);
      if (c != 0x130)
        continue;
      g_string_append_unichar (memory->lowered, 0x307);
      g_array_append_val (memory->lowered_from, from);
    }
}

static void
place_in_source (const GArray *from, GArray *tokens)
{
  for (guint i = 0; i < tokens->len; i++)
    {
      WbOffset      *offset = &g_array_index (tokens, WbToken, i).offset;
      const gboolean empty = offset->start == offset->end;
      if (offset->start < from->len)
        offset->start = g_array_index (from, guint32, offset->start);
      offset->end = empty ? offset->start : g_array_index (from, guint32, offset->end - 1) + 1;
    }
}

gboolean
wb_tokenizer_encode_side (const WbTokenizer *self,
                          const char        *text,
                          gsize              length,
                          WbEncodingMemory  *memory,
                          GArray            *tokens,
                          GError           **error)
{
  gboolean ok;

  g_array_set_size (tokens, 0);
  if (self->config.do_lower_case)
    {
      lower (memory, text, length);
      text = memory->lowered->str;
      length = memory->lowered->len;
    }
  ok = self->config.split_by_punct ? encode_split (self, text, length, memory, tokens, error)
                                   : encode_part (self, text, length, 0, memory, tokens, error);
  if (ok && self->config.do_lower_case)
    place_in_source (memory->lowered_from, tokens);
  return ok;
}

/* One feature */

static gboolean
check_text (const char *text, gsize *length, GError **error)
{
  const char *bad;

  *length = strlen (text);
  if (*length > MAX_TEXT_BYTES)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                   "a text of %" G_GSIZE_FORMAT " bytes; at most %u can be tokenized at once",
                   *length, MAX_TEXT_BYTES);
      return FALSE;
    }
  if (g_utf8_validate_len (text, *length, &bad))
    return TRUE;
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
               "byte %" G_GSIZE_FORMAT " of the text is not UTF-8", (gsize) (bad - text));
  return FALSE;
}

static void
reserve (WbEncodingMemory *self, gsize n)
{
  WbEncoding *out = &self->public;

  if (n <= self->capacity)
    return;
  self->capacity = MAX (n, 2 * self->capacity);
  out->ids = g_renew (gint32, out->ids, self->capacity);
  out->type_ids = g_renew (gint32, out->type_ids, self->capacity);
  out->offsets = g_renew (WbOffset, out->offsets, self->capacity);
}

static void
put (WbEncoding *out, gint32 id, gint32 type, WbOffset offset)
{
  out->ids[out->n] = id;
  out->type_ids[out->n] = type;
  out->offsets[out->n++] = offset;
}

static void
put_side (const WbTokenizer *self,
          WbEncodingMemory  *memory,
          guint              side,
          const WbKeep      *keep,
          gint32             type)
{
  for (gsize i = keep->first; i < keep->end; i++)
    {
      const WbToken *token = &g_array_index (memory->sides[side], WbToken, i);
      put (&memory->public, token->id, type, token->offset);
    }
  put (&memory->public, self->specials[WB_SPECIAL_SEP], type, (WbOffset){ 0 });
}

static gboolean /* @budget: tokens beside the special ones */
get_budget (const WbEncodeOptions *options, gsize n_sides, gsize *budget, GError **error)
{
  const gsize n_special = n_sides + 1;

  *budget = G_MAXSIZE;
  if (options == NULL || options->max_length == 0)
    return TRUE;
  if (options->max_length < n_special)
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
                   "a length of %" G_GSIZE_FORMAT " has no room for the %" G_GSIZE_FORMAT
                   " special tokens",
                   options->max_length, n_special);
      return FALSE;
    }
  *budget = options->max_length - n_special;
  return TRUE;
}

static void
assemble (const WbTokenizer     *self,
          WbEncodingMemory      *memory,
          gsize                  n_sides,
          gsize                  budget,
          const WbEncodeOptions *options)
{
  WbEncoding *out = &memory->public;
  WbKeep      keep[2] = { { 0, memory->sides[0]->len }, { 0, memory->sides[1]->len } };
  gsize       total = 0, left = 0;

  for (gsize i = 0; i < n_sides; i++)
    total += keep[i].end;
  out->n = 0;
  out->swapped = FALSE;
  if (options != NULL && options->truncation == WB_TRUNCATION_PUBLISHED)
    out->swapped = wb_truncate_published (keep, n_sides, budget, options->truncation_seed);
  else
    wb_truncate_longest_first (keep, n_sides, budget);
  for (gsize i = 0; i < n_sides; i++)
    left += keep[i].end - keep[i].first;
  out->truncated = total - left;
  reserve (memory, left + n_sides + 1);
  put (out, self->specials[WB_SPECIAL_CLS], 0, (WbOffset){ 0 });
  for (guint i = 0; i < n_sides; i++)
    {
      const guint side = out->swapped ? 1 - i : i;
      put_side (self, memory, side, &keep[side], (gint32) i);
    }
}

gboolean
wb_tokenizer_encode (const WbTokenizer     *self,
                     const char            *text,
                     const char            *pair,
                     const WbEncodeOptions *options,
                     WbEncoding            *out,
                     GError               **error)
{
  WbEncodingMemory *memory = (WbEncodingMemory *) out;
  const char       *texts[2] = { text, pair };
  const gsize       n_sides = pair != NULL ? 2 : 1;
  gsize             budget;

  g_return_val_if_fail (self != NULL && text != NULL && out != NULL, FALSE);

  if (!get_budget (options, n_sides, &budget, error))
    return FALSE;
  for (gsize i = 0; i < n_sides; i++)
    {
      gsize length;
      if (!check_text (texts[i], &length, error) ||
          !wb_tokenizer_encode_side (self, texts[i], length, memory, memory->sides[i], error))
        return FALSE;
    }
  assemble (self, memory, n_sides, budget, options);
  return TRUE;
}
