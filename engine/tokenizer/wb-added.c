#include "config.h"

#include <string.h>

#include "engine/tokenizer/bpe/wb-bpe-split-private.h"
#include "engine/tokenizer/wb-added-private.h"
#include "engine/tokenizer/wb-lower-case-private.h"

/* A token as it is looked for. */
typedef struct
{
  const WbAddedToken *token;
  char               *key; /* its content, or that in lower case */
} Entry;

/* Entries in the order of their bytes. */
typedef struct
{
  GArray *entries;
  guint   starts[257]; /* of the entries that begin with a byte */
} Table;

struct _WbAdded
{
  Table exact;
  Table folded;
};

static void
clear_entry (gpointer data)
{
  g_free (((Entry *) data)->key);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Entry *) a)->key, ((const Entry *) b)->key);
}

static char *
dup_lower (const char *text)
{
  GString *out = g_string_new (NULL);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      char        bytes[WB_LOWER_BYTES];
      const gsize n = wb_lower_case (g_utf8_get_char (text), bytes);
      g_string_append_len (out, bytes, (gssize) n);
    }
  return g_string_free (out, FALSE);
}

static void
table_init (Table *self)
{
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, clear_entry);
}

static const char *
get_key (const Table *self, guint i)
{
  return g_array_index (self->entries, Entry, i).key;
}

static void
table_close (Table *self)
{
  guint i = 0;

  g_array_sort (self->entries, compare);
  for (guint byte = 0; byte < 256; byte++)
    {
      self->starts[byte] = i;
      while (i < self->entries->len && (guint8) get_key (self, i)[0] == byte)
        i++;
    }
  self->starts[256] = i;
}

WbAdded *
wb_added_new (const WbTokenizerConfig *config)
{
  WbAdded       *self = g_new0 (WbAdded, 1);
  GHashTableIter iter;
  gpointer       value;

  table_init (&self->exact);
  table_init (&self->folded);
  g_hash_table_iter_init (&iter, config->added);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const WbAddedToken *token = value;
      const Entry         exact = { token, g_strdup (token->content) };
      const Entry         folded = { token, dup_lower (token->content) };
      const gboolean      skip = wb_tokenizer_config_is_special (config, token->content);
      if (!skip)
        g_array_append_val (self->exact.entries, exact);
      if (!skip && token->normalized && config->flags[WB_TOKENIZER_LOWER_CASE])
        g_array_append_val (self->folded.entries, folded);
      else
        g_free (folded.key);
      if (skip)
        g_free (exact.key);
    }
  table_close (&self->exact);
  table_close (&self->folded);
  if (self->exact.entries->len == 0)
    g_clear_pointer (&self, wb_added_free);
  return self;
}

void
wb_added_free (WbAdded *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->exact.entries);
  g_array_unref (self->folded.entries);
  g_free (self);
}

static gboolean /* as the tokenizers library strips */
is_blank (gunichar c)
{
  return wb_unicode_get_class (c) == WB_UNICODE_SPACE;
}

static gboolean /* a word of its own: the text's ends or blanks around it */
stands_alone (const char *text, gsize length, gsize start, gsize end)
{
  return (start == 0 || is_blank (g_utf8_get_char (g_utf8_prev_char (text + start)))) &&
         (end == length || is_blank (g_utf8_get_char (text + end)));
}

/* The entries that agree with what was read so far lie side by side. */
typedef struct
{
  const Table *table;
  guint        low;
  guint        high;
  gsize        depth;
} Range;

static guint /* the first entry whose byte at the range's depth is not below @byte */
bound (const Range *self, guint byte)
{
  guint low = self->low, high = self->high;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;
      if ((guint8) get_key (self->table, middle)[self->depth] < byte)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
narrow (Range *self, guint8 byte)
{
  if (self->depth == 0)
    {
      self->low = self->table->starts[byte];
      self->high = self->table->starts[byte + 1];
    }
  else
    {
      self->high = bound (self, byte + 1u);
      self->low = bound (self, byte);
    }
  self->depth++;
}

static const WbAddedToken * /* (nullable): an entry that ends here; the shortest comes first */
get_complete (const Range *self)
{
  return self->low < self->high && get_key (self->table, self->low)[self->depth] == '\0'
             ? g_array_index (self->table->entries, Entry, self->low).token
             : NULL;
}

static void /* @match: made longer where @table has a longer entry at @at */
match_here (const Table  *table,
            gboolean      folded,
            const char   *text,
            gsize         length,
            gsize         at,
            WbAddedMatch *match)
{
  Range range = { table, 0, table->entries->len, 0 };
  gsize end = at;

  while (end < length && range.low < range.high)
    {
      const gsize         next = (gsize) (g_utf8_next_char (text + end) - text);
      char                lowered[WB_LOWER_BYTES];
      const char         *bytes = text + end;
      gsize               n = next - end;
      const WbAddedToken *token;
      if (folded)
        {
          n = wb_lower_case (g_utf8_get_char (bytes), lowered);
          bytes = lowered;
        }
      if (memchr (bytes, '\0', n) != NULL)
        return;
      for (gsize i = 0; i < n && range.low < range.high; i++)
        narrow (&range, (guint8) bytes[i]);
      end = next;
      token = get_complete (&range);
      if (token != NULL && end > match->end &&
          (!token->single_word || stands_alone (text, length, at, end)))
        *match = (WbAddedMatch){ token, at, end };
    }
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
  const char *end = text + length;

  *match = (WbAddedMatch){ 0 };
  for (const char *p = text + from; p < end; p = g_utf8_next_char (p))
    {
      match_here (&self->exact, FALSE, text, length, (gsize) (p - text), match);
      if (self->folded.entries->len > 0)
        match_here (&self->folded, TRUE, text, length, (gsize) (p - text), match);
      if (match->token == NULL)
        continue;
      take_blanks (text, length, from, match);
      return TRUE;
    }
  return FALSE;
}
