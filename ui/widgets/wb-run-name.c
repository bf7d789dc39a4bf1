#include "config.h"

#include "ui/widgets/wb-run-name.h"

#include <glib/gi18n-lib.h>

#define INDENT 24

struct _WbRunName
{
  GtkWidget parent_instance;

  WbRunRow *row;

  GtkWidget *arrow; /* (nullable): made for the first group */
  GtkWidget *name;
  GtkWidget *below;  /* (nullable) */
  GtkWidget *pinned; /* (nullable): made for the first that is */
  GtkWidget *baseline;
};

G_DEFINE_FINAL_TYPE (WbRunName, wb_run_name, GTK_TYPE_WIDGET)

static void
toggle_cb (WbRunName *self)
{
  if (self->row != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "runs.toggle", "x",
                                wb_run_get_id (wb_run_row_get_nth_run (self->row, 0)));
}

static GtkWidget *
arrow_new (WbRunName *self)
{
  GtkWidget *arrow = gtk_button_new ();

  gtk_widget_set_name (arrow, "expand-group");
  gtk_widget_add_css_class (arrow, "flat");
  gtk_widget_add_css_class (arrow, "group-arrow");
  gtk_widget_set_valign (arrow, GTK_ALIGN_CENTER);
  g_signal_connect_object (arrow, "clicked", G_CALLBACK (toggle_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_insert_after (arrow, GTK_WIDGET (self), NULL);
  return arrow;
}

static void
show_arrow (WbRunName *self)
{
  const gboolean group = wb_run_row_is_group (self->row);
  const gboolean expanded = group && wb_run_row_is_expanded (self->row);

  if (group && self->arrow == NULL)
    self->arrow = arrow_new (self);
  if (self->arrow == NULL)
    return;
  gtk_widget_set_visible (self->arrow, group);
  gtk_button_set_icon_name (GTK_BUTTON (self->arrow),
                            expanded ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self->arrow), GTK_ACCESSIBLE_PROPERTY_LABEL,
      expanded ? _ ("Hide the runs of this group") : _ ("Show the runs of this group"), -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->arrow), GTK_ACCESSIBLE_STATE_EXPANDED,
                               expanded, -1);
}

static void
show_mark (WbRunName *self, GtkWidget **mark, gboolean visible, const char *icon, const char *text)
{
  if (visible && *mark == NULL)
    {
      *mark = gtk_image_new_from_icon_name (icon);
      gtk_widget_add_css_class (*mark, "dim-label");
      gtk_widget_set_tooltip_text (*mark, text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (*mark), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                      -1);
      gtk_widget_set_parent (*mark, GTK_WIDGET (self));
    }
  if (*mark != NULL)
    gtk_widget_set_visible (*mark, visible);
}

static void
show (WbRunRow *row, WbRunName *self)
{
  const int        indent = wb_run_row_is_member (row) ? INDENT : 0;
  g_autofree char *name = wb_run_row_dup_text (row, WB_RUN_COLUMN_NAME);

  if (g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (self->name)), name) != 0)
    gtk_inscription_set_text (GTK_INSCRIPTION (self->name), name);
  if (self->below != NULL)
    {
      g_autofree char *task = wb_run_row_dup_text (row, WB_RUN_COLUMN_TASK);
      g_autofree char *model = wb_run_row_dup_text (row, WB_RUN_COLUMN_MODEL);
      g_autofree char *text = g_strdup_printf ("%s · %s", task, model);

      gtk_inscription_set_text (GTK_INSCRIPTION (self->below), text);
    }
  if (gtk_widget_get_margin_start (GTK_WIDGET (self)) != indent)
    gtk_widget_set_margin_start (GTK_WIDGET (self), indent);
  show_arrow (self);
  show_mark (self, &self->pinned, wb_run_row_is_pinned (row), "view-pin-symbolic", _ ("Pinned"));
  show_mark (self, &self->baseline, wb_run_row_is_baseline (row), "starred-symbolic",
             _ ("Baseline"));
}

void
wb_run_name_set_row (WbRunName *self, WbRunRow *row)
{
  g_return_if_fail (WB_IS_RUN_NAME (self));

  if (self->row == row)
    return;
  if (self->row != NULL)
    g_signal_handlers_disconnect_by_func (self->row, show, self);
  g_set_object (&self->row, row);
  if (row == NULL)
    return;
  g_signal_connect_object (row, "changed", G_CALLBACK (show), self, 0);
  show (row, self);
}

WbRunRow *
wb_run_name_get_row (WbRunName *self)
{
  g_return_val_if_fail (WB_IS_RUN_NAME (self), NULL);
  return self->row;
}

static gboolean
query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  WbRunName       *self = WB_RUN_NAME (widget);
  g_autofree char *name = NULL;

  if (self->row == NULL)
    return FALSE;
  name = wb_run_row_dup_text (self->row, WB_RUN_COLUMN_NAME);
  gtk_tooltip_set_text (tooltip, name);
  return TRUE;
}

static void
wb_run_name_dispose (GObject *object)
{
  WbRunName *self = WB_RUN_NAME (object);
  GtkWidget *child;

  wb_run_name_set_row (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  self->arrow = self->pinned = self->baseline = NULL;
  G_OBJECT_CLASS (wb_run_name_parent_class)->dispose (object);
}

static void
wb_run_name_class_init (WbRunNameClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_run_name_dispose;
  widget_class->query_tooltip = query_tooltip;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "run-name");
}

static GtkWidget *
text_new (GtkInscriptionOverflow overflow)
{
  GtkWidget *text = gtk_inscription_new (NULL);

  gtk_inscription_set_min_chars (GTK_INSCRIPTION (text), 1);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (text), 1);
  gtk_inscription_set_min_lines (GTK_INSCRIPTION (text), 1);
  gtk_inscription_set_nat_lines (GTK_INSCRIPTION (text), 1);
  gtk_inscription_set_wrap_mode (GTK_INSCRIPTION (text), PANGO_WRAP_CHAR);
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (text), 0);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text), overflow);
  gtk_widget_set_hexpand (text, TRUE);
  return text;
}

static void
wb_run_name_init (WbRunName *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
}

GtkWidget *
wb_run_name_new (gboolean folded)
{
  WbRunName *self = g_object_new (WB_TYPE_RUN_NAME, NULL);
  GtkWidget *box;

  self->name = text_new (GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_MIDDLE);
  if (!folded)
    {
      gtk_widget_set_parent (self->name, GTK_WIDGET (self));
      return GTK_WIDGET (self);
    }
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  self->below = text_new (GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->below, "dim-label");
  gtk_widget_add_css_class (self->below, "caption");
  gtk_box_append (GTK_BOX (box), self->name);
  gtk_box_append (GTK_BOX (box), self->below);
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
