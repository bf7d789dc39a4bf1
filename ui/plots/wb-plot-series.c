#include "config.h"

#include "ui/plots/wb-plot-series-private.h"

static GArray *
new_array (void)
{
  return g_array_new (FALSE, FALSE, sizeof (double));
}

WbPlotSeries *
wb_plot_series_new (const char *name, WbSmoothing smoothing)
{
  WbPlotSeries *self = g_new0 (WbPlotSeries, 1);

  self->name = g_strdup (name);
  self->x = new_array ();
  self->y = new_array ();
  self->y_pyramid = wb_pyramid_new ();
  self->smooth_pyramid = wb_pyramid_new ();
  wb_plot_series_set_smoothing (self, smoothing);
  return self;
}

void
wb_plot_series_free (WbPlotSeries *self)
{
  g_free (self->name);
  g_array_unref (self->x);
  g_array_unref (self->y);
  g_clear_pointer (&self->smooth, g_array_unref);
  wb_pyramid_free (self->y_pyramid);
  wb_pyramid_free (self->smooth_pyramid);
  g_free (self);
}

static void
own (GArray **array)
{
  GArray *copy;

  if (*array == NULL)
    return;
  copy = g_array_copy (*array);
  g_array_unref (*array);
  *array = copy;
}

static void
before_change (WbPlotSeries *self)
{
  if (!self->lent)
    return;
  own (&self->x);
  own (&self->y);
  own (&self->smooth);
  self->lent = FALSE;
}

/* Smooths the points from @from on. */
static void
smooth_from (WbPlotSeries *self, gsize from)
{
  const double *y = (const double *) (void *) self->y->data;
  const gsize   n = self->y->len;
  double       *out;

  if (self->smooth == NULL)
    return;
  g_array_set_size (self->smooth, (guint) n);
  out = (double *) (void *) self->smooth->data;
  if (self->smoothing.kind == WB_SMOOTHING_MEAN)
    {
      const guint points = (guint) self->smoothing.amount;

      /* the last means were of fewer points than they can have now */
      from = from > points / 2 ? from - points / 2 : 0;
      wb_pyramid_truncate (self->smooth_pyramid, from);
      wb_smoothing_mean (y, n, points, from, out);
    }
  else
    for (gsize i = from; i < n; i++)
      out[i] = wb_smoother_next (&self->smoother, y[i]);
  wb_pyramid_update (self->smooth_pyramid, out, n);
}

void
wb_plot_series_append (WbPlotSeries *self, const double *x, const double *y, gsize n)
{
  const gsize before = self->x->len;

  before_change (self);
  g_array_append_vals (self->x, x, (guint) n);
  g_array_append_vals (self->y, y, (guint) n);
  wb_pyramid_update (self->y_pyramid, (const double *) (void *) self->y->data, self->y->len);
  smooth_from (self, before);
}

void
wb_plot_series_reset (WbPlotSeries *self)
{
  before_change (self);
  g_array_set_size (self->x, 0);
  g_array_set_size (self->y, 0);
  wb_pyramid_truncate (self->y_pyramid, 0);
  wb_plot_series_set_smoothing (self, self->smoothing);
}

void
wb_plot_series_set_smoothing (WbPlotSeries *self, WbSmoothing smoothing)
{
  before_change (self);
  if (!(smoothing.amount > 0) || (smoothing.kind == WB_SMOOTHING_MEAN && smoothing.amount < 2))
    smoothing.kind = WB_SMOOTHING_NONE;
  self->smoothing = smoothing;
  wb_smoother_init (&self->smoother, smoothing.amount);
  wb_pyramid_truncate (self->smooth_pyramid, 0);
  if (smoothing.kind == WB_SMOOTHING_NONE)
    g_clear_pointer (&self->smooth, g_array_unref);
  else if (self->smooth == NULL)
    self->smooth = new_array ();
  smooth_from (self, 0);
}

WbChartSeries
wb_plot_series_get_chart (const WbPlotSeries *self, guint color)
{
  return (WbChartSeries){
    .name = self->name,
    .x = (const double *) (void *) self->x->data,
    .y = (const double *) (void *) self->y->data,
    .smooth = self->smooth != NULL ? (const double *) (void *) self->smooth->data : NULL,
    .n = self->x->len,
    .color = color,
    .hidden = self->hidden,
    .y_pyramid = self->y_pyramid,
    .smooth_pyramid = self->smooth_pyramid,
  };
}

WbPlotSeries *
wb_plot_series_lend (WbPlotSeries *self)
{
  WbPlotSeries *copy = g_new0 (WbPlotSeries, 1);

  self->lent = copy->lent = TRUE;
  copy->name = g_strdup (self->name);
  copy->hidden = self->hidden;
  copy->x = g_array_ref (self->x);
  copy->y = g_array_ref (self->y);
  copy->smooth = self->smooth != NULL ? g_array_ref (self->smooth) : NULL;
  copy->y_pyramid = wb_pyramid_new ();
  copy->smooth_pyramid = wb_pyramid_new ();
  return copy;
}
