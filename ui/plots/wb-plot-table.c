#include "config.h"

#include "ui/plots/wb-plot-table.h"

#include "ui/plots/wb-line-plot-private.h"
#include "ui/plots/wb-plot-rows-private.h"

#include <glib/gi18n-lib.h>

#define REFRESH_SECONDS 1

typedef struct
{
  guint    series;
  gboolean smooth;
} Column;

struct _WbPlotTable
{
  GtkWidget parent_instance;

  GtkWidget  *scrolled;
  GtkWidget  *view; /* GtkColumnView */
  WbLinePlot *plot; /* not owned; NULL once it is gone */
  WbPlotRows *rows;
  GArray     *columns; /* Column: all but x */
  guint       refresh_id;
};

G_DEFINE_FINAL_TYPE (WbPlotTable, wb_plot_table, GTK_TYPE_WIDGET)

static char *
dup_value (WbPlotTable *self, guint column, double x)
{
  const Column       *which = &g_array_index (self->columns, Column, column);
  const WbPlotSeries *series;
  const GArray       *values;
  gsize               i;

  if (self->plot == NULL || which->series >= self->plot->series->len)
    return g_strdup ("");
  series = self->plot->series->pdata[which->series];
  values = which->smooth ? series->smooth : series->y;
  if (values == NULL || series->x->len == 0)
    return g_strdup ("");
  i = wb_chart_nearest ((const double *) (void *) series->x->data, series->x->len, x);
  if (g_array_index (series->x, double, i) != x)
    return g_strdup ("");
  return wb_axis_format (g_array_index (values, double, i), 6);
}

static char *
dup_text (WbPlotTable *self, guint column, double x)
{
  if (self->plot == NULL)
    return g_strdup ("");
  return column == 0 ? wb_axis_format_place (wb_plot_view_get_unit (self->plot->view), x)
                     : dup_value (self, column - 1, x);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, WbPlotTable *self)
{
  const guint      column = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (factory), "column"));
  g_autofree char *text =
      dup_text (self, column, wb_plot_row_get_x (gtk_list_item_get_item (item)));

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

static void
append_column (WbPlotTable *self, guint index, const char *title)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = NULL;

  g_object_set_data (G_OBJECT (factory), "column", GUINT_TO_POINTER (index));
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_expand (column, TRUE);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (self->view), column);
}

static void
add_series_columns (WbPlotTable *self, guint index)
{
  const WbPlotSeries *series = self->plot->series->pdata[index];
  const char         *name = series->name != NULL ? series->name : self->plot->title;

  for (int smooth = 0; smooth < (series->smooth != NULL ? 2 : 1); smooth++)
    {
      const Column     column = { index, smooth };
      g_autofree char *title =
          /* Translators: a column of smoothed values; %s is the name of a curve */
          smooth ? g_strdup_printf (_ ("%s, smoothed"), name) : g_strdup (name);

      g_array_append_val (self->columns, column);
      append_column (self, self->columns->len, title);
    }
}

/* Every x of a visible series once, ascending. */
static GArray *
merge (WbPlotTable *self)
{
  GArray           *out = g_array_new (FALSE, FALSE, sizeof (double));
  const GPtrArray  *all = self->plot->series;
  g_autofree guint *at = g_new0 (guint, all->len + 1);

  for (;;)
    {
      double x = INFINITY;

      for (guint s = 0; s < all->len; s++)
        {
          const WbPlotSeries *series = all->pdata[s];

          if (!series->hidden && at[s] < series->x->len)
            x = MIN (x, g_array_index (series->x, double, at[s]));
        }
      if (isinf (x))
        return out;
      g_array_append_val (out, x);
      for (guint s = 0; s < all->len; s++)
        {
          const WbPlotSeries *series = all->pdata[s];

          while (!series->hidden && at[s] < series->x->len &&
                 g_array_index (series->x, double, at[s]) <= x)
            at[s]++;
        }
    }
}

static gboolean
refresh_cb (gpointer data)
{
  WbPlotTable *self = data;

  self->refresh_id = 0;
  if (self->plot != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    wb_plot_rows_set (self->rows, merge (self));
  return G_SOURCE_REMOVE;
}

static void
refresh_soon (WbPlotTable *self)
{
  if (self->refresh_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->refresh_id = g_timeout_add_seconds (REFRESH_SECONDS, refresh_cb, self);
}

static void
rebuild (WbPlotTable *self)
{
  GListModel *columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->view));

  if (self->plot == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  while (g_list_model_get_n_items (columns) > 0)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);

      gtk_column_view_remove_column (GTK_COLUMN_VIEW (self->view), column);
    }
  g_array_set_size (self->columns, 0);
  append_column (self, 0, wb_plot_view_get_title (self->plot->view));
  for (guint i = 0; i < self->plot->series->len; i++)
    if (!((WbPlotSeries *) self->plot->series->pdata[i])->hidden)
      add_series_columns (self, i);
  wb_plot_rows_set (self->rows, merge (self));
}

static void
wb_plot_table_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wb_plot_table_parent_class)->map (widget);
  rebuild (WB_PLOT_TABLE (widget));
}

static void
wb_plot_table_dispose (GObject *object)
{
  WbPlotTable *self = WB_PLOT_TABLE (object);

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_weak_pointer (&self->plot);
  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_object (&self->rows);
  G_OBJECT_CLASS (wb_plot_table_parent_class)->dispose (object);
}

static void
wb_plot_table_finalize (GObject *object)
{
  g_array_unref (WB_PLOT_TABLE (object)->columns);
  G_OBJECT_CLASS (wb_plot_table_parent_class)->finalize (object);
}

static void
wb_plot_table_class_init (WbPlotTableClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_plot_table_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_plot_table_finalize;
  GTK_WIDGET_CLASS (klass)->map = wb_plot_table_map;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
wb_plot_table_init (WbPlotTable *self)
{
  GtkSelectionModel *selection;

  self->columns = g_array_new (FALSE, FALSE, sizeof (Column));
  self->rows = wb_plot_rows_new ();
  selection =
      GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->rows))));
  self->view = gtk_column_view_new (selection);
  gtk_column_view_set_show_row_separators (GTK_COLUMN_VIEW (self->view), TRUE);
  gtk_widget_add_css_class (self->view, "data-table");
  gtk_widget_set_name (self->view, "chart-table");
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), self->view);
  gtk_widget_set_vexpand (self->scrolled, TRUE);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
}

static void
update_name (WbLinePlot *plot, GParamSpec *pspec, WbPlotTable *self)
{
  /* Translators: the accessible name of a table; %s is the title of a chart */
  g_autofree char *name =
      g_strdup_printf (_ ("Table of “%s”"), plot->title != NULL ? plot->title : "");

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
}

GtkWidget *
wb_plot_table_new (WbLinePlot *plot)
{
  WbPlotTable *self = g_object_new (WB_TYPE_PLOT_TABLE, NULL);

  g_set_weak_pointer (&self->plot, plot);
  g_signal_connect_object (plot, "series-changed", G_CALLBACK (rebuild), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (plot, "points-changed", G_CALLBACK (refresh_soon), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (plot, "notify::title", G_CALLBACK (update_name), self, 0);
  update_name (plot, NULL, self);
  return GTK_WIDGET (self);
}

guint
wb_plot_table_get_n_rows (WbPlotTable *self)
{
  g_return_val_if_fail (WB_IS_PLOT_TABLE (self), 0);
  return g_list_model_get_n_items (G_LIST_MODEL (self->rows));
}

char *
wb_plot_table_dup_cell (WbPlotTable *self, guint row, guint column)
{
  g_return_val_if_fail (WB_IS_PLOT_TABLE (self), NULL);
  g_return_val_if_fail (column <= self->columns->len, NULL);
  return dup_text (self, column, wb_plot_rows_get (self->rows, row));
}
