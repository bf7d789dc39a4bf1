#pragma once

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

typedef enum
{
  WB_RUN_FILE_BEST,        /* folder: the best model */
  WB_RUN_FILE_LAST,        /* folder: the last model */
  WB_RUN_FILE_CHECKPOINT,  /* folder: what a resume goes on from */
  WB_RUN_FILE_PREDICTIONS, /* folder: what was predicted after each evaluation */
  WB_RUN_FILE_LOG,
  WB_RUN_FILE_OTHER,
} WbRunFileKind;

/**
 * WbRunFile:
 * @path: within the run's folder, "checkpoints/400"
 * @step: of a checkpoint
 * @size: bytes, of a folder with all that is in it
 * @modified: seconds since 1970
 */
typedef struct
{
  WbRunFileKind kind;
  char         *path;
  guint64       step;
  guint64       size;
  gint64        modified;
  gboolean      is_folder;
} WbRunFile;

/**
 * wb_run_list_files:
 * @folder: of a run
 * @error: the folder cannot be read
 *
 * Any thread.  Returns: (transfer full) (element-type WbRunFile): what lies there, models first;
 * checkpoints one by one.  What is being written, and locks, are left out.
 */
GPtrArray *wb_run_list_files (const char *folder, GError **error);

/* The same on another thread.  Main thread. */
void       wb_run_list_files_async (WbRun              *self,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);
GPtrArray *wb_run_list_files_finish (WbRun *self, GAsyncResult *result, GError **error);

G_END_DECLS
