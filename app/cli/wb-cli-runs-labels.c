#include <string.h>

#include "app/cli/wb-cli-runs-private.h"

/* ---- tag ---- */

static gboolean
change_tags (WbRun *run, char **tags, gboolean add, GError **error)
{
  for (gsize i = 0; tags != NULL && tags[i] != NULL; i++)
    if (!wb_run_change_tag (run, tags[i], add, error))
      return FALSE;
  return TRUE;
}

int
wb_cli_runs_tag (WbCli *cli, int argc, char **argv)
{
  g_auto (GStrv) removed = NULL;
  const GOptionEntry entries[] = {
    { "remove", 0, 0, G_OPTION_ARG_STRING_ARRAY, &removed, "Take a tag away; may be repeated",
      "TAG" },
    { NULL },
  };
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (WbRun) run = NULL;
  g_auto (GStrv) tags = NULL;
  g_autofree char *line = NULL;
  GError          *error = NULL;
  int              status;

  if (!wb_cli_parse (cli, entries, "RUN [TAG…]", "Adds tags, then prints those that the run has.",
                     &argc, &argv, &status))
    return status;
  run = wb_cli_runs_find (cli, &workspace, argc, argv, &status);
  if (run == NULL)
    return status;
  argv[argc] = NULL;
  if (!change_tags (run, argv + 2, TRUE, &error) || !change_tags (run, removed, FALSE, &error))
    return wb_cli_fail (error);
  tags = wb_run_dup_tags (run);
  line = g_strjoinv (" ", tags);
  if (cli->json)
    wb_cli_runs_print_json (run);
  else if (*line != '\0')
    wb_cli_print ("%s\n", line);
  return WB_EXIT_OK;
}

/* ---- note ---- */

int
wb_cli_runs_note (WbCli *cli, int argc, char **argv)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (WbRun) run = NULL;
  GError *error = NULL;
  int     status;

  if (!wb_cli_parse (cli, NULL, "RUN [TEXT]",
                     "Without TEXT prints the run's note; an empty TEXT takes it away.", &argc,
                     &argv, &status))
    return status;
  if (argc > 3)
    return wb_cli_usage ("a note is one argument: quote it");
  run = wb_cli_runs_find (cli, &workspace, argc, argv, &status);
  if (run == NULL)
    return status;
  if (argc == 3 && !wb_run_set_note (run, argv[2], &error))
    return wb_cli_fail (error);
  if (cli->json)
    wb_cli_runs_print_json (run);
  else if (argc == 2 && *wb_run_get_note (run) != '\0')
    wb_cli_print ("%s\n", wb_run_get_note (run));
  return WB_EXIT_OK;
}

/* ---- archive, pin, baseline ---- */

typedef gboolean (*Change) (WbRun *run, gboolean on, GError **error);

/* One after another: what cannot be changed does not keep the others from it. */
static int
change_runs (WbCli      *cli,
             int         argc,
             char      **argv,
             const char *undo_help,
             const char *help,
             Change      change)
{
  gboolean           undo = FALSE;
  const GOptionEntry entries[] = {
    { "undo", 0, 0, G_OPTION_ARG_NONE, &undo, undo_help, NULL },
    { NULL },
  };
  int status, worst = WB_EXIT_OK;

  if (!wb_cli_parse (cli, entries, "RUN…", help, &argc, &argv, &status))
    return status;
  if (argc < 2)
    return wb_cli_usage ("which run? “runs list” shows what there is");
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (WbWorkspace) workspace = NULL;
      char *one[] = { argv[0], argv[i], NULL };
      g_autoptr (WbRun) run = wb_cli_runs_find (cli, &workspace, 2, one, &status);
      GError *error = NULL;

      if (run != NULL && !change (run, !undo, &error))
        status = wb_cli_fail (error);
      else if (run != NULL)
        status = WB_EXIT_OK;
      if (status == WB_EXIT_OK && cli->json)
        wb_cli_runs_print_json (run);
      worst = MAX (worst, status);
    }
  return worst;
}

int
wb_cli_runs_archive (WbCli *cli, int argc, char **argv)
{
  return change_runs (cli, argc, argv, "Back into the list",
                      "Archived runs keep everything; “runs list” leaves them out.",
                      wb_run_archive);
}

int
wb_cli_runs_pin (WbCli *cli, int argc, char **argv)
{
  return change_runs (cli, argc, argv, "Back to their places", "Pinned runs stand first in lists.",
                      wb_run_set_pinned);
}

int
wb_cli_runs_baseline (WbCli *cli, int argc, char **argv)
{
  return change_runs (cli, argc, argv, "No longer",
                      "Lists show how much better or worse the other runs of its task are. Each "
                      "task has one at most.",
                      wb_run_set_baseline);
}
