/* Processes of our own program. */
#include "config.h"

#include "app/runs/wb-run-launcher-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-workspace-private.h"
#include "data/store/wb-store-queue.h"

#define LAUNCHED_NICE 19

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

/* (transfer container): @path, --home @home, @arguments */
static GPtrArray *
make_argv (const char *path, const char *home, const char *const *arguments)
{
  GPtrArray *argv = g_ptr_array_new ();

  g_ptr_array_add (argv, (gpointer) path);
  g_ptr_array_add (argv, (gpointer) "--home");
  g_ptr_array_add (argv, (gpointer) home);
  for (gsize i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) arguments[i]);
  g_ptr_array_add (argv, NULL);
  return argv;
}

/* Between fork and exec: only what is safe there. */
static void
leave_session (gpointer user_data)
{
  setsid ();
  if (nice (launched_nice) == -1)
    return; /* still runs, only less politely */
}

gboolean
wb_run_launcher_spawn (WbWorkspace       *workspace,
                       const char *const *arguments,
                       const char        *log,
                       GError           **error)
{
  g_autofree char *path = dup_program (error);
  g_autofree char *output = wb_workspace_dup_path (workspace, "log", log, NULL);
  g_autoptr (GPtrArray) argv = make_argv (path, wb_workspace_get_home (workspace), arguments);
  const int none = g_open ("/dev/null", O_RDONLY | O_CLOEXEC);
  const int out = g_open (output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  gboolean  ok = FALSE;

  if (path != NULL && none >= 0 && out >= 0)
    ok = g_spawn_async_with_fds (NULL, (char **) argv->pdata, NULL, G_SPAWN_DEFAULT, leave_session,
                                 NULL, NULL, none, out, out, error);
  else if (path != NULL)
    g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_HOME, _ ("%s cannot be written: %s"), output,
                 g_strerror (errno));
  if (none >= 0)
    close (none);
  if (out >= 0)
    close (out);
  return ok;
}

/* A guard that is ended ends its process too, which then saves its state. */
static void
follow_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

/* The run that @pid was working on is interrupted; @found: whether there was one. */
static gboolean
name_signal (const char *home, GPid pid, int number, gboolean *found, GError **error)
{
  g_autoptr (WbWorkspace) workspace = wb_workspace_open (home, error);
  g_autoptr (GPtrArray) records = NULL;
  g_autofree char *message =
      g_strdup_printf ("its process was ended by signal %d (%s)", number, g_strsignal (number));

  *found = FALSE;
  if (workspace != NULL)
    records = wb_store_list_active (wb_workspace_get_store (workspace), error);
  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      const WbRunRecord *record = records->pdata[i];

      if (record->status != WB_RECORD_RUNNING || record->pid != pid ||
          g_strcmp0 (record->host, g_get_host_name ()) != 0)
        continue;
      *found = TRUE;
      if (!wb_store_interrupt_run (wb_workspace_get_store (workspace), record->id, message, error))
        return FALSE;
    }
  return records != NULL;
}

static gboolean
run_once (const char *home, const char *const *arguments, GPid *pid, int *status, GError **error)
{
  g_autofree char *path = dup_program (error);
  g_autoptr (GPtrArray) argv = make_argv (path, home, arguments);
  const GSpawnFlags flags =
      G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CHILD_INHERITS_STDIN | G_SPAWN_LEAVE_DESCRIPTORS_OPEN;
  int wait_status;

  if (path == NULL ||
      !g_spawn_async (NULL, (char **) argv->pdata, NULL, flags, follow_parent, NULL, pid, error))
    return FALSE;
  while (waitpid (*pid, &wait_status, 0) < 0 && errno == EINTR)
    continue;
  *status = WIFSIGNALED (wait_status) ? 128 + WTERMSIG (wait_status) : WEXITSTATUS (wait_status);
  return TRUE;
}

gboolean
wb_run_launcher_guard (const char *home, const char *const *arguments, int *status, GError **error)
{
  gboolean found = TRUE;

  while (found)
    {
      GPid pid;

      if (!run_once (home, arguments, &pid, status, error))
        return FALSE;
      if (*status <= 128 || *status == 128 + SIGINT || *status == 128 + SIGTERM ||
          *status == 128 + SIGHUP)
        return TRUE;
      /* without a run it would end the same way again */
      if (!name_signal (home, pid, *status - 128, &found, error))
        return FALSE;
    }
  return TRUE;
}
