#pragma once

#include <gio/gio.h>

#include "app/runs/wb-run-list.h"
#include "app/runs/wb-run-row.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_TABLE (wb_run_table_get_type ())
G_DECLARE_FINAL_TYPE (WbRunTable, wb_run_table, WB, RUN_TABLE, GObject)

/**
 * WbRunTable:
 *
 * A GListModel of WbRunRow: the runs of a WbRunList that are wanted, in an order, runs that differ
 * in their seed folded into one row where asked.  Pinned ones stand first.  A row stays the same
 * object while its run is there, so a selection survives another order.  Follows the list: it is
 * up to date whenever the list is.  Every function takes a few milliseconds for 10,000 runs
 * (docs/performance.md).  Main thread only.
 */
WbRunTable *wb_run_table_new (void);

/* (nullable); with archived runs in it, see wb_run_list_new_with_archived(). */
void wb_run_table_set_list (WbRunTable *self, WbRunList *list);

/* Every word has to be in name, model, task, tags, note or status; case does not matter. */
void wb_run_table_set_text (WbRunTable *self, const char *text);
/* Bits (1 << WbRunStatus); 0: all. */
void  wb_run_table_set_statuses (WbRunTable *self, guint statuses);
guint wb_run_table_get_statuses (WbRunTable *self);
/* Which archived runs: none of them, or nothing else. */
void     wb_run_table_set_archived (WbRunTable *self, gboolean archived);
gboolean wb_run_table_get_archived (WbRunTable *self);

/**
 * wb_run_table_set_values:
 * @column: WB_RUN_COLUMN_TASK (ids), _MODEL or _TAGS
 * @values: (nullable): one of them has to be the run's; %NULL or empty: all will do
 */
void wb_run_table_set_values (WbRunTable *self, WbRunColumn column, const char *const *values);
const char *const *wb_run_table_get_values (WbRunTable *self, WbRunColumn column);

/* (transfer full): the values that runs have, sorted; archived runs count as they are asked for. */
char **wb_run_table_dup_choices (WbRunTable *self, WbRunColumn column);

/* Runs whose settings differ in the seed alone become one row, where there are two or more. */
void     wb_run_table_set_grouped (WbRunTable *self, gboolean grouped);
gboolean wb_run_table_get_grouped (WbRunTable *self);
void     wb_run_table_set_expanded (WbRunTable *self, WbRunRow *row, gboolean expanded);

/* WB_RUN_N_COLUMNS: newest first.  What has no value stands last either way. */
void wb_run_table_set_order (WbRunTable *self, WbRunColumn column, gboolean descending);

/* Runs of the list (archived ones only where asked), and those of them that are wanted. */
guint wb_run_table_get_n_runs (WbRunTable *self);
guint wb_run_table_get_n_shown (WbRunTable *self);

/* (nullable) (transfer none) */
WbRunRow *wb_run_table_get_row (WbRunTable *self, WbRun *run);

G_END_DECLS
