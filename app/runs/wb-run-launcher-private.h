#pragma once

#include "app/runs/wb-run-launcher.h"

#include "app/runs/wb-run-plan-private.h"

G_BEGIN_DECLS

/* The program to start; at first the one that runs. */
void wb_run_launcher_set_program (const char *path);

/* wb_run_launcher_create() with a plan that was inspected already. */
gint64 wb_run_launcher_create_planned (WbRunSpec *spec, const WbRunPlan *plan, GError **error);

/* A process that works through @ids (gint64), which it takes. */
gboolean wb_run_launcher_execute (WbWorkspace *workspace, GArray *ids, GError **error);

G_END_DECLS
