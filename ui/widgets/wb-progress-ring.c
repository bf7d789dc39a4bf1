#include "config.h"

#include "ui/widgets/wb-progress-ring.h"

#include <adwaita.h>
#include <math.h>

#define SIZE 16
#define LINE 2.5

struct _WbProgressRing
{
  GtkWidget parent_instance;

  double   fraction;
  gboolean paused;
};

G_DEFINE_FINAL_TYPE (WbProgressRing, wb_progress_ring, GTK_TYPE_WIDGET)

static void
wb_progress_ring_measure (GtkWidget     *widget,
                          GtkOrientation orientation,
                          int            for_size,
                          int           *minimum,
                          int           *natural,
                          int           *minimum_baseline,
                          int           *natural_baseline)
{
  *minimum = *natural = SIZE;
  *minimum_baseline = *natural_baseline = -1;
}

static void
draw_bars (cairo_t *cr)
{
  cairo_rectangle (cr, -2.5, -3, 1.75, 6);
  cairo_rectangle (cr, 0.75, -3, 1.75, 6);
  cairo_fill (cr);
}

static void
draw (WbProgressRing *self, cairo_t *cr, const GdkRGBA *text, const GdkRGBA *accent)
{
  const double radius = (SIZE - LINE) / 2, top = -G_PI / 2;

  cairo_set_line_width (cr, LINE);
  cairo_set_source_rgba (cr, text->red, text->green, text->blue, text->alpha * 0.2);
  cairo_arc (cr, 0, 0, radius, 0, 2 * G_PI);
  cairo_stroke (cr);
  if (self->fraction > 0)
    {
      gdk_cairo_set_source_rgba (cr, accent);
      cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
      cairo_arc (cr, 0, 0, radius, top, top + 2 * G_PI * self->fraction);
      cairo_stroke (cr);
    }
  gdk_cairo_set_source_rgba (cr, text);
  if (self->paused)
    draw_bars (cr);
}

static void
wb_progress_ring_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WbProgressRing  *self = WB_PROGRESS_RING (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  const int        width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  GdkRGBA  text, accent;

  gtk_style_context_get_color (style, &text);
  if (!gtk_style_context_lookup_color (style, "accent_color", &accent))
    accent = text;
  cairo_translate (cr, width / 2.0, height / 2.0);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    cairo_scale (cr, -1, 1);
  draw (self, cr, &text, &accent);
  cairo_destroy (cr);
}

static void
wb_progress_ring_class_init (WbProgressRingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = wb_progress_ring_measure;
  widget_class->snapshot = wb_progress_ring_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
  gtk_widget_class_set_css_name (widget_class, "progress-ring");
}

static void
wb_progress_ring_init (WbProgressRing *self)
{
}

GtkWidget *
wb_progress_ring_new (void)
{
  return g_object_new (WB_TYPE_PROGRESS_RING, "valign", GTK_ALIGN_CENTER, "halign",
                       GTK_ALIGN_CENTER, NULL);
}

void
wb_progress_ring_set (WbProgressRing *self, double fraction, gboolean paused)
{
  g_return_if_fail (WB_IS_PROGRESS_RING (self));

  fraction = isfinite (fraction) ? CLAMP (fraction, 0, 1) : 0;
  if (self->fraction == fraction && self->paused == paused)
    return;
  self->fraction = fraction;
  self->paused = paused;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
