#include "config.h"

#include "ui/windows/wb-preferences.h"

#include <glib/gi18n-lib.h>

struct _WbPreferencesWindow
{
  AdwPreferencesWindow parent_instance;

  char            *home;
  GtkNativeDialog *chooser; /* (nullable): while it is open */

  AdwComboRow   *style_row;
  GtkSwitch     *notifications, *background;
  GtkSpinButton *threads;
  AdwActionRow  *home_row;
  GtkWidget     *change_home;
};

enum
{
  HOME_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WbPreferencesWindow, wb_preferences_window, ADW_TYPE_PREFERENCES_WINDOW)

static void
toast (WbPreferencesWindow *self, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), adw_toast_new (escaped));
}

static void
open_home_cb (WbPreferencesWindow *self)
{
  g_autofree char *uri = g_filename_to_uri (self->home, NULL, NULL);

  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (self), uri, GDK_CURRENT_TIME);
}

void
wb_preferences_window_choose_home (WbPreferencesWindow *self, const char *path)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (WB_IS_PREFERENCES_WINDOW (self));

  if (g_strcmp0 (path, self->home) == 0)
    return;
  workspace = wb_workspace_open (path, &error);
  if (workspace == NULL || !wb_workspace_set_default_home (path, &error))
    {
      toast (self, error->message);
      return;
    }
  g_object_ref (self);
  gtk_window_set_transient_for (GTK_WINDOW (self), NULL); /* that window goes too */
  gtk_window_destroy (GTK_WINDOW (self));
  g_signal_emit (self, signals[HOME_CHOSEN], 0, path);
  g_object_unref (self);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, WbPreferencesWindow *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  g_clear_object (&self->chooser);
  if (response == GTK_RESPONSE_ACCEPT && path == NULL)
    toast (self, _ ("The home folder must be on this computer"));
  else if (response == GTK_RESPONSE_ACCEPT)
    wb_preferences_window_choose_home (self, path);
}

static void
change_home_cb (WbPreferencesWindow *self)
{
  g_autoptr (GFile) folder = g_file_new_for_path (self->home);

  g_clear_object (&self->chooser);
  self->chooser = GTK_NATIVE_DIALOG (gtk_file_chooser_native_new (
      _ ("Choose a Home Folder"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
      _ ("_Choose"), _ ("_Cancel")));
  gtk_native_dialog_set_modal (self->chooser, TRUE);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->chooser), folder, NULL);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, 0);
  gtk_native_dialog_show (self->chooser);
}

static void
wb_preferences_window_dispose (GObject *object)
{
  g_clear_object (&WB_PREFERENCES_WINDOW (object)->chooser);
  G_OBJECT_CLASS (wb_preferences_window_parent_class)->dispose (object);
}

static void
wb_preferences_window_finalize (GObject *object)
{
  g_free (WB_PREFERENCES_WINDOW (object)->home);
  G_OBJECT_CLASS (wb_preferences_window_parent_class)->finalize (object);
}

static void
wb_preferences_window_class_init (WbPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_preferences_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_preferences_window_finalize;
  signals[HOME_CHOSEN] = g_signal_new ("home-chosen", WB_TYPE_PREFERENCES_WINDOW, G_SIGNAL_RUN_LAST,
                                       0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/DebertaWorkbench/wb-preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WbPreferencesWindow, style_row);
  gtk_widget_class_bind_template_child (widget_class, WbPreferencesWindow, notifications);
  gtk_widget_class_bind_template_child (widget_class, WbPreferencesWindow, background);
  gtk_widget_class_bind_template_child (widget_class, WbPreferencesWindow, threads);
  gtk_widget_class_bind_template_child (widget_class, WbPreferencesWindow, home_row);
  gtk_widget_class_bind_template_child (widget_class, WbPreferencesWindow, change_home);
  gtk_widget_class_bind_template_callback (widget_class, open_home_cb);
  gtk_widget_class_bind_template_callback (widget_class, change_home_cb);
}

static void
wb_preferences_window_init (WbPreferencesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* The nicks of the enumeration stand in the order of the choice. */
static gboolean
style_from_settings (GValue *value, GVariant *variant, gpointer data)
{
  static const char *const nicks[] = { "system", "light", "dark" };

  for (guint i = 0; i < G_N_ELEMENTS (nicks); i++)
    if (g_str_equal (g_variant_get_string (variant, NULL), nicks[i]))
      g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
style_to_settings (const GValue *value, const GVariantType *type, gpointer data)
{
  static const char *const nicks[] = { "system", "light", "dark" };

  return g_variant_new_string (nicks[MIN (g_value_get_uint (value), G_N_ELEMENTS (nicks) - 1)]);
}

static void
bind (WbPreferencesWindow *self, GSettings *settings)
{
  g_settings_bind_with_mapping (settings, "style", self->style_row, "selected",
                                G_SETTINGS_BIND_DEFAULT, style_from_settings, style_to_settings,
                                NULL, NULL);
  g_settings_bind (settings, "notifications", self->notifications, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "background-priority", self->background, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "threads", self->threads, "value", G_SETTINGS_BIND_DEFAULT);
}

GtkWidget *
wb_preferences_window_new (GtkWindow *parent, GSettings *settings, const char *home, gboolean fixed)
{
  WbPreferencesWindow *self =
      g_object_new (WB_TYPE_PREFERENCES_WINDOW, "transient-for", parent, NULL);
  g_autofree char *escaped = g_markup_escape_text (home, -1);

  self->home = g_strdup (home);
  adw_action_row_set_subtitle (self->home_row, escaped);
  gtk_widget_set_sensitive (self->change_home, !fixed);
  if (fixed)
    gtk_widget_set_tooltip_text (self->change_home,
                                 _ ("Given by --home or DEBERTA_WORKBENCH_HOME this time"));
  if (settings != NULL)
    bind (self, settings);
  return GTK_WIDGET (self);
}
