#pragma once

#include "data/store/wb-store.h"

G_BEGIN_DECLS

/* In the file as text: "queued", "running", … */
typedef enum
{
  WB_RECORD_QUEUED,
  WB_RECORD_RUNNING,
  WB_RECORD_PAUSED,
  WB_RECORD_FINISHED,
  WB_RECORD_STOPPED,
  WB_RECORD_INTERRUPTED,
  WB_RECORD_FAILED,
  WB_RECORD_DIVERGED,
} WbRecordStatus;

const char *wb_record_status_to_string (WbRecordStatus status);
gboolean    wb_record_status_from_string (const char *text, WbRecordStatus *out);

/* What somebody asks of a running run: "none", "stop", "stop-keep-best", "pause". */
typedef enum
{
  WB_REQUEST_NONE,
  WB_REQUEST_STOP,
  WB_REQUEST_STOP_KEEP_BEST,
  WB_REQUEST_PAUSE,
} WbRequest;

const char *wb_request_to_string (WbRequest request);
gboolean    wb_request_from_string (const char *text, WbRequest *out);

/**
 * WbRunRecord:
 *
 * One row of the table of runs.  Strings are owned and may be %NULL where the comment says
 * nullable.  Times are microseconds since 1970 UTC, 0: not yet.  Numbers that are not known are NaN
 * (doubles), 0 (times) or -1 (steps of best and last values).
 */
typedef struct
{
  gint64         id;      /* given by the store, never used twice */
  gint64         version; /* given by the store: grows with every change to any run */
  char          *uuid;    /* given by the store where %NULL */
  char          *name;
  WbRecordStatus status;
  char          *phase;      /* nullable: "loading", "training", "evaluating", "saving" */
  char          *model_name; /* as shown */
  char          *model_path; /* folder; nullable */
  char          *task;       /* "rte" */
  char          *train_file; /* nullable */
  char          *dev_file;   /* nullable */
  char          *folder;     /* absolute; nullable until it is known */
  char          *settings;   /* text of a key file */
  gint64         seed;
  gint64         created;
  gint64         started;  /* of the first start */
  gint64         finished; /* of the last end */
  double         seconds;  /* of execution, over all starts */
  gint64         step;
  gint64         total_steps; /* 0: not known */
  double         epoch;
  double         progress;          /* 0 to 1 */
  double         seconds_left;      /* NaN: not known */
  double         tokens_per_second; /* NaN: not known */
  double         loss;              /* the last one; NaN */
  char          *metric;            /* nullable: what best and last are of, "accuracy" */
  double         best_value;        /* NaN */
  gint64         best_step;         /* -1 */
  double         last_value;        /* NaN */
  char          *message;           /* nullable: one line, why it is as it is */
  WbRequest      request;
  gint64         pid;         /* 0: none */
  char          *host;        /* nullable */
  char          *fingerprint; /* nullable: threads, instruction set, library versions */
  gint64         parameters;  /* of the model; 0: not known */
  gint64         trashed;     /* when it was deleted, its undo still open; 0: it was not */
  char          *note;        /* nullable: what somebody wrote to it */
  char          *tags;        /* nullable: words, one line each, in order */
  gint64         archived;    /* when it was put away; 0: it was not */
  gint64         place;       /* while it is queued: its order among those; else 0 */
  gint64         urgent;      /* while it is queued: 1: also when the queue is paused; else 0 */
  gint64         pinned;      /* when it was pinned to the top of lists; 0: it is not */
  gint64         baseline;    /* when it became what its task's runs are compared with; 0 */
} WbRunRecord;

WbRunRecord *wb_run_record_new (void); /* everything unknown, status queued */
WbRunRecord *wb_run_record_copy (const WbRunRecord *self);
void         wb_run_record_free (WbRunRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbRunRecord, wb_run_record_free)

/* Sets @record's id, version, uuid and (where 0) created. */
gboolean wb_store_insert_run (WbStore *self, WbRunRecord *record, GError **error);

/* (transfer full): %WB_STORE_ERROR_NOT_FOUND when there is none. */
WbRunRecord *wb_store_get_run (WbStore *self, gint64 id, GError **error);

/**
 * wb_store_find_run:
 * @text: an id, a name that only one run has, or a run's folder
 *
 * An id wins over a name, a name over a folder, whose newest run is meant; what lies in the trash
 * is not found. %WB_STORE_ERROR_NOT_FOUND; _AMBIGUOUS, naming the ids.
 */
WbRunRecord *wb_store_find_run (WbStore *self, const char *text, GError **error);

/**
 * wb_store_list_runs:
 * @since: only runs whose version is greater; 0: all
 * @gone: (out) (nullable) (element-type gint64): ids of the runs deleted or put into the trash
 * since; a run that is in both lists is gone
 * @version: (out) (nullable): what to give as @since next time
 * Returns: (transfer full) (element-type WbRunRecord): by id, the elements free themselves
 */
GPtrArray *
wb_store_list_runs (WbStore *self, gint64 since, GArray **gone, gint64 *version, GError **error);

/**
 * WbRunProgress:
 *
 * What a run's process writes about once a second.  Members as in #WbRunRecord.
 */
typedef struct
{
  const char *phase;
  gint64      step;
  gint64      total_steps;
  double      epoch;
  double      progress;
  double      seconds;
  double      seconds_left;
  double      tokens_per_second;
  double      loss;
} WbRunProgress;

gboolean wb_store_update_run_progress (WbStore             *self,
                                       gint64               id,
                                       const WbRunProgress *progress,
                                       GError             **error);

/* The selected metric after an evaluation; @best_step -1: no best yet. */
gboolean wb_store_update_run_metric (WbStore    *self,
                                     gint64      id,
                                     const char *metric,
                                     double      last_value,
                                     double      best_value,
                                     gint64      best_step,
                                     GError    **error);

/**
 * wb_store_start_run:
 * @fingerprint: (nullable): keeps the one that is there
 *
 * The run is running in this process: sets status, pid, host and (the first time) started; clears
 * request, message, finished and seconds_left.  The caller holds the run's lock.
 */
gboolean wb_store_start_run (WbStore    *self,
                             gint64      id,
                             gint64      pid,
                             const char *host,
                             const char *fingerprint,
                             gint64      parameters,
                             GError    **error);

/**
 * wb_store_end_run:
 * @status: anything but running
 * @message: (nullable): one line
 *
 * Sets finished (not for queued and paused) and clears phase, pid, request and seconds_left.
 */
gboolean wb_store_end_run (WbStore       *self,
                           gint64         id,
                           WbRecordStatus status,
                           const char    *message,
                           GError       **error);

/* Marks a run that says it runs, but whose lock is free, as interrupted; does nothing when it is
 * not running any more (looked at in the same transaction). */
gboolean wb_store_interrupt_run (WbStore *self, gint64 id, const char *message, GError **error);

/* A run that waits in the queue waits no more: it is stopped.  Once it runs (looked at in the same
 * transaction) it cannot be withdrawn: %WB_STORE_ERROR_FAILED, naming its status. */
gboolean wb_store_withdraw_run (WbStore *self, gint64 id, const char *message, GError **error);

/* @request stands until the run obeys or ends.  Asking a run that does not run is
 * %WB_STORE_ERROR_FAILED, naming its status. */
gboolean wb_store_request_run (WbStore *self, gint64 id, WbRequest request, GError **error);
/* Cheap: read between micro-batches. */
gboolean wb_store_get_run_request (WbStore *self, gint64 id, WbRequest *out, GError **error);

gboolean wb_store_rename_run (WbStore *self, gint64 id, const char *name, GError **error);
gboolean wb_store_set_run_folder (WbStore *self, gint64 id, const char *folder, GError **error);
gboolean wb_store_set_run_settings (WbStore *self, gint64 id, const char *settings, GError **error);
gboolean wb_store_set_run_note (WbStore *self, gint64 id, const char *note, GError **error);
gboolean wb_store_set_run_tags (WbStore *self, gint64 id, const char *tags, GError **error);
/* An archived run keeps everything and is found, but lists leave it out unless asked. */
gboolean wb_store_archive_run (WbStore *self, gint64 id, gboolean archive, GError **error);

/* A pinned run stands first in lists. */
gboolean wb_store_pin_run (WbStore *self, gint64 id, gboolean pin, GError **error);
/* What the other runs of its task are compared with; of each task one at most is. */
gboolean wb_store_set_run_baseline (WbStore *self, gint64 id, gboolean baseline, GError **error);

/* Into the trash, where it keeps everything but is not listed or found, and out of it again. */
gboolean wb_store_trash_run (WbStore *self, gint64 id, gboolean trash, GError **error);
/* There is no way back for a run in the trash: its time becomes 1.  Nothing for others. */
gboolean wb_store_finish_trash (WbStore *self, gint64 id, GError **error);
/* (transfer full) (element-type WbRunRecord): deleted before @time (microseconds), by id. */
GPtrArray *wb_store_list_trash (WbStore *self, gint64 time, GError **error);

/* For ever, with its metrics and results; its folder is the caller's.  Metrics go in several
 * transactions, so that others need not wait long. */
gboolean wb_store_delete_run (WbStore *self, gint64 id, GError **error);

G_END_DECLS
