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
} WbExample;

G_END_DECLS
