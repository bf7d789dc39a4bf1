#pragma once

#include "ui/plots/wb-line-plot.h"

#include "app/figures/wb-chart.h"
#include "app/figures/wb-smoothing.h"

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
  gboolean   from_zero, log_y;

  WbChart               chart; /* as it was drawn last */
  PangoFontDescription *font;
  GskRenderNode *node; /* (nullable) the chart without cursor; dropped when it has to change */
  int            node_width, node_height, node_scale;
  guint          redraw_id;
  gint64         drawn_at; /* monotonic */

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

G_END_DECLS
