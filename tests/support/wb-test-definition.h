#pragma once

#include "engine/model/wb-model.h"
#include "engine/ref/wb-ref-model.h"
#include "tests/support/wb-test-model.h"
#include "tests/support/wb-test-worst.h"

/* A model in F32 against its definition in double: logits, hidden states, losses, and every
 * gradient against finite differences of the definition. */

#define WB_TEST_SKIPPED NAN /* no difference was taken */
/* The sanitizers' tests are about memory and threads: fewer differences. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WB_TEST_EVERY 11
#define WB_TEST_HAS_DIFFERENCES(i) ((i) % 10 == 1)
#else
#define WB_TEST_EVERY 1
#define WB_TEST_HAS_DIFFERENCES(i) TRUE
#endif

/* Relative L2 per tensor; worst of all cases and instruction sets: 3e-7 and 4e-6. */
#define WB_TEST_LOGITS_BOUND 2e-6
#define WB_TEST_GRADIENT_BOUND 1e-5
#define WB_TEST_ZERO 1e-9         /* of the whole gradient's norm: the true gradient is zero */
#define WB_TEST_SMALL_TENSOR 3e-3 /* of that norm: below, rounding elsewhere shows */

/**
 * WbTestDefinition:
 * @batch: what is computed, its arrays kept by @owner
 * @exact: the model's block of parameters
 * @sparse_differences: every seventh element's alone, of large tensors every 997th's
 */
typedef struct
{
  WbBackend     *backend;
  WbModelConfig *config;
  WbModel       *model;
  WbTestBatch   *owner;
  WbBatch        batch;
  double        *exact;
  WbRefModel     ref;
  WbLossWeight   weight;
  gboolean       sparse_differences;
} WbTestDefinition;

/* Takes @owner, which is finished; labels may be set in batch before anything else is done. */
static inline void
wb_test_definition_init (WbTestDefinition *self,
                         const char       *json,
                         const WbHeadSpec *head,
                         WbTestBatch      *owner)
{
  const WbBatch      *b = &owner->batch;
  const WbModelLimits limits = { b->n_tokens, b->n_sequences, b->max_length, owner->distinct->len,
                                 TRUE };
  g_autoptr (GError) error = NULL;
  const float *block;
  gsize        n;

  self->backend = wb_test_backend_open (2);
  self->config = wb_test_config_new (json);
  self->model = wb_test_model_new (self->backend, self->config, head, wb_test_form_vectors);
  g_assert_true (wb_model_reserve (self->model, &limits, &error));
  g_assert_no_error (error);
  self->owner = owner;
  self->batch = *b;
  n = wb_parameter_table_get_n_stored (wb_model_get_table (self->model));
  block = wb_model_get_parameter (self->model, 0).data;
  self->exact = g_new (double, n);
  for (gsize k = 0; k < n; k++)
    self->exact[k] = (double) block[k];
  self->ref = (WbRefModel){ .config = self->config,
                            .head = wb_model_get_head (self->model),
                            .table = wb_model_get_table (self->model),
                            .parameters = self->exact,
                            .seed = 12345678901,
                            .step = 7 };
}

static inline void
wb_test_definition_clear (WbTestDefinition *self)
{
  wb_test_batch_free (self->owner);
  wb_model_free (self->model);
  wb_model_config_free (self->config);
  wb_backend_close (self->backend);
  g_free (self->exact);
}

static inline double
wb_test_norm (const double *x, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    if (!isnan (x[i]))
      sum += x[i] * x[i];
  return sqrt (sum);
}

static inline double
wb_test_distance (const float *got, const double *want, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    if (!isnan (want[i]))
      sum += pow ((double) got[i] - want[i], 2);
  return sqrt (sum);
}

/* Outputs and hidden states in evaluation mode. */
static inline void
wb_test_definition_forward (WbTestDefinition *self)
{
  const gsize t = self->batch.n_tokens, h = self->config->hidden_size;
  const gsize n_layers = self->config->n_layers;
  gsize       rows, cols;
  g_autoptr (GError) error = NULL;
  g_autofree double *logits = NULL;
  g_autofree double *states = g_new (double, (n_layers + 1) * t * h);
  g_autofree float  *got = NULL;
  g_autofree float  *got_states = g_new (float, t *h);

  wb_model_get_output_shape (self->model, &self->batch, &rows, &cols);
  logits = g_new (double, rows *cols);
  got = g_new (float, rows *cols);
  wb_ref_model_logits (&self->ref, &self->batch, logits, states);
  g_assert_true (wb_model_predict (self->model, &self->batch, got, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (wb_test_distance (got, logits, rows * cols), <,
                     WB_TEST_LOGITS_BOUND * wb_test_norm (logits, rows * cols));
  for (gsize layer = 0; layer <= n_layers; layer++)
    {
      const double *want = states + layer * t * h;

      g_assert_true (
          wb_model_hidden_states (self->model, &self->batch, (gint) layer - 1, got_states, &error));
      g_assert_cmpfloat (wb_test_distance (got_states, want, t * h), <,
                         WB_TEST_LOGITS_BOUND * wb_test_norm (want, t * h));
    }
}

/* Two points: the error is of the second power of the step, here below 1e-8. */
static inline double
wb_test_definition_difference (WbTestDefinition *self, gsize element)
{
  const double x = self->exact[element], step = 3e-5;
  double       above, below;

  self->exact[element] = x + step;
  above = wb_ref_model_loss (&self->ref, &self->batch, &self->weight);
  self->exact[element] = x - step;
  below = wb_ref_model_loss (&self->ref, &self->batch, &self->weight);
  self->exact[element] = x;
  return (above - below) / (2 * step);
}

static inline gsize
wb_test_definition_stride (const WbTestDefinition *self, gsize n)
{
  return !self->sparse_differences ? WB_TEST_EVERY : n > 1000 ? 997 : 7;
}

/* (transfer full): the gradient of the elements that the model gives for this parameter; the pad
 * row's is zero by definition, not by differences */
static inline double *
wb_test_definition_differences (WbTestDefinition  *self,
                                const WbParameter *p,
                                gboolean           none,
                                gsize             *n)
{
  const gsize e = self->config->embedding_size;
  double     *d;

  *n = p->sparse ? self->owner->distinct->len * e : p->n_elements;
  d = g_new (double, *n);
  for (gsize k = 0; k < *n; k++)
    {
      gsize element = k;

      if (p->sparse)
        element = (gsize) g_array_index (self->owner->distinct, gint32, k / e) * e + k % e;
      if (p->sparse && element / e == 0)
        d[k] = 0;
      else if (none || (*n > 64 && k % wb_test_definition_stride (self, *n) != 0))
        d[k] = WB_TEST_SKIPPED;
      else
        d[k] = wb_test_definition_difference (self, p->offset + element);
    }
  return d;
}

/* Loss and gradients in training; @none: no finite differences. */
static inline void
wb_test_definition_backward (WbTestDefinition *self, gboolean none)
{
  const WbParameterTable *table = wb_model_get_table (self->model);
  const gsize             n_tensors = wb_parameter_table_get_n (table);
  g_autofree double     **want = g_new (double *, n_tensors);
  g_autofree gsize       *sizes = g_new (gsize, n_tensors);
  g_autoptr (GError) error = NULL;
  double total = 0, loss, worst = 0;

  self->ref.training = TRUE;
  g_assert_true (wb_model_clear_gradients (self->model, self->owner->distinct->len, &error));
  g_assert_true (wb_model_train_part (self->model, &self->batch, self->ref.seed, self->ref.step,
                                      &self->weight, &loss, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (loss, wb_ref_model_loss (&self->ref, &self->batch, &self->weight),
                                  1e-6);

  for (gsize i = 0; i < n_tensors; i++)
    {
      want[i] =
          wb_test_definition_differences (self, wb_parameter_table_get (table, i), none, &sizes[i]);
      total = hypot (total, wb_test_norm (want[i], sizes[i]));
    }
  for (gsize i = 0; i < n_tensors; i++)
    {
      const WbTensor d = wb_model_get_gradient (self->model, i);
      const char    *name = wb_parameter_table_get (table, i)->name;
      const double   size = wb_test_norm (want[i], sizes[i]);
      const double   off = wb_test_distance (d.data, want[i], sizes[i]);

      g_assert_cmpuint (d.rows * d.cols, ==, sizes[i]);
      g_test_message ("%s: size %.3g, off by %.3g", name, size, off);
      if (none)
        g_assert_true (off == 0); /* only the pad row is known */
      else if (size <
               WB_TEST_ZERO * total) /* a key's bias without p2c: the softmax does not see it */
        g_assert_cmpfloat (off, <, WB_TEST_GRADIENT_BOUND * WB_TEST_SMALL_TENSOR * total * 10);
      else
        worst = wb_test_worse (worst, off / MAX (size, WB_TEST_SMALL_TENSOR * total));
      g_free (want[i]);
    }
  g_test_message ("worst %.3g", worst);
  g_assert_cmpfloat (worst, <, WB_TEST_GRADIENT_BOUND);
}
