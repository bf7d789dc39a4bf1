#pragma once

#include "app/figures/wb-pyramid.h"

G_BEGIN_DECLS

/**
 * WbSamples:
 * @x: (n) ascending
 * @y: (n) values; anything not finite is a gap
 * @pyramid: (nullable): of @y
 * @positive: whether y of 0 and below is a gap too, and lines are straight in log y
 * @starts: (nullable): of wb_thinning_starts() for the same x and edges, where several y share them
 */
typedef struct
{
  const double    *x, *y;
  gsize            n;
  const WbPyramid *pyramid;
  gboolean         positive;
  const gsize     *starts;
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
 * wb_thinning_starts:
 * @edges: (columns + 1) ascending, as in wb_thinning_columns()
 * @starts: (columns + 1) result: column c holds the points starts[c] to starts[c + 1] - 1
 *
 * O(columns) where points lie about evenly, O(columns log n) where not.
 */
void
wb_thinning_starts (const double *x, gsize n, const double *edges, guint columns, gsize *starts);

/**
 * wb_thinning_columns:
 * @edges: (columns + 1) ascending: column c holds edges[c] <= x < edges[c + 1], the last one its
 * right edge too
 * @out: (columns) result
 *
 * Keeps the extremes of every column of pixels, so that no spike is lost however many points there
 * are.  With a pyramid O(columns log n), without O(n in view + columns).  In columns of many points
 * with a pyramid an extreme may appear up to a sixteenth of a column beside its place.
 */
void
wb_thinning_columns (const WbSamples *samples, const double *edges, guint columns, WbColumn *out);

G_END_DECLS
