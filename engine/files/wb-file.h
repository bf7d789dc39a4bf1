#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * wb_file_read:
 * @max_bytes: a longer file is refused before it is read
 * @error: WB_ENGINE_ERROR_MISSING (not there, or not readable), _INVALID (not a regular file, too
 * long, or shortened meanwhile) or _OUT_OF_MEMORY
 *
 * Returns: (transfer full): the file, with a NUL after its last byte that does not count
 *
 * Any thread.
 */
GBytes *wb_file_read (const char *path, gsize max_bytes, GError **error);

/**
 * wb_json_parse:
 * @name: what messages call the text, a path
 * @error: WB_ENGINE_ERROR_INVALID: what wb_json_scan() refuses, with line and column
 *
 * The text is scanned before json-glib sees it: 100,000 open brackets would overflow its stack.
 *
 * Returns: (transfer full): the root
 */
JsonNode *wb_json_parse (const char *text, gssize length, const char *name, GError **error);

/* wb_file_read() of at most 16 MiB, then wb_json_parse(). */
JsonNode *wb_json_load (const char *path, GError **error);

G_END_DECLS
