#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WB_PALETTE_SERIES 7

/**
 * WbColor:
 *
 * Red, green, blue and opacity, each 0 to 1, not premultiplied.
 */
typedef struct
{
  double red, green, blue, alpha;
} WbColor;

/**
 * WbPalette:
 * @ground: behind the chart; drawn around marks so that they stand out
 * @text: titles and values
 * @dim: tick labels, axis line
 * @grid: lines behind the data
 * @series: told apart by readers with any common colour blindness (Okabe and Ito, "Color Universal
 *   Design", 2008, in an order that keeps neighbours far apart)
 *
 * Everything a chart needs to know about the look around it.  Static; never freed.
 */
typedef struct
{
  WbColor ground, text, dim, grid;
  WbColor series[WB_PALETTE_SERIES];
} WbPalette;

/* Any thread. */
const WbPalette *wb_palette_get (gboolean dark);
/* For readers who asked for high contrast: 7 to 1 or more for every text and series. */
const WbPalette *wb_palette_get_contrast (gboolean dark);
WbColor          wb_palette_series (const WbPalette *self, guint index);

G_END_DECLS
