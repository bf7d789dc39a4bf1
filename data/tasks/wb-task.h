#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WB_TASK_CLASSIFICATION,
  WB_TASK_REGRESSION,
  WB_TASK_TOKENS, /* a label for each word: named entities */
} WbTaskKind;

typedef enum
{
  WB_SPLIT_TRAIN,
  WB_SPLIT_DEV,
  WB_SPLIT_TEST,
} WbSplitRole;

/**
 * WbTaskColumn:
 * @names: what the header calls it, first the official name, %NULL-terminated; empty: files without
 * a header only
 * @number: from 0, where no header names it; negative: from the end (-1: the last); %WB_NO_COLUMN
 */
#define WB_NO_COLUMN G_MININT
typedef struct
{
  const char *names[4];
  int         number;
} WbTaskColumn;

/**
 * WbTaskLayout:
 *
 * How the files of one role are laid out (fact sheet 6.3).
 */
typedef struct
{
  gboolean     has_header;
  WbTaskColumn text;
  WbTaskColumn pair;  /* %WB_NO_COLUMN for single sentences */
  WbTaskColumn label; /* %WB_NO_COLUMN where there is none */
  int n_columns;      /* rows with another count are skipped and counted; 0: any count will do */
} WbTaskLayout;

/**
 * WbTaskSplit:
 * @name: "train", "dev", "dev_matched", …
 * @file: default name in the data folder, "dev_matched.tsv"
 * @submission: (nullable): name that the GLUE server expects, "MNLI-m.tsv"
 * @others: names that other distributions give it, %NULL-terminated; a "*" stands for each of the
 * task's languages: "dev-*.tsv" is as many files
 */
typedef struct
{
  const char *name;
  const char *file;
  WbSplitRole role;
  const char *submission;
  const char *others[3];
} WbTaskSplit;

/**
 * WbTask:
 *
 * One task: what its files look like and what its numbers mean.  A table in static memory; nothing
 * is freed.  The sample tasks are those of `demo`: `sample-order` as CoLA's train and dev files
 * (label 1: the words are in order), `sample-roles` as RTE's (labels "different", "same").
 */
typedef struct
{
  const char  *name;    /* "sst-2": as cli.md writes it */
  const char  *title;   /* "SST-2" */
  const char  *summary; /* one line for the dialog */
  const char  *folder;  /* of the official distribution, "SST-2" */
  WbTaskKind   kind;
  gboolean     is_pair;
  gboolean     is_sample;
  gboolean     has_training; /* no: AX, which is evaluated with a model of MNLI */
  const char  *labels[12];   /* in index order, %NULL-terminated; regression: none */
  const char  *metrics[6];   /* in the order shown, %NULL-terminated */
  const char  *selection[3]; /* the mean of these selects the best checkpoint */
  double       target_min;   /* regression */
  double       target_max;
  gboolean     published_swaps_pair; /* fact sheet 6.3: QNLI's segments are reversed there */
  gsize        published_tail; /* 6.3: so many last rows come first in CoLA's training order */
  WbTaskLayout train;          /* of train and dev files */
  WbTaskLayout test;
  WbTaskLayout bare;     /* files without a header that have exactly n_columns; 0: there are none */
  WbTaskColumn language; /* of train and dev files that have several */
  const char *const *languages;  /* (nullable): %NULL-terminated, "ar", "bg", … */
  const char        *aliases[2]; /* another spelling of a label, and the label */
  WbTaskSplit        splits[6];  /* ends with a %NULL name */
} WbTask;

/**
 * wb_task_find:
 * @name: case, hyphens and underscores do not matter
 * Returns: (nullable): %NULL for a name that no task has
 */
const WbTask *wb_task_find (const char *name);

/* The @index-th task in the order shown; %NULL at the end. */
const WbTask *wb_task_get_nth (gsize index);

/* (transfer full): "cola sst-2 …", for messages and `--help`. */
char *wb_task_dup_names (void);

gsize wb_task_get_n_labels (const WbTask *self); /* 1 for regression */

/* -1: the task does not know it.  Exact spelling. */
int wb_task_find_label (const WbTask *self, const char *label, gsize length);

const WbTaskLayout *wb_task_get_layout (const WbTask *self, WbSplitRole role);

/* By name ("dev" finds "dev_matched" too) or by a file's name; %NULL: none. */
const WbTaskSplit *wb_task_find_split (const WbTask *self, const char *name);

/* The first split of a role; %NULL: none. */
const WbTaskSplit *wb_task_get_split (const WbTask *self, WbSplitRole role);

/* (transfer full) (nullable): path of the split's file in @folder, plain or with ".gz", or its
 * pattern where it is a file for each language; %NULL when there is none. */
char *wb_task_find_file (const WbTask *self, const WbTaskSplit *split, const char *folder);

/**
 * wb_task_expand:
 * @path: of a file, or with a "*" in its name in place of the language
 *
 * Returns: (transfer full): the files that are there, in the order of the task's languages, plain
 * or with ".gz"; empty: none
 */
char **wb_task_expand (const WbTask *self, const char *path);

/* Index in the task's languages; -1: it has no such one. */
int wb_task_find_language (const WbTask *self, const char *language, gsize length);

/* Of "dev-de.tsv.gz", "multinli.train.de.tsv"; -1: the name does not say. */
int wb_task_find_file_language (const WbTask *self, const char *path);

/**
 * wb_task_append_submission:
 * @out: header or row of a file for the GLUE server ("index", tab, "prediction")
 * @label: index of the predicted label; unused for regression
 * @value: regression
 */
void wb_task_append_submission_header (const WbTask *self, GString *out);
void wb_task_append_submission_row (const WbTask *self,
                                    GString      *out,
                                    gsize         index,
                                    int           label,
                                    double        value);

G_END_DECLS
