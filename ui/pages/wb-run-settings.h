#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_SETTINGS (wb_run_settings_get_type ())
G_DECLARE_FINAL_TYPE (WbRunSettings, wb_run_settings, WB, RUN_SETTINGS, GtkWidget)

/**
 * WbRunSettings:
 *
 * What a run was made of: model, task, folder, and every setting, those that are not the default
 * first.  They are frozen, so that they are read once.
 */
void wb_run_settings_set_run (WbRunSettings *self, WbRun *run); /* (nullable) */

G_END_DECLS
