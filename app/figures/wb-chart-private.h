#pragma once

#include "app/figures/wb-chart.h"
#include "app/figures/wb-thinning.h"

#include <cairo.h>

G_BEGIN_DECLS

#define WB_CHART_GAP 6   /* between labels and the lines */
#define WB_CHART_REACH 4 /* that a line may go beyond the area it is drawn in */

/* wb-chart-range.c.  FALSE: no point is in view. */
void wb_chart_find_x_range (const WbChart *self, double *low, double *high);
gboolean
wb_chart_find_y_range (WbChart *self, double x_low, double x_high, double *low, double *high);

/**
 * WbChartStroke:
 * @quiet: the middle of every column stands for all of it
 * @dash: on and off; 0: a whole line
 */
typedef struct
{
  const WbColumn *columns;
  guint           n_columns;
  WbColor         color;
  double          opacity, width, dash[2];
  gboolean        quiet;
} WbChartStroke;

/* wb-chart-raster.c.  FALSE: @cr does not end in plain pixels. */
gboolean wb_chart_raster (const WbChart *self, cairo_t *cr, const WbChartStroke *stroke);

/* wb-chart-marks.c: what is no line */
void wb_chart_draw_band (const WbChart *self, const WbChartSeries *series, cairo_t *cr);
void wb_chart_draw_markers (const WbChart       *self,
                            const WbChartSeries *series,
                            const WbSamples     *samples,
                            cairo_t             *cr);
void wb_chart_draw_marks (const WbChart *self, cairo_t *cr, double line);
void wb_chart_draw_references (const WbChart *self, cairo_t *cr, double line);
void wb_chart_draw_outside (const WbChart *self, cairo_t *cr, double line);

/* wb-chart-line.c: the lines, gaps and markers of one series */
void          wb_chart_draw_series (const WbChart *self, const WbChartSeries *series, cairo_t *cr);
void          wb_chart_draw_marker (cairo_t *cr, guint shape, double x, double y, double radius);
const double *wb_chart_get_dash (guint style); /* on, off; 0: whole */
void          wb_chart_set_dash (cairo_t *cr, guint style);
void          wb_chart_clip (const WbChart *self, cairo_t *cr);
gboolean      wb_chart_shows (const WbChart *self, double y);
void          wb_chart_set_color (cairo_t *cr, WbColor color, double opacity);

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
