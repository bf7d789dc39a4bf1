/* A run begun, watched and opened again with keys alone.  The pointer only lies over the window:
 * without a window manager keys go where it is. */
#include "ui-window.h"

#include "app/runs/wb-run-launcher-private.h"
#include "data/datasets/wb-sample-grammar.h"
#include "tests/support/wb-test-model-folder.h"

#include <glib/gstdio.h>

#define MOST_TABS 150

static GtkWidget *
make_ready (GtkWidget *top)
{
  UI_WAIT_UNTIL (ui_ready (top));
  gtk_test_widget_wait_for_draw (top);
  ui_move_to (top, 0.5, 0.95);
  ui_settle (200);
  return top;
}

static gboolean
has_focus (GtkWidget *top, const char *name)
{
  GtkWidget *widget = ui_find (top, name), *focus = gtk_window_get_focus (GTK_WINDOW (top));

  return focus != NULL && widget != NULL &&
         (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

/* Tab, until the focus is there. */
static void
go_to (GtkWidget *top, const char *name)
{
  for (int i = 0; i < MOST_TABS && !has_focus (top, name); i++)
    {
      GtkWidget *before = gtk_window_get_focus (GTK_WINDOW (top));

      ui_key (top, GDK_KEY_Tab, 0);
      UI_WAIT_UNTIL (gtk_window_get_focus (GTK_WINDOW (top)) != before);
    }
  if (!has_focus (top, name))
    g_error ("no way to “%s” with the Tab key", name);
}

static void
fill (GtkWidget *top, const char *name, const char *text)
{
  GtkEditable *field = GTK_EDITABLE (ui_find (top, name));

  go_to (top, name);
  ui_key (top, GDK_KEY_a, GDK_CONTROL_MASK);
  ui_type (top, text);
  UI_WAIT_UNTIL (g_strcmp0 (gtk_editable_get_text (field), text) == 0);
}

static void
fill_form (UiWindow *self, GtkWidget *dialog)
{
  g_autofree char *model = g_build_filename (self->home, "model", NULL);
  g_autofree char *data = g_build_filename (self->home, "data", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (model, 0700), ==, 0);
  wb_test_model_folder_make (model);
  wb_sample_write (WB_SAMPLE_ORDER, data, 1, 100, 20, &error);
  g_assert_no_error (error);
  fill (dialog, "field-model", model);
  fill (dialog, "field-data", data);
  fill (dialog, "field-name", "by keys");
  fill (dialog, "field-epochs", "1");
  fill (dialog, "field-batch-size", "4");
  fill (dialog, "field-max-length", "32");
}

static gboolean
is_finished (UiWindow *self)
{
  WbRun *run = ui_window_get_run (self, "by keys");

  return run != NULL && wb_run_get_status (run) == WB_RUN_FINISHED;
}

static void
test_launch (UiWindow *self, gconstpointer data)
{
  GtkWidget *dialog;

  make_ready (self->top);
  ui_key (self->top, GDK_KEY_n, GDK_CONTROL_MASK);
  UI_WAIT_UNTIL (ui_toplevel ("new-run-dialog") != NULL);
  dialog = make_ready (ui_toplevel ("new-run-dialog"));
  fill_form (self, dialog);
  UI_WAIT_UNTIL (gtk_widget_get_sensitive (ui_find (dialog, "start")));
  go_to (dialog, "start");
  ui_key (dialog, GDK_KEY_Return, 0);
  UI_WAIT_UNTIL (ui_toplevel ("new-run-dialog") == NULL);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "run-tabs")));
  UI_WAIT_UNTIL (is_finished (self));

  make_ready (self->top);
  ui_key (self->top, GDK_KEY_Left, GDK_ALT_MASK);
  UI_WAIT_UNTIL (ui_ready (ui_window_find (self, "runs")));
  go_to (self->top, "runs");
  for (int i = 0; i < 20 && !ui_ready (ui_window_find (self, "run-tabs")); i++)
    {
      ui_key (self->top, GDK_KEY_Down, 0);
      ui_key (self->top, GDK_KEY_Return, 0);
      ui_settle (300);
    }
  g_assert_true (ui_ready (ui_window_find (self, "run-tabs")));
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  wb_run_launcher_set_program (g_getenv ("WB_PROGRAM"));
  if (g_getenv ("WB_PROGRAM") != NULL)
    g_test_add ("/ui/keyboard/launch", UiWindow, NULL, ui_window_set_up, test_launch,
                ui_window_tear_down);
  return g_test_run ();
}
