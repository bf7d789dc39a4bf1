#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * wb_zip_unpack:
 * @path: a zip file, such as the original releases' base.zip (fact sheet 9.3)
 * @folder: created by the caller, empty; on an error, what had been written is removed again
 * @error: WB_ENGINE_ERROR_MISSING: no such file; _UNSUPPORTED: encrypted, or a method other than
 * stored and deflated; _INVALID: damaged or lying (with byte numbers), a name that is no plain one,
 * entries that overlap, more than a hundred times the file's size; _DEVICE: could not be written
 *
 * Unpacks flat: "base/model_config.json" and "model_config.json" both become
 * @folder/model_config.json.  Each file's length and checksum are compared with what the directory
 * says.
 */
gboolean wb_zip_unpack (const char *path, const char *folder, GError **error);

/* The same; @cancellable: (nullable): another thread's, or a signal's: G_IO_ERROR_CANCELLED */
gboolean wb_zip_unpack_cancellable (const char   *path,
                                    const char   *folder,
                                    GCancellable *cancellable,
                                    GError      **error);

/* Bytes that @path unpacks to, by its directory, which is checked as wb_zip_unpack() does. */
gboolean wb_zip_measure (const char *path, guint64 *size, GError **error);

G_END_DECLS
