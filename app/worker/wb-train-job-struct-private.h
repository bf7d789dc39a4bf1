#pragma once

#include <pthread.h>

#include "app/worker/wb-evaluation-private.h"
#include "app/worker/wb-run-state-private.h"
#include "app/worker/wb-train-job-private.h"
#include "app/worker/wb-train-setup-private.h"
#include "engine/tokenizer/wb-tokenizer.h"

G_BEGIN_DECLS

struct _WbTrainJob
{
  /* set before the thread starts */
  const WbRunPlan *plan;
  char            *folder;
  WbMessageRing   *ring;
  WbTrainSetup    *setup;
  pthread_t        thread;
  gboolean         started;
  int              stop; /* atomic, WbStop */

  /* engine thread */
  WbBackend     *backend;
  WbModelConfig *config;
  WbTokenizer   *tokenizer;
  WbFeatures    *train;
  GPtrArray     *evaluations; /* (element-type WbFeatures) as in the plan */
  GPtrArray     *digests;     /* (element-type utf8) of their data sets */
  WbFeed        *feed;
  WbModel       *model;
  WbTrainer     *trainer;
  WbHeadSpec     head;
  float         *class_weights;
  char         **labels; /* names in the model's order; NULL for regression */
  int           *label_map;
  gsize          max_tokens;
  gsize          max_sequences;
  WbRunState     state;
  guint64        saved_step;
  gint64         started_time; /* monotonic, of this process */
  double         seconds_before;
  gint64         saved_time;
  gint64         evaluated_time;
  guint64        checkpoint_bytes;

  /* the end; read after the thread was joined */
  WbJobEnd end;
  GError  *error;
};

/* wb-train-load.c: everything up to the first step. */
gboolean wb_train_job_load (WbTrainJob *self, GError **error);

/* wb-train-save.c */
gboolean wb_train_job_save_checkpoint (WbTrainJob *self, GError **error);
/* The weights as they are, in Hugging Face layout, as folder @name of the run. */
gboolean wb_train_job_save_model (WbTrainJob *self, const char *name, double value, GError **error);
/* The newest whole checkpoint, if there is one. */
gboolean wb_train_job_restore (WbTrainJob *self, GError **error);
/* WB_APP_ERROR_SPACE when there is no room for three checkpoints and the best. */
gboolean wb_train_job_check_space (WbTrainJob *self, GError **error);
/* Whether two more checkpoints fit. */
gboolean wb_train_job_has_space (WbTrainJob *self);

/* wb-train-predictions.c: what was said of every example, into the run's folder; a disk that has no
 * room for it is a note, not an error. */
void wb_train_job_keep_predictions (WbTrainJob *self, guint split, const WbEvaluation *evaluation);
/* Those of steps that come again, and the oldest that are too many. */
void wb_train_job_prune_predictions (WbTrainJob *self);

/* Reports; @text is copied. */
void wb_train_job_phase (WbTrainJob *self, const char *phase, double share);
void wb_train_job_note (WbTrainJob *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
