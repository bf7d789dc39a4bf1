#include "config.h"

#include "ui/plots/wb-plot-card.h"

#include "ui/plots/wb-plot-legend.h"
#include "ui/plots/wb-plot-table.h"

#include <glib/gi18n-lib.h>

struct _WbPlotCard
{
  GtkWidget parent_instance;

  GtkWidget  *head, *title, *legend, *stack, *table;
  WbLinePlot *plot;
};

G_DEFINE_FINAL_TYPE (WbPlotCard, wb_plot_card, GTK_TYPE_WIDGET)

static void
wb_plot_card_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wb_plot_card_parent_class)->dispose (object);
}

static void
wb_plot_card_class_init (WbPlotCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_plot_card_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
wb_plot_card_init (WbPlotCard *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self), "chart");
}

static void
table_cb (GSimpleAction *action, GVariant *state, WbPlotCard *self)
{
  const gboolean table = g_variant_get_boolean (state);

  g_simple_action_set_state (action, state);
  gtk_stack_set_visible_child (GTK_STACK (self->stack),
                               table ? self->table : GTK_WIDGET (self->plot));
}

static void
add_table_action (WbPlotCard *self)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GSimpleAction) action =
      g_simple_action_new_stateful ("table", NULL, g_variant_new_boolean (FALSE));

  g_signal_connect_object (action, "change-state", G_CALLBACK (table_cb), self, 0);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "card", G_ACTION_GROUP (group));
}

static void
fill_head (WbPlotCard *self, const char *title, GMenuModel *more)
{
  g_autoptr (GMenu) items = g_menu_new ();

  self->title = gtk_label_new (title);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->title, TRUE);
  gtk_widget_add_css_class (self->title, "heading");
  g_menu_append (items, _ ("Show as _Table"), "card.table");
  if (more != NULL)
    g_menu_append_section (items, NULL, more);
  self->head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_append (GTK_BOX (self->head), self->title);
  gtk_box_append (GTK_BOX (self->head),
                  wb_line_plot_new_menu_button (self->plot, G_MENU_MODEL (items)));
}

GtkWidget *
wb_plot_card_new (const char *title, GMenuModel *more)
{
  WbPlotCard *self = g_object_new (WB_TYPE_PLOT_CARD, NULL);

  self->plot = WB_LINE_PLOT (wb_line_plot_new (title));
  gtk_widget_set_vexpand (GTK_WIDGET (self->plot), TRUE);
  fill_head (self, title, more);
  self->legend = wb_plot_legend_new (self->plot);
  self->table = wb_plot_table_new (self->plot);
  self->stack = gtk_stack_new ();
  gtk_stack_add_child (GTK_STACK (self->stack), GTK_WIDGET (self->plot));
  gtk_stack_add_child (GTK_STACK (self->stack), self->table);
  gtk_widget_set_parent (self->head, GTK_WIDGET (self));
  gtk_widget_set_parent (self->legend, GTK_WIDGET (self));
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  add_table_action (self);
  return GTK_WIDGET (self);
}

WbLinePlot *
wb_plot_card_get_plot (WbPlotCard *self)
{
  g_return_val_if_fail (WB_IS_PLOT_CARD (self), NULL);
  return self->plot;
}

void
wb_plot_card_set_title (WbPlotCard *self, const char *title)
{
  g_return_if_fail (WB_IS_PLOT_CARD (self));
  gtk_label_set_label (GTK_LABEL (self->title), title);
  g_object_set (self->plot, "title", title, NULL);
}

void
wb_plot_card_show_table (WbPlotCard *self, gboolean table)
{
  g_return_if_fail (WB_IS_PLOT_CARD (self));
  if (table != (gtk_stack_get_visible_child (GTK_STACK (self->stack)) == self->table))
    gtk_widget_activate_action (GTK_WIDGET (self), "card.table", NULL);
}
