#pragma once

#include <gtk/gtk.h>

#include "app/figures/wb-chart.h"
#include "app/figures/wb-smoothing.h"
#include "ui/plots/wb-plot-view.h"

G_BEGIN_DECLS

#define WB_TYPE_LINE_PLOT (wb_line_plot_get_type ())
G_DECLARE_FINAL_TYPE (WbLinePlot, wb_line_plot, WB, LINE_PLOT, GtkWidget)

/**
 * WbLinePlot:
 *
 * A chart of one or several series over steps, examples, time ….  Points can be added while it is
 * shown; it draws ten times a second at most.
 *
 * The pointer, or the arrow keys, move a cursor that reads out every series.  Dragging zooms, as do
 * Ctrl with the wheel, plus and minus; the wheel pans what is zoomed, as do Shift with the arrow
 * keys; a double click, 0 or Escape shows everything again.  Charts of one WbPlotView do all that
 * together.
 *
 * Properties: "title" (string), the accessible name; "cursor" (double), the x under the cursor, NaN
 * without one; "x-high" (double), where the axis ends at least, NaN: at the last point;
 * "from-zero", "log-x", "log-y", "clip-outliers" (boolean); "nothing" (string), what is written
 * where there are no points; "inner-legend" (boolean, %TRUE), whether names are drawn above the
 * lines; "zoomed" (boolean, read-only).  Signal "series-changed": names or what is hidden;
 * "points-changed".
 */

GtkWidget *wb_line_plot_new (const char *title);

/* What it shares with other charts; each has one of its own until then. */
void        wb_line_plot_set_view (WbLinePlot *self, WbPlotView *view);
WbPlotView *wb_line_plot_get_view (WbLinePlot *self);

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

/* Smooths all the points of a series anew. */
void wb_line_plot_set_smoothing (WbLinePlot *self, guint series, WbSmoothing smoothing);

/* @x: (n) ascending, after what is there; @y: (n), NaN is a gap.  Both are copied. */
void
wb_line_plot_append (WbLinePlot *self, guint series, const double *x, const double *y, gsize n);

/* Takes away the points of one series. */
void wb_line_plot_reset (WbLinePlot *self, guint series);

guint       wb_line_plot_get_n_series (WbLinePlot *self);
gsize       wb_line_plot_get_n_points (WbLinePlot *self, guint series);
const char *wb_line_plot_get_name (WbLinePlot *self, guint series); /* (nullable) */

/* Hides a series from lines, ranges, read-out and export, or shows it again. */
void     wb_line_plot_set_hidden (WbLinePlot *self, guint series, gboolean hidden);
gboolean wb_line_plot_get_hidden (WbLinePlot *self, guint series);
/* Hides all others; once more: shows all. */
void wb_line_plot_isolate (WbLinePlot *self, guint series);

/* Events (ascending) and values to compare with; both are copied. */
void wb_line_plot_set_marks (WbLinePlot *self, const WbChartMark *marks, gsize n);
void wb_line_plot_set_references (WbLinePlot *self, const WbChartReference *references, gsize n);

/* Shows the part from @low to @high, in all charts of its view; NaN for either end: everything. */
void wb_line_plot_zoom (WbLinePlot *self, double low, double high);

/* (transfer full) (nullable): "step 411: raw 0.382, smoothed 0.401"; %NULL without a cursor. */
char *wb_line_plot_dup_readout (WbLinePlot *self);

/* How many points lie above or below what was drawn last: "clip-outliers". */
gsize wb_line_plot_get_n_outside (WbLinePlot *self);

/**
 * wb_line_plot_export:
 * @path: FILE.svg, .pdf, .png or .csv, see wb_figure_save()
 *
 * Saves what is shown (a table: all points), light and with title and legend.
 */
gboolean wb_line_plot_export (WbLinePlot *self, const char *path, GError **error);

/* The same in another thread, as it is now. */
void     wb_line_plot_export_async (WbLinePlot         *self,
                                    const char         *path,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);
gboolean wb_line_plot_export_finish (WbLinePlot *self, GAsyncResult *result, GError **error);

/* A button for the head of the chart: logarithmic values, outliers, show everything, export.  It
 * has to go together with the plot.  @more: (nullable): items before the last section. */
GtkWidget *wb_line_plot_new_menu_button (WbLinePlot *self, GMenuModel *more);

G_END_DECLS
