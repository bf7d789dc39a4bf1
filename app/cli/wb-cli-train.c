#include <string.h>

#include "app/cli/wb-cli-execute-private.h"
#include "app/cli/wb-cli-queue-private.h"
#include "app/cli/wb-cli-settings-private.h"
#include "app/core/wb-app-error.h"
#include "app/runs/wb-run-launcher.h"
#include "app/runs/wb-run-private.h"

#define DETACH_OR_ALONGSIDE                                                                        \
  "give --detach or --alongside: what is left to the queue waits for the device"

/* Options of `train` that are fields of WbRunSpec by the same name. */
typedef struct
{
  char    *fields[10];
  char    *seeds;
  char   **sets;
  gboolean alongside;
  gboolean detach;
} TrainOptions;

static const char *const names[10] = {
  "model", "init-from-config", "task", "train", "dev", "data", "name", "seed", "out", "recipe"
};

static gboolean
fill_spec (WbRunSpec *spec, const TrainOptions *options, const WbCliSettings *own, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (options->fields[i] != NULL && !wb_run_spec_set (spec, names[i], options->fields[i], error))
      return FALSE;
  if (options->seeds != NULL && options->fields[7] != NULL)
    {
      g_set_error_literal (error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
                           "give --seed or --seeds, not both");
      return FALSE;
    }
  if (options->seeds != NULL && !wb_run_spec_set (spec, "seed", options->seeds, error))
    return FALSE;
  for (gsize i = 0; options->sets != NULL && options->sets[i] != NULL; i++)
    {
      g_autofree char *key = NULL;
      const char      *value = wb_cli_settings_split (options->sets[i], &key, error);

      if (value == NULL || !wb_run_spec_set (spec, key, value, error))
        return FALSE;
    }
  return wb_cli_settings_fill_spec (own, spec, error);
}

/* What of the recipe is not as it says; once for all runs. */
static void
say_warnings (WbRunSpec *spec)
{
  g_autoptr (GPtrArray) problems = wb_run_spec_check (spec);

  for (guint i = 0; i < problems->len; i++)
    {
      const WbRunProblem *problem = problems->pdata[i];

      if (!problem->blocks && strcmp (problem->field, "recipe") == 0)
        g_printerr ("deberta-workbench: %s\n", problem->message);
    }
}

/* Every run in this process, one after another; the first that fails ends it. */
static int
train_here (WbCli *cli, WbRunSpec *spec, GPtrArray *runs, gboolean alongside)
{
  GError *error = NULL;
  int     status = WB_EXIT_OK;

  for (guint i = 0; i < runs->len && status == WB_EXIT_OK; i++)
    {
      const gint64 id = wb_run_launcher_create (runs->pdata[i], &error);

      if (id == 0)
        return wb_cli_fail (error);
      status = wb_cli_execute_run (cli, wb_run_spec_get_workspace (spec), id,
                                   &(WbCliExecution){ .alongside = alongside });
    }
  return status;
}

/* Every run into the queue, which a process of its own works through. */
static int
train_detached (WbCli *cli, WbRunSpec *spec)
{
  WbWorkspace *workspace = wb_run_spec_get_workspace (spec);
  GError      *error = NULL;
  g_autoptr (GArray) ids = wb_run_launcher_launch (spec, WB_LAUNCH_QUEUE, &error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    wb_cli_queue_print_run (cli, workspace, g_array_index (ids, gint64, i));
  if (ids != NULL)
    wb_cli_queue_say_paused (workspace);
  return ids != NULL ? WB_EXIT_OK : wb_cli_fail (error);
}

static int
train (WbCli *cli, const TrainOptions *options, const WbCliSettings *own)
{
  g_autoptr (WbWorkspace) workspace = wb_cli_open_workspace (cli);
  g_autoptr (WbRunSpec) spec = NULL;
  g_autoptr (GPtrArray) runs = NULL;
  GError *error = NULL;

  if (workspace == NULL)
    return WB_EXIT_FAILED;
  spec = wb_run_spec_new (workspace);
  if (!fill_spec (spec, options, own, &error) || !wb_run_spec_validate (spec, &error) ||
      (runs = wb_run_spec_expand (spec, &error)) == NULL)
    return wb_cli_fail (error);
  for (guint i = 0; i < runs->len; i++)
    if (!wb_run_spec_validate (runs->pdata[i], &error))
      return wb_cli_fail (error);
  say_warnings (spec);
  return options->detach ? train_detached (cli, spec)
                         : train_here (cli, spec, runs, options->alongside);
}

static void
options_clear (TrainOptions *options)
{
  for (gsize i = 0; i < G_N_ELEMENTS (options->fields); i++)
    g_free (options->fields[i]);
  g_free (options->seeds);
  g_strfreev (options->sets);
}

int
wb_cli_train (WbCli *cli, int argc, char **argv)
{
  TrainOptions       options = { 0 };
  WbCliSettings      own = { 0 };
  char             **f = options.fields;
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_STRING, &f[0], "Folder, library name or run to start from",
      "MODEL[,…]" },
    { "init-from-config", 0, 0, G_OPTION_ARG_FILENAME, &f[1],
      "Random weights of this shape; tokenizer files beside it", "FILE" },
    { "task", 0, 0, G_OPTION_ARG_STRING, &f[2], "What is learnt", "NAME" },
    { "train", 0, 0, G_OPTION_ARG_FILENAME, &f[3], "Training file", "FILE" },
    { "dev", 0, 0, G_OPTION_ARG_FILENAME, &f[4], "File to evaluate on", "FILE" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &f[5],
      "Folder with the task's files, or a data set's name", "DIR" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &f[6], "The run's name", "TEXT" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &f[7], "Of weights, order and dropout (1)", "N" },
    { "seeds", 0, 0, G_OPTION_ARG_STRING, &options.seeds, "A run for each", "A,B,C" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &f[8], "The run's folder: new, or empty", "DIR" },
    { "recipe", 0, 0, G_OPTION_ARG_STRING, &f[9],
      "Settings to begin with: the published ones for task and model, or others",
      "published|NAME|FILE" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.sets, "A setting of the list below",
      "KEY=VALUE" },
    { "alongside", 0, 0, G_OPTION_ARG_NONE, &options.alongside,
      "Do not wait for other runs on the device", NULL },
    { "detach", 0, 0, G_OPTION_ARG_NONE, &options.detach,
      "Into the queue, and leave it to a process of its own", NULL },
    { NULL },
  };
  g_autofree GOptionEntry *all = wb_cli_settings_merge (&own, entries);
  g_autofree char         *help = wb_cli_settings_dup_help (FALSE);
  int                      status;

  if (wb_cli_parse (cli, all, "", help, &argc, &argv, &status))
    {
      if (argc > 1)
        status = wb_cli_usage ("train takes options only, not “%s”", argv[1]);
      else if (options.detach && options.alongside)
        status = wb_cli_usage (DETACH_OR_ALONGSIDE);
      else
        status = train (cli, &options, &own);
    }
  options_clear (&options);
  wb_cli_settings_clear (&own);
  return status;
}

static int
resume_detached (WbCli *cli, WbRun *run)
{
  GError *error = NULL;

  if (!wb_run_launcher_resume (run, WB_LAUNCH_QUEUE, &error))
    return wb_cli_fail (error);
  wb_cli_queue_print_run (cli, wb_run_get_workspace (run), wb_run_get_id (run));
  wb_cli_queue_say_paused (wb_run_get_workspace (run));
  return WB_EXIT_OK;
}

int
wb_cli_resume (WbCli *cli, int argc, char **argv)
{
  gboolean           alongside = FALSE, detach = FALSE;
  const GOptionEntry entries[] = {
    { "alongside", 0, 0, G_OPTION_ARG_NONE, &alongside, "Do not wait for other runs on the device",
      NULL },
    { "detach", 0, 0, G_OPTION_ARG_NONE, &detach,
      "Into the queue, and leave it to a process of its own", NULL },
    { NULL },
  };
  g_autoptr (WbWorkspace) workspace = NULL;
  int status, worst = WB_EXIT_OK;

  if (!wb_cli_parse (cli, entries, "RUN…",
                     "Goes on from the last checkpoint; several runs one after another.", &argc,
                     &argv, &status))
    return status;
  if (argc < 2)
    return wb_cli_usage ("which run? “runs list” shows what there is");
  if (detach && alongside)
    return wb_cli_usage (DETACH_OR_ALONGSIDE);
  workspace = wb_cli_open_workspace (cli);
  for (int i = 1; workspace != NULL && i < argc && worst < 128; i++)
    {
      GError *error = NULL;
      g_autoptr (WbRun) run = wb_run_find (workspace, argv[i], &error);

      if (run == NULL)
        status = wb_cli_fail (error);
      else if (detach)
        status = resume_detached (cli, run);
      else
        status = wb_cli_execute_run (cli, workspace, wb_run_get_id (run),
                                     &(WbCliExecution){ .alongside = alongside });
      worst = MAX (worst, status);
    }
  return workspace != NULL ? worst : WB_EXIT_FAILED;
}
