/* What can be done with a chart besides looking at it: its menu. */
#include "config.h"

#include "app/figures/wb-figure.h"
#include "ui/plots/wb-line-plot-private.h"

#include <glib/gi18n-lib.h>

gboolean
wb_line_plot_export (WbLinePlot *self, const char *path, GError **error)
{
  g_autofree WbChartSeries *series = NULL;
  WbFigure                  figure = { .title = self->title };

  g_return_val_if_fail (WB_IS_LINE_PLOT (self), FALSE);
  series = wb_line_plot_dup_chart (self, &figure.chart);
  return wb_figure_save (&figure, path, error);
}

static void
toast (WbLinePlot *self, const char *message)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", message);
}

static void
response_cb (GtkNativeDialog *dialog, int response, WbLinePlot *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  g_autofree char *name = path != NULL ? g_filename_display_basename (path) : NULL;
  g_autofree char *message = NULL;
  g_autoptr (GError) error = NULL;

  if (response == GTK_RESPONSE_ACCEPT && path == NULL)
    toast (self, _ ("A chart can only be saved in a folder of this computer"));
  else if (response == GTK_RESPONSE_ACCEPT && !wb_line_plot_export (self, path, &error))
    toast (self, error->message);
  else if (response == GTK_RESPONSE_ACCEPT)
    {
      /* Translators: the name of a file */
      message = g_strdup_printf (_ ("Saved as %s"), name);
      toast (self, message);
    }
  g_clear_object (&self->chooser);
}

/* A title as a file's name. */
static char *
dup_name (WbLinePlot *self)
{
  g_autofree char *title = g_strdup (self->title != NULL ? self->title : _ ("Chart"));

  return g_strconcat (g_strdelimit (title, "/\\:", '-'), ".svg", NULL);
}

static GtkFileFilter *
new_filter (void)
{
  GtkFileFilter     *filter = gtk_file_filter_new ();
  const char *const *endings = wb_figure_get_endings ();

  gtk_file_filter_set_name (filter, _ ("Pictures (SVG, PDF, PNG) and tables (CSV)"));
  for (gsize i = 0; endings[i] != NULL; i++)
    gtk_file_filter_add_suffix (filter, endings[i]);
  return filter;
}

static void
export_cb (GSimpleAction *action, GVariant *parameter, WbLinePlot *self)
{
  GtkRoot         *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *name = dup_name (self);
  g_autoptr (GtkFileFilter) filter = new_filter ();
  GtkFileChooser *chooser;

  g_clear_object (&self->chooser);
  self->chooser = GTK_NATIVE_DIALOG (
      gtk_file_chooser_native_new (_ ("Export Chart as SVG, PDF, PNG or CSV"), GTK_WINDOW (root),
                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel")));
  chooser = GTK_FILE_CHOOSER (self->chooser);
  gtk_native_dialog_set_modal (self->chooser, TRUE);
  gtk_file_chooser_set_current_name (chooser, name);
  gtk_file_chooser_add_filter (chooser, filter);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (response_cb), self, 0);
  gtk_native_dialog_show (self->chooser);
}

/* Actions "log-x" and "log-y" are called as the properties are. */
static void
log_cb (GSimpleAction *action, GVariant *state, WbLinePlot *self)
{
  g_object_set (self, g_action_get_name (G_ACTION (action)), g_variant_get_boolean (state), NULL);
  g_simple_action_set_state (action, state);
}

static void
add_log_action (WbLinePlot *self, GActionMap *map, const char *name, gboolean is_log)
{
  g_autoptr (GSimpleAction) action =
      g_simple_action_new_stateful (name, NULL, g_variant_new_boolean (is_log));

  g_signal_connect_object (action, "change-state", G_CALLBACK (log_cb), self, 0);
  g_action_map_add_action (map, G_ACTION (action));
}

static void
reset_cb (GSimpleAction *action, GVariant *parameter, WbLinePlot *self)
{
  wb_line_plot_zoom (self, NAN, NAN);
}

static void
zoomed_cb (WbLinePlot *self, GParamSpec *pspec, GSimpleAction *reset)
{
  g_simple_action_set_enabled (reset, !isnan (self->zoom_low));
}

static GSimpleActionGroup *
new_actions (WbLinePlot *self)
{
  GSimpleActionGroup *group = g_simple_action_group_new ();
  g_autoptr (GSimpleAction) save = g_simple_action_new ("export", NULL);
  g_autoptr (GSimpleAction) reset = g_simple_action_new ("reset-zoom", NULL);

  g_signal_connect_object (save, "activate", G_CALLBACK (export_cb), self, 0);
  g_signal_connect_object (reset, "activate", G_CALLBACK (reset_cb), self, 0);
  g_signal_connect_object (self, "notify::zoomed", G_CALLBACK (zoomed_cb), reset, 0);
  zoomed_cb (self, NULL, reset);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (save));
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (reset));
  add_log_action (self, G_ACTION_MAP (group), "log-x", self->log_x);
  add_log_action (self, G_ACTION_MAP (group), "log-y", self->log_y);
  return group;
}

GtkWidget *
wb_line_plot_new_menu_button (WbLinePlot *self)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autoptr (GMenu) menu = g_menu_new (), view = g_menu_new (), file = g_menu_new ();
  g_autoptr (GSimpleActionGroup) actions = NULL;
  g_autofree char *label = NULL;

  g_return_val_if_fail (WB_IS_LINE_PLOT (self), NULL);
  actions = new_actions (self);
  g_menu_append (view, _ ("_Logarithmic Values"), "chart.log-y");
  g_menu_append (view, _ ("Logarithmic _Steps"), "chart.log-x");
  g_menu_append (view, _ ("Show _Everything"), "chart.reset-zoom");
  g_menu_append (file, _ ("_Export…"), "chart.export");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (view));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (file));
  gtk_widget_insert_action_group (button, "chart", G_ACTION_GROUP (actions));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_widget_set_name (button, "chart-menu");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Chart Menu"));
  /* Translators: the accessible name of a button; %s is the title of a chart */
  label = g_strdup_printf (_ ("Menu of the chart “%s”"), self->title != NULL ? self->title : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  return button;
}
