#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_SPARKLINE (wb_run_sparkline_get_type ())
G_DECLARE_FINAL_TYPE (WbRunSparkline, wb_run_sparkline, WB, RUN_SPARKLINE, GtkWidget)

/**
 * WbRunSparkline:
 *
 * The loss of a run in one small line.  Points are read when the main loop has nothing else to do,
 * a run at a time and only for cells that are on the screen, and are kept with the run, since cells
 * are used again for other rows.
 */
GtkWidget *wb_run_sparkline_new (void);
void       wb_run_sparkline_set_run (WbRunSparkline *self, WbRun *run); /* (nullable) */

G_END_DECLS
