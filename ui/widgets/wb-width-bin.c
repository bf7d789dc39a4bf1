#include "config.h"

#include "ui/widgets/wb-width-bin.h"

#define NARROW 600
#define MEDIUM 960
#define WIDE 1100
#define TIGHT 300
#define MINIMUM 320

struct _WbWidthBin
{
  GtkWidget parent_instance;

  GtkWidget *child;
  WbWidth    width;
  WbWidth    wanted;
  gboolean   tight, wants_tight;
  guint      notify_id;
  int        narrow_below;
};

enum
{
  PROP_CHILD = 1,
  PROP_WIDTH,
  PROP_NARROW_BELOW,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WbWidthBin,
                               wb_width_bin,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, buildable_init))

static GtkBuildableIface *parent_buildable;

static void
set_child (WbWidthBin *self, GtkWidget *child)
{
  g_clear_pointer (&self->child, gtk_widget_unparent);
  self->child = child;
  if (child != NULL)
    gtk_widget_set_parent (child, GTK_WIDGET (self));
}

static void
add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  if (GTK_IS_WIDGET (child))
    set_child (WB_WIDTH_BIN (buildable), GTK_WIDGET (child));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = add_child;
}

static gboolean
notify_cb (gpointer data)
{
  WbWidthBin *self = data;

  self->notify_id = 0;
  if (self->width != self->wanted || self->tight != self->wants_tight)
    {
      self->width = self->wanted;
      self->tight = self->wants_tight;
      if (self->width == WB_WIDTH_NARROW)
        gtk_widget_add_css_class (GTK_WIDGET (self), "narrow");
      else
        gtk_widget_remove_css_class (GTK_WIDGET (self), "narrow");
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WIDTH]);
    }
  return G_SOURCE_REMOVE;
}

double
wb_text_scale (GtkWidget *widget)
{
  int dpi;

  g_object_get (gtk_widget_get_settings (widget), "gtk-xft-dpi", &dpi, NULL);
  return dpi > 0 ? MAX (dpi / (96 * 1024.0), 0.5) : 1;
}

/* Large text folds a page as a narrow window does. */
static void
wb_width_bin_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WbWidthBin  *self = WB_WIDTH_BIN (widget);
  const double room = width / wb_text_scale (widget);

  self->wanted = room < self->narrow_below ? WB_WIDTH_NARROW
                 : room < MEDIUM           ? WB_WIDTH_MEDIUM
                 : room < WIDE             ? WB_WIDTH_WIDE
                                           : WB_WIDTH_FULL;
  self->wants_tight = room < TIGHT;
  /* Layout is under way: what depends on the width changes right after it, before the picture. */
  if ((self->wanted != self->width || self->wants_tight != self->tight) && self->notify_id == 0)
    self->notify_id = g_idle_add_full (G_PRIORITY_HIGH, notify_cb, self, NULL);
  if (self->child != NULL)
    {
      int minimum;

      gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      gtk_widget_allocate (self->child, MAX (width, minimum), height, baseline, NULL);
    }
}

static void
wb_width_bin_measure (GtkWidget     *widget,
                      GtkOrientation orientation,
                      int            for_size,
                      int           *minimum,
                      int           *natural,
                      int           *minimum_baseline,
                      int           *natural_baseline)
{
  WbWidthBin *self = WB_WIDTH_BIN (widget);
  int         child_minimum = 0;

  *minimum = *natural = 0;
  if (self->child == NULL)
    return;
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0)
    {
      gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, NULL, NULL,
                          NULL);
      for_size = MAX (for_size, child_minimum);
    }
  gtk_widget_measure (self->child, orientation, for_size, minimum, natural, minimum_baseline,
                      natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, MINIMUM);
}

static void
wb_width_bin_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_CHILD)
    g_value_set_object (value, WB_WIDTH_BIN (object)->child);
  else if (prop_id == PROP_NARROW_BELOW)
    g_value_set_int (value, WB_WIDTH_BIN (object)->narrow_below);
  else
    g_value_set_uint (value, WB_WIDTH_BIN (object)->width);
}

static void
wb_width_bin_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_CHILD)
    set_child (WB_WIDTH_BIN (object), g_value_get_object (value));
  else
    WB_WIDTH_BIN (object)->narrow_below = g_value_get_int (value);
}

static void
wb_width_bin_dispose (GObject *object)
{
  WbWidthBin *self = WB_WIDTH_BIN (object);

  g_clear_handle_id (&self->notify_id, g_source_remove);
  set_child (self, NULL);
  G_OBJECT_CLASS (wb_width_bin_parent_class)->dispose (object);
}

static void
wb_width_bin_class_init (WbWidthBinClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = wb_width_bin_get_property;
  object_class->set_property = wb_width_bin_set_property;
  object_class->dispose = wb_width_bin_dispose;
  widget_class->size_allocate = wb_width_bin_size_allocate;
  widget_class->measure = wb_width_bin_measure;
  props[PROP_CHILD] = g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET,
                                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_WIDTH] = g_param_spec_uint ("width", NULL, NULL, 0, WB_WIDTH_FULL, WB_WIDTH_FULL,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_NARROW_BELOW] = g_param_spec_int ("narrow-below", NULL, NULL, 0, G_MAXINT, NARROW,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
wb_width_bin_init (WbWidthBin *self)
{
  self->width = self->wanted = WB_WIDTH_FULL;
  self->narrow_below = NARROW;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

WbWidth
wb_width_bin_get_width (WbWidthBin *self)
{
  return self->width;
}

gboolean
wb_width_bin_is_tight (WbWidthBin *self)
{
  return self->tight;
}
