#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

#define WB_TYPE_STATUS_CELL (wb_status_cell_get_type ())
G_DECLARE_FINAL_TYPE (WbStatusCell, wb_status_cell, WB, STATUS_CELL, GtkWidget)

/**
 * WbStatusCell:
 *
 * Where a run stands: a coloured dot and words; while it runs words, time left and a bar.
 * Property "run" (nullable).
 */
GtkWidget *wb_status_cell_new (gboolean compact); /* without the time left */
void       wb_status_cell_set_run (WbStatusCell *self, WbRun *run);

/* A style class for a status: "success", "warning", "error", "accent" or "dim-label". */
const char *wb_status_style (WbRunStatus status);

G_END_DECLS
