#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WB_TYPE_LINE_PLOT (wb_line_plot_get_type ())
G_DECLARE_FINAL_TYPE (WbLinePlot, wb_line_plot, WB, LINE_PLOT, GtkWidget)

/**
 * WbLinePlot:
 *
 * A chart of one or several series over steps.  Points can be added while it is shown; it draws ten
 * times a second at most.  The pointer, or the arrow keys, move a cursor that reads out every
 * series; dragging zooms, a double click or Escape shows everything again.
 *
 * Properties: "title" (string), the accessible name; "cursor" (double), the step under the cursor,
 * NaN without one: bind it between plots to share it; "x-high" (double), where the axis ends at
 * least, NaN: at the last point; "from-zero", "log-x", "log-y" (boolean); "zoomed" (boolean,
 * read-only).
 */

GtkWidget *wb_line_plot_new (const char *title);

/* Takes away all series. */
void wb_line_plot_clear (WbLinePlot *self);

/**
 * wb_line_plot_add_series:
 * @name: (nullable): in legend and read-out
 * @smoothing: weight of a debiased exponential mean that is drawn over the faint points; 0: none
 *
 * Returns: its number, from 0 on
 */
guint wb_line_plot_add_series (WbLinePlot *self, const char *name, double smoothing);

/* @x: (n) ascending, after what is there; @y: (n), NaN is a gap.  Both are copied. */
void
wb_line_plot_append (WbLinePlot *self, guint series, const double *x, const double *y, gsize n);

/* Takes away the points of one series. */
void wb_line_plot_reset (WbLinePlot *self, guint series);

guint wb_line_plot_get_n_series (WbLinePlot *self);
gsize wb_line_plot_get_n_points (WbLinePlot *self, guint series);

/* Shows the steps from @low to @high; NaN for either end: everything. */
void wb_line_plot_zoom (WbLinePlot *self, double low, double high);

/* (transfer full) (nullable): "step 411: raw 0.382, smoothed 0.401"; %NULL without a cursor. */
char *wb_line_plot_dup_readout (WbLinePlot *self);

/**
 * wb_line_plot_export:
 * @path: FILE.svg, .pdf, .png or .csv, see wb_figure_save()
 *
 * Saves what is shown (a table: all points), light and with title and legend.
 */
gboolean wb_line_plot_export (WbLinePlot *self, const char *path, GError **error);

/* A button for the head of the chart: logarithmic values, show everything, export.  It has to go
 * together with the plot. */
GtkWidget *wb_line_plot_new_menu_button (WbLinePlot *self);

G_END_DECLS
