#include "app/cli/wb-cli.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/core/wb-app-error.h"
#include "config.h"

/* Every command, in the order of --help. */
static const WbCliCommand commands[] = {
  { "demo", "make sample data, train two small models from scratch, evaluate", wb_cli_demo },
  { "train", "train a model on a task", wb_cli_train },
  { "resume", "go on with a run", wb_cli_resume },
  { "evaluate", "metrics of a model on a file or split", wb_cli_evaluate },
  { "predict", "what a model says of every line of a file", wb_cli_predict },
  { "tokenize", "ids, pieces and places of the lines of standard input", wb_cli_tokenize },
  { "attention", "the attention of one text: every term of every head", wb_cli_attention },
  { "models", "list, show, import, remove and verify models", wb_cli_models },
  { "datasets", "list, show, import, remove and verify data sets", wb_cli_datasets },
  { "export", "a run's best model as a Hugging Face folder", wb_cli_export },
  { "runs", "list, show, log, compare, stop, pause, rename, tag, note, archive, delete, verify",
    wb_cli_runs },
  { "queue", "list, run, pause, move, drop: what waits for its turn", wb_cli_queue },
  { "recipes", "list, show and save settings: the published ones, and your own", wb_cli_recipes },
  { "bench", "measured speed of this machine", wb_cli_bench },
  { "doctor", "what this machine has and what works", wb_cli_doctor },
  { NULL, NULL, NULL },
};

static void
print_help (void)
{
  wb_cli_print ("Usage:\n"
                "  deberta-workbench [OPTION…]               opens the window\n"
                "  deberta-workbench COMMAND [OPTION…]       works without a display\n"
                "\n"
                "Commands:\n");
  for (const WbCliCommand *command = commands; command->name != NULL; command++)
    wb_cli_print ("  %-12s %s\n", command->name, command->summary);
  wb_cli_print (
      "\n"
      "Options of every command:\n"
      "  --home DIR   folder with everything the program keeps (also DEBERTA_WORKBENCH_HOME)\n"
      "  --json       machine-readable standard output\n"
      "  --verbose    say more on standard error\n"
      "  --help       this text, or a command's\n"
      "  --version    the program's version\n"
      "\n"
      "Exit status: 0; 1 it failed; 2 wrong usage; 130, 143 stopped by a signal, state "
      "saved.\n");
}

static const WbCliCommand *
find_command (const char *name)
{
  for (const WbCliCommand *command = commands; command->name != NULL; command++)
    if (strcmp (command->name, name) == 0)
      return command;
  return NULL;
}

/* Options before the command.  Returns the index of the first argument that is none, or -1 when
 * all is done (@status). */
static int
read_global_options (WbCli *cli, int argc, char **argv, int *status)
{
  int i;

  *status = WB_EXIT_OK;
  for (i = 1; i < argc && argv[i][0] == '-'; i++)
    {
      if (strcmp (argv[i], "--version") == 0)
        wb_cli_print ("deberta-workbench %s\n", PACKAGE_VERSION);
      else if (strcmp (argv[i], "--help") == 0 || strcmp (argv[i], "-h") == 0)
        print_help ();
      else if (strcmp (argv[i], "--json") == 0)
        cli->json = TRUE;
      else if (strcmp (argv[i], "--verbose") == 0)
        cli->verbose = TRUE;
      else if (strcmp (argv[i], "--home") == 0 && i + 1 < argc)
        cli->home = argv[++i];
      else if (g_str_has_prefix (argv[i], "--home="))
        cli->home = argv[i] + strlen ("--home=");
      else if (strcmp (argv[i], "--home") == 0)
        {
          *status = wb_cli_usage ("--home needs a folder: --home DIR");
          return -1;
        }
      else
        {
          *status = wb_cli_usage ("unknown option %s; --help lists what there is", argv[i]);
          return -1;
        }
      if (strcmp (argv[i], "--version") == 0 || strcmp (argv[i], "--help") == 0 ||
          strcmp (argv[i], "-h") == 0)
        return -1;
    }
  return i;
}

static void
print_group_help (const WbCliGroup *group)
{
  wb_cli_print ("Usage:\n  deberta-workbench %s COMMAND %s\n\nCommands:\n", group->name,
                group->arguments);
  for (const WbCliCommand *command = group->commands; command->name != NULL; command++)
    wb_cli_print ("  %-8s %s\n", command->name, command->summary);
  wb_cli_print ("\n%s", group->more);
}

int
wb_cli_run_group (WbCli *cli, const WbCliGroup *group, int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : "--help";

  if (strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0)
    {
      print_group_help (group);
      return argc > 1 ? WB_EXIT_OK : WB_EXIT_USAGE;
    }
  for (const WbCliCommand *command = group->commands; command->name != NULL; command++)
    if (strcmp (command->name, name) == 0)
      {
        g_autofree char *full = g_strconcat (group->name, " ", name, NULL);

        argv[1] = full;
        return command->run (cli, argc - 1, argv + 1);
      }
  return wb_cli_usage ("there is no command “%s %s”; “%s --help” lists them", group->name, name,
                       group->name);
}

/* Output that did not arrive is a failure. */
static int
check_output (int status)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return status;
  return MAX (status, wb_cli_fail (g_error_new_literal (
                          G_FILE_ERROR, G_FILE_ERROR_IO,
                          "standard output could not be written (is the disk full?)")));
}

int
wb_cli_main (int argc, char **argv, int (*open_window) (const char *home, int argc, char **argv))
{
  WbCli               cli = { 0 };
  const WbCliCommand *command;
  const char         *home;
  int                 status, first;

  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");  /* numbers are written and read the same everywhere */
  setlocale (LC_MESSAGES, "C"); /* and texts are English; the window sets its own language */
  g_set_prgname ("deberta-workbench");
  cli.terminal = isatty (STDERR_FILENO);
  first = read_global_options (&cli, argc, argv, &status);
  if (first < 0)
    return status;
  if (first < argc)
    {
      command = find_command (argv[first]);
      if (command == NULL)
        return wb_cli_usage ("there is no command “%s”; --help lists what there is", argv[first]);
      home = cli.home;
      status = command->run (&cli, argc - first, argv + first);
      if (cli.home != home)
        g_free (cli.home);
      return check_output (status);
    }
  if (open_window == NULL)
    return wb_cli_usage ("this build has no window; --help lists the commands, “demo” is a start");
  return open_window (cli.home, argc, argv);
}

static GOptionContext *
make_context (WbCli              *cli,
              const GOptionEntry *entries,
              const char         *arguments,
              const char         *description,
              gboolean           *help)
{
  GOptionContext    *context = g_option_context_new (arguments);
  const GOptionEntry common[] = {
    { "home", 0, 0, G_OPTION_ARG_FILENAME, &cli->home, "Folder with everything kept", "DIR" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, "Machine-readable standard output", NULL },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &cli->verbose, "Say more on standard error", NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, help, "This text", NULL },
    { NULL },
  };

  g_option_context_set_help_enabled (context, FALSE);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, common, NULL);
  if (description != NULL)
    g_option_context_set_description (context, description);
  return context;
}

gboolean
wb_cli_parse (WbCli              *cli,
              const GOptionEntry *entries,
              const char         *arguments,
              const char         *description,
              int                *argc,
              char             ***argv,
              int                *status)
{
  g_autoptr (GOptionContext) context = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *program = g_strconcat ("deberta-workbench ", (*argv)[0], NULL);
  g_autofree char *text = NULL;
  gboolean         help = FALSE;

  context = make_context (cli, entries, arguments, description, &help);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      *status = wb_cli_usage ("%s; “%s --help” lists what there is", error->message, (*argv)[0]);
      return FALSE;
    }
  if (*argc > 1 && strcmp ((*argv)[1], "--") == 0)
    {
      memmove (*argv + 1, *argv + 2, (gsize) (*argc - 1) * sizeof **argv);
      *argc -= 1;
    }
  if (help)
    {
      g_set_prgname (program); /* the help's first line begins with it */
      text = g_option_context_get_help (context, TRUE, NULL);
      g_set_prgname ("deberta-workbench");
      wb_cli_print ("%s", text);
      *status = WB_EXIT_OK;
      return FALSE;
    }
  return TRUE;
}

gboolean
wb_cli_has_arguments (int argc, char **argv, int most, int *status)
{
  if (argc - 1 <= most)
    return TRUE;
  *status = wb_cli_usage (most == 0 ? "%s takes no arguments, not “%s”"
                                    : "%s takes one argument, not also “%s”",
                          argv[0], argv[most + 1]);
  return FALSE;
}
