#include "config.h"

#include "app/runs/wb-run-launcher-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"
#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-private.h"
#include "app/runs/wb-run-spec-private.h"
#include "app/worker/wb-queue-worker-private.h"
#include "data/store/wb-store-queue.h"

static WbRunRecord *
make_record (const WbRunPlan *plan)
{
  WbRunRecord *record = wb_run_record_new ();

  /* what is true should this process end before the run is in the queue or begins */
  record->status = WB_RECORD_INTERRUPTED;
  record->message = g_strdup (N_ ("its process ended before it began"));
  record->name = g_strdup (plan->name);
  record->model_name = g_strdup (plan->model_name);
  record->model_path = wb_run_plan_dup_folder (plan);
  record->task = g_strdup (plan->task->name);
  record->train_file = g_strdup (plan->train_path);
  if (plan->evaluations->len > 0)
    record->dev_file = g_strdup (((WbPlanSplit *) plan->evaluations->pdata[0])->path);
  record->seed = (gint64) plan->seed;
  record->settings = wb_run_plan_to_text (plan);
  return record;
}

static gboolean
make_folder (const char *folder, const char *settings, GError **error)
{
  g_autofree char *checkpoints = g_build_filename (folder, "checkpoints", NULL);
  g_autofree char *path = g_build_filename (folder, "settings.ini", NULL);

  if (g_mkdir_with_parents (checkpoints, 0700) == 0)
    return wb_tree_write_file (path, settings, -1, error);
  g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_HOME, _ ("%s cannot be made: %s"), folder,
               g_strerror (errno));
  return FALSE;
}

/* Three checkpoints and the best, before anything is written; the run counts again, and exactly,
 * when it knows its data.  The time that is expected goes into @plan. */
static gboolean
check_estimate (WbRunSpec *spec, WbRunPlan *plan, GError **error)
{
  const char      *out = plan->out;
  WbRunEstimate    estimate;
  g_autofree char *parent = out != NULL ? g_path_get_dirname (out) : NULL;
  g_autofree char *needed = NULL, *available = NULL;
  guint64          space;

  wb_run_spec_estimate (spec, &estimate);
  plan->expected_seconds = MAX (estimate.seconds, 0);
  space = wb_workspace_get_free_space (wb_run_spec_get_workspace (spec), parent);
  if (space >= estimate.disk)
    return TRUE;
  needed = g_format_size (estimate.disk);
  available = g_format_size (space);
  g_set_error (
      error, WB_APP_ERROR, WB_APP_ERROR_SPACE,
      _ ("three checkpoints and the best model need %s where the run lies, and %s are free; "
         "free some, or choose another folder with --out or --home"),
      needed, available);
  return FALSE;
}

/* Row and folder as one: a process killed in between leaves no row. */
static gint64
insert_run (WbWorkspace *workspace, const WbRunPlan *plan, GError **error)
{
  WbStore *store = wb_workspace_get_store (workspace);
  g_autoptr (WbRunRecord) record = make_record (plan);
  g_autofree char *folder = NULL;

  if (!wb_store_begin (store, error))
    return 0;
  if (wb_store_insert_run (store, record, error))
    {
      folder = plan->out != NULL ? g_strdup (plan->out)
                                 : wb_workspace_dup_run_folder (workspace, record->id);
      if (make_folder (folder, record->settings, error) &&
          wb_store_set_run_folder (store, record->id, folder, error))
        return wb_store_commit (store, error) ? record->id : 0;
      wb_tree_remove (folder, NULL);
    }
  wb_store_rollback (store);
  return 0;
}

gint64
wb_run_launcher_create (WbRunSpec *spec, GError **error)
{
  WbWorkspace *workspace = wb_run_spec_get_workspace (spec);
  g_autoptr (WbRunPlan) plan = wb_run_spec_make_plan (spec, error);

  if (plan == NULL || !wb_run_plan_inspect (plan, error) || !check_estimate (spec, plan, error))
    return 0;
  wb_run_empty_trash (workspace, NULL);
  return insert_run (workspace, plan, error);
}

static gboolean
insert_all (WbWorkspace *workspace, GPtrArray *plans, WbLaunch how, GArray *ids, GError **error)
{
  WbStore *store = wb_workspace_get_store (workspace);

  for (guint i = 0; i < plans->len; i++)
    {
      const gint64 id = insert_run (workspace, plans->pdata[i], error);

      if (id != 0)
        g_array_append_val (ids, id);
      if (id == 0 || !wb_store_enqueue_run (store, id, how == WB_LAUNCH_START, error))
        return FALSE;
    }
  return TRUE;
}

/* Rows that were rolled back have left their folders, which are new and theirs alone. */
static void
remove_folders (WbWorkspace *workspace, GPtrArray *plans, GArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    {
      const WbRunPlan *plan = plans->pdata[i];
      g_autofree char *folder =
          plan->out != NULL
              ? g_strdup (plan->out)
              : wb_workspace_dup_run_folder (workspace, g_array_index (ids, gint64, i));
      wb_tree_remove (folder, NULL);
    }
}

GArray *
wb_run_launcher_launch_planned (WbWorkspace *workspace,
                                GPtrArray   *specs,
                                GPtrArray   *plans,
                                WbLaunch     how,
                                GError     **error)
{
  WbStore *store = wb_workspace_get_store (workspace);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < plans->len; i++)
    if (!check_estimate (specs->pdata[i], plans->pdata[i], error))
      return NULL;
  wb_run_empty_trash (workspace, NULL);
  if (!wb_store_begin (store, error))
    return NULL;
  if (!insert_all (workspace, plans, how, ids, error) || !wb_store_commit (store, error))
    {
      wb_store_rollback (store);
      remove_folders (workspace, plans, ids);
      return NULL;
    }
  if (wb_run_launcher_wake (workspace, error))
    return g_steal_pointer (&ids);
  g_prefix_error (error, _ ("what was made waits in the queue, but nothing works on it: "));
  return NULL;
}

GArray *
wb_run_launcher_launch (WbRunSpec *spec, WbLaunch how, GError **error)
{
  g_autoptr (GPtrArray) specs = wb_run_spec_expand (spec, error);
  g_autoptr (GPtrArray) plans = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_run_plan_free);

  for (guint i = 0; specs != NULL && i < specs->len; i++)
    {
      WbRunPlan *plan = wb_run_spec_make_plan (specs->pdata[i], error);

      if (plan == NULL)
        return NULL;
      g_ptr_array_add (plans, plan);
      if (!wb_run_plan_inspect (plan, error))
        return NULL;
    }
  if (specs == NULL)
    return NULL;
  return wb_run_launcher_launch_planned (wb_run_spec_get_workspace (spec), specs, plans, how,
                                         error);
}

gboolean
wb_run_launcher_resume (WbRun *run, WbLaunch how, GError **error)
{
  WbWorkspace     *workspace = wb_run_get_workspace (run);
  g_autofree char *why = NULL;
  const gint64     id = wb_run_get_id (run);

  if (!wb_run_refresh (run, error))
    return FALSE;
  if (!wb_run_can_resume (run, &why))
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_FAILED, _ ("run %ld cannot be resumed: %s"),
                   (glong) id, why);
      return FALSE;
    }
  return wb_store_enqueue_run (wb_workspace_get_store (workspace), id, how == WB_LAUNCH_START,
                               error) &&
         wb_run_refresh (run, error) && wb_run_launcher_wake (workspace, error);
}

gboolean
wb_run_launcher_wake (WbWorkspace *workspace, GError **error)
{
  static const char *const arguments[] = { "queue", "run", "--guard", NULL };

  if (wb_queue_is_worked (workspace) || !wb_queue_has_work (workspace))
    return TRUE;
  return wb_run_launcher_spawn (workspace, arguments, "runs.log", error);
}

gboolean
wb_run_launcher_start_demo (WbWorkspace *workspace, GError **error)
{
  static const char *const arguments[] = { "demo", NULL };

  return wb_run_launcher_spawn (workspace, arguments, "demo.log", error);
}
