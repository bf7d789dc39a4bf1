#pragma once

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

typedef enum
{
  WB_FINDINGS_CLASSES, /* a label for each example */
  WB_FINDINGS_VALUES,  /* a number for each example */
  WB_FINDINGS_WORDS,   /* a label for each word */
} WbFindingsKind;

/**
 * WbFindings:
 *
 * What an evaluation found, example by example: which label was taken for which, and the examples
 * that the model is most and least wrong about.  Immutable: any thread.  Labels are indexes in
 * wb_findings_get_labels(); -1: not known.
 */
typedef struct _WbFindings WbFindings;

#define WB_TYPE_FINDINGS (wb_findings_get_type ())
GType       wb_findings_get_type (void);
WbFindings *wb_findings_ref (WbFindings *self);
void        wb_findings_unref (WbFindings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFindings, wb_findings_unref)

WbFindingsKind     wb_findings_get_kind (const WbFindings *self);
const char        *wb_findings_get_split (const WbFindings *self); /* "dev" */
const char        *wb_findings_get_path (const WbFindings *self);  /* of the file */
guint64            wb_findings_get_step (const WbFindings *self);
gsize              wb_findings_get_n (const WbFindings *self);        /* examples */
gsize              wb_findings_get_n_labels (const WbFindings *self); /* 0 for values */
const char *const *wb_findings_get_labels (const WbFindings *self);

/* Units (examples, or words) whose label is @gold and that were said to be @predicted. */
gsize wb_findings_count (const WbFindings *self, gsize gold, gsize predicted);
gsize wb_findings_count_gold (const WbFindings *self, gsize gold);
gsize wb_findings_count_predicted (const WbFindings *self, gsize predicted);

/**
 * WbFindingsType:
 * @name: "PER"; of the last one, which counts all types: %NULL
 * @gold: entities that there are
 * @predicted: entities found
 * @correct: of these, right in type, start and end
 */
typedef struct
{
  char  *name;
  gsize  gold;
  gsize  predicted;
  gsize  correct;
  double precision; /* 0 where nothing can be said, as conlleval has it */
  double recall;
  double f1;
} WbFindingsType;

/* Of words; the last is the sum over all. */
const WbFindingsType *wb_findings_get_types (const WbFindings *self, gsize *n);

/**
 * WbFindingsRange:
 * @from, @to: least and greatest target
 * @n: examples
 * @target, @value: means
 * @error: mean absolute difference
 *
 * Examples with neighbouring targets.
 */
typedef struct
{
  double from;
  double to;
  gsize  n;
  double target;
  double value;
  double error;
} WbFindingsRange;

/* Of values: about ten ranges with equally many examples; equal targets are not parted. */
const WbFindingsRange *wb_findings_get_ranges (const WbFindings *self, gsize *n);

/**
 * WbFinding:
 * @loss: cross entropy (for words: the mean over the sentence's), or squared difference; NaN: not
 * known
 * @gold, @predicted: labels; for words: how many there are, and how many of them are wrong
 * @target, @value: numbers
 * @text, @pair: (nullable): %NULL when the file is not there any more
 *
 * One example; texts belong to the findings.
 */
typedef struct
{
  gsize       index; /* in the file, from 0 */
  guint32     line;  /* of the file; 0: not known */
  double      loss;
  int         gold;
  int         predicted;
  double      target;
  double      value;
  const char *text;
  const char *pair;
} WbFinding;

void wb_findings_get (const WbFindings *self, gsize index, WbFinding *out);
/* @probabilities: (n_labels) output, of a class example. */
void wb_findings_get_probabilities (const WbFindings *self, gsize index, double *probabilities);

/**
 * WbFindingWord:
 * @start, @end: characters of the example's text; 0, 0 when it is not known
 * @probability: of @predicted; NaN for a word that the tokenizer has nothing for, or that was cut
 */
typedef struct
{
  guint32 start;
  guint32 end;
  int     gold;
  int     predicted;
  double  probability;
} WbFindingWord;

/* (transfer full): (@n) words of an example. */
WbFindingWord *wb_findings_get_words (const WbFindings *self, gsize index, gsize *n);

/**
 * wb_findings_rank:
 * @worst: greatest loss first, else least
 * @gold, @predicted: only examples with this label that were taken for that one; -1: any.  Of
 * words: examples with such a word
 * @wrong: only examples with a mistake (values: all have one)
 * @most: at most so many; 0: all
 * @n: (out): how many
 *
 * Returns: (transfer full): indexes of examples; of equal ones the first of the file comes first.
 */
gsize *wb_findings_rank (const WbFindings *self,
                         gboolean          worst,
                         int               gold,
                         int               predicted,
                         gboolean          wrong,
                         gsize             most,
                         gsize            *n);

/* (nullable): why there are no texts: a sentence. */
const char *wb_findings_get_missing (const WbFindings *self);

/* ---- of a run ---- */

/**
 * WbRunEvaluation:
 * @split: "dev"
 * @step: optimizer step
 * @number: of the split among the run's
 * @is_best: the model of this step is the run's best
 */
typedef struct
{
  char    *split;
  guint64  step;
  guint    number;
  gboolean is_best;
} WbRunEvaluation;

/* (transfer full) (element-type WbRunEvaluation): evaluations that were kept, newest first. */
GPtrArray *wb_run_list_evaluations (WbRun *self);

/**
 * wb_run_read_findings:
 * @split: (nullable): %NULL: the first
 * @step: %G_MAXUINT64: of the best where it was kept, else the newest
 * @error: WB_APP_ERROR_MISSING when there is none
 *
 * Reads the evaluation and, where it is as it was, the file with the texts.
 */
WbFindings *wb_run_read_findings (WbRun *self, const char *split, guint64 step, GError **error);

/* The same on another thread.  Main thread. */
void        wb_run_read_findings_async (WbRun              *self,
                                        const char         *split,
                                        guint64             step,
                                        GCancellable       *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
WbFindings *wb_run_read_findings_finish (WbRun *self, GAsyncResult *result, GError **error);

G_END_DECLS
