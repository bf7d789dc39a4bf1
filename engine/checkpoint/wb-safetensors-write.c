#include "config.h"

#include "engine/checkpoint/wb-safetensors-write.h"

#include <stdlib.h>
#include <string.h>

#include "engine/checkpoint/wb-narrow-private.h"
#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-file-writer.h"
#include "engine/files/wb-json-text.h"

#define PIECE ((gsize) 1 << 18) /* elements */

/* One file on its way. */
typedef struct
{
  const char   *path;
  WbDtype       dtype;
  WbFileWriter *writer;
  float        *values; /* (PIECE) */
  guint8       *bytes;  /* (PIECE elements) */
} Output;

static int
compare_names (const void *a, const void *b)
{
  const WbSafetensorSource *const *x = a, *const *y = b;

  return strcmp ((*x)->name, (*y)->name);
}

static guint64
n_elements (const WbSafetensorSource *source)
{
  guint64 n = 1;

  for (gsize i = 0; i < source->n_dims; i++)
    n *= source->dims[i];
  return n;
}

static guint64
source_bytes (const WbSafetensorSource *source, WbDtype dtype)
{
  return n_elements (source) * wb_dtype_size (dtype);
}

static const char *
dtype_text (WbDtype dtype)
{
  return dtype == WB_DTYPE_F16 ? "F16" : dtype == WB_DTYPE_BF16 ? "BF16" : "F32";
}

/* ---- header ---- */

static void
append_source (GString *header, const WbSafetensorSource *source, WbDtype dtype, guint64 begin)
{
  g_string_append_c (header, ',');
  wb_json_append_string (header, source->name);
  g_string_append_printf (header, ":{\"dtype\":\"%s\",\"shape\":[", dtype_text (dtype));
  for (gsize i = 0; i < source->n_dims; i++)
    g_string_append_printf (header, "%s%zu", i > 0 ? "," : "", source->dims[i]);
  g_string_append_printf (header,
                          "],\"data_offsets\":[%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]}",
                          begin, begin + source_bytes (source, dtype));
}

/* Length and JSON, padded with spaces to a multiple of 8. */
static GString *
build_header (const WbSafetensorSource *const *sources, gsize n_sources, WbDtype dtype)
{
  GString *header = g_string_new ("01234567{\"__metadata__\":{\"format\":\"pt\"}");
  guint64  place = 0, length;

  for (gsize i = 0; i < n_sources; i++)
    {
      append_source (header, sources[i], dtype, place);
      place += source_bytes (sources[i], dtype);
    }
  g_string_append_c (header, '}');
  while (header->len % 8 != 0)
    g_string_append_c (header, ' ');
  length = GUINT64_TO_LE ((guint64) header->len - 8);
  memcpy (header->str, &length, 8);
  return header;
}

/* ---- values ---- */

static gboolean
refuse_value (const Output             *self,
              const WbSafetensorSource *source,
              gsize                     element,
              float                     value,
              GError                  **error)
{
  g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID,
               "%s: element %zu of %s is %g, which %s cannot hold (at most %s); %s", self->path,
               element, source->name, (double) value, wb_dtype_name (self->dtype),
               self->dtype == WB_DTYPE_F16 ? "65504" : "3.39e38",
               self->dtype == WB_DTYPE_F16 ? "store the model as bf16 or f32"
                                           : "store the model as f32");
  return FALSE;
}

/* The format is little-endian. */
static void
put_16 (guint8 *bytes, guint16 value)
{
  bytes[0] = (guint8) value;
  bytes[1] = (guint8) (value >> 8);
}

static void
put_32 (guint8 *bytes, float value)
{
  const guint32 word = GUINT32_TO_LE (wb_narrow_bits (value));

  memcpy (bytes, &word, 4);
}

/* The first of @values that is too large, or @n. */
static gsize
convert (WbDtype dtype, const float *values, gsize n, guint8 *bytes)
{
  gsize bad = n;

  for (gsize i = n; i > 0; i--)
    {
      const float   x = values[i - 1];
      const guint16 half = dtype == WB_DTYPE_F16 ? wb_narrow_to_half (x) : wb_narrow_to_bfloat (x);
      const guint16 top = dtype == WB_DTYPE_F16 ? WB_HALF_INFINITY : WB_BFLOAT_INFINITY;

      put_16 (bytes + 2 * (i - 1), half);
      if ((half & top) == top)
        bad = i - 1;
    }
  return bad;
}

static gboolean
write_piece (Output                   *self,
             const WbSafetensorSource *source,
             gsize                     first,
             gsize                     n,
             const float              *values,
             GError                  **error)
{
  if (self->dtype == WB_DTYPE_F32 && G_BYTE_ORDER == G_LITTLE_ENDIAN)
    return wb_file_writer_write (self->writer, values, n * sizeof *values, error);
  if (self->dtype == WB_DTYPE_F32)
    for (gsize i = 0; i < n; i++)
      put_32 (self->bytes + 4 * i, values[i]);
  else
    {
      const gsize bad = convert (self->dtype, values, n, self->bytes);

      if (bad < n)
        return refuse_value (self, source, first + bad, values[bad], error);
    }
  return wb_file_writer_write (self->writer, self->bytes, n * wb_dtype_size (self->dtype), error);
}

static gboolean
write_values (Output *self, const WbSafetensorSource *source, GError **error)
{
  const gsize total = (gsize) n_elements (source);

  for (gsize done = 0; done < total; done += PIECE)
    {
      const gsize  n = MIN (PIECE, total - done);
      const float *values = self->values;

      if (source->values != NULL)
        values = source->values + done;
      else if (!source->read (source->data, done, n, self->values, error))
        return FALSE;
      if (!write_piece (self, source, done, n, values, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_file (const char                      *path,
            const WbSafetensorSource *const *sources,
            gsize                            n_sources,
            WbDtype                          dtype,
            GError                         **error)
{
  g_autofree const WbSafetensorSource **sorted = g_memdup2 (sources, n_sources * sizeof *sources);
  g_autofree float                     *values = g_new (float, PIECE);
  g_autofree guint8                    *bytes = g_new (guint8, PIECE * sizeof (float));
  g_autoptr (WbFileWriter) writer = wb_file_writer_new (path, error);
  g_autoptr (GString) header = NULL;
  Output self = { path, dtype, writer, values, bytes };

  if (writer == NULL)
    return FALSE;
  qsort (sorted, n_sources, sizeof *sorted, compare_names);
  header = build_header (sorted, n_sources, dtype);
  if (!wb_file_writer_write (writer, header->str, header->len, error))
    return FALSE;
  for (gsize i = 0; i < n_sources; i++)
    if (!write_values (&self, sorted[i], error))
      return FALSE;
  return wb_file_writer_commit (writer, error);
}

static const WbSafetensorSource **
make_list (const WbSafetensorSource *sources, gsize n_sources)
{
  const WbSafetensorSource **list = g_new (const WbSafetensorSource *, n_sources + 1);

  for (gsize i = 0; i < n_sources; i++)
    list[i] = &sources[i];
  return list;
}

/* ---- several files ---- */

/* Index of the first source of every file, and @n_sources. */
static GArray *
split (const WbSafetensorSource *sources, gsize n_sources, WbDtype dtype, guint64 max_file)
{
  GArray *starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  guint64 bytes = 0;

  for (gsize i = 0; i < n_sources; i++)
    {
      const guint64 more = source_bytes (&sources[i], dtype);

      if (i == 0 || bytes + more > max_file)
        {
          g_array_append_val (starts, i);
          bytes = 0;
        }
      bytes += more;
    }
  g_array_append_val (starts, n_sources);
  return starts;
}

static char *
shard_name (guint k, guint n)
{
  return n == 1 ? g_strdup ("model.safetensors")
                : g_strdup_printf ("model-%05u-of-%05u.safetensors", k + 1, n);
}

static void
append_weight_map (GString                  *json,
                   const WbSafetensorSource *sources,
                   gsize                     n_sources,
                   const GArray             *starts)
{
  g_autofree const WbSafetensorSource **sorted = make_list (sources, n_sources);

  qsort (sorted, n_sources, sizeof *sorted, compare_names);
  for (gsize i = 0; i < n_sources; i++)
    {
      guint            k = 0;
      g_autofree char *file = NULL;

      while (g_array_index (starts, gsize, k + 1) <= (gsize) (sorted[i] - sources))
        k++;
      file = shard_name (k, starts->len - 1);
      g_string_append (json, i > 0 ? ",\n    " : "\n    ");
      wb_json_append_string (json, sorted[i]->name);
      g_string_append_printf (json, ": \"%s\"", file);
    }
}

static gboolean
write_index (const char               *folder,
             const WbSafetensorSource *sources,
             gsize                     n_sources,
             WbDtype                   dtype,
             const GArray             *starts,
             GError                  **error)
{
  g_autofree char *path = g_build_filename (folder, "model.safetensors.index.json", NULL);
  g_autoptr (GString) json = g_string_new ("{\n  \"metadata\": {\n");
  g_autoptr (WbFileWriter) writer = wb_file_writer_new (path, error);
  guint64 elements = 0;

  for (gsize i = 0; i < n_sources; i++)
    elements += n_elements (&sources[i]);
  g_string_append_printf (json,
                          "    \"total_parameters\": %" G_GUINT64_FORMAT
                          ",\n    \"total_size\": %" G_GUINT64_FORMAT "\n  },\n  \"weight_map\": {",
                          elements, elements * wb_dtype_size (dtype));
  append_weight_map (json, sources, n_sources, starts);
  g_string_append (json, "\n  }\n}\n");
  return writer != NULL && wb_file_writer_write (writer, json->str, json->len, error) &&
         wb_file_writer_commit (writer, error);
}

gboolean
wb_safetensors_write_folder (const char               *folder,
                             const WbSafetensorSource *sources,
                             gsize                     n_sources,
                             WbDtype                   dtype,
                             guint64                   max_file,
                             GError                  **error)
{
  g_autofree const WbSafetensorSource **list = NULL;
  g_autoptr (GArray) starts = NULL;

  g_return_val_if_fail (folder != NULL && sources != NULL && n_sources > 0, FALSE);
  g_return_val_if_fail (dtype == WB_DTYPE_F32 || dtype == WB_DTYPE_F16 || dtype == WB_DTYPE_BF16,
                        FALSE);

  list = make_list (sources, n_sources);
  starts = split (sources, n_sources, dtype, max_file);
  for (guint k = 0; k + 1 < starts->len; k++)
    {
      const gsize      first = g_array_index (starts, gsize, k);
      const gsize      n = g_array_index (starts, gsize, k + 1) - first;
      g_autofree char *name = shard_name (k, starts->len - 1);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (!write_file (path, list + first, n, dtype, error))
        return FALSE;
    }
  return starts->len == 2 || write_index (folder, sources, n_sources, dtype, starts, error);
}
