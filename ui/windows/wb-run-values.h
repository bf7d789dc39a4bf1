#pragma once

#include <adwaita.h>

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_VALUES (wb_run_values_get_type ())
G_DECLARE_FINAL_TYPE (WbRunValues, wb_run_values, WB, RUN_VALUES, AdwWindow)

/**
 * WbRunValues:
 *
 * The numbers behind a run's charts as a table, a row for each step, for readers without the
 * picture and for other programs (copied as comma-separated values).  Shows what is there when it
 * opens.
 */
GtkWidget *wb_run_values_new (GtkWindow *parent, WbRun *run, GError **error);

/* (transfer full): a header line, then a line for each step; empty where nothing was measured. */
char *wb_run_values_dup_csv (WbRunValues *self);

G_END_DECLS
