/* Every key of the frame, pressed; and the window that lists them. */
#include "ui-window.h"

static void
open_first_run (UiWindow *self)
{
  g_autoptr (WbRun) run =
      g_list_model_get_item (G_LIST_MODEL (wb_window_get_runs (self->window)), 0);

  wb_window_show_run (self->window, run);
  UI_WAIT_UNTIL (gtk_widget_get_mapped (ui_window_find (self, "run-status")));
}

static gboolean
shows_list (UiWindow *self)
{
  return gtk_widget_get_mapped (ui_window_find (self, "runs"));
}

static void
set_up (UiWindow *self, gconstpointer data)
{
  ui_window_set_up (self, data);
  ui_move_to (self->top, 0.5, 0.9); /* keys go to the window below the pointer */
  UI_WAIT_UNTIL (gtk_window_is_active (GTK_WINDOW (self->window)));
}

static void
test_new_run (UiWindow *self, gconstpointer data)
{
  ui_key (self->top, GDK_KEY_n, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (ui_ready (ui_toplevel ("new-run-dialog")));
  ui_move_to (ui_toplevel ("new-run-dialog"), 0.5, 0.5);
  ui_key (self->top, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (ui_toplevel ("new-run-dialog") == NULL);
}

static void
test_find (UiWindow *self, gconstpointer data)
{
  open_first_run (self);
  ui_key (self->top, GDK_KEY_f, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (shows_list (self));
  UI_WAIT_UNTIL (gtk_widget_get_focus_child (ui_window_find (self, "search")) != NULL);
}

/* Three ways back to the list. */
static void
test_back (UiWindow *self, gconstpointer data)
{
  static const struct
  {
    guint           key;
    GdkModifierType modifiers;
  } keys[] = {
    { GDK_KEY_Escape, 0 },
    { GDK_KEY_Left, GDK_ALT_MASK },
    { GDK_KEY_1, GDK_CONTROL_MASK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      open_first_run (self);
      ui_key (self->top, keys[i].key, keys[i].modifiers);
      UI_WAIT_UNTIL (shows_list (self));
    }
}

static gboolean
menu_is_open (UiWindow *self, const char *name)
{
  GtkMenuButton *button = GTK_MENU_BUTTON (ui_window_find (self, name));
  GtkPopover    *popover = gtk_menu_button_get_popover (button);

  return popover != NULL && gtk_widget_get_mapped (GTK_WIDGET (popover));
}

/* The menu of what is shown. */
static void
test_menu (UiWindow *self, gconstpointer data)
{
  ui_key (self->top, GDK_KEY_F10, 0);
  UI_WAIT_UNTIL (menu_is_open (self, "primary-menu"));
  ui_key (self->top, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (!menu_is_open (self, "primary-menu"));
  open_first_run (self);
  ui_key (self->top, GDK_KEY_F10, 0);
  UI_WAIT_UNTIL (menu_is_open (self, "run-menu"));
  ui_key (self->top, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (!menu_is_open (self, "run-menu"));
}

static GtkWidget *
find_shortcuts (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);

      if (GTK_IS_SHORTCUTS_WINDOW (window) && gtk_widget_get_mapped (window))
        return window;
    }
  return NULL;
}

static void
test_list (UiWindow *self, gconstpointer data)
{
  ui_key (self->top, GDK_KEY_question, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (find_shortcuts () != NULL);
  ui_picture (find_shortcuts (), "shortcuts");
  ui_move_to (find_shortcuts (), 0.5, 0.5);
  ui_key (self->top, GDK_KEY_Escape, 0);
  UI_WAIT_UNTIL (find_shortcuts () == NULL);
}

static void
gone_cb (gpointer data, GObject *window)
{
  *(gboolean *) data = TRUE;
}

/* Ctrl+W and Ctrl+Q close the window when nothing runs. */
static void
test_close (UiWindow *self, gconstpointer data)
{
  static const guint keys[] = { GDK_KEY_w, GDK_KEY_q };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gboolean gone = FALSE;

      g_object_weak_ref (G_OBJECT (self->window), gone_cb, &gone);
      ui_key (self->top, keys[i], GDK_CONTROL_MASK);
      UI_WAIT_UNTIL (gone);
      g_application_activate (G_APPLICATION (self->application));
      self->top = ui_toplevel ("workbench");
      self->window = WB_WINDOW (self->top);
      ui_present (GTK_WINDOW (self->window));
      UI_WAIT_UNTIL (gtk_window_is_active (GTK_WINDOW (self->window)));
    }
}

static void
add (const char *path, const char *data, void (*test) (UiWindow *, gconstpointer))
{
  g_test_add (path, UiWindow, data, set_up, test, ui_window_tear_down);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  /* GTK 4.8's window of shortcuts now and then warns of a label's width */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  add ("/ui/shortcuts/new-run", "samples", test_new_run);
  add ("/ui/shortcuts/find", "samples", test_find);
  add ("/ui/shortcuts/back", "samples", test_back);
  add ("/ui/shortcuts/menu", "samples", test_menu);
  add ("/ui/shortcuts/list", "samples", test_list);
  add ("/ui/shortcuts/close", "3", test_close);
  return g_test_run ();
}
