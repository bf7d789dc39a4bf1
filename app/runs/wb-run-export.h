#pragma once

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

/**
 * wb_run_export_async:
 * @parent: folder to export into
 *
 * Writes the run's best model as a Hugging Face folder of its own in @parent, called as the run is
 * (with a number behind it where that is taken).  Main thread; the work is done on another.
 */
void wb_run_export_async (WbRun              *self,
                          const char         *parent,
                          GAsyncReadyCallback callback,
                          gpointer            user_data);
/* (transfer full): the folder. */
char *wb_run_export_finish (WbRun *self, GAsyncResult *result, GError **error);

G_END_DECLS
