#include "config.h"

#include "app/runs/wb-run-row-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "app/results/wb-published.h"

G_DEFINE_FINAL_TYPE (WbRunRow, wb_run_row, G_TYPE_OBJECT)

static guint changed_signal;

static void
wb_run_row_finalize (GObject *object)
{
  WbRunRow *self = WB_RUN_ROW (object);

  g_clear_object (&self->run);
  g_clear_pointer (&self->members, g_ptr_array_unref);
  g_free (self->name);
  g_free (self->haystack);
  g_free (self->means);
  G_OBJECT_CLASS (wb_run_row_parent_class)->finalize (object);
}

static void
wb_run_row_class_init (WbRunRowClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wb_run_row_finalize;
  changed_signal = g_signal_new ("changed", WB_TYPE_RUN_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
wb_run_row_init (WbRunRow *self)
{
  self->published = self->base = NAN;
  self->version = -1;
}

WbRunRow *
wb_run_row_new (WbRun *run)
{
  WbRunRow *self = g_object_new (WB_TYPE_RUN_ROW, NULL);

  if (run != NULL)
    self->run = g_object_ref (run);
  else
    {
      self->members = g_ptr_array_new_with_free_func (g_object_unref);
      self->means = g_new (WbRunMean, WB_RUN_N_COLUMNS);
    }
  return self;
}

void
wb_run_row_emit_changed (WbRunRow *self)
{
  self->changed = FALSE;
  g_signal_emit (self, changed_signal, 0);
}

/* The store keeps a loss that selects the best with its sign turned. */
static double
shown (WbRun *run, double value)
{
  return strcmp (wb_run_get_metric_name (run), "loss") == 0 ? -value : value;
}

double
wb_run_get_shown_best (WbRun *run)
{
  return shown (run, wb_run_get_best (run));
}

gboolean
wb_run_row_refresh (WbRunRow *self)
{
  const WbRunRecord *record = wb_run_get_record (self->run);
  WbPublished        published;

  if (record->version == self->version)
    return FALSE;
  self->version = record->version;
  self->key = 0;
  g_clear_pointer (&self->haystack, g_free);
  self->published = NAN;
  if (isfinite (record->best_value) &&
      wb_published_find (record->task, record->model_name, wb_run_get_metric_name (self->run),
                         &published))
    self->published = published.value;
  return TRUE;
}

gboolean
wb_run_row_set_base (WbRunRow *self, double base)
{
  if (self->base == base || (isnan (self->base) && isnan (base)))
    return FALSE;
  self->base = base;
  return TRUE;
}

static gboolean
is_ascii (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guchar) *text >= 0x80)
      return FALSE;
  return TRUE;
}

/* What search looks at; letters of other scripts are folded too, which takes its time. */
const char *
wb_run_row_get_haystack (WbRunRow *self)
{
  g_autofree char *tags = NULL, *all = NULL;

  if (self->haystack != NULL)
    return self->haystack;
  tags = wb_run_dup_tags_text (self->run);
  all = g_strjoin ("\n", wb_run_get_name (self->run), wb_run_get_model (self->run),
                   wb_run_get_task_title (self->run), wb_run_get_task (self->run), tags,
                   wb_run_get_note (self->run),
                   wb_run_status_get_title (wb_run_get_status (self->run)), NULL);
  self->haystack = is_ascii (all) ? g_ascii_strdown (all, -1) : g_utf8_casefold (all, -1);
  return self->haystack;
}

guint64
wb_run_row_get_key (WbRunRow *self)
{
  if (self->key == 0)
    self->key = MAX (wb_run_compute_settings_key (self->run), 1);
  return self->key;
}

WbRun *
wb_run_row_get_run (WbRunRow *self)
{
  return self->run;
}

gboolean
wb_run_row_is_group (WbRunRow *self)
{
  return self->run == NULL;
}

gboolean
wb_run_row_is_expanded (WbRunRow *self)
{
  return self->expanded;
}

gboolean
wb_run_row_is_member (WbRunRow *self)
{
  return self->group != NULL;
}

guint
wb_run_row_get_n_runs (WbRunRow *self)
{
  return self->run != NULL ? 1 : self->members->len;
}

WbRun *
wb_run_row_get_nth_run (WbRunRow *self, guint i)
{
  if (self->run != NULL)
    return i == 0 ? self->run : NULL;
  return i < self->members->len ? ((WbRunRow *) self->members->pdata[i])->run : NULL;
}

gboolean
wb_run_row_is_pinned (WbRunRow *self)
{
  for (guint i = 0; i < wb_run_row_get_n_runs (self); i++)
    if (wb_run_is_pinned (wb_run_row_get_nth_run (self, i)))
      return TRUE;
  return FALSE;
}

gboolean
wb_run_row_is_baseline (WbRunRow *self)
{
  for (guint i = 0; i < wb_run_row_get_n_runs (self); i++)
    if (wb_run_is_baseline (wb_run_row_get_nth_run (self, i)))
      return TRUE;
  return FALSE;
}

guint
wb_run_row_count (WbRunRow *self, WbRunStatus status)
{
  guint n = 0;

  for (guint i = 0; i < wb_run_row_get_n_runs (self); i++)
    n += wb_run_get_status (wb_run_row_get_nth_run (self, i)) == status;
  return n;
}

/* ---- numbers ---- */

static double
positive (double value)
{
  return value > 0 ? value : NAN;
}

static double
get_number (WbRunRow *self, WbRunColumn column)
{
  WbRun *run = self->run;

  switch (column)
    {
    case WB_RUN_COLUMN_BEST:
      return wb_run_get_shown_best (run);
    case WB_RUN_COLUMN_LAST:
      return shown (run, wb_run_get_last (run));
    case WB_RUN_COLUMN_PUBLISHED:
      return wb_run_get_shown_best (run) - self->published;
    case WB_RUN_COLUMN_BASELINE:
      return wb_run_is_baseline (run) ? NAN : wb_run_get_shown_best (run) - self->base;
    case WB_RUN_COLUMN_SEED:
      return (double) wb_run_get_seed (run);
    case WB_RUN_COLUMN_RATE:
      return positive (wb_run_get_tokens_per_second (run));
    case WB_RUN_COLUMN_DURATION:
      return positive (wb_run_get_duration (run));
    case WB_RUN_COLUMN_WAITED:
      return positive (wb_run_get_waited (run));
    case WB_RUN_COLUMN_STARTED:
      return positive ((double) wb_run_get_started (run));
    default:
      return NAN;
    }
}

/* Two passes: the deviation is around the mean. */
static void
measure (GPtrArray *rows, WbRunColumn column, WbRunMean *out)
{
  double sum = 0, squares = 0, last = NAN;
  guint  n = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      const double x = get_number (rows->pdata[i], column);

      if (!isfinite (x))
        continue;
      sum += x;
      last = isnan (last) ? x : MAX (last, x);
      n++;
    }
  out->n = n;
  out->mean = n > 0 ? sum / n : NAN;
  out->deviation = NAN;
  if (column == WB_RUN_COLUMN_STARTED)
    out->mean = last;
  else if (column == WB_RUN_COLUMN_DURATION || column == WB_RUN_COLUMN_WAITED)
    out->mean = n > 0 ? sum : NAN;
  else if (n > 1)
    {
      for (guint i = 0; i < rows->len; i++)
        {
          const double x = get_number (rows->pdata[i], column);

          squares += isfinite (x) ? (x - out->mean) * (x - out->mean) : 0;
        }
      out->deviation = sqrt (squares / (n - 1));
    }
}

void
wb_run_row_get_mean (WbRunRow *self, WbRunColumn column, WbRunMean *mean)
{
  g_return_if_fail (WB_IS_RUN_ROW (self) && (guint) column < WB_RUN_N_COLUMNS);

  if (self->run == NULL)
    {
      *mean = self->means[column];
      return;
    }
  mean->mean = get_number (self, column);
  mean->deviation = NAN;
  mean->n = isfinite (mean->mean) ? 1 : 0;
}

void
wb_run_row_summarise (WbRunRow *self)
{
  g_autofree const char **names = g_new (const char *, self->members->len);

  for (guint i = 0; i < self->members->len; i++)
    names[i] = wb_run_get_name (((WbRunRow *) self->members->pdata[i])->run);
  g_free (self->name);
  self->name = wb_run_names_dup_common (names, self->members->len);
  for (guint c = 0; c < WB_RUN_N_COLUMNS; c++)
    if (wb_run_column_is_number (c) && c != WB_RUN_COLUMN_SEED)
      measure (self->members, c, &self->means[c]);
    else
      self->means[c] = (WbRunMean){ NAN, NAN, 0 };
}

int
wb_run_row_get_verdict (WbRunRow *self, WbRunColumn column)
{
  WbRunMean   mean;
  const char *metric;

  g_return_val_if_fail (WB_IS_RUN_ROW (self), 0);
  if (column != WB_RUN_COLUMN_PUBLISHED && column != WB_RUN_COLUMN_BASELINE)
    return 0;
  wb_run_row_get_mean (self, column, &mean);
  if (mean.n == 0 || fabs (mean.mean) < 5e-5) /* shown as 0.0000 */
    return 0;
  metric = wb_run_get_metric_name (wb_run_row_get_nth_run (self, 0));
  return (mean.mean > 0) != wb_metric_is_lower_better (metric) ? 1 : -1;
}

char *
wb_run_row_dup_published (WbRunRow *self)
{
  WbRun      *run = wb_run_row_get_nth_run (self, 0);
  WbPublished published;

  if (run == NULL || !wb_published_find (wb_run_get_task (run), wb_run_get_model (run),
                                         wb_run_get_metric_name (run), &published))
    return NULL;
  return g_strdup_printf ("%.4f: %s", published.value, published.source);
}

/* ---- words ---- */

/* "3 runs · Running: 1 · Failed: 1" */
static char *
dup_group_status (WbRunRow *self)
{
  GString    *text = g_string_new (NULL);
  const guint n = self->members->len;

  /* Translators: how many runs a group has */
  g_string_printf (text, g_dngettext (GETTEXT_PACKAGE, "%u run", "%u runs", n), n);
  for (guint s = 0; s <= WB_RUN_DIVERGED; s++)
    {
      const guint count = s != WB_RUN_FINISHED ? wb_run_row_count (self, s) : 0;

      if (count > 0)
        g_string_append_printf (text, " · %s: %u", wb_run_status_get_title (s), count);
    }
  return g_string_free (text, FALSE);
}

static char *
dup_group_text (WbRunRow *self, WbRunColumn column)
{
  WbRun *first = wb_run_row_get_nth_run (self, 0);

  switch (column)
    {
    case WB_RUN_COLUMN_NAME:
      return *self->name != '\0' ? g_strdup (self->name)
                                 : g_strdup_printf ("%s · %s", wb_run_get_task_title (first),
                                                    wb_run_get_model (first));
    case WB_RUN_COLUMN_STATUS:
      return dup_group_status (self);
    case WB_RUN_COLUMN_TASK:
      return g_strdup (wb_run_get_task_title (first));
    case WB_RUN_COLUMN_MODEL:
      return g_strdup (wb_run_get_model (first));
    default:
      return g_strdup ("");
    }
}

char *
wb_run_row_dup_text (WbRunRow *self, WbRunColumn column)
{
  g_return_val_if_fail (WB_IS_RUN_ROW (self), NULL);

  if (self->run == NULL)
    return dup_group_text (self, column);
  switch (column)
    {
    case WB_RUN_COLUMN_NAME:
      return g_strdup (wb_run_get_name (self->run));
    case WB_RUN_COLUMN_STATUS:
      return g_strdup (wb_run_get_status_text (self->run));
    case WB_RUN_COLUMN_TASK:
      return g_strdup (wb_run_get_task_title (self->run));
    case WB_RUN_COLUMN_MODEL:
      return g_strdup (wb_run_get_model (self->run));
    case WB_RUN_COLUMN_TAGS:
      return wb_run_dup_tags_text (self->run);
    case WB_RUN_COLUMN_NOTE:
      return g_strdup (wb_run_get_note (self->run));
    default:
      return g_strdup ("");
    }
}
