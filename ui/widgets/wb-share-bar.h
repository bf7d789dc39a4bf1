#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WB_TYPE_SHARE_BAR (wb_share_bar_get_type ())
G_DECLARE_FINAL_TYPE (WbShareBar, wb_share_bar, WB, SHARE_BAR, GtkWidget)

/**
 * WbShareBar:
 *
 * Parts of a whole side by side, in the charts' colours; what is left of the whole stays empty.
 */
GtkWidget *wb_share_bar_new (void);

/* @parts: (n) of at most WB_PALETTE_SERIES; @whole: what the full width stands for; less than their
 * sum: the parts fill it.  @text: for readers without the picture. */
void
wb_share_bar_set (WbShareBar *self, const double *parts, guint n, double whole, const char *text);

/* The colour of part @index, to stand before its name. */
GtkWidget *wb_share_bar_new_key (guint index);

G_END_DECLS
