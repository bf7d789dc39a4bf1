#pragma once

#include "data/datasets/wb-example.h"
#include "data/datasets/wb-tsv-reader.h"
#include "data/tasks/wb-task.h"

G_BEGIN_DECLS

/**
 * WbConllReader:
 * @text: the sentence's words, a blank between them
 * @words: (element-type WbWord) its words
 * @line: of its first word, from 1
 *
 * CoNLL-2003's files (fact sheet 6.8): a word a line, columns separated by blanks or tabs, the word
 * in the first and its label in the last; a blank line ends a sentence, a line that begins with
 * "-DOCSTART-" a document.  Labels are IOB1, IOB2 or BIOES, and come out as IOB2.
 */
typedef struct
{
  const WbTask *task;
  const char   *name;
  gboolean      labels;    /* whether the last column is read */
  guint         n_columns; /* of every line; 0: none read yet */
  const char   *next;
  const char   *end;
  guint32       at; /* line of the file */
  GString      *text;
  GArray       *words;
  guint32       line;
} WbConllReader;

/* @data is lent, and checked by wb_text_check() first. */
void wb_conll_reader_init (WbConllReader *self,
                           const WbTask  *task,
                           const char    *data,
                           const char    *end,
                           const char    *name,
                           gboolean       labels);
void wb_conll_reader_clear (WbConllReader *self);

/* The next sentence; %FALSE behind the last, or with WB_DATASET_ERROR_ROW or _LABEL: file, line,
 * column. */
gboolean wb_conll_reader_next (WbConllReader *self, GError **error);

G_END_DECLS
