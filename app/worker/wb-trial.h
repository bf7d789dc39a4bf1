#pragma once

#include "app/runs/wb-findings.h"

G_BEGIN_DECLS

/**
 * WbTrialWord:
 * @label: (nullable): of the word; %NULL: the tokenizer has nothing for it, or it was cut off
 * @probability: of @label
 */
typedef struct
{
  char  *text;
  char  *label;
  double probability;
} WbTrialWord;

/**
 * WbTrialResult:
 * @text, @pair: what it is of
 * @labels, @probabilities: (n_labels) of a class task, in the order of its labels
 * @value: of a task with numbers; else NaN
 * @words: (n_words) of a task with words
 * @milliseconds: from the text to the numbers
 */
typedef struct
{
  char        *text;
  char        *pair;
  gsize        n_labels;
  char       **labels;
  double      *probabilities;
  double       value;
  gsize        n_words;
  WbTrialWord *words;
  double       milliseconds;
} WbTrialResult;

typedef enum
{
  WB_TRIAL_IDLE, /* no model in memory */
  WB_TRIAL_LOADING,
  WB_TRIAL_READY,
  WB_TRIAL_FAILED, /* the message says why; another text tries again */
} WbTrialState;

#define WB_TYPE_TRIAL (wb_trial_get_type ())
G_DECLARE_FINAL_TYPE (WbTrial, wb_trial, WB, TRIAL, GObject)

/**
 * WbTrial:
 *
 * A run's best model, asked about texts as they are typed.  An engine thread of its own loads it
 * with the first text, computes the newest text (older ones that wait are dropped), and lets go of
 * it when told, or when nothing was asked for a while.  Main thread; signal "changed" there when
 * state or result are new.
 */

#define WB_TRIAL_IDLE_SECONDS 300 /* then the model is let go of */

/* @error: the run has no model yet, or its settings cannot be read. */
WbTrial *wb_trial_new (WbRun *run, GError **error);

WbFindingsKind wb_trial_get_kind (WbTrial *self);
gboolean       wb_trial_is_pair (WbTrial *self);

/* @pair: (nullable).  The newest wins. */
void wb_trial_ask (WbTrial *self, const char *text, const char *pair);
/* Lets go of the model; what was asked is forgotten. */
void wb_trial_release (WbTrial *self);

WbTrialState         wb_trial_get_state (WbTrial *self);
const char          *wb_trial_get_message (WbTrial *self); /* (nullable): why it failed */
const WbTrialResult *wb_trial_get_result (WbTrial *self);  /* (nullable): until the next change */
/* How many threads of trials still hold a model, in this process. */
guint wb_trial_count_loaded (void);

G_END_DECLS
