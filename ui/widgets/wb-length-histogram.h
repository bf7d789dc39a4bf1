#pragma once

#include <gtk/gtk.h>

#include "app/runs/wb-run-lengths.h"

G_BEGIN_DECLS

#define WB_TYPE_LENGTH_HISTOGRAM (wb_length_histogram_get_type ())
G_DECLARE_FINAL_TYPE (WbLengthHistogram, wb_length_histogram, WB, LENGTH_HISTOGRAM, GtkWidget)

/**
 * WbLengthHistogram:
 *
 * How many tokens the texts have, with a line at the maximum length; what is cut there has another
 * colour.
 */
GtkWidget *wb_length_histogram_new (void);

/* @lengths: (nullable) */
void wb_length_histogram_set (WbLengthHistogram *self, WbRunLengths *lengths, guint32 max_length);

/* (transfer full): "55 tokens on average, 289 at most; 2.4 % of the texts are cut at 128" */
char *wb_length_histogram_describe (const WbRunLengths *lengths, guint32 max_length);

G_END_DECLS
