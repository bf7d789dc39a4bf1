#include "app/inspector/wb-attention-file-private.h"

#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-csv.h"
#include "app/core/wb-json-number-private.h"
#include "engine/files/wb-file-writer.h"

typedef enum
{
  FORMAT_NPY,
  FORMAT_CSV,
  FORMAT_JSON,
} Format;

struct _WbAttentionFile
{
  Format             format;
  WbFileWriter      *writer;
  const WbInspector *inspector;
  GString           *text; /* what is not written yet */
  WbJson            *json;
  char             **tokens; /* (n) as CSV has them */
};

static gboolean
find_format (const char *path, Format *format)
{
  static const char *const ends[] = { ".npy", ".csv", ".json" };
  g_autofree char         *lower = g_ascii_strdown (path, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (lower, ends[i]))
      {
        *format = (Format) i;
        return TRUE;
      }
  return FALSE;
}

gboolean
wb_attention_file_check (const char *path, GError **error)
{
  Format format;

  if (find_format (path, &format))
    return TRUE;
  g_set_error (
      error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
      "--to %.200s: the name has to end in .npy, .csv or .json, which says what is written", path);
  return FALSE;
}

static gboolean
flush (WbAttentionFile *self, GError **error)
{
  const gboolean ok = wb_file_writer_write (self->writer, self->text->str, self->text->len, error);

  g_string_truncate (self->text, 0);
  return ok;
}

static gboolean
flush_json (WbAttentionFile *self, const char *after, GError **error)
{
  g_string_append (self->text, wb_json_get (self->json));
  g_string_append (self->text, after);
  wb_json_continue (self->json);
  return flush (self, error);
}

/* NumPy's format 1.0: the header ends at a multiple of 64 bytes. */
static void
append_npy_header (GString *text, const WbAttentionRequest *request, gsize n)
{
  g_autofree char *header = g_strdup_printf (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (%zu, %zu, 4, %zu, %zu), }",
      request->n_layers, request->n_heads, n, n);
  const gsize length = (10 + strlen (header) + 1 + 63) / 64 * 64 - 10;

  g_string_append_len (text, "\x93NUMPY\x01\x00", 8);
  g_string_append_c (text, (char) (length & 0xff));
  g_string_append_c (text, (char) (length >> 8));
  g_string_append_printf (text, "%-*s\n", (int) length - 1, header);
}

static char *
dup_csv_token (const WbInspector *inspector, gsize i)
{
  g_autofree char *token = wb_inspector_dup_token (inspector, i);
  GString         *cell = g_string_new (NULL);

  wb_csv_append_quoted (cell, token);
  return g_string_free (cell, FALSE);
}

static gboolean
begin (WbAttentionFile *self, const WbAttentionRequest *request, GError **error)
{
  const gsize n = wb_inspector_get_encoding (self->inspector)->n;

  switch (self->format)
    {
    case FORMAT_NPY:
      append_npy_header (self->text, request, n);
      return flush (self, error);
    case FORMAT_CSV:
      self->tokens = g_new0 (char *, n + 1);
      for (gsize i = 0; i < n; i++)
        self->tokens[i] = dup_csv_token (self->inspector, i);
      g_string_append (self->text, "layer,head,query,key,query_token,key_token,"
                                   "c2c,c2p,p2c,probability\r\n");
      return flush (self, error);
    case FORMAT_JSON:
    default:
      wb_attention_json_begin (self->json, self->inspector, request);
      return flush_json (self, "", error);
    }
}

WbAttentionFile *
wb_attention_file_new (const char               *path,
                       const WbInspector        *inspector,
                       const WbAttentionRequest *request,
                       GError                  **error)
{
  g_autoptr (WbAttentionFile) self = g_new0 (WbAttentionFile, 1);

  self->text = g_string_new (NULL);
  self->json = wb_json_new ();
  self->inspector = inspector;
  if (!find_format (path, &self->format))
    {
      wb_attention_file_check (path, error);
      return NULL;
    }
  self->writer = wb_file_writer_new (path, error);
  if (self->writer == NULL || !begin (self, request, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Little-endian, a map's row at a time. */
static gboolean
add_npy (WbAttentionFile *self, const WbInspectedLayer *layer, GError **error)
{
  const WbTensor *maps[] = { &layer->maps.c2c, &layer->maps.c2p, &layer->maps.p2c,
                             &layer->maps.probabilities };
  const gsize     n = layer->n_tokens;

  for (gsize h = 0; h < layer->n_heads; h++)
    for (gsize m = 0; m < G_N_ELEMENTS (maps); m++)
      for (gsize i = 0; i < n; i++)
        {
          const float *row = (const float *) maps[m]->data + (h * n + i) * maps[m]->stride;

          for (gsize j = 0; j < n; j++)
            {
              guint32 bits;

              memcpy (&bits, &row[j], sizeof bits);
              bits = GUINT32_TO_LE (bits);
              g_string_append_len (self->text, (const char *) &bits, sizeof bits);
            }
          if ((self->text->len > 1 << 20 || i + 1 == n) && !flush (self, error))
            return FALSE;
        }
  return TRUE;
}

static void
append_numbers (WbAttentionFile *self, const WbInspectedLayer *layer, gsize row, gsize key)
{
  const WbTensor *maps[] = { &layer->maps.c2c, &layer->maps.c2p, &layer->maps.p2c,
                             &layer->maps.probabilities };

  for (gsize m = 0; m < G_N_ELEMENTS (maps); m++)
    {
      const float value = ((const float *) maps[m]->data)[row * maps[m]->stride + key];
      char        text[G_ASCII_DTOSTR_BUF_SIZE];

      if (!wb_json_format_float (text, value))
        g_ascii_formatd (text, sizeof text, "%.9g", (double) value);
      g_string_append_c (self->text, ',');
      g_string_append (self->text, text);
    }
}

static gboolean
add_csv (WbAttentionFile *self, const WbInspectedLayer *layer, GError **error)
{
  const gsize n = layer->n_tokens;

  for (gsize h = 0; h < layer->n_heads; h++)
    for (gsize i = 0; i < n; i++)
      {
        for (gsize j = 0; j < n; j++)
          {
            g_string_append_printf (self->text, "%zu,%zu,%zu,%zu,%s,%s", layer->layer,
                                    layer->heads[h], i, j, self->tokens[i], self->tokens[j]);
            append_numbers (self, layer, h * n + i, j);
            g_string_append (self->text, "\r\n");
          }
        if (!flush (self, error))
          return FALSE;
      }
  return TRUE;
}

gboolean
wb_attention_file_add (WbAttentionFile *self, const WbInspectedLayer *layer, GError **error)
{
  switch (self->format)
    {
    case FORMAT_NPY:
      return add_npy (self, layer, error);
    case FORMAT_CSV:
      return add_csv (self, layer, error);
    case FORMAT_JSON:
    default:
      wb_attention_json_layer (self->json, layer);
      return flush_json (self, "", error);
    }
}

gboolean
wb_attention_file_commit (WbAttentionFile *self, GError **error)
{
  if (self->format == FORMAT_JSON)
    {
      wb_attention_json_end (self->json);
      if (!flush_json (self, "\n", error))
        return FALSE;
    }
  return wb_file_writer_commit (self->writer, error);
}

void
wb_attention_file_free (WbAttentionFile *self)
{
  g_clear_pointer (&self->writer, wb_file_writer_free);
  g_clear_pointer (&self->tokens, g_strfreev);
  wb_json_free (self->json);
  g_string_free (self->text, TRUE);
  g_free (self);
}
