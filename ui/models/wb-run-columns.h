#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run-column.h"
#include "ui/widgets/wb-width-bin.h"

G_BEGIN_DECLS

#define WB_TYPE_RUN_COLUMNS (wb_run_columns_get_type ())
G_DECLARE_FINAL_TYPE (WbRunColumns, wb_run_columns, WB, RUN_COLUMNS, GObject)

/**
 * WbRunColumns:
 *
 * The columns of a list of runs: which are shown, in what order, and by which the rows are
 * ordered.  As long as nobody has chosen, there are as many as there is room for; a narrow list
 * says model and task under the name whatever was chosen.  Titles can be dragged.  Signals
 * "changed" (shown ones or their places), "order-changed".
 *
 * Kept in the keys "runs-columns" (ids in their order, "-" before those that are hidden; empty:
 * nobody has chosen) and "runs-order" ("best", "-best": the greatest first; empty: newest first).
 */

/* The view owns nothing of it: keep it as long as the view.  @settings: (nullable) */
WbRunColumns *wb_run_columns_new (GtkColumnView *view);
void          wb_run_columns_bind_settings (WbRunColumns *self, GSettings *settings);

void wb_run_columns_set_width (WbRunColumns *self, WbWidth width);
/* Groups say means with deviations, which take more room. */
void wb_run_columns_set_grouped (WbRunColumns *self, gboolean grouped);

gboolean wb_run_columns_is_shown (WbRunColumns *self, WbRunColumn column);
/* The name is always shown. */
void        wb_run_columns_show (WbRunColumns *self, WbRunColumn column, gboolean show);
WbRunColumn wb_run_columns_get_nth (WbRunColumns *self, guint place); /* of all, hidden ones too */
/* To the left (-1) or right (1) of its neighbour. */
void     wb_run_columns_move (WbRunColumns *self, WbRunColumn column, int by);
gboolean wb_run_columns_is_changed (WbRunColumns *self); /* somebody has chosen */
void     wb_run_columns_reset (WbRunColumns *self);

/* WB_RUN_N_COLUMNS: newest first */
WbRunColumn wb_run_columns_get_order (WbRunColumns *self, gboolean *descending);

G_END_DECLS
