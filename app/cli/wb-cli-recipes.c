#include <string.h>

#include "app/cli/wb-cli-recipes-private.h"
#include "app/cli/wb-cli.h"
#include "app/core/wb-app-error.h"
#include "app/runs/wb-run-list.h"
#include "app/runs/wb-run-recipe.h"
#include "data/tasks/wb-task.h"

static const char *
or_null (const char *text)
{
  return *text != '\0' ? text : NULL;
}

void
wb_cli_recipes_add_json (WbJson *json, WbRecipe *recipe)
{
  wb_json_text (json, "name", wb_recipe_get_name (recipe));
  wb_json_text (json, "title", wb_recipe_get_title (recipe));
  wb_json_text (json, "task", or_null (wb_recipe_get_task (recipe)));
  wb_json_text (json, "size", or_null (wb_recipe_get_size (recipe)));
  wb_json_boolean (json, "published", wb_recipe_is_published (recipe));
  wb_json_text (json, "source", or_null (wb_recipe_get_source (recipe)));
}

void
wb_cli_recipes_add_extras_json (WbJson *json, WbRecipe *recipe)
{
  g_autoptr (GArray) extras = wb_recipe_get_extras (recipe);

  wb_json_begin_object (json, "not_followed");
  for (guint i = 0; i < extras->len; i++)
    {
      const WbRecipeExtra *extra = &g_array_index (extras, WbRecipeExtra, i);
      wb_json_text (json, extra->key, extra->value);
    }
  wb_json_end_object (json);
}

static gboolean
is_wanted (WbRecipe *recipe, const WbTask *task)
{
  return task == NULL || strcmp (wb_recipe_get_task (recipe), task->name) == 0;
}

static void
print_list_json (GPtrArray *list, const WbTask *task)
{
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_json_begin_array (json, "recipes");
  for (guint i = 0; i < list->len; i++)
    if (is_wanted (list->pdata[i], task))
      {
        wb_json_begin_object (json, NULL);
        wb_cli_recipes_add_json (json, list->pdata[i]);
        wb_json_end_object (json);
      }
  wb_json_end_array (json);
  wb_json_end_object (json);
  wb_json_print (json);
}

static void
print_list (GPtrArray *list, const WbTask *task)
{
  static const char *const headings[] = { "name", "task", "title", "source", NULL };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint i = 0; i < list->len; i++)
    {
      WbRecipe   *recipe = list->pdata[i];
      const char *cells[] = { wb_recipe_get_name (recipe), wb_recipe_get_task (recipe),
                              wb_recipe_get_title (recipe), wb_recipe_get_source (recipe), NULL };

      if (is_wanted (recipe, task))
        g_ptr_array_add (rows, g_strdupv ((char **) cells));
    }
  wb_cli_print_table (headings, "llll", rows);
}

static int
list_recipes (WbCli *cli, const char *task_name)
{
  const WbTask *task = task_name != NULL ? wb_task_find (task_name) : NULL;
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) list = NULL;
  g_autofree char *names = wb_task_dup_names ();

  if (task_name != NULL && task == NULL)
    return wb_cli_usage ("there is no task “%.80s”; there are %s", task_name, names);
  workspace = wb_cli_open_workspace (cli);
  if (workspace == NULL)
    return WB_EXIT_FAILED;
  list = wb_recipe_list (workspace, problems);
  if (cli->json)
    print_list_json (list, task);
  else
    print_list (list, task);
  for (guint i = 0; i < problems->len; i++)
    wb_cli_fail (
        g_error_new_literal (WB_APP_ERROR, WB_APP_ERROR_INVALID, (char *) problems->pdata[i]));
  return problems->len > 0 ? WB_EXIT_FAILED : WB_EXIT_OK;
}

static int
run_list (WbCli *cli, int argc, char **argv)
{
  g_autofree char   *task = NULL;
  const GOptionEntry entries[] = {
    { "task", 0, 0, G_OPTION_ARG_STRING, &task, "Only recipes of this task", "NAME" },
    { NULL },
  };
  int status;

  if (!wb_cli_parse (cli, entries, "", NULL, &argc, &argv, &status) ||
      !wb_cli_has_arguments (argc, argv, 0, &status))
    return status;
  return list_recipes (cli, task);
}

static void
print_line (const char *title, const char *text)
{
  if (*text != '\0')
    wb_cli_print ("%-10s%s\n", title, text);
}

static void
print_recipe (WbRecipe *recipe)
{
  g_autoptr (GArray) extras = wb_recipe_get_extras (recipe);
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);

  wb_cli_print ("%s  %s\n", wb_recipe_get_name (recipe), wb_recipe_get_title (recipe));
  print_line ("task", wb_recipe_get_task (recipe));
  print_line ("size", wb_recipe_get_size (recipe));
  print_line ("source", wb_recipe_get_source (recipe));
  print_line ("note", wb_recipe_get_note (recipe));
  print_line ("model", wb_recipe_get_start_from (recipe));
  print_line ("seed", wb_recipe_get_seed (recipe));
  print_line ("file", wb_recipe_get_path (recipe));
  for (gsize i = 0; i < n; i++)
    if (wb_recipe_gives (recipe, all[i].key))
      wb_cli_print ("  %-22s %s\n", all[i].key, wb_recipe_get_value (recipe, all[i].key));
  for (guint i = 0; i < extras->len; i++)
    {
      const WbRecipeExtra *extra = &g_array_index (extras, WbRecipeExtra, i);
      wb_cli_print ("  %-22s %s  (not followed: %s)\n", extra->key, extra->value, extra->help);
    }
}

static void
print_recipe_json (WbRecipe *recipe)
{
  g_autoptr (WbJson) json = wb_json_new ();
  gsize                n;
  const WbSettingInfo *all = wb_setting_get_all (&n);

  wb_json_begin_object (json, NULL);
  wb_cli_recipes_add_json (json, recipe);
  wb_json_text (json, "note", or_null (wb_recipe_get_note (recipe)));
  wb_json_text (json, "start_from", or_null (wb_recipe_get_start_from (recipe)));
  wb_json_text (json, "seed", or_null (wb_recipe_get_seed (recipe)));
  wb_json_text (json, "path", wb_recipe_get_path (recipe));
  wb_json_begin_object (json, "settings");
  for (gsize i = 0; i < n; i++)
    if (wb_recipe_gives (recipe, all[i].key))
      wb_json_text (json, all[i].key, wb_recipe_get_value (recipe, all[i].key));
  wb_json_end_object (json);
  wb_cli_recipes_add_extras_json (json, recipe);
  wb_json_end_object (json);
  wb_json_print (json);
}

static int
run_show (WbCli *cli, int argc, char **argv)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (GPtrArray) recipes = NULL;
  GError *error = NULL;
  int     status;

  if (!wb_cli_parse (cli, NULL, "NAME|FILE", NULL, &argc, &argv, &status) ||
      !wb_cli_has_arguments (argc, argv, 1, &status))
    return status;
  if (argc < 2)
    return wb_cli_usage ("which recipe? “recipes list” shows what there is");
  workspace = wb_cli_open_workspace (cli);
  if (workspace == NULL)
    return WB_EXIT_FAILED;
  recipes = wb_recipe_find (workspace, argv[1], &error);
  if (recipes == NULL)
    return wb_cli_fail (error);
  for (guint i = 0; i < recipes->len; i++)
    if (cli->json)
      print_recipe_json (recipes->pdata[i]);
    else
      {
        wb_cli_print ("%s", i > 0 ? "\n" : "");
        print_recipe (recipes->pdata[i]);
      }
  return WB_EXIT_OK;
}

typedef struct
{
  char    *name;
  char    *to;
  char    *title;
  gboolean replace;
} SaveOptions;

static int
save (WbCli *cli, WbRun *run, const SaveOptions *options)
{
  GError          *error = NULL;
  g_autofree char *path = wb_run_save_recipe (run, options->title, options->name, options->to,
                                              options->replace, &error);
  g_autoptr (WbJson) json = NULL;

  if (path == NULL)
    return wb_cli_fail (error);
  if (!cli->json)
    {
      wb_cli_print ("saved as %s\n", path);
      return WB_EXIT_OK;
    }
  json = wb_json_new ();
  wb_json_begin_object (json, NULL);
  wb_json_text (json, "name", options->name != NULL ? options->name : path);
  wb_json_text (json, "path", path);
  wb_json_end_object (json);
  wb_json_print (json);
  return WB_EXIT_OK;
}

static int
find_and_save (WbCli *cli, const char *what, const SaveOptions *options)
{
  g_autoptr (WbWorkspace) workspace = NULL;
  g_autoptr (WbRun) run = NULL;
  GError *error = NULL;

  if ((options->name == NULL) == (options->to == NULL))
    return wb_cli_usage ("give --name NAME (kept in the home folder) or --to FILE.ini");
  workspace = wb_cli_open_workspace (cli);
  if (workspace == NULL)
    return WB_EXIT_FAILED;
  run = wb_run_find (workspace, what, &error);
  return run != NULL ? save (cli, run, options) : wb_cli_fail (error);
}

static int
run_save (WbCli *cli, int argc, char **argv)
{
  SaveOptions        options = { 0 };
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, "Kept in the home folder under it",
      "NAME" },
    { "to", 0, 0, G_OPTION_ARG_FILENAME, &options.to, "Into this file, to give away", "FILE.ini" },
    { "title", 0, 0, G_OPTION_ARG_STRING, &options.title, "A few words more than the name",
      "TEXT" },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &options.replace, "Write over one that is there", NULL },
    { NULL },
  };
  int status;

  if (wb_cli_parse (cli, entries, "RUN", "Saves a run's settings as a recipe.", &argc, &argv,
                    &status) &&
      wb_cli_has_arguments (argc, argv, 1, &status))
    status = argc < 2 ? wb_cli_usage ("which run? “runs list” shows what there is")
                      : find_and_save (cli, argv[1], &options);
  g_free (options.name);
  g_free (options.to);
  g_free (options.title);
  return status;
}

static const WbCliCommand commands[] = {
  { "list", "the published ones, and your own", run_list },
  { "show", "what a recipe says; every model size of it, or one", run_show },
  { "save", "a run's settings as a recipe", run_save },
  { NULL, NULL, NULL },
};

int
wb_cli_recipes (WbCli *cli, int argc, char **argv)
{
  static const WbCliGroup group = {
    "recipes", "[OPTION…]",
    "A recipe is a file, the name of one that was saved, or a published one: glue/rte,\n"
    "glue/rte/deberta-v3-large, rte.\n",
    commands
  };

  return wb_cli_run_group (cli, &group, argc, argv);
}
