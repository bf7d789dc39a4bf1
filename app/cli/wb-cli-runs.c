#include <math.h>
#include <string.h>

#include "app/cli/wb-cli-recipes-private.h"
#include "app/cli/wb-cli-runs-private.h"
#include "app/core/wb-app-error.h"

static const WbCliCommand commands[] = {
  { "list", "every run, newest first", wb_cli_runs_list },
  { "show", "one run: state, files, settings; --to FILE: its curves", wb_cli_runs_show },
  { "log", "what happened", wb_cli_runs_log },
  { "compare", "settings that differ, and results, side by side", wb_cli_runs_compare },
  { "stop", "save the state and stop; --keep-best ends the run with its best", wb_cli_runs_stop },
  { "pause", "save the state and stop, to be resumed", wb_cli_runs_pause },
  { "rename", "give a run another name", wb_cli_runs_rename },
  { "tag", "give a run words to find it by", wb_cli_runs_tag },
  { "note", "write something to a run", wb_cli_runs_note },
  { "archive", "put runs away: lists leave them out; --undo brings them back",
    wb_cli_runs_archive },
  { "pin", "keep runs at the top of lists; --undo lets them go", wb_cli_runs_pin },
  { "baseline", "what the other runs of its task are compared with; --undo", wb_cli_runs_baseline },
  { "delete", "remove runs and their files", wb_cli_runs_delete },
  { "verify", "check a run's files", wb_cli_runs_verify },
  { NULL, NULL, NULL },
};

int
wb_cli_runs (WbCli *cli, int argc, char **argv)
{
  static const WbCliGroup group = {
    "runs", "[OPTION…] [RUN]", "RUN is an id, a name that only one run has, or a run's folder.\n",
    commands
  };

  return wb_cli_run_group (cli, &group, argc, argv);
}

WbRun *
wb_cli_runs_find (WbCli *cli, WbWorkspace **workspace, int argc, char **argv, int *status)
{
  GError *error = NULL;
  WbRun  *run;

  if (argc < 2)
    {
      *status = wb_cli_usage ("which run? “runs list” shows what there is");
      return NULL;
    }
  *workspace = wb_cli_open_workspace (cli);
  *status = WB_EXIT_FAILED;
  if (*workspace == NULL)
    return NULL;
  run = wb_run_find (*workspace, argv[1], &error);
  if (run == NULL)
    *status = wb_cli_fail (error);
  return run;
}

char *
wb_cli_runs_dup_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = seconds > 0 ? g_date_time_new_from_unix_local (seconds) : NULL;
  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M") : g_strdup ("–");
}

char *
wb_cli_runs_dup_duration (double seconds)
{
  const guint64 s = (guint64) (isfinite (seconds) && seconds > 0 ? seconds : 0);
  return g_strdup_printf ("%" G_GUINT64_FORMAT ":%02u:%02u", s / 3600, (guint) (s / 60 % 60),
                          (guint) (s % 60));
}

void
wb_cli_runs_add_json (WbJson *json, WbRun *run)
{
  g_auto (GStrv) tags = wb_run_dup_tags (run);

  wb_json_integer (json, "run", wb_run_get_id (run));
  wb_json_text (json, "name", wb_run_get_name (run));
  wb_json_text (json, "status", wb_run_status_get_name (wb_run_get_status (run)));
  wb_json_text (json, "phase", wb_run_get_phase (run));
  wb_json_text (json, "message", wb_run_get_message (run));
  wb_json_text (json, "model", wb_run_get_model (run));
  wb_json_text (json, "task", wb_run_get_task (run));
  wb_json_integer (json, "seed", (gint64) wb_run_get_seed (run));
  wb_json_integer (json, "step", (gint64) wb_run_get_step (run));
  wb_json_integer (json, "steps", (gint64) wb_run_get_total_steps (run));
  wb_json_double (json, "progress", wb_run_get_progress (run));
  wb_json_text (json, "metric", wb_run_get_metric_name (run));
  wb_json_double (json, "best", wb_run_get_best (run));
  wb_json_integer (json, "best_step", (gint64) wb_run_get_best_step (run));
  wb_json_double (json, "last", wb_run_get_last (run));
  wb_json_double (json, "tokens_per_second", wb_run_get_tokens_per_second (run));
  wb_json_double (json, "seconds", wb_run_get_duration (run));
  wb_json_double (json, "seconds_left",
                  wb_run_get_seconds_left (run) >= 0 ? wb_run_get_seconds_left (run)
                                                     : (double) NAN);
  wb_json_integer (json, "created", wb_run_get_created (run));
  wb_json_text (json, "folder", wb_run_get_folder (run));
  wb_json_begin_array (json, "tags");
  for (gsize i = 0; tags[i] != NULL; i++)
    wb_json_text (json, NULL, tags[i]);
  wb_json_end_array (json);
  wb_json_text (json, "note", wb_run_get_note (run));
  wb_json_boolean (json, "archived", wb_run_is_archived (run));
  wb_json_boolean (json, "pinned", wb_run_is_pinned (run));
  wb_json_boolean (json, "baseline", wb_run_is_baseline (run));
  wb_json_integer (json, "started", wb_run_get_started (run));
  wb_json_integer (json, "finished", wb_run_get_finished (run));
  wb_json_double (json, "waited", wb_run_get_waited (run));
}

void
wb_cli_runs_print_json (WbRun *run)
{
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_cli_runs_add_json (json, run);
  wb_json_end_object (json);
  wb_json_print (json);
}

void
wb_cli_runs_add_settings_json (WbJson *json, WbSettings *settings)
{
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);

  wb_json_begin_object (json, "settings");
  for (gsize i = 0; i < n; i++)
    wb_json_text (json, all[i].key, wb_settings_get (settings, all[i].key));
  wb_json_end_object (json);
}

void
wb_cli_runs_add_recipe_json (WbJson *json, WbRun *run, WbSettings *settings)
{
  g_autoptr (WbRecipe) recipe = wb_run_dup_recipe (run);
  g_autoptr (GArray) departures =
      recipe != NULL ? wb_recipe_get_departures (recipe, settings) : NULL;

  if (recipe == NULL)
    {
      wb_json_null (json, "recipe");
      return;
    }
  wb_json_begin_object (json, "recipe");
  wb_cli_recipes_add_json (json, recipe);
  wb_json_begin_object (json, "departures");
  for (guint i = 0; i < departures->len; i++)
    {
      const WbDeparture *departure = &g_array_index (departures, WbDeparture, i);
      wb_json_text (json, departure->info->key, departure->fallback);
    }
  wb_json_end_object (json);
  wb_cli_recipes_add_extras_json (json, recipe);
  wb_json_end_object (json);
}
