#include "config.h"

#include "ui/widgets/wb-length-histogram.h"

#include "app/figures/wb-palette.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#define BINS 36
#define HEIGHT 64
#define GAP 1.0

struct _WbLengthHistogram
{
  GtkWidget parent_instance;

  WbRunLengths *lengths;
  guint32       max_length;
  guint32       width; /* tokens of a bar */
  guint         counts[BINS];
};

G_DEFINE_FINAL_TYPE (WbLengthHistogram, wb_length_histogram, GTK_TYPE_WIDGET)

static void
set_color (cairo_t *cr, WbColor color)
{
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha);
}

static const WbPalette *
palette_now (void)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  const gboolean   dark = adw_style_manager_get_dark (style);

  return adw_style_manager_get_high_contrast (style) ? wb_palette_get_contrast (dark)
                                                     : wb_palette_get (dark);
}

static void
draw_bars (WbLengthHistogram *self, cairo_t *cr, double width, double height)
{
  const WbPalette *palette = palette_now ();
  const double     step = width / BINS;
  guint            most = 1;

  for (guint i = 0; i < BINS; i++)
    most = MAX (most, self->counts[i]);
  for (guint i = 0; i < BINS; i++)
    {
      const gboolean cut = i * self->width >= self->max_length;
      const double   h = (double) self->counts[i] / most * (height - 4);

      if (self->counts[i] == 0)
        continue;
      set_color (cr, wb_palette_series (palette, cut ? 1 : 0));
      cairo_rectangle (cr, i * step, height - MAX (h, 1), MAX (step - GAP, 1), MAX (h, 1));
      cairo_fill (cr);
    }
  set_color (cr, palette->dim);
  cairo_rectangle (cr, 0, height - 1, width, 1);
  cairo_fill (cr);
}

static void
draw_limit (WbLengthHistogram *self, cairo_t *cr, double width, double height)
{
  const double x = (double) self->max_length / (BINS * (double) self->width) * width;

  if (x > width)
    return;
  set_color (cr, palette_now ()->text);
  cairo_rectangle (cr, MIN (floor (x), width - 1), 0, 1, height);
  cairo_fill (cr);
}

static void
wb_length_histogram_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WbLengthHistogram *self = WB_LENGTH_HISTOGRAM (widget);
  const int          width = gtk_widget_get_width (widget);
  const int          height = gtk_widget_get_height (widget);
  cairo_t           *cr;

  if (self->lengths == NULL)
    return;
  cr = gtk_snapshot_append_cairo (snapshot,
                                  &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    {
      cairo_translate (cr, width, 0);
      cairo_scale (cr, -1, 1);
    }
  draw_bars (self, cr, width, height);
  draw_limit (self, cr, width, height);
  cairo_destroy (cr);
}

static void
wb_length_histogram_measure (GtkWidget     *widget,
                             GtkOrientation orientation,
                             int            for_size,
                             int           *minimum,
                             int           *natural,
                             int           *minimum_baseline,
                             int           *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? BINS * 2 : HEIGHT;
  *minimum_baseline = *natural_baseline = -1;
}

static void
wb_length_histogram_finalize (GObject *object)
{
  g_clear_pointer (&WB_LENGTH_HISTOGRAM (object)->lengths, wb_run_lengths_unref);
  G_OBJECT_CLASS (wb_length_histogram_parent_class)->finalize (object);
}

static void
wb_length_histogram_class_init (WbLengthHistogramClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wb_length_histogram_finalize;
  widget_class->snapshot = wb_length_histogram_snapshot;
  widget_class->measure = wb_length_histogram_measure;
  gtk_widget_class_set_css_name (widget_class, "lengths");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
wb_length_histogram_init (WbLengthHistogram *self)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  self->width = 1;
  g_signal_connect_object (style, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::high-contrast", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
wb_length_histogram_new (void)
{
  return g_object_new (WB_TYPE_LENGTH_HISTOGRAM, NULL);
}

char *
wb_length_histogram_describe (const WbRunLengths *lengths, guint32 max_length)
{
  const double     mean = wb_run_lengths_get_mean (lengths, G_MAXUINT32);
  const double     cut = 100 * wb_run_lengths_get_cut (lengths, max_length);
  g_autofree char *both = g_strdup_printf (_ ("%.0f tokens on average, %u at most"), mean,
                                           (guint) wb_run_lengths_get_longest (lengths));

  if (!(cut > 0))
    /* Translators: the first %s says how long texts are */
    return g_strdup_printf (_ ("%s; none is cut at %u"), both, (guint) max_length);
  if (cut < 0.1)
    return g_strdup_printf (_ ("%s; under 0.1 %% of the texts are cut at %u"), both,
                            (guint) max_length);
  return g_strdup_printf (_ ("%s; %.*f %% of the texts are cut at %u"), both, cut < 10 ? 1 : 0, cut,
                          (guint) max_length);
}

void
wb_length_histogram_set (WbLengthHistogram *self, WbRunLengths *lengths, guint32 max_length)
{
  g_autofree char *text = NULL;
  guint32          range;

  g_return_if_fail (WB_IS_LENGTH_HISTOGRAM (self));

  if (lengths != NULL)
    wb_run_lengths_ref (lengths);
  g_clear_pointer (&self->lengths, wb_run_lengths_unref);
  self->lengths = lengths;
  self->max_length = max_length;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (lengths == NULL)
    return;
  /* a few very long texts do not press all others together; a limit that is near is in sight */
  range = wb_run_lengths_get_quantile (lengths, 0.995);
  if (max_length > range && max_length / 2 < range)
    range = max_length + max_length / 16;
  self->width = MAX ((range + BINS - 1) / BINS, 1);
  wb_run_lengths_count (lengths, self->width, BINS, self->counts);
  text = wb_length_histogram_describe (lengths, max_length);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}
