#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run-row.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_NAME (wb_run_name_get_type ())
G_DECLARE_FINAL_TYPE (WbRunName, wb_run_name, WB, RUN_NAME, GtkWidget)

/**
 * WbRunName:
 *
 * The name of a run in a list, with marks for pinned runs and baselines; of a group, an arrow that
 * shows its runs: it activates "runs.toggle" with the id of the first of them.  Runs of a group
 * stand indented.
 */
GtkWidget *wb_run_name_new (gboolean folded);                    /* task and model below it */
void       wb_run_name_set_row (WbRunName *self, WbRunRow *row); /* (nullable) */
WbRunRow  *wb_run_name_get_row (WbRunName *self);

G_END_DECLS
