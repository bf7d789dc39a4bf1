#include "config.h"

#include "ui/widgets/wb-run-sparkline.h"

#include "app/figures/wb-sparkline.h"
#include "ui/widgets/wb-format.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#define POINTS 60
#define RELOAD_INTERVAL (2 * G_TIME_SPAN_SECOND) /* of a run that goes on */

/* Kept with the run. */
typedef struct
{
  double *values;
  gsize   n;
  guint64 step; /* of the run when it was read */
  gint64  read_at;
} Points;

struct _WbRunSparkline
{
  GtkWidget parent_instance;

  WbRun *run;
  guint  load_id;
};

G_DEFINE_FINAL_TYPE (WbRunSparkline, wb_run_sparkline, GTK_TYPE_WIDGET)

static G_DEFINE_QUARK (wb_run_sparkline_points, points)

static void
points_free (gpointer data)
{
  Points *points = data;

  g_free (points->values);
  g_free (points);
}

static Points *
points_of (WbRun *run)
{
  return run != NULL ? g_object_get_qdata (G_OBJECT (run), points_quark ()) : NULL;
}

static void
read_points (WbRun *run)
{
  Points *points = g_new0 (Points, 1);

  points->step = wb_run_get_step (run);
  points->values = wb_run_dup_sparkline (run, POINTS, &points->n);
  points->read_at = g_get_monotonic_time ();
  g_object_set_qdata_full (G_OBJECT (run), points_quark (), points, points_free);
}

static gboolean
is_stale (WbRun *run)
{
  const Points *points = points_of (run);

  return points == NULL ||
         (points->step != wb_run_get_step (run) &&
          (!wb_run_is_active (run) || g_get_monotonic_time () - points->read_at > RELOAD_INTERVAL));
}

static void
describe (WbRunSparkline *self)
{
  const Points    *points = points_of (self->run);
  g_autofree char *text = NULL;

  if (points != NULL && points->n > 0)
    {
      g_autofree char *first = wb_format_value (points->values[0]);
      g_autofree char *last = wb_format_value (points->values[points->n - 1]);

      text = g_strdup_printf (_ ("Loss from %s to %s"), first, last);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text != NULL ? text : _ ("No loss yet"), -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
}

static gboolean
load_cb (gpointer data)
{
  WbRunSparkline *self = data;

  self->load_id = 0;
  if (self->run != NULL && is_stale (self->run))
    read_points (self->run);
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

static void
load_later (WbRunSparkline *self)
{
  if (self->load_id == 0)
    self->load_id = g_idle_add_full (G_PRIORITY_LOW, load_cb, self, NULL);
}

static void
step_cb (WbRunSparkline *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && is_stale (self->run))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
wb_run_sparkline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WbRunSparkline  *self = WB_RUN_SPARKLINE (widget);
  const Points    *points = points_of (self->run);
  const int        width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  const WbPalette *palette =
      wb_palette_get (adw_style_manager_get_dark (adw_style_manager_get_default ()));
  cairo_t *cr;

  if (self->run == NULL)
    return;
  if (is_stale (self->run))
    load_later (self);
  if (points == NULL || points->n == 0)
    return;
  cr = gtk_snapshot_append_cairo (snapshot,
                                  &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  wb_sparkline_draw (cr, points->values, points->n, width, height, wb_palette_series (palette, 0));
  cairo_destroy (cr);
}

static void
wb_run_sparkline_measure (GtkWidget     *widget,
                          GtkOrientation orientation,
                          int            for_size,
                          int           *minimum,
                          int           *natural,
                          int           *minimum_baseline,
                          int           *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 76 : 24;
  *minimum_baseline = *natural_baseline = -1;
}

void
wb_run_sparkline_set_run (WbRunSparkline *self, WbRun *run)
{
  g_return_if_fail (WB_IS_RUN_SPARKLINE (self));

  if (self->run == run)
    return;
  g_clear_handle_id (&self->load_id, g_source_remove);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_func (self->run, step_cb, self);
  g_set_object (&self->run, run);
  if (run != NULL)
    {
      g_signal_connect_object (run, "notify::step", G_CALLBACK (step_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (run, "notify::status", G_CALLBACK (step_cb), self,
                               G_CONNECT_SWAPPED);
      describe (self);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
wb_run_sparkline_dispose (GObject *object)
{
  wb_run_sparkline_set_run (WB_RUN_SPARKLINE (object), NULL);
  G_OBJECT_CLASS (wb_run_sparkline_parent_class)->dispose (object);
}

static void
wb_run_sparkline_class_init (WbRunSparklineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_run_sparkline_dispose;
  widget_class->snapshot = wb_run_sparkline_snapshot;
  widget_class->measure = wb_run_sparkline_measure;
  gtk_widget_class_set_css_name (widget_class, "sparkline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
wb_run_sparkline_init (WbRunSparkline *self)
{
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

GtkWidget *
wb_run_sparkline_new (void)
{
  return g_object_new (WB_TYPE_RUN_SPARKLINE, NULL);
}
