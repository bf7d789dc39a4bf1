#include "config.h"

#include "ui/widgets/wb-run-filter-popover.h"

#include <glib/gi18n-lib.h>

#include "app/runs/wb-task-info.h"

struct _WbRunFilterPopover
{
  GtkPopover parent_instance;

  WbRunTable *table;
  GtkWidget  *statuses, *lists[3]; /* boxes of checks: tasks, models, tags */
  GtkWidget  *archived, *clear;
  gboolean    busy;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (WbRunFilterPopover, wb_run_filter_popover, GTK_TYPE_POPOVER)

static const struct
{
  WbRunColumn column;
  const char *title;
} groups[] = {
  { WB_RUN_COLUMN_TASK, N_ ("Task") },
  { WB_RUN_COLUMN_MODEL, N_ ("Model") },
  { WB_RUN_COLUMN_TAGS, N_ ("Tag") },
};

static const char *
value_of (GtkWidget *check)
{
  return g_object_get_data (G_OBJECT (check), "value");
}

static void
tell (WbRunFilterPopover *self)
{
  gtk_widget_set_sensitive (self->clear, wb_run_filter_popover_get_n (self) > 0);
  g_signal_emit (self, changed_signal, 0);
}

static void
status_cb (WbRunFilterPopover *self)
{
  guint statuses = 0, bit = 0;

  if (self->busy)
    return;
  for (GtkWidget *w = gtk_widget_get_first_child (self->statuses); w != NULL;
       w = gtk_widget_get_next_sibling (w), bit++)
    if (gtk_check_button_get_active (
            GTK_CHECK_BUTTON (gtk_flow_box_child_get_child (GTK_FLOW_BOX_CHILD (w)))))
      statuses |= 1u << bit;
  wb_run_table_set_statuses (self->table, statuses);
  tell (self);
}

static void
values_cb (WbRunFilterPopover *self)
{
  if (self->busy)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      g_autoptr (GPtrArray) values = g_ptr_array_new ();

      for (GtkWidget *w = gtk_widget_get_first_child (self->lists[i]); w != NULL;
           w = gtk_widget_get_next_sibling (w))
        if (GTK_IS_CHECK_BUTTON (w) && gtk_check_button_get_active (GTK_CHECK_BUTTON (w)))
          g_ptr_array_add (values, (gpointer) value_of (w));
      g_ptr_array_add (values, NULL);
      if (!g_strv_equal ((const char *const *) values->pdata,
                         wb_run_table_get_values (self->table, groups[i].column)))
        wb_run_table_set_values (self->table, groups[i].column,
                                 (const char *const *) values->pdata);
    }
  tell (self);
}

static void fill (WbRunFilterPopover *self);

static void
archived_cb (WbRunFilterPopover *self)
{
  if (self->busy)
    return;
  wb_run_table_set_archived (self->table,
                             gtk_check_button_get_active (GTK_CHECK_BUTTON (self->archived)));
  fill (self);
  tell (self);
}

static GtkWidget *
heading_new (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_set_margin_top (label, 6);
  return label;
}

static char *
dup_title (WbRunColumn column, const char *value)
{
  g_autoptr (WbTaskInfo) task = column == WB_RUN_COLUMN_TASK ? wb_task_info_find (value) : NULL;

  return g_strdup (task != NULL ? wb_task_info_get_title (task) : value);
}

static GtkWidget *
value_check_new (WbRunFilterPopover *self, guint group, const char *value)
{
  g_autofree char   *title = dup_title (groups[group].column, value);
  g_autofree char   *name = g_strdup_printf ("filter-%s", value);
  GtkWidget         *check = gtk_check_button_new_with_label (title);
  const char *const *chosen = wb_run_table_get_values (self->table, groups[group].column);

  gtk_widget_set_name (check, name);
  g_object_set_data_full (G_OBJECT (check), "value", g_strdup (value), g_free);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), g_strv_contains (chosen, value));
  g_signal_connect_object (check, "notify::active", G_CALLBACK (values_cb), self,
                           G_CONNECT_SWAPPED);
  return check;
}

/* What the runs have by now, and what was chosen of it; one that no run has any more can still be
 * taken away. */
static void
fill_group (WbRunFilterPopover *self, guint group)
{
  const WbRunColumn  column = groups[group].column;
  const char *const *chosen = wb_run_table_get_values (self->table, column);
  g_auto (GStrv) choices = wb_run_table_dup_choices (self->table, column);
  GtkWidget *box = self->lists[group], *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
  gtk_widget_set_visible (box, choices[0] != NULL || chosen[0] != NULL);
  gtk_box_append (GTK_BOX (box), heading_new (_ (groups[group].title)));
  for (char **choice = choices; *choice != NULL; choice++)
    gtk_box_append (GTK_BOX (box), value_check_new (self, group, *choice));
  for (; *chosen != NULL; chosen++)
    if (!g_strv_contains ((const char *const *) choices, *chosen))
      gtk_box_append (GTK_BOX (box), value_check_new (self, group, *chosen));
}

static void
fill (WbRunFilterPopover *self)
{
  self->busy = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    fill_group (self, i);
  gtk_widget_set_sensitive (self->clear, wb_run_filter_popover_get_n (self) > 0);
  self->busy = FALSE;
}

guint
wb_run_filter_popover_get_n (WbRunFilterPopover *self)
{
  guint n;

  g_return_val_if_fail (WB_IS_RUN_FILTER_POPOVER (self), 0);
  n = (guint) __builtin_popcount (wb_run_table_get_statuses (self->table));
  n += gtk_check_button_get_active (GTK_CHECK_BUTTON (self->archived));
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    n += g_strv_length ((char **) wb_run_table_get_values (self->table, groups[i].column));
  return n;
}

void
wb_run_filter_popover_clear (WbRunFilterPopover *self)
{
  g_return_if_fail (WB_IS_RUN_FILTER_POPOVER (self));

  self->busy = TRUE;
  for (GtkWidget *w = gtk_widget_get_first_child (self->statuses); w != NULL;
       w = gtk_widget_get_next_sibling (w))
    gtk_check_button_set_active (
        GTK_CHECK_BUTTON (gtk_flow_box_child_get_child (GTK_FLOW_BOX_CHILD (w))), FALSE);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->archived), FALSE);
  self->busy = FALSE;
  wb_run_table_set_statuses (self->table, 0);
  wb_run_table_set_archived (self->table, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    if (wb_run_table_get_values (self->table, groups[i].column)[0] != NULL)
      wb_run_table_set_values (self->table, groups[i].column, NULL);
  fill (self);
  tell (self);
}

static void
wb_run_filter_popover_show (GtkWidget *widget)
{
  fill (WB_RUN_FILTER_POPOVER (widget));
  GTK_WIDGET_CLASS (wb_run_filter_popover_parent_class)->show (widget);
}

static void
wb_run_filter_popover_dispose (GObject *object)
{
  g_clear_object (&WB_RUN_FILTER_POPOVER (object)->table);
  G_OBJECT_CLASS (wb_run_filter_popover_parent_class)->dispose (object);
}

static void
wb_run_filter_popover_class_init (WbRunFilterPopoverClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_run_filter_popover_dispose;
  GTK_WIDGET_CLASS (klass)->show = wb_run_filter_popover_show;
  changed_signal = g_signal_new ("changed", WB_TYPE_RUN_FILTER_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
statuses_new (WbRunFilterPopover *self)
{
  GtkWidget *box = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (box), GTK_SELECTION_NONE);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (box), 2);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (box), 2);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (box), TRUE);
  for (guint s = 0; s <= WB_RUN_DIVERGED; s++)
    {
      GtkWidget       *check = gtk_check_button_new_with_label (wb_run_status_get_title (s));
      g_autofree char *name = g_strconcat ("filter-", wb_run_status_get_name (s), NULL);

      gtk_widget_set_name (check, name);
      g_signal_connect_object (check, "notify::active", G_CALLBACK (status_cb), self,
                               G_CONNECT_SWAPPED);
      gtk_flow_box_append (GTK_FLOW_BOX (box), check);
      gtk_widget_set_focusable (gtk_widget_get_parent (check), FALSE);
    }
  return box;
}

static void
wb_run_filter_popover_init (WbRunFilterPopover *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *outer, *scrolled;

  self->statuses = statuses_new (self);
  gtk_box_append (GTK_BOX (box), heading_new (_ ("Status")));
  gtk_box_append (GTK_BOX (box), self->statuses);
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      self->lists[i] = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
      gtk_box_append (GTK_BOX (box), self->lists[i]);
    }
  scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 400);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  self->archived = gtk_check_button_new_with_mnemonic (_ ("Show A_rchived Runs Instead"));
  gtk_widget_set_name (self->archived, "filter-archived");
  g_signal_connect_object (self->archived, "notify::active", G_CALLBACK (archived_cb), self,
                           G_CONNECT_SWAPPED);
  self->clear = gtk_button_new_with_mnemonic (_ ("_Clear Filters"));
  gtk_widget_set_name (self->clear, "clear-filters");
  g_signal_connect_object (self->clear, "clicked", G_CALLBACK (wb_run_filter_popover_clear), self,
                           G_CONNECT_SWAPPED);
  outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (outer), scrolled);
  gtk_box_append (GTK_BOX (outer), self->archived);
  gtk_box_append (GTK_BOX (outer), self->clear);
  gtk_popover_set_child (GTK_POPOVER (self), outer);
  gtk_widget_set_name (GTK_WIDGET (self), "filter-popover");
}

GtkWidget *
wb_run_filter_popover_new (WbRunTable *table)
{
  WbRunFilterPopover *self = g_object_new (WB_TYPE_RUN_FILTER_POPOVER, NULL);

  self->table = g_object_ref (table);
  return GTK_WIDGET (self);
}
