#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Comma-separated values as RFC 4180 has them: cells of a line are appended one after another, a
 * comma before each but the first (@out is empty or ends with a line's end), then the line's end.
 * Numbers have the fewest digits that read back as the same double; what is none is empty. */
void wb_csv_append_text (GString *out, const char *text); /* (nullable): empty */
void wb_csv_append_number (GString *out, double value);
void wb_csv_append_integer (GString *out, gint64 value);
void wb_csv_end_line (GString *out);

/* A cell alone, without its comma: in quotation marks, or only where it has to be. */
void wb_csv_append_quoted (GString *out, const char *text);
void wb_csv_append_cell (GString *out, const char *text);

G_END_DECLS
