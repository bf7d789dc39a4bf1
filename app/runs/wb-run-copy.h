#pragma once

#include "app/runs/wb-run-spec.h"
#include "app/runs/wb-run.h"

G_BEGIN_DECLS

/**
 * wb_run_dup_spec:
 *
 * Fields that make the same run again: what was typed where that still means the same, else the
 * files and folders that were frozen; its recipe where that is still there; settings that differ
 * from it, or from the defaults.  It has no folder ("out") of its own, and no name where the run's
 * was made from task, model and seed.
 *
 * Returns: (transfer full): may fail wb_run_spec_check(), when files are gone meanwhile
 */
WbRunSpec *wb_run_dup_spec (WbRun *run, GError **error);

G_END_DECLS
