#include "app/worker/wb-queue-worker-private.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/core/wb-app-error.h"
#include "app/core/wb-workspace-private.h"
#include "app/runs/wb-run-private.h"
#include "app/worker/wb-lock-private.h"
#include "data/store/wb-store-queue.h"

#define IDLE_MILLISECONDS 200
#define ATTEMPTS 3 /* at a run that neither starts nor leaves the queue */

/* What a process needs while it takes from the queue. */
typedef struct
{
  WbWorkspace          *workspace;
  WbStore              *store;
  const WbQueueOptions *options;
  int                   queue_lock;  /* -1: another process takes what comes by itself */
  int                   device_lock; /* -1: not held */
  int                   signal_fd;
  int                   signal_number;
  gint64                tried;    /* the run that was executed last … */
  guint                 attempts; /* … and how often in a row */
  gboolean              left;     /* nothing may start, and the lock of the queue was given back */
} Queue;

static gboolean
may_start (const WbRunRecord *record, gboolean paused)
{
  return record->status == WB_RECORD_QUEUED && (record->urgent != 0 || !paused);
}

/* Whether the process that made the run, or resumes it, waits for the device itself. */
static gboolean
is_held (const WbRunRecord *record)
{
  g_autofree char *path = wb_run_record_dup_lock_path (record);
  return path != NULL && !wb_lock_is_free (path);
}

/**
 * find_next:
 * @id: (out): what to start; 0: nothing now
 * @any: (out): whether anything may start, be it by its own process
 *
 * A first run that its own process holds keeps its turn: with the device free that process goes on.
 */
static gboolean
find_next (WbStore *store, gboolean alongside, gint64 *id, gboolean *any, GError **error)
{
  g_autoptr (GPtrArray) records = NULL;
  gboolean paused;

  *id = 0;
  *any = FALSE;
  if (!wb_store_get_queue_paused (store, &paused, error) ||
      (records = wb_store_list_active (store, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < records->len && *id == 0; i++)
    {
      const WbRunRecord *record = records->pdata[i];

      if (!may_start (record, paused))
        continue;
      *any = TRUE;
      if (!is_held (record))
        *id = record->id;
      else if (!alongside)
        break;
    }
  return TRUE;
}

gboolean
wb_queue_has_work (WbWorkspace *workspace)
{
  gint64   id;
  gboolean any;

  return find_next (wb_workspace_get_store (workspace), FALSE, &id, &any, NULL) && any;
}

static char *
dup_queue_lock (WbWorkspace *workspace)
{
  return wb_workspace_dup_path (workspace, "locks", "queue", NULL);
}

gboolean
wb_queue_is_worked (WbWorkspace *workspace)
{
  g_autofree char *path = dup_queue_lock (workspace);
  return !wb_lock_is_free (path);
}

/* TRUE with @lock -1: somebody else has it. */
static gboolean
try_lock (const char *path, int *lock, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (*lock >= 0)
    return TRUE;
  *lock = wb_lock_take (path, &local);
  if (*lock >= 0 || g_error_matches (local, WB_APP_ERROR, WB_APP_ERROR_BUSY))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
try_device (Queue *self, GError **error)
{
  g_autofree char *path = wb_lock_dup_device_path (self->workspace);
  return try_lock (path, &self->device_lock, error);
}

static void
give_back (int *lock)
{
  wb_lock_free (*lock);
  *lock = -1;
}

/* Whoever puts a run into the queue looks afterwards whether somebody works: looking once more, and
 * giving the lock back, is one transaction, so that a run that comes is seen here or finds the lock
 * free. */
static gboolean
leave (Queue *self, GError **error)
{
  gint64   id;
  gboolean any;

  if (!wb_store_begin (self->store, error))
    return FALSE;
  if (!find_next (self->store, self->options->alongside, &id, &any, error))
    {
      wb_store_rollback (self->store);
      return FALSE;
    }
  if (!any)
    give_back (&self->queue_lock);
  self->left = !any;
  return wb_store_commit (self->store, error);
}

static void
idle (Queue *self)
{
  struct pollfd           fd = { self->signal_fd, POLLIN, 0 };
  struct signalfd_siginfo info;

  if (self->options->waiting != NULL)
    self->options->waiting (self->options->user_data);
  if (poll (&fd, 1, IDLE_MILLISECONDS) > 0 &&
      read (self->signal_fd, &info, sizeof info) == sizeof info)
    self->signal_number = (int) info.ssi_signo;
}

static gboolean
execute (Queue *self, gint64 id, GError **error)
{
  self->attempts = id == self->tried ? self->attempts + 1 : 1;
  self->tried = id;
  if (self->attempts > ATTEMPTS)
    {
      g_set_error (error, WB_APP_ERROR, WB_APP_ERROR_FAILED,
                   "run %" G_GINT64_FORMAT " cannot be started and stays in the queue; “queue drop"
                   " %" G_GINT64_FORMAT "” takes it out",
                   id, id);
      return FALSE;
    }
  self->options->execute (id, &self->signal_number, self->options->user_data);
  return TRUE;
}

/* One look at the queue: a run, or a while of nothing. */
static gboolean
turn (Queue *self, GError **error)
{
  const gboolean had_device = self->device_lock >= 0 || self->options->alongside;
  gint64         id;
  gboolean       any;

  if (!find_next (self->store, self->options->alongside, &id, &any, error))
    return FALSE;
  if (id != 0 && had_device)
    return execute (self, id, error);
  if (id != 0 && !try_device (self, error))
    return FALSE;
  if (id != 0 && self->device_lock >= 0)
    return TRUE; /* what comes first is looked up again now that it can start */
  give_back (&self->device_lock);
  if (!any && self->options->until_empty)
    return leave (self, error);
  idle (self);
  return TRUE;
}

static gboolean
work (Queue *self, GError **error)
{
  g_autofree char *path = dup_queue_lock (self->workspace);

  while (self->signal_number == 0 && !self->left)
    {
      if (!try_lock (path, &self->queue_lock, error))
        return FALSE;
      if (self->queue_lock < 0 && self->options->until_empty)
        return TRUE;
      if (!turn (self, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
wb_queue_work (WbWorkspace          *workspace,
               const WbQueueOptions *options,
               int                  *signal_number,
               GError              **error)
{
  Queue    self = { .workspace = workspace, .options = options };
  sigset_t set, before;
  gboolean ok;

  self.store = wb_workspace_get_store (workspace);
  self.queue_lock = self.device_lock = -1;
  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGHUP);
  pthread_sigmask (SIG_BLOCK, &set, &before);
  self.signal_fd = signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  ok = work (&self, error);
  give_back (&self.device_lock);
  give_back (&self.queue_lock);
  close (self.signal_fd);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  *signal_number = self.signal_number;
  return ok;
}
