#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run-row.h"

G_BEGIN_DECLS

#define WB_TYPE_STATUS_CELL (wb_status_cell_get_type ())
G_DECLARE_FINAL_TYPE (WbStatusCell, wb_status_cell, WB, STATUS_CELL, GtkWidget)

/**
 * WbStatusCell:
 *
 * Where a run or a group of runs stands: a coloured dot and words; while a run goes on words, time
 * left and a bar.  There are hundreds in a list, so that most of them are no more than a dot and a
 * label.
 */
GtkWidget *wb_status_cell_new (gboolean compact);                      /* without the time left */
void       wb_status_cell_set_row (WbStatusCell *self, WbRunRow *row); /* (nullable) */

/* A style class for a status: "success", "warning", "error", "accent" or "dim-label". */
const char *wb_status_style (WbRunStatus status);

G_END_DECLS
