#include "config.h"

#include "ui/windows/wb-run-values.h"

#include "app/figures/wb-axis.h"
#include "app/figures/wb-chart.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* A step of the table.  Made when it is looked at: there may be a million. */
#define WB_TYPE_STEP (wb_step_get_type ())
G_DECLARE_FINAL_TYPE (WbStep, wb_step, WB, STEP, GObject)

struct _WbStep
{
  GObject parent_instance;
  double  step;
};

G_DEFINE_FINAL_TYPE (WbStep, wb_step, G_TYPE_OBJECT)

static void
wb_step_class_init (WbStepClass *klass)
{
}

static void
wb_step_init (WbStep *self)
{
}

#define WB_TYPE_STEPS (wb_steps_get_type ())
G_DECLARE_FINAL_TYPE (WbSteps, wb_steps, WB, STEPS, GObject)

struct _WbSteps
{
  GObject parent_instance;
  GArray *steps; /* double, ascending */
};

static GType
steps_get_item_type (GListModel *model)
{
  return WB_TYPE_STEP;
}

static guint
steps_get_n_items (GListModel *model)
{
  return WB_STEPS (model)->steps->len;
}

static gpointer
steps_get_item (GListModel *model, guint position)
{
  GArray *steps = WB_STEPS (model)->steps;
  WbStep *item;

  if (position >= steps->len)
    return NULL;
  item = g_object_new (WB_TYPE_STEP, NULL);
  item->step = g_array_index (steps, double, position);
  return item;
}

static void
steps_model_init (GListModelInterface *iface)
{
  iface->get_item_type = steps_get_item_type;
  iface->get_n_items = steps_get_n_items;
  iface->get_item = steps_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WbSteps,
                               wb_steps,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, steps_model_init))

static void
wb_steps_finalize (GObject *object)
{
  g_array_unref (WB_STEPS (object)->steps);
  G_OBJECT_CLASS (wb_steps_parent_class)->finalize (object);
}

static void
wb_steps_class_init (WbStepsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wb_steps_finalize;
}

static void
wb_steps_init (WbSteps *self)
{
  self->steps = g_array_new (FALSE, FALSE, sizeof (double));
}

struct _WbRunValues
{
  AdwWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkColumnView   *view;
  GPtrArray       *series; /* WbRunSeries */
  WbSteps         *steps;
};

G_DEFINE_FINAL_TYPE (WbRunValues, wb_run_values, ADW_TYPE_WINDOW)

/* NaN where the series has no point at this step. */
static double
value_at (const WbRunSeries *series, double step)
{
  gsize i;

  if (series->n == 0)
    return NAN;
  i = wb_chart_nearest (series->x, series->n, step);
  return series->x[i] == step ? series->y[i] : NAN;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Every step at which anything was measured, once. */
static void
unite_steps (WbRunValues *self)
{
  GArray *steps = self->steps->steps;
  guint   kept = 0;

  for (guint s = 0; s < self->series->len; s++)
    {
      const WbRunSeries *series = self->series->pdata[s];

      g_array_append_vals (steps, series->x, (guint) series->n);
    }
  g_array_sort (steps, compare_doubles);
  for (guint i = 0; i < steps->len; i++)
    if (i == 0 || g_array_index (steps, double, i) != g_array_index (steps, double, kept - 1))
      g_array_index (steps, double, kept++) = g_array_index (steps, double, i);
  g_array_set_size (steps, kept);
}

static gboolean
read_series (WbRunValues *self, WbRun *run, GError **error)
{
  g_auto (GStrv) names = wb_run_dup_series_names (run, error);

  for (char **name = names; name != NULL && *name != NULL; name++)
    {
      WbRunSeries *series = wb_run_series_new (*name);

      g_ptr_array_add (self->series, series);
      if (!wb_run_read_series (run, series, NULL, error))
        return FALSE;
    }
  if (names == NULL)
    return FALSE;
  unite_steps (self);
  return TRUE;
}

static void
setup_cb (GtkListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

/* @series: NULL for the step itself */
static void
bind_cb (GtkListItemFactory *factory, GtkListItem *item, const WbRunSeries *series)
{
  const double     step = WB_STEP (gtk_list_item_get_item (item))->step;
  const double     value = series != NULL ? value_at (series, step) : step;
  g_autofree char *text = isnan (value) ? g_strdup ("") : wb_axis_format (value, 6);

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)), text);
}

static void
add_column (WbRunValues *self, const char *title, const WbRunSeries *series)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (title, factory);

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), (gpointer) series);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_expand (column, TRUE);
  gtk_column_view_append_column (self->view, column);
}

static void
append_number (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isnan (value))
    g_string_append (out, g_ascii_formatd (text, sizeof text, "%.9g", value));
}

char *
wb_run_values_dup_csv (WbRunValues *self)
{
  GString *out = g_string_new ("step");
  GArray  *steps;

  g_return_val_if_fail (WB_IS_RUN_VALUES (self), NULL);
  steps = self->steps->steps;
  for (guint s = 0; s < self->series->len; s++)
    g_string_append_printf (out, ",%s", ((WbRunSeries *) self->series->pdata[s])->name);
  g_string_append_c (out, '\n');
  for (guint i = 0; i < steps->len; i++)
    {
      const double step = g_array_index (steps, double, i);

      append_number (out, step);
      for (guint s = 0; s < self->series->len; s++)
        {
          g_string_append_c (out, ',');
          append_number (out, value_at (self->series->pdata[s], step));
        }
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}

static void
copy_cb (WbRunValues *self)
{
  g_autofree char *csv = wb_run_values_dup_csv (self);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), csv);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_ ("Values copied")));
}

static void
wb_run_values_dispose (GObject *object)
{
  WbRunValues *self = WB_RUN_VALUES (object);

  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  self->view = NULL;
  g_clear_object (&self->steps);
  G_OBJECT_CLASS (wb_run_values_parent_class)->dispose (object);
}

static void
wb_run_values_finalize (GObject *object)
{
  g_ptr_array_unref (WB_RUN_VALUES (object)->series);
  G_OBJECT_CLASS (wb_run_values_parent_class)->finalize (object);
}

static void
wb_run_values_class_init (WbRunValuesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_run_values_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_run_values_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/DebertaWorkbench/wb-run-values.ui");
  gtk_widget_class_bind_template_child (widget_class, WbRunValues, toasts);
  gtk_widget_class_bind_template_child (widget_class, WbRunValues, view);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wb_run_values_init (WbRunValues *self)
{
  self->series = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_run_series_free);
  self->steps = g_object_new (WB_TYPE_STEPS, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wb_run_values_new (GtkWindow *parent, WbRun *run, GError **error)
{
  WbRunValues *self = g_object_new (WB_TYPE_RUN_VALUES, "transient-for", parent, NULL);
  g_autoptr (GtkSelectionModel) rows = NULL;

  if (!read_series (self, run, error))
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return NULL;
    }
  gtk_window_set_title (GTK_WINDOW (self), wb_run_get_name (run));
  add_column (self, _ ("Step"), NULL);
  for (guint s = 0; s < self->series->len; s++)
    {
      const WbRunSeries *series = self->series->pdata[s];

      add_column (self, series->name, series);
    }
  rows = GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->steps))));
  gtk_column_view_set_model (self->view, rows);
  return GTK_WIDGET (self);
}
