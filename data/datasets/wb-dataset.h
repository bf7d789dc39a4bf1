#pragma once

#include <gio/gio.h>

#include "data/datasets/wb-example.h"
#include "data/tasks/wb-task.h"

G_BEGIN_DECLS

/**
 * WbDatasetError:
 * @WB_DATASET_ERROR_MISSING: no such file
 * @WB_DATASET_ERROR_EMPTY: a file without examples
 * @WB_DATASET_ERROR_ROW: too few columns, or a row that is too long
 * @WB_DATASET_ERROR_COLUMN: the header does not name a column that is needed
 * @WB_DATASET_ERROR_ENCODING: not UTF-8, or a NUL
 * @WB_DATASET_ERROR_LABEL: a label that the task does not know, a number out of range
 * @WB_DATASET_ERROR_ONE_CLASS: every example has the same label
 * @WB_DATASET_ERROR_IO: the file cannot be read
 *
 * Every message names the file, and the line and column where there is one.
 */
typedef enum
{
  WB_DATASET_ERROR_MISSING,
  WB_DATASET_ERROR_EMPTY,
  WB_DATASET_ERROR_ROW,
  WB_DATASET_ERROR_COLUMN,
  WB_DATASET_ERROR_ENCODING,
  WB_DATASET_ERROR_LABEL,
  WB_DATASET_ERROR_ONE_CLASS,
  WB_DATASET_ERROR_IO,
} WbDatasetError;

#define WB_DATASET_ERROR (wb_dataset_error_quark ())
GQuark wb_dataset_error_quark (void);

/**
 * WbDataset:
 *
 * The examples of one file, in its order.  Immutable once loaded: any thread may read it.
 */
typedef struct _WbDataset WbDataset;

typedef enum
{
  WB_DATASET_DEFAULT = 0,
  WB_DATASET_IGNORE_LABELS = 1 << 0, /* `predict`: a label column is not looked at */
} WbDatasetFlags;

/**
 * wb_dataset_load:
 * @path: TSV, or by the end of its name JSON Lines (.jsonl) or comma-separated values (.csv,
 * #WbCsvReader); each may be gzip data, behind ".gz" or not
 * @role: chooses between the layout of train and dev files and that of test files
 * @error: #WbDatasetError
 *
 * TSV as GLUE has it: UTF-8, no quoting, LF or CRLF, a byte order mark is skipped, blank lines are
 * skipped, the last line need not end.  A header is seen by its names; columns are found by name
 * where there is one, else by number.  JSON Lines have members sentence1, sentence2 (or sentence;
 * premise, hypothesis; question, …) and label.
 *
 * Token tasks: CoNLL-2003's layout (#WbConllReader), a sentence an example, its text the words with
 * a blank between them.
 *
 * @path may be a pattern of the task's languages ("dev-*.tsv"): the files one after another, as one
 * set.  An example's language is its row's, where there is such a column, else what the file's name
 * says.
 */
WbDataset *wb_dataset_load (const WbTask  *task,
                            const char    *path,
                            WbSplitRole    role,
                            WbDatasetFlags flags,
                            GError       **error);

/* The same from memory (standard input); @name stands in messages. */
WbDataset *wb_dataset_load_bytes (const WbTask  *task,
                                  GBytes        *bytes,
                                  const char    *name,
                                  WbSplitRole    role,
                                  WbDatasetFlags flags,
                                  GError       **error);

/* Whether a file of this name is read as tab-separated lines. */
gboolean wb_dataset_has_plain_name (const char *name);

WbDataset *wb_dataset_ref (WbDataset *self);
void       wb_dataset_unref (WbDataset *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbDataset, wb_dataset_unref)

const WbTask    *wb_dataset_get_task (const WbDataset *self);
const char      *wb_dataset_get_name (const WbDataset *self); /* path or name */
gsize            wb_dataset_get_n_examples (const WbDataset *self);
const WbExample *wb_dataset_get_examples (const WbDataset *self); /* (n_examples) */
gboolean         wb_dataset_has_labels (const WbDataset *self);   /* on every example */

/* Rows dropped because their column count is not the task's (QQP); report it once. */
gsize wb_dataset_get_n_skipped (const WbDataset *self);

/* (n_words): token tasks: the words of all examples, in the file's order. */
const WbWord *wb_dataset_get_words (const WbDataset *self);
gsize         wb_dataset_get_n_words (const WbDataset *self);

/* Examples, or words, with label @label. */
gsize wb_dataset_get_label_count (const WbDataset *self, gsize label);

/* %WB_DATASET_ERROR_ONE_CLASS when a classification set has fewer than two classes (for
 * regression: one target only); _LABEL when labels are missing.  Training asks this of its file. */
gboolean wb_dataset_check_trainable (const WbDataset *self, GError **error);

/* Hexadecimal SHA-256 of the texts, labels and targets: equal files have equal ones, however they
 * are compressed.  Kept with a run, so that a resume sees a changed file. */
const char *wb_dataset_get_digest (const WbDataset *self);

G_END_DECLS
