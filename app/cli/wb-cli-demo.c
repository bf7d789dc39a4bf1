#include "config.h"

#include <math.h>

#include "app/cli/wb-cli-execute-private.h"
#include "app/core/wb-json.h"
#include "app/core/wb-shell-private.h"
#include "app/demo/wb-demo.h"
#include "app/runs/wb-run-launcher.h"
#include "app/runs/wb-run.h"

/* `demo`: sample data, a vocabulary, and two small models from scratch, offline. */

typedef struct
{
  WbCli       *cli;
  WbWorkspace *workspace;
  guint64      seed;
  WbRun       *runs[WB_DEMO_N_RUNS];
} Demo;

static gboolean
prepare (Demo *self, GError **error)
{
  gsize n_pieces;

  if (!wb_demo_prepare (self->workspace, &n_pieces, error))
    return FALSE;
  if (!self->cli->json)
    wb_cli_print ("Made sample data and a vocabulary of %" G_GSIZE_FORMAT " pieces in %s.\n",
                  n_pieces, wb_workspace_get_home (self->workspace));
  return TRUE;
}

static int
train (Demo *self, guint index)
{
  GError *error = NULL;
  g_autoptr (WbRunSpec) spec = wb_demo_new_spec (self->workspace, index, self->seed, &error);
  g_autofree char *name = NULL;
  gint64           id;
  int              status;

  if (!self->cli->json)
    wb_cli_print ("\n%s\n", wb_demo_get_question (index));
  if (spec == NULL || !wb_run_spec_validate (spec, &error))
    return wb_cli_fail (error);
  id = wb_run_launcher_create (spec, &error);
  if (id == 0)
    return wb_cli_fail (error);
  status = wb_cli_execute_run (self->cli, self->workspace, id, &(WbCliExecution){ 0 });
  if (status != WB_EXIT_OK)
    return status;
  name = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  self->runs[index] = wb_run_find (self->workspace, name, &error);
  return self->runs[index] != NULL ? WB_EXIT_OK : wb_cli_fail (error);
}

static void
print_json (const Demo *self, double seconds)
{
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_json_text (json, "event", "demo");
  wb_json_text (json, "home", wb_workspace_get_home (self->workspace));
  wb_json_begin_array (json, "runs");
  for (guint i = 0; i < WB_DEMO_N_RUNS; i++)
    {
      wb_json_begin_object (json, NULL);
      wb_json_integer (json, "run", wb_run_get_id (self->runs[i]));
      wb_json_text (json, "task", wb_demo_get_task (i));
      wb_json_text (json, "metric", wb_run_get_metric_name (self->runs[i]));
      wb_json_double (json, "value", wb_run_get_best (self->runs[i]));
      wb_json_integer (json, "examples", (gint64) wb_demo_get_n_unseen (i));
      wb_json_double (json, "seconds", wb_run_get_duration (self->runs[i]));
      wb_json_end_object (json);
    }
  wb_json_end_array (json);
  wb_json_double (json, "seconds", seconds);
  wb_json_end_object (json);
  wb_json_print (json);
}

/* How the program was called: ./workbench says it; and the home that its next calls need. */
static void
print_command (const Demo *self, const char *arguments, const char *what)
{
  const char      *path = g_getenv ("DEBERTA_WORKBENCH_COMMAND");
  g_autofree char *command =
      wb_shell_quote (path != NULL && *path != '\0' ? path : "deberta-workbench");
  g_autofree char *home = self->cli->home != NULL ? wb_shell_quote (self->cli->home) : NULL;
  g_autofree char *line = g_strjoin (NULL, command, home != NULL ? " --home " : "",
                                     home != NULL ? home : "", arguments, NULL);

  if (what != NULL)
    wb_cli_print ("%-48s  %s\n", line, what);
  else
    wb_cli_print ("%s\n", line);
}

static void
print_next (const Demo *self)
{
  g_autofree char *show =
      g_strdup_printf (" runs show %" G_GINT64_FORMAT, wb_run_get_id (self->runs[1]));

  wb_cli_print ("\nNext:\n");
#ifdef WB_HAVE_GUI
  wb_cli_print ("  ");
  print_command (self, "", "the window: both runs, their curves and settings");
#endif
  wb_cli_print ("  ");
  print_command (self, show, "a run as text");
  for (guint i = 0; i < WB_DEMO_N_RUNS; i++)
    {
      g_autofree char *predict =
          g_strdup_printf (" predict --model %" G_GINT64_FORMAT " --task %s --file -",
                           wb_run_get_id (self->runs[i]), wb_demo_get_task (i));

      wb_cli_print ("  printf '%s\\n' | ", wb_demo_get_example (i));
      print_command (self, predict, NULL);
    }
  wb_cli_print ("  ");
  print_command (self, " train --help", "your own data and models");
}

static void
print_summary (const Demo *self, double seconds)
{
  wb_cli_print ("\nTwo models trained from scratch in %.0f s:\n", seconds);
  for (guint i = 0; i < WB_DEMO_N_RUNS; i++)
    wb_cli_print ("  run %" G_GINT64_FORMAT "  %-48s %5.1f %% of %" G_GSIZE_FORMAT
                  " unseen right\n",
                  wb_run_get_id (self->runs[i]), wb_demo_get_question (i),
                  100 * wb_run_get_best (self->runs[i]), wb_demo_get_n_unseen (i));
  print_next (self);
}

static int
run_demo (Demo *self)
{
  const gint64 start = g_get_monotonic_time ();
  GError      *error = NULL;
  double       seconds;

  if (!prepare (self, &error))
    return wb_cli_fail (error);
  for (guint i = 0; i < WB_DEMO_N_RUNS; i++)
    {
      const int status = train (self, i);
      if (status != WB_EXIT_OK)
        return status;
    }
  seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  if (self->cli->json)
    print_json (self, seconds);
  else
    print_summary (self, seconds);
  return WB_EXIT_OK;
}

int
wb_cli_demo (WbCli *cli, int argc, char **argv)
{
  gint64             seed = 1;
  const GOptionEntry entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Of weights and order (1)", "N" },
    { NULL },
  };
  g_autoptr (WbWorkspace) workspace = NULL;
  Demo self = { .cli = cli };
  int  status;

  if (!wb_cli_parse (cli, entries, "",
                     "Makes its own sample data, trains a vocabulary and two small models from\n"
                     "scratch, and evaluates them on sentences they have not seen. No network.",
                     &argc, &argv, &status))
    return status;
  if (argc > 1 || seed < 0)
    return wb_cli_usage ("demo takes no arguments, and a --seed from 0 on");
  workspace = wb_cli_open_workspace (cli);
  if (workspace == NULL)
    return WB_EXIT_FAILED;
  self.workspace = workspace;
  self.seed = (guint64) seed;
  status = run_demo (&self);
  for (guint i = 0; i < WB_DEMO_N_RUNS; i++)
    g_clear_object (&self.runs[i]);
  return status;
}
