#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbFileWriter:
 *
 * A file that appears under its name whole and synced, or not at all: it is written without a name
 * (or beside, as FILE.PID-N.part, where the file system has no nameless files), synced, named and
 * renamed, and its folder is synced.  A process that is ended meanwhile leaves nothing behind.  Any
 * thread, one at a time.
 */
typedef struct _WbFileWriter WbFileWriter;

/* Creates the file beside @path.  @error: WB_ENGINE_ERROR_DEVICE: path and reason */
WbFileWriter *wb_file_writer_new (const char *path, GError **error);

gboolean
wb_file_writer_write (WbFileWriter *self, gconstpointer data, gsize length, GError **error);

/* Syncs and renames.  After it, or without it, free. */
gboolean wb_file_writer_commit (WbFileWriter *self, GError **error);

/* Removes what was written when it was not committed. */
void wb_file_writer_free (WbFileWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbFileWriter, wb_file_writer_free)

G_END_DECLS
