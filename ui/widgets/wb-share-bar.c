#include "config.h"

#include "ui/widgets/wb-share-bar.h"

#include "app/figures/wb-palette.h"

#include <adwaita.h>
#include <math.h>

#define HEIGHT 10
#define ROUND 5

struct _WbShareBar
{
  GtkWidget parent_instance;

  double parts[WB_PALETTE_SERIES];
  guint  n;
  double whole;
  int    key; /* -1: a bar */
};

G_DEFINE_FINAL_TYPE (WbShareBar, wb_share_bar, GTK_TYPE_WIDGET)

static GdkRGBA
color_of (guint index)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  const gboolean   dark = adw_style_manager_get_dark (style);
  const WbColor    color = wb_palette_series (adw_style_manager_get_high_contrast (style)
                                                  ? wb_palette_get_contrast (dark)
                                                  : wb_palette_get (dark),
                                           index);

  return (GdkRGBA){ (float) color.red, (float) color.green, (float) color.blue,
                    (float) color.alpha };
}

static void
draw_parts (WbShareBar *self, GtkSnapshot *snapshot, float width, float height)
{
  const gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  float          x = 0;

  for (guint i = 0; i < self->n; i++)
    {
      const float   w = (float) (self->parts[i] / self->whole) * width;
      const GdkRGBA color = color_of (i);

      gtk_snapshot_append_color (
          snapshot, &color,
          &GRAPHENE_RECT_INIT (rtl ? width - x - w : x, 0, MAX (w - 1, 0.5f), height));
      x += w;
    }
}

static void
wb_share_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WbShareBar    *self = WB_SHARE_BAR (widget);
  const float    width = (float) gtk_widget_get_width (widget);
  const float    height = (float) gtk_widget_get_height (widget);
  GdkRGBA        ground;
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (0, 0, width, height),
                                   self->key < 0 ? ROUND : 3);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ground);
  ground.alpha *= 0.12f;
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  if (self->key >= 0)
    ground = color_of ((guint) self->key);
  gtk_snapshot_append_color (snapshot, &ground, &outline.bounds);
  if (self->key < 0 && self->whole > 0)
    draw_parts (self, snapshot, width, height);
  gtk_snapshot_pop (snapshot);
}

static void
wb_share_bar_measure (GtkWidget     *widget,
                      GtkOrientation orientation,
                      int            for_size,
                      int           *minimum,
                      int           *natural,
                      int           *minimum_baseline,
                      int           *natural_baseline)
{
  const gboolean is_bar = WB_SHARE_BAR (widget)->key < 0;

  *minimum = *natural = is_bar && orientation == GTK_ORIENTATION_HORIZONTAL ? 40 : HEIGHT;
  *minimum_baseline = *natural_baseline = -1;
}

static void
wb_share_bar_class_init (WbShareBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = wb_share_bar_snapshot;
  widget_class->measure = wb_share_bar_measure;
  gtk_widget_class_set_css_name (widget_class, "sharebar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
wb_share_bar_init (WbShareBar *self)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  self->key = -1;
  g_signal_connect_object (style, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::high-contrast", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
wb_share_bar_new (void)
{
  return g_object_new (WB_TYPE_SHARE_BAR, NULL);
}

GtkWidget *
wb_share_bar_new_key (guint index)
{
  WbShareBar *self = g_object_new (WB_TYPE_SHARE_BAR, "valign", GTK_ALIGN_CENTER, NULL);

  self->key = (int) index;
  /* the name beside it says everything */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
  return GTK_WIDGET (self);
}

void
wb_share_bar_set (WbShareBar *self, const double *parts, guint n, double whole, const char *text)
{
  double sum = 0;

  g_return_if_fail (WB_IS_SHARE_BAR (self) && n <= WB_PALETTE_SERIES);

  for (guint i = 0; i < n; i++)
    {
      self->parts[i] = isfinite (parts[i]) ? MAX (parts[i], 0) : 0;
      sum += self->parts[i];
    }
  self->n = n;
  self->whole = MAX (whole, sum);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
