#pragma once

#include <gio/gio.h>

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_LIST (wb_run_list_get_type ())
G_DECLARE_FINAL_TYPE (WbRunList, wb_run_list, WB, RUN_LIST, GObject)

/**
 * WbRunList:
 *
 * A GListModel of every WbRun of a workspace, newest first.  While followed it looks at the store
 * ten times a second (only for a changed version number) from the default main context, adds new
 * rows and brings changed ones up to date, whoever changed them.  Properties "n-active" (uint) and
 * "n-items"; signal "changed" after each reading that brought something, once for all of it.  Main
 * thread only.
 */

/* Reads the list; 10,000 runs take well under a second.  Archived runs are left out. */
WbRunList *wb_run_list_new (WbWorkspace *workspace, GError **error);
/* The same with archived runs. */
WbRunList *wb_run_list_new_with_archived (WbWorkspace *workspace, GError **error);

/* Starts or stops looking at the store; off at first. */
void wb_run_list_set_follow (WbRunList *self, gboolean follow);

/* Looks now. */
gboolean wb_run_list_refresh (WbRunList *self, GError **error);

/* (nullable) (transfer none) */
WbRun *wb_run_list_get_run (WbRunList *self, gint64 id);
guint  wb_run_list_get_n_active (WbRunList *self);

G_END_DECLS
