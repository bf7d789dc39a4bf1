#pragma once

#include "app/figures/wb-chart.h"

G_BEGIN_DECLS

/**
 * WbBandKind:
 * @WB_BAND_NONE: no band
 * @WB_BAND_DEVIATION: mean ± sample standard deviation (N - 1)
 * @WB_BAND_ERROR: mean ± standard error, deviation / √N
 * @WB_BAND_INTERVAL: the 95 % confidence interval of the mean: ± t(0.975, N - 1) standard errors
 * @WB_BAND_RANGE: smallest to largest
 */
typedef enum
{
  WB_BAND_NONE,
  WB_BAND_DEVIATION,
  WB_BAND_ERROR,
  WB_BAND_INTERVAL,
  WB_BAND_RANGE,
} WbBandKind;

/**
 * WbGroup:
 * @x: (n) every x that any member has, ascending
 * @mean: (n) of the members with a finite value there; NaN without any
 * @low, @high: (n) the band; NaN where it is not defined: a deviation needs two values
 * @count: (n) how many values @mean is of
 * @n_members: N
 *
 * Several curves as one: the runs of a seed group.
 */
typedef struct
{
  gsize   n;
  double *x, *mean, *low, *high;
  guint  *count;
  guint   n_members;
} WbGroup;

/**
 * wb_group_new:
 * @members: (n_members): x, y and smooth are read; where a curve is smoothed its smoothed values
 *   count; hidden ones do not
 *
 * Any thread.  O(points · log of members).
 */
WbGroup *wb_group_new (const WbChartSeries *members, gsize n_members, WbBandKind band);
void     wb_group_free (WbGroup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbGroup, wb_group_free)

/* Mean and band for a chart; points into @self.  @name: (nullable). */
WbChartSeries wb_group_get_series (const WbGroup *self, const char *name, guint color);

/* (transfer full): "v3-small, mean of 5" */
char *wb_group_dup_name (const WbGroup *self, const char *name);

/**
 * wb_group_quantile:
 * @p: above 0, below 1
 * @freedom: degrees of freedom, 1 or more
 *
 * Returns: the quantile of Student's t distribution
 */
double wb_group_quantile (double p, double freedom);

G_END_DECLS
