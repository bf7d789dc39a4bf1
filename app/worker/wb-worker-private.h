#pragma once

#include "app/core/wb-workspace.h"
#include "app/runs/wb-run.h"
#include "app/worker/wb-message-ring-private.h"
#include "app/runs/wb-run-plan-private.h"

G_BEGIN_DECLS

/**
 * WbWorkerEvent:
 * @plan, @run_id: of the run
 * @message: what the engine thread said
 * @json: (nullable): the same as an object of `train --json`, one line without its end; phases and
 * notes have none
 * @progress, @seconds_left (-1: unknown), @tokens_per_second: after it
 */
typedef struct
{
  const WbRunPlan *plan;
  gint64           run_id;
  const WbMessage *message;
  const char      *json;
  double           progress;
  double           seconds_left;
  double           tokens_per_second;
} WbWorkerEvent;

/**
 * WbWorkerOptions:
 * @alongside: do not wait for other runs on the device
 * @queued: the run is taken from the queue: it begins only while it waits there and may start
 * @report: (nullable): called on the main thread for every event
 * @waiting: (nullable): called once when another run holds the device
 */
typedef struct
{
  gboolean alongside;
  gboolean queued;
  void (*report) (const WbWorkerEvent *event, gpointer user_data);
  void (*waiting) (gint64 run_id, gpointer user_data);
  gpointer user_data;
} WbWorkerOptions;

/**
 * wb_worker_run:
 * @id: a run that can be resumed, or begun
 * @status: (out): how it ended
 * @signal_number: (out): the signal that ended it, 0: none
 * @error: set when it failed, diverged or could not begin; WB_APP_ERROR_INTERRUPTED when it was
 * withdrawn before it began
 *
 * Executes the run in this process, to its end; main thread.  While another run holds the device it
 * waits in the queue, before what is not urgent.  SIGINT, SIGTERM and SIGHUP save the
 * state first; a second one ends the process at once.
 */
gboolean wb_worker_run (WbWorkspace           *workspace,
                        gint64                 id,
                        const WbWorkerOptions *options,
                        WbRunStatus           *status,
                        int                   *signal_number,
                        GError               **error);

G_END_DECLS
