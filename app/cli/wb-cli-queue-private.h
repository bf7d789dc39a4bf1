#pragma once

#include "app/cli/wb-cli.h"

G_BEGIN_DECLS

/* One line: the run as it is now; with --json its object. */
void wb_cli_queue_print_run (WbCli *cli, WbWorkspace *workspace, gint64 id);

/* Where the queue is paused: a line on standard error that says so, and how it goes on. */
void wb_cli_queue_say_paused (WbWorkspace *workspace);

G_END_DECLS
