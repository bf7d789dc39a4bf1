#pragma once

#include "app/figures/wb-palette.h"

#include <cairo.h>

G_BEGIN_DECLS

/**
 * wb_sparkline_draw:
 * @y: (n) values at equal distances; anything not finite is a gap
 * @width, @height: of the area, from the current origin
 *
 * A line without axes that says at a glance how something went: full range of the values, a dot at
 * the last one.
 */
void wb_sparkline_draw (cairo_t      *cr,
                        const double *y,
                        gsize         n,
                        double        width,
                        double        height,
                        WbColor       color);

G_END_DECLS
