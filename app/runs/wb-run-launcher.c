#include "config.h"

#include "app/runs/wb-run-launcher-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"
#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-private.h"
#include "app/runs/wb-run-spec-private.h"
#include "data/store/wb-store-runs.h"

#define LAUNCHED_NICE 19
#define TRASH_SECONDS 600 /* no toast with an Undo stands that long */

static char *program;
static int   launched_nice = LAUNCHED_NICE;

void
wb_run_launcher_set_program (const char *path)
{
  g_free (program);
  program = g_strdup (path);
}

void
wb_run_launcher_set_background (gboolean background)
{
  launched_nice = background ? LAUNCHED_NICE : 0;
}

static char *
dup_program (GError **error)
{
  return program != NULL ? g_strdup (program) : g_file_read_link ("/proc/self/exe", error);
}

static WbRunRecord *
make_record (const WbRunPlan *plan)
{
  WbRunRecord *record = wb_run_record_new ();

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
 * when it knows its data. */
static gboolean
check_space (WbRunSpec *spec, const char *out, GError **error)
{
  WbRunEstimate    estimate;
  g_autofree char *parent = out != NULL ? g_path_get_dirname (out) : NULL;
  g_autofree char *needed = NULL, *available = NULL;
  guint64          space;

  wb_run_spec_estimate (spec, &estimate);
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
static gboolean
insert_run (WbWorkspace *workspace, const WbRunPlan *plan, WbRunRecord *record, GError **error)
{
  WbStore         *store = wb_workspace_get_store (workspace);
  g_autofree char *folder = NULL;

  if (!wb_store_begin (store, error))
    return FALSE;
  if (wb_store_insert_run (store, record, error))
    {
      folder = plan->out != NULL ? g_strdup (plan->out)
                                 : wb_workspace_dup_run_folder (workspace, record->id);
      if (make_folder (folder, record->settings, error) &&
          wb_store_set_run_folder (store, record->id, folder, error))
        return wb_store_commit (store, error);
      wb_tree_remove (folder, NULL);
    }
  wb_store_rollback (store);
  return FALSE;
}

gint64
wb_run_launcher_create_planned (WbRunSpec *spec, const WbRunPlan *plan, GError **error)
{
  WbWorkspace *workspace = wb_run_spec_get_workspace (spec);
  g_autoptr (WbRunRecord) record = NULL;

  if (!check_space (spec, plan->out, error))
    return 0;
  wb_run_empty_trash (workspace, TRASH_SECONDS, NULL);
  record = make_record (plan);
  return insert_run (workspace, plan, record, error) ? record->id : 0;
}

gint64
wb_run_launcher_create (WbRunSpec *spec, GError **error)
{
  g_autoptr (WbRunPlan) plan = wb_run_spec_make_plan (spec, error);

  if (plan == NULL || !wb_run_plan_inspect (plan, error))
    return 0;
  return wb_run_launcher_create_planned (spec, plan, error);
}

/* Between fork and exec: only what is safe there. */
static void
child_setup (gpointer user_data)
{
  setsid ();
  if (nice (launched_nice) == -1)
    return; /* still runs, only less politely */
}

typedef struct
{
  WbWorkspace *workspace;
  GArray      *ids; /* (element-type gint64) */
} Child;

static void
child_free (gpointer data)
{
  Child *child = data;

  g_object_unref (child->workspace);
  g_array_unref (child->ids);
  g_free (child);
}

/* What nobody but the parent learns: the signal that ended it. */
static void
child_ended_cb (GPid pid, gint wait_status, gpointer user_data)
{
  Child           *child = user_data;
  g_autofree char *message = NULL;

  g_spawn_close_pid (pid);
  if (!WIFSIGNALED (wait_status))
    return;
  message = g_strdup_printf ("its process was ended by signal %d (%s)", WTERMSIG (wait_status),
                             g_strsignal (WTERMSIG (wait_status)));
  for (guint i = 0; i < child->ids->len; i++)
    {
      WbStore *store = wb_workspace_get_store (child->workspace);
      g_autoptr (WbRunRecord) record =
          wb_store_get_run (store, g_array_index (child->ids, gint64, i), NULL);

      if (record != NULL && record->status == WB_RECORD_RUNNING && record->pid == pid)
        wb_store_interrupt_run (store, record->id, message, NULL);
    }
}

/* Takes @ids. */
static void
watch_child (WbWorkspace *workspace, GPid pid, GArray *ids)
{
  Child *child = g_new0 (Child, 1);

  child->workspace = g_object_ref (workspace);
  child->ids = ids;
  g_child_watch_add_full (G_PRIORITY_DEFAULT, pid, child_ended_cb, child, child_free);
}

/* @arguments: (element-type utf8) after the program's name; @output: file for what it prints. */
static gboolean
spawn (WbWorkspace *workspace, GPtrArray *arguments, const char *output, GPid *pid, GError **error)
{
  g_autofree char *path = dup_program (error);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  const int none = g_open ("/dev/null", O_RDONLY | O_CLOEXEC);
  const int out = g_open (output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  gboolean  ok = FALSE;

  g_ptr_array_add (argv, path);
  g_ptr_array_add (argv, (gpointer) "--home");
  g_ptr_array_add (argv, (gpointer) wb_workspace_get_home (workspace));
  for (guint i = 0; i < arguments->len; i++)
    g_ptr_array_add (argv, arguments->pdata[i]);
  g_ptr_array_add (argv, NULL);
  if (path != NULL && none >= 0 && out >= 0)
    ok = g_spawn_async_with_fds (NULL, (char **) argv->pdata, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                                 child_setup, NULL, pid, none, out, out, error);
  else if (path != NULL)
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_HOME, _ ("%s cannot be written: %s"), output,
                 g_strerror (errno));
  if (none >= 0)
    close (none);
  if (out >= 0)
    close (out);
  return ok;
}

gboolean
wb_run_launcher_execute (WbWorkspace *workspace, GArray *ids, GError **error)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *output = NULL;
  GPid             pid;

  g_ptr_array_add (arguments, g_strdup ("resume"));
  for (guint i = 0; i < ids->len; i++)
    g_ptr_array_add (arguments,
                     g_strdup_printf ("%" G_GINT64_FORMAT, g_array_index (ids, gint64, i)));
  output = wb_workspace_dup_path (workspace, "log", "runs.log", NULL);
  if (!spawn (workspace, arguments, output, &pid, error))
    {
      g_array_unref (ids);
      return FALSE;
    }
  watch_child (workspace, pid, ids);
  return TRUE;
}

GArray *
wb_run_launcher_start (WbRunSpec *spec, GError **error)
{
  g_autoptr (GPtrArray) runs = wb_run_spec_expand (spec, error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; runs != NULL && i < runs->len; i++)
    {
      const gint64 id = wb_run_launcher_create (runs->pdata[i], error);
      if (id == 0)
        return NULL;
      g_array_append_val (ids, id);
    }
  if (runs == NULL ||
      !wb_run_launcher_execute (wb_run_spec_get_workspace (spec), g_array_copy (ids), error))
    return NULL;
  return g_steal_pointer (&ids);
}

gboolean
wb_run_launcher_resume (WbRun *run, GError **error)
{
  g_autofree char *why = NULL;
  GArray          *ids;
  const gint64     id = wb_run_get_id (run);

  if (!wb_run_refresh (run, error))
    return FALSE;
  if (!wb_run_can_resume (run, &why))
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_FAILED, _ ("run %ld cannot be resumed: %s"),
                   (glong) id, why);
      return FALSE;
    }
  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_val (ids, id);
  return wb_run_launcher_execute (wb_run_get_workspace (run), ids, error);
}

gboolean
wb_run_launcher_start_demo (WbWorkspace *workspace, GError **error)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autofree char *output = wb_workspace_dup_path (workspace, "log", "demo.log", NULL);
  GPid             pid;

  g_ptr_array_add (arguments, (gpointer) "demo");
  if (!spawn (workspace, arguments, output, &pid, error))
    return FALSE;
  watch_child (workspace, pid, g_array_new (FALSE, FALSE, sizeof (gint64)));
  return TRUE;
}
