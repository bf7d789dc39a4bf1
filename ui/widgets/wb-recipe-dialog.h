#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * wb_recipe_dialog_new:
 * @body: what is saved
 *
 * Asks for the name of a new recipe; the response "save" means that there is one.
 */
AdwMessageDialog *wb_recipe_dialog_new (GtkWindow *parent, const char *body);

/* (transfer full): what was typed, without blanks around it. */
char *wb_recipe_dialog_dup_name (AdwMessageDialog *dialog);

G_END_DECLS
