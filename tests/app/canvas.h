/* A small picture that charts are drawn on, and what its pixels are. */
#pragma once

#include "app/figures/wb-chart.h"

#include <math.h>
#include <string.h>

typedef struct
{
  cairo_surface_t      *surface;
  cairo_t              *cr;
  PangoContext         *context;
  PangoFontDescription *font;
} Canvas;

static inline void
canvas_set_up (Canvas *canvas, gconstpointer data)
{
  canvas->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 300, 200);
  canvas->cr = cairo_create (canvas->surface);
  canvas->context = pango_cairo_create_context (canvas->cr);
  canvas->font = pango_font_description_from_string ("Sans 9");
}

static inline void
canvas_tear_down (Canvas *canvas, gconstpointer data)
{
  pango_font_description_free (canvas->font);
  g_object_unref (canvas->context);
  cairo_destroy (canvas->cr);
  cairo_surface_destroy (canvas->surface);
}

/* Is a pixel within @reach of (x, y) of this colour (8 bits per channel, within 8)? */
static inline gboolean
has_color (Canvas *canvas, double x, double y, int reach, WbColor color)
{
  const int            stride = cairo_image_surface_get_stride (canvas->surface);
  const unsigned char *data = cairo_image_surface_get_data (canvas->surface);

  cairo_surface_flush (canvas->surface);
  for (int j = (int) y - reach; j <= (int) y + reach; j++)
    for (int i = (int) x - reach; i <= (int) x + reach; i++)
      {
        guint32 pixel;

        if (i < 0 || j < 0 || i >= 300 || j >= 200)
          continue;
        memcpy (&pixel, data + j * stride + i * 4, 4);
        if (pixel >> 24 == 0xff && fabs ((pixel >> 16 & 0xff) - color.red * 255) < 8 &&
            fabs ((pixel >> 8 & 0xff) - color.green * 255) < 8 &&
            fabs ((pixel & 0xff) - color.blue * 255) < 8)
          return TRUE;
      }
  return FALSE;
}
