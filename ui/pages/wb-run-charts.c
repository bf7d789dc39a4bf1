#include "config.h"

#include "ui/pages/wb-run-charts-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define REFRESH_MS 100

G_DEFINE_FINAL_TYPE (WbRunCharts, wb_run_charts, GTK_TYPE_WIDGET)

static gboolean
refresh_cb (gpointer data)
{
  WbRunCharts *self = data;

  self->refresh_id = 0;
  if (self->run != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    wb_run_charts_read (self);
  return G_SOURCE_REMOVE;
}

static void
refresh_soon (WbRunCharts *self)
{
  if (self->refresh_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->refresh_id = g_timeout_add (REFRESH_MS, refresh_cb, self);
}

static void
clear (WbRunCharts *self)
{
  const WbRunAxisKind kind = wb_run_axis_get_kind (self->axis);

  g_ptr_array_set_size (self->curves, 0);
  g_array_set_size (self->events, 0);
  self->events_offset = 0;
  wb_run_axis_free (self->axis);
  self->axis = wb_run_axis_new (kind);
  for (guint i = 0; i < N_CARDS; i++)
    {
      wb_line_plot_clear (self->cards[i].plot);
      wb_line_plot_set_marks (self->cards[i].plot, NULL, 0);
    }
  wb_plot_view_zoom (self->view, NAN, NAN);
  /* the usual ones are there from the beginning, so that nothing jumps when points come in */
  for (guint i = 0; i < N_CARDS; i++)
    if (wb_run_chart_kinds[i].series != NULL && i != CARD_MEMORY)
      wb_run_charts_add_curve (self, wb_run_chart_kinds[i].series);
  gtk_widget_set_visible (self->cards[CARD_MEMORY].box, FALSE);
  wb_run_charts_lay_out (self);
  wb_run_charts_update_titles (self);
}

void
wb_run_charts_set_run (WbRunCharts *self, WbRun *run)
{
  g_return_if_fail (WB_IS_RUN_CHARTS (self));

  if (self->run == run)
    return;
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_func (self->run, refresh_soon, self);
  g_set_object (&self->run, run);
  clear (self);
  if (run == NULL)
    return;
  g_signal_connect_object (run, "notify", G_CALLBACK (refresh_soon), self, G_CONNECT_SWAPPED);
  wb_run_charts_read (self);
}

void
wb_run_charts_set_smoothing (WbRunCharts *self, double weight)
{
  g_return_if_fail (WB_IS_RUN_CHARTS (self));

  if (self->smoothing == weight)
    return;
  self->smoothing = weight;
  wb_run_charts_smooth (self);
}

void
wb_run_charts_fold (WbRunCharts *self, WbWidth width)
{
  g_return_if_fail (WB_IS_RUN_CHARTS (self));
  self->width = width;
  wb_run_charts_lay_out (self);
}

static void
add_card (WbRunCharts *self, CardId id)
{
  g_autoptr (GMenuModel) menu = wb_run_charts_new_menu ();
  Card *card = &self->cards[id];

  card->box = wb_plot_card_new (_ (wb_run_chart_kinds[id].title), menu);
  card->plot = wb_plot_card_get_plot (WB_PLOT_CARD (card->box));
  g_object_set (card->plot, "from-zero", wb_run_chart_kinds[id].from_zero, "clip-outliers",
                wb_run_chart_kinds[id].smooth, "height-request",
                id == CARD_LOSS || id == CARD_METRICS ? 220 : 150, NULL);
  wb_line_plot_set_view (card->plot, self->view);
  gtk_grid_attach (GTK_GRID (self->grid), card->box, 0, (int) id, WB_RUN_CHARTS_COLUMNS, 1);
}

static void
wb_run_charts_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wb_run_charts_parent_class)->map (widget);
  refresh_soon (WB_RUN_CHARTS (widget)); /* what came while it was away */
}

static void
wb_run_charts_dispose (GObject *object)
{
  WbRunCharts *self = WB_RUN_CHARTS (object);

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_func (self->run, refresh_soon, self);
  g_clear_object (&self->run);
  g_clear_pointer (&self->grid, gtk_widget_unparent);
  G_OBJECT_CLASS (wb_run_charts_parent_class)->dispose (object);
}

static void
wb_run_charts_finalize (GObject *object)
{
  g_ptr_array_unref (WB_RUN_CHARTS (object)->curves);
  g_object_unref (WB_RUN_CHARTS (object)->view);
  wb_run_axis_free (WB_RUN_CHARTS (object)->axis);
  g_array_unref (WB_RUN_CHARTS (object)->events);
  G_OBJECT_CLASS (wb_run_charts_parent_class)->finalize (object);
}

static void
wb_run_charts_class_init (WbRunChartsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_run_charts_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_run_charts_finalize;
  widget_class->map = wb_run_charts_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wb_run_charts_init (WbRunCharts *self)
{
  self->curves = g_ptr_array_new_with_free_func (wb_run_charts_free_curve);
  self->view = wb_plot_view_new ();
  self->axis = wb_run_axis_new (WB_RUN_AXIS_STEP);
  self->events = g_array_new (FALSE, FALSE, sizeof (WbRunEvent));
  self->smoothing = 0.9;
  self->grid = gtk_grid_new ();
  gtk_grid_set_column_homogeneous (GTK_GRID (self->grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 12);
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "charts");
  wb_run_charts_add_actions (self);
  for (guint i = 0; i < N_CARDS; i++)
    add_card (self, i);
  clear (self);
  wb_run_charts_fold (self, WB_WIDTH_FULL);
}
