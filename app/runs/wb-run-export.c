#include "app/runs/wb-run-export.h"

#include <string.h>

#include "app/export/wb-export.h"
#include "app/runs/wb-run-private.h"

#define MOST_NAMES 1000

/* The other thread has a workspace, so a connection to the store, of its own. */
typedef struct
{
  char *home;
  char *what; /* the run's id */
  char *to;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->home);
  g_free (job->what);
  g_free (job->to);
  g_free (job);
}

/* What every file system takes as a name. */
static char *
dup_file_name (const char *name)
{
  char *safe = g_strdelimit (g_strdup (name), "/\\:*?\"<>|", '-');

  g_strstrip (safe);
  while (*safe == '.')
    memmove (safe, safe + 1, strlen (safe));
  if (*safe != '\0')
    return safe;
  g_free (safe);
  return g_strdup ("model");
}

static char *
dup_free_path (const char *parent, const char *name)
{
  g_autofree char *safe = dup_file_name (name);
  char            *path = g_build_filename (parent, safe, NULL);

  for (guint i = 2; i < MOST_NAMES && g_file_test (path, G_FILE_TEST_EXISTS); i++)
    {
      g_free (path);
      path = g_strdup_printf ("%s/%s %u", parent, safe, i);
    }
  return path;
}

static void /* pool thread */
export_cb (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job     *job = data;
  const WbExport request = { .what = job->what, .to = job->to };
  GError        *error = NULL;
  g_autoptr (WbWorkspace) workspace = wb_workspace_open (job->home, &error);
  g_autoptr (WbExportReport) report =
      workspace != NULL ? wb_export_run (workspace, &request, &error) : NULL;

  if (report != NULL)
    g_task_return_pointer (task, g_strdup (report->to), g_free);
  else
    g_task_return_error (task, error);
}

void
wb_run_export_async (WbRun              *self,
                     const char         *parent,
                     GAsyncReadyCallback callback,
                     gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Job *job = g_new0 (Job, 1);

  g_return_if_fail (WB_IS_RUN (self) && parent != NULL);

  job->home = g_strdup (wb_workspace_get_home (wb_run_get_workspace (self)));
  job->what = g_strdup_printf ("%" G_GINT64_FORMAT, wb_run_get_id (self));
  job->to = dup_free_path (parent, wb_run_get_name (self));
  g_task_set_source_tag (task, wb_run_export_async);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, export_cb);
}

char *
wb_run_export_finish (WbRun *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
