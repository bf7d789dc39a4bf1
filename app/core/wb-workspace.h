#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WB_TYPE_WORKSPACE (wb_workspace_get_type ())
G_DECLARE_FINAL_TYPE (WbWorkspace, wb_workspace, WB, WORKSPACE, GObject)

/**
 * WbWorkspace:
 *
 * The home folder with everything the program keeps: store, runs, models, data sets, locks.  Main
 * thread only; the paths may be read anywhere.
 */

/**
 * wb_workspace_dup_default_home:
 * @home: (nullable): from --home
 *
 * Returns: (transfer full): absolute path of @home, else of DEBERTA_WORKBENCH_HOME, else of what
 * wb_workspace_set_default_home() was told, else
 * deberta-workbench in the user's data folder (XDG_DATA_HOME)
 */
char *wb_workspace_dup_default_home (const char *home);

/* Whether @home (nullable) or DEBERTA_WORKBENCH_HOME names one. */
gboolean wb_workspace_is_home_given (const char *home);

/* (transfer full): the home when none is given */
char *wb_workspace_dup_usual_home (void);

/**
 * wb_workspace_set_default_home:
 * @home: (nullable): absolute path; %NULL: the usual place again
 * @error: WB_APP_ERROR_HOME
 *
 * Where window and command line look from now on when nothing else is asked for: one line in the
 * file `home` in the usual place.  What is kept stays where it is.
 */
gboolean wb_workspace_set_default_home (const char *home, GError **error);

/**
 * wb_workspace_open:
 * @home: (nullable): as wb_workspace_dup_default_home()
 * @error: WB_APP_ERROR_HOME (cannot be made or written, disk full) or the store's (newer version,
 * damaged)
 *
 * Makes the folder and its sub-folders where missing, and opens the store.
 */
WbWorkspace *wb_workspace_open (const char *home, GError **error);

const char *wb_workspace_get_home (WbWorkspace *self);

/* (transfer full): path below the home folder; the list ends with %NULL. */
char *wb_workspace_dup_path (WbWorkspace *self, const char *first, ...) G_GNUC_NULL_TERMINATED;

/* (transfer full): runs/<id>, where a run without --out lives. */
char *wb_workspace_dup_run_folder (WbWorkspace *self, gint64 id);

/* Bytes free for this user where @path (home when %NULL) lies; G_MAXUINT64 when unknown. */
guint64 wb_workspace_get_free_space (WbWorkspace *self, const char *path);

G_END_DECLS
