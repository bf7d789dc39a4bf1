#include <math.h>
#include <string.h>

#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-private.h"
#include "data/store/wb-store-metrics.h"

WbRunSeries *
wb_run_series_new (const char *name)
{
  WbRunSeries *self = g_new0 (WbRunSeries, 1);

  self->name = g_strdup (name);
  self->mark = -1;
  return self;
}

void
wb_run_series_free (WbRunSeries *self)
{
  g_free (self->name);
  g_free (self->x);
  g_free (self->y);
  g_free (self);
}

static WbStore *
store_of (WbRun *self)
{
  return wb_workspace_get_store (wb_run_get_workspace (self));
}

/* Training first, its loss before all. */
static int
rank (const char *name)
{
  if (strcmp (name, "train/loss") == 0)
    return 0;
  return g_str_has_prefix (name, "train/") ? 1 : 2;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const char *x = *(const char *const *) a, *y = *(const char *const *) b;
  return rank (x) != rank (y) ? rank (x) - rank (y) : strcmp (x, y);
}

char **
wb_run_dup_series_names (WbRun *self, GError **error)
{
  char **names = wb_store_list_series (store_of (self), wb_run_get_id (self), error);

  if (names != NULL)
    qsort (names, g_strv_length (names), sizeof *names, compare_names);
  return names;
}

static void
append_points (WbRunSeries *series, const WbMetricSeries *points)
{
  if (series->n + points->n > series->n_allocated)
    {
      series->n_allocated = MAX (series->n + points->n, series->n_allocated * 2);
      series->x = g_renew (double, series->x, series->n_allocated);
      series->y = g_renew (double, series->y, series->n_allocated);
    }
  for (gsize i = 0; i < points->n; i++)
    {
      series->x[series->n] = (double) points->steps[i];
      series->y[series->n] = isfinite (points->values[i]) ? points->values[i] : NAN;
      series->n++;
    }
  if (points->n > 0)
    series->mark = points->steps[points->n - 1];
}

gboolean
wb_run_read_series (WbRun *self, WbRunSeries *series, gboolean *restarted, GError **error)
{
  g_autoptr (WbMetricSeries) points = NULL;
  const gboolean again = series->n > 0 && series->generation != wb_run_get_generation (self);

  if (again)
    {
      series->n = 0;
      series->mark = -1;
    }
  series->generation = wb_run_get_generation (self);
  if (restarted != NULL)
    *restarted = again;
  points = wb_store_get_metrics (store_of (self), wb_run_get_id (self), series->name, series->mark,
                                 error);
  if (points == NULL)
    return FALSE;
  append_points (series, points);
  return TRUE;
}

/* Means of equal spans of points; what is not a number does not count. */
static gsize
average_spans (const WbMetricSeries *points, gsize n, double *out)
{
  const gsize spans = MIN (n, points->n);
  gsize       written = 0;

  for (gsize s = 0; s < spans; s++)
    {
      double sum = 0;
      gsize  count = 0;

      for (gsize i = s * points->n / spans; i < (s + 1) * points->n / spans; i++)
        if (isfinite (points->values[i]))
          {
            sum += points->values[i];
            count++;
          }
      if (count > 0)
        out[written++] = sum / (double) count;
    }
  return written;
}

double *
wb_run_dup_sparkline (WbRun *self, gsize n, gsize *n_points)
{
  g_autoptr (WbMetricSeries) points = NULL;
  double *out;

  *n_points = 0;
  points = wb_store_get_metrics_thinned (store_of (self), wb_run_get_id (self), "train/loss",
                                         MAX (4 * n, 8), NULL);
  if (points == NULL || points->n == 0 || n == 0)
    return NULL;
  out = g_new (double, n);
  *n_points = average_spans (points, n, out);
  return out;
}
