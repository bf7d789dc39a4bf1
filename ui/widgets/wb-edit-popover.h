#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WB_TYPE_EDIT_POPOVER (wb_edit_popover_get_type ())
G_DECLARE_FINAL_TYPE (WbEditPopover, wb_edit_popover, WB, EDIT_POPOVER, GtkPopover)

/**
 * WbEditPopover:
 *
 * A text that is changed where it stands.  Enter (with Control in several lines) or the button is
 * signal "apply" (char *text): who hears it closes the popover, or says in it what is wrong.
 * Escape leaves everything as it was.
 */
GtkWidget *wb_edit_popover_new (const char *title, const char *text, gboolean several_lines);

/* One sentence below the text. */
void wb_edit_popover_set_problem (WbEditPopover *self, const char *problem);

/* Opens it over a widget of @parent; it goes away by itself when it is closed. */
void wb_edit_popover_open (WbEditPopover *self, GtkWidget *parent, GtkWidget *over);

G_END_DECLS
