#include "config.h"

#include "engine/files/wb-file.h"

#include <string.h>

#include "engine/core/wb-engine-error.h"
#include "engine/files/wb-json-scan.h"
#include "engine/files/wb-reader.h"

#define MAX_JSON_BYTES (16u << 20)

GBytes *
wb_file_read (const char *path, gsize max_bytes, GError **error)
{
  g_autoptr (WbReader) reader = NULL;
  guint8 *data;

  g_return_val_if_fail (path != NULL && max_bytes < G_MAXSSIZE, NULL);

  reader = wb_reader_open (path, error);
  if (reader == NULL)
    return NULL;
  if (reader->size > max_bytes)
    {
      wb_reader_fail (reader, error,
                      "has %" G_GUINT64_FORMAT " bytes; at most %" G_GSIZE_FORMAT
                      " make sense here",
                      reader->size, max_bytes);
      return NULL;
    }
  data = wb_reader_dup (reader, 0, (gsize) reader->size, error);
  return data != NULL ? g_bytes_new_take (data, (gsize) reader->size) : NULL;
}

JsonNode *
wb_json_parse (const char *text, gssize length, const char *name, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) reason = NULL;
  const gsize n = length < 0 ? strlen (text) : (gsize) length;

  if (!wb_json_scan (text, n, name, error))
    return NULL;
  if (!json_parser_load_from_data (parser, text, (gssize) n, &reason))
    {
      g_set_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID, "%s: %s", name,
                   reason->message);
      return NULL;
    }
  return json_node_ref (json_parser_get_root (parser));
}

JsonNode *
wb_json_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = wb_file_read (path, MAX_JSON_BYTES, error);
  gsize       size;
  const char *text;

  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &size);
  return wb_json_parse (text != NULL ? text : "", (gssize) size, path, error);
}
