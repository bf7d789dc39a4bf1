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
  figure.chart.legend = WB_CHART_LEGEND_ALWAYS;
  return wb_figure_save (&figure, path, error);
}

/* Everything that the other thread reads. */
typedef struct
{
  WbFigure   figure;
  char      *path, *title, *x_title, *nothing;
  GPtrArray *lent; /* WbPlotSeries */
  GArray    *series, *marks, *references;
} Export;

static void
export_free (gpointer data)
{
  Export *self = data;

  for (guint i = 0; i < self->marks->len; i++)
    g_free ((char *) g_array_index (self->marks, WbChartMark, i).text);
  for (guint i = 0; i < self->references->len; i++)
    g_free ((char *) g_array_index (self->references, WbChartReference, i).text);
  g_array_unref (self->marks);
  g_array_unref (self->references);
  g_array_unref (self->series);
  g_ptr_array_unref (self->lent);
  g_free (self->path);
  g_free (self->title);
  g_free (self->x_title);
  g_free (self->nothing);
  g_free (self);
}

/* Points are lent, not copied: a million of them would stop the window for a while. */
static Export *
export_new (WbLinePlot *self, const char *path)
{
  Export  *out = g_new0 (Export, 1);
  WbChart *chart = &out->figure.chart;

  g_free (wb_line_plot_dup_chart (self, chart));
  out->path = g_strdup (path);
  out->title = g_strdup (self->title);
  out->x_title = g_strdup (chart->x_title);
  out->nothing = g_strdup (chart->nothing);
  out->lent = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_plot_series_free);
  out->series = g_array_new (FALSE, TRUE, sizeof (WbChartSeries));
  out->marks = g_array_copy (self->marks);
  g_array_set_clear_func (out->marks, NULL);
  out->references = g_array_copy (self->references);
  g_array_set_clear_func (out->references, NULL);
  for (guint i = 0; i < self->marks->len; i++)
    g_array_index (out->marks, WbChartMark, i).text =
        g_strdup (g_array_index (self->marks, WbChartMark, i).text);
  for (guint i = 0; i < self->references->len; i++)
    g_array_index (out->references, WbChartReference, i).text =
        g_strdup (g_array_index (self->references, WbChartReference, i).text);
  for (guint i = 0; i < self->series->len; i++)
    {
      WbPlotSeries *lent = wb_plot_series_lend (self->series->pdata[i]);
      WbChartSeries series = wb_plot_series_get_chart (lent, i);

      series.y_pyramid = series.smooth_pyramid = NULL;
      g_ptr_array_add (out->lent, lent);
      g_array_append_val (out->series, series);
    }
  out->figure.title = out->title;
  chart->legend = WB_CHART_LEGEND_ALWAYS;
  chart->x_title = out->x_title;
  chart->nothing = out->nothing;
  chart->series = (const WbChartSeries *) (void *) out->series->data;
  chart->marks = (const WbChartMark *) (void *) out->marks->data;
  chart->references = (const WbChartReference *) (void *) out->references->data;
  return out;
}

static void
export_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Export *self = data;
  GError       *error = NULL;

  if (wb_figure_save (&self->figure, self->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
wb_line_plot_export_async (WbLinePlot         *self,
                           const char         *path,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (WB_IS_LINE_PLOT (self));
  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, wb_line_plot_export_async);
  g_task_set_task_data (task, export_new (self, path), export_free);
  g_task_run_in_thread (task, export_thread);
}

gboolean
wb_line_plot_export_finish (WbLinePlot *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
toast (WbLinePlot *self, const char *message)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", message);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  WbLinePlot      *self = WB_LINE_PLOT (source);
  g_autofree char *name = data, *message = NULL;
  g_autoptr (GError) error = NULL;

  if (!wb_line_plot_export_finish (self, result, &error))
    {
      toast (self, error->message);
      return;
    }
  /* Translators: the name of a file */
  message = g_strdup_printf (_ ("Saved as %s"), name);
  toast (self, message);
}

static void
response_cb (GtkNativeDialog *dialog, int response, WbLinePlot *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && path == NULL)
    toast (self, _ ("A chart can only be saved in a folder of this computer"));
  else if (response == GTK_RESPONSE_ACCEPT)
    wb_line_plot_export_async (self, path, exported_cb, g_filename_display_basename (path));
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

/* Actions are called as the properties are. */
static void
add_flag_action (WbLinePlot *self, GActionMap *map, const char *name)
{
  g_autoptr (GPropertyAction) action = g_property_action_new (name, self, name);

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
  g_simple_action_set_enabled (reset, wb_plot_view_get_zoom (self->view, NULL, NULL));
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
  add_flag_action (self, G_ACTION_MAP (group), "log-x");
  add_flag_action (self, G_ACTION_MAP (group), "log-y");
  add_flag_action (self, G_ACTION_MAP (group), "clip-outliers");
  return group;
}

GtkWidget *
wb_line_plot_new_menu_button (WbLinePlot *self, GMenuModel *more)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autoptr (GMenu) menu = g_menu_new (), view = g_menu_new (), file = g_menu_new ();
  g_autoptr (GSimpleActionGroup) actions = NULL;
  g_autofree char *label = NULL;

  g_return_val_if_fail (WB_IS_LINE_PLOT (self), NULL);
  actions = new_actions (self);
  g_menu_append (view, _ ("_Logarithmic Values"), "chart.log-y");
  g_menu_append (view, _ ("Logarithmic _Axis"), "chart.log-x");
  g_menu_append (view, _ ("Leave Out _Outliers"), "chart.clip-outliers");
  g_menu_append (view, _ ("Show _Everything"), "chart.reset-zoom");
  g_menu_append (file, _ ("_Export…"), "chart.export");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (view));
  if (more != NULL)
    g_menu_append_section (menu, NULL, more);
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
