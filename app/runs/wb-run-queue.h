#pragma once

#include <gio/gio.h>

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_QUEUE (wb_run_queue_get_type ())
G_DECLARE_FINAL_TYPE (WbRunQueue, wb_run_queue, WB, RUN_QUEUE, GObject)

/**
 * WbRunQueue:
 *
 * A GListModel of the runs (WbRun) that wait, in the order in which they will run, and what is
 * beside them: those that run, and whether the queue is paused.  While followed it looks at the
 * store ten times a second from the default main context, and sees to it that a process works on
 * what waits.
 *
 * Properties, read-only, all notify: "n-items" and "n-running" (uint), "paused", "progress" (0 … 1,
 * of the first that runs; 0: none).  Main thread only.
 */

WbRunQueue *wb_run_queue_new (WbWorkspace *workspace, GError **error);

/* Starts or stops looking at the store; off at first. */
void wb_run_queue_set_follow (WbRunQueue *self, gboolean follow);

/* Looks now. */
gboolean wb_run_queue_refresh (WbRunQueue *self, GError **error);

/* (transfer none) (element-type WbRun): what runs, oldest first. */
GListModel *wb_run_queue_get_running (WbRunQueue *self);
gboolean    wb_run_queue_get_paused (WbRunQueue *self);
double      wb_run_queue_get_progress (WbRunQueue *self);

/* Whether the run starts although the queue is paused: somebody asked for it by name. */
gboolean wb_run_queue_is_urgent (WbRunQueue *self, WbRun *run);

/* Whether some process takes what comes next. */
gboolean wb_run_queue_is_worked (WbRunQueue *self);

/* A paused queue starts nothing more; what runs goes on. */
gboolean wb_run_queue_pause (WbRunQueue *self, GError **error);
/* It goes on; wb_run_queue_wake() for a process that works on it. */
gboolean wb_run_queue_unpause (WbRunQueue *self, GError **error);
/* wb_run_launcher_wake() */
gboolean wb_run_queue_wake (WbRunQueue *self, GError **error);

/* @position: 0 is the first; past the end is the last. */
gboolean wb_run_queue_move (WbRunQueue *self, WbRun *run, guint position, GError **error);

/* It waits no more and is stopped; it can be resumed, which queues it again.  An error when it does
 * not wait. */
gboolean wb_run_queue_drop (WbRunQueue *self, WbRun *run, GError **error);

/* What wb_run_queue_drop() took out waits again at @position. */
gboolean wb_run_queue_put_back (WbRunQueue *self,
                                WbRun      *run,
                                guint       position,
                                gboolean    urgent,
                                GError    **error);

G_END_DECLS
