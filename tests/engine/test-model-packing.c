#include "config.h"

#include "engine/cpu/wb-cpu-private.h"
#include "engine/model/wb-model-private.h"
#include "tests/support/wb-test-labels.h"
#include "tests/support/wb-test-model.h"

/* One step's batch, dropout on, in different parts, orders and numbers of threads: the same masks,
 * so the same loss and gradient but for the order of sums.  And limits that a batch must keep. */

#define SMALL                                                                                      \
  "\"model_type\": \"deberta-v2\", \"vocab_size\": 97, \"hidden_size\": 32, "                      \
  "\"num_attention_heads\": 4, \"num_hidden_layers\": 2, \"intermediate_size\": 64, "              \
  "\"relative_attention\": true, \"pos_att_type\": \"c2p|p2c\", \"share_att_key\": true, "         \
  "\"norm_rel_ebd\": \"layer_norm\", \"position_buckets\": 16, \"max_relative_positions\": 64, "   \
  "\"max_position_embeddings\": 64, \"position_biased_input\": false, "                            \
  "\"hidden_dropout_prob\": 0.1, \"attention_probs_dropout_prob\": 0.1, \"pooler_dropout\": 0.1"
#define V1 SMALL ", \"model_type\": \"deberta\"" /* its class ignores v2's keys */
#define CONV SMALL ", \"conv_kernel_size\": 5, \"conv_groups\": 4"
#define CONV_ALONE CONV ", \"num_hidden_layers\": 1"
#define N_EXAMPLES 7
#define N_LABELLED 6

/* Worst of three instruction sets: 8e-8 and 4e-7. */
#define LOSS_BOUND 1e-6
#define GRADIENT_BOUND 2e-6 /* relative, L2 over the whole gradient */

static const gsize      lengths[N_EXAMPLES] = { 40, 3, 17, 1, 64, 9, 30 };
static const gint32     labels[N_EXAMPLES] = { 0, 1, 1, 2, 0, -1, 2 };
static const WbHeadSpec three = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 3 };
static const WbHeadSpec one = { .kind = WB_HEAD_REGRESSION, .n_labels = 1 };
static const gsize      n_tokens = 40 + 3 + 17 + 1 + 64 + 9 + 30;

typedef struct
{
  double  loss;
  GArray *gradient; /* float, of all parameters one after another */
} Result;

static void
result_free (Result *self)
{
  g_array_unref (self->gradient);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Result, result_free)

static WbModel *
make (WbBackend *backend, const char *json, const WbHeadSpec *head)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) config = wb_test_config_new (json);
  const WbModelLimits limits = { n_tokens, N_EXAMPLES, 64, 97, TRUE };
  WbModel            *model = wb_test_model_new (backend, config, head, wb_test_form_vectors);

  g_assert_true (wb_model_reserve (model, &limits, &error));
  g_assert_no_error (error);
  return model;
}

static void
add_example (WbTestBatch *batch, gsize i)
{
  gint32 ids[64] = { 0 };

  for (gsize t = 0; t < lengths[i]; t++)
    ids[t] = (gint32) ((i * 31 + t * t * 7 + t) % 97);
  wb_test_batch_add (batch, ids, NULL, lengths[i], (guint32) i, labels[i], (float) i);
}

/* @order: the examples in the order of packing; @parts: how many of them in each part, up to 0 */
static Result *
run (const char *json, const gsize *order, const gsize *parts, guint n_threads)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_test_backend_open (n_threads);
  g_autoptr (WbModel) model = make (backend, json, &three);
  g_autoptr (GPtrArray) batches =
      g_ptr_array_new_with_free_func ((GDestroyNotify) wb_test_batch_free);
  g_autoptr (GArray) distinct = g_array_new (FALSE, FALSE, sizeof (gint32));
  Result *result = g_new0 (Result, 1);
  gsize   next = 0;

  for (gsize p = 0; parts[p] > 0; p++)
    {
      WbTestBatch *batch = wb_test_batch_new ();

      for (gsize i = 0; i < parts[p]; i++)
        add_example (batch, order[next++]);
      wb_test_batch_collect (batch, distinct);
      g_ptr_array_add (batches, batch);
    }
  g_assert_true (wb_model_clear_gradients (model, distinct->len, &error));
  for (gsize p = 0; p < batches->len; p++)
    {
      double loss;

      wb_test_batch_finish (batches->pdata[p], distinct);
      g_assert_true (wb_model_train_part (model, &((WbTestBatch *) batches->pdata[p])->batch, 42, 3,
                                          &(WbLossWeight){ N_LABELLED, 0 }, &loss, &error));
      g_assert_no_error (error);
      result->loss += loss;
    }
  result->gradient = g_array_new (FALSE, FALSE, sizeof (float));
  for (gsize i = 0; i < wb_parameter_table_get_n (wb_model_get_table (model)); i++)
    {
      const WbTensor d = wb_model_get_gradient (model, i);

      g_array_append_vals (result->gradient, d.data, (guint) (d.rows * d.cols));
    }
  return result;
}

static void
assert_same (const Result *a, const Result *b)
{
  double difference = 0, size = 0;

  g_assert_cmpuint (a->gradient->len, ==, b->gradient->len);
  for (guint i = 0; i < a->gradient->len; i++)
    {
      const double x = (double) g_array_index (a->gradient, float, i);

      difference += pow (x - (double) g_array_index (b->gradient, float, i), 2);
      size += x * x;
    }
  g_test_message ("losses %.9g and %.9g, gradients off by %.3g", a->loss, b->loss,
                  sqrt (difference / size));
  g_assert_cmpfloat_with_epsilon (a->loss, b->loss, LOSS_BOUND);
  g_assert_cmpfloat (sqrt (difference / size), <, GRADIENT_BOUND);
}

static const gsize in_order[] = { 0, 1, 2, 3, 4, 5, 6 };
static const gsize mixed[] = { 5, 4, 0, 6, 3, 1, 2 };
static const gsize whole[] = { 7, 0 };
static const gsize three_parts[] = { 3, 1, 3, 0 };
static const gsize single[] = { 1, 1, 1, 1, 1, 1, 1, 0 };

static void
test_parts (gconstpointer json)
{
  g_autoptr (Result) a = run (json, in_order, whole, 2);
  g_autoptr (Result) b = run (json, in_order, three_parts, 2);
  g_autoptr (Result) c = run (json, mixed, single, 2);

  assert_same (a, b);
  assert_same (a, c);
}

static void
test_order (gconstpointer json)
{
  g_autoptr (Result) a = run (json, in_order, whole, 2);
  g_autoptr (Result) b = run (json, mixed, whole, 2);

  assert_same (a, b);
}

static void
test_threads (gconstpointer json)
{
  g_autoptr (Result) a = run (json, in_order, whole, 1);
  g_autoptr (Result) b = run (json, in_order, whole, 2);

  assert_same (a, b);
}

/* The same run twice: every bit. */
static void
test_repeats (gconstpointer json)
{
  g_autoptr (Result) a = run (json, mixed, three_parts, 2);
  g_autoptr (Result) b = run (json, mixed, three_parts, 2);

  g_assert_true (a->loss == b->loss);
  g_assert_true (memcmp (a->gradient->data, b->gradient->data, a->gradient->len * sizeof (float)) ==
                 0);
}

/* Another step has other masks. */
static void
test_masks_change (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);
  g_autoptr (WbModel) model = make (backend, SMALL, &three);
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();
  double losses[3];

  add_example (batch, 0);
  wb_test_batch_finish (batch, NULL);
  g_assert_true (wb_model_clear_gradients (model, batch->distinct->len, &error));
  for (guint i = 0; i < 3; i++)
    g_assert_true (wb_model_train_part (model, &batch->batch, i == 2 ? 43 : 42, i == 1 ? 4 : 3,
                                        &(WbLossWeight){ 1, 0 }, &losses[i], &error));
  g_assert_cmpfloat (fabs (losses[0] - losses[1]), >, 1e-5);
  g_assert_cmpfloat (fabs (losses[0] - losses[2]), >, 1e-5);
}

static void
assert_refused (WbModel *model, const WbBatch *batch, gint code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autofree float *logits = g_new (float, MAX (1, batch->n_sequences) * 3);

  g_assert_false (wb_model_predict (model, batch, logits, &error));
  g_assert_error (error, WB_ENGINE_ERROR, code);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_limits (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);
  g_autoptr (WbModel) model = make (backend, SMALL, &three);
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();
  const gint32 outside[] = { 1, 97, 2 };
  WbBatch      b;

  add_example (batch, 4);
  add_example (batch, 0);
  wb_test_batch_finish (batch, NULL);
  g_assert_true (wb_model_reserve (model, &(WbModelLimits){ 103, 2, 64, 0, FALSE }, &error));
  assert_refused (model, &batch->batch, WB_ENGINE_ERROR_SHAPE, "104 tokens");
  g_assert_true (wb_model_reserve (model, &(WbModelLimits){ 104, 1, 64, 0, FALSE }, &error));
  assert_refused (model, &batch->batch, WB_ENGINE_ERROR_SHAPE, "2 sequences");
  g_assert_true (wb_model_reserve (model, &(WbModelLimits){ 104, 2, 63, 0, FALSE }, &error));
  assert_refused (model, &batch->batch, WB_ENGINE_ERROR_SHAPE, "64 tokens in one sequence");
  g_assert_true (wb_model_reserve (model, &(WbModelLimits){ 104, 2, 64, 0, FALSE }, &error));
  g_assert_no_error (error);

  b = batch->batch;
  b.n_sequences = 0;
  assert_refused (model, &b, WB_ENGINE_ERROR_SHAPE, "without tokens");
  b = batch->batch;
  b.cu_seqlens = (const gint32[]){ 0, 104, 104 };
  b.max_length = 104;
  assert_refused (model, &b, WB_ENGINE_ERROR_SHAPE, "104 tokens in one sequence");
  b.max_length = 64;
  assert_refused (model, &b, WB_ENGINE_ERROR_SHAPE, "longer");
  b = batch->batch;
  b.cu_seqlens = (const gint32[]){ 0, 0, 104 };
  b.max_length = 64;
  assert_refused (model, &b, WB_ENGINE_ERROR_SHAPE, "");
  b = (WbBatch){ 3, 1, 3, outside, NULL, NULL, (const gint32[]){ 0, 3 }, (const guint32[]){ 0 } };
  assert_refused (model, &b, WB_ENGINE_ERROR_INVALID, "97");
}

/* Absolute positions end, relative ones do not. */
static void
test_positions (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);
  g_autoptr (WbModel) relative = make (backend, SMALL, &three);
  g_autoptr (WbModel) absolute = make (backend, SMALL ", \"position_biased_input\": true", &three);
  const WbModelLimits limits = { .max_tokens = 65, .max_sequences = 1, .max_length = 65 };

  g_assert_true (wb_model_reserve (relative, &limits, &error));
  g_assert_no_error (error);
  g_assert_false (wb_model_reserve (absolute, &limits, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "65 tokens"));
  g_assert_nonnull (strstr (error->message, "maximum length of 64"));
}

/* Labels that the head does not have, and more ids than gradients were reserved for. */
static void
test_training_limits (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);
  g_autoptr (WbModel) model = make (backend, SMALL, &three);
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();
  const gint32 ids[] = { 1, 5, 2 };
  double       loss;

  wb_test_batch_add (batch, ids, NULL, 3, 0, 3, 0);
  wb_test_batch_finish (batch, NULL);
  g_assert_true (wb_model_clear_gradients (model, 3, &error));
  g_assert_false (
      wb_model_train_part (model, &batch->batch, 1, 1, &(WbLossWeight){ 1, 0 }, &loss, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (wb_model_clear_gradients (model, 98, &error));
  g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_SHAPE);
}

/* What measure() says of the caller's head is what reserve() takes, to the byte. */
static void
assert_measured (const char *json, const WbHeadSpec *head)
{
  static const WbModelLimits limits[] = {
    { 64, 4, 32, 0, FALSE },
    { 64, 4, 32, 20, TRUE },
    { 156, 7, 64, 97, TRUE, .max_labelled = 5 },
  };
  g_autoptr (WbBackend) backend = wb_test_backend_open (1);
  g_autoptr (WbModel) model = make (backend, json, head);
  const gsize scratch = ((const WbCpuState *) backend->state)->scratch_size; /* stays */

  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autoptr (GError) error = NULL;
      gsize held, measured;

      g_assert_true (wb_model_reserve (model, &limits[i], &error));
      g_assert_no_error (error);
      held = wb_arena_get_size (model->work_arena);
      if (limits[i].training)
        held += wb_arena_get_size (model->gradient_arena);
      measured = wb_model_measure (wb_model_get_config (model), head, &limits[i], 1) - held;
      if (limits[i].training && limits[i].max_tokens == n_tokens) /* as make() has it */
        g_assert_cmpuint (measured, ==, scratch);
      else
        g_assert_cmpuint (measured, <=, scratch);
    }
}

static void
test_measure (gconstpointer json)
{
  assert_measured (json, &three);
  assert_measured (json, &one);
  for (gsize i = 0; i < G_N_ELEMENTS (wb_test_heads); i++)
    assert_measured (json, &wb_test_heads[i].head);
}

/* More takes more, and a model is initialized as published. */
static void
test_measure_and_initialize (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_test_backend_open (2);
  g_autoptr (WbModel) model = make (backend, SMALL, &one);
  const WbModelLimits small = { 64, 4, 32, 20, FALSE }, large = { 128, 4, 32, 20, FALSE };
  WbModelLimits       training = large;
  const gsize         n = wb_parameter_table_get_n_stored (wb_model_get_table (model));
  const float        *p = wb_model_get_parameter (model, 0).data;
  double              sum = 0;
  g_autofree float   *body = NULL;

  training.training = TRUE;
  g_assert_cmpuint (wb_model_measure (wb_model_get_config (model), &one, &small, 2), <,
                    wb_model_measure (wb_model_get_config (model), &one, &large, 2));
  g_assert_cmpuint (wb_model_measure (wb_model_get_config (model), &one, &large, 2) + n, <,
                    wb_model_measure (wb_model_get_config (model), &one, &training, 2));

  g_assert_true (wb_model_initialize (model, 7, FALSE, &error));
  for (gsize k = 0; k < 32; k++)
    g_assert_cmpfloat (p[k], ==, 0); /* the pad row */
  for (gsize k = 32; k < 97 * 32; k++)
    sum += (double) p[k] * (double) p[k];
  g_assert_cmpfloat_with_epsilon (sqrt (sum / (96 * 32)), 0.02, 0.001);
  body = g_memdup2 (p, n * sizeof (float));
  g_assert_true (wb_model_initialize (model, 8, TRUE, &error));
  g_assert_true (memcmp (body, p, (n - 32 * 32 - 32 - 32 - 1) * sizeof (float)) == 0);
  g_assert_true (memcmp (body + n - 33, p + n - 33, 32 * sizeof (float)) != 0);
  g_assert_true (wb_model_initialize (model, 7, TRUE, &error));
  g_assert_true (memcmp (body, p, n * sizeof (float)) == 0);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name, *json;
  } models[] = { { "v3", SMALL }, { "v1", V1 }, { "conv", CONV }, { "conv-alone", CONV_ALONE } };
  static const struct
  {
    const char   *name;
    GTestDataFunc run;
  } tests[] = { { "parts", test_parts },
                { "order", test_order },
                { "threads", test_threads },
                { "repeats", test_repeats },
                { "measure", test_measure } };

  g_test_init (&argc, &argv, NULL);
  for (gsize t = 0; t < G_N_ELEMENTS (tests); t++)
    for (gsize m = 0; m < G_N_ELEMENTS (models); m++)
      {
        g_autofree char *path =
            g_strdup_printf ("/engine/model/packing/%s/%s", tests[t].name, models[m].name);

        g_test_add_data_func (path, models[m].json, tests[t].run);
      }
  g_test_add_func ("/engine/model/packing/masks-change", test_masks_change);
  g_test_add_func ("/engine/model/packing/limits", test_limits);
  g_test_add_func ("/engine/model/packing/positions", test_positions);
  g_test_add_func ("/engine/model/packing/training-limits", test_training_limits);
  g_test_add_func ("/engine/model/packing/measure-and-initialize", test_measure_and_initialize);
  return g_test_run ();
}
