#include "config.h"

#include "engine/model/wb-model.h"
#include "engine/train/wb-trainer.h"
#include "tests/support/wb-test-vectors.h"
#include "tests/support/wb-test-worst.h"

/* Forty optimizer steps against transformers and torch's AdamW: losses, norms, and what each tensor
 * became. */

/* transformers' own F32 is off by 1.6e-7, 9e-7 and 6e-4 (the word table, 6e-5 elsewhere). */
#define LOSS_BOUND 2e-6
#define NORM_BOUND 2e-5   /* relative */
#define CHANGE_BOUND 2e-3 /* relative, L2 */

static const WbHeadSpec three = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 3 };

typedef struct
{
  JsonObject *vectors;
  JsonObject *options;
  gsize       n_steps;
  gsize       batch_size;
  GPtrArray  *batches;  /* of WbTestBatch, one a step */
  GArray     *distinct; /* all ids, ascending */
} Run;

static double
option (const Run *run, const char *name)
{
  return json_object_get_double_member (run->options, name);
}

static Run *
run_new (const char *file)
{
  Run *run = g_new0 (Run, 1);

  run->vectors = wb_test_vectors_load (file);
  run->options = json_object_get_object_member (run->vectors, "options");
  run->n_steps = (gsize) option (run, "steps");
  run->batch_size = (gsize) option (run, "batch");
  run->batches = g_ptr_array_new_with_free_func ((GDestroyNotify) wb_test_batch_free);
  run->distinct = g_array_new (FALSE, FALSE, sizeof (gint32));
  for (gsize i = 0; i < run->n_steps; i++)
    g_ptr_array_add (run->batches, wb_test_batch_new ());
  return run;
}

static void
run_free (Run *run)
{
  json_object_unref (run->vectors);
  g_ptr_array_unref (run->batches);
  g_array_unref (run->distinct);
  g_free (run);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

static WbTestBatch *
batch_of (const Run *run, gsize example)
{
  return run->batches->pdata[example / run->batch_size];
}

static WbModel *
make_model (const Run *run, WbBackend *backend)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) config = wb_test_vectors_config (run->vectors);
  WbModel      *model = wb_test_model_new (backend, config, &three, wb_test_form_vectors);
  WbModelLimits limits = { 0, run->batch_size, 0, 0, TRUE };

  for (gsize i = 0; i < run->n_steps; i++)
    {
      const WbBatch *b = wb_test_batch_finish (run->batches->pdata[i], NULL);

      wb_test_batch_collect (run->batches->pdata[i], run->distinct);
      limits.max_tokens = MAX (limits.max_tokens, b->n_tokens);
      limits.max_length = MAX (limits.max_length, b->max_length);
      limits.max_distinct =
          MAX (limits.max_distinct, ((WbTestBatch *) run->batches->pdata[i])->distinct->len);
    }
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
                                     .total_steps = run->n_steps,
                                     .warmup_steps = (guint64) option (run, "warmup"),
                                     .seed = 1 };
  WbTrainer             *trainer = wb_trainer_new (model, &options, &error);

  g_assert_no_error (error);
  return trainer;
}

static void
take_steps (const Run *run, WbTrainer *trainer)
{
  JsonArray *losses = json_object_get_array_member (run->vectors, "losses");
  JsonArray *norms = json_object_get_array_member (run->vectors, "norms");
  double     worst_loss = 0, worst_norm = 0;

  for (guint i = 0; i < run->n_steps; i++)
    {
      const WbTestBatch  *batch = run->batches->pdata[i];
      const WbDistinctIds distinct = { batch->distinct->len,
                                       (const gint32 *) batch->distinct->data };
      const double        loss = json_array_get_double_element (losses, i);
      const double        norm = json_array_get_double_element (norms, i);
      WbStepStats         stats;
      g_autoptr (GError) error = NULL;

      g_assert_true (wb_trainer_step (trainer, &batch->batch, 1, &distinct, &stats, &error));
      g_assert_no_error (error);
      worst_loss = wb_test_worse (worst_loss, fabs (stats.loss - loss));
      worst_norm = wb_test_worse (worst_norm, fabs (stats.grad_norm - norm) / norm);
    }
  g_test_message ("losses off by %.3g, norms by %.3g", worst_loss, worst_norm);
  g_assert_cmpfloat (worst_loss, <, LOSS_BOUND);
  g_assert_cmpfloat (worst_norm, <, NORM_BOUND);
}

/* steps.py's pick(): the element that place @j of the vector holds. */
static gsize
picked (const Run *run, const WbParameter *p, gsize j, gsize n_samples)
{
  if (n_samples == 0 || (p->n_elements <= n_samples && !p->sparse))
    return j;
  if (!p->sparse)
    return (j * 7919 + j * j) % p->n_elements;
  return (gsize) g_array_index (run->distinct, gint32, j * 13 % run->distinct->len) * p->dims[1] +
         j * 7 % p->dims[1];
}

static double
change_error (const Run *run, WbModel *model, gsize t, JsonObject *tensor)
{
  const WbParameter *p = wb_parameter_table_get (wb_model_get_table (model), t);
  const float       *now = wb_model_get_parameter (model, t).data;
  const double       scale = json_object_get_double_member (tensor, "scale");
  const gsize        n_samples = (gsize) json_object_get_int_member (run->vectors, "samples");
  gsize              n;
  g_autofree guchar *data = g_base64_decode (json_object_get_string_member (tensor, "data"), &n);
  double             difference = 0, size = 0;

  g_assert_cmpstr (p->name, ==, json_object_get_string_member (tensor, "name"));
  for (gsize j = 0; j < n / 2; j++)
    {
      const gsize  k = picked (run, p, j, n_samples);
      const double want = scale * (gint16) (data[2 * j] | data[2 * j + 1] << 8);
      const double before = (double) (float) wb_test_form_vectors (p, t, k);

      difference += pow ((double) now[k] - before - want, 2);
      size += want * want;
    }
  return sqrt (difference / size);
}

static void
check_tensors (const Run *run, WbModel *model)
{
  JsonArray *tensors = json_object_get_array_member (run->vectors, "tensors");
  double     worst = 0;

  g_assert_cmpuint (json_array_get_length (tensors), ==,
                    wb_parameter_table_get_n (wb_model_get_table (model)));
  for (guint t = 0; t < json_array_get_length (tensors); t++)
    {
      JsonObject  *tensor = json_array_get_object_element (tensors, t);
      const double off = change_error (run, model, t, tensor);

      g_test_message ("%s: %.3g", json_object_get_string_member (tensor, "name"), off);
      worst = wb_test_worse (worst, off);
    }
  g_test_message ("worst change %.3g", worst);
  g_assert_cmpfloat (worst, <, CHANGE_BOUND);
}

static void
check_run (Run *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_test_backend_open (2);
  g_autoptr (WbModel) model = make_model (run, backend);
  g_autoptr (WbTrainer) trainer = make_trainer (run, model);

  g_assert_cmpint ((gint64) run->distinct->len, ==,
                   json_object_get_int_member (run->vectors, "n_ids"));
  take_steps (run, trainer);
  g_assert_true (wb_trainer_settle (trainer, NULL, &error));
  g_assert_no_error (error);
  check_tensors (run, model);
}

static void
test_generated (void)
{
  g_autoptr (Run) run = run_new ("steps.json");

  for (gsize s = 0; s < run->n_steps * run->batch_size; s++)
    {
      const gsize n = 8 + s * 37 % 73;
      gint32      ids[81];

      wb_test_generated_ids (ids, s, n, 300);
      wb_test_batch_add (batch_of (run, s), ids, NULL, n, s % run->batch_size, s * 5 % 7 % 3, 0);
    }
  check_run (run);
}

static gint32
label_of (const char *name)
{
  return g_str_equal (name, "contradiction") ? 0 : g_str_equal (name, "neutral") ? 1 : 2;
}

static void
test_xnli (void)
{
  g_autoptr (Run) run = run_new ("steps-xnli.json");
  g_autoptr (WbTokenizer) tokenizer = wb_test_tokenizer_load ();
  g_autoptr (GPtrArray) rows = wb_test_xnli_read ("dev-en.tsv");

  if (tokenizer == NULL)
    return;
  g_assert_nonnull (rows);
  for (gsize s = 0; s < run->n_steps * run->batch_size; s++)
    {
      char **row = rows->pdata[s];

      wb_test_batch_add_pair (batch_of (run, s), tokenizer, row[0], row[1], s % run->batch_size,
                              label_of (row[2]));
    }
  check_run (run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/model/steps/generated", test_generated);
  g_test_add_func ("/engine/model/steps/xnli", test_xnli);
  return g_test_run ();
}
