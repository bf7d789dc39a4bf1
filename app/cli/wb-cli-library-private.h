#pragma once

#include "app/cli/wb-cli.h"
#include "app/library/wb-library.h"

G_BEGIN_DECLS

/**
 * wb_cli_library:
 * @show: prints one entry: the part in which models and data sets differ
 *
 * `models` and `datasets`: list, show, import, remove, verify.
 */
int wb_cli_library (WbCli           *cli,
                    int              argc,
                    char           **argv,
                    WbLibrarySection section,
                    int (*show) (WbCli *cli, WbWorkspace *workspace, const char *name));

G_END_DECLS
