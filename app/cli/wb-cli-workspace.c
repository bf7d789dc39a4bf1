#include "app/cli/wb-cli.h"

WbWorkspace *
wb_cli_open_workspace (WbCli *cli)
{
  GError      *error = NULL;
  WbWorkspace *workspace = wb_workspace_open (cli->home, &error);

  if (workspace == NULL)
    wb_cli_fail (error);
  return workspace;
}
