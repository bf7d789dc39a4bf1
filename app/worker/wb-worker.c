#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-file-tree-private.h"
#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-private.h"
#include "app/worker/wb-lock-private.h"
#include "app/worker/wb-run-state-private.h"
#include "app/worker/wb-worker-struct-private.h"

#define POLL_MILLISECONDS 50
#define REQUEST_MICROSECONDS 200000
#define FLUSH_MICROSECONDS 800000 /* at least once a second, a slow disk included */
#define RING_CAPACITY 4096

static char crash_path[4096];

/* Only what a signal handler may: the name of the signal into a file, then the default end. */
static void
crash_cb (int number)
{
  static const struct
  {
    int         number;
    const char *name;
  } names[] = { { SIGSEGV, "SIGSEGV (a defect of the program)" },
                { SIGBUS, "SIGBUS (a file or memory that went away)" },
                { SIGFPE, "SIGFPE (a defect of the program)" },
                { SIGILL, "SIGILL (an instruction that the processor lacks)" },
                { SIGABRT, "SIGABRT (a defect of the program)" } };
  const int fd = open (crash_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  for (gsize i = 0; fd >= 0 && i < G_N_ELEMENTS (names); i++)
    if (names[i].number == number && write (fd, names[i].name, strlen (names[i].name)) < 0)
      break;
  signal (number, SIG_DFL);
  raise (number);
}

static void
catch_crashes (const char *folder)
{
  static const int numbers[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
  struct sigaction action = { .sa_handler = crash_cb };

  g_snprintf (crash_path, sizeof crash_path, "%s/crash", folder);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    sigaction (numbers[i], &action, NULL);
}

/* Blocked before the engine thread is made, so that all threads inherit it. */
static int
open_signals (sigset_t *before)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGHUP);
  pthread_sigmask (SIG_BLOCK, &set, before);
  return signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int
wb_worker_read_signal (WbWorker *self)
{
  struct signalfd_siginfo info;

  if (read (self->signal_fd, &info, sizeof info) != sizeof info)
    return 0;
  if (self->signal_number != 0)
    _exit (128 + (int) info.ssi_signo); /* asked twice: the last checkpoint has to do */
  return (int) info.ssi_signo;
}

static void
poll_signal (WbWorker *self)
{
  const int number = wb_worker_read_signal (self);

  if (number == 0)
    return;
  self->signal_number = number;
  wb_train_job_stop (self->job, WB_STOP_SAVE);
}

static void
obey (WbWorker *self)
{
  if (self->request == WB_REQUEST_NONE || self->signal_number != 0)
    return;
  wb_train_job_stop (self->job,
                     self->request == WB_REQUEST_STOP_KEEP_BEST ? WB_STOP_KEEP : WB_STOP_SAVE);
}

static void
poll_request (WbWorker *self)
{
  const gint64 now = g_get_monotonic_time ();
  WbRequest    request;

  if (now - self->polled_time < REQUEST_MICROSECONDS)
    return;
  self->polled_time = now;
  if (self->request == WB_REQUEST_NONE &&
      wb_store_get_run_request (self->store, self->record->id, &request, NULL))
    self->request = request;
  obey (self);
}

/* Messages, requests and signals until the engine thread is done.  @error: the store's; the run is
 * then asked to save and stop. */
static void
loop (WbWorker *self, GError **error)
{
  struct pollfd fds[] = { { wb_message_ring_get_fd (self->ring), POLLIN, 0 },
                          { self->signal_fd, POLLIN, 0 } };
  WbMessage     message;

  while (!self->ended)
    {
      poll (fds, G_N_ELEMENTS (fds), POLL_MILLISECONDS);
      while (!self->ended && wb_message_ring_pop (self->ring, &message))
        {
          wb_worker_handle (self, &message);
          g_free (message.text);
          if (g_get_monotonic_time () - self->flushed_time > FLUSH_MICROSECONDS)
            break;
        }
      poll_signal (self);
      poll_request (self);
      if (*error == NULL && g_get_monotonic_time () - self->flushed_time > FLUSH_MICROSECONDS &&
          !wb_worker_flush (self, error))
        wb_train_job_stop (self->job, WB_STOP_SAVE);
    }
}

/* Stopped before anything was trained, there is nothing to keep: the run is only stopped. */
static gboolean
keeps_best (WbWorker *self)
{
  g_autofree char *best = g_build_filename (self->record->folder, "best", NULL);
  return self->request == WB_REQUEST_STOP_KEEP_BEST && g_file_test (best, G_FILE_TEST_IS_DIR);
}

static WbRecordStatus
status_of_stop (WbWorker *self)
{
  if (self->signal_number != 0)
    return WB_RECORD_INTERRUPTED;
  switch (self->request)
    {
    case WB_REQUEST_STOP_KEEP_BEST:
      return keeps_best (self) ? WB_RECORD_FINISHED : WB_RECORD_STOPPED;
    case WB_REQUEST_PAUSE:
      return WB_RECORD_PAUSED;
    default:
      return WB_RECORD_STOPPED;
    }
}

static WbRecordStatus
status_of_end (WbWorker *self, WbJobEnd end)
{
  switch (end)
    {
    case WB_JOB_FINISHED:
      return WB_RECORD_FINISHED;
    case WB_JOB_STOPPED:
      return status_of_stop (self);
    case WB_JOB_NO_SPACE:
      return WB_RECORD_PAUSED;
    case WB_JOB_DIVERGED:
      return WB_RECORD_DIVERGED;
    case WB_JOB_FAILED:
    default:
      return WB_RECORD_FAILED;
    }
}

static char *
dup_end_message (WbWorker *self, WbJobEnd end, const GError *error)
{
  if (error != NULL)
    return g_strdup (error->message);
  if (end == WB_JOB_STOPPED && self->signal_number != 0)
    return g_strdup_printf ("stopped by %s at step %" G_GUINT64_FORMAT "; state saved",
                            self->signal_number == SIGINT    ? "SIGINT"
                            : self->signal_number == SIGTERM ? "SIGTERM"
                                                             : "SIGHUP",
                            self->step);
  if (end == WB_JOB_STOPPED)
    return g_strdup_printf ("stopped at step %" G_GUINT64_FORMAT "%s", self->step,
                            keeps_best (self) ? "; the best is kept" : "; state saved");
  return NULL;
}

/* Checkpoints, and what an earlier process was killed over. */
static void
remove_leftovers (const char *folder)
{
  static const char *const names[] = { ".best.new", ".last.new" };

  wb_run_checkpoints_prune (folder, 0, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      wb_tree_remove (path, NULL);
    }
}

/* The row, then what is no longer needed on disk. */
static void
end_run (WbWorker *self, WbJobEnd end, WbRunStatus *status, GError **error)
{
  const WbRecordStatus record_status = status_of_end (self, end);
  g_autofree char     *message = dup_end_message (self, end, *error);
  g_autoptr (GError) local = NULL;

  if (!wb_worker_flush (self, &local) ||
      !wb_store_end_run (self->store, self->record->id, record_status, message, &local))
    {
      if (*error == NULL)
        g_propagate_error (error, g_steal_pointer (&local));
    }
  if (record_status == WB_RECORD_FINISHED)
    {
      remove_leftovers (self->record->folder);
      wb_worker_report_done (self);
    }
  wb_run_status_parse (wb_record_status_to_string (record_status), status);
}

static void
execute (WbWorker *self, WbRunStatus *status, GError **error)
{
  g_autoptr (GError) store_error = NULL;
  g_autoptr (GError) job_error = NULL;
  WbJobEnd end;

  catch_crashes (self->record->folder);
  self->ring = wb_message_ring_new (RING_CAPACITY);
  self->job = wb_train_job_new (self->plan, self->record->folder, self->ring);
  self->started_time = g_get_monotonic_time ();
  wb_train_job_start (self->job);
  loop (self, &store_error);
  end = wb_train_job_join (self->job, &job_error);
  if (store_error != NULL && end == WB_JOB_STOPPED)
    end = WB_JOB_FAILED;
  if (job_error == NULL)
    job_error = g_steal_pointer (&store_error);
  end_run (self, end, status, &job_error);
  if (job_error != NULL)
    g_propagate_error (error, g_steal_pointer (&job_error));
}

static void
worker_init (WbWorker *self, WbWorkspace *workspace, const WbWorkerOptions *options)
{
  self->workspace = workspace;
  self->store = wb_workspace_get_store (workspace);
  self->options = options;
  self->run_lock = self->device_lock = -1;
  self->points = g_array_new (FALSE, FALSE, sizeof (WbMetricPoint));
  self->json = wb_json_new ();
  self->loss = self->tokens_per_second = self->best = NAN;
}

static void
worker_clear (WbWorker *self)
{
  g_clear_pointer (&self->job, wb_train_job_free);
  g_clear_pointer (&self->ring, wb_message_ring_free);
  if (self->log != NULL)
    fclose (self->log);
  wb_lock_free (self->device_lock);
  wb_lock_free (self->run_lock);
  if (self->signal_fd >= 0)
    close (self->signal_fd);
  g_clear_pointer (&self->plan, wb_run_plan_free);
  g_clear_pointer (&self->record, wb_run_record_free);
  g_array_unref (self->points);
  wb_json_free (self->json);
  g_free (self->metric_name);
  g_free (self->phase);
}

gboolean
wb_worker_run (WbWorkspace           *workspace,
               gint64                 id,
               const WbWorkerOptions *options,
               WbRunStatus           *status,
               int                   *signal_number,
               GError               **error)
{
  WbWorker self = { 0 };
  sigset_t before;
  GError  *local = NULL;

  worker_init (&self, workspace, options);
  self.signal_fd = open_signals (&before);
  *status = WB_RUN_FAILED;
  if (wb_worker_begin (&self, id, &local))
    execute (&self, status, &local);
  *signal_number = self.signal_number;
  worker_clear (&self);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}
