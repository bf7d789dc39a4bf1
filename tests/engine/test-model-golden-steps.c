#include "config.h"

#include "engine/train/wb-trainer.h"
#include "tests/support/wb-test-golden.h"

/* Fact sheet 13.3: four optimizer steps of v1 and of v2 with its convolution. */

/* Worst: 4e-8, 4e-7, 6e-8. */
#define LOSS_BOUND 3e-7
#define NORM_BOUND 2e-6
#define WEIGHT_BOUND 3e-7

static const struct
{
  const char *name;
  const char *config;
  guint       warmup;
  double      clip;
  double      losses[5]; /* before steps 0 to 3, and after the last */
  double      norms[4];
  double      weights[6]; /* see elements[] */
} runs[] = {
  { "v2-warm",
    WB_GOLDEN_V2,
    1,
    1,
    { 1.240193691, 1.240193691, 1.145347544, 1.053255687, 1.000858456 },
    { 2.270812889, 2.270812889, 2.227544371, 2.176917817 },
    { 0.239282485, 0.296904808, 0.208669886, 0.060607846, 0.884506226, -0.204543022 } },
  { "v2-clipped",
    WB_GOLDEN_V2,
    0,
    0.5,
    { 1.240193691, 1.145347481, 1.024278228, 0.950104650, 0.916220653 },
    { 2.270812889, 2.227544827, 2.130324108, 2.081279224 },
    { 0.243105698, 0.296756345, 0.208565544, 0.055645902, 0.881273367, -0.208471370 } },
  { "v1-warm",
    WB_GOLDEN_V1,
    1,
    1,
    { 1.249693307, 1.249693307, 1.121449348, 1.034692733, 0.988754555 },
    { 1.893609640, 1.893609640, 1.932935332, 2.034738002 },
    { 0.266481135, 0.296904808, 0.208669886, 0.060646570, 0.883030653, -0.190525135 } },
  { "v1-clipped",
    WB_GOLDEN_V1,
    0,
    0.5,
    { 1.249693307, 1.121451257, 1.017213719, 0.948919616, 0.917950263 },
    { 1.893609640, 1.932916288, 2.065905946, 2.111938004 },
    { 0.270589697, 0.296756345, 0.208565544, 0.055764542, 0.878069586, -0.184929607 } },
};

/* The last one's place is the family's. */
static const struct
{
  const char *parameter;
  gsize       v1, v2;
} elements[6] = {
  { WB_GOLDEN_WORD, 40, 40 },
  { WB_GOLDEN_WORD, 0, 0 },
  { WB_GOLDEN_WORD, 32, 32 },
  { "classifier.bias", 0, 0 },
  { "deberta.embeddings.LayerNorm.weight", 4, 4 },
  { WB_GOLDEN_REL, 129, 26 },
};

static double
get_weight (WbModel *model, const char *name, gsize element)
{
  const WbParameterTable *table = wb_model_get_table (model);

  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    if (g_str_equal (wb_parameter_table_get (table, i)->name, name))
      return (double) ((const float *) wb_model_get_parameter (model, i).data)[element];
  g_assert_not_reached ();
}

static double
get_loss (WbModel *model, const WbTestBatch *batch)
{
  const WbLossWeight one = { 1, 1 };
  double             loss = 0;
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_model_clear_gradients (model, batch->distinct->len, &error));
  g_assert_true (wb_model_train_part (model, &batch->batch, 1, 0, &one, &loss, &error));
  g_assert_no_error (error);
  return loss;
}

static void
test_run (gconstpointer data)
{
  const gsize            r = GPOINTER_TO_SIZE (data);
  const gboolean         v1 = runs[r].name[1] == '1';
  const WbTrainerOptions options = { .optimizer = WB_OPTIMIZER_ADAMW,
                                     .schedule = WB_SCHEDULE_LINEAR,
                                     .learning_rate = 1e-2,
                                     .weight_decay = 0.1,
                                     .beta1 = 0.9,
                                     .beta2 = 0.999,
                                     .epsilon = 1e-8,
                                     .max_grad_norm = runs[r].clip,
                                     .layer_decay = 1,
                                     .total_steps = 4,
                                     .warmup_steps = runs[r].warmup };
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_test_backend_open (2);
  g_autoptr (WbModel) model = wb_golden_model_new (backend, runs[r].config, 5);
  g_autoptr (WbTrainer) trainer = wb_trainer_new (model, &options, &error);
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();
  gint32        ids[5];
  WbDistinctIds distinct;

  g_assert_no_error (error);
  wb_golden_fill_ids (ids, 5);
  wb_test_batch_add (batch, ids, NULL, 5, 0, 2, 0);
  wb_test_batch_finish (batch, NULL);
  distinct = (WbDistinctIds){ batch->distinct->len, (const gint32 *) batch->distinct->data };
  for (gsize s = 0; s < 4; s++)
    {
      WbStepStats stats;

      g_assert_true (wb_trainer_step (trainer, &batch->batch, 1, &distinct, &stats, &error));
      g_assert_no_error (error);
      g_test_message ("loss %.9f, norm %.9f", stats.loss, stats.grad_norm);
      g_assert_cmpfloat_with_epsilon (stats.loss, runs[r].losses[s], LOSS_BOUND);
      g_assert_cmpfloat_with_epsilon (stats.grad_norm, runs[r].norms[s], NORM_BOUND);
    }
  g_assert_true (wb_trainer_settle (trainer, NULL, &error));
  g_assert_cmpfloat_with_epsilon (get_loss (model, batch), runs[r].losses[4], LOSS_BOUND);
  for (gsize e = 0; e < G_N_ELEMENTS (elements); e++)
    {
      const double got =
          get_weight (model, elements[e].parameter, v1 ? elements[e].v1 : elements[e].v2);

      g_test_message ("%s: %.9f, off by %.2g", elements[e].parameter, got,
                      got - runs[r].weights[e]);
      g_assert_cmpfloat_with_epsilon (got, runs[r].weights[e], WEIGHT_BOUND);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize r = 0; r < G_N_ELEMENTS (runs); r++)
    {
      g_autofree char *path = g_strconcat ("/engine/model/golden-steps/", runs[r].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (r), test_run);
    }
  return g_test_run ();
}
