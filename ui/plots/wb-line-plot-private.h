#pragma once

#include "ui/plots/wb-line-plot.h"

#include "app/figures/wb-chart.h"
#include "app/figures/wb-smoothing.h"

#include <math.h>

G_BEGIN_DECLS

typedef struct
{
  char      *name;
  GArray    *x, *y, *smooth; /* double; smooth: NULL without smoothing */
  WbPyramid *y_pyramid, *smooth_pyramid;
  WbSmoother smoother;
} WbPlotSeries;

struct _WbLinePlot
{
  GtkWidget parent_instance;

  char      *title;
  GPtrArray *series; /* WbPlotSeries */
  double     cursor;
  double     x_high;              /* of the whole axis */
  double     zoom_low, zoom_high; /* NaN: not zoomed */
  gboolean   from_zero, log_x, log_y;

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
/* (transfer full): the lines of the read-out, the step first; %NULL when no series has a point. */
GPtrArray *wb_line_plot_read_cursor (WbLinePlot *self);

/* wb-line-plot-input.c */
void wb_line_plot_init_input (WbLinePlot *self);
void wb_line_plot_class_init_input (GtkWidgetClass *widget_class);

/* wb-line-plot.c */
void wb_line_plot_set_cursor (WbLinePlot *self, double cursor);
void wb_line_plot_invalidate (WbLinePlot *self);
/* Fills in what is shown, but for the look; returns the series that @out points to. */
WbChartSeries *wb_line_plot_dup_chart (WbLinePlot *self, WbChart *out);

G_END_DECLS
