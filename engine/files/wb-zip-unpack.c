#include "config.h"

#include "engine/files/wb-zip-private.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-file-writer.h"

#define PIECE ((gsize) 1 << 18)
#define MAX_FILES 64u
/* Weights shrink to nine tenths, JSON to a tenth; deflate's best is a thousandth. */
#define MAX_RATIO 100u

/* One file on its way out. */
typedef struct
{
  const WbReader   *file;
  const WbZipEntry *entry;
  WbFileWriter     *writer;
  GCancellable     *cancellable; /* (nullable) */
  GConverter       *inflate;     /* (nullable): stored */
  guint64           taken;       /* packed bytes */
  guint64           made;
  guint32           crc;
  guint8           *in, *out; /* (PIECE) */
} Unpack;

/* (nullable): the plain name of a file that may lie in one folder; %NULL for anything else. */
static const char *
plain_name (const char *name)
{
  const char *slash = strchr (name, '/');
  const char *plain = slash == NULL ? name : slash + 1;

  if (strpbrk (name, "\\:") != NULL || strchr (plain, '/') != NULL || *plain == '\0' ||
      *plain == '.' || *name == '.' || slash == name)
    return NULL;
  for (const char *p = name; *p != '\0'; p++)
    if ((guchar) *p < 0x20 || *p == 0x7f)
      return NULL;
  return plain;
}

/* What is no file of a release: folders, and what macOS adds. */
static gboolean
is_skipped (const WbZipEntry *entry)
{
  return (g_str_has_suffix (entry->name, "/") && entry->size == 0) ||
         g_str_has_prefix (entry->name, "__MACOSX/") || g_str_equal (entry->name, ".DS_Store") ||
         g_str_has_suffix (entry->name, "/.DS_Store");
}

static gboolean
check_entry (const WbZip *zip, const WbZipEntry *entry, GHashTable *names, GError **error)
{
  const char *plain = plain_name (entry->name);

  if (plain == NULL)
    return wb_reader_fail (zip->reader, error, "zip entry \"%s\" has no plain name", entry->name);
  if (!g_hash_table_add (names, (gpointer) plain))
    return wb_reader_fail (zip->reader, error, "has two files %s", plain);
  if (!entry->encrypted && (entry->method == WB_ZIP_STORED || entry->method == WB_ZIP_DEFLATED))
    return TRUE;
  wb_engine_error_set (error, WB_ENGINE_ERROR_UNSUPPORTED,
                       "%s: zip entry %s is %s; only stored and deflated ones are read",
                       zip->reader->path, entry->name,
                       entry->encrypted ? "encrypted" : "compressed by an unusual method");
  return FALSE;
}

/* Names and sizes of all, before anything is written.  @size: what they unpack to. */
static gboolean
check_all (const WbZip *zip, guint64 *size, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  guint64 total = 0;

  for (guint i = 0; i < zip->entries->len; i++)
    {
      const WbZipEntry *entry = wb_zip_get (zip, i);

      if (is_skipped (entry))
        continue;
      if (!check_entry (zip, entry, names, error))
        return FALSE;
      if (!g_uint64_checked_add (&total, total, entry->size) ||
          total / MAX_RATIO > zip->reader->size)
        return wb_reader_fail (zip->reader, error,
                               "would unpack to more than %u times its %" G_GUINT64_FORMAT " bytes",
                               MAX_RATIO, zip->reader->size);
    }
  if (g_hash_table_size (names) == 0 || g_hash_table_size (names) > MAX_FILES)
    return wb_reader_fail (zip->reader, error, "has %u files; a release has 1 to %u",
                           g_hash_table_size (names), MAX_FILES);
  *size = total;
  return TRUE;
}

static gboolean
put (Unpack *self, const guint8 *bytes, gsize n, GError **error)
{
  if (n > self->entry->size - self->made)
    return wb_reader_fail (self->file, error,
                           "zip entry %s unpacks to more than the %" G_GUINT64_FORMAT
                           " bytes that it claims",
                           self->entry->name, self->entry->size);
  self->made += n;
  self->crc = wb_crc32_update (self->crc, bytes, n);
  return wb_file_writer_write (self->writer, bytes, n, error);
}

static gboolean
damaged (const Unpack *self, GError **error)
{
  return wb_reader_fail (self->file, error,
                         "zip entry %s (from byte %" G_GUINT64_FORMAT " on) is damaged",
                         self->entry->name, self->entry->data);
}

/* Deflated bytes in, what they unpack to out, until the stream says that it ends; it must end where
 * the entry does. */
static gboolean
inflate_piece (Unpack *self, gsize n, gboolean *finished, GError **error)
{
  const gboolean last = self->taken == self->entry->packed;
  gsize          used = 0;

  while (!*finished && (used < n || last))
    {
      g_autoptr (GError) reason = NULL;
      gsize            read = 0, written = 0;
      GConverterResult result = g_converter_convert (
          self->inflate, self->in + used, n - used, self->out, PIECE,
          last ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS, &read, &written, &reason);

      if (result == G_CONVERTER_ERROR)
        return damaged (self, error);
      if (!put (self, self->out, written, error))
        return FALSE;
      used += read;
      *finished = result == G_CONVERTER_FINISHED;
    }
  return used == n || damaged (self, error);
}

static gboolean
copy_all (Unpack *self, GError **error)
{
  gboolean finished = self->inflate == NULL;

  while (self->taken < self->entry->packed)
    {
      const gsize n = (gsize) MIN (PIECE, self->entry->packed - self->taken);

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error) ||
          !wb_reader_read (self->file, self->entry->data + self->taken, self->in, n, error))
        return FALSE;
      self->taken += n;
      if (!(self->inflate == NULL ? put (self, self->in, n, error)
                                  : inflate_piece (self, n, &finished, error)))
        return FALSE;
    }
  if (!finished || self->made != self->entry->size || self->crc != self->entry->crc)
    return damaged (self, error);
  return TRUE;
}

static gboolean
unpack_entry (const WbZip      *zip,
              const WbZipEntry *entry,
              const char       *path,
              GCancellable     *cancellable,
              GError          **error)
{
  g_autoptr (WbFileWriter) writer = wb_file_writer_new (path, error);
  g_autoptr (GConverter) inflate = NULL;
  g_autofree guint8 *in = g_malloc (PIECE), *out = g_malloc (PIECE);
  Unpack             self = { .file = zip->reader,
                              .entry = entry,
                              .writer = writer,
                              .cancellable = cancellable,
                              .in = in,
                              .out = out };

  if (writer == NULL)
    return FALSE;
  if (entry->method == WB_ZIP_DEFLATED)
    inflate = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW));
  self.inflate = inflate;
  return copy_all (&self, error) && wb_file_writer_commit (writer, error);
}

static gboolean
unpack_all (const WbZip  *zip,
            const char   *folder,
            GCancellable *cancellable,
            GPtrArray    *made,
            GError      **error)
{
  for (guint i = 0; i < zip->entries->len; i++)
    {
      const WbZipEntry *entry = wb_zip_get (zip, i);
      char             *path;

      if (is_skipped (entry))
        continue;
      path = g_build_filename (folder, plain_name (entry->name), NULL);
      g_ptr_array_add (made, path);
      if (!unpack_entry (zip, entry, path, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
wb_zip_measure (const char *path, guint64 *size, GError **error)
{
  g_autoptr (WbReader) file = NULL;
  g_autoptr (WbZip) zip = NULL;

  g_return_val_if_fail (path != NULL && size != NULL, FALSE);

  file = wb_reader_open (path, error);
  zip = file == NULL ? NULL : wb_zip_open (file, error);
  return zip != NULL && check_all (zip, size, error);
}

gboolean
wb_zip_unpack (const char *path, const char *folder, GError **error)
{
  return wb_zip_unpack_cancellable (path, folder, NULL, error);
}

gboolean
wb_zip_unpack_cancellable (const char   *path,
                           const char   *folder,
                           GCancellable *cancellable,
                           GError      **error)
{
  g_autoptr (WbReader) file = NULL;
  g_autoptr (WbZip) zip = NULL;
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func (g_free);
  guint64 size;

  g_return_val_if_fail (path != NULL && folder != NULL, FALSE);

  file = wb_reader_open (path, error);
  zip = file == NULL ? NULL : wb_zip_open (file, error);
  if (zip == NULL || !check_all (zip, &size, error))
    return FALSE;
  if (unpack_all (zip, folder, cancellable, made, error))
    return TRUE;
  for (guint i = 0; i < made->len; i++)
    g_unlink (made->pdata[i]);
  return FALSE;
}
