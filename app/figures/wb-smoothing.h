#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WbSmoother:
 *
 * A debiased exponential mean, point by point:
 * m <- weight m + (1 - weight) y, answer m / (1 - weight^k) after k points
 * (Kingma and Ba, "Adam", 2015, section 3: the correction of a mean that starts at 0).
 * The first answer is therefore the first point itself.  NaN and infinite points are passed over.
 */
typedef struct
{
  double weight; /* 0: no smoothing; below 1 */
  double mean, rest;
} WbSmoother;

/* Any thread, like everything in this folder. */
void   wb_smoother_init (WbSmoother *self, double weight);
double wb_smoother_next (WbSmoother *self, double y); /* NaN for a point that is passed over */

/**
 * wb_smoothing_exponential:
 * @y: (n) values; may be @out
 * @out: (n) smoothed values, NaN where @y is not finite
 *
 * Smooths all points, so that the curve is the same at every zoom and width.
 */
void wb_smoothing_exponential (const double *y, gsize n, double weight, double *out);

G_END_DECLS
