#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run-spec.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_SPEC_CARD (wb_run_spec_card_get_type ())
G_DECLARE_FINAL_TYPE (WbRunSpecCard, wb_run_spec_card, WB, RUN_SPEC_CARD, GtkWidget)

/**
 * WbRunSpecCard:
 *
 * What a form means: number of runs, estimates, problems, and the command line, which can be
 * copied.  Signals "problem-activated" (string: field), "copied".
 */

/* @problems: (element-type WbRunProblem): of wb_run_spec_check() */
void wb_run_spec_card_update (WbRunSpecCard *self, WbRunSpec *spec, GPtrArray *problems);

G_END_DECLS
