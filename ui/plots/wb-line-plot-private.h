#pragma once

#include "ui/plots/wb-line-plot.h"
#include "ui/plots/wb-plot-series-private.h"

#include <math.h>

G_BEGIN_DECLS

struct _WbLinePlot
{
  GtkWidget parent_instance;

  char       *title, *nothing;
  GPtrArray  *series;             /* WbPlotSeries */
  GArray     *marks, *references; /* WbChartMark, WbChartReference; their texts are owned */
  WbPlotView *view;
  double      x_high; /* of the whole axis */
  gboolean    from_zero, log_x, log_y, clip_outliers, inner_legend;

  WbChart               chart; /* as it was drawn last */
  PangoFontDescription *font;
  GskRenderNode *node; /* (nullable) the chart without cursor; dropped when it has to change */
  int            node_width, node_height, node_scale;
  guint          redraw_id;
  gint64         drawn_at; /* monotonic */

  GtkNativeDialog *chooser; /* (nullable) where to export to */

  double pointer_x, pointer_y; /* where it was last */
  double drag_from, drag_to;   /* in widget coordinates; NaN: no drag */
};

/* wb-line-plot-cursor.c */
void wb_line_plot_snapshot_cursor (WbLinePlot *self, GtkSnapshot *snapshot);
void wb_line_plot_snapshot_drag (WbLinePlot *self, GtkSnapshot *snapshot);
/* (transfer full): the lines of the read-out, the place first; %NULL when no series has a point. */
GPtrArray *wb_line_plot_read_cursor (WbLinePlot *self);

/* wb-line-plot-input.c */
void wb_line_plot_init_input (WbLinePlot *self);
void wb_line_plot_class_init_input (GtkWidgetClass *widget_class);

/* wb-line-plot.c */
void wb_line_plot_emit_series_changed (WbLinePlot *self);
void wb_line_plot_emit_points_changed (WbLinePlot *self);

/* wb-line-plot-draw.c */
void wb_line_plot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);
void wb_line_plot_invalidate (WbLinePlot *self);
/* Points come in by dozens: one picture for all that arrive within a tenth of a second. */
void wb_line_plot_redraw_soon (WbLinePlot *self);
/* The whole of x; high may be NaN without points. */
void wb_line_plot_get_full (WbLinePlot *self, double *low, double *high);
/* Fills in what is shown, but for the look; returns the series that @out points to. */
WbChartSeries   *wb_line_plot_dup_chart (WbLinePlot *self, WbChart *out);
const WbPalette *wb_line_plot_get_palette (void);

G_END_DECLS
