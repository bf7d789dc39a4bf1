#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run.h"
#include "ui/widgets/wb-width-bin.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_CHARTS (wb_run_charts_get_type ())
G_DECLARE_FINAL_TYPE (WbRunCharts, wb_run_charts, WB, RUN_CHARTS, GtkWidget)

/**
 * WbRunCharts:
 *
 * The curves of a run as cards: loss, metrics, learning rate, gradient norm, speed, memory; one
 * cursor for all.  While it is on the screen, new points are read as the run gets them.
 */
void wb_run_charts_set_run (WbRunCharts *self, WbRun *run); /* (nullable) */

/* One, two or more columns. */
void wb_run_charts_fold (WbRunCharts *self, WbWidth width);

/* Weight of the mean that is drawn over the points: 0 to below 1. */
void wb_run_charts_set_smoothing (WbRunCharts *self, double weight);

G_END_DECLS
