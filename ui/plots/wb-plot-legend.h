#pragma once

#include "ui/plots/wb-line-plot.h"

G_BEGIN_DECLS

#define WB_TYPE_PLOT_LEGEND (wb_plot_legend_get_type ())
G_DECLARE_FINAL_TYPE (WbPlotLegend, wb_plot_legend, WB, PLOT_LEGEND, GtkWidget)

/**
 * WbPlotLegend:
 *
 * The names of a plot's series as buttons: a click, Space or Enter hides a series or shows it
 * again; a double click, a click with Alt, or Alt+Enter leaves only this one, and once more all.
 * Not there for fewer than two series with names.
 */
GtkWidget *wb_plot_legend_new (WbLinePlot *plot);

G_END_DECLS
