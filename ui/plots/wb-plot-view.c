#include "config.h"

#include "ui/plots/wb-plot-view.h"

#include <glib/gi18n-lib.h>
#include <math.h>

struct _WbPlotView
{
  GObject parent_instance;

  double     cursor, low, high; /* NaN: none */
  WbAxisUnit unit;
  char      *title;
};

enum
{
  CURSOR_CHANGED,
  ZOOM_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbPlotView, wb_plot_view, G_TYPE_OBJECT)

static void
wb_plot_view_finalize (GObject *object)
{
  g_free (WB_PLOT_VIEW (object)->title);
  G_OBJECT_CLASS (wb_plot_view_parent_class)->finalize (object);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, WB_TYPE_PLOT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                       0);
}

static void
wb_plot_view_class_init (WbPlotViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_plot_view_finalize;
  signals[CURSOR_CHANGED] = new_signal ("cursor-changed");
  signals[ZOOM_CHANGED] = new_signal ("zoom-changed");
}

static void
wb_plot_view_init (WbPlotView *self)
{
  self->cursor = self->low = self->high = NAN;
  self->unit = WB_AXIS_COUNT;
  self->title = g_strdup (_ ("step"));
}

WbPlotView *
wb_plot_view_new (void)
{
  return g_object_new (WB_TYPE_PLOT_VIEW, NULL);
}

static gboolean
same (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

double
wb_plot_view_get_cursor (WbPlotView *self)
{
  g_return_val_if_fail (WB_IS_PLOT_VIEW (self), NAN);
  return self->cursor;
}

void
wb_plot_view_set_cursor (WbPlotView *self, double cursor)
{
  g_return_if_fail (WB_IS_PLOT_VIEW (self));
  if (same (self->cursor, cursor))
    return;
  self->cursor = cursor;
  g_signal_emit (self, signals[CURSOR_CHANGED], 0);
}

gboolean
wb_plot_view_get_zoom (WbPlotView *self, double *low, double *high)
{
  g_return_val_if_fail (WB_IS_PLOT_VIEW (self), FALSE);
  if (low != NULL)
    *low = self->low;
  if (high != NULL)
    *high = self->high;
  return !isnan (self->low);
}

void
wb_plot_view_zoom (WbPlotView *self, double low, double high)
{
  g_return_if_fail (WB_IS_PLOT_VIEW (self));
  if (!isfinite (low) || !isfinite (high) || high <= low)
    low = high = NAN;
  if (same (self->low, low) && same (self->high, high))
    return;
  self->low = low;
  self->high = high;
  g_signal_emit (self, signals[ZOOM_CHANGED], 0);
}

void
wb_plot_view_set_axis (WbPlotView *self, WbAxisUnit unit, const char *title)
{
  g_return_if_fail (WB_IS_PLOT_VIEW (self));
  if (self->unit == unit && g_strcmp0 (self->title, title) == 0)
    return;
  self->unit = unit;
  g_free (self->title);
  self->title = g_strdup (title);
  self->low = self->high = NAN;
  wb_plot_view_set_cursor (self, NAN);
  g_signal_emit (self, signals[ZOOM_CHANGED], 0);
}

WbAxisUnit
wb_plot_view_get_unit (WbPlotView *self)
{
  g_return_val_if_fail (WB_IS_PLOT_VIEW (self), WB_AXIS_COUNT);
  return self->unit;
}

const char *
wb_plot_view_get_title (WbPlotView *self)
{
  g_return_val_if_fail (WB_IS_PLOT_VIEW (self), NULL);
  return self->title;
}
