#include "config.h"

#include <string.h>

#include "engine/tokenizer/wb-tokenizer-private.h"
#include "engine/tokenizer/wb-whole-word-private.h"

/* Which tokens go on with a word (fact sheet 8.5, part_of_whole_word). */

#define BLANK_PIECE "▁"

gboolean /* ASCII's, symbols included, and Unicode's category P */
wb_is_punctuation (gunichar c)
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

gboolean
wb_tokenizer_is_part_of_word (const WbTokenizer *self, gint32 id)
{
  g_autofree char *token = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  token = wb_tokenizer_dup_token (self, id);
  for (guint i = 0; i < WB_N_SPECIALS; i++)
    if (self->specials[i] == id)
      return FALSE;
  return token != NULL && continues_word (self, token);
}
