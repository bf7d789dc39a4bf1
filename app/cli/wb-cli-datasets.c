#include "app/cli/wb-cli-library-private.h"
#include "app/core/wb-json.h"
#include "app/library/wb-library-private.h"
#include "data/datasets/wb-dataset.h"

static void
print_split_text (const WbTaskSplit *split, const WbDataset *set)
{
  const WbTask *task = wb_dataset_get_task (set);

  wb_cli_print ("%-15s %zu examples", split->name, wb_dataset_get_n_examples (set));
  for (gsize i = 0; wb_dataset_has_labels (set) && task->labels[i] != NULL; i++)
    wb_cli_print ("%s%zu %s", i == 0 ? ": " : ", ", wb_dataset_get_label_count (set, i),
                  task->labels[i]);
  if (wb_dataset_get_n_skipped (set) > 0)
    wb_cli_print ("; %zu rows with another number of columns skipped",
                  wb_dataset_get_n_skipped (set));
  wb_cli_print ("\n");
}

static void
print_split_json (WbJson *json, const WbTaskSplit *split, const WbDataset *set)
{
  const WbTask *task = wb_dataset_get_task (set);

  wb_json_begin_object (json, NULL);
  wb_json_text (json, "split", split->name);
  wb_json_text (json, "file", wb_dataset_get_name (set));
  wb_json_integer (json, "examples", (gint64) wb_dataset_get_n_examples (set));
  wb_json_integer (json, "skipped", (gint64) wb_dataset_get_n_skipped (set));
  wb_json_begin_object (json, "labels");
  for (gsize i = 0; wb_dataset_has_labels (set) && task->labels[i] != NULL; i++)
    wb_json_integer (json, task->labels[i], (gint64) wb_dataset_get_label_count (set, i));
  wb_json_end_object (json);
  wb_json_end_object (json);
}

static gboolean
print_splits (const WbLibraryRecord *record, WbJson *json, GError **error)
{
  const WbTask *task = wb_task_find (record->type);

  for (const WbTaskSplit *split = task->splits; split->name != NULL; split++)
    {
      g_autofree char *path = wb_task_find_file (task, split, record->path);
      g_autoptr (WbDataset) set = NULL;

      if (path == NULL)
        continue;
      set = wb_dataset_load (task, path, split->role, WB_DATASET_DEFAULT, error);
      if (set == NULL)
        return FALSE;
      if (json != NULL)
        print_split_json (json, split, set);
      else
        print_split_text (split, set);
    }
  return TRUE;
}

static gboolean
show_json (const WbLibraryRecord *record, GError **error)
{
  g_autoptr (WbJson) json = wb_json_new ();

  wb_json_begin_object (json, NULL);
  wb_json_text (json, "name", record->name);
  wb_json_text (json, "task", record->type);
  wb_json_text (json, "path", record->path);
  wb_json_text (json, "origin", record->linked ? "linked" : "copied");
  wb_json_begin_array (json, "splits");
  if (!print_splits (record, json, error))
    return FALSE;
  wb_json_end_array (json);
  wb_json_end_object (json);
  wb_json_print (json);
  return TRUE;
}

static int
show (WbCli *cli, WbWorkspace *workspace, const char *name, gboolean tensors)
{
  GError *error = NULL;
  g_autoptr (WbLibraryRecord) record =
      wb_library_get_record (workspace, WB_LIBRARY_DATASETS, name, &error);
  gboolean ok;

  if (record == NULL)
    return wb_cli_fail (error);
  if (cli->json)
    ok = show_json (record, &error);
  else
    {
      wb_cli_print ("%-15s %s\n%-15s %s\n", "folder", record->path, "task", record->type);
      ok = print_splits (record, NULL, &error);
    }
  return ok ? WB_EXIT_OK : wb_cli_fail (error);
}

int
wb_cli_datasets (WbCli *cli, int argc, char **argv)
{
  return wb_cli_library (cli, argc, argv, WB_LIBRARY_DATASETS, show);
}
