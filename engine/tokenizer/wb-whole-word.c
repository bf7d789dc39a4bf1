#include "config.h"

#include <string.h>

#include "engine/tokenizer/wb-tokenizer-private.h"
#include "engine/tokenizer/wb-whole-word-private.h"

/* Which tokens go on with a word (fact sheet 8.5, part_of_whole_word). */

#define BLANK_PIECE "▁"

gboolean
wb_is_punctuation (gunichar c)
{
  gsize low = 0, high = wb_n_punctuation_ranges;

  if (c < 128)
    return g_ascii_ispunct ((char) c);
  while (low < high)
    {
      const gsize middle = (low + high) / 2;
      if (c > wb_punctuation_ranges[middle].last)
        low = middle + 1;
      else
        high = middle;
    }
  return low < wb_n_punctuation_ranges && c >= wb_punctuation_ranges[low].first;
}

/* Of the one character of a piece; no vocabulary has pieces of characters that are newer than it.
 */
static gboolean
is_blank_or_control (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_SPACE_SEPARATOR:
    case G_UNICODE_CONTROL: /* tab and line ends are blanks there */
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
stands_alone (const char *text, gsize length)
{
  gunichar c;

  if (length == 1 && *text == '\0') /* which GLib takes for no UTF-8 */
    return TRUE;
  if (length == 0 || !g_utf8_validate_len (text, length, NULL) ||
      (gsize) (g_utf8_next_char (text) - text) != length)
    return FALSE;
  c = g_utf8_get_char (text);
  return is_blank_or_control (c) || wb_is_punctuation (c);
}

static void /* the bytes that the characters stand for; others stay as they are */
decode_bytes (const char *token, GString *bytes)
{
  for (const char *p = token; *p != '\0'; p = g_utf8_next_char (p))
    {
      const int byte = wb_bpe_character_byte (g_utf8_get_char (p));
      if (byte >= 0)
        g_string_append_c (bytes, (char) byte);
      else
        g_string_append_unichar (bytes, g_utf8_get_char (p));
    }
}

static gboolean
continues_word (const WbTokenizer *self, const char *token)
{
  g_autoptr (GString) bytes = NULL;

  if (self->bpe == NULL)
    return !stands_alone (token, strlen (token)) && !g_str_has_prefix (token, BLANK_PIECE);
  bytes = g_string_new (NULL);
  decode_bytes (token, bytes);
  return !stands_alone (bytes->str, bytes->len) && bytes->str[0] != ' ';
}

static gboolean
is_special (const WbTokenizer *self, gint32 id, const char *token)
{
  const WbAddedToken *added = g_hash_table_lookup (self->config.added, token);

  for (guint i = 0; i < WB_N_SPECIALS; i++)
    if (self->specials[i] == id)
      return TRUE;
  return added != NULL && added->special;
}

gboolean
wb_tokenizer_is_part_of_word (const WbTokenizer *self, gint32 id)
{
  g_autofree char *token = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  token = wb_tokenizer_dup_token (self, id);
  return token != NULL && !is_special (self, id, token) && continues_word (self, token);
}
