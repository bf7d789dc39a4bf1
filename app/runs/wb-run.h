#pragma once

#include <gio/gio.h>

#include "app/core/wb-workspace.h"
#include "app/recipes/wb-recipe.h"
#include "app/settings/wb-settings.h"

G_BEGIN_DECLS

/**
 * WbRunStatus:
 * @WB_RUN_QUEUED: its process has not started yet
 * @WB_RUN_RUNNING: a process works on it
 * @WB_RUN_PAUSED: asked to pause; resumable
 * @WB_RUN_STOPPED: asked to stop; resumable
 * @WB_RUN_INTERRUPTED: its process died or was told to by a signal; resumable from the last
 * checkpoint
 * @WB_RUN_FINISHED: trained to the end
 * @WB_RUN_FAILED: an error ended it; the message says which
 * @WB_RUN_DIVERGED: the loss became NaN or infinite; the last good state is kept
 */
typedef enum
{
  WB_RUN_QUEUED,
  WB_RUN_RUNNING,
  WB_RUN_PAUSED,
  WB_RUN_STOPPED,
  WB_RUN_INTERRUPTED,
  WB_RUN_FINISHED,
  WB_RUN_FAILED,
  WB_RUN_DIVERGED,
} WbRunStatus;

#define WB_TYPE_RUN_STATUS (wb_run_status_get_type ())
GType       wb_run_status_get_type (void);
const char *wb_run_status_get_name (WbRunStatus status);  /* "running": JSON, --status */
const char *wb_run_status_get_title (WbRunStatus status); /* "Running" */
gboolean    wb_run_status_parse (const char *name, WbRunStatus *status);

typedef enum
{
  WB_RUN_REQUEST_NONE,
  WB_RUN_REQUEST_PAUSE,
  WB_RUN_REQUEST_STOP,      /* state saved, best kept, last state kept: resumable */
  WB_RUN_REQUEST_STOP_KEEP, /* the run counts as finished with the best so far */
} WbRunRequest;

#define WB_TYPE_RUN (wb_run_get_type ())
G_DECLARE_FINAL_TYPE (WbRun, wb_run, WB, RUN, GObject)

/**
 * WbRun:
 *
 * One run as window and command line see it: a row of the store, brought up to date by WbRunList or
 * wb_run_refresh().  Main thread only.
 *
 * Properties, all but "name" read-only, all notify: "id" (int64), "name", "status" (WbRunStatus),
 * "status-text" ("Training 61 %", "Diverged at step 210", "Interrupted, can resume"), "phase"
 * ("training", "evaluating" …), "model" (short name), "task" (id), "task-title", "metric-name"
 * ("accuracy"), "best", "last" (doubles, NaN: none yet), "best-text", "last-text" ("0.8710", or
 * "–"), "best-step", "step", "total-steps" (uint64), "progress" (0 … 1), "seconds-left" (-1:
 * unknown), "tokens-per-second", "duration" (seconds of work, waiting not counted), "created",
 * "started", "finished" (seconds since 1970, 0: not yet), "message" (why it failed or was
 * interrupted), "seed" (uint64), "active" (running or queued), "can-resume", "folder", "tags"
 * (words with blanks between them), "note", "archived", "pinned", "baseline".
 */

gint64      wb_run_get_id (WbRun *self);
const char *wb_run_get_name (WbRun *self);
WbRunStatus wb_run_get_status (WbRun *self);
const char *wb_run_get_status_text (WbRun *self);
const char *wb_run_get_phase (WbRun *self);
const char *wb_run_get_model (WbRun *self);
const char *wb_run_get_task (WbRun *self);
const char *wb_run_get_task_title (WbRun *self);
const char *wb_run_get_metric_name (WbRun *self);
double      wb_run_get_best (WbRun *self);
double      wb_run_get_last (WbRun *self);
guint64     wb_run_get_best_step (WbRun *self);
guint64     wb_run_get_step (WbRun *self);
guint64     wb_run_get_total_steps (WbRun *self);
double      wb_run_get_progress (WbRun *self);
double      wb_run_get_seconds_left (WbRun *self);
double      wb_run_get_tokens_per_second (WbRun *self);
double      wb_run_get_duration (WbRun *self);
gint64      wb_run_get_created (WbRun *self);
gint64      wb_run_get_started (WbRun *self); /* 0: not yet */
gint64      wb_run_get_finished (WbRun *self);
double      wb_run_get_waited (WbRun *self); /* seconds from being made to the first start */
const char *wb_run_get_message (WbRun *self);
guint64     wb_run_get_seed (WbRun *self);
gboolean    wb_run_is_active (WbRun *self);
const char *wb_run_get_folder (WbRun *self);

/* Reads the row again; properties that changed notify.  %FALSE when it is gone or on error. */
gboolean wb_run_refresh (WbRun *self, GError **error);

/* Seconds that the run was expected to take when it was made; 0: nothing was known. */
double wb_run_get_expected_duration (WbRun *self);

/* (transfer full): the frozen settings. */
WbSettings *wb_run_dup_settings (WbRun *self, GError **error);
/* (transfer full) (nullable): the recipe that they began as, frozen with them. */
WbRecipe *wb_run_dup_recipe (WbRun *self);

/**
 * WbRunSeries:
 * @name: "train/loss", "train/lr", "train/grad_norm", "train/tokens_per_second", "train/memory"
 * (bytes) of optimizer steps; "dev/accuracy", "dev/loss" … of evaluations (split/metric)
 * @n: points
 * @x: (n) optimizer step
 * @y: (n) value; NaN: a gap
 * @mark: opaque: where the next read goes on
 */
typedef struct
{
  char   *name;
  gsize   n;
  gsize   n_allocated;
  double *x;
  double *y;
  gint64  mark;
  gint64  generation;
} WbRunSeries;

WbRunSeries *wb_run_series_new (const char *name);
void         wb_run_series_free (WbRunSeries *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbRunSeries, wb_run_series_free)

/* (transfer full): names of the series that the run has, training's first. */
char **wb_run_dup_series_names (WbRun *self, GError **error);

/**
 * wb_run_read_series:
 * @series: in: what was read before (or empty); out: with the new points at the end
 * @restarted: (out) (optional): %TRUE when a resume replaced points, so all were read again
 *
 * Incremental: only rows after the last one read.
 */
gboolean wb_run_read_series (WbRun *self, WbRunSeries *series, gboolean *restarted, GError **error);

/* (transfer full): at most @n losses, means of equal spans of steps: for a list's cell. */
double *wb_run_dup_sparkline (WbRun *self, gsize n, gsize *n_points);

/* (transfer full): the last @n lines (0: all) of log.jsonl, as sentences for people. */
char **wb_run_dup_log (WbRun *self, gsize n, GError **error);
char  *wb_run_dup_log_path (WbRun *self);

/* Asks the run's process; it obeys within a second.  An error when nothing runs. */
gboolean wb_run_request (WbRun *self, WbRunRequest request, GError **error);

/* Whether wb_run_launcher_resume() can go on; @why: (out) (optional) (transfer full): a sentence
 * when it cannot. */
gboolean wb_run_can_resume (WbRun *self, char **why);
/* (transfer full) (nullable): the same, and whether the model and the training file are where they
 * were: a sentence why the run cannot go on; %NULL: it can. */
char    *wb_run_dup_obstacle (WbRun *self);
gboolean wb_run_rename (WbRun *self, const char *name, GError **error);

/* What people write to a run.  A note is any text ("": none).  Tags are words without blanks and
 * commas, in order; changing one that is there (or is not) already changes nothing.  An archived
 * run keeps everything, only lists leave it out; one that runs cannot be archived. */
const char *wb_run_get_note (WbRun *self);
char      **wb_run_dup_tags (WbRun *self); /* (transfer full) */
gboolean    wb_run_is_archived (WbRun *self);
gboolean    wb_run_set_note (WbRun *self, const char *note, GError **error);
gboolean    wb_run_change_tag (WbRun *self, const char *tag, gboolean add, GError **error);
gboolean    wb_run_archive (WbRun *self, gboolean archive, GError **error);

/* Pinned runs stand first in lists.  A baseline is what the other runs of its task are compared
 * with; making another run the baseline of a task takes it from the one that was. */
gboolean wb_run_is_pinned (WbRun *self);
gboolean wb_run_is_baseline (WbRun *self);
gboolean wb_run_set_pinned (WbRun *self, gboolean pinned, GError **error);
gboolean wb_run_set_baseline (WbRun *self, gboolean baseline, GError **error);

/* Into the trash and out of it again; an error while it runs.  After wb_run_finish_delete() there
 * is no way back. */
gboolean wb_run_delete (WbRun *self, GError **error);
gboolean wb_run_restore (WbRun *self, GError **error);
gboolean wb_run_finish_delete (WbRun *self, GError **error);

/* Frees what was deleted without a way back, files included; any thread with its own workspace. */
gboolean wb_run_empty_trash (WbWorkspace *workspace, GError **error);
/* Brings back what was deleted when nobody could say any more whether it was meant: the program
 * that offered to undo it has gone without a word.  @left: (out) (nullable): whether there is
 * something to free. */
gboolean wb_run_recover_trash (WbWorkspace *workspace, gboolean *left, GError **error);

/* (transfer full) (nullable): folder of the best model in Hugging Face layout, when there is one.
 */
char *wb_run_dup_best_folder (WbRun *self);

/* (transfer full): by id, unique name, or folder. */
WbRun *wb_run_find (WbWorkspace *workspace, const char *what, GError **error);

G_END_DECLS
