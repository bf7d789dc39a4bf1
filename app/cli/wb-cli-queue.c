#include <string.h>

#include "app/cli/wb-cli-execute-private.h"
#include "app/cli/wb-cli-queue-private.h"
#include "app/cli/wb-cli-runs-private.h"
#include "app/core/wb-app-error.h"
#include "app/runs/wb-run-launcher-private.h"
#include "app/runs/wb-run-queue.h"
#include "app/worker/wb-queue-worker-private.h"

#define PAUSED "the queue is paused; “queue run” lets it go on\n"

void
wb_cli_queue_print_run (WbCli *cli, WbWorkspace *workspace, gint64 id)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  g_autoptr (WbRun) run = wb_run_find (workspace, text, NULL);

  if (run != NULL && cli->json)
    wb_cli_runs_print_json (run);
  else if (run != NULL)
    wb_cli_print ("run %s  %s: %s\n", text, wb_run_get_name (run), wb_run_get_status_text (run));
}

void
wb_cli_queue_say_paused (WbWorkspace *workspace)
{
  g_autoptr (WbRunQueue) queue = wb_run_queue_new (workspace, NULL);

  if (queue != NULL && wb_run_queue_get_paused (queue))
    g_printerr (PAUSED);
}

/* ---- list ---- */

static void
add_runs_json (WbJson *json, const char *key, GListModel *runs)
{
  wb_json_begin_array (json, key);
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (WbRun) run = g_list_model_get_item (runs, i);

      wb_json_begin_object (json, NULL);
      wb_cli_runs_add_json (json, run);
      wb_json_end_object (json);
    }
  wb_json_end_array (json);
}

static void
print_json (WbRunQueue *queue)
{
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_json_boolean (json, "paused", wb_run_queue_get_paused (queue));
  wb_json_boolean (json, "worked", wb_run_queue_is_worked (queue));
  add_runs_json (json, "running", wb_run_queue_get_running (queue));
  add_runs_json (json, "waiting", G_LIST_MODEL (queue));
  wb_json_end_object (json);
  wb_json_print (json);
}

static void
add_rows (GPtrArray *rows, GListModel *runs, gboolean waiting)
{
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (WbRun) run = g_list_model_get_item (runs, i);
      GStrvBuilder    *cells = g_strv_builder_new ();
      g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, wb_run_get_id (run));
      g_autofree char *place = waiting ? g_strdup_printf ("%u", i + 1) : g_strdup ("");

      g_strv_builder_add_many (cells, place, id, wb_run_get_name (run), wb_run_get_task_title (run),
                               wb_run_get_status_text (run), NULL);
      g_ptr_array_add (rows, g_strv_builder_end (cells));
      g_strv_builder_unref (cells);
    }
}

static void
print_text (WbRunQueue *queue)
{
  static const char *const headings[] = { "PLACE", "ID", "NAME", "TASK", "STATUS", NULL };
  const guint              n_waiting = g_list_model_get_n_items (G_LIST_MODEL (queue));
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  add_rows (rows, wb_run_queue_get_running (queue), FALSE);
  add_rows (rows, G_LIST_MODEL (queue), TRUE);
  if (rows->len > 0)
    wb_cli_print_table (headings, "rrlll", rows);
  else
    wb_cli_print ("nothing runs, and nothing waits\n");
  if (wb_run_queue_get_paused (queue))
    wb_cli_print (PAUSED);
  else if (n_waiting > 0 && !wb_run_queue_is_worked (queue))
    wb_cli_print ("no process works on the queue; “queue run” does\n");
}

static int
print_queue (WbCli *cli, WbRunQueue *queue)
{
  if (cli->json)
    print_json (queue);
  else
    print_text (queue);
  return WB_EXIT_OK;
}

/* %NULL after saying why. */
static WbRunQueue *
open_queue (WbCli *cli, WbWorkspace **workspace)
{
  GError     *error = NULL;
  WbRunQueue *queue = NULL;

  *workspace = wb_cli_open_workspace (cli);
  if (*workspace != NULL && (queue = wb_run_queue_new (*workspace, &error)) == NULL)
    wb_cli_fail (error);
  return queue;
}

static int
queue_list (WbCli *cli, int argc, char **argv)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (WbRunQueue) queue = NULL;
  int status;

  if (!wb_cli_parse (cli, NULL, "", NULL, &argc, &argv, &status) ||
      !wb_cli_has_arguments (argc, argv, 0, &status))
    return status;
  queue = open_queue (cli, &workspace);
  return queue != NULL ? print_queue (cli, queue) : WB_EXIT_FAILED;
}

/* ---- pause, move, drop ---- */

static int
queue_pause (WbCli *cli, int argc, char **argv)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (WbRunQueue) queue = NULL;
  GError *error = NULL;
  int     status;

  if (!wb_cli_parse (cli, NULL, "",
                     "Nothing more begins; what runs goes on.  “queue run” lets the queue go on.",
                     &argc, &argv, &status) ||
      !wb_cli_has_arguments (argc, argv, 0, &status))
    return status;
  queue = open_queue (cli, &workspace);
  if (queue == NULL)
    return WB_EXIT_FAILED;
  return wb_run_queue_pause (queue, &error) ? print_queue (cli, queue) : wb_cli_fail (error);
}

static gboolean
parse_position (const char *text, guint *position)
{
  guint64 number;

  if (strcmp (text, "first") == 0)
    *position = 0;
  else if (strcmp (text, "last") == 0)
    *position = G_MAXUINT;
  else if (g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT, &number, NULL))
    *position = (guint) number - 1;
  else
    return FALSE;
  return TRUE;
}

static int
queue_move (WbCli *cli, int argc, char **argv)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (WbRunQueue) queue = NULL;
  g_autoptr (WbRun) run = NULL;
  GError *error = NULL;
  guint   position;
  int     status;

  if (!wb_cli_parse (cli, NULL, "RUN PLACE",
                     "PLACE is 1 for what begins next, 2, 3 …, or “first” or “last”.", &argc, &argv,
                     &status))
    return status;
  if (argc != 3 || !parse_position (argv[2], &position))
    return wb_cli_usage ("write: queue move RUN PLACE; a place is 1, 2, 3 …, “first” or “last”");
  queue = open_queue (cli, &workspace);
  if (queue == NULL)
    return WB_EXIT_FAILED;
  run = wb_run_find (workspace, argv[1], &error);
  return run != NULL && wb_run_queue_move (queue, run, position, &error) ? print_queue (cli, queue)
                                                                         : wb_cli_fail (error);
}

static int
drop_one (WbCli *cli, WbWorkspace *workspace, WbRunQueue *queue, const char *name)
{
  GError *error = NULL;
  g_autoptr (WbRun) run = wb_run_find (workspace, name, &error);

  if (run == NULL || !wb_run_queue_drop (queue, run, &error))
    return wb_cli_fail (error);
  wb_cli_queue_print_run (cli, workspace, wb_run_get_id (run));
  return WB_EXIT_OK;
}

static int
queue_drop (WbCli *cli, int argc, char **argv)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (WbRunQueue) queue = NULL;
  int status, worst = WB_EXIT_OK;

  if (!wb_cli_parse (cli, NULL, "RUN…",
                     "A run that is taken out is stopped; “resume” begins it, “resume --detach” "
                     "queues it again.",
                     &argc, &argv, &status))
    return status;
  if (argc < 2)
    return wb_cli_usage ("which run? “queue list” shows what waits");
  queue = open_queue (cli, &workspace);
  if (queue == NULL)
    return WB_EXIT_FAILED;
  for (int i = 1; i < argc; i++)
    {
      status = drop_one (cli, workspace, queue, argv[i]);
      worst = MAX (worst, status);
    }
  return worst;
}

/* ---- run ---- */

typedef struct
{
  WbCli       *cli;
  WbWorkspace *workspace;
  gboolean     quiet; /* it was said that nothing can begin */
  int          worst; /* exit status */
} Work;

static void
execute_cb (gint64 id, int *signal_number, gpointer user_data)
{
  Work     *work = user_data;
  const int status = wb_cli_execute_run (work->cli, work->workspace, id,
                                         &(WbCliExecution){ .alongside = TRUE, .queued = TRUE });

  work->quiet = FALSE;
  work->worst = MAX (work->worst, status);
  if (status > 128)
    *signal_number = status - 128;
}

static void
waiting_cb (gpointer user_data)
{
  Work *work = user_data;

  if (!work->quiet)
    g_printerr ("waiting for the queue or the device (Ctrl+C ends this)\n");
  work->quiet = TRUE;
}

typedef struct
{
  gboolean until_empty, alongside, detach, respect_pause, guard;
} RunOptions;

static int
work_here (WbCli *cli, WbWorkspace *workspace, const RunOptions *options)
{
  Work                 work = { cli, workspace, FALSE, WB_EXIT_OK };
  const WbQueueOptions how = { options->alongside, options->until_empty, execute_cb, waiting_cb,
                               &work };
  GError              *error = NULL;
  int                  signal_number;

  if (!wb_queue_work (workspace, &how, &signal_number, &error))
    return wb_cli_fail (error);
  return signal_number != 0 ? 128 + signal_number : work.worst;
}

/* Before anything of the home is opened. */
static int
guard (WbCli *cli)
{
  static const char *const arguments[] = { "queue", "run", "--until-empty", "--respect-pause",
                                           NULL };
  g_autofree char         *home = wb_workspace_dup_default_home (cli->home);
  GError                  *error = NULL;
  int                      status;

  return wb_run_launcher_guard (home, arguments, &status, &error) ? status : wb_cli_fail (error);
}

static int
run_queue (WbCli *cli, const RunOptions *options)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (WbRunQueue) queue = NULL;
  GError *error = NULL;

  if (options->guard)
    return guard (cli);
  workspace = wb_cli_open_workspace (cli);
  if (workspace == NULL)
    return WB_EXIT_FAILED;
  queue = wb_run_queue_new (workspace, &error);
  if (queue == NULL || (!options->respect_pause && wb_run_queue_get_paused (queue) &&
                        !wb_run_queue_unpause (queue, &error)))
    return wb_cli_fail (error);
  if (!options->detach)
    return work_here (cli, workspace, options);
  return wb_run_launcher_wake (workspace, &error) ? print_queue (cli, queue) : wb_cli_fail (error);
}

static int
queue_run (WbCli *cli, int argc, char **argv)
{
  RunOptions         options = { 0 };
  const GOptionEntry entries[] = {
    { "until-empty", 0, 0, G_OPTION_ARG_NONE, &options.until_empty,
      "End when nothing is left, instead of waiting for more", NULL },
    { "alongside", 0, 0, G_OPTION_ARG_NONE, &options.alongside,
      "Do not wait for other runs on the device", NULL },
    { "detach", 0, 0, G_OPTION_ARG_NONE, &options.detach, "Leave it to a process of its own",
      NULL },
    { "respect-pause", 0, 0, G_OPTION_ARG_NONE, &options.respect_pause,
      "Let a paused queue be paused", NULL },
    { "guard", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &options.guard, NULL, NULL },
    { NULL },
  };
  int status;

  if (!wb_cli_parse (cli, entries, "",
                     "Takes run after run; one that fails does not stop it.  A paused queue goes "
                     "on.",
                     &argc, &argv, &status) ||
      !wb_cli_has_arguments (argc, argv, 0, &status))
    return status;
  if (options.detach && (options.alongside || options.until_empty))
    return wb_cli_usage ("--detach takes neither --alongside nor --until-empty");
  return run_queue (cli, &options);
}

/* ---- the table ---- */

static const WbCliCommand commands[] = {
  { "list", "what runs, and what waits in its order", queue_list },
  { "run", "take run after run, in this process", queue_run },
  { "pause", "begin nothing more; what runs goes on", queue_pause },
  { "move", "give a waiting run another place", queue_move },
  { "drop", "take waiting runs out", queue_drop },
  { NULL, NULL, NULL },
};

int
wb_cli_queue (WbCli *cli, int argc, char **argv)
{
  static const WbCliGroup group = {
    "queue", "[OPTION…] [RUN]",
    "RUN is an id, a name that only one run has, or a run's folder.\n"
    "“train --detach” and “resume --detach” put runs into the queue.\n",
    commands
  };

  return wb_cli_run_group (cli, &group, argc, argv);
}
