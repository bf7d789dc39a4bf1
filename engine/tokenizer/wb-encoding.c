#include "config.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/tokenizer/unigram/wb-normalizer-private.h"
#include "engine/tokenizer/wb-tokenizer-private.h"
#include "engine/tokenizer/wb-truncation-private.h"
#include "engine/tokenizer/wb-characters-private.h"

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
  wb_bpe_scratch_init (&self->bpe);
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
  wb_bpe_scratch_clear (&self->bpe);
  g_free (self->public.ids);
  g_free (self->public.type_ids);
  g_free (self->public.offsets);
  g_free (self);
}

/* One text: what is between added tokens is encoded part by part. */

static gboolean /* @base: the part's first character in the text */
encode_between (const WbTokenizer *self,
                const char        *text,
                gsize              length,
                guint32            base,
                WbEncodingMemory  *memory,
                GArray            *tokens,
                GError           **error)
{
  const guint first = tokens->len;

  if (length == 0)
    return TRUE;
  if (!self->model->encode_side (self, text, length, memory, tokens, error))
    return FALSE;
  for (guint i = first; base > 0 && i < tokens->len; i++)
    {
      WbOffset *offset = &g_array_index (tokens, WbToken, i).offset;
      offset->start += base;
      offset->end += base;
    }
  return TRUE;
}

gboolean
wb_tokenizer_encode_side (const WbTokenizer *self,
                          const char        *text,
                          gsize              length,
                          WbEncodingMemory  *memory,
                          GArray            *tokens,
                          GError           **error)
{
  gsize        at = 0;
  guint32      base = 0;
  WbAddedMatch match;

  g_array_set_size (tokens, 0);
  while (self->literal != NULL && wb_added_next (self->literal, text, length, at, &match))
    {
      WbToken token = { match.token->id, { 0, 0 } };
      if (!encode_between (self, text + at, match.start - at, base, memory, tokens, error))
        return FALSE;
      token.offset.start = base + wb_count_characters (text + at, match.start - at);
      token.offset.end =
          token.offset.start + wb_count_characters (text + match.start, match.end - match.start);
      g_array_append_val (tokens, token);
      base = token.offset.end;
      at = match.end;
    }
  return encode_between (self, text + at, length - at, base, memory, tokens, error);
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
