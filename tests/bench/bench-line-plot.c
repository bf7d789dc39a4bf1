/* A chart of five series with a million points each, and a page of six such charts zoomed together:
 * how long a frame takes.  Run it with the renderer to be measured:
 *   sh tests/gui-env.sh build/tests/bench/bench-line-plot */
#include "ui/plots/wb-line-plot.h"

#include <adwaita.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#define SERIES 5
#define POINTS 1000000
#define FRAMES 60
#define WARM 3
#define MAX_CHARTS 6

typedef struct
{
  WbLinePlot *plots[MAX_CHARTS];
  WbPlotView *view; /* of all of them, as on a page */
  guint       n_plots;
  gboolean    zooming;
  guint       frame;
  gint64      started;
  double      cpu_started;
  double      wall[FRAMES], cpu[FRAMES]; /* ms */
  GMainLoop  *loop;
} Bench;

static double
cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

static void
before_paint_cb (GdkFrameClock *clock, gpointer data)
{
  Bench *self = data;

  self->started = g_get_monotonic_time ();
  self->cpu_started = cpu_ms ();
}

static void
after_paint_cb (GdkFrameClock *clock, gpointer data)
{
  Bench *self = data;

  if (self->frame >= WARM && self->frame < WARM + FRAMES)
    {
      self->wall[self->frame - WARM] = (double) (g_get_monotonic_time () - self->started) / 1000;
      self->cpu[self->frame - WARM] = cpu_ms () - self->cpu_started;
    }
  if (++self->frame == WARM + FRAMES)
    g_main_loop_quit (self->loop);
}

/* Every frame shows another part, from everything down to a few hundred points. */
static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Bench       *self = data;
  const double share = self->zooming ? pow (0.84, self->frame % 50) : 1;
  const double middle = 0.37 * POINTS;

  wb_plot_view_zoom (self->view, middle * (1 - share),
                     middle + (POINTS - middle) * share - (self->frame % 7));
  return G_SOURCE_CONTINUE;
}

/* A loss that falls with noise that does not; the same in every run. */
static void
fill (WbLinePlot *plot, double noise, double smoothing)
{
  g_autofree double *x = g_new (double, POINTS), *y = g_new (double, POINTS);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint s = 0; s < SERIES; s++)
    {
      g_autofree char *name = g_strdup_printf ("seed %u", s + 1);
      const guint      index = wb_line_plot_add_series (plot, name, smoothing);

      for (gsize i = 0; i < POINTS; i++)
        {
          x[i] = (double) i;
          y[i] = 0.2 * s + 1 / (1 + 10.0 * (double) i / POINTS) +
                 noise * g_rand_double_range (random, -1, 1) + 0.1 * sin ((double) i * 2e-4);
        }
      wb_line_plot_append (plot, index, x, y, POINTS);
    }
}

static int
compare (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
report (const char *what, Bench *self)
{
  qsort (self->wall, FRAMES, sizeof (double), compare);
  qsort (self->cpu, FRAMES, sizeof (double), compare);
  printf ("%-44s wall %7.2f / %7.2f ms   cpu %7.2f / %7.2f ms\n", what, self->wall[FRAMES / 2],
          self->wall[FRAMES * 95 / 100], self->cpu[FRAMES / 2], self->cpu[FRAMES * 95 / 100]);
}

static GtkWidget *
build_grid (Bench *self, double noise, double smoothing)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_row_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  for (guint p = 0; p < self->n_plots; p++)
    {
      GtkWidget *plot = wb_line_plot_new ("Loss");

      fill (WB_LINE_PLOT (plot), noise, smoothing);
      gtk_widget_set_hexpand (plot, TRUE);
      gtk_widget_set_vexpand (plot, TRUE);
      gtk_grid_attach (GTK_GRID (grid), plot, (int) p % 2, (int) p / 2, 1, 1);
      self->plots[p] = WB_LINE_PLOT (plot);
      g_object_set (plot, "clip-outliers", TRUE, NULL);
      wb_line_plot_set_view (self->plots[p], self->view);
    }
  return grid;
}

static void
measure (const char *what, guint n_plots, gboolean zooming, double noise, double smoothing)
{
  Bench      self = { .n_plots = n_plots, .zooming = zooming };
  GtkWidget *window = gtk_window_new ();

  self.loop = g_main_loop_new (NULL, FALSE);
  self.view = wb_plot_view_new ();
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), 960, n_plots > 1 ? 760 : 400);
  gtk_window_set_child (GTK_WINDOW (window), build_grid (&self, noise, smoothing));
  gtk_widget_realize (window);
  g_signal_connect (gtk_widget_get_frame_clock (window), "before-paint",
                    G_CALLBACK (before_paint_cb), &self);
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (after_paint_cb),
                    &self);
  gtk_widget_add_tick_callback (window, tick_cb, &self, NULL);
  gtk_window_present (GTK_WINDOW (window));
  g_main_loop_run (self.loop);
  report (what, &self);
  g_signal_handlers_disconnect_by_data (gtk_widget_get_frame_clock (window), &self);
  gtk_window_destroy (GTK_WINDOW (window));
  g_main_loop_unref (self.loop);
  g_object_unref (self.view);
}

int
main (int argc, char **argv)
{
  adw_init ();
  printf ("five series of a million points, median / p95 of %u frames\n", FRAMES);
  measure ("one chart 960x400, all points, noise", 1, FALSE, 0.05, 0);
  measure ("one chart 960x400, all points, no noise", 1, FALSE, 0, 0);
  measure ("one chart 960x400, smoothed, all points", 1, FALSE, 0.05, 0.99);
  measure ("one chart 960x400, zooming, noise", 1, TRUE, 0.05, 0);
  measure ("one chart 960x400, smoothed, zooming", 1, TRUE, 0.05, 0.99);
  measure ("six charts on 960x760, zooming, noise", 6, TRUE, 0.05, 0);
  measure ("six charts on 960x760, smoothed, zooming", 6, TRUE, 0.05, 0.99);
  return 0;
}
