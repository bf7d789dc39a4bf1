#pragma once

#include <gio/gio.h>

#include "app/runs/wb-run-column.h"
#include "app/runs/wb-run.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_ROW (wb_run_row_get_type ())
G_DECLARE_FINAL_TYPE (WbRunRow, wb_run_row, WB, RUN_ROW, GObject)

/**
 * WbRunRow:
 *
 * A row of WbRunTable: one run, or a group of runs that differ in their seed alone.  Signal
 * "changed" when something that it shows has changed.  Main thread only.
 */

/* (nullable) (transfer none): %NULL for a group */
WbRun   *wb_run_row_get_run (WbRunRow *self);
gboolean wb_run_row_is_group (WbRunRow *self);
/* A group's row is shown above its members while it is expanded. */
gboolean wb_run_row_is_expanded (WbRunRow *self);
gboolean wb_run_row_is_member (WbRunRow *self);

/* Runs that the row stands for: one, or the group's, in the order shown. */
guint  wb_run_row_get_n_runs (WbRunRow *self);
WbRun *wb_run_row_get_nth_run (WbRunRow *self, guint i); /* (transfer none) */

gboolean wb_run_row_is_pinned (WbRunRow *self);
gboolean wb_run_row_is_baseline (WbRunRow *self);

/* How many of the row's runs are so. */
guint wb_run_row_count (WbRunRow *self, WbRunStatus status);

/**
 * WbRunMean:
 * @mean: of the runs that have a value; NaN: none has
 * @deviation: sample standard deviation (divisor n - 1); NaN below two
 * @n: runs that have one
 */
typedef struct
{
  double mean;
  double deviation;
  guint  n;
} WbRunMean;

/* What a column of numbers shows.  Duration and waiting of a group are sums, its start is the
 * newest.  Values of "loss" are positive here, and smaller ones are better. */
void wb_run_row_get_mean (WbRunRow *self, WbRunColumn column, WbRunMean *mean);

/* (transfer full): what a column of words says; "" where there is nothing. */
char *wb_run_row_dup_text (WbRunRow *self, WbRunColumn column);

/* Whether a column of differences says better (1) or worse (-1); 0: neither. */
int wb_run_row_get_verdict (WbRunRow *self, WbRunColumn column);

/* (nullable) (transfer full): where the published score is from, with its value. */
char *wb_run_row_dup_published (WbRunRow *self);

G_END_DECLS
