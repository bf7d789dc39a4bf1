/* A window over a home of the test's own. */
#pragma once

#include "ui-fixture.h"
#include "ui-test.h"

#include "ui/windows/wb-application.h"
#include "ui/windows/wb-window.h"

G_BEGIN_DECLS

typedef struct
{
  char          *home;
  WbStore       *store; /* as another process would use it */
  WbApplication *application;
  WbWindow      *window;
  GtkWidget     *top; /* the same */
} UiWindow;

/* @data: NULL: no runs; "samples"; a number: so many runs. */
void ui_window_set_up (UiWindow *self, gconstpointer data);
void ui_window_tear_down (UiWindow *self, gconstpointer data);

GtkWidget *ui_window_find (UiWindow *self, const char *name);
guint      ui_window_count_rows (UiWindow *self); /* what the list shows */
WbRun     *ui_window_get_run (UiWindow *self, const char *name);

G_END_DECLS
