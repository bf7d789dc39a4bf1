#include "app/runs/wb-run-launcher-private.h"

#include "app/runs/wb-run-spec-private.h"

/* Specs and store belong to the main thread; the other one sees plans only. */
typedef struct
{
  WbWorkspace *workspace;
  GPtrArray   *specs; /* WbRunSpec, one a run */
  GPtrArray   *plans; /* WbRunPlan */
  WbLaunch     how;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->workspace);
  g_clear_pointer (&job->specs, g_ptr_array_unref);
  g_clear_pointer (&job->plans, g_ptr_array_unref);
  g_free (job);
}

static gboolean
make_plans (Job *job, WbRunSpec *spec, GError **error)
{
  job->specs = wb_run_spec_expand (spec, error);
  job->plans = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_run_plan_free);
  for (guint i = 0; job->specs != NULL && i < job->specs->len; i++)
    {
      WbRunPlan *plan = wb_run_spec_make_plan (job->specs->pdata[i], error);

      if (plan == NULL)
        return FALSE;
      g_ptr_array_add (job->plans, plan);
    }
  return job->specs != NULL;
}

static void /* pool thread */
inspect (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job    *job = data;
  GError *error = NULL;

  for (guint i = 0; i < job->plans->len; i++)
    if (g_cancellable_set_error_if_cancelled (cancellable, &error) ||
        !wb_run_plan_inspect (job->plans->pdata[i], &error))
      {
        g_task_return_error (task, error);
        return;
      }
  g_task_return_boolean (task, TRUE);
}

static void /* main thread; @user_data is the caller's task */
inspected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) outer = user_data;
  Job    *job = g_task_get_task_data (outer);
  GError *error = NULL;
  GArray *ids;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (outer, error);
      return;
    }
  ids = wb_run_launcher_launch_planned (job->workspace, job->specs, job->plans, job->how, &error);
  if (ids == NULL)
    g_task_return_error (outer, error);
  else
    g_task_return_pointer (outer, ids, (GDestroyNotify) g_array_unref);
}

void
wb_run_launcher_launch_async (WbRunSpec          *spec,
                              WbLaunch            how,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (GTask) outer = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GTask) inner = NULL;
  GError *error = NULL;
  Job    *job = g_new0 (Job, 1);

  job->how = how;
  job->workspace = g_object_ref (wb_run_spec_get_workspace (spec));
  g_task_set_source_tag (outer, wb_run_launcher_launch_async);
  g_task_set_task_data (outer, job, job_free);
  if (!make_plans (job, spec, &error))
    {
      g_task_return_error (outer, error);
      return;
    }
  inner = g_task_new (NULL, cancellable, inspected_cb, g_object_ref (outer));
  g_task_set_task_data (inner, job, NULL); /* outer owns it and lives longer */
  g_task_run_in_thread (inner, inspect);
}

GArray *
wb_run_launcher_launch_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
