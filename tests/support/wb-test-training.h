#pragma once

#include "engine/train/wb-trainer.h"
#include "tests/support/wb-test-labels.h"
#include "tests/support/wb-test-model.h"

/* A tiny model in training on generated ids, dropout on. */

#define WB_TEST_VOCABULARY 97
#define WB_TEST_BATCH 6

/**
 * WbTestTraining:
 * @losses, @norms: (steps done)
 */
typedef struct
{
  WbBackend     *backend;
  WbModelConfig *config;
  WbModel       *model;
  WbTrainer     *trainer;
  GArray        *losses; /* double */
  GArray        *norms;  /* double */
} WbTestTraining;

static inline WbTrainerOptions
wb_test_options (void)
{
  return (WbTrainerOptions){
    .optimizer = WB_OPTIMIZER_ADAMW,
    .schedule = WB_SCHEDULE_LINEAR,
    .learning_rate = 2e-3,
    .weight_decay = 0.05,
    .beta1 = 0.9,
    .beta2 = 0.999,
    .epsilon = 1e-8,
    .max_grad_norm = 1,
    .layer_decay = 1,
    .total_steps = 14,
    .warmup_steps = 3,
    .seed = 5,
  };
}

#define WB_TEST_V3                                                                                 \
  "\"model_type\":\"deberta-v2\",\"vocab_size\":97,\"hidden_size\":24,"                            \
  "\"num_hidden_layers\":2,\"num_attention_heads\":2,\"intermediate_size\":40,"                    \
  "\"max_position_embeddings\":64,\"relative_attention\":true,\"position_buckets\":8,"             \
  "\"max_relative_positions\":32,\"norm_rel_ebd\":\"layer_norm\",\"share_att_key\":true,"          \
  "\"pos_att_type\":[\"p2c\",\"c2p\"],\"layer_norm_eps\":1e-7,"                                    \
  "\"position_biased_input\":false,\"type_vocab_size\":0,\"hidden_dropout_prob\":0.1,"             \
  "\"attention_probs_dropout_prob\":0.1"
#define WB_TEST_V1 WB_TEST_V3 ",\"model_type\":\"deberta\"" /* its class ignores v2's keys */
#define WB_TEST_CONV WB_TEST_V3 ",\"conv_kernel_size\":3,\"conv_groups\":2,\"conv_act\":\"gelu\""

/* @json: the configuration without braces */
static inline WbTestTraining *
wb_test_training_new_for (const char             *json,
                          const WbTrainerOptions *options,
                          const WbHeadSpec       *head,
                          guint                   n_threads)
{
  const WbModelLimits limits = { 400, WB_TEST_BATCH, 40, WB_TEST_VOCABULARY, TRUE };
  g_autoptr (GError) error = NULL;
  WbTestTraining *self = g_new0 (WbTestTraining, 1);

  self->backend = wb_test_backend_open (n_threads);
  self->config = wb_test_config_new (json);
  self->model = wb_test_model_new (self->backend, self->config, head, wb_test_form_vectors);
  g_assert_true (wb_model_reserve (self->model, &limits, NULL));
  self->trainer = wb_trainer_new (self->model, options, &error);
  g_assert_no_error (error);
  self->losses = g_array_new (FALSE, FALSE, sizeof (double));
  self->norms = g_array_new (FALSE, FALSE, sizeof (double));
  return self;
}

/* Classification or regression. */
static inline WbTestTraining *
wb_test_training_new_of (const char             *json,
                         const WbTrainerOptions *options,
                         WbHeadKind              kind,
                         guint                   n_threads)
{
  const WbHeadSpec head = { .kind = kind, .n_labels = kind == WB_HEAD_REGRESSION ? 1 : 3 };

  return wb_test_training_new_for (json, options, &head, n_threads);
}

static inline WbTestTraining *
wb_test_training_new (const WbTrainerOptions *options, WbHeadKind kind, guint n_threads)
{
  return wb_test_training_new_of (WB_TEST_V3, options, kind, n_threads);
}

static inline void
wb_test_training_free (WbTestTraining *self)
{
  g_array_unref (self->losses);
  g_array_unref (self->norms);
  wb_trainer_free (self->trainer);
  wb_model_free (self->model);
  wb_model_config_free (self->config);
  wb_backend_close (self->backend);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WbTestTraining, wb_test_training_free)

/* The examples of step @step, in @n_parts parts; examples of a step use few of the ids, so that
 * rows of the word table fall behind. */
static inline gboolean
wb_test_training_step (WbTestTraining *self, guint64 step, gsize n_parts, GError **error)
{
  WbTestBatch  *batches[WB_TEST_BATCH];
  WbTestLabels *labels[WB_TEST_BATCH];
  WbBatch       parts[WB_TEST_BATCH];
  WbStepStats   stats;
  WbDistinctIds ids;
  gboolean      ok;
  g_autoptr (GArray) distinct = g_array_new (FALSE, FALSE, sizeof (gint32));

  for (gsize p = 0; p < n_parts; p++)
    batches[p] = wb_test_batch_new ();
  for (guint32 i = 0; i < WB_TEST_BATCH; i++)
    {
      const gsize number = (gsize) step * WB_TEST_BATCH + i, n = 4 + number * 5 % 9;
      gint32      tokens[16];

      wb_test_generated_ids (tokens, number, n, WB_TEST_VOCABULARY);
      wb_test_batch_add (batches[i * n_parts / WB_TEST_BATCH], tokens, NULL, n, i,
                         (gint32) (number % 3), (float) (number % 5) / 2);
    }
  for (gsize p = 0; p < n_parts; p++)
    wb_test_batch_collect (batches[p], distinct);
  for (gsize p = 0; p < n_parts; p++)
    {
      parts[p] = *wb_test_batch_finish (batches[p], distinct);
      labels[p] = wb_test_labels_new (wb_model_get_head (self->model), &parts[p]);
    }
  ids = (WbDistinctIds){ distinct->len, (const gint32 *) distinct->data };
  ok = wb_trainer_step (self->trainer, parts, n_parts, &ids, &stats, error);
  for (gsize p = 0; p < n_parts; p++)
    {
      wb_test_labels_free (labels[p]);
      wb_test_batch_free (batches[p]);
    }
  g_array_append_val (self->losses, stats.loss);
  g_array_append_val (self->norms, stats.grad_norm);
  return ok;
}

/* Steps until @end have been done. */
static inline void
wb_test_training_run (WbTestTraining *self, guint64 end, gsize n_parts)
{
  while (wb_trainer_get_step (self->trainer) < end)
    {
      g_autoptr (GError) error = NULL;

      wb_test_training_step (self, wb_trainer_get_step (self->trainer), n_parts, &error);
      g_assert_no_error (error);
    }
}

static inline double
wb_test_training_loss (const WbTestTraining *self, guint i)
{
  return g_array_index (self->losses, double, i);
}

/* Every weight, brought up to date, bit for bit. */
static inline void
wb_test_training_assert_same_weights (WbTestTraining *a, WbTestTraining *b)
{
  const WbParameterTable *table = wb_model_get_table (a->model);

  g_assert_true (wb_trainer_settle (a->trainer, NULL, NULL));
  g_assert_true (wb_trainer_settle (b->trainer, NULL, NULL));
  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const gsize n = wb_parameter_table_get (table, i)->n_elements * sizeof (float);

      g_assert_cmpmem (wb_model_get_parameter (a->model, i).data, n,
                       wb_model_get_parameter (b->model, i).data, n);
    }
}
