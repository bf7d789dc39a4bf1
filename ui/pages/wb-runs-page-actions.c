/* What is done to the chosen rows of the list. */
#include "config.h"

#include "ui/pages/wb-runs-page-private.h"

#include "app/runs/wb-run-batch.h"
#include "app/runs/wb-run-csv.h"
#include "ui/widgets/wb-edit-popover.h"
#include "ui/widgets/wb-run-name.h"

#include <glib/gi18n-lib.h>
#include <string.h>

GPtrArray *
wb_runs_page_dup_chosen_rows (WbRunsPage *self)
{
  GPtrArray    *rows = g_ptr_array_new_with_free_func (g_object_unref);
  GtkBitsetIter iter;
  guint         position;
  g_autoptr (GtkBitset) chosen = gtk_selection_model_get_selection (self->selection);

  if (gtk_bitset_iter_init_first (&iter, chosen, &position))
    do
      {
        gpointer row = g_list_model_get_item (G_LIST_MODEL (self->table), position);

        if (row != NULL)
          g_ptr_array_add (rows, row);
      }
    while (gtk_bitset_iter_next (&iter, &position));
  return rows;
}

GPtrArray *
wb_runs_page_dup_chosen_runs (WbRunsPage *self)
{
  g_autoptr (GPtrArray) rows = wb_runs_page_dup_chosen_rows (self);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  GPtrArray *runs = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < rows->len; i++)
    for (guint j = 0; j < wb_run_row_get_n_runs (rows->pdata[i]); j++)
      {
        WbRun *run = wb_run_row_get_nth_run (rows->pdata[i], j);

        if (g_hash_table_add (seen, run))
          g_ptr_array_add (runs, g_object_ref (run));
      }
  return runs;
}

/* ---- which make sense ---- */

static void
enable (WbRunsPage *self, const char *action, gboolean enabled)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), action, enabled);
}

void
wb_runs_page_update_actions (WbRunsPage *self)
{
  g_autoptr (GPtrArray) runs = wb_runs_page_dup_chosen_runs (self);
  WbRun   *one = runs->len == 1 ? runs->pdata[0] : NULL;
  guint    pinned = 0, archived = 0;
  gboolean some = runs->len > 0;

  for (guint i = 0; i < runs->len; i++)
    {
      pinned += wb_run_is_pinned (runs->pdata[i]);
      archived += wb_run_is_archived (runs->pdata[i]);
    }
  enable (self, "runs.open", one != NULL);
  enable (self, "runs.rename", one != NULL);
  enable (self, "runs.note", one != NULL);
  enable (self, "runs.tags", some);
  enable (self, "runs.pin", pinned < runs->len);
  enable (self, "runs.unpin", some && pinned == runs->len);
  enable (self, "runs.baseline", one != NULL && !wb_run_is_baseline (one));
  enable (self, "runs.no-baseline", one != NULL && wb_run_is_baseline (one));
  enable (self, "runs.archive", archived < runs->len);
  enable (self, "runs.unarchive", some && archived == runs->len);
  enable (self, "runs.delete", some);
}

/* ---- changes ---- */

static void
toast (WbRunsPage *self, const char *message)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", message);
}

static void
change (WbRunsPage *self, WbRunBatchKind kind)
{
  g_autoptr (GPtrArray) runs = wb_runs_page_dup_chosen_runs (self);

  if (runs->len > 0)
    g_signal_emit_by_name (self, "change", runs, kind);
}

static void
change_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  static const struct
  {
    const char    *name;
    WbRunBatchKind kind;
  } changes[] = {
    { "runs.archive", WB_RUN_BATCH_ARCHIVE }, { "runs.unarchive", WB_RUN_BATCH_UNARCHIVE },
    { "runs.delete", WB_RUN_BATCH_DELETE },   { "runs.pin", WB_RUN_BATCH_PIN },
    { "runs.unpin", WB_RUN_BATCH_UNPIN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    if (g_str_equal (changes[i].name, name))
      change (WB_RUNS_PAGE (widget), changes[i].kind);
}

static WbRun *
chosen_run (WbRunsPage *self)
{
  g_autoptr (GPtrArray) runs = wb_runs_page_dup_chosen_runs (self);

  return runs->len == 1 ? g_object_ref (runs->pdata[0]) : NULL;
}

static void
baseline_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbRunsPage    *self = WB_RUNS_PAGE (widget);
  const gboolean baseline = g_str_equal (name, "runs.baseline");
  g_autoptr (WbRun) run = chosen_run (self);
  g_autoptr (GError) error = NULL;

  if (run == NULL)
    return;
  if (!wb_run_set_baseline (run, baseline, &error))
    toast (self, error->message);
  else if (baseline) /* what it is for has to be seen */
    wb_run_columns_show (self->columns, WB_RUN_COLUMN_BASELINE, TRUE);
  wb_run_list_refresh (self->list, NULL);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbRunsPage *self = WB_RUNS_PAGE (widget);
  g_autoptr (WbRun) run = chosen_run (self);

  if (run != NULL)
    g_signal_emit_by_name (self, "run-activated", run);
}

static void
toggle_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbRunsPage  *self = WB_RUNS_PAGE (widget);
  const gint64 id = g_variant_get_int64 (parameter);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->table)); i++)
    {
      g_autoptr (WbRunRow) row = g_list_model_get_item (G_LIST_MODEL (self->table), i);

      if (wb_run_row_is_group (row) && wb_run_get_id (wb_run_row_get_nth_run (row, 0)) == id)
        {
          wb_run_table_set_expanded (self->table, row, !wb_run_row_is_expanded (row));
          return;
        }
    }
}

/* ---- texts ---- */

/* The name's cell of the first chosen row, where it is in sight. */
static GtkWidget *
find_cell (GtkWidget *widget, WbRunRow *row)
{
  GtkWidget *found = NULL;

  if (WB_IS_RUN_NAME (widget))
    return wb_run_name_get_row (WB_RUN_NAME (widget)) == row && gtk_widget_get_mapped (widget)
               ? widget
               : NULL;
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL && found == NULL;
       w = gtk_widget_get_next_sibling (w))
    found = find_cell (w, row);
  return found;
}

static void
open_editor (WbRunsPage *self, GtkWidget *editor, GCallback applied)
{
  g_autoptr (GPtrArray) rows = wb_runs_page_dup_chosen_rows (self);
  GtkWidget *cell = rows->len > 0 ? find_cell (GTK_WIDGET (self->view), rows->pdata[0]) : NULL;

  g_object_set_data_full (G_OBJECT (editor), "runs", wb_runs_page_dup_chosen_runs (self),
                          (GDestroyNotify) g_ptr_array_unref);
  g_signal_connect_object (editor, "apply", applied, self, 0);
  wb_edit_popover_open (WB_EDIT_POPOVER (editor), GTK_WIDGET (self),
                        cell != NULL ? cell : GTK_WIDGET (self->bar));
}

static void
finish_edit (WbRunsPage *self, WbEditPopover *editor, GError *error)
{
  wb_run_list_refresh (self->list, NULL);
  if (error != NULL)
    wb_edit_popover_set_problem (editor, error->message);
  else
    gtk_popover_popdown (GTK_POPOVER (editor));
}

static GPtrArray *
runs_of (WbEditPopover *editor)
{
  return g_object_get_data (G_OBJECT (editor), "runs");
}

static void
renamed_cb (WbEditPopover *editor, const char *text, WbRunsPage *self)
{
  g_autoptr (GError) error = NULL;

  wb_run_rename (runs_of (editor)->pdata[0], text, &error);
  finish_edit (self, editor, error);
}

static void
noted_cb (WbEditPopover *editor, const char *text, WbRunsPage *self)
{
  g_autoptr (GError) error = NULL;

  wb_run_set_note (runs_of (editor)->pdata[0], text, &error);
  finish_edit (self, editor, error);
}

/* Tags that all of the runs have. */
static char **
dup_common_tags (GPtrArray *runs)
{
  g_autoptr (GStrvBuilder) common = g_strv_builder_new ();
  g_auto (GStrv) first = wb_run_dup_tags (runs->pdata[0]);

  for (char **tag = first; *tag != NULL; tag++)
    {
      gboolean all = TRUE;

      for (guint i = 1; i < runs->len && all; i++)
        {
          g_auto (GStrv) tags = wb_run_dup_tags (runs->pdata[i]);

          all = g_strv_contains ((const char *const *) tags, *tag);
        }
      if (all)
        g_strv_builder_add (common, *tag);
    }
  return g_strv_builder_end (common);
}

static gboolean
change_tags (GPtrArray *runs, char **tags, const char *const *others, gboolean add, GError **error)
{
  for (char **tag = tags; *tag != NULL; tag++)
    if (**tag != '\0' && !g_strv_contains (others, *tag))
      for (guint i = 0; i < runs->len; i++)
        if (!wb_run_change_tag (runs->pdata[i], *tag, add, error))
          return FALSE;
  return TRUE;
}

/* Written are the tags that all of the runs shall have: those that were taken out of the text go,
 * those that only some of them have stay. */
static void
tagged_cb (WbEditPopover *editor, const char *text, WbRunsPage *self)
{
  GPtrArray *runs = runs_of (editor);
  g_auto (GStrv) before = dup_common_tags (runs), after = g_strsplit_set (text, " ,\t", -1);
  g_autoptr (GError) error = NULL;

  if (change_tags (runs, after, (const char *const *) before, TRUE, &error))
    change_tags (runs, before, (const char *const *) after, FALSE, &error);
  finish_edit (self, editor, error);
}

static void
edit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbRunsPage *self = WB_RUNS_PAGE (widget);
  g_autoptr (GPtrArray) runs = wb_runs_page_dup_chosen_runs (self);

  if (runs->len == 0)
    return;
  if (g_str_equal (name, "runs.rename"))
    open_editor (self,
                 wb_edit_popover_new (_ ("Rename Run"), wb_run_get_name (runs->pdata[0]), FALSE),
                 G_CALLBACK (renamed_cb));
  else if (g_str_equal (name, "runs.note"))
    open_editor (self, wb_edit_popover_new (_ ("Note"), wb_run_get_note (runs->pdata[0]), TRUE),
                 G_CALLBACK (noted_cb));
  else
    {
      g_auto (GStrv) tags = dup_common_tags (runs);
      g_autofree char *text = g_strjoinv (" ", tags);

      open_editor (self, wb_edit_popover_new (_ ("Tags, with Blanks between Them"), text, FALSE),
                   G_CALLBACK (tagged_cb));
    }
}

/* ---- export ---- */

static GPtrArray *
dup_all_rows (WbRunsPage *self)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->table)); i++)
    g_ptr_array_add (rows, g_list_model_get_item (G_LIST_MODEL (self->table), i));
  return rows;
}

gboolean
wb_runs_page_export (WbRunsPage *self, const char *path, GError **error)
{
  g_autoptr (GPtrArray) rows = wb_runs_page_dup_chosen_rows (self);

  if (rows->len == 0)
    {
      g_ptr_array_unref (rows);
      rows = dup_all_rows (self);
    }
  return wb_run_csv_save (rows, path, error);
}

static void
export_response_cb (GtkNativeDialog *dialog, int response, WbRunsPage *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  g_autofree char *name = path != NULL ? g_filename_display_basename (path) : NULL;
  g_autofree char *message = NULL;
  g_autoptr (GError) error = NULL;

  if (response == GTK_RESPONSE_ACCEPT && path == NULL)
    toast (self, _ ("The table can only be saved in a folder of this computer"));
  else if (response == GTK_RESPONSE_ACCEPT && !wb_runs_page_export (self, path, &error))
    toast (self, error->message);
  else if (response == GTK_RESPONSE_ACCEPT)
    {
      /* Translators: the name of a file */
      message = g_strdup_printf (_ ("Saved as %s"), name);
      toast (self, message);
    }
  g_clear_object (&self->chooser);
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbRunsPage *self = WB_RUNS_PAGE (widget);
  GtkRoot    *root = gtk_widget_get_root (widget);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  g_clear_object (&self->chooser);
  self->chooser = GTK_NATIVE_DIALOG (
      gtk_file_chooser_native_new (_ ("Export Runs as CSV"), GTK_WINDOW (root),
                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel")));
  gtk_native_dialog_set_modal (self->chooser, TRUE);
  gtk_file_filter_set_name (filter, _ ("Tables (CSV)"));
  gtk_file_filter_add_suffix (filter, "csv");
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), "runs.csv");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (export_response_cb), self, 0);
  gtk_native_dialog_show (self->chooser);
}

/* ---- pointer and keys ---- */

static void
popup_menu (WbRunsPage *self, double x, double y)
{
  g_autoptr (GtkBitset) chosen = gtk_selection_model_get_selection (self->selection);

  if (gtk_bitset_is_empty (chosen))
    return;
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static WbRunRow *
row_at (WbRunsPage *self, double x, double y)
{
  GtkWidget *row = gtk_widget_pick (GTK_WIDGET (self->view), x, y, GTK_PICK_DEFAULT), *name = NULL;

  while (row != NULL && g_strcmp0 (gtk_widget_get_css_name (row), "row") != 0)
    row = gtk_widget_get_parent (row);
  for (GtkWidget *cell = row != NULL ? gtk_widget_get_first_child (row) : NULL;
       cell != NULL && name == NULL; cell = gtk_widget_get_next_sibling (cell))
    if (WB_IS_RUN_NAME (gtk_widget_get_first_child (cell)))
      name = gtk_widget_get_first_child (cell);
  return name != NULL ? wb_run_name_get_row (WB_RUN_NAME (name)) : NULL;
}

static guint
position_at (WbRunsPage *self, double x, double y)
{
  WbRunRow *row = row_at (self, x, y);

  for (guint i = 0; row != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->table)); i++)
    {
      g_autoptr (WbRunRow) other = g_list_model_get_item (G_LIST_MODEL (self->table), i);

      if (other == row)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

/* The row under the pointer is chosen with the menu, unless it is one of those that are. */
static void
secondary_cb (WbRunsPage *self, int n, double x, double y)
{
  const guint position = position_at (self, x, y);

  if (position != GTK_INVALID_LIST_POSITION &&
      !gtk_selection_model_is_selected (self->selection, position))
    gtk_selection_model_select_item (self->selection, position, TRUE);
  popup_menu (self, x, y);
}

/* With Control one more row is chosen, or one less.  In GTK 4.8 both the row and its cell do that,
 * so that nothing comes of it. */
static void
primary_cb (GtkGestureClick *gesture, int n, double x, double y, WbRunsPage *self)
{
  const GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  const guint position = (state & GDK_CONTROL_MASK) != 0 && (state & GDK_SHIFT_MASK) == 0
                             ? position_at (self, x, y)
                             : GTK_INVALID_LIST_POSITION;

  if (position == GTK_INVALID_LIST_POSITION)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  if (gtk_selection_model_is_selected (self->selection, position))
    gtk_selection_model_unselect_item (self->selection, position);
  else
    gtk_selection_model_select_item (self->selection, position, FALSE);
}

static void
menu_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbRunsPage *self = WB_RUNS_PAGE (widget);
  g_autoptr (GPtrArray) rows = wb_runs_page_dup_chosen_rows (self);
  GtkWidget      *cell = rows->len > 0 ? find_cell (GTK_WIDGET (self->view), rows->pdata[0]) : NULL;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (24, 24, 1, 1);

  if (cell != NULL && !gtk_widget_compute_bounds (cell, GTK_WIDGET (self->view), &bounds))
    return;
  popup_menu (self, bounds.origin.x + 24, bounds.origin.y + bounds.size.height);
}

/* Right shows a group's runs, left hides them; in the direction of the text. */
static gboolean
key_cb (WbRunsPage *self, guint keyval, guint keycode, GdkModifierType state)
{
  const gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  g_autoptr (GPtrArray) rows = NULL;

  if ((keyval != GDK_KEY_Right && keyval != GDK_KEY_Left) ||
      (state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  rows = wb_runs_page_dup_chosen_rows (self);
  if (rows->len != 1 || !wb_run_row_is_group (rows->pdata[0]))
    return GDK_EVENT_PROPAGATE;
  wb_run_table_set_expanded (self->table, rows->pdata[0], (keyval == GDK_KEY_Right) != rtl);
  return GDK_EVENT_STOP;
}

static void
add_key (GtkEventController *controller, const char *trigger, const char *action)
{
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger),
                        gtk_named_action_new (action)));
}

void
wb_runs_page_set_up_actions (WbRunsPage *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new (),
                     *arrows = gtk_event_controller_key_new ();
  GtkGesture *secondary = gtk_gesture_click_new (), *primary = gtk_gesture_click_new ();
  g_autoptr (GtkBuilder) builder =
      gtk_builder_new_from_resource ("/io/github/DebertaWorkbench/wb-runs-menu.ui");

  add_key (keys, "F2", "runs.rename");
  add_key (keys, "Delete|KP_Delete", "runs.delete");
  add_key (keys, "<Control>t", "runs.tags");
  add_key (keys, "<Control>e", "runs.export");
  add_key (keys, "<Shift>F10|Menu", "runs.menu");
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
  g_signal_connect_object (arrows, "key-pressed", G_CALLBACK (key_cb), self, G_CONNECT_SWAPPED);
  gtk_event_controller_set_propagation_phase (arrows, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self->view), arrows);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (secondary, "pressed", G_CALLBACK (secondary_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->view), GTK_EVENT_CONTROLLER (secondary));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (primary), GDK_BUTTON_PRIMARY);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (primary), GTK_PHASE_CAPTURE);
  g_signal_connect_object (primary, "pressed", G_CALLBACK (primary_cb), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self->view), GTK_EVENT_CONTROLLER (primary));
  gtk_menu_button_set_menu_model (self->chosen_menu,
                                  G_MENU_MODEL (gtk_builder_get_object (builder, "chosen_menu")));
  self->menu = gtk_popover_menu_new_from_model (
      G_MENU_MODEL (gtk_builder_get_object (builder, "chosen_menu")));
  gtk_widget_set_name (self->menu, "runs-menu");
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self->view));
  wb_runs_page_update_actions (self);
}

void
wb_runs_page_install_actions (GtkWidgetClass *widget_class)
{
  static const char *const changes[] = { "runs.archive", "runs.unarchive", "runs.delete",
                                         "runs.pin", "runs.unpin" };
  static const char *const edits[] = { "runs.rename", "runs.tags", "runs.note" };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    gtk_widget_class_install_action (widget_class, changes[i], NULL, change_action);
  for (gsize i = 0; i < G_N_ELEMENTS (edits); i++)
    gtk_widget_class_install_action (widget_class, edits[i], NULL, edit_action);
  gtk_widget_class_install_action (widget_class, "runs.baseline", NULL, baseline_action);
  gtk_widget_class_install_action (widget_class, "runs.no-baseline", NULL, baseline_action);
  gtk_widget_class_install_action (widget_class, "runs.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "runs.toggle", "x", toggle_action);
  gtk_widget_class_install_action (widget_class, "runs.export", NULL, export_action);
  gtk_widget_class_install_action (widget_class, "runs.menu", NULL, menu_action);
}
