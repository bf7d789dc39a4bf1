#pragma once

#include "app/figures/wb-pyramid.h"

G_BEGIN_DECLS

/**
 * WbSamples:
 * @x: (n) ascending
 * @y: (n) values; anything not finite is a gap
 * @pyramid: (nullable): of @y
 * @positive: whether y of 0 and below is a gap too, and lines are straight in log y
 */
typedef struct
{
  const double    *x, *y;
  gsize            n;
  const WbPyramid *pyramid;
  gboolean         positive;
} WbSamples;

/**
 * WbColumn:
 * @low, @high: what the line covers inside this column of pixels: its points, and where it crosses
 * the edges
 * @filled: whether it is here at all
 * @joined: whether it comes in through the left edge
 */
typedef struct
{
  double   low, high;
  gboolean filled, joined;
} WbColumn;

/**
 * wb_thinning_bounds:
 * @x: (n) ascending
 *
 * Finds the points with x_from <= x <= x_to: first to end - 1.
 */
void
wb_thinning_bounds (const double *x, gsize n, double x_from, double x_to, gsize *first, gsize *end);

/**
 * wb_thinning_columns:
 * @edges: (columns + 1) ascending: column c holds edges[c] <= x < edges[c + 1], the last one its
 * right edge too
 * @out: (columns) result
 *
 * Keeps the extremes of every column of pixels, so that no spike is lost however many points there
 * are.  With a pyramid O(columns log n), without O(n in view + columns).
 */
void
wb_thinning_columns (const WbSamples *samples, const double *edges, guint columns, WbColumn *out);

G_END_DECLS
