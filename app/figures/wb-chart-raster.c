/* Lines of columns straight into the pixels of a picture: what a stroke would look like, at a
 * fraction of its cost. */
#include "config.h"

#include "app/figures/wb-chart-private.h"

#include <math.h>

typedef struct
{
  guint32 *pixels;
  int      stride; /* pixels of a row */
  int      left, right, top, bottom;
  guint32  red, green, blue, alpha; /* 0 to 255, not premultiplied */
} Canvas;

typedef struct
{
  double   top, bottom; /* in pixels */
  gboolean filled, joined;
} Column;

/* Where the chart's own coordinates are in the pixels of a picture that nothing else turns or
 * stretches; FALSE for anything that is not pixels. */
static gboolean
find_pixels (const WbChart *self, cairo_t *cr, Canvas *out, double *dx, double *dy)
{
  cairo_surface_t *surface = cairo_get_group_target (cr);
  const double     reach = self->n_outside > 0 ? 0 : WB_CHART_REACH;
  cairo_matrix_t   matrix;
  double           sx, sy, ox, oy;
  int              width, height;

  if (cairo_surface_get_type (surface) != CAIRO_SURFACE_TYPE_IMAGE ||
      cairo_image_surface_get_format (surface) != CAIRO_FORMAT_ARGB32)
    return FALSE;
  cairo_get_matrix (cr, &matrix);
  cairo_surface_get_device_scale (surface, &sx, &sy);
  cairo_surface_get_device_offset (surface, &ox, &oy);
  if (matrix.xx != 1 || matrix.yy != 1 || matrix.xy != 0 || matrix.yx != 0 || sx != self->pixels ||
      sy != self->pixels)
    return FALSE;
  *dx = matrix.x0 * sx + ox;
  *dy = matrix.y0 * sy + oy;
  width = cairo_image_surface_get_width (surface);
  height = cairo_image_surface_get_height (surface);
  out->pixels = (guint32 *) (void *) cairo_image_surface_get_data (surface);
  out->stride = cairo_image_surface_get_stride (surface) / 4;
  out->left = MAX (0, (int) floor ((self->left - WB_CHART_REACH) * sx + *dx));
  out->right = MIN (width, (int) ceil ((self->left + self->width + WB_CHART_REACH) * sx + *dx));
  out->top = MAX (0, (int) floor ((self->top - reach) * sx + *dy));
  out->bottom = MIN (height, (int) ceil ((self->top + self->height + reach) * sx + *dy));
  return out->pixels != NULL;
}

static inline guint32
part (guint32 value, guint32 share) /* value * share / 255, rounded */
{
  const guint32 product = value * share + 128;

  return (product + (product >> 8)) >> 8;
}

/* The colour over what is there, both with premultiplied opacity. */
static inline void
blend (const Canvas *canvas, guint32 *pixel, double cover)
{
  const guint32 alpha = part (canvas->alpha, (guint32) (cover * 255 + 0.5)), rest = 255 - alpha;
  const guint32 under = *pixel;

  *pixel = (alpha + part (under >> 24, rest)) << 24 |
           (part (canvas->red, alpha) + part (under >> 16 & 0xff, rest)) << 16 |
           (part (canvas->green, alpha) + part (under >> 8 & 0xff, rest)) << 8 |
           (part (canvas->blue, alpha) + part (under & 0xff, rest));
}

/* Covers column @x from @top to @bottom, with edges that fade over @soft pixels. */
static void
fill_span (const Canvas *canvas, int x, double top, double bottom, double soft)
{
  const double middle = (top + bottom) / 2, half = (bottom - top) / 2, slope = 1 / MAX (soft, 1);
  const double reach = half + MAX (soft, 1) / 2;
  int          from, to;

  if (x < canvas->left || x >= canvas->right || !(bottom >= top))
    return;
  from = (int) CLAMP (floor (middle - reach), canvas->top, canvas->bottom);
  to = (int) CLAMP (ceil (middle + reach), canvas->top, canvas->bottom);
  for (int y = from; y < to; y++)
    {
      const double cover = (half - fabs (y + 0.5 - middle)) * slope + 0.5;

      if (cover > 0)
        blend (canvas, &canvas->pixels[y * canvas->stride + x], MIN (cover, 1));
    }
}

/* A stroke of @width along the middles of the columns: as high as its slope makes it, and faded
 * along that slope. */
static void
fill_quiet (const Canvas *canvas,
            const Column *columns,
            int           n,
            int           x,
            double        width,
            const double *dash)
{
  double way = 0;

  for (int c = 0; c < n; c++)
    {
      const Column  *at = &columns[c];
      const gboolean left = c > 0 && at->joined && columns[c - 1].filled;
      const gboolean right = c + 1 < n && columns[c + 1].filled && columns[c + 1].joined;
      const double   y = (at->top + at->bottom) / 2;
      double         from, to, steep, half;

      if (!at->filled)
        continue;
      from = left ? (y + (columns[c - 1].top + columns[c - 1].bottom) / 2) / 2 : y;
      to = right ? (y + (columns[c + 1].top + columns[c + 1].bottom) / 2) / 2 : y;
      steep = fabs (to - from);
      half = width * sqrt (1 + steep * steep) / 2;
      if (!left)
        way = 0;
      if (dash[0] <= 0 || fmod (way, dash[0] + dash[1]) < dash[0])
        fill_span (canvas, x + c, MIN (MIN (from, to), y) - half + steep / 2,
                   MAX (MAX (from, to), y) + half - steep / 2, steep);
      way += sqrt (1 + steep * steep);
    }
}

/* Everything between the extremes; a wide line takes in its neighbour, so that it is wide also
 * where it goes straight up. */
static void
fill_noisy (const Canvas *canvas, const Column *columns, int n, int x, double width)
{
  for (int c = 0; c < n; c++)
    {
      const Column *at = &columns[c];
      double        top = at->top, bottom = at->bottom;

      if (!at->filled)
        continue;
      if (width >= 2 && c + 1 < n && columns[c + 1].filled && columns[c + 1].joined)
        {
          top = MIN (top, columns[c + 1].top);
          bottom = MAX (bottom, columns[c + 1].bottom);
        }
      fill_span (canvas, x + c, top - width / 2, bottom + width / 2, 1);
    }
}

gboolean
wb_chart_raster (const WbChart *self, cairo_t *cr, const WbChartStroke *stroke)
{
  g_autofree Column *columns = NULL;
  Canvas             canvas;
  double             dx, dy;
  const WbColor      color = stroke->color;

  if (!find_pixels (self, cr, &canvas, &dx, &dy))
    return FALSE;
  canvas.red = (guint32) (color.red * 255 + 0.5);
  canvas.green = (guint32) (color.green * 255 + 0.5);
  canvas.blue = (guint32) (color.blue * 255 + 0.5);
  canvas.alpha = (guint32) (color.alpha * stroke->opacity * 255 + 0.5);
  columns = g_new0 (Column, stroke->n_columns);
  for (guint c = 0; c < stroke->n_columns; c++)
    if (stroke->columns[c].filled)
      columns[c] = (Column){
        wb_chart_y (self, stroke->columns[c].high) * self->pixels + dy,
        wb_chart_y (self, stroke->columns[c].low) * self->pixels + dy,
        TRUE,
        stroke->columns[c].joined,
      };
  cairo_surface_flush (cairo_get_group_target (cr));
  if (stroke->quiet)
    fill_quiet (&canvas, columns, (int) stroke->n_columns, (int) (self->left * self->pixels + dx),
                stroke->width * self->pixels,
                (double[]){ stroke->dash[0] * self->pixels, stroke->dash[1] * self->pixels });
  else
    fill_noisy (&canvas, columns, (int) stroke->n_columns, (int) (self->left * self->pixels + dx),
                stroke->width * self->pixels);
  cairo_surface_mark_dirty (cairo_get_group_target (cr));
  return TRUE;
}
