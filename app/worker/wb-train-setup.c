#include "app/worker/wb-train-setup-private.h"

#include <math.h>

static void
read_trainer (WbTrainSetup *self, WbSettings *settings, guint64 seed)
{
  WbTrainerOptions *options = &self->trainer;
  const gint        optimizer = wb_settings_get_choice (settings, "optimizer");

  static const WbOptimizerKind kinds[] = {
    WB_OPTIMIZER_ADAMW,
    WB_OPTIMIZER_ADAM,
    WB_OPTIMIZER_ADMAX,
    WB_OPTIMIZER_RADAM,
  };

  options->optimizer = kinds[optimizer];
  if (!wb_schedule_parse (wb_settings_get (settings, "schedule"), &options->schedule))
    g_error ("the settings table has a schedule that the engine does not know");
  options->learning_rate = wb_settings_get_number (settings, "learning-rate");
  options->weight_decay = wb_settings_get_number (settings, "weight-decay");
  options->beta1 = wb_settings_get_number (settings, "adam-beta1");
  options->beta2 = wb_settings_get_number (settings, "adam-beta2");
  options->epsilon = wb_settings_get_number (settings, "adam-epsilon");
  if (isnan (options->epsilon))
    options->epsilon = options->optimizer == WB_OPTIMIZER_ADAMW ? 1e-8 : 1e-6;
  options->max_grad_norm = wb_settings_get_number (settings, "max-grad-norm");
  options->layer_decay = wb_settings_get_number (settings, "layer-decay");
  options->seed = seed;
}

static void
read_feed (WbTrainSetup *self, WbSettings *settings, const WbRunPlan *plan)
{
  static const WbOrder orders[] = {
    WB_ORDER_GROUPED,
    WB_ORDER_SHUFFLE,
    WB_ORDER_FILE,
    WB_ORDER_PUBLISHED,
  };

  self->features.max_length = wb_settings_get_count (settings, "max-length");
  self->features.truncation = wb_settings_get_choice (settings, "truncation") == 1
                                  ? WB_TRUNCATION_PUBLISHED
                                  : WB_TRUNCATION_LONGEST_FIRST;
  self->features.published_segments = wb_settings_get_choice (settings, "segments") == 1;
  self->feed.order = orders[wb_settings_get_choice (settings, "order")];
  self->feed.batch_size = wb_settings_get_count (settings, "batch-size");
  self->feed.accumulation = wb_settings_get_count (settings, "accumulation");
  self->feed.seed = plan->seed;
  self->feed.tail = plan->task->published_tail;
}

static void
read_loop (WbTrainSetup *self, WbSettings *settings)
{
  self->epochs = wb_settings_get_number (settings, "epochs");
  self->max_steps = wb_settings_get_count (settings, "max-steps");
  self->warmup_fraction = wb_settings_get_number (settings, "warmup-fraction");
  self->has_warmup_steps = wb_settings_is_set (settings, "warmup-steps");
  self->warmup_steps = wb_settings_get_count (settings, "warmup-steps");
  self->eval_every = wb_settings_get_interval (settings, "eval-every");
  self->save_every = wb_settings_get_interval (settings, "save-every");
  self->patience = wb_settings_get_count (settings, "patience");
  if (wb_settings_is_set (settings, "select-metric"))
    self->select_metric = g_strdup (wb_settings_get (settings, "select-metric"));
  self->keep_last = wb_settings_get_choice (settings, "keep-last") == 1;
}

WbTrainSetup *
wb_train_setup_new (const WbRunPlan *plan)
{
  WbTrainSetup *self = g_new0 (WbTrainSetup, 1);
  WbSettings   *settings = plan->settings;
  gsize         n;

  read_trainer (self, settings, plan->seed);
  read_feed (self, settings, plan);
  read_loop (self, settings);
  self->dropout = wb_settings_get_number (settings, "dropout");
  self->attention_dropout = wb_settings_get_number (settings, "attention-dropout");
  self->classifier_dropout = wb_settings_get_number (settings, "classifier-dropout");
  self->label_smoothing = wb_settings_get_number (settings, "label-smoothing");
  self->class_weights = wb_settings_get_weights (settings, "class-weights", &n);
  self->n_class_weights = n;
  self->balanced = g_str_equal (wb_settings_get (settings, "class-weights"), "balanced");
  self->backend = g_strdup (wb_settings_get (settings, "backend"));
  self->threads = (guint) wb_settings_get_count (settings, "threads");
  return self;
}

void
wb_train_setup_free (WbTrainSetup *self)
{
  g_free (self->select_metric);
  g_free (self->class_weights);
  g_free (self->backend);
  g_free (self);
}

void
wb_train_setup_count_steps (WbTrainSetup *self, guint64 steps_per_epoch)
{
  const double  by_epochs = ceil (self->epochs * (double) steps_per_epoch);
  const guint64 total = self->max_steps > 0 ? self->max_steps : (guint64) fmax (1, by_epochs);

  self->trainer.total_steps = total;
  self->trainer.warmup_steps = self->has_warmup_steps
                                   ? self->warmup_steps
                                   : (guint64) ceil ((double) total * self->warmup_fraction);
}
