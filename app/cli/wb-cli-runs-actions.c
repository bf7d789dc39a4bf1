#include <stdio.h>
#include <string.h>

#include "app/cli/wb-cli-runs-private.h"
#include "app/runs/wb-run-check-private.h"

static void
print_run (WbCli *cli, WbRun *run)
{
  if (cli->json)
    wb_cli_runs_print_json (run);
  else
    wb_cli_print ("run %" G_GINT64_FORMAT "  %s: %s\n", wb_run_get_id (run), wb_run_get_name (run),
                  wb_run_get_status_text (run));
}

int
wb_cli_runs_log (WbCli *cli, int argc, char **argv)
{
  gint               lines = 0;
  const GOptionEntry entries[] = {
    { "lines", 'n', 0, G_OPTION_ARG_INT, &lines, "Only the last N", "N" },
    { NULL },
  };
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (WbRun) run = NULL;
  g_auto (GStrv) log = NULL;
  GError *error = NULL;
  int     status;

  if (!wb_cli_parse (cli, entries, "RUN", NULL, &argc, &argv, &status) ||
      !wb_cli_has_arguments (argc, argv, 1, &status))
    return status;
  if (lines < 0)
    return wb_cli_usage ("--lines is a number of lines, not %d", lines);
  run = wb_cli_runs_find (cli, &workspace, argc, argv, &status);
  if (run == NULL)
    return status;
  log = cli->json ? wb_run_dup_log_objects (run, (gsize) MAX (lines, 0), &error)
                  : wb_run_dup_log (run, (gsize) MAX (lines, 0), &error);
  if (log == NULL)
    return wb_cli_fail (error);
  for (gsize i = 0; log[i] != NULL; i++)
    wb_cli_print ("%s\n", log[i]);
  return WB_EXIT_OK;
}

static int
request (WbCli              *cli,
         int                 argc,
         char              **argv,
         const GOptionEntry *entries,
         gboolean           *keep,
         WbRunRequest        what)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (WbRun) run = NULL;
  GError *error = NULL;
  int     status;

  if (!wb_cli_parse (cli, entries, "RUN", NULL, &argc, &argv, &status) ||
      !wb_cli_has_arguments (argc, argv, 1, &status))
    return status;
  run = wb_cli_runs_find (cli, &workspace, argc, argv, &status);
  if (run == NULL)
    return status;
  if (keep != NULL && *keep)
    what = WB_RUN_REQUEST_STOP_KEEP;
  if (!wb_run_request (run, what, &error))
    return wb_cli_fail (error);
  print_run (cli, run);
  return WB_EXIT_OK;
}

int
wb_cli_runs_stop (WbCli *cli, int argc, char **argv)
{
  gboolean           keep = FALSE;
  const GOptionEntry entries[] = {
    { "keep-best", 0, 0, G_OPTION_ARG_NONE, &keep, "End it: it counts as finished", NULL },
    { NULL },
  };

  return request (cli, argc, argv, entries, &keep, WB_RUN_REQUEST_STOP);
}

int
wb_cli_runs_pause (WbCli *cli, int argc, char **argv)
{
  return request (cli, argc, argv, NULL, NULL, WB_RUN_REQUEST_PAUSE);
}

int
wb_cli_runs_rename (WbCli *cli, int argc, char **argv)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (WbRun) run = NULL;
  GError *error = NULL;
  int     status;

  if (!wb_cli_parse (cli, NULL, "RUN NAME", NULL, &argc, &argv, &status))
    return status;
  if (argc != 3)
    return wb_cli_usage ("write: runs rename RUN NAME");
  run = wb_cli_runs_find (cli, &workspace, argc, argv, &status);
  if (run == NULL)
    return status;
  if (!wb_run_rename (run, argv[2], &error))
    return wb_cli_fail (error);
  print_run (cli, run);
  return WB_EXIT_OK;
}

int
wb_cli_runs_delete (WbCli *cli, int argc, char **argv)
{
  int status, worst = WB_EXIT_OK;

  if (!wb_cli_parse (cli, NULL, "RUN…", NULL, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return wb_cli_usage ("which run? “runs list” shows what there is");
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (WbWorkspace) workspace = NULL;
      char *one[] = { argv[0], argv[i], NULL };
      g_autoptr (WbRun) run = wb_cli_runs_find (cli, &workspace, 2, one, &status);
      GError *error = NULL;

      if (run != NULL)
        status = wb_run_delete (run, &error) && wb_run_finish_delete (run, &error) &&
                         wb_run_empty_trash (workspace, &error)
                     ? WB_EXIT_OK
                     : wb_cli_fail (error);
      worst = MAX (worst, status);
    }
  return worst;
}

int
wb_cli_runs_verify (WbCli *cli, int argc, char **argv)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (WbRun) run = NULL;
  g_autoptr (WbJson) json = wb_json_new ();
  GError *error = NULL;
  int     status;

  if (!wb_cli_parse (cli, NULL, "RUN", NULL, &argc, &argv, &status) ||
      !wb_cli_has_arguments (argc, argv, 1, &status))
    return status;
  run = wb_cli_runs_find (cli, &workspace, argc, argv, &status);
  if (run == NULL)
    return status;
  if (!wb_run_check_files (run, &error))
    return wb_cli_fail (error);
  if (!cli->json)
    wb_cli_print ("run %" G_GINT64_FORMAT ": its files are whole\n", wb_run_get_id (run));
  else
    {
      wb_json_begin_object (json, NULL);
      wb_json_integer (json, "run", wb_run_get_id (run));
      wb_json_boolean (json, "ok", TRUE);
      wb_json_end_object (json);
      wb_json_print (json);
    }
  return WB_EXIT_OK;
}
