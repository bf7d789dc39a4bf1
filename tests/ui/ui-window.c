#include "ui-window.h"

#include <stdlib.h>

static void
fill (UiWindow *self, const char *what)
{
  if (what == NULL)
    return;
  if (g_str_equal (what, "samples"))
    ui_add_samples (self->store, self->home);
  else
    ui_add_many (self->store, self->home, (guint) atoi (what), 40);
}

void
ui_window_set_up (UiWindow *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->home = ui_home_new ();
  self->store = wb_store_open (self->home, &error);
  g_assert_no_error (error);
  fill (self, data);
  self->application = wb_application_new (self->home);
  g_application_register (G_APPLICATION (self->application), NULL, &error);
  g_assert_no_error (error);
  g_application_activate (G_APPLICATION (self->application));
  self->top = ui_toplevel ("workbench");
  self->window = WB_WINDOW (self->top);
  ui_present (GTK_WINDOW (self->window));
}

void
ui_window_tear_down (UiWindow *self, gconstpointer data)
{
  ui_destroy (self->window);
  g_clear_object (&self->application);
  wb_store_close (self->store);
  ui_home_remove (self->home);
}

GtkWidget *
ui_window_find (UiWindow *self, const char *name)
{
  return ui_find (self->top, name);
}

guint
ui_window_count_rows (UiWindow *self)
{
  GtkWidget *view = ui_window_find (self, "runs");

  return g_list_model_get_n_items (
      G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (view))));
}

WbRun *
ui_window_get_run (UiWindow *self, const char *name)
{
  GListModel *runs = G_LIST_MODEL (wb_window_get_runs (self->window));

  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (WbRun) run = g_list_model_get_item (runs, i);

      if (g_strcmp0 (wb_run_get_name (run), name) == 0)
        return run;
    }
  return NULL;
}
