#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_TRIAL (wb_run_trial_get_type ())
G_DECLARE_FINAL_TYPE (WbRunTrial, wb_run_trial, WB, RUN_TRIAL, GtkWidget)

/**
 * WbRunTrial:
 *
 * A text, or two, and what the run's best model says of it, as it is typed.  The model is loaded
 * with the first text, and let go of when the page shows another run, a minute after it was left,
 * and when nothing was typed for long.
 */
void wb_run_trial_set_run (WbRunTrial *self, WbRun *run); /* (nullable) */

G_END_DECLS
