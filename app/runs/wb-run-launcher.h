#pragma once

#include <gio/gio.h>

#include "app/runs/wb-run-spec.h"
#include "app/runs/wb-run.h"

G_BEGIN_DECLS

/* Makes runs, and sees to it that a process works on the queue.  Such a process outlives this one
 * (own session, standard output and error in the home's log folder).  Main thread only. */

/**
 * wb_run_launcher_create:
 * @spec: one run (wb_run_spec_expand())
 *
 * Checks @spec, makes the row with its frozen settings and the run's folder.  The run is not in the
 * queue: this process executes it.
 *
 * Returns: the run's id, 0 on error
 */
gint64 wb_run_launcher_create (WbRunSpec *spec, GError **error);

/**
 * WbLaunch:
 * @WB_LAUNCH_START: before what waits in the queue, and also when that is paused
 * @WB_LAUNCH_QUEUE: at the end of the queue
 */
typedef enum
{
  WB_LAUNCH_START,
  WB_LAUNCH_QUEUE,
} WbLaunch;

/* Whether processes that are started from now on give way to other programs (nice 19); at first
 * they do. */
void wb_run_launcher_set_background (gboolean background);

/* Every run of @spec into the queue, all of them or none, and a process that works on it.
 * Returns: (transfer full) (element-type gint64): ids */
GArray *wb_run_launcher_launch (WbRunSpec *spec, WbLaunch how, GError **error);

/**
 * wb_run_launcher_launch_async:
 * @cancellable: (nullable): then nothing is started, and nothing is left behind
 *
 * wb_run_launcher_launch() for a window: reading data and weights, which can take seconds, happens
 * in another thread.
 */
void    wb_run_launcher_launch_async (WbRunSpec          *spec,
                                      WbLaunch            how,
                                      GCancellable       *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer            user_data);
GArray *wb_run_launcher_launch_finish (GAsyncResult *result, GError **error);

/* A run that is there and can be resumed waits again, and a process works on the queue. */
gboolean wb_run_launcher_resume (WbRun *run, WbLaunch how, GError **error);

/* Starts a process for the queue, if something waits that may start and no process would take
 * it.  Whoever changes the queue calls it. */
gboolean wb_run_launcher_wake (WbWorkspace *workspace, GError **error);

/* `demo` in a process of its own; the runs that it makes appear in the list. */
gboolean wb_run_launcher_start_demo (WbWorkspace *workspace, GError **error);

G_END_DECLS
