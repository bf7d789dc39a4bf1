#include "config.h"

#include "ui/widgets/wb-status-cell.h"

#include "app/core/wb-translate.h"
#include "ui/widgets/wb-format.h"

#include <glib/gi18n-lib.h>

struct _WbStatusCell
{
  GtkWidget parent_instance;

  WbRunRow *row;
  gboolean  compact;

  GtkWidget *words, *dot, *text;
  GtkWidget *left, *bar; /* (nullable): made for the first run that goes on */
};

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

/* Of a group: what asks for attention most. */
static WbRunStatus
status_of (WbRunRow *row)
{
  static const WbRunStatus order[] = { WB_RUN_RUNNING,     WB_RUN_DIVERGED, WB_RUN_FAILED,
                                       WB_RUN_INTERRUPTED, WB_RUN_STOPPED,  WB_RUN_PAUSED,
                                       WB_RUN_QUEUED };

  if (!wb_run_row_is_group (row))
    return wb_run_get_status (wb_run_row_get_run (row));
  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    if (wb_run_row_count (row, order[i]) > 0)
      return order[i];
  return WB_RUN_FINISHED;
}

static GtkWidget *
label_new (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  return label;
}

static void
make_progress (WbStatusCell *self)
{
  self->left = label_new ();
  gtk_widget_set_hexpand (self->left, TRUE);
  gtk_widget_add_css_class (self->left, "dim-label");
  gtk_widget_add_css_class (self->left, "numeric");
  gtk_box_append (GTK_BOX (self->words), self->left);
  self->bar = gtk_progress_bar_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Progress"), -1);
  gtk_widget_set_parent (self->bar, GTK_WIDGET (self));
}

static void
show_progress (WbStatusCell *self, WbRun *run)
{
  g_autofree char *left = NULL;

  if (run != NULL && self->bar == NULL)
    make_progress (self);
  if (self->bar == NULL)
    return;
  gtk_widget_set_visible (self->left, run != NULL && !self->compact);
  gtk_widget_set_visible (self->bar, run != NULL);
  if (run == NULL)
    return;
  left = wb_format_time_left (wb_run_get_seconds_left (run));
  gtk_label_set_label (GTK_LABEL (self->left), left);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), wb_run_get_progress (run));
}

static void
update (WbStatusCell *self)
{
  WbRun            *run = wb_run_row_get_run (self->row);
  const WbRunStatus status = status_of (self->row);
  const gboolean    running = run != NULL && status == WB_RUN_RUNNING;
  g_autofree char  *text = wb_run_row_dup_text (self->row, WB_RUN_COLUMN_STATUS);

  gtk_widget_set_visible (self->dot, !running);
  gtk_widget_set_css_classes (self->dot,
                              (const char *[]){ "status-dot", wb_status_style (status), NULL });
  if (g_strcmp0 (gtk_label_get_label (GTK_LABEL (self->text)), text) != 0)
    gtk_label_set_label (GTK_LABEL (self->text), text);
  show_progress (self, running ? run : NULL);
}

void
wb_status_cell_set_row (WbStatusCell *self, WbRunRow *row)
{
  g_return_if_fail (WB_IS_STATUS_CELL (self));

  if (self->row == row)
    return;
  if (self->row != NULL)
    g_signal_handlers_disconnect_by_func (self->row, update, self);
  g_set_object (&self->row, row);
  if (row == NULL)
    return;
  g_signal_connect_object (row, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/* Why it is as it is; where nobody said so, all of the words, which may be cut off. */
static gboolean
query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  WbStatusCell    *self = WB_STATUS_CELL (widget);
  WbRun           *run = self->row != NULL ? wb_run_row_get_run (self->row) : NULL;
  g_autofree char *text = NULL;

  if (self->row == NULL)
    return FALSE;
  text = wb_run_row_dup_text (self->row, WB_RUN_COLUMN_STATUS);
  gtk_tooltip_set_text (tooltip, run != NULL && *wb_run_get_message (run) != '\0'
                                     ? wb_translate (wb_run_get_message (run))
                                     : text);
  return TRUE;
}

static void
wb_status_cell_dispose (GObject *object)
{
  WbStatusCell *self = WB_STATUS_CELL (object);
  GtkWidget    *child;

  wb_status_cell_set_row (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  self->left = self->bar = NULL;
  G_OBJECT_CLASS (wb_status_cell_parent_class)->dispose (object);
}

static void
wb_status_cell_class_init (WbStatusCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_status_cell_dispose;
  widget_class->query_tooltip = query_tooltip;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "status-cell");
}

static void
wb_status_cell_init (WbStatusCell *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 4);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  self->words = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  self->dot = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                            "valign", GTK_ALIGN_CENTER, NULL);
  self->text = label_new ();
  gtk_box_append (GTK_BOX (self->words), self->dot);
  gtk_box_append (GTK_BOX (self->words), self->text);
  gtk_widget_set_parent (self->words, GTK_WIDGET (self));
}

GtkWidget *
wb_status_cell_new (gboolean compact)
{
  WbStatusCell *self = g_object_new (WB_TYPE_STATUS_CELL, NULL);

  self->compact = compact;
  return GTK_WIDGET (self);
}
