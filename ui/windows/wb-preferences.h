#pragma once

#include <adwaita.h>

#include "app/core/wb-workspace.h"

G_BEGIN_DECLS

/**
 * wb_preferences_open:
 *
 * What the user prefers, of the schema io.github.DebertaWorkbench: beside the program that runs, in
 * its build or installed, or the system's.
 *
 * Returns: (transfer full) (nullable): %NULL where the schema is not installed; then everything is
 * as in the schema's defaults, and nothing is remembered
 */
GSettings *wb_preferences_open (void);

/* The key of the schema, or the default without one. */
gboolean wb_preferences_get_flag (GSettings *self, const char *key);

#define WB_TYPE_PREFERENCES_WINDOW (wb_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (WbPreferencesWindow,
                      wb_preferences_window,
                      WB,
                      PREFERENCES_WINDOW,
                      AdwPreferencesWindow)

/**
 * WbPreferencesWindow:
 *
 * Style, what happens besides a run, threads, and where everything is kept.  A change holds at
 * once. Signal "home-chosen" (char *path): another home folder, which can be opened.
 */

/* @settings: (nullable).  @home: the folder that is open.  @fixed: it was given by --home or the
 * environment, and cannot be chosen here. */
GtkWidget *wb_preferences_window_new (GtkWindow  *parent,
                                      GSettings  *settings,
                                      const char *home,
                                      gboolean    fixed);

/* As the dialog to choose a folder does; a folder that cannot be used is said in a toast. */
void wb_preferences_window_choose_home (WbPreferencesWindow *self, const char *path);

G_END_DECLS
