/* `runs list`: the same table as the window's, as text, JSON or CSV. */
#include <math.h>
#include <string.h>

#include "app/cli/wb-cli-runs-private.h"
#include "app/runs/wb-run-csv.h"
#include "app/runs/wb-run-table.h"
#include "data/tasks/wb-task.h"

/* %NULL: all. */
typedef struct
{
  char       *status, *task, *model, *tag, *search, *sort;
  gboolean    archived, group, csv;
  guint       statuses;
  WbRunColumn column;
  gboolean    descending;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->status);
  g_free (self->task);
  g_free (self->model);
  g_free (self->tag);
  g_free (self->search);
  g_free (self->sort);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* "0.8303", "0.8257 ± 0.0051 (3)" */
static char *
dup_mean (WbRunRow *row, WbRunColumn column, const char *format)
{
  WbRunMean mean;
  char      value[G_ASCII_DTOSTR_BUF_SIZE], deviation[G_ASCII_DTOSTR_BUF_SIZE];

  wb_run_row_get_mean (row, column, &mean);
  if (mean.n == 0)
    return g_strdup ("–");
  g_ascii_formatd (value, sizeof value, format, mean.mean);
  if (!wb_run_row_is_group (row))
    return g_strdup (value);
  if (isnan (mean.deviation))
    return g_strdup_printf ("%s (%u)", value, mean.n);
  g_ascii_formatd (deviation, sizeof deviation, "%.4f", mean.deviation);
  return g_strdup_printf ("%s ± %s (%u)", value, deviation, mean.n);
}

static char *
dup_steps (WbRun *run)
{
  return run == NULL ? g_strdup ("")
                     : g_strdup_printf ("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                                        wb_run_get_step (run), wb_run_get_total_steps (run));
}

static char *
dup_id (WbRun *run)
{
  return run == NULL ? g_strdup ("") : g_strdup_printf ("%" G_GINT64_FORMAT, wb_run_get_id (run));
}

static void
add_row (GPtrArray *rows, WbRunRow *row)
{
  WbRun           *run = wb_run_row_get_run (row);
  GStrvBuilder    *cells = g_strv_builder_new ();
  WbRunMean        rate, duration;
  g_autofree char *id = dup_id (run), *status = wb_run_row_dup_text (row, WB_RUN_COLUMN_STATUS);
  g_autofree char *name = wb_run_row_dup_text (row, WB_RUN_COLUMN_NAME);
  g_autofree char *task = wb_run_row_dup_text (row, WB_RUN_COLUMN_TASK);
  g_autofree char *best = dup_mean (row, WB_RUN_COLUMN_BEST, "%.4f");
  g_autofree char *last = dup_mean (row, WB_RUN_COLUMN_LAST, "%.4f");
  g_autofree char *steps = dup_steps (run), *rate_text = NULL, *time = NULL, *created = NULL;

  wb_run_row_get_mean (row, WB_RUN_COLUMN_RATE, &rate);
  wb_run_row_get_mean (row, WB_RUN_COLUMN_DURATION, &duration);
  rate_text = g_strdup_printf ("%.0f", rate.n > 0 ? rate.mean : 0);
  time = wb_cli_runs_dup_duration (duration.mean);
  created = run != NULL ? wb_cli_runs_dup_time (wb_run_get_created (run)) : g_strdup ("");
  g_strv_builder_add_many (cells, id, status, name, task, best, last, steps, rate_text, time,
                           created, NULL);
  g_ptr_array_add (rows, g_strv_builder_end (cells));
  g_strv_builder_unref (cells);
}

/* (transfer full): the table's rows */
static GPtrArray *
dup_rows (WbRunTable *table)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (table)); i++)
    g_ptr_array_add (rows, g_list_model_get_item (G_LIST_MODEL (table), i));
  return rows;
}

static void
print_text (GPtrArray *all)
{
  static const char *const headings[] = { "ID",   "STATUS", "NAME",  "TASK", "BEST",
                                          "LAST", "STEP",   "TOK/S", "TIME", "CREATED" };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint i = 0; i < all->len; i++)
    add_row (rows, all->pdata[i]);
  if (rows->len > 0)
    wb_cli_print_table (headings, "rlllrrrrrl", rows);
  else
    wb_cli_print ("no runs\n");
}

static void
add_mean_json (WbJson *json, const char *key, WbRunRow *row, WbRunColumn column)
{
  WbRunMean mean;

  wb_run_row_get_mean (row, column, &mean);
  wb_json_begin_object (json, key);
  wb_json_double (json, "mean", mean.mean);
  wb_json_double (json, "deviation", mean.deviation);
  wb_json_integer (json, "n", mean.n);
  wb_json_end_object (json);
}

static void
add_group_json (WbJson *json, WbRunRow *row)
{
  g_autofree char *name = wb_run_row_dup_text (row, WB_RUN_COLUMN_NAME);
  WbRun           *first = wb_run_row_get_nth_run (row, 0);

  wb_json_text (json, "name", name);
  wb_json_text (json, "model", wb_run_get_model (first));
  wb_json_text (json, "task", wb_run_get_task (first));
  wb_json_text (json, "metric", wb_run_get_metric_name (first));
  add_mean_json (json, "best", row, WB_RUN_COLUMN_BEST);
  add_mean_json (json, "last", row, WB_RUN_COLUMN_LAST);
}

/* With --group every row is an object with the runs it stands for. */
static void
add_json (WbJson *json, WbRunRow *row, gboolean grouped)
{
  wb_json_begin_object (json, NULL);
  if (grouped)
    {
      add_group_json (json, row);
      wb_json_begin_array (json, "runs");
      for (guint i = 0; i < wb_run_row_get_n_runs (row); i++)
        {
          wb_json_begin_object (json, NULL);
          wb_cli_runs_add_json (json, wb_run_row_get_nth_run (row, i));
          wb_json_end_object (json);
        }
      wb_json_end_array (json);
    }
  else
    wb_cli_runs_add_json (json, wb_run_row_get_run (row));
  wb_json_end_object (json);
}

static void
print_json (GPtrArray *rows, gboolean grouped)
{
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_json_begin_array (json, grouped ? "groups" : "runs");
  for (guint i = 0; i < rows->len; i++)
    add_json (json, rows->pdata[i], grouped);
  wb_json_end_array (json);
  wb_json_end_object (json);
  wb_json_print (json);
}

static gboolean
parse_sort (Options *self, int *status)
{
  const char *id = self->sort;

  self->column = WB_RUN_N_COLUMNS;
  if (id == NULL)
    return TRUE;
  self->descending = *id == '-';
  if (wb_run_column_find (id + self->descending, &self->column) &&
      wb_run_column_is_sortable (self->column))
    return TRUE;
  *status =
      wb_cli_usage ("there is no column “%s” to sort by; there are name, status, task, model, "
                    "best, last, published, baseline, seed, rate, duration, waited, started, "
                    "tags and note",
                    id + self->descending);
  return FALSE;
}

static gboolean
check_options (Options *self, WbCli *cli, int *status)
{
  const WbTask *task = self->task != NULL ? wb_task_find (self->task) : NULL;
  WbRunStatus   parsed;

  if (self->status != NULL && !wb_run_status_parse (self->status, &parsed))
    *status = wb_cli_usage ("there is no status “%s”; there are queued, running, paused, stopped, "
                            "interrupted, finished, failed and diverged",
                            self->status);
  else if (self->task != NULL && task == NULL)
    *status = wb_cli_usage ("there is no task “%s”", self->task);
  else if (self->csv && cli->json)
    *status = wb_cli_usage ("--csv and --json are two ways to print the same: give one");
  else
    {
      self->statuses = self->status != NULL ? 1u << parsed : 0;
      g_free (self->task);
      self->task = task != NULL ? g_strdup (task->name) : NULL;
      return parse_sort (self, status);
    }
  return FALSE;
}

static void
set_value (WbRunTable *table, WbRunColumn column, const char *value)
{
  const char *const values[] = { value, NULL };

  wb_run_table_set_values (table, column, values);
}

static WbRunTable *
table_new (WbRunList *list, const Options *options)
{
  WbRunTable *table = wb_run_table_new ();

  wb_run_table_set_text (table, options->search != NULL ? options->search : "");
  wb_run_table_set_statuses (table, options->statuses);
  wb_run_table_set_archived (table, options->archived);
  set_value (table, WB_RUN_COLUMN_TASK, options->task);
  set_value (table, WB_RUN_COLUMN_MODEL, options->model);
  set_value (table, WB_RUN_COLUMN_TAGS, options->tag);
  wb_run_table_set_grouped (table, options->group);
  wb_run_table_set_order (table, options->column, options->descending);
  wb_run_table_set_list (table, list);
  return table;
}

static int
list_runs (WbCli *cli, const Options *options)
{
  g_autoptr (WbWorkspace) workspace = wb_cli_open_workspace (cli);
  g_autoptr (WbRunList) list = NULL;
  g_autoptr (WbRunTable) table = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  GError *error = NULL;

  if (workspace == NULL)
    return WB_EXIT_FAILED;
  list = options->archived ? wb_run_list_new_with_archived (workspace, &error)
                           : wb_run_list_new (workspace, &error);
  if (list == NULL)
    return wb_cli_fail (error);
  table = table_new (list, options);
  rows = dup_rows (table);
  if (options->csv)
    {
      g_autofree char *csv = wb_run_csv_from_rows (rows);
      wb_cli_print ("%s", csv);
    }
  else if (cli->json)
    print_json (rows, options->group);
  else
    print_text (rows);
  return WB_EXIT_OK;
}

int
wb_cli_runs_list (WbCli *cli, int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "status", 0, 0, G_OPTION_ARG_STRING, &options.status, "Only runs that are so", "NAME" },
    { "task", 0, 0, G_OPTION_ARG_STRING, &options.task, "Only runs of this task", "NAME" },
    { "model", 0, 0, G_OPTION_ARG_STRING, &options.model, "Only runs of this model", "NAME" },
    { "tag", 0, 0, G_OPTION_ARG_STRING, &options.tag, "Only runs with this tag", "TAG" },
    { "search", 0, 0, G_OPTION_ARG_STRING, &options.search,
      "Only runs with these words in name, model, task, tags or note", "WORDS" },
    { "archived", 0, 0, G_OPTION_ARG_NONE, &options.archived, "Only those that were put away",
      NULL },
    { "group", 0, 0, G_OPTION_ARG_NONE, &options.group,
      "Runs that differ in their seed as one row: mean ± sample deviation (N)", NULL },
    { "sort", 0, 0, G_OPTION_ARG_STRING, &options.sort,
      "By a column: best, duration, name …; -best: the greatest first", "COLUMN" },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &options.csv, "Comma-separated values, every column", NULL },
    { NULL },
  };
  int status;

  if (wb_cli_parse (cli, entries, "", "Newest first; pinned runs before all others.", &argc, &argv,
                    &status) &&
      wb_cli_has_arguments (argc, argv, 0, &status) && check_options (&options, cli, &status))
    status = list_runs (cli, &options);
  return status;
}
