#include "config.h"

#include "ui/plots/wb-plot-rows-private.h"

#include <math.h>

struct _WbPlotRow
{
  GObject parent_instance;

  double x;
};

G_DEFINE_FINAL_TYPE (WbPlotRow, wb_plot_row, G_TYPE_OBJECT)

static void
wb_plot_row_class_init (WbPlotRowClass *klass)
{
}

static void
wb_plot_row_init (WbPlotRow *self)
{
}

double
wb_plot_row_get_x (WbPlotRow *self)
{
  return self->x;
}

struct _WbPlotRows
{
  GObject parent_instance;

  GArray *x;
};

static GType
get_item_type (GListModel *model)
{
  return WB_TYPE_PLOT_ROW;
}

static guint
get_n_items (GListModel *model)
{
  return WB_PLOT_ROWS (model)->x->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  WbPlotRows *self = WB_PLOT_ROWS (model);
  WbPlotRow  *row;

  if (position >= self->x->len)
    return NULL;
  row = g_object_new (WB_TYPE_PLOT_ROW, NULL);
  row->x = g_array_index (self->x, double, position);
  return row;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WbPlotRows,
                               wb_plot_rows,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
wb_plot_rows_finalize (GObject *object)
{
  g_array_unref (WB_PLOT_ROWS (object)->x);
  G_OBJECT_CLASS (wb_plot_rows_parent_class)->finalize (object);
}

static void
wb_plot_rows_class_init (WbPlotRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_plot_rows_finalize;
}

static void
wb_plot_rows_init (WbPlotRows *self)
{
  self->x = g_array_new (FALSE, FALSE, sizeof (double));
}

WbPlotRows *
wb_plot_rows_new (void)
{
  return g_object_new (WB_TYPE_PLOT_ROWS, NULL);
}

void
wb_plot_rows_set (WbPlotRows *self, GArray *x)
{
  const guint before = self->x->len;
  guint       same = 0;

  while (same < before && same < x->len &&
         g_array_index (self->x, double, same) == g_array_index (x, double, same))
    same++;
  g_array_unref (self->x);
  self->x = x;
  if (same < before || same < x->len)
    g_list_model_items_changed (G_LIST_MODEL (self), same, before - same, x->len - same);
}

double
wb_plot_rows_get (WbPlotRows *self, guint row)
{
  return row < self->x->len ? g_array_index (self->x, double, row) : NAN;
}
