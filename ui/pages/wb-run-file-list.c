#include "config.h"

#include "ui/pages/wb-run-file-list.h"

#include "app/runs/wb-run-files.h"
#include "ui/widgets/wb-format.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

struct _WbRunFileList
{
  GtkWidget parent_instance;

  GtkWidget    *scrolled, *box;
  WbRun        *run;
  GCancellable *reading;
};

G_DEFINE_FINAL_TYPE (WbRunFileList, wb_run_file_list, GTK_TYPE_WIDGET)

static char *
title_of (const WbRunFile *file)
{
  switch (file->kind)
    {
    case WB_RUN_FILE_BEST:
      return g_strdup (_ ("Best model"));
    case WB_RUN_FILE_LAST:
      return g_strdup (_ ("Last model"));
    case WB_RUN_FILE_CHECKPOINT:
      return g_strdup_printf (_ ("Checkpoint at step %'lu"), (gulong) file->step);
    case WB_RUN_FILE_PREDICTIONS:
      return g_strdup (_ ("Predictions of the evaluations"));
    case WB_RUN_FILE_LOG:
      return g_strdup (_ ("Log"));
    case WB_RUN_FILE_OTHER:
    default:
      return g_strdup (file->path);
    }
}

static void
open_uri (GtkWidget *widget, const char *path)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (widget)), uri, GDK_CURRENT_TIME);
}

static void
open_cb (WbRunFileList *self)
{
  open_uri (GTK_WIDGET (self), wb_run_get_folder (self->run));
}

static void
copy_cb (WbRunFileList *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          wb_run_get_folder (self->run));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", _ ("Path copied"));
}

static GtkWidget *
make_button (WbRunFileList *self,
             const char    *name,
             const char    *icon,
             const char    *tip,
             GCallback      callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_name (button, name);
  gtk_widget_set_tooltip_text (button, tip);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tip, -1);
  g_signal_connect_swapped (button, "clicked", callback, self);
  return button;
}

static GtkWidget *
make_row (const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  return row;
}

static GtkWidget *
make_file (const WbRunFile *file)
{
  g_autofree char *title = title_of (file), *size = wb_format_bytes (file->size);
  g_autofree char *when = wb_format_moment (file->modified);
  g_autofree char *subtitle = file->kind == WB_RUN_FILE_OTHER
                                  ? g_strdup (when)
                                  : g_strdup_printf ("%s · %s", file->path, when);
  GtkWidget       *row = make_row (title, subtitle), *label = gtk_label_new (size);

  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  return row;
}

static void
clear (WbRunFileList *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
}

static void
add_folder (WbRunFileList *self)
{
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *row = make_row (_ ("Folder"), wb_run_get_folder (self->run));

  adw_action_row_add_suffix (
      ADW_ACTION_ROW (row),
      make_button (self, "copy-path", "edit-copy-symbolic", _ ("Copy Path"), G_CALLBACK (copy_cb)));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             make_button (self, "open-folder", "folder-open-symbolic",
                                          _ ("Open Folder"), G_CALLBACK (open_cb)));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  gtk_box_append (GTK_BOX (self->box), group);
}

static void
show_files (WbRunFileList *self, GPtrArray *files)
{
  GtkWidget       *group = adw_preferences_group_new ();
  guint64          sum = 0;
  g_autofree char *total = NULL, *description = NULL;

  clear (self);
  add_folder (self);
  for (guint i = 0; i < files->len; i++)
    {
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), make_file (files->pdata[i]));
      sum += ((WbRunFile *) files->pdata[i])->size;
    }
  total = wb_format_bytes (sum);
  /* Translators: a size, "2.3 GB in all" */
  description = g_strdup_printf (_ ("%s in all"), *total != '\0' ? total : "0 B");
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Files"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
  gtk_widget_set_name (group, "files");
  gtk_box_append (GTK_BOX (self->box), group);
}

static void
say (WbRunFileList *self, const char *message)
{
  GtkWidget *group = adw_preferences_group_new ();

  clear (self);
  add_folder (self);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), message);
  gtk_box_append (GTK_BOX (self->box), group);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WbRunFileList) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = wb_run_list_files_finish (WB_RUN (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->scrolled == NULL)
    return;
  g_clear_object (&self->reading);
  if (files != NULL)
    show_files (self, files);
  else
    say (self, error->message);
}

static void
refresh (WbRunFileList *self)
{
  if (self->run == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  self->reading = g_cancellable_new ();
  wb_run_list_files_async (self->run, self->reading, listed_cb, g_object_ref (self));
}

void
wb_run_file_list_set_run (WbRunFileList *self, WbRun *run)
{
  g_return_if_fail (WB_IS_RUN_FILE_LIST (self));

  if (self->run == run)
    return;
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_func (self->run, refresh, self);
  g_set_object (&self->run, run);
  clear (self);
  if (run == NULL)
    return;
  g_signal_connect_object (run, "notify::phase", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "notify::status", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  refresh (self);
}

static void
wb_run_file_list_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wb_run_file_list_parent_class)->map (widget);
  refresh (WB_RUN_FILE_LIST (widget));
}

static void
wb_run_file_list_dispose (GObject *object)
{
  WbRunFileList *self = WB_RUN_FILE_LIST (object);

  if (self->scrolled != NULL)
    wb_run_file_list_set_run (self, NULL);
  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  G_OBJECT_CLASS (wb_run_file_list_parent_class)->dispose (object);
}

static void
wb_run_file_list_class_init (WbRunFileListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wb_run_file_list_dispose;
  GTK_WIDGET_CLASS (klass)->map = wb_run_file_list_map;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
wb_run_file_list_init (WbRunFileList *self)
{
  GtkWidget *clamp = adw_clamp_new ();

  self->scrolled = gtk_scrolled_window_new ();
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 24);
  gtk_widget_add_css_class (self->box, "run-findings");
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 720);
  adw_clamp_set_child (ADW_CLAMP (clamp), self->box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), clamp);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
}
