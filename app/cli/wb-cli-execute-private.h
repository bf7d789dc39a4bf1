#pragma once

#include "app/cli/wb-cli.h"

G_BEGIN_DECLS

/**
 * WbCliExecution:
 * @alongside: does not wait for other runs on the device
 * @queued: the run is taken from the queue, see #WbWorkerOptions
 */
typedef struct
{
  gboolean alongside;
  gboolean queued;
} WbCliExecution;

/**
 * wb_cli_execute_run:
 *
 * Executes a run in this process with what a command line shows of it: objects with --json, else a
 * bar on a terminal and a line for every evaluation.  Returns the exit status.
 */
int wb_cli_execute_run (WbCli *cli, WbWorkspace *workspace, gint64 id, const WbCliExecution *how);

G_END_DECLS
