#pragma once

#include "app/cli/wb-cli.h"
#include "app/core/wb-json.h"
#include "app/runs/wb-run-list.h"

G_BEGIN_DECLS

int wb_cli_runs_list (WbCli *cli, int argc, char **argv);
int wb_cli_runs_show (WbCli *cli, int argc, char **argv);
int wb_cli_runs_log (WbCli *cli, int argc, char **argv);
int wb_cli_runs_stop (WbCli *cli, int argc, char **argv);
int wb_cli_runs_pause (WbCli *cli, int argc, char **argv);
int wb_cli_runs_rename (WbCli *cli, int argc, char **argv);
int wb_cli_runs_delete (WbCli *cli, int argc, char **argv);
int wb_cli_runs_verify (WbCli *cli, int argc, char **argv);
int wb_cli_runs_compare (WbCli *cli, int argc, char **argv);
int wb_cli_runs_tag (WbCli *cli, int argc, char **argv);
int wb_cli_runs_note (WbCli *cli, int argc, char **argv);
int wb_cli_runs_archive (WbCli *cli, int argc, char **argv);
int wb_cli_runs_pin (WbCli *cli, int argc, char **argv);
int wb_cli_runs_baseline (WbCli *cli, int argc, char **argv);

/* The run that argv[1] names; %NULL after saying why not (@status). */
WbRun *wb_cli_runs_find (WbCli *cli, WbWorkspace **workspace, int argc, char **argv, int *status);

/* (transfer full): "2026-03-12 09:14", "–"; "0:46:03" */
char *wb_cli_runs_dup_time (gint64 seconds);
char *wb_cli_runs_dup_duration (double seconds);

/* Keys of a run's object, as `runs list --json` prints it. */
void wb_cli_runs_add_json (WbJson *json, WbRun *run);
/* One line with that object. */
void wb_cli_runs_print_json (WbRun *run);
/* "settings": every setting by its key, as text. */
void wb_cli_runs_add_settings_json (WbJson *json, WbSettings *settings);
/* "recipe": what they began as, and what differs from it; null. */
void wb_cli_runs_add_recipe_json (WbJson *json, WbRun *run, WbSettings *settings);

/**
 * WbCliChart:
 * @to: the file, see wb_figure_save()
 * @series: (nullable): names with commas between them; %NULL: the losses
 * @smoothing: weight of a mean over training's series; 0: none
 * @mean: points of a centred mean instead; 0: none
 * @x: (nullable): name of a horizontal axis, wb_run_axis_kind_parse(); %NULL: steps
 */
typedef struct
{
  char    *to, *series, *x;
  double   smoothing;
  int      mean;
  gboolean log_x, log_y;
} WbCliChart;

/* With --json also prints what was written: run, to, series. */
gboolean wb_cli_runs_save_chart (WbCli *cli, WbRun *run, const WbCliChart *chart, GError **error);

G_END_DECLS
