#pragma once

#include "app/runs/wb-run-plan-private.h"
#include "app/worker/wb-message-ring-private.h"

G_BEGIN_DECLS

/* What the main thread asks of the engine thread; the value of WbTrainJob.stop. */
typedef enum
{
  WB_STOP_NONE = 0,
  WB_STOP_SAVE, /* leave a checkpoint, so that the run can go on later */
  WB_STOP_KEEP, /* end with the best so far */
} WbStop;

typedef enum
{
  WB_JOB_FINISHED,
  WB_JOB_STOPPED,  /* because it was asked to */
  WB_JOB_NO_SPACE, /* the disk has room for less than two more checkpoints; state saved */
  WB_JOB_DIVERGED,
  WB_JOB_FAILED,
} WbJobEnd;

/**
 * WbTrainJob:
 * @plan: immutable while the job lives
 * @folder: runs/<id>
 * @ring: where the engine thread reports
 *
 * A training run on a thread of its own.
 */
typedef struct _WbTrainJob WbTrainJob;

WbTrainJob *wb_train_job_new (const WbRunPlan *plan, const char *folder, WbMessageRing *ring);
void        wb_train_job_free (WbTrainJob *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbTrainJob, wb_train_job_free)

void wb_train_job_start (WbTrainJob *self);
/* Any thread; the pass under way is given up. */
void wb_train_job_stop (WbTrainJob *self, WbStop stop);

/* After WB_MESSAGE_END: waits for the thread.  @error: set unless it finished or stopped. */
WbJobEnd wb_train_job_join (WbTrainJob *self, GError **error);

G_END_DECLS
