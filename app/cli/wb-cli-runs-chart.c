/* `runs show RUN --to FILE`: curves of a run as a picture or as numbers. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "app/cli/wb-cli-runs-private.h"
#include "app/core/wb-app-error.h"
#include "app/figures/wb-figure.h"
#include "app/figures/wb-smoothing.h"
#include "app/runs/wb-run-axis.h"

typedef struct
{
  WbRunSeries *series;
  double      *smooth; /* (n) (nullable) */
} Curve;

static void
curve_clear (gpointer data)
{
  Curve *curve = data;

  wb_run_series_free (curve->series);
  g_free (curve->smooth);
}

/* What --series names; without it the losses. */
static char **
choose (WbRun *run, const char *wanted, GError **error)
{
  g_auto (GStrv) names = wb_run_dup_series_names (run, error);
  g_auto (GStrv) asked = wanted != NULL ? g_strsplit (wanted, ",", -1) : NULL;
  g_autoptr (GStrvBuilder) chosen = g_strv_builder_new ();

  if (names == NULL)
    return NULL;
  for (char **name = asked; name != NULL && *name != NULL; name++)
    {
      if (!g_strv_contains ((const char *const *) names, g_strstrip (*name)))
        {
          g_autofree char *all = g_strjoinv (", ", names);

          g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                       "the run has no series “%s”; it has: %s", *name, all);
          return NULL;
        }
      g_strv_builder_add (chosen, *name);
    }
  for (char **name = names; asked == NULL && *name != NULL; name++)
    if (g_str_has_suffix (*name, "/loss"))
      g_strv_builder_add (chosen, *name);
  return g_strv_builder_end (chosen);
}

static void
smooth_curve (Curve *curve, const WbCliChart *chart)
{
  const WbRunSeries *series = curve->series;

  if (!g_str_has_prefix (series->name, "train/") || (chart->smoothing <= 0 && chart->mean < 2))
    return;
  curve->smooth = g_new (double, series->n + 1);
  if (chart->mean >= 2)
    wb_smoothing_mean (series->y, series->n, (guint) chart->mean, 0, curve->smooth);
  else
    wb_smoothing_exponential (series->y, series->n, chart->smoothing, curve->smooth);
}

/* Steps become places on the axis; the last ones may not have one yet. */
static void
place_curve (Curve *curve, WbRunAxis *axis)
{
  WbRunSeries *series = curve->series;

  for (gsize i = 0; i < series->n; i++)
    {
      series->x[i] = wb_run_axis_get_place (axis, series->x[i]);
      if (!isfinite (series->x[i]))
        series->n = i;
    }
}

static gboolean
read_curves (WbRun            *run,
             char            **names,
             const WbCliChart *chart,
             WbRunAxis        *axis,
             GArray           *curves,
             GError          **error)
{
  for (char **name = names; *name != NULL; name++)
    {
      Curve curve = { wb_run_series_new (*name), NULL };

      g_array_append_val (curves, curve);
      if (!wb_run_read_series (run, curve.series, NULL, error))
        return FALSE;
      place_curve (&curve, axis);
      smooth_curve (&curve, chart);
      g_array_index (curves, Curve, curves->len - 1) = curve;
    }
  return TRUE;
}

/* The axis with all its places; %NULL with @error set where the run has none. */
static WbRunAxis *
open_axis (WbRun *run, const char *name, GError **error)
{
  g_autoptr (WbRunAxis) axis = NULL;
  WbRunAxisKind kind = WB_RUN_AXIS_STEP;

  if (name != NULL && !wb_run_axis_kind_parse (name, &kind))
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                   "--x is step, epoch, examples, tokens, time or clock, not “%s”", name);
      return NULL;
    }
  axis = wb_run_axis_new (kind);
  if (!wb_run_axis_update (axis, run, NULL, error))
    return NULL;
  if (wb_run_axis_get_obstacle (axis) != NULL)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_FAILED, "%s: choose another --x",
                   wb_run_axis_get_obstacle (axis));
      return NULL;
    }
  return g_steal_pointer (&axis);
}

static WbAxisUnit
unit_of (WbRunAxis *axis)
{
  switch (wb_run_axis_get_kind (axis))
    {
    case WB_RUN_AXIS_EPOCH:
      return WB_AXIS_NUMBER;
    case WB_RUN_AXIS_TIME:
      return WB_AXIS_DURATION;
    case WB_RUN_AXIS_CLOCK:
      return WB_AXIS_CLOCK;
    case WB_RUN_AXIS_STEP:
    case WB_RUN_AXIS_EXAMPLES:
    case WB_RUN_AXIS_TOKENS:
    default:
      return WB_AXIS_COUNT;
    }
}

static gboolean
save (WbRun *run, GArray *curves, const WbCliChart *chart, WbRunAxis *axis, GError **error)
{
  g_autofree WbChartSeries *series = g_new0 (WbChartSeries, curves->len + 1);
  WbFigure                  figure = { .title = wb_run_get_name (run) };

  for (guint i = 0; i < curves->len; i++)
    {
      const Curve *curve = &g_array_index (curves, Curve, i);

      series[i] = (WbChartSeries){ .name = curve->series->name,
                                   .x = curve->series->x,
                                   .y = curve->series->y,
                                   .smooth = curve->smooth,
                                   .n = curve->series->n,
                                   .color = i };
    }
  figure.chart = (WbChart){ .series = series,
                            .n_series = curves->len,
                            .x_low = NAN,
                            .x_high = NAN,
                            .x_unit = unit_of (axis),
                            .log_x = chart->log_x,
                            .log_y = chart->log_y,
                            .x_title = wb_run_axis_kind_get_name (wb_run_axis_get_kind (axis)),
                            .nothing = "No points yet" };
  return wb_figure_save (&figure, chart->to, error);
}

static void
print_json (WbRun *run, const WbCliChart *chart, char **names)
{
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_json_integer (json, "run", wb_run_get_id (run));
  wb_json_text (json, "to", chart->to);
  wb_json_begin_array (json, "series");
  for (gsize i = 0; names[i] != NULL; i++)
    wb_json_text (json, NULL, names[i]);
  wb_json_end_array (json);
  wb_json_end_object (json);
  wb_json_print (json);
}

gboolean
wb_cli_runs_save_chart (WbCli *cli, WbRun *run, const WbCliChart *chart, GError **error)
{
  g_autoptr (GArray) curves = g_array_new (FALSE, FALSE, sizeof (Curve));
  g_auto (GStrv) names = NULL;
  g_autoptr (WbRunAxis) axis = NULL;

  g_array_set_clear_func (curves, curve_clear);
  if (!(chart->smoothing >= 0 && chart->smoothing < 1))
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                   "--smoothing is a weight from 0 to below 1, not %g", chart->smoothing);
      return FALSE;
    }
  if (chart->mean < 0 || (chart->mean > 0 && chart->smoothing > 0))
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                   "--mean is a number of points, instead of --smoothing");
      return FALSE;
    }
  axis = open_axis (run, chart->x, error);
  names = axis != NULL ? choose (run, chart->series, error) : NULL;
  if (names == NULL || !read_curves (run, names, chart, axis, curves, error) ||
      !save (run, curves, chart, axis, error))
    return FALSE;
  if (cli->json)
    print_json (run, chart, names);
  return TRUE;
}
