#include "app/cli/wb-cli-library-private.h"

#include <string.h>

#include "app/core/wb-json.h"
#include "app/library/wb-library-list.h"

typedef struct
{
  char    *name;
  char    *task;
  gboolean link;
  gboolean tensors;
} LibraryOptions;

/* ---- list ---- */

static void
print_item_json (WbJson *json, WbLibraryItem *item, WbLibrarySection section)
{
  wb_json_begin_object (json, NULL);
  wb_json_text (json, "name", wb_library_item_get_name (item));
  wb_json_text (json, section == WB_LIBRARY_MODELS ? "type" : "task",
                wb_library_item_get_kind (item));
  wb_json_text (json, "origin", wb_library_item_get_origin (item));
  wb_json_text (json, "path", wb_library_item_get_path (item));
  wb_json_integer (json, "size", (gint64) wb_library_item_get_size (item));
  if (section == WB_LIBRARY_MODELS)
    wb_json_integer (json, "parameters", (gint64) wb_library_item_get_parameters (item));
  wb_json_integer (json, "added", wb_library_item_get_added (item));
  wb_json_text (json, "problem", wb_library_item_get_problem (item));
  wb_json_end_object (json);
}

static void
list_json (GListModel *list, WbLibrarySection section)
{
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_json_begin_array (json, section == WB_LIBRARY_MODELS ? "models" : "datasets");
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (WbLibraryItem) item = g_list_model_get_item (list, i);
      print_item_json (json, item, section);
    }
  wb_json_end_array (json);
  wb_json_end_object (json);
  wb_json_print (json);
}

static void
list_table (GListModel *list, WbLibrarySection section)
{
  const gboolean    models = section == WB_LIBRARY_MODELS;
  const char *const headings[] = { "NAME", models ? "TYPE" : "TASK", "FROM", "SIZE", "PATH" };
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (WbLibraryItem) item = g_list_model_get_item (list, i);
      const char *problem = wb_library_item_get_problem (item);
      char      **cells = g_new0 (char *, 6);

      cells[0] = g_strdup (wb_library_item_get_name (item));
      cells[1] = g_strdup (wb_library_item_get_kind (item));
      cells[2] = g_strdup (wb_library_item_get_origin (item));
      cells[3] = g_format_size (wb_library_item_get_size (item));
      cells[4] = g_strdup (problem != NULL ? problem : wb_library_item_get_path (item));
      g_ptr_array_add (rows, cells);
    }
  if (rows->len > 0)
    wb_cli_print_table (headings, "lllrl", rows);
  else
    wb_cli_print (models ? "no models yet; “models import DIR” brings one in\n"
                         : "no data sets yet; “datasets import DIR” brings one in\n");
}

static int
list (WbCli *cli, WbWorkspace *workspace, WbLibrarySection section)
{
  GError *error = NULL;
  g_autoptr (WbLibraryList) items = wb_library_list_new (workspace, section, &error);

  if (items == NULL)
    return wb_cli_fail (error);
  if (cli->json)
    list_json (G_LIST_MODEL (items), section);
  else
    list_table (G_LIST_MODEL (items), section);
  return WB_EXIT_OK;
}

/* ---- import ---- */

static void
progress_cb (const char *file, guint64 done, guint64 total, gpointer data)
{
  g_autofree char *phase = g_strconcat ("reading ", file, NULL);

  wb_cli_progress (data, phase, total > 0 ? (double) done / (double) total : 0, NULL, -1);
}

static int
import (WbCli                *cli,
        WbWorkspace          *workspace,
        WbLibrarySection      section,
        const char           *source,
        const LibraryOptions *options)
{
  const WbImport request = {
    .source = source,
    .name = options->name,
    .task = options->task,
    .link = options->link,
    .progress = progress_cb,
    .data = cli,
  };
  GError          *error = NULL;
  g_autofree char *name = wb_library_import (workspace, section, &request, &error);
  g_autoptr (WbJson) json = wb_json_new ();

  wb_cli_progress_clear (cli);
  if (name == NULL)
    return wb_cli_fail (error);
  if (cli->json)
    {
      wb_json_begin_object (json, NULL);
      wb_json_text (json, "imported", name);
      wb_json_end_object (json);
      wb_json_print (json);
    }
  else
    wb_cli_print ("“%s” is in the library\n", name);
  return WB_EXIT_OK;
}

/* ---- remove, verify ---- */

static int
remove_all (WbWorkspace *workspace, WbLibrarySection section, char **names)
{
  for (gsize i = 0; names[i] != NULL; i++)
    {
      GError *error = NULL;
      if (!wb_library_remove (workspace, section, names[i], &error))
        return wb_cli_fail (error);
    }
  return WB_EXIT_OK;
}

static void
print_verified (WbCli *cli, const char *name, char **problems)
{
  g_autoptr (WbJson) json = wb_json_new ();

  if (!cli->json)
    {
      wb_cli_print ("%s: %s\n", name, problems[0] == NULL ? "as it was imported" : "damaged");
      for (gsize i = 0; problems[i] != NULL; i++)
        wb_cli_print ("  %s\n", problems[i]);
      return;
    }
  wb_json_begin_object (json, NULL);
  wb_json_text (json, "name", name);
  wb_json_boolean (json, "ok", problems[0] == NULL);
  wb_json_begin_array (json, "problems");
  for (gsize i = 0; problems[i] != NULL; i++)
    wb_json_text (json, NULL, problems[i]);
  wb_json_end_array (json);
  wb_json_end_object (json);
  wb_json_print (json);
}

/* (transfer full): everything in the library, not what lies in the cache. */
static char **
imported_names (WbWorkspace *workspace, WbLibrarySection section, GError **error)
{
  g_autoptr (WbLibraryList) list = wb_library_list_new (workspace, section, error);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  if (list == NULL)
    return NULL;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      g_autoptr (WbLibraryItem) item = g_list_model_get_item (G_LIST_MODEL (list), i);
      if (strcmp (wb_library_item_get_origin (item), "cache") != 0)
        g_strv_builder_add (names, wb_library_item_get_name (item));
    }
  return g_strv_builder_end (names);
}

static int
verify (WbCli *cli, WbWorkspace *workspace, WbLibrarySection section, char **given)
{
  GError *error = NULL;
  g_auto (GStrv) names =
      given[0] != NULL ? g_strdupv (given) : imported_names (workspace, section, &error);
  guint damaged = 0;

  if (names == NULL)
    return wb_cli_fail (error);
  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_auto (GStrv) problems = NULL;

      if (!wb_library_verify (workspace, section, names[i], &problems, &error) && error != NULL)
        return wb_cli_fail (error);
      print_verified (cli, names[i], problems);
      damaged += problems[0] != NULL;
    }
  if (damaged == 0)
    return WB_EXIT_OK;
  g_set_error (&error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "%u of %u are not as they were imported; remove them and import them again", damaged,
               g_strv_length (names));
  return wb_cli_fail (error);
}

/* ---- the command ---- */

static int
run_verb (WbCli                *cli,
          WbLibrarySection      section,
          char                **argv,
          int                   argc,
          const LibraryOptions *options,
          WbLibraryShow         show)
{
  const char *verb = argv[1];
  const int   n = argc - 2;
  g_autoptr (WbWorkspace) workspace = NULL;
  static const struct
  {
    const char *verb;
    int         least, most;
  } verbs[] = { { "list", 0, 0 },
                { "show", 1, 1 },
                { "import", 1, 1 },
                { "remove", 1, G_MAXINT },
                { "verify", 0, G_MAXINT } };
  gsize v = 0;

  while (v < G_N_ELEMENTS (verbs) && strcmp (verbs[v].verb, verb) != 0)
    v++;
  if (v == G_N_ELEMENTS (verbs))
    return wb_cli_usage ("%s cannot “%s”; it can list, show, import, remove and verify", argv[0],
                         verb);
  if (n < verbs[v].least || n > verbs[v].most)
    return wb_cli_usage ("%s %s takes %s", argv[0], verb,
                         verbs[v].least == 0  ? "no argument"
                         : verbs[v].most == 1 ? "one argument"
                                              : "at least one name");
  workspace = wb_cli_open_workspace (cli);
  if (workspace == NULL)
    return WB_EXIT_FAILED;
  switch (verb[0])
    {
    case 'l':
      return list (cli, workspace, section);
    case 's':
      return show (cli, workspace, argv[2], options->tensors);
    case 'i':
      return import (cli, workspace, section, argv[2], options);
    case 'r':
      return remove_all (workspace, section, argv + 2);
    default:
      return verify (cli, workspace, section, argv + 2);
    }
}

#define COMMON_HELP                                                                                \
  "  remove NAME…     take it out; copied files go, linked ones stay\n"                          \
  "  verify [NAME…]   compare every file with what was imported (without NAME: all)\n"

static const char model_help[] =
    "Commands:\n"
    "  list             what the library holds, and models of the Hugging Face cache\n"
    "  show NAME        family, shape, parameters, tokenizer, head, labels; also of a folder or a "
    "run\n"
    "  import DIR       copy a model's folder, or an original release's zip file, into the home, "
    "and\n"
    "                   check it\n" COMMON_HELP;

static const char dataset_help[] =
    "Commands:\n"
    "  list             what the library holds\n"
    "  show NAME        its files: examples and labels\n"
    "  import DIR       copy a folder as distributed into the home, and check it\n" COMMON_HELP;

int
wb_cli_library (WbCli *cli, int argc, char **argv, WbLibrarySection section, WbLibraryShow show)
{
  LibraryOptions     options = { 0 };
  const GOptionEntry model_entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, "import: its name in the library", "TEXT" },
    { "link", 0, 0, G_OPTION_ARG_NONE, &options.link, "import: leave the files where they are",
      NULL },
    { "tensors", 0, 0, G_OPTION_ARG_NONE, &options.tensors,
      "show: every tensor with its type and shape", NULL },
    { NULL },
  };
  const GOptionEntry dataset_entries[] = {
    { "task", 0, 0, G_OPTION_ARG_STRING, &options.task,
      "import: what it is for, where the folder's name does not say it", "NAME" },
    model_entries[0],
    model_entries[1],
    { NULL },
  };
  int status;

  if (wb_cli_parse (cli, section == WB_LIBRARY_MODELS ? model_entries : dataset_entries,
                    "COMMAND [NAME…]", section == WB_LIBRARY_MODELS ? model_help : dataset_help,
                    &argc, &argv, &status))
    {
      argv[argc] = NULL;
      status = argc < 2 ? wb_cli_usage ("%s what? list, show, import, remove or verify", argv[0])
                        : run_verb (cli, section, argv, argc, &options, show);
    }
  g_free (options.name);
  g_free (options.task);
  return status;
}
