#include "config.h"

#include "engine/files/wb-zip-private.h"

#include <string.h>

#include "engine/files/wb-bytes.h"
#include "engine/core/wb-engine-error.h"

/* The directory of a zip file (PKWARE's APPNOTE 6.3), zip64 included.  Everything is checked before
 * anything is read: what torch.save() writes has one way to be right. */

#define MAX_DIRECTORY ((guint64) 64 << 20)
#define MAX_COMMENT 65535u
#define END_BYTES 22u
#define END64_BYTES 56u
#define LOCATOR_BYTES 20u
#define CENTRAL_BYTES 46u
#define LOCAL_BYTES 30u
#define END_SIGN 0x06054b50u
#define END64_SIGN 0x06064b50u
#define LOCATOR_SIGN 0x07064b50u
#define CENTRAL_SIGN 0x02014b50u
#define ZIP64_EXTRA 1u
#define FLAG_ENCRYPTED 1u

/* Where the directory is. */
typedef struct
{
  guint64 n;
  guint64 begin;
  guint64 size;
  guint64 end; /* where the first end record begins: the directory reaches up to it */
} Directory;

static void
clear_entry (gpointer data)
{
  g_free (((WbZipEntry *) data)->name);
}

void
wb_zip_free (WbZip *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_name);
  g_array_unref (self->entries);
  g_free (self);
}

const WbZipEntry *
wb_zip_get (const WbZip *self, gsize i)
{
  return &g_array_index (self->entries, WbZipEntry, i);
}

const WbZipEntry *
wb_zip_find (const WbZip *self, const char *name)
{
  const guint i = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, name));

  return i == 0 ? NULL : wb_zip_get (self, i - 1);
}

/* The end record: the last one whose comment reaches exactly to the end of the file. */
static gboolean
find_end (const WbReader *file, guint64 *place, guint8 end[END_BYTES], GError **error)
{
  const gsize        n = (gsize) MIN (file->size, END_BYTES + MAX_COMMENT);
  g_autofree guint8 *tail = wb_reader_dup (file, file->size - n, n, error);

  if (tail == NULL)
    return FALSE;
  for (gsize left = END_BYTES; left <= n; left++)
    {
      const guint8 *p = tail + n - left;

      if (wb_bytes_get_u32 (p) == END_SIGN && wb_bytes_get_u16 (p + 20) == left - END_BYTES)
        {
          memcpy (end, p, END_BYTES);
          *place = file->size - left;
          return TRUE;
        }
    }
  return wb_reader_fail (file, error,
                         "has no zip directory at its end: truncated, or not a zip "
                         "file");
}

static gboolean
read_end64 (const WbReader *file, guint64 place, Directory *directory, GError **error)
{
  guint8 end[END64_BYTES];

  if (place > file->size || file->size - place < END64_BYTES)
    return wb_reader_fail (file, error, "its zip64 end record lies outside of it");
  if (!wb_reader_read (file, place, end, sizeof end, error))
    return FALSE;
  if (wb_bytes_get_u32 (end) != END64_SIGN || wb_bytes_get_u32 (end + 16) != 0 ||
      wb_bytes_get_u32 (end + 20) != 0 ||
      wb_bytes_get_u64 (end + 24) != wb_bytes_get_u64 (end + 32))
    return wb_reader_fail (file, error, "byte %" G_GUINT64_FORMAT ": no usable zip64 end record",
                           place);
  *directory = (Directory){ wb_bytes_get_u64 (end + 32), wb_bytes_get_u64 (end + 48),
                            wb_bytes_get_u64 (end + 40), place };
  return TRUE;
}

static gboolean
check_directory (const WbReader *file, const Directory *directory, GError **error)
{
  if (directory->size > MAX_DIRECTORY || directory->n > directory->size / CENTRAL_BYTES)
    return wb_reader_fail (file, error,
                           "its zip directory claims %" G_GUINT64_FORMAT
                           " entries in %" G_GUINT64_FORMAT " bytes",
                           directory->n, directory->size);
  if (directory->begin > directory->end || directory->size != directory->end - directory->begin)
    return wb_reader_fail (file, error,
                           "its zip directory of %" G_GUINT64_FORMAT
                           " bytes does not lie between byte %" G_GUINT64_FORMAT
                           " and its end record at byte %" G_GUINT64_FORMAT,
                           directory->size, directory->begin, directory->end);
  return TRUE;
}

static gboolean
find_directory (const WbReader *file, Directory *directory, GError **error)
{
  guint8  end[END_BYTES] = { 0 }, locator[LOCATOR_BYTES];
  guint64 place = 0;

  if (!find_end (file, &place, end, error))
    return FALSE;
  if (wb_bytes_get_u16 (end + 4) != 0 || wb_bytes_get_u16 (end + 6) != 0)
    return wb_reader_fail (file, error, "is one part of a zip file in several");
  *directory = (Directory){ wb_bytes_get_u16 (end + 10), wb_bytes_get_u32 (end + 16),
                            wb_bytes_get_u32 (end + 12), place };
  if (place >= LOCATOR_BYTES)
    {
      if (!wb_reader_read (file, place - LOCATOR_BYTES, locator, sizeof locator, error))
        return FALSE;
      if (wb_bytes_get_u32 (locator) == LOCATOR_SIGN &&
          !read_end64 (file, wb_bytes_get_u64 (locator + 8), directory, error))
        return FALSE;
    }
  return check_directory (file, directory, error);
}

/* Numbers that do not fit in 32 bits stand in an extra field, in this order. */
static gboolean
read_zip64 (WbZipEntry *entry, const guint8 *extra, gsize length)
{
  guint64 *const wide[] = { &entry->size, &entry->packed, &entry->header };

  while (length >= 4)
    {
      const gsize n = wb_bytes_get_u16 (extra + 2);
      gsize       used = 0;

      if (n > length - 4)
        return FALSE;
      for (gsize i = 0; wb_bytes_get_u16 (extra) == ZIP64_EXTRA && i < G_N_ELEMENTS (wide); i++)
        if (*wide[i] == G_MAXUINT32)
          {
            if (n - used < 8)
              return FALSE;
            *wide[i] = wb_bytes_get_u64 (extra + 4 + used);
            used += 8;
          }
      extra += 4 + n;
      length -= 4 + n;
    }
  return TRUE;
}

static gboolean
check_name (const WbReader *file, const guint8 *name, gsize n, guint64 place, GError **error)
{
  if (n > 0 && g_utf8_validate ((const char *) name, (gssize) n, NULL))
    return TRUE;
  return wb_reader_fail (file, error, "byte %" G_GUINT64_FORMAT ": a zip entry's name is not UTF-8",
                         place);
}

/* One entry of the directory at @p, @left bytes before its end; @used: its length. */
static gboolean
read_central (const WbReader *file,
              const guint8   *p,
              gsize           left,
              guint64         place,
              WbZipEntry     *entry,
              gsize          *used,
              GError        **error)
{
  gsize n_name, n_extra;

  if (left < CENTRAL_BYTES || wb_bytes_get_u32 (p) != CENTRAL_SIGN)
    return wb_reader_fail (file, error, "byte %" G_GUINT64_FORMAT ": no zip directory entry",
                           place);
  n_name = wb_bytes_get_u16 (p + 28);
  n_extra = wb_bytes_get_u16 (p + 30);
  *used = CENTRAL_BYTES + n_name + n_extra + wb_bytes_get_u16 (p + 32);
  *entry = (WbZipEntry){
    .method = wb_bytes_get_u16 (p + 10),
    .encrypted = (wb_bytes_get_u16 (p + 8) & FLAG_ENCRYPTED) != 0,
    .crc = wb_bytes_get_u32 (p + 16),
    .packed = wb_bytes_get_u32 (p + 20),
    .size = wb_bytes_get_u32 (p + 24),
    .header = wb_bytes_get_u32 (p + 42),
  };
  if (*used > left)
    return wb_reader_fail (
        file, error, "byte %" G_GUINT64_FORMAT ": the zip directory ends within an entry", place);
  if (!check_name (file, p + CENTRAL_BYTES, n_name, place, error))
    return FALSE;
  if (!read_zip64 (entry, p + CENTRAL_BYTES + n_name, n_extra))
    return wb_reader_fail (file, error, "byte %" G_GUINT64_FORMAT ": a damaged extra field", place);
  entry->name = g_strndup ((const char *) p + CENTRAL_BYTES, n_name);
  return TRUE;
}

/* Follows an entry to its bytes; names in both places must agree. */
static gboolean
read_local (const WbReader *file, WbZipEntry *entry, guint64 limit, GError **error)
{
  guint8             local[LOCAL_BYTES];
  const gsize        n_name = strlen (entry->name);
  g_autofree guint8 *name = NULL;

  if (entry->header > limit || limit - entry->header < LOCAL_BYTES + n_name)
    return wb_reader_fail (file, error,
                           "zip entry %s begins at byte %" G_GUINT64_FORMAT
                           ", but the directory at byte %" G_GUINT64_FORMAT,
                           entry->name, entry->header, limit);
  if (!wb_reader_read (file, entry->header, local, sizeof local, error))
    return FALSE;
  name = wb_reader_dup (file, entry->header + LOCAL_BYTES, n_name, error);
  if (name == NULL)
    return FALSE;
  if (wb_bytes_get_u32 (local) != WB_ZIP_LOCAL_SIGN || wb_bytes_get_u16 (local + 26) != n_name ||
      memcmp (name, entry->name, n_name) != 0 || wb_bytes_get_u16 (local + 8) != entry->method)
    return wb_reader_fail (file, error,
                           "byte %" G_GUINT64_FORMAT ": not the beginning of zip entry %s",
                           entry->header, entry->name);
  entry->data = entry->header + LOCAL_BYTES + n_name + wb_bytes_get_u16 (local + 28);
  if (entry->data > limit || entry->packed > limit - entry->data)
    return wb_reader_fail (file, error,
                           "zip entry %s claims %" G_GUINT64_FORMAT
                           " bytes from byte %" G_GUINT64_FORMAT
                           " on, but the directory begins at byte %" G_GUINT64_FORMAT,
                           entry->name, entry->packed, entry->data, limit);
  if (entry->method == WB_ZIP_STORED && entry->packed != entry->size)
    return wb_reader_fail (file, error,
                           "zip entry %s is stored, but has %" G_GUINT64_FORMAT
                           " bytes packed and %" G_GUINT64_FORMAT " unpacked",
                           entry->name, entry->packed, entry->size);
  return TRUE;
}

static int
compare_headers (gconstpointer a, gconstpointer b)
{
  const WbZipEntry *x = a, *y = b;

  return x->header < y->header ? -1 : x->header > y->header;
}

static gboolean
check_entries (WbZip *self, GError **error)
{
  g_array_sort (self->entries, compare_headers);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const WbZipEntry *entry = wb_zip_get (self, i);
      const WbZipEntry *next = i + 1 < self->entries->len ? wb_zip_get (self, i + 1) : NULL;

      if (next != NULL && next->header < entry->data + entry->packed)
        return wb_reader_fail (self->reader, error,
                               "zip entries %s and %s overlap at byte %" G_GUINT64_FORMAT,
                               entry->name, next->name, next->header);
      if (!g_hash_table_insert (self->by_name, entry->name, GUINT_TO_POINTER (i + 1)))
        return wb_reader_fail (self->reader, error, "has two zip entries %s", entry->name);
    }
  return TRUE;
}

static gboolean
read_directory (WbZip *self, const Directory *directory, GError **error)
{
  g_autofree guint8 *bytes =
      wb_reader_dup (self->reader, directory->begin, (gsize) directory->size, error);
  gsize place = 0;

  if (bytes == NULL)
    return FALSE;
  for (guint64 i = 0; i < directory->n; i++)
    {
      WbZipEntry entry;
      gsize      used = 0;

      if (!read_central (self->reader, bytes + place, (gsize) directory->size - place,
                         directory->begin + place, &entry, &used, error))
        return FALSE;
      g_array_append_val (self->entries, entry);
      place += used;
    }
  if (place != directory->size)
    return wb_reader_fail (self->reader, error,
                           "its zip directory has %zu bytes more than its entries",
                           (gsize) directory->size - place);
  for (guint i = 0; i < self->entries->len; i++)
    if (!read_local (self->reader, &g_array_index (self->entries, WbZipEntry, i), directory->begin,
                     error))
      return FALSE;
  return check_entries (self, error);
}

WbZip *
wb_zip_open (WbReader *reader, GError **error)
{
  g_autoptr (WbZip) self = g_new0 (WbZip, 1);
  Directory directory = { 0 };

  self->reader = reader;
  self->entries = g_array_new (FALSE, TRUE, sizeof (WbZipEntry));
  g_array_set_clear_func (self->entries, clear_entry);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  if (!find_directory (reader, &directory, error) || !read_directory (self, &directory, error))
    return NULL;
  return g_steal_pointer (&self);
}

guint8 *
wb_zip_dup_entry (const WbZip *self, const WbZipEntry *entry, gsize max_bytes, GError **error)
{
  g_autofree guint8 *bytes = NULL;

  if (entry->method != WB_ZIP_STORED || entry->encrypted)
    {
      wb_engine_error_set (
          error, WB_ENGINE_ERROR_UNSUPPORTED,
          "%s: zip entry %s is compressed or encrypted, which torch.save() never does",
          self->reader->path, entry->name);
      return NULL;
    }
  if (entry->size > max_bytes)
    {
      wb_reader_fail (self->reader, error,
                      "zip entry %s has %" G_GUINT64_FORMAT " bytes; at most %zu make sense",
                      entry->name, entry->size, max_bytes);
      return NULL;
    }
  bytes = wb_reader_dup (self->reader, entry->data, (gsize) entry->size, error);
  if (bytes == NULL)
    return NULL;
  if (entry->crc != 0 && wb_crc32_update (0, bytes, (gsize) entry->size) != entry->crc)
    {
      wb_reader_fail (self->reader, error,
                      "zip entry %s (from byte %" G_GUINT64_FORMAT
                      " on) is damaged: its checksum is another",
                      entry->name, entry->data);
      return NULL;
    }
  return g_steal_pointer (&bytes);
}
