#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbColumn:
 * @low: smallest value of the points that fall into this column of pixels
 * @high: largest value
 * @last: value of the last point
 * @filled: whether any finite point falls here
 * @joined: whether the line goes on from the nearest filled column on the left, that is, no gap
 * (NaN) lies between
 */
typedef struct
{
  double   low, high, last;
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
 * @x: (n) ascending
 * @y: (n) values; anything not finite is a gap
 * @out: (columns) result, left to right from @x_from to @x_to
 *
 * Keeps the extremes of every column of pixels, so that no spike is lost however many points there
 * are.  O(n in view + columns).
 */
void wb_thinning_columns (const double *x,
                          const double *y,
                          gsize         n,
                          double        x_from,
                          double        x_to,
                          guint         columns,
                          WbColumn     *out);

G_END_DECLS
