#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_FINDINGS (wb_run_findings_get_type ())
G_DECLARE_FINAL_TYPE (WbRunFindings, wb_run_findings, WB, RUN_FINDINGS, GtkWidget)

/**
 * WbRunFindings:
 *
 * What the run's evaluations found: which evaluation, which label was taken for which (entity
 * types, ranges of targets), and the best and worst examples.  Read on another thread, while it is
 * on the screen, and again after each evaluation.
 */
void wb_run_findings_set_run (WbRunFindings *self, WbRun *run); /* (nullable) */

G_END_DECLS
