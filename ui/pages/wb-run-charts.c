#include "config.h"

#include "ui/pages/wb-run-charts.h"

#include "ui/plots/wb-plot-card.h"
#include "ui/widgets/wb-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define COLUMNS 12
#define REFRESH_MS 100

typedef enum
{
  CARD_LOSS,
  CARD_METRICS,
  CARD_RATE,
  CARD_NORM,
  CARD_SPEED,
  CARD_MEMORY,
  N_CARDS
} CardId;

static const struct
{
  const char *title;
  const char *series; /* of training; the others are sorted in by name */
  gboolean    from_zero, smooth;
} kinds[N_CARDS] = {
  [CARD_LOSS] = { N_ ("Loss"), "train/loss", TRUE, TRUE },
  [CARD_METRICS] = { N_ ("Metrics"), NULL, FALSE, FALSE },
  [CARD_RATE] = { N_ ("Learning Rate"), "train/lr", TRUE, FALSE },
  [CARD_NORM] = { N_ ("Gradient Norm"), "train/grad_norm", TRUE, TRUE },
  [CARD_SPEED] = { N_ ("Tokens per Second"), "train/tokens_per_second", TRUE, TRUE },
  [CARD_MEMORY] = { N_ ("Memory (GB)"), "train/memory", TRUE, FALSE },
};

typedef struct
{
  WbRunSeries *series;
  CardId       card;
  guint        index; /* in the card's plot */
} Curve;

typedef struct
{
  GtkWidget  *box; /* the card */
  WbLinePlot *plot;
} Card;

struct _WbRunCharts
{
  GtkWidget parent_instance;

  GtkWidget  *grid;
  Card        cards[N_CARDS];
  WbPlotView *view; /* of all of them */
  WbRun      *run;
  GPtrArray  *curves; /* Curve */
  double      smoothing;
  WbWidth     width;
  guint       refresh_id;
};

G_DEFINE_FINAL_TYPE (WbRunCharts, wb_run_charts, GTK_TYPE_WIDGET)

static void
curve_free (gpointer data)
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
    if (g_strcmp0 (kinds[i].series, name) == 0)
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

static void
place (WbRunCharts *self, CardId id, int column, int row, int span)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (self->grid);
  GtkLayoutChild   *child = gtk_layout_manager_get_layout_child (layout, self->cards[id].box);

  g_object_set (child, "column", column, "row", row, "column-span", span, NULL);
}

static void
lay_out (WbRunCharts *self)
{
  const gboolean memory = gtk_widget_get_visible (self->cards[CARD_MEMORY].box);
  const int      span = memory ? 3 : 4;

  if (self->width >= WB_WIDTH_WIDE)
    {
      place (self, CARD_LOSS, 0, 0, 8);
      place (self, CARD_METRICS, 8, 0, 4);
      for (int i = CARD_RATE; i < N_CARDS; i++)
        place (self, (CardId) i, (i - CARD_RATE) * span % COLUMNS, 1, span);
      return;
    }
  if (self->width == WB_WIDTH_MEDIUM)
    {
      place (self, CARD_LOSS, 0, 0, 12);
      place (self, CARD_METRICS, 0, 1, memory ? 12 : 6);
      for (int i = CARD_RATE; i < N_CARDS; i++)
        {
          const int at = i - CARD_RATE + (memory ? 2 : 1);

          place (self, (CardId) i, at % 2 * 6, 1 + at / 2, 6);
        }
      return;
    }
  for (int i = 0; i < N_CARDS; i++)
    place (self, (CardId) i, 0, i, 12);
}

static void
add_curve (WbRunCharts *self, const char *name)
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
  curve->index =
      wb_line_plot_add_series (self->cards[card].plot, title,
                               kinds[card].smooth && is_training (name) ? self->smoothing : 0);
  g_ptr_array_add (self->curves, curve);
  gtk_widget_set_visible (self->cards[card].box, TRUE);
  if (card == CARD_MEMORY)
    lay_out (self);
}

/* One name where one metric is all there is: "Accuracy". */
static void
update_titles (WbRunCharts *self)
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
                            _ (kinds[CARD_METRICS].title));
}

static void
append_points (WbRunCharts *self, Curve *curve, gsize from)
{
  WbLinePlot        *plot = self->cards[curve->card].plot;
  const gsize        n = curve->series->n - from;
  g_autofree double *scaled = NULL;
  const double      *y = curve->series->y + from;

  if (curve->card == CARD_MEMORY)
    {
      scaled = g_new (double, n);
      for (gsize i = 0; i < n; i++)
        scaled[i] = y[i] / 1e9;
      y = scaled;
    }
  wb_line_plot_append (plot, curve->index, curve->series->x + from, y, n);
}

static void
read_curve (WbRunCharts *self, Curve *curve)
{
  g_autoptr (GError) error = NULL;
  gsize    before = curve->series->n;
  gboolean restarted = FALSE;

  if (!wb_run_read_series (self->run, curve->series, &restarted, &error))
    {
      g_debug ("%s: %s", curve->series->name, error->message);
      return;
    }
  if (restarted)
    {
      wb_line_plot_reset (self->cards[curve->card].plot, curve->index);
      before = 0;
    }
  if (curve->series->n > before)
    append_points (self, curve, before);
}

static void
read_all (WbRunCharts *self)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = wb_run_dup_series_names (self->run, &error);
  const guint64 total = wb_run_get_total_steps (self->run);
  const guint   before = self->curves->len;

  for (char **name = names; name != NULL && *name != NULL; name++)
    add_curve (self, *name);
  if (before != self->curves->len)
    update_titles (self);
  for (guint i = 0; i < N_CARDS; i++)
    g_object_set (self->cards[i].plot, "x-high", total > 0 ? (double) total : NAN, NULL);
  for (guint i = 0; i < self->curves->len; i++)
    read_curve (self, self->curves->pdata[i]);
}

static gboolean
refresh_cb (gpointer data)
{
  WbRunCharts *self = data;

  self->refresh_id = 0;
  if (self->run != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    read_all (self);
  return G_SOURCE_REMOVE;
}

static void
refresh_soon (WbRunCharts *self)
{
  if (self->refresh_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->refresh_id = g_timeout_add (REFRESH_MS, refresh_cb, self);
}

static void
clear (WbRunCharts *self)
{
  g_ptr_array_set_size (self->curves, 0);
  for (guint i = 0; i < N_CARDS; i++)
    wb_line_plot_clear (self->cards[i].plot);
  wb_plot_view_zoom (self->view, NAN, NAN);
  /* the usual ones are there from the beginning, so that nothing jumps when points come in */
  for (guint i = 0; i < N_CARDS; i++)
    if (kinds[i].series != NULL && i != CARD_MEMORY)
      add_curve (self, kinds[i].series);
  gtk_widget_set_visible (self->cards[CARD_MEMORY].box, FALSE);
  lay_out (self);
  update_titles (self);
}

void
wb_run_charts_set_run (WbRunCharts *self, WbRun *run)
{
  g_return_if_fail (WB_IS_RUN_CHARTS (self));

  if (self->run == run)
    return;
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_func (self->run, refresh_soon, self);
  g_set_object (&self->run, run);
  clear (self);
  if (run == NULL)
    return;
  g_signal_connect_object (run, "notify", G_CALLBACK (refresh_soon), self, G_CONNECT_SWAPPED);
  read_all (self);
}

void
wb_run_charts_set_smoothing (WbRunCharts *self, double weight)
{
  g_return_if_fail (WB_IS_RUN_CHARTS (self));

  if (self->smoothing == weight)
    return;
  self->smoothing = weight;
  clear (self);
  if (self->run != NULL)
    read_all (self);
}

void
wb_run_charts_fold (WbRunCharts *self, WbWidth width)
{
  g_return_if_fail (WB_IS_RUN_CHARTS (self));
  self->width = width;
  lay_out (self);
}

static void
add_card (WbRunCharts *self, CardId id)
{
  Card *card = &self->cards[id];

  card->box = wb_plot_card_new (_ (kinds[id].title), NULL);
  card->plot = wb_plot_card_get_plot (WB_PLOT_CARD (card->box));
  g_object_set (card->plot, "from-zero", kinds[id].from_zero, "clip-outliers", kinds[id].smooth,
                "height-request", id == CARD_LOSS || id == CARD_METRICS ? 220 : 150, NULL);
  wb_line_plot_set_view (card->plot, self->view);
  gtk_grid_attach (GTK_GRID (self->grid), card->box, 0, (int) id, COLUMNS, 1);
}

static void
wb_run_charts_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wb_run_charts_parent_class)->map (widget);
  refresh_soon (WB_RUN_CHARTS (widget)); /* what came while it was away */
}

static void
wb_run_charts_dispose (GObject *object)
{
  WbRunCharts *self = WB_RUN_CHARTS (object);

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_func (self->run, refresh_soon, self);
  g_clear_object (&self->run);
  g_clear_pointer (&self->grid, gtk_widget_unparent);
  G_OBJECT_CLASS (wb_run_charts_parent_class)->dispose (object);
}

static void
wb_run_charts_finalize (GObject *object)
{
  g_ptr_array_unref (WB_RUN_CHARTS (object)->curves);
  g_object_unref (WB_RUN_CHARTS (object)->view);
  G_OBJECT_CLASS (wb_run_charts_parent_class)->finalize (object);
}

static void
wb_run_charts_class_init (WbRunChartsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wb_run_charts_dispose;
  G_OBJECT_CLASS (klass)->finalize = wb_run_charts_finalize;
  widget_class->map = wb_run_charts_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wb_run_charts_init (WbRunCharts *self)
{
  self->curves = g_ptr_array_new_with_free_func (curve_free);
  self->view = wb_plot_view_new ();
  self->smoothing = 0.9;
  self->grid = gtk_grid_new ();
  gtk_grid_set_column_homogeneous (GTK_GRID (self->grid), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 12);
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "charts");
  for (guint i = 0; i < N_CARDS; i++)
    add_card (self, i);
  clear (self);
  wb_run_charts_fold (self, WB_WIDTH_FULL);
}
