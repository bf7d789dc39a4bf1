#pragma once

#include "app/figures/wb-chart.h"
#include "app/figures/wb-smoothing.h"

G_BEGIN_DECLS

/**
 * WbPlotSeries:
 * @x, @y: (element-type double)
 * @smooth: (nullable) (element-type double): as long as @y
 * @lent: another thread reads the arrays: they are replaced by copies before they change
 *
 * The points of one curve, smoothed as they come in, with what makes drawing them fast.
 */
typedef struct
{
  char       *name;
  gboolean    hidden, lent;
  GArray     *x, *y, *smooth;
  WbPyramid  *y_pyramid, *smooth_pyramid;
  WbSmoothing smoothing;
  WbSmoother  smoother;
} WbPlotSeries;

WbPlotSeries *wb_plot_series_new (const char *name, WbSmoothing smoothing);
void          wb_plot_series_free (WbPlotSeries *self);

void wb_plot_series_append (WbPlotSeries *self, const double *x, const double *y, gsize n);
void wb_plot_series_reset (WbPlotSeries *self); /* takes away all points */
void wb_plot_series_set_smoothing (WbPlotSeries *self, WbSmoothing smoothing);

/* Points into @self. */
WbChartSeries wb_plot_series_get_chart (const WbPlotSeries *self, guint color);

/* (transfer full): the same points for another thread, which only reads them. */
WbPlotSeries *wb_plot_series_lend (WbPlotSeries *self);

G_END_DECLS
