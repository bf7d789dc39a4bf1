#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Appends @text, UTF-8, in quotes: quotes, backslashes and control characters are escaped. */
void wb_json_append_string (GString *out, const char *text);

G_END_DECLS
