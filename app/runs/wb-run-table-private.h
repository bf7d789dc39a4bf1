#pragma once

#include "app/runs/wb-run-row-private.h"
#include "app/runs/wb-run-table.h"

G_BEGIN_DECLS

/* Sorts an array of WbRunRow; see wb_run_table_set_order(). */
void wb_run_rows_sort (GPtrArray *rows, WbRunColumn column, gboolean descending);

/* What is wanted of a list. */
typedef struct
{
  char   **words; /* (nullable): folded */
  guint    statuses;
  char   **tasks, **models, **tags; /* (nullable) */
  gboolean archived;
} WbRunQuery;

gboolean wb_run_query_matches (const WbRunQuery *self, WbRunRow *row);
void     wb_run_query_set_text (WbRunQuery *self, const char *text);
char  ***wb_run_query_get_values (WbRunQuery *self, WbRunColumn column);
void     wb_run_query_clear (WbRunQuery *self);

G_END_DECLS
