#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WB_TYPE_PLOT_ROW (wb_plot_row_get_type ())
G_DECLARE_FINAL_TYPE (WbPlotRow, wb_plot_row, WB, PLOT_ROW, GObject)

#define WB_TYPE_PLOT_ROWS (wb_plot_rows_get_type ())
G_DECLARE_FINAL_TYPE (WbPlotRows, wb_plot_rows, WB, PLOT_ROWS, GObject)

/**
 * WbPlotRows:
 *
 * A list model of numbers in ascending order: the places of a table's rows.  A row's object is made
 * when it is asked for.
 */
WbPlotRows *wb_plot_rows_new (void);

/* @x: (transfer full) (element-type double).  Rows that stay the same stay the same items. */
void   wb_plot_rows_set (WbPlotRows *self, GArray *x);
double wb_plot_rows_get (WbPlotRows *self, guint row); /* NaN: there is none */

double wb_plot_row_get_x (WbPlotRow *self);

G_END_DECLS
