#pragma once

#include <gio/gio.h>

#include "app/runs/wb-run-spec.h"
#include "app/runs/wb-run.h"

G_BEGIN_DECLS

/* Starts runs in processes of their own, which outlive this one (own session, standard
 * output and error in the run's folder).  Main thread only. */

/**
 * wb_run_launcher_create:
 * @spec: one run (wb_run_spec_expand())
 *
 * Checks @spec, makes the row with its frozen settings and the run's folder; status queued.
 *
 * Returns: the run's id, 0 on error
 */
gint64 wb_run_launcher_create (WbRunSpec *spec, GError **error);

/* Whether processes that are started from now on give way to other programs (nice 19); at first
 * they do. */
void wb_run_launcher_set_background (gboolean background);

/* create() for every run of @spec, then a process that works through them one after another.
 * Returns: (transfer full) (element-type gint64): ids */
GArray *wb_run_launcher_start (WbRunSpec *spec, GError **error);

/**
 * wb_run_launcher_start_async:
 * @cancellable: (nullable): then nothing is started, and nothing is left behind
 *
 * wb_run_launcher_start() for a window: reading data and weights, which can take seconds, happens
 * in another thread.
 */
void    wb_run_launcher_start_async (WbRunSpec          *spec,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data);
GArray *wb_run_launcher_start_finish (GAsyncResult *result, GError **error);

/* A process for a run that is there and can be resumed. */
gboolean wb_run_launcher_resume (WbRun *run, GError **error);

/* `demo` in a process of its own; the runs that it makes appear in the list. */
gboolean wb_run_launcher_start_demo (WbWorkspace *workspace, GError **error);

G_END_DECLS
