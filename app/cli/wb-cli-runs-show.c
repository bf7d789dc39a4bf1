/* `runs show`: one run, its curves, and what its evaluations found. */
#include <math.h>
#include <string.h>

#include "app/cli/wb-cli-findings-private.h"
#include "app/cli/wb-cli-recipes-private.h"
#include "app/cli/wb-cli-runs-private.h"
#include "app/core/wb-app-error.h"
#include "app/runs/wb-run-copy.h"

static void
print_labels (WbRun *run)
{
  g_auto (GStrv) tags = wb_run_dup_tags (run);
  g_autofree char *line = g_strjoinv (" ", tags);

  if (*line != '\0')
    wb_cli_print ("tags      %s\n", line);
  if (*wb_run_get_note (run) != '\0')
    wb_cli_print ("note      %s\n", wb_run_get_note (run));
  if (wb_run_is_archived (run))
    wb_cli_print ("archived  yes; “runs archive --undo %" G_GINT64_FORMAT "” brings it back\n",
                  wb_run_get_id (run));
}

static void
print_departures (WbRun *run, WbSettings *settings)
{
  g_autoptr (WbRecipe) recipe = wb_run_dup_recipe (run);
  g_autoptr (GArray) departures = recipe != NULL ? wb_recipe_get_departures (recipe, settings)
                                                 : wb_settings_get_departures (settings);
  g_autofree char *not_followed = recipe != NULL ? wb_recipe_dup_not_followed (recipe) : NULL;

  if (recipe != NULL)
    wb_cli_print ("recipe    %s (%s)\n", wb_recipe_get_name (recipe),
                  departures->len == 0 ? "followed" : "with departures");
  if (not_followed != NULL)
    wb_cli_print ("          %s\n", not_followed);
  for (guint i = 0; i < departures->len; i++)
    {
      const WbDeparture *departure = &g_array_index (departures, WbDeparture, i);
      wb_cli_print ("%s %s = %s (%s %s)\n", i == 0 ? "settings " : "         ",
                    departure->info->key, departure->value, recipe != NULL ? "recipe" : "default",
                    departure->fallback);
    }
}

static void
print_details (WbRun *run, WbSettings *settings)
{
  g_autofree char *created = wb_cli_runs_dup_time (wb_run_get_created (run));
  g_autofree char *duration = wb_cli_runs_dup_duration (wb_run_get_duration (run));
  g_autofree char *left = wb_cli_runs_dup_duration (wb_run_get_seconds_left (run));
  g_autofree char *why_not = wb_run_dup_obstacle (run);
  g_autofree char *best = wb_run_dup_best_folder (run);

  wb_cli_print ("run %" G_GINT64_FORMAT "  %s\n", wb_run_get_id (run), wb_run_get_name (run));
  wb_cli_print ("status    %s\n", wb_run_get_status_text (run));
  if (*wb_run_get_message (run) != '\0')
    wb_cli_print ("message   %s\n", wb_run_get_message (run));
  wb_cli_print ("model     %s\ntask      %s\nseed      %" G_GUINT64_FORMAT "\n",
                wb_run_get_model (run), wb_run_get_task_title (run), wb_run_get_seed (run));
  wb_cli_print ("steps     %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT "\n", wb_run_get_step (run),
                wb_run_get_total_steps (run));
  if (wb_run_get_seconds_left (run) >= 0)
    wb_cli_print ("left      %s\n", left);
  if (isfinite (wb_run_get_best (run)))
    wb_cli_print ("best      %s %.4f at step %" G_GUINT64_FORMAT "\nlast      %.4f\n",
                  wb_run_get_metric_name (run), wb_run_get_best (run), wb_run_get_best_step (run),
                  wb_run_get_last (run));
  wb_cli_print ("created   %s\nworked    %s\nfolder    %s\n", created, duration,
                wb_run_get_folder (run));
  if (why_not != NULL && !wb_run_is_active (run) && wb_run_get_status (run) != WB_RUN_FINISHED)
    wb_cli_print ("resume    cannot: %s\n", why_not);
  print_labels (run);
  if (best != NULL)
    wb_cli_print ("best is   %s\n", best);
  print_departures (run, settings);
}

static void
print_details_json (WbRun *run, WbSettings *settings)
{
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_cli_runs_add_json (json, run);
  wb_cli_runs_add_settings_json (json, settings);
  wb_cli_runs_add_recipe_json (json, run, settings);
  wb_json_end_object (json);
  wb_json_print (json);
}

/* What the command's options say. */
typedef struct
{
  WbCliChart    chart;
  WbCliFindings findings;
  char         *split;
  gint64        step;
  gboolean      command;
} Options;

static void
print_findings (WbRun *run, const Options *options, const WbFindings *findings)
{
  const gboolean is_best = wb_findings_get_step (findings) == wb_run_get_best_step (run);

  wb_cli_print ("run %" G_GINT64_FORMAT "  %s at step %" G_GUINT64_FORMAT "%s  (%zu examples)\n",
                wb_run_get_id (run), wb_findings_get_split (findings),
                wb_findings_get_step (findings), is_best ? ", the best" : "",
                wb_findings_get_n (findings));
  wb_cli_findings_print (&options->findings, findings);
}

static void
print_findings_json (WbRun *run, const Options *options, const WbFindings *findings)
{
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_json_integer (json, "run", wb_run_get_id (run));
  wb_json_text (json, "split", wb_findings_get_split (findings));
  wb_json_integer (json, "step", (gint64) wb_findings_get_step (findings));
  wb_json_text (json, "file", wb_findings_get_path (findings));
  wb_json_integer (json, "examples", (gint64) wb_findings_get_n (findings));
  wb_cli_findings_write (&options->findings, findings, json);
  wb_json_end_object (json);
  wb_json_print (json);
}

static gboolean
show_findings (WbCli *cli, WbRun *run, const Options *options, GError **error)
{
  const guint64 step = options->step >= 0 ? (guint64) options->step : G_MAXUINT64;
  g_autoptr (WbFindings) findings = wb_run_read_findings (run, options->split, step, error);

  if (findings == NULL)
    return FALSE;
  if (cli->json)
    print_findings_json (run, options, findings);
  else
    print_findings (run, options, findings);
  return TRUE;
}

static gboolean
show_details (WbCli *cli, WbRun *run, GError **error)
{
  g_autoptr (WbSettings) settings = wb_run_dup_settings (run, error);

  if (settings == NULL)
    return FALSE;
  if (cli->json)
    print_details_json (run, settings);
  else
    print_details (run, settings);
  return TRUE;
}

/* The line that makes the same run again, to be edited. */
static gboolean
show_command (WbCli *cli, WbRun *run, GError **error)
{
  g_autoptr (WbRunSpec) spec = wb_run_dup_spec (run, error);
  g_autofree char *line = spec != NULL ? wb_run_spec_dup_command_line (spec) : NULL;
  g_autoptr (WbJson) json = wb_json_new ();

  if (line == NULL)
    return FALSE;
  if (!cli->json)
    {
      wb_cli_print ("%s\n", line);
      return TRUE;
    }
  wb_json_begin_object (json, NULL);
  wb_json_integer (json, "run", wb_run_get_id (run));
  wb_json_text (json, "command", line);
  wb_json_end_object (json);
  wb_json_print (json);
  return TRUE;
}

static gboolean
check_options (const Options *options, int *status)
{
  const WbCliChart *chart = &options->chart;
  const gboolean    findings = wb_cli_findings_is_wanted (&options->findings);

  if (!wb_cli_findings_check (&options->findings, status))
    return FALSE;
  if (chart->to == NULL && (chart->series != NULL || chart->x != NULL || chart->smoothing != 0 ||
                            chart->mean != 0 || chart->log_x || chart->log_y))
    *status =
        wb_cli_usage ("--series, --x, --smoothing, --mean, --log-x and --log-y need --to FILE");
  else if (!findings && (options->split != NULL || options->step >= 0))
    *status = wb_cli_usage ("--split and --step need --confusion or --examples N");
  else if (findings && chart->to != NULL)
    *status = wb_cli_usage ("--to FILE is of curves; --confusion and --examples print");
  else if (options->command && (findings || chart->to != NULL))
    *status = wb_cli_usage ("--command shows nothing else");
  else
    return TRUE;
  return FALSE;
}

static int
show (WbCli *cli, int argc, char **argv, const Options *options)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (WbRun) run = NULL;
  GError  *error = NULL;
  int      status;
  gboolean ok;

  run = wb_cli_runs_find (cli, &workspace, argc, argv, &status);
  if (run == NULL)
    return status;
  if (options->chart.to != NULL)
    ok = wb_cli_runs_save_chart (cli, run, &options->chart, &error);
  else if (wb_cli_findings_is_wanted (&options->findings))
    ok = show_findings (cli, run, options, &error);
  else if (options->command)
    ok = show_command (cli, run, &error);
  else
    ok = show_details (cli, run, &error);
  return ok ? WB_EXIT_OK : wb_cli_fail (error);
}

int
wb_cli_runs_show (WbCli *cli, int argc, char **argv)
{
  Options            options = { .step = -1 };
  const GOptionEntry entries[] = {
    { "to", 0, 0, G_OPTION_ARG_FILENAME, &options.chart.to,
      "Write curves there instead: FILE.svg, .pdf, .png or .csv", "FILE" },
    { "series", 0, 0, G_OPTION_ARG_STRING, &options.chart.series,
      "Which curves: train/loss,dev/accuracy (default: the losses)", "NAMES" },
    { "smoothing", 0, 0, G_OPTION_ARG_DOUBLE, &options.chart.smoothing,
      "Weight of a mean over training's curves, 0 to below 1", "WEIGHT" },
    { "mean", 0, 0, G_OPTION_ARG_INT, &options.chart.mean,
      "Instead: a centred mean of so many points", "N" },
    { "x", 0, 0, G_OPTION_ARG_STRING, &options.chart.x,
      "Horizontal axis: step (default), epoch, examples, tokens, time, clock", "AXIS" },
    { "log-x", 0, 0, G_OPTION_ARG_NONE, &options.chart.log_x, "Logarithmic horizontal axis", NULL },
    { "log-y", 0, 0, G_OPTION_ARG_NONE, &options.chart.log_y, "Logarithmic values", NULL },
    WB_CLI_FINDINGS_ENTRIES (options.findings),
    { "split", 0, 0, G_OPTION_ARG_STRING, &options.split, "Of which file (default: the first)",
      "NAME" },
    { "step", 0, 0, G_OPTION_ARG_INT64, &options.step, "After which step (default: the best)",
      "N" },
    { "command", 0, 0, G_OPTION_ARG_NONE, &options.command,
      "The “train” command that makes the same run again, to be edited", NULL },
    { NULL },
  };
  int status;

  if (wb_cli_parse (cli, entries, "RUN", NULL, &argc, &argv, &status) &&
      wb_cli_has_arguments (argc, argv, 1, &status) && check_options (&options, &status))
    status = show (cli, argc, argv, &options);
  g_free (options.chart.to);
  g_free (options.chart.series);
  g_free (options.chart.x);
  g_free (options.split);
  return status;
}
