#pragma once

#include "data/tasks/wb-task.h"

G_BEGIN_DECLS

/**
 * WbEntity:
 * @first, @end: words of the sentence, from 0
 * @label: index in the task's labels of the first word: says the type
 */
typedef struct
{
  gsize first;
  gsize end;
  int   label;
} WbEntity;

/**
 * wb_entities_find:
 * @labels: (n) indexes in the task's labels; one sentence
 * @entities: (element-type WbEntity): filled anew
 *
 * Spans as conlleval finds them (fact sheet 6.8): one starts at B, at I behind O, and where the
 * type changes.
 */
void wb_entities_find (const WbTask *task, const int *labels, gsize n, GArray *entities);

/* "PER" for "B-PER". */
const char *wb_entity_get_type (const WbTask *task, const WbEntity *entity);

/**
 * WbEntityScore:
 *
 * What conlleval counts: entities that are right in type, start and end, over all sentences.
 */
typedef struct
{
  gsize correct;   /* entities found that are right */
  gsize predicted; /* entities found */
  gsize gold;      /* entities that there are */
  gsize words;
  gsize right_words;
} WbEntityScore;

/* One sentence: what is so, and what was said, (n) each. */
void wb_entity_score_add (WbEntityScore *self,
                          const WbTask  *task,
                          const int     *gold,
                          const int     *predicted,
                          gsize          n);

/* "f1", "precision", "recall" over entities, "accuracy" over words; what nothing can be said of
 * (0/0) is 0, as seqeval and conlleval have it. */
double wb_entity_score_get (const WbEntityScore *self, const char *metric);

G_END_DECLS
