#pragma once

#include "app/core/wb-workspace.h"

G_BEGIN_DECLS

/**
 * wb_lock_take:
 * @path: file, made where it is missing
 * @error: WB_APP_ERROR_BUSY when somebody holds it, _HOME when the file cannot be made
 *
 * An open-file-description lock: the kernel frees it when the process ends, however it ends.
 *
 * Returns: a file descriptor that holds the lock until wb_lock_free(); -1 on error
 */
int  wb_lock_take (const char *path, GError **error);
void wb_lock_free (int lock);

/* Whether nobody holds it; a missing file is free. */
gboolean wb_lock_is_free (const char *path);

/* (transfer full): held by whoever computes on the processor: one run a device. */
char *wb_lock_dup_device_path (WbWorkspace *workspace);

G_END_DECLS
