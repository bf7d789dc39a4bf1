#include "config.h"

#include "ui/widgets/wb-message-dialog.h"

AdwMessageDialog *
wb_message_dialog_new (GtkWindow *parent, const char *name, const char *heading, const char *body)
{
  GtkWidget       *dialog = adw_message_dialog_new (parent, NULL, NULL);
  g_autofree char *text =
      g_markup_printf_escaped ("<span size=\"x-large\" weight=\"bold\">%s</span>%s%s", heading,
                               body != NULL ? "\n\n" : "", body != NULL ? body : "");

  gtk_widget_set_name (dialog, name);
  adw_message_dialog_set_body_use_markup (ADW_MESSAGE_DIALOG (dialog), TRUE);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (dialog), GTK_ACCESSIBLE_PROPERTY_LABEL, heading,
                                  -1);
  return ADW_MESSAGE_DIALOG (dialog);
}
