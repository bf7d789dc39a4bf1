#include "config.h"

#include "ui/pages/wb-runs-page.h"

#include "ui/models/wb-run-columns.h"
#include "ui/models/wb-run-filter.h"
#include "ui/widgets/wb-width-bin.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define DEMO_SECONDS 60 /* it makes data and a vocabulary before its first run */

struct _WbRunsPage
{
  GtkWidget parent_instance;

  WbRunList   *list;
  WbRunFilter *filter;
  GListModel  *shown; /* filtered and sorted */

  guint waiting_id;
  guint to_top_id, to_top_frames;

  AdwWindowTitle   *title;
  WbActivityButton *activity;
  GtkWidget        *new_run, *demo, *new_run_empty;
  GtkSpinner       *waiting;
  GtkLabel         *demo_help;
  WbWidthBin       *bin;
  GtkStack         *stack, *results;
  AdwStatusPage    *error_page;
  GtkSearchEntry   *search;
  GtkDropDown      *kind;
  GtkColumnView    *view;
};

enum
{
  RUN_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbRunsPage, wb_runs_page, GTK_TYPE_WIDGET)

static void
update_title (WbRunsPage *self)
{
  const guint n = self->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->list)) : 0;
  const guint active = self->list != NULL ? wb_run_list_get_n_active (self->list) : 0;
  g_autofree char *count = NULL, *both = NULL;

  count = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%'u run", "%'u runs", n), n);
  if (active > 0)
    both = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s, %u active", "%s, %u active", active),
                            count, active);
  adw_window_title_set_subtitle (self->title, n == 0 ? "" : both != NULL ? both : count);
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
  gtk_stack_set_visible_child_name (self->results,
                                    g_list_model_get_n_items (self->shown) > 0 ? "rows" : "none");
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

static void
fold_cb (WbRunsPage *self)
{
  GtkWidget *bar = gtk_widget_get_parent (GTK_WIDGET (self->search));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (bar), wb_width_bin_is_tight (self->bin)
                                                            ? GTK_ORIENTATION_VERTICAL
                                                            : GTK_ORIENTATION_HORIZONTAL);
  wb_run_columns_fold (self->view, wb_width_bin_get_width (self->bin));
}

static void
search_changed_cb (WbRunsPage *self)
{
  wb_run_filter_set_text (self->filter, gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

static void
stop_search_cb (WbRunsPage *self)
{
  wb_runs_page_stop_search (self);
}

static void
kind_changed_cb (WbRunsPage *self)
{
  wb_run_filter_set_kind (self->filter, gtk_drop_down_get_selected (self->kind));
}

static void
activate_cb (WbRunsPage *self, guint position)
{
  g_autoptr (WbRun) run = g_list_model_get_item (self->shown, position);

  if (run != NULL)
    g_signal_emit (self, signals[RUN_ACTIVATED], 0, run);
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
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->shown);
  g_clear_object (&self->filter);
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
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, kind);
  gtk_widget_class_bind_template_child (widget_class, WbRunsPage, view);
  gtk_widget_class_bind_template_callback (widget_class, fold_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, kind_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
}

static void
wb_runs_page_class_init (WbRunsPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_runs_page_dispose;
  signals[RUN_ACTIVATED] = g_signal_new ("run-activated", WB_TYPE_RUNS_PAGE, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, WB_TYPE_RUN);
  g_type_ensure (WB_TYPE_WIDTH_BIN);
  g_type_ensure (WB_TYPE_ACTIVITY_BUTTON);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
set_up_models (WbRunsPage *self)
{
  GtkFilterListModel *filtered;
  GtkSortListModel   *sorted;
  GtkSorter          *sorter = gtk_column_view_get_sorter (self->view);
  g_autoptr (GtkSelectionModel) selection = NULL;

  self->filter = wb_run_filter_new ();
  filtered = gtk_filter_list_model_new (NULL, g_object_ref (GTK_FILTER (self->filter)));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (filtered), g_object_ref (sorter));
  self->shown = G_LIST_MODEL (sorted);
  g_object_set_data (G_OBJECT (self->shown), "filtered", filtered);
  gtk_column_view_set_model (
      self->view, GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (self->shown))));
  g_signal_connect_object (self->shown, "items-changed", G_CALLBACK (rows_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->shown, "items-changed", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
}

static void
wb_runs_page_init (WbRunsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wb_run_columns_fold (self->view, WB_WIDTH_FULL);
  set_up_models (self);
  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self->stack));
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
  gtk_filter_list_model_set_model (g_object_get_data (G_OBJECT (self->shown), "filtered"),
                                   G_LIST_MODEL (list));
  if (list == NULL)
    return;
  g_signal_connect_object (list, "items-changed", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (list, "notify::n-active", G_CALLBACK (update_title), self,
                           G_CONNECT_SWAPPED);
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
  const gboolean searched = *gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0';

  g_return_val_if_fail (WB_IS_RUNS_PAGE (self), FALSE);
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
