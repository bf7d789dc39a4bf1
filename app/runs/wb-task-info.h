#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WB_TYPE_TASK_INFO (wb_task_info_get_type ())
G_DECLARE_FINAL_TYPE (WbTaskInfo, wb_task_info, WB, TASK_INFO, GObject)

/**
 * WbTaskInfo:
 *
 * A task as the dialog and the command line show it.  Immutable.  Properties: "id" ("sst-2"),
 * "title" ("SST-2"), "description", "n-texts" (1 or 2), "regression", "metric" (the one that
 * selects the best), "trainable" (AX is for evaluation only).
 */

/* (transfer full): all tasks, in the order to show. */
GListModel *wb_task_info_list (void);
/* (transfer full) (nullable): case and hyphens do not matter. */
WbTaskInfo *wb_task_info_find (const char *id);

const char        *wb_task_info_get_id (WbTaskInfo *self);
const char        *wb_task_info_get_title (WbTaskInfo *self);
const char        *wb_task_info_get_description (WbTaskInfo *self);
guint              wb_task_info_get_n_texts (WbTaskInfo *self);
gboolean           wb_task_info_is_regression (WbTaskInfo *self);
gboolean           wb_task_info_is_trainable (WbTaskInfo *self);
const char        *wb_task_info_get_metric (WbTaskInfo *self);
const char *const *wb_task_info_get_metrics (WbTaskInfo *self); /* all, the main one first */
const char *const *wb_task_info_get_labels (WbTaskInfo *self);  /* empty for regression */

G_END_DECLS
