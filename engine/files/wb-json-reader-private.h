#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WbJsonReader:
 * @object: what is read
 * @file: how messages call the file
 * @error: the first thing that was wrong; once set, every further read does nothing
 *
 * Reads keys of an untrusted JSON object: each has a type and a range, and what is outside is one
 * clear message with file, key, value and what is allowed.
 */
typedef struct
{
  JsonObject *object;
  const char *file;
  GError     *error;
} WbJsonReader;

/* Absent keys leave @value as it is, unless @required.  null counts as absent. */
void wb_json_reader_get_size (WbJsonReader *self,
                              const char   *key,
                              gboolean      required,
                              gint64        minimum,
                              gint64        maximum,
                              gsize        *value);
void wb_json_reader_get_int (WbJsonReader *self,
                             const char   *key,
                             gint64        minimum,
                             gint64        maximum,
                             gint         *value);
/* Between @minimum (included when @closed) and @maximum (included when @closed_above). */
void wb_json_reader_get_double (WbJsonReader *self,
                                const char   *key,
                                double        minimum,
                                double        maximum,
                                const char   *allowed,
                                double       *value);
void wb_json_reader_get_boolean (WbJsonReader *self, const char *key, gboolean *value);
/* Lent; @value is left as it is when the key is absent. */
void wb_json_reader_get_string (WbJsonReader *self, const char *key, const char **value);

/* The key's node, %NULL when absent or null. */
JsonNode *wb_json_reader_peek (WbJsonReader *self, const char *key);

/* Sets the error, unless one is set: "FILE: KEY is VALUE; allowed: ALLOWED". */
void wb_json_reader_refuse (WbJsonReader *self, int code, const char *key, const char *allowed);
void wb_json_reader_fail (WbJsonReader *self, int code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* JSON text with two blanks of indentation and the shortest decimals that read back as the same
 * double ("0.1", not "0.10000000000000001"). */
char *wb_json_to_text (JsonNode *root);

G_END_DECLS
