#pragma once

#include "app/feed/wb-feed-private.h"
#include "app/runs/wb-run-plan-private.h"
#include "engine/model/wb-model.h"
#include "engine/train/wb-trainer.h"

G_BEGIN_DECLS

/**
 * WbTrainSetup:
 *
 * The settings of a run as plain numbers, read once on the main thread; the engine thread touches
 * no GObject.  Strings belong to it.
 */
typedef struct
{
  WbTrainerOptions trainer; /* total_steps and warmup_steps: set when the examples are counted */
  WbFeatureOptions features;
  WbFeedOptions    feed;
  double           epochs;
  guint64          max_steps;       /* 0: by epochs */
  double           warmup_fraction; /* of all steps */
  guint64          warmup_steps;
  gboolean         has_warmup_steps;
  WbInterval       eval_every;
  WbInterval       save_every;
  guint64          patience;      /* 0: off */
  char            *select_metric; /* NULL: the task's */
  double           dropout;       /* NaN: the model's */
  double           attention_dropout;
  double           classifier_dropout;
  double           label_smoothing;
  double          *class_weights; /* (n_class_weights), or NULL */
  gsize            n_class_weights;
  gboolean         balanced;
  gboolean         keep_last;
  char            *backend;
  guint            threads; /* 0: auto */
} WbTrainSetup;

WbTrainSetup *wb_train_setup_new (const WbRunPlan *plan);
void          wb_train_setup_free (WbTrainSetup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbTrainSetup, wb_train_setup_free)

/* Fact sheet 5.10: T = max_steps, or ceil (epochs · U); w = steps, or ceil (T · fraction). */
void wb_train_setup_count_steps (WbTrainSetup *self, guint64 steps_per_epoch);

G_END_DECLS
