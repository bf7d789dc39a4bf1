#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run.h"
#include "ui/widgets/wb-activity-button.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_PAGE (wb_run_page_get_type ())
G_DECLARE_FINAL_TYPE (WbRunPage, wb_run_page, WB, RUN_PAGE, GtkWidget)

/**
 * WbRunPage:
 *
 * One run: where it stands, what can be done with it, its curves, settings and log.  Signals
 * "back"; "deleted" (WbRun), when it was moved to the trash.
 */
void   wb_run_page_set_run (WbRunPage *self, WbRun *run); /* (nullable) */
WbRun *wb_run_page_get_run (WbRunPage *self);

/* The page remembers what was chosen for all runs: how much curves are smoothed. */
void wb_run_page_bind_settings (WbRunPage *self, GSettings *settings);

/* The header bar's button, for the window that has the queue. */
WbActivityButton *wb_run_page_get_activity (WbRunPage *self);

G_END_DECLS
