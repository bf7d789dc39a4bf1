#include "config.h"

#include "app/runs/wb-run-csv.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-csv.h"
#include "app/runs/wb-run-private.h"

static const char *const headings[] = {
  "id",
  "runs",
  "name",
  "status",
  "phase",
  "task",
  "model",
  "seed",
  "metric",
  "best",
  "best_deviation",
  "best_step",
  "last",
  "last_deviation",
  "to_published",
  "to_baseline",
  "step",
  "steps",
  "tokens_per_second",
  "seconds",
  "waited_seconds",
  "created",
  "started",
  "finished",
  "tags",
  "note",
  "pinned",
  "baseline",
  "archived",
  "message",
  "folder",
};

static void
append_time (GString *out, gint64 seconds)
{
  g_autoptr (GDateTime) time = seconds > 0 ? g_date_time_new_from_unix_utc (seconds) : NULL;
  g_autofree char *text = time != NULL ? g_date_time_format_iso8601 (time) : NULL;

  wb_csv_append_text (out, text);
}

static void
append_mean (GString *out, WbRunRow *row, WbRunColumn column, gboolean with_deviation)
{
  WbRunMean mean;

  wb_run_row_get_mean (row, column, &mean);
  wb_csv_append_number (out, mean.mean);
  if (with_deviation)
    wb_csv_append_number (out, mean.deviation);
}

static void
append_count (GString *out, WbRun *run, guint64 n)
{
  if (run != NULL)
    wb_csv_append_integer (out, (gint64) n);
  else
    wb_csv_append_text (out, NULL);
}

static void
append_flag (GString *out, gboolean flag)
{
  wb_csv_append_text (out, flag ? "yes" : "no");
}

/* What the row is: of a group only what its runs have in common. */
static void
append_what (GString *out, WbRunRow *row, WbRun *run)
{
  WbRun           *first = wb_run_row_get_nth_run (row, 0);
  g_autofree char *name = wb_run_row_dup_text (row, WB_RUN_COLUMN_NAME);

  append_count (out, run, run != NULL ? (guint64) wb_run_get_id (run) : 0);
  wb_csv_append_integer (out, wb_run_row_get_n_runs (row));
  wb_csv_append_text (out, name);
  wb_csv_append_text (out, run != NULL ? wb_run_status_get_name (wb_run_get_status (run)) : NULL);
  wb_csv_append_text (out, run != NULL ? wb_run_get_phase (run) : NULL);
  wb_csv_append_text (out, wb_run_get_task (first));
  wb_csv_append_text (out, wb_run_get_model (first));
  append_count (out, run, run != NULL ? wb_run_get_seed (run) : 0);
  wb_csv_append_text (out, wb_run_get_metric_name (first));
}

static void
append_results (GString *out, WbRunRow *row, WbRun *run)
{
  append_mean (out, row, WB_RUN_COLUMN_BEST, TRUE);
  append_count (out, run, run != NULL ? wb_run_get_best_step (run) : 0);
  append_mean (out, row, WB_RUN_COLUMN_LAST, TRUE);
  append_mean (out, row, WB_RUN_COLUMN_PUBLISHED, FALSE);
  append_mean (out, row, WB_RUN_COLUMN_BASELINE, FALSE);
  append_count (out, run, run != NULL ? wb_run_get_step (run) : 0);
  append_count (out, run, run != NULL ? wb_run_get_total_steps (run) : 0);
  append_mean (out, row, WB_RUN_COLUMN_RATE, FALSE);
  append_mean (out, row, WB_RUN_COLUMN_DURATION, FALSE);
  append_mean (out, row, WB_RUN_COLUMN_WAITED, FALSE);
}

static void
append_rest (GString *out, WbRunRow *row, WbRun *run)
{
  g_autofree char *tags = wb_run_row_dup_text (row, WB_RUN_COLUMN_TAGS);

  append_time (out, run != NULL ? wb_run_get_created (run) : 0);
  append_time (out, run != NULL ? wb_run_get_started (run) : 0);
  append_time (out, run != NULL ? wb_run_get_finished (run) : 0);
  wb_csv_append_text (out, tags);
  wb_csv_append_text (out, run != NULL ? wb_run_get_note (run) : NULL);
  append_flag (out, wb_run_row_is_pinned (row));
  append_flag (out, wb_run_row_is_baseline (row));
  append_flag (out, run != NULL && wb_run_is_archived (run));
  wb_csv_append_text (out, run != NULL ? wb_run_get_message (run) : NULL);
  wb_csv_append_text (out, run != NULL ? wb_run_get_folder (run) : NULL);
}

char *
wb_run_csv_from_rows (GPtrArray *rows)
{
  GString *out = g_string_sized_new (256 * (rows->len + 1));

  for (gsize i = 0; i < G_N_ELEMENTS (headings); i++)
    wb_csv_append_text (out, headings[i]);
  wb_csv_end_line (out);
  for (guint i = 0; i < rows->len; i++)
    {
      WbRun *run = wb_run_row_get_run (rows->pdata[i]);

      append_what (out, rows->pdata[i], run);
      append_results (out, rows->pdata[i], run);
      append_rest (out, rows->pdata[i], run);
      wb_csv_end_line (out);
    }
  return g_string_free (out, FALSE);
}

gboolean
wb_run_csv_save (GPtrArray *rows, const char *path, GError **error)
{
  g_autofree char *text = wb_run_csv_from_rows (rows);
  g_autoptr (GError) local = NULL;

  if (g_file_set_contents (path, text, -1, &local))
    return TRUE;
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_FAILED, _ ("%s cannot be written: %s"), path,
               local->message);
  return FALSE;
}
