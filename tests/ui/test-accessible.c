/* What a screen reader hears: everything that takes keys or clicks has a name, on every page. */
#include "ui-window.h"

/* Parts of these are not met on their own, but for a row's. */
static gboolean
is_whole (GtkWidget *widget)
{
  return GTK_IS_ENTRY (widget) || GTK_IS_SEARCH_ENTRY (widget) || GTK_IS_SPIN_BUTTON (widget) ||
         GTK_IS_DROP_DOWN (widget) || GTK_IS_MENU_BUTTON (widget) || GTK_IS_LIST_BOX_ROW (widget) ||
         GTK_IS_COLUMN_VIEW (widget) || GTK_IS_LIST_VIEW (widget);
}

static gboolean
is_interactive (GtkWidget *widget)
{
  return is_whole (widget) || GTK_IS_BUTTON (widget) || GTK_IS_CHECK_BUTTON (widget) ||
         GTK_IS_SWITCH (widget) || GTK_IS_RANGE (widget) || GTK_IS_TEXT (widget) ||
         GTK_IS_TEXT_VIEW (widget) || GTK_IS_PROGRESS_BAR (widget) ||
         (gtk_widget_get_focusable (widget) &&
          g_str_has_prefix (G_OBJECT_TYPE_NAME (widget), "Wb"));
}

static gboolean
is_named (GtkWidget *widget)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);

  return gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL) ||
         gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

/* Names (of their types, where they have none) from the window on. */
static char *
dup_path (GtkWidget *widget)
{
  GString *path = g_string_new (NULL);

  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    g_string_prepend (path,
                      g_strcmp0 (gtk_widget_get_name (widget), G_OBJECT_TYPE_NAME (widget)) == 0
                          ? g_strdup_printf ("/%s", G_OBJECT_TYPE_NAME (widget))
                          : g_strdup_printf ("/%s “%s”", G_OBJECT_TYPE_NAME (widget),
                                             gtk_widget_get_name (widget)));
  return g_string_free (path, FALSE);
}

typedef struct
{
  const char *page;
  guint       n_named, n_nameless;
} Walk;

static void
look (Walk *self, GtkWidget *widget)
{
  g_autofree char *path = NULL;

  if (is_named (widget))
    {
      self->n_named++;
      return;
    }
  path = dup_path (widget);
  g_test_message ("%s: no name: %s", self->page, path);
  self->n_nameless++;
}

static void
walk (Walk *self, GtkWidget *widget, gboolean inside)
{
  if (!gtk_widget_get_mapped (widget) || GTK_IS_WINDOW_CONTROLS (widget) ||
      GTK_IS_SCROLLBAR (widget))
    return;
  if (!inside && is_interactive (widget))
    look (self, widget);
  inside |= ADW_IS_COMBO_ROW (widget) || (is_whole (widget) && !GTK_IS_LIST_BOX_ROW (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    walk (self, child, inside);
}

/* @at_least: so many things with a name are on the page, lest the walk goes nowhere. */
static void
check (GtkWidget *top, const char *page, guint at_least)
{
  Walk self = { page, 0, 0 };

  ui_settle (150);
  walk (&self, top, FALSE);
  g_test_message ("%s: %u with a name", page, self.n_named);
  if (self.n_nameless > 0)
    g_test_fail ();
  g_assert_cmpuint (self.n_named, >=, at_least);
}

static void
test_empty (UiWindow *self, gconstpointer data)
{
  check (self->top, "empty", 4);
}

static void
test_list (UiWindow *self, gconstpointer data)
{
  check (self->top, "list", 5);
}

static void
check_tabs (UiWindow *self, WbRun *run)
{
  GtkStack *tabs = GTK_STACK (ui_window_find (self, "run-tabs"));

  for (GtkWidget *tab = gtk_widget_get_first_child (GTK_WIDGET (tabs)); tab != NULL;
       tab = gtk_widget_get_next_sibling (tab))
    {
      GtkStackPage    *page = gtk_stack_get_page (tabs, tab);
      g_autofree char *name =
          g_strdup_printf ("%s, %s", wb_run_get_name (run), gtk_stack_page_get_name (page));

      if (!gtk_stack_page_get_visible (page))
        continue;
      gtk_stack_set_visible_child (tabs, tab);
      check (self->top, name, 3);
    }
}

static void
test_run (UiWindow *self, gconstpointer data)
{
  GListModel *runs = G_LIST_MODEL (wb_window_get_runs (self->window));

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (WbRun) run = g_list_model_get_item (runs, i);

      wb_window_show_run (self->window, run);
      UI_WAIT_UNTIL (gtk_widget_get_mapped (ui_window_find (self, "run-status")));
      check_tabs (self, run);
    }
}

static void
test_dialog (UiWindow *self, gconstpointer data)
{
  GtkWidget *dialog;

  wb_window_new_run (self->window);
  UI_WAIT_UNTIL (ui_ready (ui_toplevel ("new-run-dialog")));
  dialog = ui_toplevel ("new-run-dialog");
  if (ui_find (dialog, "more") != NULL && GTK_IS_EXPANDER (ui_find (dialog, "more")))
    gtk_expander_set_expanded (GTK_EXPANDER (ui_find (dialog, "more")), TRUE);
  check (dialog, "new run", 15);
  gtk_window_close (GTK_WINDOW (dialog));
  UI_WAIT_UNTIL (ui_toplevel ("new-run-dialog") == NULL);
}

static void
test_preferences (UiWindow *self, gconstpointer data)
{
  g_action_group_activate_action (G_ACTION_GROUP (self->application), "preferences", NULL);
  UI_WAIT_UNTIL (ui_ready (ui_toplevel ("preferences")));
  check (ui_toplevel ("preferences"), "preferences", 5);
  gtk_window_close (GTK_WINDOW (ui_toplevel ("preferences")));
  UI_WAIT_UNTIL (ui_toplevel ("preferences") == NULL);
}

static void
add (const char *path, const char *data, void (*test) (UiWindow *, gconstpointer))
{
  g_test_add (path, UiWindow, data, ui_window_set_up, test, ui_window_tear_down);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  add ("/ui/accessible/empty", NULL, test_empty);
  add ("/ui/accessible/list", "samples", test_list);
  add ("/ui/accessible/run", "samples", test_run);
  add ("/ui/accessible/dialog", "samples", test_dialog);
  add ("/ui/accessible/preferences", NULL, test_preferences);
  return g_test_run ();
}
