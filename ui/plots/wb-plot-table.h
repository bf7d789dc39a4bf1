#pragma once

#include "ui/plots/wb-line-plot.h"

G_BEGIN_DECLS

#define WB_TYPE_PLOT_TABLE (wb_plot_table_get_type ())
G_DECLARE_FINAL_TYPE (WbPlotTable, wb_plot_table, WB, PLOT_TABLE, GtkWidget)

/**
 * WbPlotTable:
 *
 * The points of a plot as a table: a row for every x that any visible series has, a column for
 * every visible series and for its smoothed values.  Virtual: only rows on the screen are made.  It
 * follows the plot once a second while it is on the screen.
 */
GtkWidget *wb_plot_table_new (WbLinePlot *plot);

guint wb_plot_table_get_n_rows (WbPlotTable *self);

/* (transfer full): what the cell says; column 0 is x. */
char *wb_plot_table_dup_cell (WbPlotTable *self, guint row, guint column);

G_END_DECLS
