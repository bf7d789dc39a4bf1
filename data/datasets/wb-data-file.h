#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bytes of a file that are read at most, decompressed: 2 GiB. */
#define WB_DATA_FILE_LIMIT ((gsize) 1 << 31)

/**
 * wb_data_file_read:
 * @error: WB_DATASET_ERROR_MISSING or _IO
 *
 * Reads a file whole; gzip data, seen by its first bytes, is decompressed, its checksum included.
 */
GBytes *wb_data_file_read (const char *path, GError **error);

/* (transfer full): @bytes itself unless it is gzip data; @name stands in messages. */
GBytes *wb_data_file_unpack (GBytes *bytes, const char *name, gsize limit, GError **error);

G_END_DECLS
