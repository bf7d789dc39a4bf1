#pragma once

#include <adwaita.h>

#include "app/core/wb-workspace.h"
#include "app/runs/wb-run-spec.h"

G_BEGIN_DECLS

#define WB_TYPE_NEW_RUN_DIALOG (wb_new_run_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WbNewRunDialog, wb_new_run_dialog, WB, NEW_RUN_DIALOG, AdwWindow)

/**
 * WbNewRunDialog:
 *
 * The form for new runs, beside it a card that is always true of the form: how many runs, what they
 * need, what is wrong, and the command line that does the same.  Signal "started" (gint64 id of the
 * first run, guint number of runs), just before it closes; "queued" (guint number of runs) where
 * they were added to the queue.
 */
GtkWidget *wb_new_run_dialog_new (GtkWindow *parent, WbWorkspace *workspace);

/* Fills the row of @field as a person would: it can be changed and reset. */
void wb_new_run_dialog_propose (WbNewRunDialog *self, const char *field, const char *text);

/* Every field as @from has it; task and model first, so that its recipe is among the choices. */
void wb_new_run_dialog_fill (WbNewRunDialog *self, WbRunSpec *from);

/* What the form says. */
WbRunSpec *wb_new_run_dialog_get_spec (WbNewRunDialog *self);

G_END_DECLS
