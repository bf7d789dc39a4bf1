#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run-table.h"

G_BEGIN_DECLS

/**
 * WbRunCells:
 *
 * How the cells of one column are made.
 * @narrow: the name says task and model below itself; the status leaves the time left out
 */
GtkListItemFactory *wb_run_cells_new (WbRunColumn column, gboolean narrow);

/* What a cell of numbers says, "0.8257 ± 0.0051 (3)"; (transfer full). */
char *wb_run_cells_dup_text (WbRunRow *row, WbRunColumn column);

G_END_DECLS
