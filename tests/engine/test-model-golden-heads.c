#include "config.h"

#include "engine/ref/wb-ref-model.h"
#include "tests/support/wb-test-golden.h"

/* The heads of fact sheet 13 and 13.1 over the tiny model, v1 and v2 with its convolution. */

#define WORD WB_GOLDEN_WORD
#define REL WB_GOLDEN_REL
#define L0 WB_GOLDEN_LAYER0
#define V1 WB_GOLDEN_V1
#define V2 WB_GOLDEN_V2
#define LEGACY "cls.predictions."
#define NEW "lm_predictions.lm_head."

/* Gradients are of order 1 here: the bound of everything else is theirs too. */
#define GRADIENT_BOUND WB_GOLDEN_BOUND

/**
 * Case:
 * @n_sequences: 1: 1 5 7 3 2; 2: 1 4 9 2 as well
 * @outputs: (n_outputs)
 * @loss: 0: not listed
 */
typedef struct
{
  const char      *name;
  const char      *config;
  WbHeadSpec       head;
  gsize            n_sequences;
  gint32           label;
  gint32           token_labels[5];
  float            targets[3];
  gsize            n_outputs;
  double           outputs[22];
  double           loss;
  WbGoldenGradient gradients[10];
} Case;

#define LM_V2_2                                                                                    \
  0.407140565, -0.224983539, -0.278898168, 0.106776156, 0.069984226, -0.459147831, -0.594560707,   \
      0.027690900, 0.593094119, 0.385726745, -0.100372920
#define LM_V2_4                                                                                    \
  0.364029387, -0.392260642, -0.291599773, 0.269815309, 0.137084604, -0.599798631, -0.708589878,   \
      0.130295336, 0.741357737, 0.332591155, -0.266365476
#define LM_V1_2                                                                                    \
  0.387465641, -0.307859879, -0.286875320, 0.186990883, 0.104725395, -0.527771005, -0.652198318,   \
      0.077083017, 0.667211638, 0.361064283, -0.182719185
#define LM_V1_4                                                                                    \
  0.339202400, -0.408490384, -0.272187915, 0.292521909, 0.125248908, -0.626454265, -0.705647959,   \
      0.157932555, 0.747637105, 0.307049076, -0.281167077
#define LM_LABELS                                                                                  \
  {                                                                                                \
    -100, -100, 6, -100, 4                                                                         \
  }
#define LM_GRADIENTS_V2(transform, bias)                                                           \
  {                                                                                                \
    { WORD, 40, -0.021192467 }, { WORD, 62, 0.096231806 }, { WORD, 3, -0.015407460 },              \
        { REL, 26, 0.000803611 }, { transform "dense.weight", 5, 0.010134461 },                    \
        { transform "LayerNorm.weight", 2, -0.062279787 }, { bias "bias", 6, -0.455359867 },       \
        { L0 "key_proj.weight", 9, 0.000044476 }, { L0 "query_proj.bias", 3, 0.002009748 },        \
  }
#define LM_GRADIENTS_V1(transform, bias)                                                           \
  {                                                                                                \
    { WORD, 40, -0.026549797 }, { WORD, 62, 0.084075657 }, { WORD, 3, -0.044875863 },              \
        { REL, 129, 0.001753940 }, { transform "dense.weight", 5, -0.012641565 },                  \
        { transform "LayerNorm.weight", 2, -0.077854589 }, { bias "bias", 6, -0.456656254 },       \
        { L0 "in_proj.weight", 40, -0.000786626 }, { L0 "pos_q_proj.weight", 9, -0.000332988 },    \
  }

static const Case cases[] = {
  { "masked-lm-v2",
    V2,
    { WB_HEAD_MASKED_LM },
    1,
    -1,
    LM_LABELS,
    { 0 },
    22,
    { LM_V2_2, LM_V2_4 },
    2.688211737,
    LM_GRADIENTS_V2 (LEGACY "transform.", LEGACY) },
  { "masked-lm-new-v2",
    V2,
    { WB_HEAD_MASKED_LM, .lm_layout = WB_LM_LAYOUT_NEW },
    1,
    -1,
    LM_LABELS,
    { 0 },
    22,
    { LM_V2_2, LM_V2_4 },
    2.688211737,
    LM_GRADIENTS_V2 (NEW, NEW) },
  { "masked-lm-v1",
    V1,
    { WB_HEAD_MASKED_LM },
    1,
    -1,
    LM_LABELS,
    { 0 },
    22,
    { LM_V1_2, LM_V1_4 },
    2.723556652,
    LM_GRADIENTS_V1 (LEGACY "transform.", LEGACY) },
  { "masked-lm-new-v1",
    V1,
    { WB_HEAD_MASKED_LM, .lm_layout = WB_LM_LAYOUT_NEW },
    1,
    -1,
    LM_LABELS,
    { 0 },
    22,
    { LM_V1_2, LM_V1_4 },
    2.723556652,
    LM_GRADIENTS_V1 (NEW, NEW) },
  { "enhanced-v2",
    V2,
    { WB_HEAD_MASKED_LM, .lm_layout = WB_LM_LAYOUT_NEW, .enhanced = TRUE },
    1,
    -1,
    { -100, -100, 6, -100, -100 },
    { 0 },
    11,
    { 0.416355367, -0.207652523, -0.282330395, 0.088299962, 0.067251786, -0.441583328, -0.585967789,
      0.012993464, 0.579597333, 0.395920915, -0.083474802 },
    3.041142385 },
  { "enhanced-v1",
    V1,
    { WB_HEAD_MASKED_LM, .enhanced = TRUE },
    1,
    -1,
    { -100, -100, 6, -100, -100 },
    { 0 },
    11,
    { 0.343366179, -0.446057077, -0.288885996, 0.324517210, 0.152622369, -0.649316283, -0.740649439,
      0.169116167, 0.786370049, 0.308788891, -0.319319523 },
    3.209974736 },
  { "token-v2",
    V2,
    { WB_HEAD_TOKEN, 3 },
    1,
    -1,
    { -100, 0, 2, 1, -100 },
    { 0 },
    15,
    { 0.381316436, 1.169186579, -0.121219615, 0.851507409, 0.751802686, -0.730672665, -1.680531402,
      0.047405566, 1.566340770, -1.470650023, -0.306236774, 1.238464980, -1.081007528, 0.519562976,
      1.124354413 },
    0.922640935,
    { { WORD, 40, -0.130180261 },
      { REL, 26, -0.003832987 },
      { "classifier.weight", 9, 0.134189010 },
      { "classifier.bias", 1, -0.076800424 },
      { L0 "key_proj.weight", 9, 0.002953157 },
      { L0 "query_proj.bias", 3, 0.006553625 } } },
  { "token-v1",
    V1,
    { WB_HEAD_TOKEN, 3 },
    1,
    -1,
    { -100, 0, 2, 1, -100 },
    { 0 },
    15,
    { 0.236851832, 0.915344746, -0.061450519, 0.554168468, 0.739700171, -0.437371784, -1.447238552,
      0.210628425, 1.387507987, -1.473455580, -0.381830085, 1.216048477, -0.774762594, 0.695781388,
      0.876905571 },
    1.031826390,
    { { WORD, 40, -0.121985077 },
      { REL, 129, -0.014647758 },
      { "classifier.weight", 9, 0.066680390 },
      { "classifier.bias", 1, -0.049228618 },
      { L0 "in_proj.weight", 40, -0.012011477 },
      { L0 "pos_q_proj.weight", 9, -0.003179439 } } },
  { "span-v2",
    V2,
    { WB_HEAD_SPAN },
    1,
    -1,
    { 0 },
    { 0 },
    10,
    { 0.021016877, -1.081156544, -0.562067313, -0.817537906, 1.812820597, 0.489252228, 1.509178395,
      0.761466901, 1.329650800, -0.102194431 } },
  { "span-v1",
    V1,
    { WB_HEAD_SPAN },
    1,
    -1,
    { 0 },
    { 0 },
    10,
    { 0.101142254, -0.809276775, -0.264881118, -0.729298233, 1.619489549, 0.278042720, 1.492420353,
      0.832009063, 1.066003665, -0.344313345 } },
  { "choice-v2",
    V2,
    { WB_HEAD_CHOICE },
    2,
    1,
    { 0 },
    { 0 },
    2,
    { 0.004676997, -0.004539052 },
    0.697765822,
    { { WORD, 40, 0.007446914 },
      { REL, 26, 0.002507151 },
      { "classifier.weight", 3, -0.078637287 },
      { "pooler.dense.weight", 5, 0.003716913 },
      { L0 "key_proj.weight", 9, 0.000678269 },
      { L0 "query_proj.bias", 3, 0.000146069 } } },
  { "regression-v2",
    V2,
    { WB_HEAD_REGRESSION, 1 },
    1,
    -1,
    { 0 },
    { 0.7f },
    1,
    { 0.004676997 },
    0.483474078,
    { { WORD, 40, -0.020617040 }, { "classifier.weight", 3, -2.042182497 } } },
  { "regression-v1",
    V1,
    { WB_HEAD_REGRESSION, 1 },
    1,
    -1,
    { 0 },
    { 0.7f },
    1,
    { 0.022409846 },
    0.459128417,
    { { WORD, 40, 0.021395996 }, { "classifier.weight", 3, -1.591163962 } } },
  { "multi-label-v2",
    V2,
    { WB_HEAD_MULTI_LABEL, 3 },
    1,
    -1,
    { 0 },
    { 1, 0, 1 },
    3,
    { 0.004676997, 0.331672365, -0.024020689 },
    0.756237559,
    { { WORD, 40, -0.002680664 }, { "classifier.weight", 3, -0.244179906 } } },
  { "multi-label-v1",
    V1,
    { WB_HEAD_MULTI_LABEL, 3 },
    1,
    -1,
    { 0 },
    { 1, 0, 1 },
    3,
    { 0.022409846, 0.281617340, -0.058454630 },
    0.749547796,
    { { WORD, 40, 0.005871468 }, { "classifier.weight", 3, -0.193496495 } } },
  { "soft-v2",
    V2,
    { WB_HEAD_SOFT_CLASSIFICATION, 3 },
    1,
    -1,
    { 0 },
    { 0.2f, 0.3f, 0.5f },
    3,
    { 0.004676997, 0.331672365, -0.024020689 },
    1.127746237 },
  { "soft-v1",
    V1,
    { WB_HEAD_SOFT_CLASSIFICATION, 3 },
    1,
    -1,
    { 0 },
    { 0.2f, 0.3f, 0.5f },
    3,
    { 0.022409846, 0.281617340, -0.058454630 },
    1.131498820 },
  { "replaced-token-v2",
    V2,
    { WB_HEAD_REPLACED_TOKEN },
    1,
    -1,
    { 0 },
    { 0 },
    5,
    { 0.147523779, 0.140673077, 0.300717040, 0.281223174, 0.221965108 } },
  { "replaced-token-v1",
    V1,
    { WB_HEAD_REPLACED_TOKEN },
    1,
    -1,
    { 0 },
    { 0 },
    5,
    { 0.159659733, 0.147341546, 0.300104434, 0.341514196, 0.221532309 } },
};

static WbModel *
make_model (WbBackend *backend, const Case *c)
{
  static const WbModelLimits limits = { 9, 2, 5, 11, TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) config = wb_test_config_new (c->config);
  WbModel *model = wb_test_model_new (backend, config, &c->head, wb_test_form_golden);

  g_assert_true (wb_model_reserve (model, &limits, &error));
  g_assert_no_error (error);
  return model;
}

static WbTestBatch *
make_batch (const Case *c)
{
  static const gint32 first[] = { 1, 5, 7, 3, 2 }, second[] = { 1, 4, 9, 2 };
  static const gint32 groups[] = { 0, 2 }, starts[] = { 2 }, ends[] = { 4 };
  WbTestBatch        *batch = wb_test_batch_new ();

  wb_test_batch_add (batch, first, NULL, 5, 0, c->label, 0);
  if (c->n_sequences == 2)
    wb_test_batch_add (batch, second, NULL, 4, 1, -1, 0);
  wb_test_batch_finish (batch, NULL);
  batch->batch.groups = groups;
  batch->batch.n_groups = 1;
  batch->batch.starts = starts;
  batch->batch.ends = ends;
  batch->batch.targets = c->targets;
  batch->batch.token_labels = c->token_labels;
  return batch;
}

static void
check_training (const Case *c, WbModel *model, const WbTestBatch *batch)
{
  WbLossWeight weight = { 0 };
  double       loss;
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_head_spec_add_weight (wb_model_get_head (model), wb_model_get_config (model),
                                          &batch->batch, &weight, &error));
  g_assert_true (wb_model_clear_gradients (model, batch->distinct->len, &error));
  g_assert_true (wb_model_train_part (model, &batch->batch, 1, 0, &weight, &loss, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (loss, c->loss, WB_GOLDEN_BOUND);
  for (gsize g = 0; c->gradients[g].parameter != NULL; g++)
    g_assert_cmpfloat_with_epsilon (wb_golden_get_gradient (model, batch, &c->gradients[g]),
                                    c->gradients[g].gradient, GRADIENT_BOUND);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_test_backend_open (2);
  g_autoptr (WbModel) model = make_model (backend, c);
  g_autoptr (WbTestBatch) batch = make_batch (c);
  float outputs[22];
  gsize rows, cols;

  wb_model_get_output_shape (model, &batch->batch, &rows, &cols);
  g_assert_cmpuint (rows * cols, ==, c->n_outputs);
  g_assert_true (wb_model_predict (model, &batch->batch, outputs, &error));
  g_assert_no_error (error);
  wb_golden_assert_near (outputs, c->outputs, c->n_outputs);
  if (c->loss > 0)
    check_training (c, model, batch);
}

/* With the padded sixth token, which only the definition has. */
typedef struct
{
  WbBackend *backend;
  WbModel   *model;
  double    *parameters;
  WbRefModel ref;
  WbBatch    batch;
} Padded;

static void
padded_init (Padded *self, const char *config, const WbHeadSpec *head, WbRefPadding padding)
{
  static const gint32  ids[] = { 1, 5, 7, 3, 2, 0 }, bounds[] = { 0, 6 };
  static const gint32  starts[] = { 2 }, ends[] = { 4 };
  static const guint32 ordinals[] = { 0 };
  static const gsize   real[] = { 5 };
  const Case           c = { .config = config, .head = *head };
  const float         *block;
  gsize                n;

  self->backend = wb_test_backend_open (1);
  self->model = make_model (self->backend, &c);
  n = wb_parameter_table_get_n_stored (wb_model_get_table (self->model));
  block = wb_model_get_parameter (self->model, 0).data;
  self->parameters = g_new (double, n);
  for (gsize k = 0; k < n; k++)
    self->parameters[k] = (double) block[k];
  self->ref = (WbRefModel){ .config = wb_model_get_config (self->model),
                            .head = wb_model_get_head (self->model),
                            .table = wb_model_get_table (self->model),
                            .parameters = self->parameters,
                            .real_lengths = real,
                            .padding = padding };
  self->batch = (WbBatch){ .n_tokens = 6,
                           .n_sequences = 1,
                           .max_length = 6,
                           .ids = ids,
                           .cu_seqlens = bounds,
                           .ordinals = ordinals,
                           .starts = starts,
                           .ends = ends };
}

static void
padded_clear (Padded *self)
{
  wb_model_free (self->model);
  wb_backend_close (self->backend);
  g_free (self->parameters);
}

static void
padded_assert_gradient (Padded *self, const WbGoldenGradient *g)
{
  const WbLossWeight weight = { 1, 1 };
  const WbParameter *p = wb_parameter_table_find (self->ref.table, g->parameter);
  const gsize        cols = p->n_elements / p->dims[0];
  double *const x = self->parameters + p->offset + wb_parameter_row (p, g->element / cols) * cols +
                    g->element % cols;
  const double old = *x, step = 1e-5;
  double       d;

  *x = old + step;
  d = wb_ref_model_loss (&self->ref, &self->batch, &weight);
  *x = old - step;
  d = (d - wb_ref_model_loss (&self->ref, &self->batch, &weight)) / (2 * step);
  *x = old;
  g_assert_cmpfloat_with_epsilon (d, g->gradient, WB_GOLDEN_BOUND);
}

/* transformers' softmax of a span runs over padding too, whose rows it makes of uniform attention.
 */
static void
test_padded_span (void)
{
  static const struct
  {
    const char      *config;
    double           start, end, loss;
    WbGoldenGradient gradients[7];
  } spans[] = { { V2,
                  0.649998024,
                  0.598530735,
                  1.580384944,
                  { { WORD, 40, 0.066275261 },
                    { REL, 26, -0.002874160 },
                    { "qa_outputs.weight", 9, 0.136327593 },
                    { "qa_outputs.bias", 0, 0 },
                    { L0 "key_proj.weight", 9, 0.003986749 },
                    { L0 "query_proj.bias", 3, -0.000433639 } } },
                { V1,
                  -0.057319116,
                  -0.078472896,
                  1.634310629,
                  { { WORD, 40, 0.009205927 },
                    { REL, 129, -0.009160821 },
                    { "qa_outputs.weight", 9, 0.023457607 },
                    { L0 "in_proj.weight", 40, 0.004013736 },
                    { L0 "pos_q_proj.weight", 9, -0.003346523 } } } };
  const WbHeadSpec   head = { WB_HEAD_SPAN };
  const WbLossWeight weight = { 1, 1 };

  for (gsize i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      Padded p;
      double logits[12];

      padded_init (&p, spans[i].config, &head, WB_REF_PADDING_UNIFORM);
      wb_ref_model_logits (&p.ref, &p.batch, logits, NULL);
      g_assert_cmpfloat_with_epsilon (logits[10], spans[i].start, WB_GOLDEN_BOUND);
      g_assert_cmpfloat_with_epsilon (logits[11], spans[i].end, WB_GOLDEN_BOUND);
      g_assert_cmpfloat_with_epsilon (wb_ref_model_loss (&p.ref, &p.batch, &weight), spans[i].loss,
                                      WB_GOLDEN_BOUND);
      for (gsize g = 0; spans[i].gradients[g].parameter != NULL; g++)
        padded_assert_gradient (&p, &spans[i].gradients[g]);
      padded_clear (&p);
    }
}

/* Upstream's padded row, of attention that gives zeros. */
static void
test_padded_replaced_token (void)
{
  static const struct
  {
    const char *config;
    double      logit;
  } tokens[] = { { V2, 0.333889500 }, { V1, 0.177381187 } };
  const WbHeadSpec head = { WB_HEAD_REPLACED_TOKEN };

  for (gsize i = 0; i < G_N_ELEMENTS (tokens); i++)
    {
      Padded p;
      double logits[6];

      padded_init (&p, tokens[i].config, &head, WB_REF_PADDING_ZERO);
      wb_ref_model_logits (&p.ref, &p.batch, logits, NULL);
      g_assert_cmpfloat_with_epsilon (logits[5], tokens[i].logit, WB_GOLDEN_BOUND);
      padded_clear (&p);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/model/golden-heads/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/engine/model/golden-heads/padded-span", test_padded_span);
  g_test_add_func ("/engine/model/golden-heads/padded-replaced-token", test_padded_replaced_token);
  return g_test_run ();
}
