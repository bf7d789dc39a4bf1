#include "config.h"

#include "engine/model/wb-model.h"
#include "engine/ref/wb-ref-model.h"
#include "tests/support/wb-test-model.h"

/* The model in F32 against its definition in double: logits, hidden states, losses, and every
 * gradient against finite differences of the definition. */

#define TINY                                                                                       \
  "\"model_type\": \"deberta-v2\", \"vocab_size\": 11, \"hidden_size\": 8, "                       \
  "\"num_attention_heads\": 2, \"num_hidden_layers\": 2, \"intermediate_size\": 12, "              \
  "\"relative_attention\": true, \"pos_att_type\": \"c2p|p2c\", \"share_att_key\": true, "         \
  "\"norm_rel_ebd\": \"layer_norm\", \"position_buckets\": 4, \"max_relative_positions\": 8, "     \
  "\"max_position_embeddings\": 16, \"position_biased_input\": false"
#define NO_DROPOUT ", \"hidden_dropout_prob\": 0, \"attention_probs_dropout_prob\": 0"
#define DROPOUT                                                                                    \
  ", \"hidden_dropout_prob\": 0.2, \"attention_probs_dropout_prob\": 0.15, "                       \
  "\"pooler_dropout\": 0.1, \"cls_dropout\": 0.25"

#define V1                                                                                         \
  "\"model_type\": \"deberta\", \"vocab_size\": 11, \"hidden_size\": 8, "                          \
  "\"num_attention_heads\": 2, \"num_hidden_layers\": 2, \"intermediate_size\": 12, "              \
  "\"relative_attention\": true, \"pos_att_type\": \"c2p|p2c\", "                                  \
  "\"max_position_embeddings\": 16, \"position_biased_input\": false"
#define CONV3 ", \"conv_kernel_size\": 3, \"conv_act\": \"gelu\""
#define CONV5 ", \"conv_kernel_size\": 5, \"conv_groups\": 2"
#define EMBEDDINGS                                                                                 \
  ", \"embedding_size\": 6, \"type_vocab_size\": 2, \"position_biased_input\": true"

static const WbHeadSpec classes = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 3 };
static const WbHeadSpec smooth = { .kind = WB_HEAD_CLASSIFICATION,
                                   .n_labels = 3,
                                   .label_smoothing = 0.1 };
static const float      weights[] = { 0.5f, 1.0f, 2.5f };
static const WbHeadSpec weighted = { .kind = WB_HEAD_CLASSIFICATION,
                                     .n_labels = 3,
                                     .class_weights = weights };
static const WbHeadSpec number = { .kind = WB_HEAD_REGRESSION, .n_labels = 1 };

static const struct
{
  const char       *name;
  const char       *config;
  const WbHeadSpec *head;
} cases[] = {
  { "v3", TINY NO_DROPOUT, &classes },
  { "v3-dropout", TINY DROPOUT, &classes },
  { "smoothing", TINY NO_DROPOUT, &smooth },
  { "weights", TINY NO_DROPOUT, &weighted },
  { "regression", TINY DROPOUT, &number },
  { "c2p", TINY NO_DROPOUT ", \"pos_att_type\": \"c2p\"", &classes },
  { "p2c", TINY NO_DROPOUT ", \"pos_att_type\": \"p2c\"", &classes },
  { "content-only", TINY DROPOUT ", \"relative_attention\": false", &classes },
  { "separate-keys", TINY DROPOUT ", \"share_att_key\": false", &classes },
  { "separate-c2p", TINY NO_DROPOUT ", \"share_att_key\": false, \"pos_att_type\": \"c2p\"",
    &classes },
  { "plain-table", TINY DROPOUT ", \"norm_rel_ebd\": \"none\"", &classes },
  { "no-buckets", TINY NO_DROPOUT ", \"position_buckets\": -1", &classes },
  { "embeddings", TINY DROPOUT EMBEDDINGS, &classes },
  { "absolute-types", TINY DROPOUT ", \"type_vocab_size\": 2, \"position_biased_input\": true",
    &classes },
  { "activations", TINY NO_DROPOUT ", \"hidden_act\": \"silu\", \"pooler_hidden_act\": \"tanh\"",
    &classes },
  { "mish-quick-gelu",
    TINY NO_DROPOUT ", \"hidden_act\": \"mish\", \"pooler_hidden_act\": \"quick_gelu\"", &classes },
  { "separate-p2c", TINY DROPOUT ", \"share_att_key\": false, \"pos_att_type\": \"p2c\"",
    &classes },
  { "no-terms", TINY DROPOUT ", \"pos_att_type\": \"none\"", &classes },
  { "one-layer", TINY DROPOUT ", \"num_hidden_layers\": 1", &classes },
  { "v1", V1 NO_DROPOUT, &classes },
  { "v1-dropout", V1 DROPOUT, &classes },
  { "v1-c2p", V1 DROPOUT ", \"pos_att_type\": \"c2p\"", &classes },
  { "v1-p2c", V1 DROPOUT ", \"pos_att_type\": \"p2c\"", &classes },
  { "v1-no-terms", V1 NO_DROPOUT ", \"pos_att_type\": \"none\"", &classes },
  { "v1-content-only", V1 NO_DROPOUT ", \"relative_attention\": false", &classes },
  { "v1-near-positions", V1 NO_DROPOUT ", \"max_relative_positions\": 3", &classes },
  { "v1-embeddings", V1 DROPOUT EMBEDDINGS ", \"hidden_act\": \"gelu_new\"", &classes },
  { "v1-one-layer", V1 DROPOUT ", \"num_hidden_layers\": 1", &classes },
  { "conv-3", TINY NO_DROPOUT CONV3, &classes },
  { "conv-3-dropout", TINY DROPOUT CONV3, &classes },
  { "conv-5-groups", TINY DROPOUT CONV5, &classes },
  { "conv-embeddings", TINY DROPOUT CONV5 EMBEDDINGS, &classes },
  { "conv-one-layer", TINY DROPOUT CONV3 ", \"num_hidden_layers\": 1", &classes },
  { "conv-three-layers", TINY NO_DROPOUT CONV3 ", \"num_hidden_layers\": 3", &number },
};

#define SKIPPED NAN /* no difference was taken */
/* The sanitizers' tests are about memory and threads: fewer differences. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define EVERY 11
#define HAS_DIFFERENCES(i) ((i) % 10 == 1)
#else
#define EVERY 1
#define HAS_DIFFERENCES(i) TRUE
#endif

/* Relative L2 per tensor; worst of all cases and instruction sets: 3e-7 and 4e-6. */
#define LOGITS_BOUND 2e-6
#define GRADIENT_BOUND 1e-5
#define ZERO 1e-9         /* of the whole gradient's norm: the true gradient is zero */
#define SMALL_TENSOR 1e-3 /* of the whole gradient's norm: below, rounding elsewhere shows */

typedef struct
{
  WbBackend     *backend;
  WbModelConfig *config;
  WbModel       *model;
  WbTestBatch   *batch;
  double        *exact; /* the model's parameters */
  WbRefModel     ref;
  WbLossWeight   weight;
} Fixture;

static void
fill_batch (WbTestBatch *batch)
{
  static const gint32 ids[][12] = { { 1, 5, 7, 3, 2 },
                                    { 1, 5, 7, 3, 10, 4, 9, 6, 2, 8, 8, 2 },
                                    { 9 },
                                    { 1, 0, 4, 2 } };
  static const gint32 types[12] = { 0, 0, 1, 1, 1, 0, 1, 0, 0, 1, 0, 1 };
  static const gsize  lengths[] = { 5, 12, 1, 4 };
  static const gint32 labels[] = { 2, 0, 1, -1 };

  for (gsize i = 0; i < 4; i++)
    wb_test_batch_add (batch, ids[i], types, lengths[i], (guint32) (3 * i + 1), labels[i],
                       (float) i - 1.3f);
  wb_test_batch_finish (batch, NULL);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;
  const WbModelLimits limits = { 22, 4, 12, 11, TRUE };
  const WbTensor     *first;
  WbTensor            p;
  gsize               n;

  f->backend = wb_test_backend_open (2);
  f->config = wb_test_config_new (cases[i].config);
  f->model = wb_test_model_new (f->backend, f->config, cases[i].head, wb_test_form_vectors);
  g_assert_true (wb_model_reserve (f->model, &limits, &error));
  f->batch = wb_test_batch_new ();
  fill_batch (f->batch);

  n = wb_parameter_table_get_n_stored (wb_model_get_table (f->model));
  p = wb_model_get_parameter (f->model, 0);
  first = &p;
  f->exact = g_new (double, n);
  for (gsize k = 0; k < n; k++)
    f->exact[k] = (double) ((const float *) first->data)[k];
  f->ref = (WbRefModel){ .config = f->config,
                         .head = cases[i].head,
                         .table = wb_model_get_table (f->model),
                         .parameters = f->exact,
                         .seed = 12345678901,
                         .step = 7 };
  f->weight.sum = cases[i].head == &weighted ? 4.0 : cases[i].head == &number ? 4 : 3;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  wb_test_batch_free (f->batch);
  wb_model_free (f->model);
  wb_model_config_free (f->config);
  wb_backend_close (f->backend);
  g_free (f->exact);
}

static double
norm (const double *x, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    if (!isnan (x[i]))
      sum += x[i] * x[i];
  return sqrt (sum);
}

static double
distance (const float *got, const double *want, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    if (!isnan (want[i]))
      sum += pow ((double) got[i] - want[i], 2);
  return sqrt (sum);
}

static double
relative_error (const float *got, const double *want, gsize n)
{
  return distance (got, want, n) / norm (want, n);
}

static void
test_forward (Fixture *f, gconstpointer data)
{
  const gsize t = 22, h = 8, c = cases[GPOINTER_TO_SIZE (data)].head->n_labels;
  const gsize n_layers = f->config->n_layers;
  g_autoptr (GError) error = NULL;
  g_autofree double *logits = g_new (double, 4 * c);
  g_autofree double *states = g_new (double, (n_layers + 1) * t * h);
  g_autofree float  *got = g_new (float, 4 * c);
  g_autofree float  *got_states = g_new (float, t *h);

  wb_ref_model_logits (&f->ref, &f->batch->batch, logits, states);
  g_assert_true (wb_model_predict (f->model, &f->batch->batch, got, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (relative_error (got, logits, 4 * c), <, LOGITS_BOUND);
  for (gint layer = -1; layer < (gint) n_layers; layer++)
    {
      g_assert_true (
          wb_model_hidden_states (f->model, &f->batch->batch, layer, got_states, &error));
      g_assert_cmpfloat (relative_error (got_states, states + (gsize) (layer + 1) * t * h, t * h),
                         <, LOGITS_BOUND);
    }
}

/* Two points: the error is of the second power of the step, here below 1e-8. */
static double
difference (Fixture *f, gsize element)
{
  const double x = f->exact[element], step = 3e-5;
  double       above, below;

  f->exact[element] = x + step;
  above = wb_ref_model_loss (&f->ref, &f->batch->batch, &f->weight);
  f->exact[element] = x - step;
  below = wb_ref_model_loss (&f->ref, &f->batch->batch, &f->weight);
  f->exact[element] = x;
  return (above - below) / (2 * step);
}

/* (transfer full): the gradient of the elements that the model gives for this parameter; the pad
 * row's is zero by definition, not by differences */
static double *
differences (Fixture *f, const WbParameter *p, gboolean none, gsize *n)
{
  const gsize e = f->config->embedding_size;
  double     *d;

  *n = p->sparse ? f->batch->distinct->len * e : p->n_elements;
  d = g_new (double, *n);
  for (gsize k = 0; k < *n; k++)
    {
      gsize element = k;

      if (p->sparse)
        element = (gsize) g_array_index (f->batch->distinct, gint32, k / e) * e + k % e;
      if (p->sparse && element / e == 0)
        d[k] = 0;
      else if (none || (*n > 64 && k % EVERY != 0))
        d[k] = SKIPPED;
      else
        d[k] = difference (f, p->offset + element);
    }
  return d;
}

static void
test_backward (Fixture *f, gconstpointer data)
{
  const WbParameterTable *table = wb_model_get_table (f->model);
  const gsize             n_tensors = wb_parameter_table_get_n (table);
  g_autofree double     **want = g_new (double *, n_tensors);
  g_autofree gsize       *sizes = g_new (gsize, n_tensors);
  g_autoptr (GError) error = NULL;
  const gboolean none = !HAS_DIFFERENCES (GPOINTER_TO_SIZE (data));
  double         total = 0, loss, worst = 0;

  f->ref.training = TRUE;
  g_assert_true (wb_model_clear_gradients (f->model, f->batch->distinct->len, &error));
  g_assert_true (wb_model_train_part (f->model, &f->batch->batch, f->ref.seed, f->ref.step,
                                      &f->weight, &loss, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (loss, wb_ref_model_loss (&f->ref, &f->batch->batch, &f->weight),
                                  1e-6);

  for (gsize i = 0; i < n_tensors; i++)
    {
      want[i] = differences (f, wb_parameter_table_get (table, i), none, &sizes[i]);
      total = hypot (total, norm (want[i], sizes[i]));
    }
  for (gsize i = 0; i < n_tensors; i++)
    {
      const WbTensor d = wb_model_get_gradient (f->model, i);
      const char    *name = wb_parameter_table_get (table, i)->name;
      const double   size = norm (want[i], sizes[i]);
      const double   off = distance (d.data, want[i], sizes[i]);

      g_assert_cmpuint (d.rows * d.cols, ==, sizes[i]);
      g_test_message ("%s: size %.3g, off by %.3g", name, size, off);
      if (none)
        g_assert_true (off == 0);   /* only the pad row is known */
      else if (size < ZERO * total) /* a key's bias without p2c: the softmax does not see it */
        g_assert_cmpfloat (off, <, GRADIENT_BOUND * SMALL_TENSOR * total * 10);
      else
        worst = MAX (worst, off / MAX (size, SMALL_TENSOR * total));
      g_free (want[i]);
    }
  g_test_message ("worst %.3g", worst);
  g_assert_cmpfloat (worst, <, GRADIENT_BOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *forward = g_strconcat ("/engine/model/forward/", cases[i].name, NULL);
      g_autofree char *backward = g_strconcat ("/engine/model/backward/", cases[i].name, NULL);

      g_test_add (forward, Fixture, GSIZE_TO_POINTER (i), set_up, test_forward, tear_down);
      g_test_add (backward, Fixture, GSIZE_TO_POINTER (i), set_up, test_backward, tear_down);
    }
  return g_test_run ();
}
