/* What the window's tests share: real mouse and keys by XTEST, waiting on conditions, pictures. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Waits for something to become true, with a deadline; sanitizers and a busy machine are slow. */
#define UI_WAIT_MS 30000
#define UI_WAIT_UNTIL(condition)                                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    UiWait wait_ = ui_wait_start ();                                                               \
                                                                                                   \
    while (!(condition) && ui_wait_step (&wait_))                                                  \
      ;                                                                                            \
    ui_wait_stop (&wait_);                                                                         \
    g_assert_true (condition);                                                                     \
  }                                                                                                \
  G_STMT_END

typedef struct
{
  gint64 end;
  guint  tick_id;
} UiWait;

UiWait   ui_wait_start (void);
gboolean ui_wait_step (UiWait *self); /* FALSE when the time is over */
void     ui_wait_stop (UiWait *self);

/* gtk_test_init(), adw_init(), no animations. */
void ui_test_init (int *argc, char ***argv);

/* Handles what is waiting, then @ms more. */
void ui_settle (guint ms);

/* The widget with this name below @root; NULL when there is none. */
GtkWidget *ui_find (GtkWidget *root, const char *name);
/* A toplevel with this name. */
GtkWidget *ui_toplevel (const char *name);
/* Shown, with a size. */
gboolean ui_ready (GtkWidget *widget);
void     ui_present (GtkWindow *window);

/* Fractions of the widget's size. */
void ui_move_to (GtkWidget *widget, double fx, double fy);
void ui_click (GtkWidget *widget, double fx, double fy);
void ui_press (GtkWidget *widget, gboolean down);
/* With Control or Shift held. */
void ui_click_with (GtkWidget *widget, double fx, double fy, GdkModifierType modifiers);
/* The keyboard goes elsewhere, as when somebody turns to another program. */
void ui_leave (GtkWidget *toplevel);
/* The wheel, where the pointer is: @steps down, or up. */
void ui_scroll (GtkWidget *widget, int steps, GdkModifierType modifiers);
/* ASCII text, capitals and symbols included. */
void ui_type (GtkWidget *any, const char *text);
void ui_key (GtkWidget *any, guint keyval, GdkModifierType modifiers);

/* Picture of a window as it stands, for people; only where UI_TEST_PICTURES names a folder. */
void     ui_picture (GtkWidget *toplevel, const char *name);
gboolean ui_save_png (GtkWidget *toplevel, const char *path);

/* Destroys and waits until nothing holds it any more. */
#define ui_destroy(window)                                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    GtkWindow *gone_ = GTK_WINDOW (window);                                                        \
                                                                                                   \
    g_object_add_weak_pointer (G_OBJECT (gone_), (gpointer *) &gone_);                             \
    gtk_window_destroy (gone_);                                                                    \
    UI_WAIT_UNTIL (gone_ == NULL);                                                                 \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
