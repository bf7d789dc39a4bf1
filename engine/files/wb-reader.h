#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbReader:
 * @path: what messages say
 * @size: bytes of the file when it was opened
 *
 * A regular file that is read at places, not from front to end.  Several threads may read at once.
 */
typedef struct
{
  char   *path;
  int     fd;
  guint64 size;
} WbReader;

/* @error: WB_ENGINE_ERROR_MISSING: not there, or not readable; _INVALID: not a regular file.  A
 * pipe does not make it wait. */
WbReader *wb_reader_open (const char *path, GError **error);
void      wb_reader_free (WbReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbReader, wb_reader_free)

/* All of @length bytes from @offset.  @error: WB_ENGINE_ERROR_INVALID: the file ends before, or
 * could not be read; with the byte */
gboolean
wb_reader_read (const WbReader *self, guint64 offset, void *data, gsize length, GError **error);

/* Bytes from @offset become a string's, NUL-terminated.  @error: as well
 * WB_ENGINE_ERROR_OUT_OF_MEMORY */
guint8 *wb_reader_dup (const WbReader *self, guint64 offset, gsize length, GError **error);

/* Sets WB_ENGINE_ERROR_INVALID, "PATH: message"; returns FALSE. */
gboolean wb_reader_fail (const WbReader *self, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

G_END_DECLS
