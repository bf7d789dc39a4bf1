/* Mean and band of several curves. */
#include "config.h"

#include "app/figures/wb-group.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define CONFIDENCE 0.975 /* on either side of a 95 % interval */

/* The continued fraction of the incomplete beta function (Abramowitz and Stegun, 26.5.8), evaluated
 * from the front (Lentz, Applied Optics 15, 1976). */
static double
beta_fraction (double a, double b, double x)
{
  const double tiny = 1e-300;
  double       c = 1, d = 1 - (a + b) * x / (a + 1), value;

  d = 1 / (fabs (d) < tiny ? tiny : d);
  value = d;
  for (int m = 1; m < 500; m++)
    {
      const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      double       step;

      d = 1 + even * d;
      c = 1 + even / c;
      d = 1 / (fabs (d) < tiny ? tiny : d);
      c = fabs (c) < tiny ? tiny : c;
      value *= d * c;
      d = 1 + odd * d;
      c = 1 + odd / c;
      d = 1 / (fabs (d) < tiny ? tiny : d);
      c = fabs (c) < tiny ? tiny : c;
      step = d * c;
      value *= step;
      if (fabs (step - 1) < 1e-15)
        break;
    }
  return value;
}

/* The regularized incomplete beta function. */
static double
beta_share (double a, double b, double x)
{
  double front;

  if (x <= 0 || x >= 1)
    return x <= 0 ? 0 : 1;
  front = exp (lgamma (a + b) - lgamma (a) - lgamma (b) + a * log (x) + b * log1p (-x));
  if (x < (a + 1) / (a + b + 2))
    return front * beta_fraction (a, b, x) / a;
  return 1 - front * beta_fraction (b, a, 1 - x) / b;
}

/* How much of Student's distribution lies above @t >= 0. */
static double
upper_tail (double t, double freedom)
{
  return 0.5 * beta_share (freedom / 2, 0.5, freedom / (freedom + t * t));
}

double
wb_group_quantile (double p, double freedom)
{
  const double tail = MIN (p, 1 - p);
  double       low = 0, high = 1;

  if (!(tail > 0) || !(freedom > 0))
    return NAN;
  while (upper_tail (high, freedom) > tail && high < 1e300)
    high *= 2;
  for (int i = 0; i < 200 && high - low > 1e-14 * high; i++)
    {
      const double middle = (low + high) / 2;

      if (upper_tail (middle, freedom) > tail)
        low = middle;
      else
        high = middle;
    }
  return p < 0.5 ? -high : high;
}

static const double *
values_of (const WbChartSeries *series)
{
  return series->smooth != NULL ? series->smooth : series->y;
}

/* The smallest x that no member has been read at; FALSE at the end. */
static gboolean
next_x (const WbChartSeries *members, gsize n_members, const gsize *at, double *x)
{
  gboolean found = FALSE;

  for (gsize m = 0; m < n_members; m++)
    if (!members[m].hidden && at[m] < members[m].n && (!found || members[m].x[at[m]] < *x))
      {
        *x = members[m].x[at[m]];
        found = TRUE;
      }
  return found;
}

/* The finite values at @x, at most one of a member; all that stand there are passed. */
static guint
take (const WbChartSeries *members, gsize n_members, gsize *at, double x, double *out)
{
  guint n = 0;

  for (gsize m = 0; m < n_members; m++)
    {
      double value = NAN;

      if (members[m].hidden)
        continue;
      for (; at[m] < members[m].n && members[m].x[at[m]] <= x; at[m]++)
        value = values_of (&members[m])[at[m]];
      if (isfinite (value))
        out[n++] = value;
    }
  return n;
}

static double
mean_of (const double *values, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += values[i];
  return n > 0 ? sum / n : NAN;
}

static double
deviation_of (const double *values, guint n, double mean)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += (values[i] - mean) * (values[i] - mean);
  return n > 1 ? sqrt (sum / (n - 1)) : NAN;
}

static void
set_range (const double *values, guint n, double *low, double *high)
{
  *low = *high = n > 0 ? values[0] : NAN;
  for (guint i = 1; i < n; i++)
    {
      *low = MIN (*low, values[i]);
      *high = MAX (*high, values[i]);
    }
}

/* @quantiles: (members + 1) t by number of values; 0: not known yet. */
static double
half_of (WbBandKind band, const double *values, guint n, double mean, double *quantiles)
{
  double half = deviation_of (values, n, mean);

  if (band == WB_BAND_DEVIATION || n < 2)
    return half;
  half /= sqrt (n);
  if (band == WB_BAND_ERROR)
    return half;
  if (quantiles[n] == 0)
    quantiles[n] = wb_group_quantile (CONFIDENCE, n - 1);
  return half * quantiles[n];
}

static gsize
count_points (const WbChartSeries *members, gsize n_members)
{
  gsize n = 0;

  for (gsize m = 0; m < n_members; m++)
    n += members[m].hidden ? 0 : members[m].n;
  return n;
}

WbGroup *
wb_group_new (const WbChartSeries *members, gsize n_members, WbBandKind band)
{
  const gsize        most = count_points (members, n_members);
  g_autofree double *values = g_new (double, n_members + 1);
  g_autofree double *quantiles = g_new0 (double, n_members + 1);
  g_autofree gsize  *at = g_new0 (gsize, n_members + 1);
  WbGroup           *self = g_new0 (WbGroup, 1);
  double             x = 0;

  self->x = g_new (double, most + 1);
  self->mean = g_new (double, most + 1);
  self->low = g_new (double, most + 1);
  self->high = g_new (double, most + 1);
  self->count = g_new (guint, most + 1);
  for (gsize m = 0; m < n_members; m++)
    self->n_members += !members[m].hidden && members[m].n > 0;
  for (; next_x (members, n_members, at, &x); self->n++)
    {
      const gsize i = self->n;
      const guint n = take (members, n_members, at, x, values);
      double      half;

      self->x[i] = x;
      self->count[i] = n;
      self->mean[i] = mean_of (values, n);
      if (band == WB_BAND_RANGE)
        {
          set_range (values, n, &self->low[i], &self->high[i]);
          continue;
        }
      half = band == WB_BAND_NONE ? NAN : half_of (band, values, n, self->mean[i], quantiles);
      self->low[i] = self->mean[i] - half;
      self->high[i] = self->mean[i] + half;
    }
  return self;
}

void
wb_group_free (WbGroup *self)
{
  g_free (self->x);
  g_free (self->mean);
  g_free (self->low);
  g_free (self->high);
  g_free (self->count);
  g_free (self);
}

WbChartSeries
wb_group_get_series (const WbGroup *self, const char *name, guint color)
{
  return (WbChartSeries){ .name = name,
                          .x = self->x,
                          .y = self->mean,
                          .n = self->n,
                          .color = color,
                          .band_low = self->low,
                          .band_high = self->high };
}

char *
wb_group_dup_name (const WbGroup *self, const char *name)
{
  /* Translators: the name of a group of runs, and how many there are */
  return g_strdup_printf (_ ("%s, mean of %u"), name, self->n_members);
}
