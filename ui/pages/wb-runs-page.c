#include "config.h"

#include "ui/pages/wb-runs-page-private.h"

#include "app/runs/wb-run-batch.h"
#include "ui/widgets/wb-run-columns-popover.h"

#include <glib/gi18n-lib.h>

#define DEMO_SECONDS 60 /* it makes data and a vocabulary before its first run */

enum
{
  RUN_ACTIVATED,
  CHANGE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbRunsPage, wb_runs_page, GTK_TYPE_WIDGET)

static gboolean
shows_archived (WbRunsPage *self)
{
  return wb_run_table_get_archived (self->table);
}

static void
update_title (WbRunsPage *self)
{
  const guint      n = wb_run_table_get_n_runs (self->table);
  const guint      active = self->list != NULL ? wb_run_list_get_n_active (self->list) : 0;
  g_autofree char *count = NULL, *both = NULL;

  count = shows_archived (self)
              ? g_strdup_printf (
                    g_dngettext (GETTEXT_PACKAGE, "%'u archived run", "%'u archived runs", n), n)
              : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%'u run", "%'u runs", n), n);
  if (active > 0 && !shows_archived (self))
    both = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s, %u active", "%s, %u active", active),
                            count, active);
  adw_window_title_set_subtitle (self->title, n == 0 ? "" : both != NULL ? both : count);
}

/* What is not shown is said, with a way back. */
static void
update_filtered (WbRunsPage *self)
{
  const guint      n = wb_run_filter_popover_get_n (self->filters);
  const guint      all = wb_run_table_get_n_runs (self->table);
  const guint      shown = wb_run_table_get_n_shown (self->table);
  g_autofree char *label = n > 0 ? g_strdup_printf (_ ("Filter (%u)"), n) : g_strdup (_ ("Filter"));
  g_autofree char *text = NULL;

  gtk_menu_button_set_label (self->filter_button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->filter_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_revealer_set_reveal_child (self->filtered, n > 0);
  text = shows_archived (self) && shown == all
             ? g_strdup (_ ("These runs were put away"))
             : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%'u of %'u run is shown",
                                             "%'u of %'u runs are shown", all),
                                shown, all);
  gtk_label_set_label (self->filtered_text, text);
}

static void
show_waiting (WbRunsPage *self, gboolean waiting)
{
  gtk_widget_set_visible (self->demo, !waiting);
  gtk_widget_set_visible (self->new_run_empty, !waiting);
  gtk_widget_set_visible (GTK_WIDGET (self->waiting), waiting);
  gtk_spinner_set_spinning (self->waiting, waiting);
  gtk_label_set_label (
      self->demo_help,
      waiting ? _ ("The demo makes its sample data. Its first run appears in a moment.")
              : _ ("The demo makes its own data and trains two small models from scratch. It takes "
                   "about two minutes and needs no network."));
}

static gboolean
waited_cb (gpointer data)
{
  WbRunsPage *self = data;

  self->waiting_id = 0;
  show_waiting (self, FALSE);
  return G_SOURCE_REMOVE;
}

void
wb_runs_page_wait_for_demo (WbRunsPage *self)
{
  g_return_if_fail (WB_IS_RUNS_PAGE (self));
  g_clear_handle_id (&self->waiting_id, g_source_remove);
  self->waiting_id = g_timeout_add_seconds (DEMO_SECONDS, waited_cb, self);
  show_waiting (self, TRUE);
}

/* One loud button at a time: on the empty page it is the demo's. */
static void
emphasise (GtkWidget *button, gboolean loud)
{
  if (loud)
    gtk_widget_add_css_class (button, "suggested-action");
  else
    gtk_widget_remove_css_class (button, "suggested-action");
}

static void
update_stack (WbRunsPage *self)
{
  const guint n = self->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->list)) : 0;

  update_title (self);
  if (self->list == NULL)
    return;
  if (n > 0 && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "list") != 0)
    {
      gtk_stack_set_visible_child_name (self->stack, "list");
      gtk_widget_grab_focus (GTK_WIDGET (self->view));
    }
  else if (n == 0)
    gtk_stack_set_visible_child_name (self->stack, "empty");
  emphasise (self->new_run, n > 0);
  if (n > 0 && self->waiting_id != 0)
    {
      g_clear_handle_id (&self->waiting_id, g_source_remove);
      show_waiting (self, FALSE);
    }
  update_filtered (self);
  gtk_stack_set_visible_child_name (
      self->results, g_list_model_get_n_items (G_LIST_MODEL (self->table)) > 0 ? "rows" : "none");
}

/* The second frame: GTK has put what was the first row back to its place in the first. */
static gboolean
to_top_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  WbRunsPage *self = data;

  if (++self->to_top_frames < 2)
    return G_SOURCE_CONTINUE;
  self->to_top_id = 0;
  gtk_adjustment_set_value (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view)), 0);
  return G_SOURCE_REMOVE;
}

/* A list that shows its first row shows the new first row; one that was scrolled stays. */
static void
rows_changed_cb (WbRunsPage *self, guint position, guint removed, guint added)
{
  GtkAdjustment *scroll = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view));

  if (position > 0 || added == 0 || gtk_adjustment_get_value (scroll) > 0)
    return;
  self->to_top_frames = 0;
  if (self->to_top_id == 0)
    self->to_top_id = gtk_widget_add_tick_callback (GTK_WIDGET (self->view), to_top_cb, self, NULL);
}

/* The buttons go below the search where both have no room. */
static void
fold_cb (WbRunsPage *self)
{
  const WbWidth width = wb_width_bin_get_width (self->bin);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->bar), width == WB_WIDTH_NARROW
                                                                  ? GTK_ORIENTATION_VERTICAL
                                                                  : GTK_ORIENTATION_HORIZONTAL);
  wb_run_columns_set_width (self->columns, width);
}

static void
search_changed_cb (WbRunsPage *self)
{
  wb_run_table_set_text (self->table, gtk_editable_get_text (GTK_EDITABLE (self->search)));
  update_stack (self);
}

static void
stop_search_cb (WbRunsPage *self)
{
  wb_runs_page_stop_search (self);
}

static void
clear_filters_cb (WbRunsPage *self)
{
  wb_run_filter_popover_clear (self->filters);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
group_cb (WbRunsPage *self)
{
  const gboolean grouped = gtk_toggle_button_get_active (self->group_button);

  wb_run_table_set_grouped (self->table, grouped);
  wb_run_columns_set_grouped (self->columns, grouped);
  if (self->settings != NULL)
    g_settings_set_boolean (self->settings, "runs-grouped", grouped);
}

static void
order_changed_cb (WbRunsPage *self)
{
  gboolean          descending;
  const WbRunColumn column = wb_run_columns_get_order (self->columns, &descending);

  wb_run_table_set_order (self->table, column, descending);
}

static void
activate_cb (WbRunsPage *self, guint position)
{
  g_autoptr (WbRunRow) row = g_list_model_get_item (G_LIST_MODEL (self->table), position);

  if (row != NULL && wb_run_row_is_group (row))
    wb_run_table_set_expanded (self->table, row, !wb_run_row_is_expanded (row));
  else if (row != NULL)
    g_signal_emit (self, signals[RUN_ACTIVATED], 0, wb_run_row_get_run (row));
}

/* Sentences in place of buttons that do nothing. */
static void
selection_changed_cb (WbRunsPage *self)
{
  g_autoptr (GPtrArray) runs = wb_runs_page_dup_chosen_runs (self);
  g_autofree char *text = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%'u run chosen", "%'u runs chosen", runs->len), runs->len);

  gtk_label_set_label (self->chosen_text, text);
  gtk_revealer_set_reveal_child (self->chosen, runs->len > 0);
  wb_runs_page_update_actions (self);
}

static void
wb_runs_page_dispose (GObject *object)
{
  WbRunsPage *self = WB_RUNS_PAGE (object);
  GtkWidget  *child;

  g_clear_handle_id (&self->waiting_id, g_source_remove);
  if (self->to_top_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->view), self->to_top_id);
  self->to_top_id = 0;
  wb_runs_page_set_list (self, NULL);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->columns);
  g_clear_object (&self->selection);
  g_clear_object (&self->table);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (wb_runs_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/DebertaWorkbench/wb-runs-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, title);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, activity);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, new_run);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, demo);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, new_run_empty);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, waiting);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, demo_help);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, bin);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, results);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, error_page);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, search);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, bar);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, filter_button);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, columns_button);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, group_button);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, filtered);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, filtered_text);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, view);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, chosen);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, chosen_text);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, chosen_menu);
  gtk_widget_class_bind_template_callback (widget_class, fold_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_filters_cb);
  gtk_widget_class_bind_template_callback (widget_class, group_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
}

static void
wb_runs_page_class_init (WbRunsPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_runs_page_dispose;
  signals[RUN_ACTIVATED] = g_signal_new ("run-activated", WB_TYPE_RUNS_PAGE, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, WB_TYPE_RUN);
  signals[CHANGE] = g_signal_new ("change", WB_TYPE_RUNS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 2, G_TYPE_PTR_ARRAY, G_TYPE_UINT);
  g_type_ensure (WB_TYPE_WIDTH_BIN);
  g_type_ensure (WB_TYPE_ACTIVITY_BUTTON);
  wb_runs_page_install_actions (GTK_WIDGET_CLASS (klass));
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
set_up_models (WbRunsPage *self)
{
  self->table = wb_run_table_new ();
  self->selection =
      GTK_SELECTION_MODEL (gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->table))));
  gtk_column_view_set_model (self->view, self->selection);
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (selection_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (selection_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->table, "items-changed", G_CALLBACK (rows_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->table, "items-changed", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
}

static void
set_up_popovers (WbRunsPage *self)
{
  GtkWidget *filters = wb_run_filter_popover_new (self->table);

  self->filters = WB_RUN_FILTER_POPOVER (filters);
  gtk_menu_button_set_popover (self->filter_button, filters);
  gtk_menu_button_set_popover (self->columns_button, wb_run_columns_popover_new (self->columns));
  g_signal_connect_object (filters, "changed", G_CALLBACK (update_stack), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->columns, "order-changed", G_CALLBACK (order_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
wb_runs_page_init (WbRunsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->columns = wb_run_columns_new (self->view);
  set_up_models (self);
  set_up_popovers (self);
  wb_runs_page_set_up_actions (self);
  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self->stack));
}

void
wb_runs_page_bind_settings (WbRunsPage *self, GSettings *settings)
{
  g_return_if_fail (WB_IS_RUNS_PAGE (self) && G_IS_SETTINGS (settings));

  g_set_object (&self->settings, settings);
  wb_run_columns_bind_settings (self->columns, settings);
  gtk_toggle_button_set_active (self->group_button,
                                g_settings_get_boolean (settings, "runs-grouped"));
}

void
wb_runs_page_set_list (WbRunsPage *self, WbRunList *list)
{
  g_return_if_fail (WB_IS_RUNS_PAGE (self));

  if (self->list == list)
    return;
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_set_object (&self->list, list);
  wb_run_table_set_list (self->table, list);
  if (list == NULL)
    return;
  g_signal_connect_object (list, "changed", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (list, "changed", G_CALLBACK (wb_runs_page_update_actions), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  update_stack (self);
}

void
wb_runs_page_set_error (WbRunsPage *self, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  g_return_if_fail (WB_IS_RUNS_PAGE (self));
  adw_status_page_set_description (self->error_page, escaped);
  gtk_stack_set_visible_child_name (self->stack, "error");
  emphasise (self->new_run, FALSE);
}

void
wb_runs_page_search (WbRunsPage *self)
{
  g_return_if_fail (WB_IS_RUNS_PAGE (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

gboolean
wb_runs_page_stop_search (WbRunsPage *self)
{
  gboolean searched;

  g_return_val_if_fail (WB_IS_RUNS_PAGE (self), FALSE);
  searched = *gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0';
  if (!searched && gtk_revealer_get_reveal_child (self->chosen))
    return gtk_selection_model_unselect_all (self->selection);
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  return searched;
}

WbActivityButton *
wb_runs_page_get_activity (WbRunsPage *self)
{
  g_return_val_if_fail (WB_IS_RUNS_PAGE (self), NULL);
  return self->activity;
}
