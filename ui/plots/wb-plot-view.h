#pragma once

#include <glib-object.h>

#include "app/figures/wb-axis.h"

G_BEGIN_DECLS

#define WB_TYPE_PLOT_VIEW (wb_plot_view_get_type ())
G_DECLARE_FINAL_TYPE (WbPlotView, wb_plot_view, WB, PLOT_VIEW, GObject)

/**
 * WbPlotView:
 *
 * What charts of one page share: the part of x that they show, the cursor, and what x is.
 * Signals: "cursor-changed", "zoom-changed" (also when the axis becomes another one).
 */
WbPlotView *wb_plot_view_new (void);

/* Where the cursor stands; NaN: nowhere. */
double wb_plot_view_get_cursor (WbPlotView *self);
void   wb_plot_view_set_cursor (WbPlotView *self, double cursor);

/* FALSE: everything is shown, and @low and @high are NaN. */
gboolean wb_plot_view_get_zoom (WbPlotView *self, double *low, double *high);
/* NaN for either end, or nothing between them: everything. */
void wb_plot_view_zoom (WbPlotView *self, double low, double high);

/* @title: "step".  Shows everything again. */
void        wb_plot_view_set_axis (WbPlotView *self, WbAxisUnit unit, const char *title);
WbAxisUnit  wb_plot_view_get_unit (WbPlotView *self);
const char *wb_plot_view_get_title (WbPlotView *self);

G_END_DECLS
