#pragma once

#include "data/datasets/wb-dataset.h"
#include "data/datasets/wb-jsonl-reader.h"
#include "data/datasets/wb-tsv-reader.h"

G_BEGIN_DECLS

/**
 * WbColumns:
 * @text, @pair, @label, @language: from 0; -1: there is none
 * @n: columns of every row
 * @has_header: the first row names them, and is no example
 * @skips_odd: rows with another number of columns are passed over (QQP), not an error
 */
typedef struct
{
  int      text;
  int      pair;
  int      label;
  int      language;
  guint    n;
  gboolean has_header;
  gboolean skips_odd;
} WbColumns;

/**
 * wb_columns_resolve:
 * @reader: at its first row
 * @error: WB_DATASET_ERROR_COLUMN or _ROW
 *
 * By name where the first row is a header, else by the task's numbers.  With
 * %WB_DATASET_IGNORE_LABELS also plain lines: a text, or two with a tab between.
 */
gboolean wb_columns_resolve (WbColumns         *self,
                             const WbTask      *task,
                             WbSplitRole        role,
                             WbDatasetFlags     flags,
                             const WbTsvReader *reader,
                             GError           **error);

/* The same for members of a JSON row; a value that is no string or number counts as missing.
 * @label stays %NULL where it is not looked at. */
gboolean wb_columns_resolve_json (const WbTask        *task,
                                  WbSplitRole          role,
                                  WbDatasetFlags       flags,
                                  const WbJsonlReader *reader,
                                  const GString      **text,
                                  const GString      **pair,
                                  const GString      **label,
                                  GError             **error);

/* (nullable): the member that says an example's language, as it is written; %NULL where there is
 * none or the task has no languages. */
const GString *wb_columns_get_json_language (const WbTask *task, const WbJsonlReader *reader);

/* What a label can be, judged before a row is taken for an example. */
gboolean wb_task_knows_label (const WbTask *task, const WbCell *cell);
/* NaN unless the whole cell is a finite number. */
double wb_cell_to_number (const WbCell *cell);

G_END_DECLS
