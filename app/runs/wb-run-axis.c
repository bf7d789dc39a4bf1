/* Steps of a run as epochs, examples, tokens and time. */
#include "config.h"

#include "app/runs/wb-run-axis.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-private.h"
#include "data/store/wb-store-metrics.h"

typedef struct
{
  double step, place;
} Knot;

struct _WbRunAxis
{
  WbRunAxisKind kind;
  GArray       *knots; /* Knot; both ascending */
  gint64        mark, generation;
  double        steps_per_epoch;
  gboolean      wall_time; /* of TIME: work was not measured, the clock was */
};

static const char *const names[WB_RUN_AXIS_KINDS] = { "step",   "epoch", "examples",
                                                      "tokens", "time",  "clock" };

const char *
wb_run_axis_kind_get_name (WbRunAxisKind kind)
{
  return names[kind];
}

gboolean
wb_run_axis_kind_parse (const char *name, WbRunAxisKind *kind)
{
  for (guint i = 0; i < WB_RUN_AXIS_KINDS; i++)
    if (strcmp (names[i], name) == 0)
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}

WbRunAxis *
wb_run_axis_new (WbRunAxisKind kind)
{
  WbRunAxis *self = g_new0 (WbRunAxis, 1);

  self->kind = kind;
  self->knots = g_array_new (FALSE, FALSE, sizeof (Knot));
  self->mark = -1;
  self->steps_per_epoch = NAN;
  return self;
}

void
wb_run_axis_free (WbRunAxis *self)
{
  g_array_unref (self->knots);
  g_free (self);
}

WbRunAxisKind
wb_run_axis_get_kind (WbRunAxis *self)
{
  return self->kind;
}

/* Clocks are set back; an axis never goes back. */
static void
add_knot (WbRunAxis *self, double step, double place)
{
  const Knot *last =
      self->knots->len > 0 ? &g_array_index (self->knots, Knot, self->knots->len - 1) : NULL;
  const Knot knot = { step, last != NULL ? MAX (place, last->place) : place };

  if (isfinite (place) && (last == NULL || step > last->step))
    g_array_append_val (self->knots, knot);
}

static WbMetricSeries *
read_points (WbRunAxis *self, WbRun *run, const char *series, GError **error)
{
  WbMetricSeries *points =
      wb_store_get_metrics (wb_workspace_get_store (wb_run_get_workspace (run)),
                            wb_run_get_id (run), series, self->mark, error);

  if (points != NULL && points->n > 0)
    self->mark = points->steps[points->n - 1];
  return points;
}

/* What is counted begins at 0 with step 0. */
static gboolean
read_values (WbRunAxis *self, WbRun *run, const char *series, GError **error)
{
  g_autoptr (WbMetricSeries) points = read_points (self, run, series, error);

  if (points == NULL)
    return FALSE;
  if (points->n > 0 && self->knots->len == 0 && points->steps[0] > 0)
    add_knot (self, 0, 0);
  for (gsize i = 0; i < points->n; i++)
    add_knot (self, (double) points->steps[i], points->values[i]);
  return TRUE;
}

/* When each step was done. */
static gboolean
read_times (WbRunAxis *self, WbRun *run, gint64 from, GError **error)
{
  g_autoptr (WbMetricSeries) points = read_points (self, run, "train/loss", error);

  if (points == NULL)
    return FALSE;
  for (gsize i = 0; i < points->n; i++)
    add_knot (self, (double) points->steps[i], (double) (points->times[i] - from) / G_USEC_PER_SEC);
  return TRUE;
}

static gboolean
read_work (WbRunAxis *self, WbRun *run, GError **error)
{
  if (!self->wall_time && !read_values (self, run, "train/seconds", error))
    return FALSE;
  if (self->knots->len > 0 && !self->wall_time)
    return TRUE;
  self->wall_time = TRUE;
  return read_times (self, run, wb_run_get_record (run)->started, error);
}

static void
restart (WbRunAxis *self)
{
  g_array_set_size (self->knots, 0);
  self->mark = -1;
  self->wall_time = FALSE;
}

/* The quotient of a count and its quotient is a whole number but for rounding. */
static double
whole (double value)
{
  return fabs (value - round (value)) < 1e-6 * value ? round (value) : value;
}

static gboolean
read_new (WbRunAxis *self, WbRun *run, GError **error)
{
  const WbRunRecord *record = wb_run_get_record (run);

  switch (self->kind)
    {
    case WB_RUN_AXIS_EPOCH:
      if (record->epoch > 0 && record->step > 0)
        self->steps_per_epoch = whole ((double) record->step / record->epoch);
      return TRUE;
    case WB_RUN_AXIS_EXAMPLES:
      return read_values (self, run, "train/examples", error);
    case WB_RUN_AXIS_TOKENS:
      return read_values (self, run, "train/tokens", error);
    case WB_RUN_AXIS_TIME:
      return read_work (self, run, error);
    case WB_RUN_AXIS_CLOCK:
      return read_times (self, run, 0, error);
    case WB_RUN_AXIS_STEP:
    default:
      return TRUE;
    }
}

gboolean
wb_run_axis_update (WbRunAxis *self, WbRun *run, gboolean *restarted, GError **error)
{
  const double   before = self->steps_per_epoch;
  const gboolean again = self->mark >= 0 && self->generation != wb_run_get_generation (run);

  if (again)
    restart (self);
  self->generation = wb_run_get_generation (run);
  if (!read_new (self, run, error))
    return FALSE;
  if (restarted != NULL)
    *restarted = again || (self->kind == WB_RUN_AXIS_EPOCH &&
                           !(fabs (before - self->steps_per_epoch) < 1e-6 * before));
  return TRUE;
}

/* The first knot at or after @step. */
static guint
find_knot (WbRunAxis *self, double step)
{
  guint low = 0, high = self->knots->len;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;

      if (g_array_index (self->knots, Knot, middle).step < step)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

double
wb_run_axis_get_place (WbRunAxis *self, double step)
{
  const Knot *left, *right;
  guint       i;

  if (self->kind == WB_RUN_AXIS_STEP)
    return step;
  if (self->kind == WB_RUN_AXIS_EPOCH)
    return step / self->steps_per_epoch;
  i = find_knot (self, step);
  if (i == self->knots->len)
    return NAN;
  right = &g_array_index (self->knots, Knot, i);
  if (right->step == step || i == 0)
    return right->place;
  left = right - 1;
  return left->place +
         (right->place - left->place) * (step - left->step) / (right->step - left->step);
}

const char *
wb_run_axis_get_obstacle (WbRunAxis *self)
{
  switch (self->kind)
    {
    case WB_RUN_AXIS_EPOCH:
      return isnan (self->steps_per_epoch) ? _ ("No epoch has been counted yet") : NULL;
    case WB_RUN_AXIS_EXAMPLES:
      return self->knots->len == 0 ? _ ("This run has not counted examples") : NULL;
    case WB_RUN_AXIS_TOKENS:
      return self->knots->len == 0 ? _ ("This run has not counted tokens") : NULL;
    case WB_RUN_AXIS_TIME:
    case WB_RUN_AXIS_CLOCK:
    case WB_RUN_AXIS_STEP:
    default:
      return NULL;
    }
}
