#pragma once

#include "data/datasets/wb-sample-grammar.h"

G_BEGIN_DECLS

/* Classes of words; a sentence is D A? N V D A? N (P D L)? T? */
typedef enum
{
  WB_WORD_DETERMINER,
  WB_WORD_ADJECTIVE,
  WB_WORD_NOUN,
  WB_WORD_VERB,
  WB_WORD_PREPOSITION,
  WB_WORD_PLACE,
  WB_WORD_TIME,
  WB_N_WORD_CLASSES,
} WbWordClass;

#define WB_SAMPLE_MAX_WORDS 16

typedef struct
{
  const char *words[WB_SAMPLE_MAX_WORDS];
  WbWordClass classes[WB_SAMPLE_MAX_WORDS];
  gsize       n;
} WbSampleSentence;

/* Who did what to whom; indexes of words. */
typedef struct
{
  gsize agent;
  gsize verb;
  gsize patient;
} WbSampleEvent;

/* Sebastiano Vigna, splitmix64.c (2015) */
typedef struct
{
  guint64 state;
} WbSampleRandom;

guint32       wb_sample_draw (WbSampleRandom *self, guint32 n); /* [0, n) */
WbSampleEvent wb_sample_draw_event (WbSampleRandom *random);

/* A sentence that tells of @event; adjectives, place and time are drawn. */
void wb_sample_tell (const WbSampleEvent *event, WbSampleRandom *random, WbSampleSentence *out);

/* Puts two words into each other's place, the first word never, so that the grammar no longer
 * makes the sentence. */
void wb_sample_disorder (WbSampleSentence *sentence, WbSampleRandom *random);

gboolean wb_sample_accepts_classes (const WbWordClass *classes, gsize n);
/* (transfer full): with a capital and a full stop */
char *wb_sample_print (const WbSampleSentence *sentence);

G_END_DECLS
