#pragma once

#include "data/store/wb-store.h"

G_BEGIN_DECLS

/**
 * WbMetricPoint:
 * @series: "train/loss", "train/lr", "train/grad_norm", "train/tokens_per_second", "dev/accuracy",
 * …
 * @time: microseconds since 1970 UTC
 *
 * Not a number and infinities are kept as they are: a gap in a curve, and what made a run diverge.
 */
typedef struct
{
  const char *series;
  gint64      step;
  double      value;
  gint64      time;
} WbMetricPoint;

/**
 * wb_store_add_metrics:
 *
 * All points in one transaction; a point of the same series and step is replaced.
 */
gboolean wb_store_add_metrics (WbStore             *self,
                               gint64               run_id,
                               const WbMetricPoint *points,
                               gsize                n,
                               GError             **error);

/**
 * WbMetricSeries:
 *
 * Points of one series by ascending step; three arrays of @n.
 */
typedef struct
{
  char   *name;
  gsize   n;
  gint64 *steps;
  double *values;
  gint64 *times;
} WbMetricSeries;

void wb_metric_series_free (WbMetricSeries *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbMetricSeries, wb_metric_series_free)

/* Points with a step greater than @after (-1: all); a series that is not there has none. */
WbMetricSeries *wb_store_get_metrics (WbStore    *self,
                                      gint64      run_id,
                                      const char *series,
                                      gint64      after,
                                      GError    **error);

/* The points of a long series that a plot of @max_points needs: the first, the last, and the
 * smallest and greatest of equal spans of steps.  Reads one row of the store per point of the
 * series. */
WbMetricSeries *wb_store_get_metrics_thinned (WbStore    *self,
                                              gint64      run_id,
                                              const char *series,
                                              gsize       max_points,
                                              GError    **error);

/* (transfer full): names of the run's series, sorted, %NULL-terminated. */
char **wb_store_list_series (WbStore *self, gint64 run_id, GError **error);

/**
 * wb_store_delete_metrics_after:
 *
 * Drops the points and results with a step greater than @step: what a resumed run will compute
 * again.  Put it and the first new points between wb_store_begin() and wb_store_commit(), and a
 * reader never sees the gap.
 */
gboolean wb_store_delete_metrics_after (WbStore *self, gint64 run_id, gint64 step, GError **error);

G_END_DECLS
