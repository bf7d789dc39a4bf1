#pragma once

#include "app/figures/wb-axis.h"
#include "app/figures/wb-palette.h"
#include "app/figures/wb-pyramid.h"

#include <pango/pangocairo.h>

G_BEGIN_DECLS

/**
 * WbChartSeries:
 * @name: (nullable): UTF-8, for the legend, which is drawn for two series or more
 * @x: (n) ascending
 * @y: (n) values; anything not finite is a gap
 * @smooth: (n) (nullable): drawn strong over a faint @y
 * @color: index into the palette; also chooses dash and marker, so that colour is never alone
 * @hidden: left out of ranges, lines and legend
 * @y_pyramid, @smooth_pyramid: (nullable): of @y and @smooth; with them a chart of millions of
 * points is drawn as fast as one of thousands
 * @band_low, @band_high: (n) (nullable): what is shaded around @y: a deviation, a range
 */
typedef struct
{
  const char   *name;
  const double *x, *y, *smooth;
  gsize         n;
  guint         color;
  gboolean      hidden;

  const WbPyramid *y_pyramid, *smooth_pyramid;
  const double    *band_low, *band_high;
} WbChartSeries;

/**
 * WbChartMark:
 * @x: place of an event
 * @text: what happened, drawn beside a dotted line where there is room
 * @bad: it went wrong: the line stands out
 *
 * Neighbours that are too many for lines become ticks at the lower edge.
 */
typedef struct
{
  double      x;
  const char *text;
  gboolean    bad;
} WbChartMark;

/**
 * WbChartReference:
 * @y: a value to compare with; always in the range of y
 * @text: "published 0.824"
 */
typedef struct
{
  double      y;
  const char *text;
} WbChartReference;

typedef enum
{
  WB_CHART_LEGEND_AUTO,   /* for two series or more */
  WB_CHART_LEGEND_ALWAYS, /* also for a single one */
  WB_CHART_LEGEND_NEVER,  /* it is somewhere else */
} WbChartLegend;

/**
 * WbChartText:
 * @text: (owned)
 * @x, @y: in the surface's coordinates; @y: of the base line
 * @align: the part of the text that lies left of @x
 * @size: height of the font
 */
typedef struct
{
  char    *text;
  double   x, y, align, size;
  gboolean bold;
  WbColor  color;
} WbChartText;

/**
 * WbChart:
 * @x_low, @x_high: range shown; NaN: from the data
 * @from_zero: the range of y starts at 0 where nothing is below
 * @x_unit: what x is
 * @clip_outliers: leave points that lie far out (wb_chart_layout()) outside, where the rest can be
 * seen at least four times as large without them
 * @log_x: logarithmic, from the first x above 0
 * @log_y: logarithmic where everything in view is above 0
 * @x_title: (nullable): at the right end under the axis
 * @nothing: (nullable): sentence that is shown while no point is in view
 * @legend: whether names are drawn above the lines
 * @marks: (n_marks) ascending
 * @references: (n_references)
 * @font: of tick labels
 * @pixels: device pixels per unit of length
 * @texts: (nullable) (element-type WbChartText): texts are added here instead of drawn
 *
 * Lines above are set by the caller, who also owns all that is pointed to; the ones below by
 * wb_chart_layout().
 */
typedef struct
{
  const WbChartSeries        *series;
  gsize                       n_series;
  double                      x_low, x_high;
  gboolean                    from_zero, log_x, log_y, clip_outliers;
  WbAxisUnit                  x_unit;
  WbChartLegend               legend;
  const char                 *x_title, *nothing;
  const WbChartMark          *marks;
  gsize                       n_marks;
  const WbChartReference     *references;
  gsize                       n_references;
  const WbPalette            *palette;
  const PangoFontDescription *font;
  double                      pixels;
  GArray                     *texts;

  WbAxis   x_axis, y_axis;
  double   left, top, width, height; /* of the area with the lines */
  guint    legend_rows;
  gsize    n_outside; /* points in view that lie above or below it */
  gboolean empty;
} WbChart;

/**
 * wb_chart_layout:
 *
 * Finds ranges, ticks and margins for an area of @width by @height.  No drawing.
 *
 * Far out is what lies more than twice the distance between the 2nd and the 98th percentile beyond
 * one of them (percentiles of up to 2,048 points in view, spread evenly; of logarithms on a
 * logarithmic axis).
 */
void wb_chart_layout (WbChart *self, PangoContext *context, double width, double height);

/* Draws a chart that was laid out.  Never clears: what is behind shows through. */
void wb_chart_draw (const WbChart *self, cairo_t *cr);

/* What stands beside a name in a legend: 20 by @height units of line and marker. */
void wb_chart_draw_sample (cairo_t *cr, const WbPalette *palette, guint color, double height);

/* Where a value lies in the area given to wb_chart_layout(). */
double wb_chart_x (const WbChart *self, double value);
double wb_chart_y (const WbChart *self, double value);
double wb_chart_value_at (const WbChart *self, double x);

/**
 * wb_chart_nearest:
 * @x: (n) ascending, n >= 1
 *
 * Returns: the index of the point next to @at, the hook of a cursor that reads out values
 */
gsize wb_chart_nearest (const double *x, gsize n, double at);

G_END_DECLS
