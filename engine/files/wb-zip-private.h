#pragma once

#include "engine/files/wb-reader.h"
#include "engine/files/wb-zip.h"

G_BEGIN_DECLS

/* What a zip file, and each of its entries, begins with: "PK" 3 4, as a little-endian number. */
#define WB_ZIP_LOCAL_SIGN 0x04034b50u

#define WB_ZIP_STORED 0
#define WB_ZIP_DEFLATED 8

/**
 * WbZipEntry:
 * @name: UTF-8, not empty
 * @method: WB_ZIP_STORED, WB_ZIP_DEFLATED or another
 * @encrypted: it cannot be read
 * @crc: of the unpacked bytes; 0: torch.save() was told not to compute any
 * @packed, @size: bytes in the file, and unpacked
 * @header: where its local header begins
 * @data: where its packed bytes begin
 */
typedef struct
{
  char    *name;
  guint16  method;
  gboolean encrypted;
  guint32  crc;
  guint64  packed;
  guint64  size;
  guint64  header;
  guint64  data;
} WbZipEntry;

/**
 * WbZip:
 * @entries: (element-type WbZipEntry): as they lie in the file
 *
 * The directory of a zip file.  Every entry's bytes are known to lie within the file, before the
 * directory, and to be nobody else's.
 */
typedef struct
{
  WbReader   *reader;
  GArray     *entries;
  GHashTable *by_name; /* name -> index + 1 */
} WbZip;

/* @reader: borrowed.  @error: WB_ENGINE_ERROR_INVALID */
WbZip *wb_zip_open (WbReader *reader, GError **error);
void   wb_zip_free (WbZip *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbZip, wb_zip_free)

const WbZipEntry *wb_zip_get (const WbZip *self, gsize i);
const WbZipEntry *wb_zip_find (const WbZip *self, const char *name);

/* A stored entry's bytes, checked against its checksum, NUL-terminated.  @error: _UNSUPPORTED: it
 * is compressed; _INVALID: damaged, or more than @max_bytes */
guint8 *
wb_zip_dup_entry (const WbZip *self, const WbZipEntry *entry, gsize max_bytes, GError **error);

/* Of @data after @crc, the checksum of what came before it; 0 at the start. */
guint32 wb_crc32_update (guint32 crc, const void *data, gsize length);

G_END_DECLS
