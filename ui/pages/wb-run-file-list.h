#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_FILE_LIST (wb_run_file_list_get_type ())
G_DECLARE_FINAL_TYPE (WbRunFileList, wb_run_file_list, WB, RUN_FILE_LIST, GtkWidget)

/**
 * WbRunFileList:
 *
 * What lies in the run's folder, with sizes; opens it, copies its path.  Read on another thread
 * while it is on the screen, again when the run changes its phase.
 */
void wb_run_file_list_set_run (WbRunFileList *self, WbRun *run); /* (nullable) */

G_END_DECLS
