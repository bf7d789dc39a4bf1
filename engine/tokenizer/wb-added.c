#include "config.h"

#include <string.h>

#include "engine/tokenizer/wb-added-private.h"

struct _WbAdded
{
  GPtrArray *tokens;      /* WbAddedToken, in the order of their bytes */
  guint      starts[257]; /* of the tokens that begin with a byte */
};

static gint
compare (gconstpointer a, gconstpointer b)
{
  const WbAddedToken *const *one = a, *const *two = b;

  return strcmp ((*one)->content, (*two)->content);
}

WbAdded *
wb_added_new (const WbTokenizerConfig *config)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer       token;
  WbAdded       *self;
  guint          i = 0;

  g_hash_table_iter_init (&iter, config->added);
  while (g_hash_table_iter_next (&iter, NULL, &token))
    if (!wb_tokenizer_config_is_special (config, ((WbAddedToken *) token)->content))
      g_ptr_array_add (tokens, token);
  if (tokens->len == 0)
    return NULL;
  g_ptr_array_sort (tokens, compare);
  self = g_new0 (WbAdded, 1);
  for (guint byte = 0; byte < 256; byte++)
    {
      self->starts[byte] = i;
      while (i < tokens->len && (guint8) ((WbAddedToken *) tokens->pdata[i])->content[0] == byte)
        i++;
    }
  self->starts[256] = i;
  self->tokens = g_steal_pointer (&tokens);
  return self;
}

void
wb_added_free (WbAdded *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->tokens);
  g_free (self);
}

static guint8 /* a token ends with 0 */
byte_at (const WbAdded *self, guint token, gsize depth)
{
  return (guint8) ((const WbAddedToken *) self->tokens->pdata[token])->content[depth];
}

static guint /* the first token of [low, high) whose byte at @depth is not below @byte */
bound (const WbAdded *self, guint low, guint high, gsize depth, guint byte)
{
  while (low < high)
    {
      const guint middle = low + (high - low) / 2;
      if (byte_at (self, middle, depth) < byte)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Unicode's White_Space, as the tokenizers library strips it. */
static gboolean
is_blank (gunichar c)
{
  return (c >= 0x9 && c <= 0xd) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

static gboolean /* a word of its own: the text's ends or blanks around it */
stands_alone (const char *text, gsize length, gsize start, gsize end)
{
  return (start == 0 || is_blank (g_utf8_get_char (g_utf8_prev_char (text + start)))) &&
         (end == length || is_blank (g_utf8_get_char (text + end)));
}

/* The longest token at @at: the tokens that agree so far lie side by side. */
static const WbAddedToken *
match_here (const WbAdded *self, const char *text, gsize length, gsize at)
{
  const guint8        first = (guint8) text[at];
  guint               low = self->starts[first], high = self->starts[first + 1];
  const WbAddedToken *best = NULL;

  for (gsize depth = 1; low < high; depth++)
    {
      const WbAddedToken *token = self->tokens->pdata[low]; /* the shortest comes first */
      if (token->content[depth] == '\0')
        {
          if (!token->single_word || stands_alone (text, length, at, at + depth))
            best = token;
          low++;
        }
      if (at + depth == length || text[at + depth] == '\0')
        break;
      high = bound (self, low, high, depth, (guint8) text[at + depth] + 1u);
      low = bound (self, low, high, depth, (guint8) text[at + depth]);
    }
  return best;
}

static void
take_blanks (const char *text, gsize length, gsize from, WbAddedMatch *match)
{
  while (match->token->rstrip && match->end < length &&
         is_blank (g_utf8_get_char (text + match->end)))
    match->end = (gsize) (g_utf8_next_char (text + match->end) - text);
  while (match->token->lstrip && match->start > from)
    {
      const char *before = g_utf8_prev_char (text + match->start);
      if (!is_blank (g_utf8_get_char (before)))
        return;
      match->start = (gsize) (before - text);
    }
}

gboolean
wb_added_next (const WbAdded *self, const char *text, gsize length, gsize from, WbAddedMatch *match)
{
  for (gsize at = from; at < length; at++)
    {
      const WbAddedToken *token = match_here (self, text, length, at);
      if (token == NULL)
        continue;
      *match = (WbAddedMatch){ token, at, at + strlen (token->content) };
      take_blanks (text, length, from, match);
      return TRUE;
    }
  return FALSE;
}
