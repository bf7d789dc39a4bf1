#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "engine/checkpoint/wb-safetensors.h"
#include "engine/core/wb-file-writer.h"

static int
compare_names (const void *a, const void *b)
{
  const WbSafetensorSource *const *x = a, *const *y = b;

  return strcmp ((*x)->name, (*y)->name);
}

static guint64
source_bytes (const WbSafetensorSource *source)
{
  guint64 n = sizeof (float);

  for (gsize i = 0; i < source->n_dims; i++)
    n *= source->dims[i];
  return n;
}

/* Names are the parameter table's: letters, digits, dots and underscores. */
static void
append_source (GString *header, const WbSafetensorSource *source, guint64 begin)
{
  g_string_append_printf (header, ",\"%s\":{\"dtype\":\"F32\",\"shape\":[", source->name);
  for (gsize i = 0; i < source->n_dims; i++)
    g_string_append_printf (header, "%s%zu", i > 0 ? "," : "", source->dims[i]);
  g_string_append_printf (header,
                          "],\"data_offsets\":[%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]}",
                          begin, begin + source_bytes (source));
}

/* Length and JSON, padded with spaces to a multiple of 8. */
static GString *
build_header (const WbSafetensorSource *const *sources, gsize n_sources)
{
  GString *header = g_string_new ("01234567{\"__metadata__\":{\"format\":\"pt\"}");
  guint64  place = 0, length;

  for (gsize i = 0; i < n_sources; i++)
    {
      append_source (header, sources[i], place);
      place += source_bytes (sources[i]);
    }
  g_string_append_c (header, '}');
  while (header->len % 8 != 0)
    g_string_append_c (header, ' ');
  length = GUINT64_TO_LE ((guint64) header->len - 8);
  memcpy (header->str, &length, 8);
  return header;
}

/* The format is little-endian; where the machine is not, values are turned piece by piece. */
static gboolean
write_values (WbFileWriter *writer, const WbSafetensorSource *source, GError **error)
{
  const gsize n = source_bytes (source) / sizeof (float);

#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  return wb_file_writer_write (writer, source->values, n * sizeof (float), error);
#else
  guint32 piece[1024];

  for (gsize done = 0; done < n;)
    {
      const gsize m = MIN (G_N_ELEMENTS (piece), n - done);

      memcpy (piece, source->values + done, m * sizeof *piece);
      for (gsize i = 0; i < m; i++)
        piece[i] = GUINT32_TO_LE (piece[i]);
      if (!wb_file_writer_write (writer, piece, m * sizeof *piece, error))
        return FALSE;
      done += m;
    }
  return TRUE;
#endif
}

gboolean
wb_safetensors_write (const char               *path,
                      const WbSafetensorSource *sources,
                      gsize                     n_sources,
                      GError                  **error)
{
  g_autofree const WbSafetensorSource **sorted = g_new (const WbSafetensorSource *, n_sources + 1);
  g_autoptr (WbFileWriter) writer = NULL;
  g_autoptr (GString) header = NULL;

  g_return_val_if_fail (path != NULL && (sources != NULL || n_sources == 0), FALSE);

  for (gsize i = 0; i < n_sources; i++)
    sorted[i] = &sources[i];
  qsort (sorted, n_sources, sizeof *sorted, compare_names);
  header = build_header (sorted, n_sources);
  writer = wb_file_writer_new (path, error);
  if (writer == NULL || !wb_file_writer_write (writer, header->str, header->len, error))
    return FALSE;
  for (gsize i = 0; i < n_sources; i++)
    if (!write_values (writer, sorted[i], error))
      return FALSE;
  return wb_file_writer_commit (writer, error);
}
