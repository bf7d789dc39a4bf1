/* From the run's series to the cards' curves. */
#include "config.h"

#include "ui/pages/wb-run-charts-private.h"

#include "ui/widgets/wb-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

const CardKind wb_run_chart_kinds[N_CARDS] = {
  [CARD_LOSS] = { N_ ("Loss"), "train/loss", TRUE, TRUE },
  [CARD_METRICS] = { N_ ("Metrics"), NULL, FALSE, FALSE },
  [CARD_RATE] = { N_ ("Learning Rate"), "train/lr", TRUE, FALSE },
  [CARD_NORM] = { N_ ("Gradient Norm"), "train/grad_norm", TRUE, TRUE },
  [CARD_SPEED] = { N_ ("Tokens per Second"), "train/tokens_per_second", TRUE, TRUE },
  [CARD_MEMORY] = { N_ ("Memory (GB)"), "train/memory", TRUE, FALSE },
};

void
wb_run_charts_free_curve (gpointer data)
{
  Curve *curve = data;

  wb_run_series_free (curve->series);
  g_free (curve);
}

static gboolean
is_training (const char *name)
{
  return g_str_has_prefix (name, "train/");
}

/* Names are "train/loss", "dev/accuracy": a part of the data, a slash, what was measured. */
static CardId
card_of (const char *name)
{
  const char *slash = strchr (name, '/');

  for (guint i = 0; i < N_CARDS; i++)
    if (g_strcmp0 (wb_run_chart_kinds[i].series, name) == 0)
      return i;
  if (slash == NULL || is_training (name))
    return N_CARDS; /* not for people */
  return g_str_equal (slash + 1, "loss") ? CARD_LOSS : CARD_METRICS;
}

/* "accuracy" of "dev/accuracy"; the part of the data is named where it is not the usual one. */
static char *
curve_title (const char *name)
{
  const char      *slash = strchr (name, '/');
  g_autofree char *part = g_strndup (name, (gsize) (slash - name));

  if (is_training (name))
    return g_strdup (_ ("training"));
  if (g_str_equal (slash + 1, "loss"))
    return g_steal_pointer (&part);
  if (g_str_equal (part, "dev"))
    return g_strdup (wb_format_metric (slash + 1));
  return g_strdup_printf ("%s, %s", wb_format_metric (slash + 1), part);
}

static Curve *
find_curve (WbRunCharts *self, const char *name)
{
  for (guint i = 0; i < self->curves->len; i++)
    {
      Curve *curve = self->curves->pdata[i];

      if (g_str_equal (curve->series->name, name))
        return curve;
    }
  return NULL;
}

static gboolean
is_smoothed (const Curve *curve)
{
  return wb_run_chart_kinds[curve->card].smooth && is_training (curve->series->name);
}

/* A centred mean of as many points as the exponential one remembers: both have the same variance
 * when noise has no memory. */
static WbSmoothing
smoothing_of (WbRunCharts *self)
{
  const double weight = self->smoothing;

  if (!self->centred)
    return (WbSmoothing){ WB_SMOOTHING_EXPONENTIAL, weight };
  return (WbSmoothing){ WB_SMOOTHING_MEAN, weight > 0 ? round ((1 + weight) / (1 - weight)) : 0 };
}

void
wb_run_charts_add_curve (WbRunCharts *self, const char *name)
{
  const CardId     card = card_of (name);
  g_autofree char *title = NULL;
  Curve           *curve;

  if (card == N_CARDS || find_curve (self, name) != NULL)
    return;
  curve = g_new0 (Curve, 1);
  curve->series = wb_run_series_new (name);
  curve->card = card;
  title = curve_title (name);
  curve->index = wb_line_plot_add_series (self->cards[card].plot, title, 0);
  if (is_smoothed (curve))
    wb_line_plot_set_smoothing (self->cards[card].plot, curve->index, smoothing_of (self));
  g_ptr_array_add (self->curves, curve);
  gtk_widget_set_visible (self->cards[card].box, TRUE);
  if (card == CARD_MEMORY)
    wb_run_charts_lay_out (self);
}

/* One name where one metric is all there is: "Accuracy". */
void
wb_run_charts_update_titles (WbRunCharts *self)
{
  const char *only = NULL;
  guint       n = 0;

  for (guint i = 0; i < self->curves->len; i++)
    {
      const Curve *curve = self->curves->pdata[i];

      if (curve->card == CARD_METRICS)
        {
          only = curve->series->name;
          n++;
        }
    }
  if (n == 1)
    {
      const char      *name = wb_format_metric (strchr (only, '/') + 1);
      g_autofree char *first = g_utf8_strup (name, g_utf8_next_char (name) - name);
      g_autofree char *title = g_strconcat (first, g_utf8_next_char (name), NULL);

      wb_plot_card_set_title (WB_PLOT_CARD (self->cards[CARD_METRICS].box), title);
    }
  else
    wb_plot_card_set_title (WB_PLOT_CARD (self->cards[CARD_METRICS].box),
                            _ (wb_run_chart_kinds[CARD_METRICS].title));
}

/* The points whose place on the axis is known. */
static void
append_points (WbRunCharts *self, Curve *curve)
{
  const WbRunSeries *series = curve->series;
  const double       scale = curve->card == CARD_MEMORY ? 1e-9 : 1;
  const gsize        from = curve->appended;
  g_autofree double *x = g_new (double, series->n - from + 1);
  g_autofree double *y = g_new (double, series->n - from + 1);
  gsize              n = 0;

  for (gsize i = from; i < series->n; i++, n++)
    {
      x[n] = wb_run_axis_get_place (self->axis, series->x[i]);
      y[n] = series->y[i] * scale;
      if (!isfinite (x[n]))
        break;
    }
  wb_line_plot_append (self->cards[curve->card].plot, curve->index, x, y, n);
  curve->appended += n;
}

static void
reset_curve (WbRunCharts *self, Curve *curve)
{
  wb_line_plot_reset (self->cards[curve->card].plot, curve->index);
  curve->appended = 0;
}

static void
read_curve (WbRunCharts *self, Curve *curve)
{
  g_autoptr (GError) error = NULL;
  gboolean restarted = FALSE;

  if (!wb_run_read_series (self->run, curve->series, &restarted, &error))
    {
      g_debug ("%s: %s", curve->series->name, error->message);
      return;
    }
  if (restarted)
    reset_curve (self, curve);
  if (curve->series->n > curve->appended)
    append_points (self, curve);
}

void
wb_run_charts_restart (WbRunCharts *self)
{
  for (guint i = 0; i < self->curves->len; i++)
    reset_curve (self, self->curves->pdata[i]);
}

void
wb_run_charts_smooth (WbRunCharts *self)
{
  for (guint i = 0; i < self->curves->len; i++)
    {
      const Curve *curve = self->curves->pdata[i];

      if (is_smoothed (curve))
        wb_line_plot_set_smoothing (self->cards[curve->card].plot, curve->index,
                                    smoothing_of (self));
    }
}

static void
read_axis (WbRunCharts *self)
{
  const guint64 total = wb_run_get_total_steps (self->run);
  g_autoptr (GError) error = NULL;
  gboolean restarted = FALSE;
  double   end = NAN;

  if (!wb_run_axis_update (self->axis, self->run, &restarted, &error))
    g_debug ("axis: %s", error->message);
  if (restarted)
    wb_run_charts_restart (self);
  if (total > 0)
    end = wb_run_axis_get_place (self->axis, (double) total);
  for (guint i = 0; i < N_CARDS; i++)
    g_object_set (self->cards[i].plot, "x-high", end, "nothing",
                  wb_run_axis_get_obstacle (self->axis), NULL);
}

void
wb_run_charts_read (WbRunCharts *self)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = wb_run_dup_series_names (self->run, &error);
  const guint before = self->curves->len;

  for (char **name = names; name != NULL && *name != NULL; name++)
    wb_run_charts_add_curve (self, *name);
  if (before != self->curves->len)
    {
      wb_run_charts_update_titles (self);
      wb_run_charts_show_published (self);
    }
  read_axis (self);
  for (guint i = 0; i < self->curves->len; i++)
    read_curve (self, self->curves->pdata[i]);
  wb_run_charts_show_events (self);
  wb_run_charts_read_events (self);
}
