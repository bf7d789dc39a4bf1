#pragma once

#include "app/cli/wb-cli.h"
#include "app/library/wb-library.h"

G_BEGIN_DECLS

/* Prints one entry; @tensors: of a model, every tensor too. */
typedef int (*WbLibraryShow) (WbCli       *cli,
                              WbWorkspace *workspace,
                              const char  *name,
                              gboolean     tensors);

/**
 * wb_cli_library:
 * @show: the part in which models and data sets differ
 *
 * `models` and `datasets`: list, show, import, remove, verify.
 */
int
wb_cli_library (WbCli *cli, int argc, char **argv, WbLibrarySection section, WbLibraryShow show);

G_END_DECLS
