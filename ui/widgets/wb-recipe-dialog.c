#include "config.h"

#include "ui/widgets/wb-recipe-dialog.h"

#include "ui/widgets/wb-message-dialog.h"

#include <glib/gi18n-lib.h>

char *
wb_recipe_dialog_dup_name (AdwMessageDialog *dialog)
{
  GtkEditable *entry = GTK_EDITABLE (adw_message_dialog_get_extra_child (dialog));

  return g_strstrip (g_strdup (gtk_editable_get_text (entry)));
}

static void
typed_cb (GtkEditable *entry, AdwMessageDialog *dialog)
{
  g_autofree char *text = wb_recipe_dialog_dup_name (dialog);

  adw_message_dialog_set_response_enabled (dialog, "save", *text != '\0');
}

AdwMessageDialog *
wb_recipe_dialog_new (GtkWindow *parent, const char *body)
{
  GtkWidget        *entry = gtk_entry_new ();
  AdwMessageDialog *dialog =
      wb_message_dialog_new (parent, "save-recipe", _ ("Save as Recipe"), body);

  gtk_widget_set_name (entry, "recipe-name");
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name of the recipe"), -1);
  adw_message_dialog_set_extra_child (dialog, entry);
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "save", _ ("_Save"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "save", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (dialog, "save", FALSE);
  adw_message_dialog_set_default_response (dialog, "save");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (entry, "changed", G_CALLBACK (typed_cb), dialog, 0);
  return dialog;
}
