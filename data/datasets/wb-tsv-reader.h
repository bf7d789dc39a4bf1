#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Part of a line; not terminated. */
typedef struct
{
  const char *start;
  gsize       length;
} WbCell;

gboolean wb_cell_equals (const WbCell *self, const char *text); /* ASCII case does not matter */
/* (transfer full): at most @max bytes of it for a message: one line, valid UTF-8, control
 * characters as "\x0a" */
char *wb_cell_dup_shown (const WbCell *self, gsize max);

/**
 * WbTsvReader:
 *
 * Tab-separated lines as GLUE has them (fact sheet 6.1): no quoting, no escapes; LF or CRLF; the
 * last line need not end.  Blank lines are passed over but counted.
 */
typedef struct
{
  const char *name;
  const char *data;
  const char *next;
  const char *end;
  guint32     line;   /* of the current row, from 1 */
  GArray     *cells;  /* (element-type WbCell) of the current row */
  const char *format; /* how columns are separated, for messages */
} WbTsvReader;

/**
 * wb_text_check:
 * @tabs: columns are separated by tabs
 * @start: (out): behind a byte order mark
 * @error: WB_DATASET_ERROR_ENCODING: file, line, byte, with @tabs the column
 *
 * Strict UTF-8 without NUL.
 */
gboolean wb_text_check (const char  *data,
                        gsize        length,
                        const char  *name,
                        gboolean     tabs,
                        const char **start,
                        GError     **error);

/* @data and @name are lent, and checked by wb_text_check() first. */
void wb_tsv_reader_init (WbTsvReader *self, const char *data, const char *end, const char *name);
void wb_tsv_reader_clear (WbTsvReader *self);

/* The next line as it stands, without its end; %FALSE behind the last. */
gboolean wb_tsv_reader_next_line (WbTsvReader *self, WbCell *line);
/* The next line split into @cells. */
gboolean wb_tsv_reader_next (WbTsvReader *self);

G_END_DECLS
