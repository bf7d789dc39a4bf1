#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run-table.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_FILTER_POPOVER (wb_run_filter_popover_get_type ())
G_DECLARE_FINAL_TYPE (WbRunFilterPopover, wb_run_filter_popover, WB, RUN_FILTER_POPOVER, GtkPopover)

/**
 * WbRunFilterPopover:
 *
 * Which runs a table shows: checks for statuses, and for the tasks, models and tags that its runs
 * have; archived ones instead.  Signal "changed".
 */
GtkWidget *wb_run_filter_popover_new (WbRunTable *table);

/* How many checks are set. */
guint wb_run_filter_popover_get_n (WbRunFilterPopover *self);
void  wb_run_filter_popover_clear (WbRunFilterPopover *self);

G_END_DECLS
