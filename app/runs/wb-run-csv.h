#pragma once

#include "app/runs/wb-run-row.h"

G_BEGIN_DECLS

/**
 * wb_run_csv_from_rows:
 * @rows: (element-type WbRunRow): in the order to write
 *
 * A table as comma-separated values (RFC 4180, UTF-8): a line of headings, then one for each row,
 * every column whatever is on the screen.  Names and keys are English, numbers as C writes them,
 * times as ISO 8601 in UTC.  A group's line has no id; its numbers are means, with the sample
 * standard deviation beside the best and the last value.
 *
 * Returns: (transfer full)
 */
char *wb_run_csv_from_rows (GPtrArray *rows);

/* Writes it to a file, whole or not at all. */
gboolean wb_run_csv_save (GPtrArray *rows, const char *path, GError **error);

G_END_DECLS
