#pragma once

#include "engine/tokenizer/bpe/wb-bpe-private.h"

G_BEGIN_DECLS

#define WB_BPE_NO_RANK G_MAXUINT32

typedef struct
{
  const char *text; /* in the chunk */
  gint32      id;   /* -1: none */
} WbBpeSymbol;

typedef struct
{
  guint32 left, right, result; /* symbols */
} WbBpeMerge;

/* A slot of the pairs' open-addressed table: @rank is WB_BPE_NO_RANK where it is empty. */
typedef struct
{
  guint64 pair; /* left << 32 | right */
  guint32 rank;
  guint32 result;
} WbBpePair;

struct _WbBpe
{
  GStringChunk *texts;
  GArray       *symbols;      /* WbBpeSymbol, in the order of adding */
  GHashTable   *by_text;      /* text -> symbol + 1 */
  GArray       *by_id;        /* guint32: symbol + 1, 0 for a gap */
  GString      *merge_texts;  /* left NUL right NUL …, until closed */
  GArray       *merge_places; /* gsize, until closed */
  GArray       *merges;       /* WbBpeMerge, by rank */
  WbBpePair    *pairs;        /* (n_pairs), a power of two, at most half full */
  gsize         n_pairs;
  guint         pair_shift;
  gint32        bytes[256]; /* symbol of each byte, -1: not in the vocabulary */
  gint32        unknown;
  gboolean      prefix_space;
};

static inline const WbBpePair * /* (nullable) */
wb_bpe_find_pair (const WbBpe *self, gint32 left, gint32 right)
{
  const guint64 pair = (guint64) (guint32) left << 32 | (guint32) right;
  gsize         at;

  if (left < 0 || right < 0)
    return NULL;
  at = (gsize) (pair * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> self->pair_shift);
  while (self->pairs[at].rank != WB_BPE_NO_RANK)
    {
      if (self->pairs[at].pair == pair)
        return &self->pairs[at];
      at = (at + 1) & (self->n_pairs - 1);
    }
  return NULL;
}

G_END_DECLS
