/* What happened to the run, and what others reached, on its charts. */
#include "config.h"

#include "ui/pages/wb-run-charts-private.h"

#include "app/results/wb-published.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

typedef struct
{
  char  *path;
  gint64 offset;
} Reading;

static void
reading_free (gpointer data)
{
  g_free (((Reading *) data)->path);
  g_free (data);
}

/* A log has a line a second: a long one is not read while the window waits. */
static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Reading *reading = data;

  g_task_return_pointer (task, wb_run_events_read (reading->path, &reading->offset),
                         (GDestroyNotify) g_array_unref);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  WbRunCharts *self = WB_RUN_CHARTS (source);
  g_autoptr (WbRun) run = data;
  const Reading *reading = g_task_get_task_data (G_TASK (result));
  g_autoptr (GArray) events = g_task_propagate_pointer (G_TASK (result), NULL);

  self->reading_events = FALSE;
  if (run != self->run) /* another run is shown by now, and waits */
    {
      if (self->run != NULL)
        wb_run_charts_read_events (self);
      return;
    }
  self->events_offset = reading->offset;
  g_array_append_vals (self->events, events->data, events->len);
  if (events->len > 0)
    wb_run_charts_show_events (self);
}

void
wb_run_charts_read_events (WbRunCharts *self)
{
  g_autoptr (GTask) task = NULL;
  Reading *reading;

  if (self->reading_events || self->run == NULL)
    return;
  self->reading_events = TRUE;
  reading = g_new0 (Reading, 1);
  reading->path = wb_run_dup_log_path (self->run);
  reading->offset = self->events_offset;
  task = g_task_new (self, NULL, read_cb, g_object_ref (self->run));
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, read_thread);
}

/* What was saved after the step that a run went on from, was done again.  Ascending. */
static GArray *
current_events (WbRunCharts *self)
{
  GArray    *out = g_array_new (FALSE, FALSE, sizeof (WbRunEvent));
  WbRunEvent last;

  for (guint i = 0; i < self->events->len; i++)
    {
      const WbRunEvent *event = &g_array_index (self->events, WbRunEvent, i);

      while (event->kind == WB_RUN_EVENT_RESUME && out->len > 0 &&
             g_array_index (out, WbRunEvent, out->len - 1).step > event->step)
        g_array_set_size (out, out->len - 1);
      if (out->len == 0 || g_array_index (out, WbRunEvent, out->len - 1).step <= event->step)
        g_array_append_val (out, *event);
    }
  if (wb_run_get_last_event (self->run, &last))
    g_array_append_val (out, last);
  return out;
}

static const char *
title_of (WbRunEventKind kind)
{
  switch (kind)
    {
    case WB_RUN_EVENT_RESUME:
      return _ ("resumed");
    case WB_RUN_EVENT_PAUSE:
      return _ ("stopped");
    case WB_RUN_EVENT_DIVERGED:
      return _ ("diverged");
    case WB_RUN_EVENT_CHECKPOINT:
    default:
      return _ ("checkpoint");
    }
}

static void
free_text (gpointer data)
{
  g_free ((char *) ((WbChartMark *) data)->text);
}

/* One mark for all that happened after one step. */
static GArray *
marks_of (WbRunCharts *self, GArray *events)
{
  GArray *marks = g_array_new (FALSE, FALSE, sizeof (WbChartMark));

  g_array_set_clear_func (marks, free_text);
  for (guint i = 0; i < events->len; i++)
    {
      const WbRunEvent *event = &g_array_index (events, WbRunEvent, i);
      const double      x = wb_run_axis_get_place (self->axis, (double) event->step);
      const gboolean    bad = event->kind == WB_RUN_EVENT_DIVERGED;
      const char       *title = title_of (event->kind);
      WbChartMark      *before =
          marks->len > 0 ? &g_array_index (marks, WbChartMark, marks->len - 1) : NULL;

      if (!isfinite (x))
        continue;
      if (before != NULL && before->x == x)
        {
          g_autofree char *old = (char *) before->text;

          before->text = strstr (old, title) != NULL ? g_steal_pointer (&old)
                                                     : g_strconcat (old, ", ", title, NULL);
          before->bad |= bad;
        }
      else
        {
          const WbChartMark mark = { x, g_strdup (title), bad };

          g_array_append_val (marks, mark);
        }
    }
  return marks;
}

/* All of them on the chart of the loss; the others show only what went wrong. */
void
wb_run_charts_show_events (WbRunCharts *self)
{
  g_autoptr (GArray) events = current_events (self);
  g_autoptr (GArray) marks = marks_of (self, events);
  const WbChartMark *all = (const WbChartMark *) (void *) marks->data;
  const gboolean     bad = marks->len > 0 && all[marks->len - 1].bad;

  wb_line_plot_set_marks (self->cards[CARD_LOSS].plot, all, marks->len);
  for (guint i = CARD_METRICS; i < N_CARDS; i++)
    wb_line_plot_set_marks (self->cards[i].plot, all + marks->len - bad, bad);
}

void
wb_run_charts_show_published (WbRunCharts *self)
{
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (WbChartReference));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; self->run != NULL && i < self->curves->len; i++)
    {
      const Curve     *curve = self->curves->pdata[i];
      const char      *metric = strchr (curve->series->name, '/');
      WbChartReference line;
      WbPublished      published;

      if (curve->card != CARD_METRICS || metric == NULL ||
          !wb_published_find (wb_run_get_task (self->run), wb_run_get_model (self->run), metric + 1,
                              &published))
        continue;
      /* Translators: a score that the model's authors report */
      g_ptr_array_add (texts, g_strdup_printf (_ ("published %.3f"), published.value));
      line = (WbChartReference){ published.value, texts->pdata[texts->len - 1] };
      g_array_append_val (lines, line);
    }
  wb_line_plot_set_references (self->cards[CARD_METRICS].plot,
                               (const WbChartReference *) (void *) lines->data, lines->len);
}
