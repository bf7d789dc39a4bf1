#pragma once

#include "app/core/wb-workspace.h"

G_BEGIN_DECLS

/**
 * WbQueueOptions:
 * @alongside: does not wait for the device, so several may work at once
 * @until_empty: ends when nothing is left that may start, or when another process takes what comes
 * next anyway; else it waits for more
 * @execute: executes the run @id in this process (wb_worker_run() with alongside and queued);
 * however it ends, the queue goes on
 * @waiting: (nullable): called each time there is nothing to do
 */
typedef struct
{
  gboolean alongside;
  gboolean until_empty;
  void (*execute) (gint64 id, int *signal_number, gpointer user_data);
  void (*waiting) (gpointer user_data);
  gpointer user_data;
} WbQueueOptions;

/**
 * wb_queue_work:
 * @signal_number: (out): SIGINT, SIGTERM or SIGHUP, which end it; 0: none
 * @error: the store's or the home's, or when a run stays in the queue whatever is done
 *
 * Takes run after run from the queue.  The queue has no owner: any number of processes may do this,
 * and nobody needs to.  The device is held from one run to the next while something may start, so
 * that they keep their order; a process that waits for it with its own run, a `train` on a command
 * line, gets it when its run is the first.
 *
 * Main thread.
 */
gboolean wb_queue_work (WbWorkspace          *workspace,
                        const WbQueueOptions *options,
                        int                  *signal_number,
                        GError              **error);

/* Whether something waits that may start. */
gboolean wb_queue_has_work (WbWorkspace *workspace);

/* Whether some process takes what comes next by itself. */
gboolean wb_queue_is_worked (WbWorkspace *workspace);

G_END_DECLS
