#include "ui-test.h"

#include <X11/extensions/XTest.h>
#include <X11/XKBlib.h>
#include <X11/keysym.h>

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
#include <gdk/x11/gdkx.h>

/* Wakes the loop, so that conditions that no event announces are seen too. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>

/* GLib keeps its table of interned strings when it has outgrown it (2,048 of them), on purpose.
 * What libraries allocate as they are loaded, that table too, counts as no leak. */
static void
libraries_load (int argc, char **argv, char **envp)
{
  __lsan_disable ();
}

__attribute__ ((section (".preinit_array"),
                used)) static void (*before_libraries) (int, char **, char **) = libraries_load;

__attribute__ ((constructor)) static void
libraries_are_loaded (void)
{
  __lsan_enable ();
}
#endif

static gboolean
tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

UiWait
ui_wait_start (void)
{
  return (UiWait){ g_get_monotonic_time () + UI_WAIT_MS * 1000, g_timeout_add (5, tick_cb, NULL) };
}

gboolean
ui_wait_step (UiWait *self)
{
  g_main_context_iteration (NULL, TRUE);
  return g_get_monotonic_time () < self->end;
}

void
ui_wait_stop (UiWait *self)
{
  g_source_remove (self->tick_id);
}

void
ui_test_init (int *argc, char ***argv)
{
  gtk_test_init (argc, argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

void
ui_settle (guint ms)
{
  const gint64 end = g_get_monotonic_time () + ms * 1000;
  UiWait       wait = ui_wait_start ();

  while (g_get_monotonic_time () < end)
    ui_wait_step (&wait);
  ui_wait_stop (&wait);
}

GtkWidget *
ui_find (GtkWidget *root, const char *name)
{
  if (g_strcmp0 (gtk_widget_get_name (root), name) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = ui_find (child, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWidget *
ui_toplevel (const char *name)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);

      if (g_strcmp0 (gtk_widget_get_name (window), name) == 0)
        return window;
    }
  return NULL;
}

gboolean
ui_ready (GtkWidget *widget)
{
  return widget != NULL && gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) > 0 &&
         gtk_widget_get_height (widget) > 0;
}

void
ui_present (GtkWindow *window)
{
  gtk_window_present (window);
  UI_WAIT_UNTIL (ui_ready (GTK_WIDGET (window)));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
}

static Display *
display_of (GtkWidget *widget)
{
  return gdk_x11_display_get_xdisplay (gtk_widget_get_display (widget));
}

void
ui_move_to (GtkWidget *widget, double fx, double fy)
{
  GtkNative       *native = gtk_widget_get_native (widget);
  GdkSurface      *surface = gtk_native_get_surface (native);
  Display         *display = display_of (widget);
  const int        scale = gdk_surface_get_scale_factor (surface);
  graphene_point_t point;
  double           tx, ty;
  int              x, y;
  Window           child;

  g_assert_true (gtk_widget_compute_point (
      widget, GTK_WIDGET (native),
      &GRAPHENE_POINT_INIT ((float) (fx * gtk_widget_get_width (widget)),
                            (float) (fy * gtk_widget_get_height (widget))),
      &point));
  gtk_native_get_surface_transform (native, &tx, &ty); /* the shadow's border */
  XTranslateCoordinates (display, gdk_x11_surface_get_xid (surface), DefaultRootWindow (display),
                         (int) ((point.x + tx) * scale), (int) ((point.y + ty) * scale), &x, &y,
                         &child);
  XTestFakeMotionEvent (display, -1, x, y, 0);
  XFlush (display);
}

void
ui_press (GtkWidget *widget, gboolean down)
{
  XTestFakeButtonEvent (display_of (widget), 1, down, 0);
  XFlush (display_of (widget));
}

void
ui_leave (GtkWidget *toplevel)
{
  Display *display = display_of (toplevel);
  Screen  *screen = DefaultScreenOfDisplay (display);

  XTestFakeMotionEvent (display, -1, WidthOfScreen (screen) - 1, HeightOfScreen (screen) - 1, 0);
  XSetInputFocus (display, None, RevertToPointerRoot, CurrentTime);
  XFlush (display);
  UI_WAIT_UNTIL (!gtk_window_is_active (GTK_WINDOW (toplevel)));
}

void
ui_click (GtkWidget *widget, double fx, double fy)
{
  gtk_test_widget_wait_for_draw (GTK_WIDGET (gtk_widget_get_root (widget)));
  ui_move_to (widget, fx, fy);
  ui_press (widget, TRUE);
  ui_press (widget, FALSE);
}

static void
fake_key (Display *display, KeySym sym, gboolean down)
{
  XTestFakeKeyEvent (display, XKeysymToKeycode (display, sym), down, 0);
}

void
ui_click_with (GtkWidget *widget, double fx, double fy, GdkModifierType modifiers)
{
  Display *display = display_of (widget);

  if (modifiers & GDK_CONTROL_MASK)
    fake_key (display, XK_Control_L, TRUE);
  if (modifiers & GDK_SHIFT_MASK)
    fake_key (display, XK_Shift_L, TRUE);
  ui_click (widget, fx, fy);
  if (modifiers & GDK_SHIFT_MASK)
    fake_key (display, XK_Shift_L, FALSE);
  if (modifiers & GDK_CONTROL_MASK)
    fake_key (display, XK_Control_L, FALSE);
  XFlush (display);
}

void
ui_key (GtkWidget *any, guint keyval, GdkModifierType modifiers)
{
  Display       *display = display_of (any);
  const KeyCode  code = XKeysymToKeycode (display, keyval);
  const gboolean shift =
      (modifiers & GDK_SHIFT_MASK) != 0 || XkbKeycodeToKeysym (display, code, 0, 0) != keyval;

  if (modifiers & GDK_CONTROL_MASK)
    fake_key (display, XK_Control_L, TRUE);
  if (modifiers & GDK_ALT_MASK)
    fake_key (display, XK_Alt_L, TRUE);
  if (shift)
    fake_key (display, XK_Shift_L, TRUE);
  fake_key (display, keyval, TRUE);
  fake_key (display, keyval, FALSE);
  if (shift)
    fake_key (display, XK_Shift_L, FALSE);
  if (modifiers & GDK_ALT_MASK)
    fake_key (display, XK_Alt_L, FALSE);
  if (modifiers & GDK_CONTROL_MASK)
    fake_key (display, XK_Control_L, FALSE);
  XFlush (display);
}

void
ui_scroll (GtkWidget *widget, int steps, GdkModifierType modifiers)
{
  Display *display = display_of (widget);

  if (modifiers & GDK_CONTROL_MASK)
    fake_key (display, XK_Control_L, TRUE);
  for (int i = 0; i < ABS (steps); i++)
    {
      XTestFakeButtonEvent (display, steps > 0 ? 5 : 4, True, 0);
      XTestFakeButtonEvent (display, steps > 0 ? 5 : 4, False, 0);
    }
  if (modifiers & GDK_CONTROL_MASK)
    fake_key (display, XK_Control_L, FALSE);
  XFlush (display);
}

void
ui_type (GtkWidget *any, const char *text)
{
  for (; *text != '\0'; text++)
    ui_key (any, *text == '\n' ? GDK_KEY_Return : gdk_unicode_to_keyval ((guint32) *text), 0);
}

gboolean
ui_save_png (GtkWidget *toplevel, const char *path)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (toplevel);
  const int    width = gdk_paintable_get_intrinsic_width (paintable);
  const int    height = gdk_paintable_get_intrinsic_height (paintable);
  const int    scale = gtk_widget_get_scale_factor (toplevel);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  gtk_snapshot_scale (snapshot, (float) scale, (float) scale);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return FALSE;
  texture = gsk_renderer_render_texture (
      gtk_native_get_renderer (gtk_widget_get_native (toplevel)), node,
      &GRAPHENE_RECT_INIT (0, 0, (float) (width * scale), (float) (height * scale)));
  return gdk_texture_save_to_png (texture, path);
}

void
ui_picture (GtkWidget *toplevel, const char *name)
{
  const char      *folder = g_getenv ("UI_TEST_PICTURES");
  g_autofree char *path = NULL;

  if (folder == NULL)
    return;
  path = g_strdup_printf ("%s/%s.png", folder, name);
  ui_settle (150);
  gtk_test_widget_wait_for_draw (toplevel);
  g_assert_true (ui_save_png (toplevel, path));
}
