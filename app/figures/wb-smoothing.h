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

/**
 * WbSmoothing:
 * @WB_SMOOTHING_NONE: none
 * @WB_SMOOTHING_EXPONENTIAL: WbSmoother with a weight from 0 to below 1
 * @WB_SMOOTHING_MEAN: wb_smoothing_mean() with a number of points
 */
typedef enum
{
  WB_SMOOTHING_NONE,
  WB_SMOOTHING_EXPONENTIAL,
  WB_SMOOTHING_MEAN,
} WbSmoothingKind;

typedef struct
{
  WbSmoothingKind kind;
  double          amount; /* the weight, or the number of points */
} WbSmoothing;

/**
 * wb_smoothing_mean:
 * @y: (n) values; not @out
 * @points: how many make up a mean, the point itself in their middle; even: one more
 * @from: the first one to compute
 * @out: (n) means from @from on, NaN where @y is not finite; before @from left as it is
 *
 * A centred mean: unlike an exponential one it does not lag behind.  Towards both ends it takes
 * fewer points, as many on one side as on the other, so that a straight line stays one.  Points
 * that are not finite are passed over.
 *
 * Sums only what lies in a window, so that one huge value does not spoil what comes after it.
 * O(n - from + points).
 */
void wb_smoothing_mean (const double *y, gsize n, guint points, gsize from, double *out);

G_END_DECLS
