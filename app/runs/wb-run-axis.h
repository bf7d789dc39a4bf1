#pragma once

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

/**
 * WbRunAxisKind:
 * @WB_RUN_AXIS_STEP: optimizer steps
 * @WB_RUN_AXIS_EPOCH: passes through the training set
 * @WB_RUN_AXIS_EXAMPLES: examples trained on
 * @WB_RUN_AXIS_TOKENS: tokens trained on
 * @WB_RUN_AXIS_TIME: seconds of work, waiting not counted
 * @WB_RUN_AXIS_CLOCK: seconds since 1970 UTC
 */
typedef enum
{
  WB_RUN_AXIS_STEP,
  WB_RUN_AXIS_EPOCH,
  WB_RUN_AXIS_EXAMPLES,
  WB_RUN_AXIS_TOKENS,
  WB_RUN_AXIS_TIME,
  WB_RUN_AXIS_CLOCK,
} WbRunAxisKind;

#define WB_RUN_AXIS_KINDS 6

const char *wb_run_axis_kind_get_name (WbRunAxisKind kind); /* "tokens" */
gboolean    wb_run_axis_kind_parse (const char *name, WbRunAxisKind *kind);

/**
 * WbRunAxis:
 *
 * Where the steps of a run lie on another axis.  Steps whose place was not recorded lie on a
 * straight line between their neighbours (a place is recorded every second, with every evaluation
 * and every checkpoint).  Main thread only.
 */
typedef struct _WbRunAxis WbRunAxis;

WbRunAxis    *wb_run_axis_new (WbRunAxisKind kind);
void          wb_run_axis_free (WbRunAxis *self);
WbRunAxisKind wb_run_axis_get_kind (WbRunAxis *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbRunAxis, wb_run_axis_free)

/**
 * wb_run_axis_update:
 * @restarted: (out) (optional): places that were known are other ones now
 *
 * Reads what the run recorded since.
 */
gboolean wb_run_axis_update (WbRunAxis *self, WbRun *run, gboolean *restarted, GError **error);

/* Ascending; NaN: not known, or not yet. */
double wb_run_axis_get_place (WbRunAxis *self, double step);

/* (nullable): why there are no places, as a sentence: a run of an earlier version recorded less. */
const char *wb_run_axis_get_obstacle (WbRunAxis *self);

/**
 * WbRunEvent:
 * @kind: what happened
 * @step: after which step
 */
typedef enum
{
  WB_RUN_EVENT_CHECKPOINT,
  WB_RUN_EVENT_RESUME,
  WB_RUN_EVENT_PAUSE, /* paused, stopped or interrupted, and not resumed */
  WB_RUN_EVENT_DIVERGED,
} WbRunEventKind;

typedef struct
{
  WbRunEventKind kind;
  guint64        step;
} WbRunEvent;

/**
 * wb_run_events_read:
 * @path: wb_run_dup_log_path()
 * @offset: (inout): where the last read ended; 0 at first
 *
 * Checkpoints and resumes from the log, whole lines only.  Any thread.
 *
 * Returns: (transfer full) (element-type WbRunEvent): new ones, as they happened; none when there
 * is no log
 */
GArray *wb_run_events_read (const char *path, gint64 *offset);

/* How the run stands now, as an event; FALSE when it runs, waits or finished. */
gboolean wb_run_get_last_event (WbRun *self, WbRunEvent *event);

G_END_DECLS
