#pragma once

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

typedef enum
{
  WB_RUN_BATCH_ARCHIVE,
  WB_RUN_BATCH_UNARCHIVE,
  WB_RUN_BATCH_DELETE, /* into the trash */
  WB_RUN_BATCH_RESTORE,
  WB_RUN_BATCH_FINISH_DELETE, /* no way back: wb_run_empty_trash() will free them */
  WB_RUN_BATCH_PIN,
  WB_RUN_BATCH_UNPIN,
} WbRunBatchKind;

/* What takes a change back. */
WbRunBatchKind wb_run_batch_kind_inverse (WbRunBatchKind self);

/**
 * WbRunBatch:
 *
 * The same change to many runs, a slice at a time, so that a main loop goes on between slices.  A
 * run that cannot be changed (one that runs cannot be deleted) is left as it is and counted.
 */
typedef struct _WbRunBatch WbRunBatch;

/* @runs: (element-type WbRun) */
WbRunBatch *wb_run_batch_new (GPtrArray *runs, WbRunBatchKind kind);
void        wb_run_batch_free (WbRunBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbRunBatch, wb_run_batch_free)

/* Works for about @milliseconds, in one transaction; %TRUE while there is more to do. */
gboolean wb_run_batch_step (WbRunBatch *self, double milliseconds);

WbRunBatchKind wb_run_batch_get_kind (WbRunBatch *self);
GPtrArray     *wb_run_batch_get_done (WbRunBatch *self); /* (transfer none) (element-type WbRun) */
guint          wb_run_batch_get_n_failed (WbRunBatch *self);
const char *wb_run_batch_get_problem (WbRunBatch *self); /* (nullable): of the first that failed */

G_END_DECLS
