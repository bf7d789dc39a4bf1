#pragma once

#include <adwaita.h>

#include "app/runs/wb-run-batch.h"
#include "app/runs/wb-run-list.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_UNDO (wb_run_undo_get_type ())
G_DECLARE_FINAL_TYPE (WbRunUndo, wb_run_undo, WB, RUN_UNDO, GObject)

/**
 * WbRunUndo:
 *
 * Changes runs at once, in slices of the main loop's idle time, and says so in a toast with a
 * button that takes it back.  A run that was deleted is gone for good, its files with it, when the
 * toast is; while that is not so, nothing is lost, whatever ends the program.
 */
WbRunUndo *wb_run_undo_new (AdwToastOverlay *toasts, WbRunList *list, WbWorkspace *workspace);

/* @runs: (element-type WbRun) */
void wb_run_undo_change (WbRunUndo *self, GPtrArray *runs, WbRunBatchKind kind);
/* The same for a change that somebody has made already. */
void wb_run_undo_offer (WbRunUndo *self, WbRun *run, WbRunBatchKind kind);

/* Frees what was deleted without a way back, in another thread. */
void wb_run_undo_empty_trash (WbRunUndo *self);

/* The window goes: there is no way back for what was deleted.  Returns when it is freed. */
void wb_run_undo_finish (WbRunUndo *self);

G_END_DECLS
