#include "config.h"

#include "engine/model/wb-model.h"
#include "engine/train/wb-trainer.h"
#include "tests/support/wb-test-shapes.h"
#include "tests/support/wb-test-worst.h"

/* 24 training steps of models of many shapes, each with a head, against transformers and torch's
 * AdamW in double.  Every other step is taken in two parts. */

/* transformers' own F32 is off by 2.4e-6, 6.3e-5 and 7e-5, the engine by 4.4e-7, 1.6e-6 and 1.4e-4.
 */
#define LOSS_BOUND 5e-6
#define NORM_BOUND 5e-5   /* relative */
#define CHANGE_BOUND 5e-3 /* relative, L2 */

static const char *const shapes[] = {
  "v1",       "v1-wide",   "conv3",    "conv5",      "v3",          "c2p", "p2c",
  "own-keys", "buckets32", "absolute", "no-buckets", "no-relative", "big", "big-v1",
};

typedef struct
{
  JsonObject *steps;
  GPtrArray  *batches; /* of WbTestShapeBatch, one a step */
} Run;

static double
option (const Run *run, const char *name)
{
  return json_object_get_double_member (json_object_get_object_member (run->steps, "options"),
                                        name);
}

static void
run_init (Run *run, JsonObject *shape)
{
  JsonArray *batches;

  run->steps = json_object_get_object_member (shape, "steps");
  run->batches = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_test_shape_batch_free);
  batches = json_object_get_array_member (run->steps, "batches");
  for (guint i = 0; i < json_array_get_length (batches); i++)
    {
      JsonObject *batch = json_array_get_object_element (batches, i);

      g_ptr_array_add (run->batches, wb_test_shape_batch_new (batch, batch));
    }
  g_assert_cmpuint (run->batches->len, ==, (guint) option (run, "steps"));
}

static WbModel *
make_model (const Run *run, JsonObject *shape, WbBackend *backend)
{
  const WbHeadSpec head = wb_test_shape_head (json_object_get_string_member (run->steps, "head"));
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) config = wb_test_shape_config (shape);
  WbModel      *model = wb_test_model_new (backend, config, &head, wb_test_form_shapes);
  WbModelLimits limits = { .training = TRUE };

  for (guint i = 0; i < run->batches->len; i++)
    wb_test_shape_batch_limit (run->batches->pdata[i], &limits);
  g_assert_true (wb_model_reserve (model, &limits, &error));
  g_assert_no_error (error);
  return model;
}

static WbTrainer *
make_trainer (const Run *run, WbModel *model)
{
  g_autoptr (GError) error = NULL;
  const WbTrainerOptions options = { .optimizer = WB_OPTIMIZER_ADAMW,
                                     .schedule = WB_SCHEDULE_LINEAR,
                                     .learning_rate = option (run, "learning_rate"),
                                     .weight_decay = option (run, "weight_decay"),
                                     .beta1 = option (run, "beta1"),
                                     .beta2 = option (run, "beta2"),
                                     .epsilon = option (run, "epsilon"),
                                     .max_grad_norm = option (run, "max_grad_norm"),
                                     .layer_decay = 1,
                                     .total_steps = run->batches->len,
                                     .warmup_steps = (guint64) option (run, "warmup"),
                                     .seed = 1 };
  WbTrainer             *trainer = wb_trainer_new (model, &options, &error);

  g_assert_no_error (error);
  return trainer;
}

static void
take_steps (const Run *run, WbTrainer *trainer)
{
  JsonArray *losses = json_object_get_array_member (run->steps, "losses");
  JsonArray *norms = json_object_get_array_member (run->steps, "norms");
  double     worst_loss = 0, worst_norm = 0;

  for (guint i = 0; i < run->batches->len; i++)
    {
      WbTestShapeBatch *batch = run->batches->pdata[i];
      const double      loss = json_array_get_double_element (losses, i);
      const double      norm = json_array_get_double_element (norms, i);
      const gsize       n = batch->batch.n_sequences, half = n / 2;
      const WbBatch     halves[] = { wb_test_shape_batch_part (batch, 0, half),
                                     wb_test_shape_batch_part (batch, half, n - half) };
      WbStepStats       stats;
      g_autoptr (GError) error = NULL;

      g_assert_true (wb_trainer_step (trainer, i % 2 == 0 ? &batch->batch : halves, 1 + i % 2,
                                      &batch->distinct, &stats, &error));
      g_assert_no_error (error);
      worst_loss = wb_test_worse (worst_loss, fabs (stats.loss - loss));
      worst_norm = wb_test_worse (worst_norm, fabs (stats.grad_norm - norm) / norm);
    }
  g_test_message ("losses off by %.2g, norms by %.2g", worst_loss, worst_norm);
  g_assert_cmpfloat (worst_loss, <, LOSS_BOUND);
  g_assert_cmpfloat (worst_norm, <, NORM_BOUND);
}

/* What the tensor changed by, as published; (transfer full) */
static double *
dup_change (WbModel *model, gsize t)
{
  const WbParameter *p = wb_parameter_table_get (wb_model_get_table (model), t);
  g_autofree float  *now = g_new (float, p->n_elements);
  double            *change = g_new (double, p->n_elements);

  wb_parameter_publish (p, now, wb_model_get_parameter (model, t).data);
  for (gsize k = 0; k < p->n_elements; k++)
    change[k] = (double) now[k] - (double) (float) wb_test_form_shapes (p, t, k);
  return change;
}

/* A tensor whose gradient is truly zero moves by rounding alone, and nothing sees it. */
static void
check_tensors (const Run *run, WbModel *model)
{
  const WbParameterTable *table = wb_model_get_table (model);
  JsonArray              *changes = json_object_get_array_member (run->steps, "changes");
  double                  worst = 0;

  g_assert_cmpuint (wb_parameter_table_get_n (table), ==, json_array_get_length (changes));
  for (gsize t = 0; t < wb_parameter_table_get_n (table); t++)
    {
      const WbParameter *p = wb_parameter_table_get (table, t);
      JsonObject        *want = wb_test_shape_find (changes, p->name);
      g_autofree double *change = dup_change (model, t);
      double             off;

      g_assert_true (
          wb_test_shape_has_none (want) ==
          wb_test_shape_is_zero (wb_model_get_config (model), wb_model_get_head (model), p));
      if (wb_test_shape_has_none (want))
        {
          g_test_message ("true zero: %s", p->name);
          continue;
        }
      off = wb_test_shape_compare (want, change, p->n_elements).norm;
      if (!(off < CHANGE_BOUND))
        g_error ("%s: change off by %g", p->name, off);
      worst = wb_test_worse (worst, off);
    }
  g_test_message ("worst change %.2g", worst);
}

static void
test_shape (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) shape = wb_test_shape_load (data);
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);
  Run run;

  run_init (&run, shape);
  {
    g_autoptr (WbModel) model = make_model (&run, shape, backend);
    g_autoptr (WbTrainer) trainer = make_trainer (&run, model);

    take_steps (&run, trainer);
    g_assert_true (wb_trainer_settle (trainer, NULL, &error));
    g_assert_no_error (error);
    check_tensors (&run, model);
  }
  g_ptr_array_unref (run.batches);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/shapes/steps/", shapes[i], NULL);

      g_test_add_data_func (path, shapes[i], test_shape);
    }
  return g_test_run ();
}
