#pragma once

#include "engine/model/wb-model.h"
#include "tests/support/wb-test-model.h"

/* The tiny model of fact sheet 13, and what is known of its variants. */

/* The input of the tiny model is 1 5 7 3 2 and a padded token, which the engine does not have. */
#define WB_GOLDEN_TINY                                                                             \
  "\"vocab_size\": 11, \"hidden_size\": 8, \"num_attention_heads\": 2, \"num_hidden_layers\": 2, " \
  "\"intermediate_size\": 12, \"layer_norm_eps\": 1e-7, \"hidden_act\": \"gelu\", "                \
  "\"relative_attention\": true, \"pos_att_type\": \"c2p|p2c\", \"hidden_dropout_prob\": 0.0, "    \
  "\"attention_probs_dropout_prob\": 0.0, \"max_position_embeddings\": 16, "                       \
  "\"position_biased_input\": false"
#define WB_GOLDEN_V1 "\"model_type\": \"deberta\", " WB_GOLDEN_TINY
/* Without the convolution: "v2n"; buckets are set by each case. */
#define WB_GOLDEN_V2N                                                                              \
  "\"model_type\": \"deberta-v2\", " WB_GOLDEN_TINY                                                \
  ", \"share_att_key\": true, \"norm_rel_ebd\": \"layer_norm\""
#define WB_GOLDEN_B4 WB_GOLDEN_V2N ", \"position_buckets\": 4, \"max_relative_positions\": 8"
#define WB_GOLDEN_V2 WB_GOLDEN_B4 ", \"conv_kernel_size\": 3, \"conv_act\": \"gelu\""

#define WB_GOLDEN_BOUND 1e-6
#define WB_GOLDEN_GRADIENT_BOUND 1e-7

/* @element: of the published tensor */
typedef struct
{
  const char *parameter;
  gsize       element;
  double      gradient;
} WbGoldenGradient;

#define WB_GOLDEN_WORD "deberta.embeddings.word_embeddings.weight"
#define WB_GOLDEN_REL "deberta.encoder.rel_embeddings.weight"
#define WB_GOLDEN_LAYER0 "deberta.encoder.layer.0.attention.self."

/**
 * WbGoldenCase:
 * @n: tokens: 3, 5 and 9 as the sheet lists them, more by its formula
 * @types: (nullable): (n)
 * @logits: of the sequence classifier
 * @loss: for label 2; 0: not listed
 * @gradients: up to the first without a name
 */
typedef struct
{
  const char      *name;
  const char      *config;
  gsize            n;
  double           logits[3];
  double           loss;
  WbGoldenGradient gradients[20];
  const gint32    *types;
} WbGoldenCase;

static inline void
wb_golden_fill_ids (gint32 *ids, gsize n)
{
  static const gint32 l3[] = { 1, 5, 2 }, l5[] = { 1, 5, 7, 3, 2 },
                      l9[] = { 1, 5, 7, 3, 10, 4, 9, 6, 2 };

  for (gsize t = 0; t < n; t++)
    ids[t] = (gint32) (n == 3   ? l3[t]
                       : n == 5 ? l5[t]
                       : n == 9 ? l9[t]
                                : (gint32) (1 + (7 * t + t / 10) % 10));
}

static const WbHeadSpec wb_golden_head = { .kind = WB_HEAD_CLASSIFICATION, .n_labels = 3 };

static inline WbModel *
wb_golden_model_new (WbBackend *backend, const char *json, gsize n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbModelConfig) config = wb_test_config_new (json);
  const WbModelLimits limits = { .max_tokens = n,
                                 .max_sequences = 1,
                                 .max_length = n,
                                 .max_distinct = 11,
                                 .training = TRUE };
  WbModel *model = wb_test_model_new (backend, config, &wb_golden_head, wb_test_form_golden);

  g_assert_true (wb_model_reserve (model, &limits, &error));
  g_assert_no_error (error);
  return model;
}

/* Where element @element of the published tensor is in the model's gradient @d. */
static inline gsize
wb_golden_place (const WbParameter *p, const WbTensor *d, const WbTestBatch *batch, gsize element)
{
  gint32 row = (gint32) (element / d->cols);
  guint  slot = 0;

  if (!p->sparse)
    return p->n_dims == 1 ? element
                          : wb_parameter_row (p, (gsize) row) * d->cols + element % d->cols;
  g_assert_true (g_array_binary_search (batch->distinct, &row, wb_test_compare_ids, &slot));
  return slot * d->cols + element % d->cols;
}

static inline double
wb_golden_get_gradient (WbModel *model, const WbTestBatch *batch, const WbGoldenGradient *g)
{
  const WbParameterTable *table = wb_model_get_table (model);

  for (gsize i = 0; i < wb_parameter_table_get_n (table); i++)
    {
      const WbParameter *p = wb_parameter_table_get (table, i);
      const WbTensor     d = wb_model_get_gradient (model, i);

      if (g_str_equal (p->name, g->parameter))
        return (double) ((float *) d.data)[wb_golden_place (p, &d, batch, g->element)];
    }
  g_assert_not_reached ();
}

static inline void
wb_golden_assert_near (const float *got, const double *want, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (got[i], want[i], WB_GOLDEN_BOUND);
}

/* Logits, loss and gradients. */
static inline void
wb_golden_case_run (const WbGoldenCase *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WbBackend) backend = wb_test_backend_open (2);
  g_autoptr (WbModel) model = wb_golden_model_new (backend, self->config, self->n);
  g_autoptr (WbTestBatch) batch = wb_test_batch_new ();
  g_autofree gint32 *ids = g_new (gint32, self->n);
  const WbLossWeight one = { 1, 1 };
  float              logits[3];
  double             loss = 0;

  wb_golden_fill_ids (ids, self->n);
  wb_test_batch_add (batch, ids, self->types, self->n, 0, 2, 0);
  wb_test_batch_finish (batch, NULL);
  g_assert_true (wb_model_predict (model, &batch->batch, logits, &error));
  wb_golden_assert_near (logits, self->logits, 3);

  g_assert_true (wb_model_clear_gradients (model, batch->distinct->len, &error));
  g_assert_true (wb_model_train_part (model, &batch->batch, 1, 0, &one, &loss, &error));
  g_assert_no_error (error);
  if (self->loss > 0)
    g_assert_cmpfloat_with_epsilon (loss, self->loss, WB_GOLDEN_BOUND);
  for (gsize g = 0; self->gradients[g].parameter != NULL; g++)
    g_assert_cmpfloat_with_epsilon (wb_golden_get_gradient (model, batch, &self->gradients[g]),
                                    self->gradients[g].gradient, WB_GOLDEN_GRADIENT_BOUND);
}

static inline void
wb_golden_cases_add (const char *prefix, const WbGoldenCase *cases, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *path = g_strconcat (prefix, cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], (GTestDataFunc) wb_golden_case_run);
    }
}
