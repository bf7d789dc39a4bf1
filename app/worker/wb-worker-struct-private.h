#pragma once

#include <stdio.h>

#include "app/core/wb-json.h"
#include "app/worker/wb-time-left-private.h"
#include "app/worker/wb-train-job-private.h"
#include "app/worker/wb-worker-private.h"
#include "data/store/wb-store-metrics.h"
#include "data/store/wb-store-runs.h"

G_BEGIN_DECLS

/**
 * WbWorker:
 *
 * The main thread's side of a run's process: store, requests, reports.
 */
typedef struct
{
  WbWorkspace           *workspace;
  WbStore               *store;
  const WbWorkerOptions *options;
  WbRunRecord           *record;
  WbRunPlan             *plan;
  WbMessageRing         *ring;
  WbTrainJob            *job;
  char                  *metric_name;
  gboolean               metric_is_loss;
  int                    run_lock;
  int                    device_lock;
  int                    signal_fd;
  int                    signal_number; /* the first one that came */
  gboolean               resuming;
  guint64                resume_step;

  /* where it stands */
  char      *phase;
  double     phase_share;
  guint64    step;
  guint64    first_step; /* of this process */
  guint64    total_steps;
  guint64    steps_per_epoch;
  double     loss;
  double     examples, tokens;  /* since step 0; NaN: not known, the run began without counting */
  double     tokens_per_second; /* smoothed */
  gint64     started_time;      /* monotonic */
  double     seconds_before;
  double     best;
  guint64    best_step;
  WbRequest  request;
  gboolean   ended;
  gboolean   is_ready; /* from here on @time_left knows what there is to do */
  WbTimeLeft time_left;

  /* not yet in the store */
  GArray  *points; /* (element-type WbMetricPoint), series interned */
  gboolean rewind; /* the first flush replaces what came after the checkpoint */
  gint64   flushed_time;
  gint64   polled_time;
  FILE    *log;
  gint64   step_logged_time;
  WbJson  *json;
} WbWorker;

/* wb-worker-begin.c: locks, the plan, the row. */
gboolean wb_worker_begin (WbWorker *self, gint64 id, GError **error);

/* wb-worker.c: the signal that came, 0: none; a second one ends the process. */
int wb_worker_read_signal (WbWorker *self);

/* wb-worker-report.c: one message into numbers, store, log and the caller's hands. */
void wb_worker_handle (WbWorker *self, const WbMessage *message);
/* Everything not yet in the store, in one transaction. */
gboolean wb_worker_flush (WbWorker *self, GError **error);
void     wb_worker_log (WbWorker *self, const char *json);
/* wb-worker-describe.c: an event as one line of JSON, lent until the next. */
const char        *wb_worker_describe_ready (WbWorker *self, const WbMessage *message);
const char        *wb_worker_describe_step (WbWorker *self, const WbMessage *message);
const char        *wb_worker_describe_evaluation (WbWorker *self, const WbMessage *message);
const char        *wb_worker_describe_checkpoint (WbWorker *self, const WbMessage *message);
const char        *wb_worker_describe_note (WbWorker *self, const WbMessage *message);
const char        *wb_worker_describe_done (WbWorker *self);
const char        *wb_worker_get_metric (WbWorker *self, const WbMessage *message, guint i);
const WbPlanSplit *wb_worker_get_split (WbWorker *self, const WbMessage *message);

/* The last event of a run that finished. */
void   wb_worker_report_done (WbWorker *self);
double wb_worker_get_seconds (WbWorker *self);

G_END_DECLS
