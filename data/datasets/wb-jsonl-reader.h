#pragma once

#include "data/datasets/wb-tsv-reader.h"

G_BEGIN_DECLS

/**
 * WbJsonlReader:
 *
 * JSON Lines: one object a line.  Strings are decoded, numbers, booleans and null stay as they are
 * written, members that are objects or arrays are passed over (64 deep at most).
 */
typedef struct
{
  WbTsvReader lines;
  GPtrArray  *keys;   /* (element-type GString) grows to the widest row and is used again */
  GPtrArray  *values; /* (element-type GString) */
  GArray     *kinds;  /* (element-type char): '"', '0' number, 't' true or false, 'n' null, '{' */
  gsize       n;      /* members of the current row */
} WbJsonlReader;

void
wb_jsonl_reader_init (WbJsonlReader *self, const char *data, const char *end, const char *name);
void wb_jsonl_reader_clear (WbJsonlReader *self);

/* %FALSE behind the last row, or with WB_DATASET_ERROR_ROW: file, line, byte of the line. */
gboolean wb_jsonl_reader_next (WbJsonlReader *self, GError **error);

/* (nullable): the value of member @key (ASCII case does not matter); %NULL when it is not there or
 * null.  @kind: (out). */
const GString *wb_jsonl_reader_get (const WbJsonlReader *self, const char *key, char *kind);

G_END_DECLS
