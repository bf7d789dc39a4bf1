#include "config.h"

#include "app/figures/wb-sparkline.h"

#include "app/figures/wb-chart-private.h"

#include <math.h>

#define MARGIN 2.5 /* half the line and the dot stay inside */

static gboolean
range (const double *y, gsize n, double *low, double *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (gsize i = 0; i < n; i++)
    if (isfinite (y[i]))
      {
        *low = MIN (*low, y[i]);
        *high = MAX (*high, y[i]);
      }
  return *low <= *high;
}

void
wb_sparkline_draw (cairo_t      *cr,
                   const double *y,
                   gsize         n,
                   double        width,
                   double        height,
                   WbColor       color)
{
  double   low, high, px = 0, py = 0;
  gboolean down = FALSE;

  if (!range (y, n, &low, &high))
    return;
  wb_chart_set_color (cr, color, 1);
  cairo_set_line_width (cr, 1.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  for (gsize i = 0; i < n; i++)
    {
      if (!isfinite (y[i]))
        {
          down = FALSE;
          continue;
        }
      px = n > 1 ? MARGIN + (width - 2 * MARGIN) * (double) i / (double) (n - 1) : width / 2;
      py = high > low ? MARGIN + (height - 2 * MARGIN) * (high - y[i]) / (high - low) : height / 2;
      if (down)
        cairo_line_to (cr, px, py);
      else
        cairo_move_to (cr, px, py);
      down = TRUE;
    }
  cairo_stroke (cr);
  wb_chart_draw_marker (cr, 0, px, py, 2);
  cairo_fill (cr);
}
