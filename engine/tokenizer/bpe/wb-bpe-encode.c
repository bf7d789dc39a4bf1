#include "config.h"

#include <string.h>

#include "engine/tokenizer/bpe/wb-bpe-split-private.h"
#include "engine/tokenizer/bpe/wb-bpe-table-private.h"
#include "engine/tokenizer/wb-tokenizer-private.h"

/* Up to here the lowest rank is looked for among all pairs, beyond in a heap. */
#define MAX_SHORT 64

/* A word's symbol.  A symbol stands at the place of its first byte in the word. */
typedef struct
{
  gint32  symbol; /* -1: the byte is not in the vocabulary */
  guint32 rank;   /* of the pair with the next one */
  guint32 result; /* of that pair */
  guint32 previous;
  guint32 next; /* the word's length: none */
} Node;

typedef struct
{
  guint32 rank;
  guint32 place;
} HeapEntry;

void
wb_bpe_scratch_init (WbBpeScratch *self)
{
  self->nodes = g_array_new (FALSE, FALSE, sizeof (Node));
  self->heap = g_array_new (FALSE, FALSE, sizeof (HeapEntry));
}

void
wb_bpe_scratch_clear (WbBpeScratch *self)
{
  g_clear_pointer (&self->nodes, g_array_unref);
  g_clear_pointer (&self->heap, g_array_unref);
}

/* The nodes */

static void
rank_pair (const WbBpe *self, Node *nodes, guint32 n, guint32 place)
{
  Node            *node = &nodes[place];
  const WbBpePair *pair =
      node->next < n ? wb_bpe_find_pair (self, node->symbol, nodes[node->next].symbol) : NULL;

  node->rank = pair != NULL ? pair->rank : WB_BPE_NO_RANK;
  node->result = pair != NULL ? pair->result : 0;
}

static Node *
begin_word (const WbBpe *self, const guint8 *word, guint32 n, WbBpeScratch *scratch)
{
  Node *nodes;

  if (scratch->nodes->len < n)
    g_array_set_size (scratch->nodes, n);
  nodes = (Node *) (gpointer) scratch->nodes->data;
  for (guint32 i = 0; i < n; i++)
    nodes[i] = (Node){ self->bytes[word[i]], WB_BPE_NO_RANK, 0, i - 1, i + 1 };
  for (guint32 i = 0; i < n; i++)
    rank_pair (self, nodes, n, i);
  return nodes;
}

static void /* @place and the one after it become one */
merge_at (const WbBpe *self, Node *nodes, guint32 n, guint32 place)
{
  Node *node = &nodes[place], *gone = &nodes[node->next];

  node->symbol = (gint32) node->result;
  node->next = gone->next;
  gone->rank = WB_BPE_NO_RANK;
  if (node->next < n)
    nodes[node->next].previous = place;
  rank_pair (self, nodes, n, place);
  if (place > 0)
    rank_pair (self, nodes, n, node->previous);
}

static void
merge_short (const WbBpe *self, Node *nodes, guint32 n)
{
  for (;;)
    {
      guint32 best = 0;
      for (guint32 i = nodes[0].next; i < n; i = nodes[i].next)
        if (nodes[i].rank < nodes[best].rank)
          best = i;
      if (nodes[best].rank == WB_BPE_NO_RANK)
        return;
      merge_at (self, nodes, n, best);
    }
}

/* The heap: lowest rank first, of equal ones the leftmost */

static gboolean
comes_before (const HeapEntry *a, const HeapEntry *b)
{
  return a->rank != b->rank ? a->rank < b->rank : a->place < b->place;
}

static void
heap_push (GArray *heap, const Node *nodes, guint32 place)
{
  const HeapEntry entry = { nodes[place].rank, place };
  HeapEntry      *entries;
  guint           at = heap->len;

  if (entry.rank == WB_BPE_NO_RANK)
    return;
  g_array_append_val (heap, entry);
  entries = (HeapEntry *) (gpointer) heap->data;
  for (; at > 0 && comes_before (&entry, &entries[(at - 1) / 2]); at = (at - 1) / 2)
    entries[at] = entries[(at - 1) / 2];
  entries[at] = entry;
}

static HeapEntry
heap_pop (GArray *heap)
{
  HeapEntry      *entries = (HeapEntry *) (gpointer) heap->data;
  const HeapEntry top = entries[0], last = entries[heap->len - 1];
  const guint     n = heap->len - 1;
  guint           at = 0;

  for (;;)
    {
      guint child = 2 * at + 1;
      if (child + 1 < n && comes_before (&entries[child + 1], &entries[child]))
        child++;
      if (child >= n || !comes_before (&entries[child], &last))
        break;
      entries[at] = entries[child];
      at = child;
    }
  entries[at] = last;
  g_array_set_size (heap, n);
  return top;
}

static void
merge_long (const WbBpe *self, Node *nodes, guint32 n, GArray *heap)
{
  g_array_set_size (heap, 0);
  for (guint32 i = 0; i < n; i++)
    heap_push (heap, nodes, i);
  while (heap->len > 0)
    {
      const HeapEntry entry = heap_pop (heap);
      if (nodes[entry.place].rank != entry.rank)
        continue; /* one of the two is another by now */
      merge_at (self, nodes, n, entry.place);
      heap_push (heap, nodes, entry.place);
      if (entry.place > 0)
        heap_push (heap, nodes, nodes[entry.place].previous);
    }
}

/* The text */

typedef struct
{
  const WbBpe  *bpe;
  WbBpeScratch *scratch;
  GArray       *tokens;
  guint32       character; /* the source's, at the next byte */
} Encode;

static gboolean
is_continuation (guint8 byte)
{
  return (byte & 0xc0) == 0x80;
}

/* @word begins with @n_before bytes that are not in the source. */
static void
append_tokens (Encode *self, const guint8 *word, guint32 n, guint32 n_before, const Node *nodes)
{
  const WbBpeSymbol *symbols = (const WbBpeSymbol *) (gpointer) self->bpe->symbols->data;
  guint32            character = self->character; /* characters begun before the place */

  for (guint32 i = 0; i < n; i = nodes[i].next)
    {
      const guint32 next = MIN (nodes[i].next, n);
      const gint32  id = nodes[i].symbol >= 0 ? symbols[nodes[i].symbol].id : -1;
      WbToken       token = { id >= 0 ? id : self->bpe->unknown, { character, character } };

      if (i >= n_before && is_continuation (word[i]))
        token.offset.start--;
      for (guint32 k = MAX (i, n_before); k < next; k++)
        character += !is_continuation (word[k]);
      token.offset.end = character;
      if (token.id >= 0)
        g_array_append_val (self->tokens, token);
    }
  self->character = character;
}

static void
encode_word (Encode *self, const char *word, gsize length, guint32 n_before)
{
  const guint32 n = (guint32) length;
  Node         *nodes = begin_word (self->bpe, (const guint8 *) word, n, self->scratch);

  if (n <= MAX_SHORT)
    merge_short (self->bpe, nodes, n);
  else
    merge_long (self->bpe, nodes, n, self->scratch->heap);
  append_tokens (self, (const guint8 *) word, n, n_before, nodes);
}

static const char * /* the first word, with the blank that is put in front of it */
encode_prefixed (Encode *self, const char *text, const char *end)
{
  g_autoptr (GString) prefixed = g_string_new (" ");
  gsize n;

  g_string_append_len (prefixed, text, end - text);
  n = (gsize) (wb_bpe_split_next (prefixed->str, prefixed->str + prefixed->len) - prefixed->str);
  encode_word (self, prefixed->str, n, 1);
  return text + n - 1;
}

void
wb_bpe_encode (const WbBpe  *self,
               const char   *text,
               gsize         length,
               WbBpeScratch *scratch,
               GArray       *tokens)
{
  Encode      encode = { self, scratch, tokens, 0 };
  const char *end = text + length;

  if (self->prefix_space && length > 0 && *text != ' ')
    text = encode_prefixed (&encode, text, end);
  while (text < end)
    {
      const char *next = wb_bpe_split_next (text, end);
      encode_word (&encode, text, (gsize) (next - text), 0);
      text = next;
    }
}
