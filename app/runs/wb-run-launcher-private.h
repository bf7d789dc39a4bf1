#pragma once

#include "app/runs/wb-run-launcher.h"

#include "app/runs/wb-run-plan-private.h"

G_BEGIN_DECLS

/* The program to start; at first the one that runs. */
void wb_run_launcher_set_program (const char *path);

/* wb_run_launcher_launch() with plans that were inspected already.  @specs, @plans: one a run. */
GArray *wb_run_launcher_launch_planned (WbWorkspace *workspace,
                                        GPtrArray   *specs,
                                        GPtrArray   *plans,
                                        WbLaunch     how,
                                        GError     **error);

/* wb-run-launcher-process.c */

/* @arguments: (array zero-terminated=1): after the program's name and the home; @log: file in the
 * home's log folder for what it prints. */
gboolean wb_run_launcher_spawn (WbWorkspace       *workspace,
                                const char *const *arguments,
                                const char        *log,
                                GError           **error);

/**
 * wb_run_launcher_guard:
 * @home: of the workspace, which this process must not have opened: what is open would be the
 * child's too
 * @arguments: (array zero-terminated=1): of the process, after the program's name and the home
 * @status: (out): its exit status; 128 + n: signal n ended it
 *
 * Executes `queue run` in a process of its own.  When a signal ends that in the middle of a run, as
 * when memory runs out, the run is marked as interrupted by it, and another process goes on with
 * the queue.
 */
gboolean
wb_run_launcher_guard (const char *home, const char *const *arguments, int *status, GError **error);

G_END_DECLS
