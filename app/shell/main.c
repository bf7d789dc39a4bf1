#include "app/cli/wb-cli.h"

#ifdef WB_HAVE_GUI
#include "ui/windows/wb-application.h"

int
main (int argc, char **argv)
{
  return wb_cli_main (argc, argv, wb_application_run);
}
#else
int
main (int argc, char **argv)
{
  return wb_cli_main (argc, argv, NULL);
}
#endif
