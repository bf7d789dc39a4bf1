#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run-list.h"
#include "ui/widgets/wb-activity-button.h"

G_BEGIN_DECLS

#define WB_TYPE_RUNS_PAGE (wb_runs_page_get_type ())
G_DECLARE_FINAL_TYPE (WbRunsPage, wb_runs_page, WB, RUNS_PAGE, GtkWidget)

/**
 * WbRunsPage:
 *
 * The list of all runs: search, filters, groups of seeds, columns that can be chosen, moved and
 * sorted by, and what is done to the rows that are chosen; or, while there are no runs, what
 * belongs here and how to get some.  A double click or Enter opens a run.  Signals "run-activated"
 * (WbRun), "change" (GPtrArray of WbRun, guint of WbRunBatchKind): asks for a change that can be
 * undone.
 */
void wb_runs_page_set_list (WbRunsPage *self, WbRunList *list); /* (nullable); with archived runs */

/* Columns, order and groups are kept there. */
void wb_runs_page_bind_settings (WbRunsPage *self, GSettings *settings);

/* The home cannot be used: says why in place of the list. */
void wb_runs_page_set_error (WbRunsPage *self, const char *message);

/* The demo was started: says so until its first run is there, or until it should have been. */
void wb_runs_page_wait_for_demo (WbRunsPage *self);

/* Puts the keyboard into the search. */
void wb_runs_page_search (WbRunsPage *self);
/* Leaves it, or what is chosen; FALSE when nothing was searched or chosen. */
gboolean wb_runs_page_stop_search (WbRunsPage *self);

/* The header bar's button, for the window that has the queue. */
WbActivityButton *wb_runs_page_get_activity (WbRunsPage *self);

G_END_DECLS
