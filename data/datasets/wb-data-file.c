#include "data/datasets/wb-data-file.h"
#include "data/datasets/wb-dataset.h"

#define CHUNK ((gsize) 1 << 16)

static gboolean
set_io_error (GError **error, const char *name, const char *why)
{
  g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_IO, "%s: %s", name, why);
  return FALSE;
}

static gboolean
append (GByteArray *out, const guint8 *bytes, gsize n, gsize limit)
{
  if (n > limit - out->len)
    return FALSE;
  g_byte_array_append (out, bytes, (guint) n);
  return TRUE;
}

/* One member of a gzip file; @used: of the input. */
static gboolean
unpack_member (const guint8 *data,
               gsize         length,
               const char   *name,
               gsize         limit,
               GByteArray   *out,
               gsize        *used,
               GError      **error)
{
  g_autoptr (GZlibDecompressor) zlib = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autofree guint8 *chunk = g_malloc (CHUNK);

  for (*used = 0;;)
    {
      g_autoptr (GError) local = NULL;
      gsize            n_read = 0, n_written = 0;
      GConverterResult result =
          g_converter_convert (G_CONVERTER (zlib), data + *used, length - *used, chunk, CHUNK,
                               G_CONVERTER_INPUT_AT_END, &n_read, &n_written, &local);

      if (result == G_CONVERTER_ERROR)
        return set_io_error (error, name, "the gzip data is damaged or cut short");
      if (!append (out, chunk, n_written, limit))
        return set_io_error (error, name, "larger than 2 GiB when decompressed");
      *used += n_read;
      if (result == G_CONVERTER_FINISHED)
        return TRUE;
    }
}

static gboolean
is_gzip (const guint8 *data, gsize length)
{
  return length >= 2 && data[0] == 0x1f && data[1] == 0x8b;
}

GBytes *
wb_data_file_unpack (GBytes *bytes, const char *name, gsize limit, GError **error)
{
  gsize         length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autoptr (GByteArray) out = NULL;

  if (!is_gzip (data, length))
    return g_bytes_ref (bytes);
  out = g_byte_array_new ();
  while (length > 0) /* gzip files may be joined */
    {
      gsize used;

      if (!is_gzip (data, length))
        {
          set_io_error (error, name, "there is something else behind the gzip data");
          return NULL;
        }
      if (!unpack_member (data, length, name, limit, out, &used, error))
        return NULL;
      data += used;
      length -= used;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

static GBytes *
read_stream (GInputStream *stream, const char *name, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  g_autoptr (GError) local = NULL;
  gssize n;

  while ((n = g_input_stream_read (stream, chunk, CHUNK, NULL, &local)) > 0)
    if (!append (out, chunk, (gsize) n, WB_DATA_FILE_LIMIT))
      {
        set_io_error (error, name, "larger than 2 GiB");
        return NULL;
      }
  if (n < 0)
    {
      set_io_error (error, name, local->message);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

GBytes *
wb_data_file_read (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) local = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, &local);
  g_autoptr (GBytes) bytes = NULL;

  if (stream == NULL && g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_set_error (error, WB_DATASET_ERROR, WB_DATASET_ERROR_MISSING, "%s: there is no such file",
                   path);
      return NULL;
    }
  if (stream == NULL)
    {
      set_io_error (error, path, local->message);
      return NULL;
    }
  bytes = read_stream (G_INPUT_STREAM (stream), path, error);
  return bytes == NULL ? NULL : wb_data_file_unpack (bytes, path, WB_DATA_FILE_LIMIT, error);
}
