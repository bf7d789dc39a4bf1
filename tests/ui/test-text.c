/* Large text and text from right to left. */
#include "ui-window.h"

#include <string.h>

static int usual_dpi;

static void
set_scale (double scale)
{
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", (int) (96 * 1024 * scale), NULL);
}

static gboolean
is_text (GtkWidget *widget)
{
  return GTK_IS_LABEL (widget) || GTK_IS_BUTTON (widget) || GTK_IS_DROP_DOWN (widget);
}

/* (nullable): a label or button below @widget that does not end inside @top. */
static GtkWidget *
find_outside (GtkWidget *widget, GtkWidget *top)
{
  graphene_rect_t bounds;
  GtkWidget      *found = NULL;

  if (!gtk_widget_get_mapped (widget) || !gtk_widget_get_child_visible (widget))
    return NULL;
  if (is_text (widget) && gtk_widget_compute_bounds (widget, top, &bounds) &&
      (bounds.origin.x < -1 ||
       bounds.origin.x + bounds.size.width > (float) gtk_widget_get_width (top) + 1))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_outside (child, top);
  return found;
}

/* The page folds soon after the window has another size. */
static void
wait_until_inside (UiWindow *self)
{
  const gint64 end = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;
  GtkWidget   *outside;

  while ((outside = find_outside (self->top, self->top)) != NULL && g_get_monotonic_time () < end)
    ui_settle (50);
  if (outside != NULL)
    g_error ("%s “%s” is cut off at the edge of %d", G_OBJECT_TYPE_NAME (outside),
             GTK_IS_LABEL (outside) ? gtk_label_get_label (GTK_LABEL (outside))
                                    : gtk_widget_get_name (outside),
             gtk_widget_get_width (self->top));
}

static void
resize (UiWindow *self, int width)
{
  gtk_window_set_default_size (GTK_WINDOW (self->window), width, 640);
  /* the title bar's buttons alone can need more than a phone's width */
  UI_WAIT_UNTIL (ABS (gtk_widget_get_width (self->top) - width) < (width > 400 ? 60 : 200));
}

static void
show_run (UiWindow *self, const char *name)
{
  wb_window_show_run (self->window, ui_window_get_run (self, name));
  UI_WAIT_UNTIL (gtk_widget_get_mapped (ui_window_find (self, "run-status")));
  ui_settle (200);
}

/* Nothing is cut off at the window's edge, at any width, on the list and on a run's page. */
static void
test_large (UiWindow *self, gconstpointer data)
{
  static const int widths[] = { 1120, 900, 600, 360 };

  set_scale (2);
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      wb_window_show_runs (self->window);
      resize (self, widths[i]);
      wait_until_inside (self);
      show_run (self, "rte small, seed 3");
      wait_until_inside (self);
    }
  set_scale (usual_dpi / (96 * 1024.0));
}

/* The text's size can change while the window is open. */
static void
test_live (UiWindow *self, gconstpointer data)
{
  GtkWidget *label = ui_window_find (self, "run-status");
  int        before, after;

  show_run (self, "rte small, seed 3");
  before = gtk_widget_get_height (label);
  set_scale (2);
  UI_WAIT_UNTIL (gtk_widget_get_height (label) > before * 3 / 2);
  after = gtk_widget_get_height (label);
  set_scale (usual_dpi / (96 * 1024.0));
  UI_WAIT_UNTIL (gtk_widget_get_height (label) < after);
}

static float
middle (UiWindow *self, const char *name)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (ui_window_find (self, name), self->top, &bounds));
  return bounds.origin.x + bounds.size.width / 2;
}

/* Mirrored: the main action stands on the right, the menu on the left.  A shell's command and a
 * chart's time run from left to right all the same. */
static void
test_mirrored (UiWindow *self, gconstpointer data)
{
  GtkWidget *command;

  g_assert_cmpfloat (middle (self, "new-run"), >, middle (self, "primary-menu"));
  show_run (self, "rte small, seed 3");
  g_assert_cmpfloat (middle (self, "back"), >, middle (self, "run-menu"));
  wait_until_inside (self);
  wb_window_new_run (self->window);
  UI_WAIT_UNTIL (ui_ready (ui_toplevel ("new-run-dialog")));
  command = ui_find (ui_toplevel ("new-run-dialog"), "card-command");
  g_assert_cmpint (gtk_widget_get_direction (command), ==, GTK_TEXT_DIR_LTR);
  ui_destroy (ui_toplevel ("new-run-dialog"));
}

static void
set_up_mirrored (UiWindow *self, gconstpointer data)
{
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  ui_window_set_up (self, data);
}

static void
tear_down_mirrored (UiWindow *self, gconstpointer data)
{
  ui_window_tear_down (self, data);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

int
main (int argc, char **argv)
{
  ui_test_init (&argc, &argv);
  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &usual_dpi, NULL);
  usual_dpi = usual_dpi > 0 ? usual_dpi : 96 * 1024;
  g_test_add ("/ui/text/large", UiWindow, "samples", ui_window_set_up, test_large,
              ui_window_tear_down);
  g_test_add ("/ui/text/live", UiWindow, "samples", ui_window_set_up, test_live,
              ui_window_tear_down);
  g_test_add ("/ui/text/mirrored", UiWindow, "samples", set_up_mirrored, test_mirrored,
              tear_down_mirrored);
  return g_test_run ();
}
