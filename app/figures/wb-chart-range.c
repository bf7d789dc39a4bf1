/* Which part of x and y a chart shows. */
#include "config.h"

#include "app/figures/wb-chart-private.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#define MOST_SAMPLES 2048
#define FEWEST_SAMPLES 20 /* of fewer none is an outlier */
#define TAIL 0.02
#define FAR 2   /* distances between the tails, beyond one of them */
#define WORTH 4 /* times as large without outliers, or they are shown */

/* The smallest x above 0 of all that is visible; infinite without any. */
static double
first_positive (const WbChart *self)
{
  double low = INFINITY;

  for (gsize s = 0; s < self->n_series; s++)
    {
      const WbChartSeries *series = &self->series[s];
      gsize                first, end;

      if (series->hidden)
        continue;
      wb_thinning_bounds (series->x, series->n, DBL_MIN, INFINITY, &first, &end);
      if (first < series->n)
        low = MIN (low, series->x[first]);
    }
  return low;
}

void
wb_chart_find_x_range (const WbChart *self, double *low, double *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (gsize s = 0; s < self->n_series; s++)
    if (self->series[s].n > 0 && !self->series[s].hidden)
      {
        *low = MIN (*low, self->series[s].x[0]);
        *high = MAX (*high, self->series[s].x[self->series[s].n - 1]);
      }
  if (!isnan (self->x_low))
    *low = self->x_low;
  if (!isnan (self->x_high))
    *high = self->x_high;
  if (self->log_x && *low <= 0 && first_positive (self) < *high)
    *low = first_positive (self);
}

typedef struct
{
  double low, high;
} Range;

static const Range nowhere = { INFINITY, -INFINITY };

static gboolean
has_place (const WbChart *self, double y)
{
  return isfinite (y) && (!self->log_y || y > 0);
}

static void
add_range (Range *self, double low, double high)
{
  self->low = MIN (self->low, low);
  self->high = MAX (self->high, high);
}

/* Bands and reference lines are never outliers. */
static Range
extras_range (const WbChart *self, double x_low, double x_high)
{
  Range out = nowhere;

  for (gsize i = 0; i < self->n_references; i++)
    if (has_place (self, self->references[i].y))
      add_range (&out, self->references[i].y, self->references[i].y);
  for (gsize s = 0; s < self->n_series; s++)
    {
      const WbChartSeries *series = &self->series[s];
      WbExtremes           low, high;
      gsize                first, end;

      if (series->hidden || series->band_low == NULL)
        continue;
      wb_thinning_bounds (series->x, series->n, x_low, x_high, &first, &end);
      low = wb_pyramid_extremes (NULL, series->band_low, first, end);
      high = wb_pyramid_extremes (NULL, series->band_high, first, end);
      if (low.low <= high.high)
        add_range (&out, self->log_y ? low.positive : low.low, high.high);
    }
  return out;
}

static Range
full_range (const WbChart *self, double x_low, double x_high)
{
  Range out = nowhere;

  for (gsize s = 0; s < self->n_series; s++)
    {
      const WbChartSeries *series = &self->series[s];
      WbExtremes           found;
      gsize                first, end;

      if (series->hidden)
        continue;
      wb_thinning_bounds (series->x, series->n, x_low, x_high, &first, &end);
      found = wb_pyramid_extremes (series->y_pyramid, series->y, first, end);
      add_range (&out, self->log_y ? found.positive : found.low, found.high);
    }
  return out;
}

static int
compare (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Values in view, spread evenly over every series; logarithms on a logarithmic axis. */
static guint
sample (const WbChart *self, double x_low, double x_high, double *out)
{
  const gsize share = MOST_SAMPLES / MAX (self->n_series, 1);
  guint       n = 0;

  for (gsize s = 0; s < self->n_series && share > 0; s++)
    {
      const WbChartSeries *series = &self->series[s];
      gsize                first, end, stride;

      if (series->hidden)
        continue;
      wb_thinning_bounds (series->x, series->n, x_low, x_high, &first, &end);
      stride = (end - first + share - 1) / share;
      for (gsize i = first; i < end; i += MAX (stride, 1))
        if (has_place (self, series->y[i]))
          out[n++] = self->log_y ? log (series->y[i]) : series->y[i];
    }
  qsort (out, n, sizeof *out, compare);
  return n;
}

/* Beyond which values nothing has to be visible; FALSE where all has. */
static gboolean
find_limits (const WbChart *self, double x_low, double x_high, double *low, double *high)
{
  g_autofree double *values = g_new (double, MOST_SAMPLES);
  const guint        n = sample (self, x_low, x_high, values);
  double             from, to;

  if (n < FEWEST_SAMPLES)
    return FALSE;
  from = values[(guint) (TAIL * (n - 1))];
  to = values[(guint) ceil ((1 - TAIL) * (n - 1))];
  *low = from - FAR * (to - from);
  *high = to + FAR * (to - from);
  if (self->log_y)
    {
      *low = exp (*low);
      *high = exp (*high);
    }
  return to > from && isfinite (*high - *low);
}

/* How far apart two values are on the axis. */
static double
distance (const WbChart *self, double low, double high)
{
  return self->log_y ? log (high / low) : high - low;
}

static void
leave_outliers (WbChart *self, double x_low, double x_high, Range *range)
{
  Range  rest = nowhere;
  gsize  total = 0;
  double low, high;

  if (!find_limits (self, x_low, x_high, &low, &high) || (range->low >= low && range->high <= high))
    return;
  for (gsize s = 0; s < self->n_series; s++)
    {
      const WbChartSeries *series = &self->series[s];
      WbExtremes           found;
      gsize                first, end, n;

      if (series->hidden)
        continue;
      wb_thinning_bounds (series->x, series->n, x_low, x_high, &first, &end);
      found = wb_pyramid_within (series->y_pyramid, series->y, first, end, low, high, &n);
      total += n;
      if (self->log_y) /* what has no logarithm is a gap */
        {
          wb_pyramid_within (series->y_pyramid, series->y, first, end, 0x1p-1074, INFINITY, &n);
          total -= n;
        }
      add_range (&rest, found.low, found.high);
    }
  if (!(distance (self, range->low, range->high) >= WORTH * distance (self, rest.low, rest.high)))
    return;
  *range = rest;
  self->n_outside = total;
}

/* FALSE when no point is in view */
gboolean
wb_chart_find_y_range (WbChart *self, double x_low, double x_high, double *low, double *high)
{
  Range       range = full_range (self, x_low, x_high);
  const Range extras = extras_range (self, x_low, x_high);

  self->n_outside = 0;
  if (!(range.low <= range.high))
    {
      *low = *high = NAN;
      return FALSE;
    }
  if (self->clip_outliers)
    leave_outliers (self, x_low, x_high, &range);
  add_range (&range, extras.low, extras.high);
  *low = range.low;
  *high = range.high;
  return TRUE;
}
