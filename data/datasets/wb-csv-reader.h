#pragma once

#include "data/datasets/wb-tsv-reader.h"

G_BEGIN_DECLS

/**
 * WbCsvReader:
 * @rows: its name, line (where the row begins) and cells are those of the current row
 *
 * Comma-separated values (RFC 4180): a cell in quotes may hold commas, line ends and doubled
 * quotes; rows end with LF or CRLF, the last one need not.  Empty lines are passed over but
 * counted.  A quote within a cell that does not begin with one is an ordinary character.
 */
typedef struct
{
  WbTsvReader rows;
  GString    *text; /* what the cells of the row hold */
  guint32     next_line;
} WbCsvReader;

/* @data and @name are lent, and checked by wb_text_check() first. */
void wb_csv_reader_init (WbCsvReader *self, const char *data, const char *end, const char *name);
void wb_csv_reader_clear (WbCsvReader *self);

/* %FALSE behind the last row, or with WB_DATASET_ERROR_ROW: file, line, column. */
gboolean wb_csv_reader_next (WbCsvReader *self, GError **error);

G_END_DECLS
