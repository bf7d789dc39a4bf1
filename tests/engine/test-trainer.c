#include "engine/train/wb-trainer.h"

#include <sys/mman.h>
#include <unistd.h>

#include "engine/train/wb-trainer-private.h"
#include "tests/support/wb-test-training.h"
#include "tests/support/wb-test-worst.h"

/* The step of the trainer; its state on disk: test-trainer-state.c; its numbers against
 * transformers: test-model-steps.c. */

static void
test_learns (void)
{
  WbTrainerOptions options = wb_test_options ();
  g_autoptr (WbTestTraining) x = NULL;
  double first = 0, last = 0;

  options.total_steps = 60;
  x = wb_test_training_new (&options, WB_HEAD_CLASSIFICATION, 1);
  for (guint i = 0; i < 60; i++)
    {
      /* the same two batches again and again */
      g_assert_true (wb_test_training_step (x, i % 2, 1, NULL));
      if (i < 2)
        first += wb_test_training_loss (x, i);
      if (i >= 58)
        last += wb_test_training_loss (x, i);
    }
  g_test_message ("loss %g to %g", first / 2, last / 2);
  g_assert_cmpfloat (last, <, first / 4);
}

/* Parts, packing and threads are no part of the numbers: the same dropout, the mean over the
 * batch. */
static void
test_accumulation (void)
{
  static const gsize     n_parts[] = { 1, 2, 3, 6 };
  const WbTrainerOptions options = wb_test_options ();

  for (guint kind = WB_HEAD_CLASSIFICATION; kind <= WB_HEAD_REGRESSION; kind++)
    {
      g_autoptr (WbTestTraining) whole = wb_test_training_new (&options, (WbHeadKind) kind, 1);

      wb_test_training_run (whole, 6, 1);
      for (gsize k = 0; k < G_N_ELEMENTS (n_parts); k++)
        {
          g_autoptr (WbTestTraining) parts =
              wb_test_training_new (&options, (WbHeadKind) kind, k == 1 ? 2 : 1);

          wb_test_training_run (parts, 6, n_parts[k]);
          for (guint i = 0; i < 6; i++)
            {
              g_assert_cmpfloat_with_epsilon (wb_test_training_loss (parts, i),
                                              wb_test_training_loss (whole, i), 1e-6);
              g_assert_cmpfloat_with_epsilon (g_array_index (parts->norms, double, i),
                                              g_array_index (whole->norms, double, i), 1e-5);
            }
        }
    }
}

/* Bringing rows up to date now and then, some or all, changes no bit. */
static void
test_settling_changes_nothing (void)
{
  for (guint kind = 0; kind <= WB_OPTIMIZER_RADAM; kind++)
    {
      WbTrainerOptions    options = wb_test_options ();
      const gint32        ids[] = { 3, 4, 17, 50, 96 };
      const WbDistinctIds some = { G_N_ELEMENTS (ids), ids };
      g_autoptr (WbTestTraining) a = NULL;
      g_autoptr (WbTestTraining) b = NULL;

      options.optimizer = (WbOptimizerKind) kind;
      a = wb_test_training_new (&options, WB_HEAD_CLASSIFICATION, 1);
      b = wb_test_training_new (&options, WB_HEAD_CLASSIFICATION, 1);
      wb_test_training_run (a, 14, 1);
      for (guint i = 1; i <= 14; i++)
        {
          g_assert_true (wb_trainer_settle (b->trainer, i % 3 == 0 ? NULL : &some, NULL));
          wb_test_training_run (b, i, 1);
          g_assert_true (wb_test_training_loss (a, i - 1) == wb_test_training_loss (b, i - 1));
        }
      wb_test_training_assert_same_weights (a, b);
    }
}

/* A loss that is not finite leaves the weights as they were, and the next step can follow. */
static void
test_diverged (void)
{
  const WbTrainerOptions options = wb_test_options ();
  g_autoptr (WbTestTraining) a = wb_test_training_new (&options, WB_HEAD_REGRESSION, 1);
  g_autoptr (WbTestTraining) b = wb_test_training_new (&options, WB_HEAD_REGRESSION, 1);
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();
  g_autoptr (GError) error = NULL;
  const gint32  ids[] = { 1, 60, 61, 2 };
  WbDistinctIds distinct;
  WbStepStats   stats;

  wb_test_training_run (a, 6, 1);
  wb_test_training_run (b, 3, 1);
  wb_test_batch_add (batch, ids, NULL, 4, 0, 0, INFINITY);
  wb_test_batch_finish (batch, NULL);
  distinct = (WbDistinctIds){ batch->distinct->len, (const gint32 *) batch->distinct->data };
  g_assert_false (wb_trainer_step (b->trainer, &batch->batch, 1, &distinct, &stats, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_DIVERGED);
  g_assert_nonnull (strstr (error->message, "step 4"));
  g_assert_cmpuint (wb_trainer_get_step (b->trainer), ==, 3);
  wb_test_training_run (b, 6, 1);
  wb_test_training_assert_same_weights (a, b);
}

/* The first update of adamw moves a weight by the rate, whatever the gradient: the head by the
 * rate itself, each layer below by one factor less. */
static void
test_layer_decay (void)
{
  WbTrainerOptions options = wb_test_options ();
  g_autoptr (WbTestTraining) x = NULL;
  g_autoptr (WbTestTraining) before = NULL;
  const WbParameterTable *table;

  options.schedule = WB_SCHEDULE_CONSTANT;
  options.weight_decay = 0;
  options.layer_decay = 0.5;
  x = wb_test_training_new (&options, WB_HEAD_CLASSIFICATION, 1);
  before = wb_test_training_new (&options, WB_HEAD_CLASSIFICATION, 1);
  wb_test_training_run (x, 1, 1);
  table = wb_model_get_table (x->model);
  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const WbParameter *p = wb_parameter_table_get (table, i);
      const float       *now = wb_model_get_parameter (x->model, i).data;
      const float       *was = wb_model_get_parameter (before->model, i).data;
      const double       rate = 2e-3 * pow (0.5, 3 - (double) p->depth);
      double             largest = 0;

      for (gsize k = 0; k < p->n_elements; k++)
        largest = wb_test_worse (largest, fabs ((double) (now[k] - was[k])));
      g_assert_cmpfloat_with_epsilon (largest, rate, 1e-3 * rate);
    }
}

/* A row that no batch names decays by the rates of all updates, and nothing else happens to it. */
static void
test_unseen_row_decays (void)
{
  const WbTrainerOptions options = wb_test_options ();
  g_autoptr (WbTestTraining) x = wb_test_training_new (&options, WB_HEAD_CLASSIFICATION, 1);
  const gsize         unseen = 3; /* generated ids are 1, 2, and 4 or more */
  const gint32        id = (gint32) unseen;
  const WbDistinctIds ids = { 1, &id };
  const float        *row = (const float *) wb_model_get_parameter (x->model, 0).data + unseen * 24;
  const float         was = row[5];
  double              kept = 1;

  wb_test_training_run (x, 14, 1);
  g_assert_cmpfloat (row[5], ==, was);
  for (guint64 s = 0; s < 14; s++)
    kept *= 1 - 0.05 * 2e-3 * wb_schedule_factor (WB_SCHEDULE_LINEAR, s, 14, 3, 2e-3);
  g_assert_true (wb_trainer_settle (x->trainer, &ids, NULL));
  g_assert_cmpfloat_with_epsilon (row[5], (float) ((double) was * kept), 1e-6f);
  g_assert_cmpfloat (row[5], !=, was);
}

/* What the configuration never reads has no gradient in transformers, so that nothing happens to
 * it: fact sheet 5.10. */
static void
test_unused_stays (void)
{
  const WbTrainerOptions options = wb_test_options ();
  g_autoptr (WbTestTraining) x = wb_test_training_new_of (WB_TEST_V3 ",\"pos_att_type\":\"none\"",
                                                          &options, WB_HEAD_CLASSIFICATION, 1);
  const WbParameterTable *table = wb_model_get_table (x->model);
  guint                   n_unused = 0;

  wb_test_training_run (x, 5, 1);
  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const WbParameter *p = wb_parameter_table_get (table, i);
      const float       *data = wb_model_get_parameter (x->model, i).data;
      gsize              n_changed = 0;

      for (gsize k = 0; k < p->n_elements; k++)
        n_changed += data[k] != (float) wb_test_form_vectors (p, i, k);
      n_unused += p->unused;
      if (p->unused)
        g_assert_cmpuint (n_changed, ==, 0);
      else if (!p->sparse)
        g_assert_cmpuint (n_changed, >, 0);
    }
  g_assert_cmpuint (n_unused, ==, 3); /* the relative table and its LayerNorm */
}

/* Fact sheet 13.3: the pad row and the row of an unused id after four steps, with and without a
 * step of warm-up.  (They decay alone, whatever the model above them is.) */
static void
test_published_decay (void)
{
  static const double expected[2][2] = { { 0.296756345, 0.208565544 },
                                         { 0.296904808, 0.208669886 } };
  const WbHeadSpec    head = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 3 };
  const WbModelLimits limits = { 8, 1, 8, 8, TRUE };
  const gint32        tokens[] = { 1, 5, 7, 3, 2 };
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);
  g_autoptr (WbModelConfig) config = wb_test_config_new (
      "\"model_type\":\"deberta-v2\",\"vocab_size\":11,\"hidden_size\":8,"
      "\"num_hidden_layers\":2,\"num_attention_heads\":2,\"intermediate_size\":12,"
      "\"max_position_embeddings\":16,\"relative_attention\":true,\"position_buckets\":4,"
      "\"max_relative_positions\":8,\"norm_rel_ebd\":\"layer_norm\",\"share_att_key\":true,"
      "\"pos_att_type\":[\"c2p\",\"p2c\"],\"position_biased_input\":false,"
      "\"hidden_dropout_prob\":0,\"attention_probs_dropout_prob\":0");

  for (guint warmup = 0; warmup < 2; warmup++)
    {
      const WbTrainerOptions options = { .optimizer = WB_OPTIMIZER_ADAMW,
                                         .schedule = WB_SCHEDULE_LINEAR,
                                         .learning_rate = 1e-2,
                                         .weight_decay = 0.1,
                                         .beta1 = 0.9,
                                         .beta2 = 0.999,
                                         .epsilon = 1e-8,
                                         .max_grad_norm = 1,
                                         .layer_decay = 1,
                                         .total_steps = 4,
                                         .warmup_steps = warmup };
      g_autoptr (WbModel) model = wb_test_model_new (backend, config, &head, wb_test_form_golden);
      g_autoptr (WbTrainer) trainer = wb_trainer_new (model, &options, NULL);
      g_autoptr (WbTestBatch) batch = wb_test_batch_new ();
      const float  *word = wb_model_get_parameter (model, 0).data;
      WbDistinctIds distinct;
      WbStepStats   stats;

      g_assert_true (wb_model_reserve (model, &limits, NULL));
      wb_test_batch_add (batch, tokens, NULL, G_N_ELEMENTS (tokens), 0, 2, 0);
      wb_test_batch_finish (batch, NULL);
      distinct = (WbDistinctIds){ batch->distinct->len, (const gint32 *) batch->distinct->data };
      for (guint i = 0; i < 4; i++)
        g_assert_true (wb_trainer_step (trainer, &batch->batch, 1, &distinct, &stats, NULL));
      g_assert_true (wb_trainer_settle (trainer, NULL, NULL));
      g_assert_cmpfloat_with_epsilon (word[0], expected[warmup][0], 1e-7);
      g_assert_cmpfloat_with_epsilon (word[32], expected[warmup][1], 1e-7);
    }
}

static gsize
resident_pages (const WbMoments *moments)
{
  const gsize        page = (gsize) sysconf (_SC_PAGESIZE), n = moments->bytes / page;
  g_autofree guchar *flags = g_new0 (guchar, n);
  gsize              sum = 0;

  g_assert_cmpint (mincore (moments->block, moments->bytes, flags), ==, 0);
  for (gsize i = 0; i < n; i++)
    sum += flags[i] & 1;
  return sum;
}

/* Moments of a table of 30,000 rows: pages for the rows of the batch only, also after everything
 * was brought up to date. */
static void
test_untouched_rows_cost_no_pages (void)
{
  const WbTrainerOptions options = wb_test_options ();
  const WbHeadSpec       head = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 2 };
  const WbModelLimits    limits = { 32, 2, 16, 32, TRUE };
  const gint32           tokens[] = { 1, 29999, 7, 15000, 2 };
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);
  g_autoptr (WbModelConfig) config = wb_test_config_new (
      "\"model_type\":\"deberta-v2\",\"vocab_size\":30000,\"hidden_size\":32,"
      "\"num_hidden_layers\":1,\"num_attention_heads\":2,\"intermediate_size\":40,"
      "\"relative_attention\":true,\"position_buckets\":8,\"max_relative_positions\":32,"
      "\"norm_rel_ebd\":\"layer_norm\",\"share_att_key\":true,\"pos_att_type\":[\"p2c\",\"c2p\"],"
      "\"position_biased_input\":false");
  g_autoptr (WbModel) model = wb_test_model_new (backend, config, &head, wb_test_form_vectors);
  g_autoptr (WbTrainer) trainer = NULL;
  WbDistinctIds distinct;
  WbStepStats   stats;

  g_assert_true (wb_model_reserve (model, &limits, NULL));
  trainer = wb_trainer_new (model, &options, NULL);
  wb_test_batch_add (batch, tokens, NULL, 5, 0, 1, 0);
  wb_test_batch_finish (batch, NULL);
  distinct = (WbDistinctIds){ batch->distinct->len, (const gint32 *) batch->distinct->data };
  for (guint i = 0; i < 5; i++)
    g_assert_true (wb_trainer_step (trainer, &batch->batch, 1, &distinct, &stats, NULL));
  g_assert_true (wb_trainer_settle (trainer, NULL, NULL));
  g_assert_cmpuint (resident_pages (&trainer->rows), <=, 2 * 5);
  g_assert_cmpuint (wb_trainer_measure (config, &head, 5), <,
                    wb_trainer_measure (config, &head, 30000));
}

static void
test_bad_options (void)
{
  const WbTrainerOptions good = wb_test_options ();
  g_autoptr (WbTestTraining) x = wb_test_training_new (&good, WB_HEAD_CLASSIFICATION, 1);
  WbTrainerOptions bad[4] = { good, good, good, good };

  bad[0].learning_rate = -1;
  bad[1].epsilon = 0;
  bad[2].max_grad_norm = NAN;
  bad[3].layer_decay = -0.5;
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (wb_trainer_new (x->model, &bad[i], &error));
      g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
    }
}

static void
assert_step_refused (WbTestTraining *x, const WbTestBatch *batch, gint code, const char *part)
{
  const WbDistinctIds distinct = { batch->distinct->len, (const gint32 *) batch->distinct->data };
  g_autoptr (GError) error = NULL;
  WbStepStats stats;

  g_assert_false (wb_trainer_step (x->trainer, &batch->batch, 1, &distinct, &stats, &error));
  g_assert_error (error, WB_ENGINE_ERROR, code);
  g_assert_nonnull (strstr (error->message, part));
  g_assert_cmpuint (wb_trainer_get_step (x->trainer), ==, 0);
}

static void
test_bad_batches (void)
{
  const WbTrainerOptions options = wb_test_options ();
  g_autoptr (WbTestTraining) x = wb_test_training_new (&options, WB_HEAD_CLASSIFICATION, 1);
  const gint32 ids[] = { 1, 60, 61, 2 };
  const gint32 labels[] = { -1, 3, 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      g_autoptr (WbTestBatch) batch = wb_test_batch_new ();

      wb_test_batch_add (batch, ids, NULL, 4, 0, labels[i], 0);
      wb_test_batch_finish (batch, NULL);
      if (labels[i] == 0)
        {
          g_array_index (batch->slots, gint32, 2) = 1;
          assert_step_refused (x, batch, WB_ENGINE_ERROR_SHAPE, "Token 2 (id 61) has slot 1");
        }
      else
        assert_step_refused (x, batch, WB_ENGINE_ERROR_INVALID,
                             labels[i] < 0 ? "No example" : "has label 3; the head has 3");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/trainer/learns", test_learns);
  g_test_add_func ("/engine/trainer/accumulation", test_accumulation);
  g_test_add_func ("/engine/trainer/settling-changes-nothing", test_settling_changes_nothing);
  g_test_add_func ("/engine/trainer/diverged", test_diverged);
  g_test_add_func ("/engine/trainer/layer-decay", test_layer_decay);
  g_test_add_func ("/engine/trainer/unseen-row-decays", test_unseen_row_decays);
  g_test_add_func ("/engine/trainer/unused-stays", test_unused_stays);
  g_test_add_func ("/engine/trainer/published-decay", test_published_decay);
  g_test_add_func ("/engine/trainer/untouched-rows-cost-no-pages",
                   test_untouched_rows_cost_no_pages);
  g_test_add_func ("/engine/trainer/bad-options", test_bad_options);
  g_test_add_func ("/engine/trainer/bad-batches", test_bad_batches);
  return g_test_run ();
}
