#pragma once

#include "app/cli/wb-cli.h"

G_BEGIN_DECLS

/**
 * wb_cli_execute_run:
 *
 * Executes a run in this process with what a command line shows of it: objects with --json, else a
 * bar on a terminal and a line for every evaluation.  Returns the exit status.
 */
int wb_cli_execute_run (WbCli *cli, WbWorkspace *workspace, gint64 id, gboolean alongside);

G_END_DECLS
