#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_LOG (wb_run_log_get_type ())
G_DECLARE_FINAL_TYPE (WbRunLog, wb_run_log, WB, RUN_LOG, GtkWidget)

/**
 * WbRunLog:
 *
 * The end of a run's log as sentences.  Read again, once a second at most, while it is on the
 * screen and the run goes on; stays at the end when it was there.
 */
void wb_run_log_set_run (WbRunLog *self, WbRun *run); /* (nullable) */

G_END_DECLS
