#pragma once

#include "app/figures/wb-chart.h"

#include <cairo.h>

G_BEGIN_DECLS

/* wb-chart-line.c: the lines, gaps and markers of one series */
void wb_chart_draw_series (const WbChart *self, const WbChartSeries *series, cairo_t *cr);
void wb_chart_draw_marker (cairo_t *cr, guint shape, double x, double y, double radius);
void wb_chart_set_dash (cairo_t *cr, guint style);
void wb_chart_set_color (cairo_t *cr, WbColor color, double opacity);

G_END_DECLS
