#pragma once

#include "app/figures/wb-chart.h"

#include <cairo.h>

G_BEGIN_DECLS

#define WB_CHART_GAP 6 /* between labels and the lines */

/* wb-chart-line.c: the lines, gaps and markers of one series */
void wb_chart_draw_series (const WbChart *self, const WbChartSeries *series, cairo_t *cr);
void wb_chart_draw_marker (cairo_t *cr, guint shape, double x, double y, double radius);
void wb_chart_set_dash (cairo_t *cr, guint style);
void wb_chart_set_color (cairo_t *cr, WbColor color, double opacity);

/* wb-chart-text.c: @align: the part of the text that lies left of @x.  Returns its width. */
double wb_chart_draw_text (const WbChart *self,
                           cairo_t       *cr,
                           const char    *text,
                           double         x,
                           double         y,
                           double         align);
void   wb_chart_measure_text (const WbChart *self,
                              PangoLayout   *layout,
                              const char    *text,
                              int           *width,
                              int           *height);
/* How many lines the legend takes once left and width are known; 0: there is none. */
guint wb_chart_count_legend_rows (const WbChart *self, PangoContext *context);
void  wb_chart_draw_legend (const WbChart *self, cairo_t *cr, double line);

G_END_DECLS
