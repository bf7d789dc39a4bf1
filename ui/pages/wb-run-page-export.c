/* Taking a run's best model out: a folder, chosen, then written in another thread. */
#include "config.h"

#include "ui/pages/wb-run-page-private.h"

#include "app/runs/wb-run-export.h"

#include <glib/gi18n-lib.h>

static void
tell (gpointer widget, const char *message)
{
  gtk_widget_activate_action (GTK_WIDGET (widget), "win.toast", "s", message);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WbRunPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = wb_run_export_finish (WB_RUN (source), result, &error);
  g_autofree char *name = NULL, *done = NULL;

  if (folder == NULL)
    {
      tell (self, error->message);
      return;
    }
  name = g_path_get_basename (folder);
  done = g_strdup_printf (_ ("Exported as %s"), name);
  tell (self, done);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, WbRunPage *self)
{
  WbRun *run = g_object_get_data (G_OBJECT (dialog), "run");
  g_autoptr (GFile) parent = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = parent != NULL ? g_file_get_path (parent) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && path != NULL)
    {
      tell (self, _ ("Exporting the model…"));
      wb_run_export_async (run, path, exported_cb, g_object_ref (self));
    }
  g_object_unref (dialog);
}

void
wb_run_page_export_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbRunPage            *self = WB_RUN_PAGE (widget);
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Export Model Into…"), GTK_WINDOW (gtk_widget_get_root (widget)),
      GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Export"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_object_set_data_full (G_OBJECT (dialog), "run", g_object_ref (self->run), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
