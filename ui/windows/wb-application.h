#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WB_TYPE_APPLICATION (wb_application_get_type ())
G_DECLARE_FINAL_TYPE (WbApplication, wb_application, WB, APPLICATION, AdwApplication)

/**
 * WbApplication:
 *
 * One process, one window, for one home: started again, it brings its window to the front.
 * Actions "app.new-run", "app.demo", "app.about", "app.preferences", "app.quit", "app.show-run"
 * (int64).
 */
WbApplication *wb_application_new (const char *home); /* (nullable): the default one */

/* (nullable): without an installed schema */
GSettings *wb_application_get_settings (WbApplication *self);

/**
 * wb_application_run:
 * @home: (nullable): --home
 * @argv: [0] is the program's name; the rest was read before
 *
 * The window, until it is closed.  Without a display: one line on standard error and 1.
 *
 * Returns: the exit status
 */
int wb_application_run (const char *home, int argc, char **argv);

/* Makes templates and pictures known; wb_application_run() does it.  For tests that show widgets
 * without an application. */
void wb_ui_init (void);

G_END_DECLS
