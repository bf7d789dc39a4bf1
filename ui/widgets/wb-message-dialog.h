#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * wb_message_dialog_new:
 * @name: of the widget, for style and tests
 * @body: (nullable)
 *
 * A question in front of @parent.  Its heading stands in the body: libadwaita 1.7 measures a
 * heading for less than it needs.
 */
AdwMessageDialog *
wb_message_dialog_new (GtkWindow *parent, const char *name, const char *heading, const char *body);

G_END_DECLS
