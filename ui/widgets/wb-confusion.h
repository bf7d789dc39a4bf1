#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-findings.h"

G_BEGIN_DECLS

#define WB_TYPE_CONFUSION (wb_confusion_get_type ())
G_DECLARE_FINAL_TYPE (WbConfusion, wb_confusion, WB, CONFUSION, GtkWidget)

/**
 * WbConfusion:
 *
 * Which label was taken for which, as a table of buttons: count and share of the row.  With many
 * labels the pairs that are mistaken most often instead.  Signal "chosen" (gold, predicted: int)
 * when one is pressed.
 */
void wb_confusion_set_findings (WbConfusion *self, WbFindings *findings); /* (nullable) */

/* (transfer full): a table of texts, numbers to the right, for entity types and ranges. @cells:
 * (rows, columns) texts, the first row the headings, the last one stressed where @total. */
GtkWidget *wb_confusion_make_table (char **cells, guint n_columns, gboolean total);

G_END_DECLS
