#pragma once

#include "app/runs/wb-run.h"

G_BEGIN_DECLS

/**
 * wb_run_check_files:
 * @error: the first thing that is wrong
 *
 * Settings, the model and data that training starts from, checkpoints, the best model: whether all
 * are there and what they were.
 */
gboolean wb_run_check_files (WbRun *self, GError **error);

/* (transfer full): the last @n (0: all) objects of log.jsonl as they stand there. */
char **wb_run_dup_log_objects (WbRun *self, gsize n, GError **error);

G_END_DECLS
