#pragma once

#include <adwaita.h>

#include "app/core/wb-workspace.h"
#include "app/runs/wb-run-list.h"

G_BEGIN_DECLS

#define WB_TYPE_WINDOW (wb_window_get_type ())
G_DECLARE_FINAL_TYPE (WbWindow, wb_window, WB, WINDOW, AdwApplicationWindow)

/**
 * WbWindow:
 *
 * The one window: the list of runs, or one run's page.  While it is on the screen it follows the
 * store.  Actions "win.toast" (string), "win.search", "win.back",
 * "win.runs".
 */

/* @application: (nullable).  @workspace: (nullable): then wb_window_set_error() says why. */
WbWindow *wb_window_new (GtkApplication *application, WbWorkspace *workspace);

WbWorkspace *wb_window_get_workspace (WbWindow *self);
WbRunList   *wb_window_get_runs (WbWindow *self); /* (nullable) */

/* Replaces the list by a page that says why there is none. */
void wb_window_set_error (WbWindow *self, const char *message);

void wb_window_show_run (WbWindow *self, WbRun *run);
void wb_window_show_runs (WbWindow *self);
void wb_window_toast (WbWindow *self, const char *message);

/* Opens the dialog; once, however often it is asked. */
void wb_window_new_run (WbWindow *self);
void wb_window_start_demo (WbWindow *self);

/* New Run, filled with what the run was made of. */
void wb_window_duplicate_run (WbWindow *self, WbRun *run);

G_END_DECLS
