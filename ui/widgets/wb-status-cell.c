#include "config.h"

#include "ui/widgets/wb-status-cell.h"

#include "app/core/wb-translate.h"
#include "ui/widgets/wb-format.h"

struct _WbStatusCell
{
  GtkWidget parent_instance;

  WbRun *run;

  GtkWidget      *dot;
  GtkLabel       *text;
  GtkLabel       *left;
  GtkProgressBar *bar;
};

enum
{
  PROP_RUN = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (WbStatusCell, wb_status_cell, GTK_TYPE_WIDGET)

const char *
wb_status_style (WbRunStatus status)
{
  switch (status)
    {
    case WB_RUN_RUNNING:
      return "accent";
    case WB_RUN_FINISHED:
      return "success";
    case WB_RUN_STOPPED:
    case WB_RUN_PAUSED:
    case WB_RUN_INTERRUPTED:
      return "warning";
    case WB_RUN_FAILED:
    case WB_RUN_DIVERGED:
      return "error";
    case WB_RUN_QUEUED:
    default:
      return "dim-label";
    }
}

static void
update (WbStatusCell *self)
{
  g_autofree char  *left = NULL;
  const WbRunStatus status = wb_run_get_status (self->run);
  const gboolean    running = status == WB_RUN_RUNNING;

  left = wb_format_time_left (running ? wb_run_get_seconds_left (self->run) : -1);
  gtk_widget_set_visible (self->dot, !running);
  gtk_widget_set_css_classes (self->dot,
                              (const char *[]){ "status-dot", wb_status_style (status), NULL });
  gtk_label_set_label (self->text, wb_run_get_status_text (self->run));
  gtk_label_set_label (self->left, left);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), running);
  gtk_progress_bar_set_fraction (self->bar, CLAMP (wb_run_get_progress (self->run), 0, 1));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), wb_translate (wb_run_get_message (self->run)));
}

void
wb_status_cell_set_run (WbStatusCell *self, WbRun *run)
{
  g_return_if_fail (WB_IS_STATUS_CELL (self));

  if (self->run == run)
    return;
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_func (self->run, update, self);
  g_set_object (&self->run, run);
  if (run != NULL)
    {
      g_signal_connect_object (run, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
      update (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUN]);
}

static void
wb_status_cell_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, WB_STATUS_CELL (object)->run);
}

static void
wb_status_cell_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  wb_status_cell_set_run (WB_STATUS_CELL (object), g_value_get_object (value));
}

static void
wb_status_cell_dispose (GObject *object)
{
  WbStatusCell *self = WB_STATUS_CELL (object);
  GtkWidget    *child;

  wb_status_cell_set_run (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wb_status_cell_parent_class)->dispose (object);
}

static void
wb_status_cell_class_init (WbStatusCellClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = wb_status_cell_get_property;
  object_class->set_property = wb_status_cell_set_property;
  object_class->dispose = wb_status_cell_dispose;
  props[PROP_RUN] =
      g_param_spec_object ("run", NULL, NULL, WB_TYPE_RUN,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/DebertaWorkbench/wb-status-cell.ui");
  gtk_widget_class_bind_template_child (widget_class, WbStatusCell, dot);
  gtk_widget_class_bind_template_child (widget_class, WbStatusCell, text);
  gtk_widget_class_bind_template_child (widget_class, WbStatusCell, left);
  gtk_widget_class_bind_template_child (widget_class, WbStatusCell, bar);
  gtk_widget_class_set_css_name (widget_class, "status-cell");
}

static void
wb_status_cell_init (WbStatusCell *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wb_status_cell_new (gboolean compact)
{
  WbStatusCell *self = g_object_new (WB_TYPE_STATUS_CELL, NULL);

  gtk_widget_set_visible (GTK_WIDGET (self->left), !compact);
  return GTK_WIDGET (self);
}
