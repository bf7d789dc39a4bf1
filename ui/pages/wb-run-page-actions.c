/* What can be done with a run. */
#include "config.h"

#include "ui/pages/wb-run-page-private.h"

#include "app/runs/wb-run-recipe.h"
#include "app/runs/wb-run-launcher.h"
#include "ui/widgets/wb-message-dialog.h"
#include "ui/widgets/wb-recipe-dialog.h"
#include "ui/windows/wb-run-values.h"

#include <glib/gi18n-lib.h>

static void
tell (WbRunPage *self, const char *message)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", message);
}

static void
request (WbRunPage *self, WbRunRequest what, const char *done)
{
  g_autoptr (GError) error = NULL;

  tell (self, wb_run_request (self->run, what, &error) ? done : error->message);
}

static void
stop_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  request (WB_RUN_PAGE (widget), WB_RUN_REQUEST_STOP, _ ("Stopping; the state is saved"));
}

static void
pause_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  request (WB_RUN_PAGE (widget), WB_RUN_REQUEST_PAUSE, _ ("Pausing; the state is saved"));
}

static void
stop_keep_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  request (WB_RUN_PAGE (widget), WB_RUN_REQUEST_STOP_KEEP, _ ("Stopping; the best is kept"));
}

static void
resume_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbRunPage *self = WB_RUN_PAGE (widget);
  g_autoptr (GError) error = NULL;

  if (wb_run_launcher_resume (self->run, WB_LAUNCH_START, &error))
    gtk_widget_action_set_enabled (widget, "run.resume", FALSE); /* until its status changes */
  else
    tell (self, error->message);
}

static void
delete_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbRunPage *self = WB_RUN_PAGE (widget);
  g_autoptr (GError) error = NULL;

  if (wb_run_delete (self->run, &error))
    wb_run_page_emit_deleted (self);
  else
    tell (self, error->message);
}

static void
values_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbRunPage *self = WB_RUN_PAGE (widget);
  g_autoptr (GError) error = NULL;
  GtkWidget *values =
      wb_run_values_new (GTK_WINDOW (gtk_widget_get_root (widget)), self->run, &error);

  if (values != NULL)
    gtk_window_present (GTK_WINDOW (values));
  else
    tell (self, error->message);
}

static void
duplicate_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.duplicate-run", "x",
                              wb_run_get_id (WB_RUN_PAGE (widget)->run));
}

static void
open_folder_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbRunPage       *self = WB_RUN_PAGE (widget);
  g_autofree char *uri = g_filename_to_uri (wb_run_get_folder (self->run), NULL, NULL);

  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (widget)), uri, GDK_CURRENT_TIME);
}

static void
rename_response_cb (AdwMessageDialog *dialog, const char *response, WbRunPage *self)
{
  GtkEditable *entry = GTK_EDITABLE (adw_message_dialog_get_extra_child (dialog));
  WbRun       *run = g_object_get_data (G_OBJECT (dialog), "run");
  g_autoptr (GError) error = NULL;

  if (g_str_equal (response, "rename") &&
      !wb_run_rename (run, gtk_editable_get_text (entry), &error))
    tell (self, error->message);
}

static void
rename_typed_cb (GtkEditable *entry, AdwMessageDialog *dialog)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  adw_message_dialog_set_response_enabled (dialog, "rename", *text != '\0');
}

static void
rename_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbRunPage        *self = WB_RUN_PAGE (widget);
  GtkWidget        *entry = gtk_entry_new ();
  AdwMessageDialog *dialog = wb_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)),
                                                    "rename", _ ("Rename Run"), NULL);

  gtk_widget_set_name (entry, "rename-entry");
  gtk_editable_set_text (GTK_EDITABLE (entry), wb_run_get_name (self->run));
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Name"),
                                  -1);
  adw_message_dialog_set_extra_child (dialog, entry);
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "rename", _ ("_Rename"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "rename", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "rename");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "run", g_object_ref (self->run), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (rename_response_cb), self, 0);
  g_signal_connect_object (entry, "changed", G_CALLBACK (rename_typed_cb), dialog, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
save_recipe_response_cb (AdwMessageDialog *dialog, const char *response, WbRunPage *self)
{
  WbRun           *run = g_object_get_data (G_OBJECT (dialog), "run");
  g_autofree char *name = wb_recipe_dialog_dup_name (dialog);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_str_equal (response, "save"))
    return;
  path = wb_run_save_recipe (run, NULL, name, NULL, FALSE, &error);
  tell (self, path != NULL ? _ ("Saved; New Run offers it for this task") : error->message);
}

static void
save_recipe_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WbRunPage        *self = WB_RUN_PAGE (widget);
  AdwMessageDialog *dialog =
      wb_recipe_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)),
                            _ ("The run's settings, with its task and seed, under a name of your "
                               "own"));

  g_object_set_data_full (G_OBJECT (dialog), "run", g_object_ref (self->run), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (save_recipe_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
wb_run_page_update_actions (WbRunPage *self)
{
  GtkWidget        *widget = GTK_WIDGET (self);
  const WbRunStatus status = wb_run_get_status (self->run);
  const gboolean    active = wb_run_is_active (self->run);
  g_autofree char  *best = wb_run_dup_best_folder (self->run);
  gboolean          resumable;

  g_clear_pointer (&self->why_not, g_free);
  self->why_not = active ? NULL : wb_run_dup_obstacle (self->run);
  resumable = !active && self->why_not == NULL;
  gtk_widget_action_set_enabled (widget, "run.pause", status == WB_RUN_RUNNING);
  gtk_widget_action_set_enabled (widget, "run.stop", active);
  gtk_widget_action_set_enabled (widget, "run.stop-keep", active);
  gtk_widget_action_set_enabled (widget, "run.resume", resumable);
  gtk_widget_action_set_enabled (widget, "run.delete", !active);
  gtk_widget_action_set_enabled (widget, "run.export", best != NULL);
  gtk_widget_action_set_enabled (widget, "run.open-folder", wb_run_get_folder (self->run) != NULL);
  gtk_widget_set_visible (self->pause, status == WB_RUN_RUNNING);
  gtk_widget_set_visible (self->stop, active);
  gtk_widget_set_visible (self->stop_keep, active);
  gtk_widget_set_visible (self->resume, !active && status != WB_RUN_FINISHED);
  gtk_widget_set_visible (GTK_WIDGET (self->buttons), status != WB_RUN_FINISHED);
}

void
wb_run_page_class_init_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "run.stop", NULL, stop_cb);
  gtk_widget_class_install_action (widget_class, "run.pause", NULL, pause_cb);
  gtk_widget_class_install_action (widget_class, "run.stop-keep", NULL, stop_keep_cb);
  gtk_widget_class_install_action (widget_class, "run.resume", NULL, resume_cb);
  gtk_widget_class_install_action (widget_class, "run.rename", NULL, rename_cb);
  gtk_widget_class_install_action (widget_class, "run.open-folder", NULL, open_folder_cb);
  gtk_widget_class_install_action (widget_class, "run.export", NULL, wb_run_page_export_cb);
  gtk_widget_class_install_action (widget_class, "run.delete", NULL, delete_cb);
  gtk_widget_class_install_action (widget_class, "run.values", NULL, values_cb);
  gtk_widget_class_install_action (widget_class, "run.duplicate", NULL, duplicate_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_d, GDK_CONTROL_MASK, "run.duplicate",
                                       NULL);
  gtk_widget_class_install_action (widget_class, "run.save-recipe", NULL, save_recipe_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_period, GDK_CONTROL_MASK,
                                       "run.stop-keep", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK, "run.resume",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_t, GDK_CONTROL_MASK, "run.values",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "run.rename", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, GDK_CONTROL_MASK, "run.delete",
                                       NULL);
}
