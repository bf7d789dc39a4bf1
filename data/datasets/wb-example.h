#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbExample:
 * @text: UTF-8 without NUL, lent by its #WbDataset
 * @pair: (nullable): second text
 * @label: index in the task's labels; -1: not known (test files, `predict`, regression)
 * @target: regression; NaN: not known
 * @language: index in the task's languages; -1: not known
 * @first_word, @n_words: of token tasks: its words in wb_dataset_get_words()
 * @line: of the file, from 1, the header counted
 */
typedef struct
{
  const char *text;
  const char *pair;
  int         label;
  float       target;
  guint32     line;
  int         language;
  guint32     first_word;
  guint32     n_words;
} WbExample;

/**
 * WbWord:
 * @start, @end: characters of the example's text
 * @label: index in the task's labels; -1: not known
 * @line: of the file, from 1
 */
typedef struct
{
  guint32 start;
  guint32 end;
  int     label;
  guint32 line;
} WbWord;

G_END_DECLS
