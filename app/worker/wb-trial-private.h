#pragma once

#include <pthread.h>

#include "app/runs/wb-run-plan-private.h"
#include "app/worker/wb-predictor-private.h"
#include "app/worker/wb-trial.h"

G_BEGIN_DECLS

void wb_trial_result_free (WbTrialResult *self);

/* What @predictor says of one text or pair.  The predictor's thread. */
WbTrialResult *wb_trial_compute (WbPredictor  *predictor,
                                 const WbTask *task,
                                 const char   *text,
                                 const char   *pair,
                                 GError      **error);

/* What both threads hold.  The engine thread is never waited for: it ends when it sees @quit, and
 * who lets go last frees. */
typedef struct
{
  int             references; /* atomic */
  char           *folder;     /* set before the thread starts, like the next two */
  WbRunPlan      *plan;       /* the engine thread's alone from then on */
  GMainContext   *context;
  pthread_mutex_t mutex;
  pthread_cond_t  cond;

  /* under the mutex */
  char          *text; /* (nullable): the newest that was not looked at yet */
  char          *pair;
  gboolean       quit;
  gboolean       ended; /* the thread takes no text any more */
  WbTrialState   state;
  char          *message;
  WbTrialResult *result; /* not fetched yet */
  gboolean       told;   /* a source is on its way */

  GSourceFunc changed; /* called on the main thread, with this */
  WbTrial    *owner;   /* (nullable): main thread */
} WbTrialShared;

WbTrialShared *wb_trial_shared_ref (WbTrialShared *self);
void           wb_trial_shared_unref (gpointer self);
/* The thread's function; takes a reference. */
void *wb_trial_shared_main (void *self);
/* Adds to how many hold, or load, a model; returns how many. */
int wb_trial_shared_count (int more);

G_END_DECLS
