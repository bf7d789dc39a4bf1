#pragma once

#include "app/runs/wb-run.h"
#include "data/store/wb-store-runs.h"

G_BEGIN_DECLS

/* Takes @record. */
WbRun *wb_run_new (WbWorkspace *workspace, WbRunRecord *record);
/* Takes @record, of the same run; properties that differ notify. */
void               wb_run_take_record (WbRun *self, WbRunRecord *record);
const WbRunRecord *wb_run_get_record (WbRun *self);
WbWorkspace       *wb_run_get_workspace (WbRun *self);
/* (transfer full): the tags with blanks between them */
char *wb_run_dup_tags_text (WbRun *self);
/* The same for runs whose frozen settings differ in nothing but name, folder and seed (what they
 * train on and start from included); other settings give another number (64 bits of hash). */
guint64 wb_run_compute_settings_key (WbRun *self);
/* Grows when points that were read may have been replaced. */
gint64 wb_run_get_generation (WbRun *self);

/* Whether no process works on the run, by its lock.  A run that says it is running but is not, is
 * marked interrupted in the store; then %TRUE. */
gboolean wb_run_notice_death (WbStore *store, const WbRunRecord *record);

/* (transfer full) (nullable) (element-type WbRunRecord): by id, those that changed last, about a
 * thousand at most: quick however many runs there are. */
GPtrArray *wb_run_records_recent (WbStore *store);

/* (transfer full): path of runs/<id>/lock */
char *wb_run_record_dup_lock_path (const WbRunRecord *record);

/* Why not, as a sentence; %NULL: it can be resumed. */
char *wb_run_record_dup_obstacle (const WbRunRecord *record);

G_END_DECLS
