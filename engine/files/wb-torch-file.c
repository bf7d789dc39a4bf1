#include "config.h"

#include "engine/files/wb-torch-file-private.h"

#include <string.h>

#include "engine/files/wb-bytes.h"
#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-pickle-private.h"
#include "engine/files/wb-zip-private.h"

#define MAX_PICKLE ((gsize) 64 << 20)
#define FIRST_PREFIX ((gsize) 1 << 20)
#define PIECE ((gsize) 1 << 20)

/* Where a storage's bytes are. */
typedef struct
{
  guint64           place;
  guint64           n_elements;
  gsize             size;  /* of an element */
  const WbZipEntry *entry; /* (nullable): legacy */
} Place;

struct _WbTorchFile
{
  WbReader   *reader;
  WbZip      *zip; /* (nullable): legacy */
  WbPickle   *pickle;
  GHashTable *places; /* key -> Place */
};

/* The beginning of a legacy file: a pickle of the magic integer, one of the version 1001. */
static const guint8 legacy_magic[] = { 0x80, 2,    0x8a, 10,   0x6c, 0xfc, 0x9c,
                                       0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19,
                                       '.',  0x80, 2,    'M',  0xe9, 3,    '.' };

static gboolean
unsupported (const WbTorchFile *self, GError **error, const char *message)
{
  wb_engine_error_set (error, WB_ENGINE_ERROR_UNSUPPORTED, "%s: %s", self->reader->path, message);
  return FALSE;
}

gsize
wb_torch_storage_size (const char *type)
{
  static const struct
  {
    const char *name;
    gsize       size;
  } types[] = { { "Float", 4 }, { "Half", 2 },  { "BFloat16", 2 }, { "Double", 8 }, { "Long", 8 },
                { "Int", 4 },   { "Short", 2 }, { "Char", 1 },     { "Byte", 1 },   { "Bool", 1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].name, type))
      return types[i].size;
  return 1;
}

static void
add_place (WbTorchFile *self, const char *key, Place place)
{
  g_hash_table_insert (self->places, g_strdup (key), g_memdup2 (&place, sizeof place));
}

/* The directory that everything lies in: that of the one data.pkl. */
static char *
find_root (const WbTorchFile *self, GError **error)
{
  g_autofree char *root = NULL;

  for (guint i = 0; i < self->zip->entries->len; i++)
    {
      const char *name = wb_zip_get (self->zip, i)->name;
      const char *slash = strchr (name, '/');

      if (slash == NULL || !g_str_equal (slash, "/data.pkl"))
        continue;
      if (root != NULL)
        {
          wb_reader_fail (self->reader, error, "has two objects, %s/data.pkl and %s", root, name);
          return NULL;
        }
      root = g_strndup (name, (gsize) (slash - name));
    }
  if (root == NULL)
    wb_reader_fail (self->reader, error,
                    "is a zip file without data.pkl, not one that torch.save() wrote");
  return g_steal_pointer (&root);
}

static gboolean
check_byte_order (const WbTorchFile *self, const char *root, GError **error)
{
  g_autofree char   *name = g_strconcat (root, "/byteorder", NULL);
  const WbZipEntry  *entry = wb_zip_find (self->zip, name);
  g_autofree guint8 *order = NULL;

  if (entry == NULL)
    return TRUE;
  order = wb_zip_dup_entry (self->zip, entry, 64, error);
  if (order == NULL)
    return FALSE;
  return g_str_equal ((const char *) order, "little") ||
         unsupported (self, error, "was written by a big-endian machine");
}

static gboolean
read_zip_pickle (WbTorchFile *self, const char *root, GError **error)
{
  g_autofree char   *entry_name = g_strconcat (root, "/data.pkl", NULL);
  g_autofree char   *name = g_strdup_printf ("%s: data.pkl", self->reader->path);
  const WbZipEntry  *entry = wb_zip_find (self->zip, entry_name);
  g_autofree guint8 *data = wb_zip_dup_entry (self->zip, entry, MAX_PICKLE, error);

  if (data == NULL)
    return FALSE;
  self->pickle = wb_pickle_parse (data, (gsize) entry->size, name, NULL, error);
  return self->pickle != NULL;
}

static gboolean
place_zip_storage (WbTorchFile           *self,
                   const char            *root,
                   const WbPickleStorage *storage,
                   GError               **error)
{
  g_autofree char  *name = g_strdup_printf ("%s/data/%s", root, storage->key);
  const WbZipEntry *entry = wb_zip_find (self->zip, name);
  const gsize       size = wb_torch_storage_size (storage->type);

  if (entry == NULL)
    return wb_reader_fail (self->reader, error, "zip entry %s, a tensor's data, is missing", name);
  if (entry->method != WB_ZIP_STORED || entry->encrypted)
    return unsupported (self, error, "its tensors are compressed, which torch.save() never does");
  if (entry->size % size != 0 || entry->size / size != storage->n_elements)
    return wb_reader_fail (self->reader, error,
                           "zip entry %s has %" G_GUINT64_FORMAT " bytes, but the pickle says "
                           "%" G_GUINT64_FORMAT " elements of %zu",
                           name, entry->size, storage->n_elements, size);
  add_place (self, storage->key, (Place){ entry->data, storage->n_elements, size, entry });
  return TRUE;
}

static gboolean
open_zip (WbTorchFile *self, GError **error)
{
  g_autofree char *root = NULL;

  self->zip = wb_zip_open (self->reader, error);
  if (self->zip == NULL)
    return FALSE;
  root = find_root (self, error);
  if (root == NULL || !check_byte_order (self, root, error) || !read_zip_pickle (self, root, error))
    return FALSE;
  for (guint i = 0; i < self->pickle->storages->len; i++)
    {
      const WbPickleStorage *storage = self->pickle->storages->pdata[i];

      if (storage->view_key != NULL)
        return wb_reader_fail (self->reader, error,
                               "storage %s is a view, which zip files have "
                               "none of",
                               storage->key);
      if (!place_zip_storage (self, root, storage, error))
        return FALSE;
    }
  return TRUE;
}

/* The pickle at @place, whose length nobody says: of a prefix, a longer one when it was too short.
 */
static WbPickle *
read_pickle_at (const WbTorchFile *self, guint64 *place, GError **error)
{
  const guint64 left = self->reader->size - *place;

  for (gsize n = FIRST_PREFIX;; n *= 4)
    {
      const gsize        length = (gsize) MIN (n, MIN (left, MAX_PICKLE));
      g_autofree guint8 *data = wb_reader_dup (self->reader, *place, length, error);
      g_autofree char   *name =
          g_strdup_printf ("%s (from byte %" G_GUINT64_FORMAT " on)", self->reader->path, *place);
      g_autoptr (GError) reason = NULL;
      gboolean  truncated = FALSE;
      gsize     used = 0;
      WbPickle *pickle;

      if (data == NULL)
        return NULL;
      pickle = wb_pickle_parse_prefix (data, length, name, &used, &truncated, &reason);
      *place += used;
      if (pickle != NULL)
        return pickle;
      if (truncated && length < left && length == MAX_PICKLE)
        {
          wb_reader_fail (self->reader, error,
                          "the pickle from byte %" G_GUINT64_FORMAT
                          " on is longer than the %zu MB that are read",
                          *place, MAX_PICKLE >> 20);
          return NULL;
        }
      if (!truncated || length == left)
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return NULL;
        }
    }
}

static gboolean
check_system (const WbTorchFile *self, guint64 *place, GError **error)
{
  g_autoptr (WbPickle) pickle = read_pickle_at (self, place, error);
  const WbPickleValue *little;

  if (pickle == NULL)
    return FALSE;
  little = wb_pickle_value_find (wb_pickle_get_root (pickle), "little_endian");
  if (little == NULL || wb_pickle_value_get_kind (little) != WB_PICKLE_BOOL)
    return wb_reader_fail (self->reader, error, "does not say which byte order it has");
  return wb_pickle_value_get_bool (little) ||
         unsupported (self, error, "was written by a big-endian machine");
}

/* The bytes of one storage follow: how many elements, then the elements. */
static gboolean
place_legacy_storage (WbTorchFile *self,
                      const char  *key,
                      gsize        size,
                      guint64     *place,
                      GError     **error)
{
  guint8  count[8];
  guint64 n, bytes;

  if (self->reader->size - *place < sizeof count)
    return wb_reader_fail (self->reader, error,
                           "ends at byte %" G_GUINT64_FORMAT " before storage %s: truncated",
                           self->reader->size, key);
  if (!wb_reader_read (self->reader, *place, count, sizeof count, error))
    return FALSE;
  n = wb_bytes_get_u64 (count);
  *place += sizeof count;
  if (!g_uint64_checked_mul (&bytes, n, size) || bytes > self->reader->size - *place)
    return wb_reader_fail (self->reader, error,
                           "storage %s claims %" G_GUINT64_FORMAT " elements of %zu bytes from "
                           "byte %" G_GUINT64_FORMAT " on: truncated",
                           key, n, size, *place);
  add_place (self, key, (Place){ *place, n, size, NULL });
  *place += bytes;
  return TRUE;
}

/* key -> storage, the first that names it; %NULL when two do not agree. */
static GHashTable *
collect_storages (const WbTorchFile *self, GError **error)
{
  g_autoptr (GHashTable) storages = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->pickle->storages->len; i++)
    {
      const WbPickleStorage *storage = self->pickle->storages->pdata[i];
      const WbPickleStorage *first = g_hash_table_lookup (storages, storage->key);

      if (first == NULL)
        g_hash_table_insert (storages, (gpointer) storage->key, (gpointer) storage);
      else if (!g_str_equal (first->type, storage->type))
        {
          wb_reader_fail (self->reader, error, "storage %s is of type %s and of type %s",
                          storage->key, first->type, storage->type);
          return NULL;
        }
    }
  return g_steal_pointer (&storages);
}

static gboolean
place_legacy_storages (WbTorchFile *self, const WbPickleValue *keys, guint64 place, GError **error)
{
  g_autoptr (GHashTable) storages = collect_storages (self, error);

  if (storages == NULL)
    return FALSE;
  if (wb_pickle_value_get_kind (keys) != WB_PICKLE_LIST)
    return wb_reader_fail (self->reader, error, "has no list of storages");
  for (gsize i = 0; i < wb_pickle_value_get_n (keys); i++)
    {
      const char *key = wb_pickle_value_get_string (wb_pickle_value_get_element (keys, i));
      const WbPickleStorage *storage = key == NULL ? NULL : g_hash_table_lookup (storages, key);

      if (storage == NULL || g_hash_table_contains (self->places, key))
        return wb_reader_fail (self->reader, error,
                               "storage %s of its list belongs to no tensor, "
                               "or comes twice",
                               key != NULL ? key : "(no name)");
      if (!place_legacy_storage (self, key, wb_torch_storage_size (storage->type), &place, error))
        return FALSE;
    }
  if (place != self->reader->size)
    return wb_reader_fail (self->reader, error,
                           "%" G_GUINT64_FORMAT " bytes follow the last storage, from "
                           "byte %" G_GUINT64_FORMAT " on",
                           self->reader->size - place, place);
  return TRUE;
}

/* Every storage is there, as long as the pickle says. */
static gboolean
check_legacy_storages (const WbTorchFile *self, GError **error)
{
  for (guint i = 0; i < self->pickle->storages->len; i++)
    {
      const WbPickleStorage *storage = self->pickle->storages->pdata[i];
      const Place           *place = g_hash_table_lookup (self->places, storage->key);

      if (place == NULL)
        return wb_reader_fail (self->reader, error, "storage %s, a tensor's data, is missing",
                               storage->key);
      if (place->n_elements != storage->n_elements)
        return wb_reader_fail (self->reader, error,
                               "storage %s has %" G_GUINT64_FORMAT " elements, but the pickle says "
                               "%" G_GUINT64_FORMAT,
                               storage->key, place->n_elements, storage->n_elements);
      if (storage->view_key != NULL &&
          (storage->view_offset > place->n_elements ||
           storage->view_size > place->n_elements - storage->view_offset))
        return wb_reader_fail (self->reader, error, "view %s does not lie within storage %s",
                               storage->view_key, storage->key);
    }
  return TRUE;
}

static gboolean
open_legacy (WbTorchFile *self, GError **error)
{
  g_autoptr (WbPickle) keys = NULL;
  guint64 place = sizeof legacy_magic;

  if (!check_system (self, &place, error))
    return FALSE;
  self->pickle = read_pickle_at (self, &place, error);
  if (self->pickle == NULL)
    return FALSE;
  keys = read_pickle_at (self, &place, error);
  return keys != NULL && place_legacy_storages (self, wb_pickle_get_root (keys), place, error) &&
         check_legacy_storages (self, error);
}

/* By its first bytes.  A file that git-lfs has not fetched is told from a damaged one. */
static gboolean
open_layout (WbTorchFile *self, GError **error)
{
  guint8      start[sizeof legacy_magic] = { 0 };
  const gsize n = (gsize) MIN (sizeof start, self->reader->size);

  if (!wb_reader_read (self->reader, 0, start, n, error))
    return FALSE;
  if (n >= 4 && wb_bytes_get_u32 (start) == WB_ZIP_LOCAL_SIGN)
    return open_zip (self, error);
  if (memcmp (start, legacy_magic, sizeof start) == 0)
    return open_legacy (self, error);
  if (memcmp (start, "version https://git", 19) == 0)
    return wb_reader_fail (self->reader, error,
                           "is a pointer of Git LFS: the file itself was not fetched (git lfs "
                           "pull)");
  return wb_reader_fail (self->reader, error,
                         "byte 0: neither a zip file nor the legacy layout of torch.save()");
}

WbTorchFile *
wb_torch_file_open (const char *path, GError **error)
{
  g_autoptr (WbTorchFile) self = g_new0 (WbTorchFile, 1);

  g_return_val_if_fail (path != NULL, NULL);

  self->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->reader = wb_reader_open (path, error);
  if (self->reader == NULL || !open_layout (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
wb_torch_file_free (WbTorchFile *self)
{
  if (self == NULL)
    return;
  wb_pickle_free (self->pickle);
  wb_zip_free (self->zip);
  wb_reader_free (self->reader);
  g_hash_table_unref (self->places);
  g_free (self);
}

const WbPickleValue *
wb_torch_file_get_root (const WbTorchFile *self)
{
  return wb_pickle_get_root (self->pickle);
}

gboolean
wb_torch_file_is_legacy (const WbTorchFile *self)
{
  return self->zip == NULL;
}

const WbReader *
wb_torch_file_get_reader (const WbTorchFile *self)
{
  return self->reader;
}

/* Elements of the storage up to the end of the tensor's last one; sizes were checked when the
 * tensor was made. */
static guint64
reach (const WbPickleTensor *tensor)
{
  guint64 last = tensor->offset;

  for (gsize i = 0; i < tensor->n_dims; i++)
    {
      if (tensor->dims[i] == 0)
        return 0;
      last += (tensor->dims[i] - 1) * tensor->strides[i];
    }
  return last + 1;
}

/* How many elements a tensor has, whatever of the storage they share: where strides are 0, more
 * than it reaches over. */
static guint64
count (const WbPickleTensor *tensor)
{
  guint64 n = 1;

  for (gsize i = 0; i < tensor->n_dims; i++)
    n *= tensor->dims[i];
  return n;
}

gboolean
wb_torch_file_locate (const WbTorchFile    *self,
                      const char           *name,
                      const WbPickleTensor *tensor,
                      gsize                 size,
                      guint64              *place,
                      GError              **error)
{
  const WbPickleStorage *storage = tensor->storage;
  const Place           *found = g_hash_table_lookup (self->places, storage->key);
  const gboolean         view = storage->view_key != NULL;
  const guint64          n = (view ? storage->view_size : storage->n_elements) * found->size / size;

  if (reach (tensor) > n)
    return wb_reader_fail (self->reader, error,
                           "tensor %s reaches to element %" G_GUINT64_FORMAT
                           " of a storage of %" G_GUINT64_FORMAT,
                           name, reach (tensor), n);
  if (count (tensor) > self->reader->size)
    return wb_reader_fail (self->reader, error,
                           "tensor %s has %" G_GUINT64_FORMAT
                           " elements, more than the file has bytes: its strides are 0",
                           name, count (tensor));
  *place = found->place + (view ? storage->view_offset * found->size : 0);
  if (reach (tensor) > 0)
    *place += tensor->offset * size;
  return TRUE;
}

static gboolean
verify_entry (const WbTorchFile *self, const WbZipEntry *entry, guint8 *piece, GError **error)
{
  guint32 crc = 0;

  for (guint64 done = 0; done < entry->size;)
    {
      const gsize n = (gsize) MIN (PIECE, entry->size - done);

      if (!wb_reader_read (self->reader, entry->data + done, piece, n, error))
        return FALSE;
      crc = wb_crc32_update (crc, piece, n);
      done += n;
    }
  return crc == entry->crc || wb_reader_fail (self->reader, error,
                                              "zip entry %s (from byte %" G_GUINT64_FORMAT
                                              " on) is damaged: its checksum is another",
                                              entry->name, entry->data);
}

gboolean
wb_torch_file_verify (WbTorchFile *self, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);

  for (guint i = 0; self->zip != NULL && i < self->zip->entries->len; i++)
    {
      const WbZipEntry *entry = wb_zip_get (self->zip, i);

      if (entry->method == WB_ZIP_STORED && !entry->encrypted && entry->crc != 0 &&
          !verify_entry (self, entry, piece, error))
        return FALSE;
    }
  return TRUE;
}
