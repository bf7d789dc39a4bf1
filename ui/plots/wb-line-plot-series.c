/* What a chart shows: its series, events and values to compare with. */
#include "config.h"

#include "ui/plots/wb-line-plot-private.h"

/* NULL for a number that no series has. */
static WbPlotSeries *
get_series (WbLinePlot *self, guint index)
{
  g_return_val_if_fail (WB_IS_LINE_PLOT (self), NULL);
  g_return_val_if_fail (index < self->series->len, NULL);
  return self->series->pdata[index];
}

void
wb_line_plot_clear (WbLinePlot *self)
{
  g_return_if_fail (WB_IS_LINE_PLOT (self));
  g_ptr_array_set_size (self->series, 0);
  wb_line_plot_emit_series_changed (self);
}

guint
wb_line_plot_add_series (WbLinePlot *self, const char *name, double smoothing)
{
  const WbSmoothing exponential = { WB_SMOOTHING_EXPONENTIAL, smoothing };

  g_return_val_if_fail (WB_IS_LINE_PLOT (self), 0);
  g_ptr_array_add (self->series, wb_plot_series_new (name, exponential));
  wb_line_plot_emit_series_changed (self);
  return self->series->len - 1;
}

void
wb_line_plot_set_smoothing (WbLinePlot *self, guint index, WbSmoothing smoothing)
{
  WbPlotSeries *series = get_series (self, index);

  if (series == NULL)
    return;
  wb_plot_series_set_smoothing (series, smoothing);
  wb_line_plot_emit_points_changed (self);
}

void
wb_line_plot_append (WbLinePlot *self, guint index, const double *x, const double *y, gsize n)
{
  WbPlotSeries *series = get_series (self, index);

  if (series == NULL || n == 0)
    return;
  wb_plot_series_append (series, x, y, n);
  wb_line_plot_emit_points_changed (self);
}

void
wb_line_plot_reset (WbLinePlot *self, guint index)
{
  WbPlotSeries *series = get_series (self, index);

  if (series == NULL)
    return;
  wb_plot_series_reset (series);
  wb_line_plot_emit_points_changed (self);
}

guint
wb_line_plot_get_n_series (WbLinePlot *self)
{
  g_return_val_if_fail (WB_IS_LINE_PLOT (self), 0);
  return self->series->len;
}

gsize
wb_line_plot_get_n_points (WbLinePlot *self, guint index)
{
  const WbPlotSeries *series = get_series (self, index);

  return series != NULL ? series->x->len : 0;
}

const char *
wb_line_plot_get_name (WbLinePlot *self, guint index)
{
  const WbPlotSeries *series = get_series (self, index);

  return series != NULL ? series->name : NULL;
}

gboolean
wb_line_plot_get_hidden (WbLinePlot *self, guint index)
{
  const WbPlotSeries *series = get_series (self, index);

  return series != NULL && series->hidden;
}

void
wb_line_plot_set_hidden (WbLinePlot *self, guint index, gboolean hidden)
{
  WbPlotSeries *series = get_series (self, index);

  if (series == NULL || series->hidden == hidden)
    return;
  series->hidden = hidden;
  wb_line_plot_emit_series_changed (self);
}

void
wb_line_plot_isolate (WbLinePlot *self, guint index)
{
  const WbPlotSeries *chosen = get_series (self, index);
  gboolean            alone = chosen != NULL && !chosen->hidden;

  if (chosen == NULL)
    return;
  for (guint i = 0; i < self->series->len; i++)
    if (i != index && !((WbPlotSeries *) self->series->pdata[i])->hidden)
      alone = FALSE;
  for (guint i = 0; i < self->series->len; i++)
    ((WbPlotSeries *) self->series->pdata[i])->hidden = !alone && i != index;
  wb_line_plot_emit_series_changed (self);
}

void
wb_line_plot_set_marks (WbLinePlot *self, const WbChartMark *marks, gsize n)
{
  g_return_if_fail (WB_IS_LINE_PLOT (self));

  g_array_set_size (self->marks, 0);
  for (gsize i = 0; i < n; i++)
    {
      const WbChartMark copy = { marks[i].x, g_strdup (marks[i].text), marks[i].bad };

      g_array_append_val (self->marks, copy);
    }
  wb_line_plot_redraw_soon (self);
}

void
wb_line_plot_set_references (WbLinePlot *self, const WbChartReference *references, gsize n)
{
  g_return_if_fail (WB_IS_LINE_PLOT (self));

  g_array_set_size (self->references, 0);
  for (gsize i = 0; i < n; i++)
    {
      const WbChartReference copy = { references[i].y, g_strdup (references[i].text) };

      g_array_append_val (self->references, copy);
    }
  wb_line_plot_invalidate (self);
}
