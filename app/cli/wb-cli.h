#pragma once

#include <gio/gio.h>

#include "app/core/wb-workspace.h"

G_BEGIN_DECLS

/**
 * WbCli:
 * @home: (nullable): --home
 * @json: --json: standard output is machine-readable, everything else goes to standard error
 * @verbose: --verbose
 * @terminal: standard error is a terminal and progress may be drawn on it
 * @drawn_time: when progress was drawn last
 *
 * What every command gets: the options that all of them have.
 */
typedef struct
{
  char    *home;
  gboolean json;
  gboolean verbose;
  gboolean terminal;
  gint64   drawn_time;
} WbCli;

/**
 * WbCliCommand:
 * @name: "train"
 * @summary: one line for --help
 * @run: @argv[0] is the command's name, @argc counts it; may be rearranged.  Returns the exit
 * status: 0, or what wb_cli_fail() or wb_cli_usage() gave
 *
 * One entry of the table in wb-cli.c; one file per command, wb-cli-<name>.c.
 */
typedef struct
{
  const char *name;
  const char *summary;
  int (*run) (WbCli *cli, int argc, char **argv);
} WbCliCommand;

/* Commands of a command: "queue list".  @commands ends with a %NULL name. */
typedef struct
{
  const char         *name;      /* "queue" */
  const char         *arguments; /* of all of them, for the usage: "[OPTION…] [RUN]" */
  const char         *more;      /* what the help says last, with its line end */
  const WbCliCommand *commands;
} WbCliGroup;

#define WB_EXIT_OK 0
#define WB_EXIT_FAILED 1
#define WB_EXIT_USAGE 2

/* The whole program but for the window.  @open_window: (nullable): called when no command is
 * given. */
int
wb_cli_main (int argc, char **argv, int (*open_window) (const char *home, int argc, char **argv));

/**
 * wb_cli_parse:
 * @entries: (nullable): the command's own options, ended by an empty entry
 * @arguments: "[RUN]": shown after the command's name
 * @description: (nullable): shown after the options of --help
 * @argc, @argv: in: the command's; out: [0] and what is left after the options
 * @status: (out): what to return when the result is %FALSE
 *
 * Adds --home, --json and --verbose (also written after the command), --help, and prints usage
 * errors (status 2) or help (status 0) itself.  "-" counts as an argument, "--" ends options.
 */
gboolean wb_cli_parse (WbCli              *cli,
                       const GOptionEntry *entries,
                       const char         *arguments,
                       const char         *description,
                       int                *argc,
                       char             ***argv,
                       int                *status);

/* Whether at most @most (0 or 1) arguments are left; else prints which is too much and sets
 * @status. */
gboolean wb_cli_has_arguments (int argc, char **argv, int most, int *status);

/* Opens the home folder, or prints why not and returns %NULL (then return WB_EXIT_FAILED). */
WbWorkspace *wb_cli_open_workspace (WbCli *cli);

/* One line on standard error: "deberta-workbench: MESSAGE".  Takes @error; returns 2 for
 * WB_APP_ERROR_USAGE, else 1. */
int wb_cli_fail (GError *error);
/* The same for wrong usage; returns 2. */
int wb_cli_usage (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Standard output. */
void wb_cli_print (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* Standard error; only with --verbose. */
void wb_cli_note (WbCli *cli, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* A terminal's one line, drawn over itself: "phase  61 %  9,120 tok/s  18 min left".  Nothing is
 * drawn without a terminal or with --json.  @fraction below 0: unknown. */
void wb_cli_progress (WbCli      *cli,
                      const char *phase,
                      double      fraction,
                      const char *rate,
                      double      seconds_left);
void wb_cli_progress_clear (WbCli *cli);

/* Table for people: rows of cells with columns aligned; numbers right when @align[i] is 'r'. */
void wb_cli_print_table (const char *const *headings, const char *align, GPtrArray *rows);

/* Commands; the table names them all. */
int wb_cli_train (WbCli *cli, int argc, char **argv);
int wb_cli_resume (WbCli *cli, int argc, char **argv);
int wb_cli_evaluate (WbCli *cli, int argc, char **argv);
int wb_cli_predict (WbCli *cli, int argc, char **argv);
int wb_cli_export (WbCli *cli, int argc, char **argv);
int wb_cli_queue (WbCli *cli, int argc, char **argv);
int wb_cli_runs (WbCli *cli, int argc, char **argv);
int wb_cli_recipes (WbCli *cli, int argc, char **argv);
int wb_cli_bench (WbCli *cli, int argc, char **argv);
int wb_cli_doctor (WbCli *cli, int argc, char **argv);
int wb_cli_models (WbCli *cli, int argc, char **argv);
int wb_cli_datasets (WbCli *cli, int argc, char **argv);
int wb_cli_tokenize (WbCli *cli, int argc, char **argv);
int wb_cli_attention (WbCli *cli, int argc, char **argv);
int wb_cli_demo (WbCli *cli, int argc, char **argv);

/* Runs the command of @group that @argv[1] names; it gets "queue list" as its name.  --help, or
 * nothing, lists them. */
int wb_cli_run_group (WbCli *cli, const WbCliGroup *group, int argc, char **argv);

G_END_DECLS
