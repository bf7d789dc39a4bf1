#include "config.h"

#include "ui/widgets/wb-queue-running.h"

#include "ui/widgets/wb-format.h"

#include <glib/gi18n-lib.h>

struct _WbQueueRunning
{
  GtkListBoxRow parent_instance;

  WbRun *run;

  GtkLabel       *name, *status, *left, *phases;
  GtkProgressBar *bar;
};

G_DEFINE_FINAL_TYPE (WbQueueRunning, wb_queue_running, GTK_TYPE_LIST_BOX_ROW)

/* "Loading › Training › Evaluating › Saving": the one that it is in stands out. */
static char *
phases_markup (const char *phase)
{
  static const struct
  {
    const char *name, *title;
  } phases[] = {
    { "loading", N_ ("Loading") },
    { "training", N_ ("Training") },
    { "evaluating", N_ ("Evaluating") },
    { "saving", N_ ("Saving") },
  };
  GString *markup = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (phases); i++)
    {
      const gboolean   is = g_strcmp0 (phase, phases[i].name) == 0;
      g_autofree char *title = g_markup_printf_escaped (
          is ? "<b>%s</b>" : "<span alpha=\"55%%\">%s</span>", _ (phases[i].title));

      g_string_append_printf (markup, "%s%s", i > 0 ? "<span alpha=\"55%\"> › </span>" : "", title);
    }
  return g_string_free (markup, FALSE);
}

/* "Training 61 % · step 240 of 390" */
static char *
status_text (WbRun *run)
{
  if (wb_run_get_total_steps (run) == 0)
    return g_strdup (wb_run_get_status_text (run));
  return g_strdup_printf (_ ("%s · step %lu of %lu"), wb_run_get_status_text (run),
                          (gulong) wb_run_get_step (run), (gulong) wb_run_get_total_steps (run));
}

static void
update (WbQueueRunning *self)
{
  g_autofree char *left = wb_format_time_left (wb_run_get_seconds_left (self->run));
  g_autofree char *status = status_text (self->run);
  g_autofree char *phases = phases_markup (wb_run_get_phase (self->run));

  gtk_label_set_label (self->name, wb_run_get_name (self->run));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), wb_run_get_name (self->run));
  gtk_label_set_label (self->status, status);
  gtk_label_set_label (self->left, left);
  gtk_label_set_markup (self->phases, phases);
  gtk_progress_bar_set_fraction (self->bar, wb_run_get_progress (self->run));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  wb_run_get_name (self->run), -1);
}

static void
wb_queue_running_dispose (GObject *object)
{
  g_clear_object (&WB_QUEUE_RUNNING (object)->run);
  G_OBJECT_CLASS (wb_queue_running_parent_class)->dispose (object);
}

static void
wb_queue_running_class_init (WbQueueRunningClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_queue_running_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/DebertaWorkbench/wb-queue-running.ui");
  gtk_widget_class_bind_template_child (widget_class, WbQueueRunning, name);
  gtk_widget_class_bind_template_child (widget_class, WbQueueRunning, status);
  gtk_widget_class_bind_template_child (widget_class, WbQueueRunning, left);
  gtk_widget_class_bind_template_child (widget_class, WbQueueRunning, phases);
  gtk_widget_class_bind_template_child (widget_class, WbQueueRunning, bar);
}

static void
wb_queue_running_init (WbQueueRunning *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wb_queue_running_new (WbRun *run)
{
  WbQueueRunning *self = g_object_new (WB_TYPE_QUEUE_RUNNING, NULL);

  self->run = g_object_ref (run);
  g_signal_connect_object (run, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

WbRun *
wb_queue_running_get_run (WbQueueRunning *self)
{
  g_return_val_if_fail (WB_IS_QUEUE_RUNNING (self), NULL);
  return self->run;
}
