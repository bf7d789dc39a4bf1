#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-findings.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_EXAMPLES (wb_run_examples_get_type ())
G_DECLARE_FINAL_TYPE (WbRunExamples, wb_run_examples, WB, RUN_EXAMPLES, GtkWidget)

/**
 * WbRunExamples:
 *
 * Examples of an evaluation, those with the greatest or the least loss first: text (or pair), what
 * is so, what was predicted, and the probabilities; twenty, and more when asked.
 */
void wb_run_examples_set_findings (WbRunExamples *self, WbFindings *findings); /* (nullable) */

/* Only those with label @gold that were taken for @predicted; -1, -1: all. */
void wb_run_examples_filter (WbRunExamples *self, int gold, int predicted);

G_END_DECLS
