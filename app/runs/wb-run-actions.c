#include "config.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"
#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-plan-private.h"
#include "app/runs/wb-run-private.h"
#include "app/worker/wb-lock-private.h"

static WbStore *
store_of (WbRun *self)
{
  return wb_workspace_get_store (wb_run_get_workspace (self));
}

/* The signal that the process's own handler could write before it died; nothing can write for
 * SIGKILL. */
static char *
dup_death_message (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "crash", NULL);
  g_autofree char *signal_name = NULL;

  if (g_file_get_contents (path, &signal_name, NULL, NULL) && *signal_name != '\0')
    return g_strdup_printf ("its process was ended by %s", g_strstrip (signal_name));
  return g_strdup (
      N_ ("its process ended without a word: killed (SIGKILL, as when memory runs out), or "
          "the machine stopped"));
}

GPtrArray *
wb_run_records_recent (WbStore *store)
{
  gint64 version = 0;
  g_autoptr (GPtrArray) none = wb_store_list_runs (store, G_MAXINT64, NULL, &version, NULL);

  return none != NULL ? wb_store_list_runs (store, MAX (version - 1000, 0), NULL, NULL, NULL)
                      : NULL;
}

gboolean
wb_run_notice_death (WbStore *store, const WbRunRecord *record)
{
  g_autofree char *lock = NULL;
  g_autofree char *message = NULL;

  if (record->status != WB_RECORD_RUNNING)
    return FALSE;
  lock = wb_run_record_dup_lock_path (record);
  if (lock != NULL && !wb_lock_is_free (lock))
    return FALSE;
  message = lock != NULL ? dup_death_message (record->folder) : NULL;
  return wb_store_interrupt_run (store, record->id, message, NULL);
}

gboolean
wb_run_refresh (WbRun *self, GError **error)
{
  WbRunRecord *record;

  g_return_val_if_fail (WB_IS_RUN (self), FALSE);

  wb_run_notice_death (store_of (self), wb_run_get_record (self));
  record = wb_store_get_run (store_of (self), wb_run_get_id (self), error);
  if (record == NULL)
    return FALSE;
  wb_run_take_record (self, record);
  return TRUE;
}

WbSettings *
wb_run_dup_settings (WbRun *self, GError **error)
{
  g_autoptr (WbRunPlan) plan = wb_run_plan_parse (wb_run_get_record (self)->settings, error);
  return plan != NULL ? g_object_ref (plan->settings) : NULL;
}

double
wb_run_get_expected_duration (WbRun *self)
{
  g_autoptr (WbRunPlan) plan = wb_run_plan_parse (wb_run_get_record (self)->settings, NULL);
  return plan != NULL && isfinite (plan->expected_seconds) ? MAX (plan->expected_seconds, 0) : 0;
}

WbRecipe *
wb_run_dup_recipe (WbRun *self)
{
  g_autoptr (WbRunPlan) plan = wb_run_plan_parse (wb_run_get_record (self)->settings, NULL);
  return plan != NULL ? g_steal_pointer (&plan->recipe) : NULL;
}

gboolean
wb_run_request (WbRun *self, WbRunRequest request, GError **error)
{
  static const WbRequest requests[] = {
    [WB_RUN_REQUEST_NONE] = WB_REQUEST_NONE,
    [WB_RUN_REQUEST_PAUSE] = WB_REQUEST_PAUSE,
    [WB_RUN_REQUEST_STOP] = WB_REQUEST_STOP,
    [WB_RUN_REQUEST_STOP_KEEP] = WB_REQUEST_STOP_KEEP_BEST,
  };
  const gint64 id = wb_run_get_id (self);

  g_return_val_if_fail (WB_IS_RUN (self) && (guint) request < G_N_ELEMENTS (requests), FALSE);

  if (!wb_run_refresh (self, error))
    return FALSE;
  /* A queued run has no process to ask: its waiting process, if any, sees the new status.  Where it
   * began this very moment there is one. */
  if ((wb_run_get_status (self) != WB_RUN_QUEUED ||
       !wb_store_withdraw_run (store_of (self), id, N_ ("stopped before it began"), NULL)) &&
      !wb_store_request_run (store_of (self), id, requests[request], error))
    return FALSE;
  return wb_run_refresh (self, error);
}

gboolean
wb_run_can_resume (WbRun *self, char **why)
{
  g_autofree char *obstacle = wb_run_record_dup_obstacle (wb_run_get_record (self));
  const gboolean   can = obstacle == NULL;

  if (why != NULL)
    *why = g_steal_pointer (&obstacle);
  return can;
}

/* One line that a terminal and a list show as it is. */
static gboolean
is_name (const char *text)
{
  if (*text == '\0' || strlen (text) > 200 || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;
  return TRUE;
}

gboolean
wb_run_rename (WbRun *self, const char *name, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (name != NULL ? name : ""));

  if (!is_name (stripped))
    {
      g_set_error_literal (
          error, WB_APP_ERROR, WB_APP_ERROR_USAGE,
          _ ("a run's name is one line of 1 to 200 bytes, without control characters"));
      return FALSE;
    }
  if (strcmp (stripped, wb_run_get_name (self)) == 0)
    return TRUE;
  return wb_store_rename_run (store_of (self), wb_run_get_id (self), stripped, error) &&
         wb_run_refresh (self, error);
}

char *
wb_run_dup_best_folder (WbRun *self)
{
  g_autofree char *best = g_build_filename (wb_run_get_folder (self), "best", NULL);
  g_autofree char *config = g_build_filename (best, "config.json", NULL);

  return g_file_test (config, G_FILE_TEST_EXISTS) ? g_steal_pointer (&best) : NULL;
}

char *
wb_run_dup_log_path (WbRun *self)
{
  return g_build_filename (wb_run_get_folder (self), "log.jsonl", NULL);
}

WbRun *
wb_run_find (WbWorkspace *workspace, const char *what, GError **error)
{
  WbStore     *store = wb_workspace_get_store (workspace);
  WbRunRecord *record = wb_store_find_run (store, what, error);
  gint64       id;

  if (record == NULL)
    return NULL;
  if (!wb_run_notice_death (store, record))
    return wb_run_new (workspace, record);
  id = record->id;
  wb_run_record_free (record);
  record = wb_store_get_run (store, id, error);
  return record != NULL ? wb_run_new (workspace, record) : NULL;
}
