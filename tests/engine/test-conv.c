#include "config.h"

#include <glib.h>

#include "engine/ops/wb-conv.h"
#include "engine/ref/wb-ref-conv.h"
#include "tests/support/test-gradient.h"
#include "tests/support/test-tensor.h"

#define EPS 1e-7f
#define BOUND 1.2e-5 /* worst of 40 seeds, three instruction sets, one and two threads: 2.4e-6 */

static const WbRandom numbers = { .seed = 42, .step = 9, .stream = WB_RANDOM_CONV };

typedef struct
{
  gint32  bounds[9];
  guint32 ordinals[8];
  WbBatch batch;
} Batch;

/* Sequences of 1, 0, 2, 3, 7 and the other tokens, which are at least one. */
static void
batch_init (Batch *self, gsize rows)
{
  *self = (Batch){ { 0, 1, 1, 3, 6, 13, (gint32) rows }, { 5, 1, 0, 900, 7, 2 }, { 0 } };
  self->batch.n_tokens = self->batch.max_length = rows;
  self->batch.n_sequences = 6;
  self->batch.cu_seqlens = self->bounds;
  self->batch.ordinals = self->ordinals;
}

typedef struct
{
  WbRefConv     args;
  const double *weights;
  double       *pre, *sum, *y;
} Definition;

static double
definition_loss (gpointer data)
{
  Definition *self = data;

  wb_ref_conv_forward (&self->args, self->pre, self->sum, self->y);
  return test_weighted_sum (self->weights, self->y, self->args.batch->n_tokens * self->args.cols);
}

static void
check_definition (gsize kernel, gsize groups, WbActivation activation)
{
  enum
  {
    ROWS = 15,
    COLS = 6,
    N = ROWS * COLS,
    W = COLS * COLS * 7
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  const gsize n_weight = COLS * COLS / groups * kernel;
  double      x[N], residual[N], weights[N], pre[N], sum[N], y[N], dx[N], dresidual[N];
  double      weight[W], dweight[W];
  double      bias[COLS], gamma[COLS], beta[COLS], dbias[COLS], dgamma[COLS], dbeta[COLS];
  Batch       batch;
  Definition  self = { { &batch.batch,
                         COLS,
                         kernel,
                         groups,
                         (double) EPS,
                         x,
                         weight,
                         bias,
                         residual,
                         gamma,
                         beta,
                         activation,
                         { 0.3f, numbers } },
                       weights,
                       pre,
                       sum,
                       y };

  batch_init (&batch, ROWS);
  test_fill_random (rand, x, N, 2);
  test_fill_random (rand, residual, N, 2);
  test_fill_random (rand, weights, N, 1);
  test_fill_random (rand, weight, n_weight, 1);
  test_fill_random (rand, bias, COLS, 1);
  test_fill_random (rand, gamma, COLS, 1);
  test_fill_random (rand, beta, COLS, 1);
  wb_ref_conv_backward (&self.args, weights, dx, dresidual, dweight, dbias, dgamma, dbeta);
  test_assert_gradient ("dx", definition_loss, &self, x, N, dx, 1e-8);
  test_assert_gradient ("dresidual", definition_loss, &self, residual, N, dresidual, 1e-8);
  test_assert_gradient ("dweight", definition_loss, &self, weight, n_weight, dweight, 1e-8);
  test_assert_gradient ("dbias", definition_loss, &self, bias, COLS, dbias, 1e-8);
  test_assert_gradient ("dgamma", definition_loss, &self, gamma, COLS, dgamma, 1e-8);
  test_assert_gradient ("dbeta", definition_loss, &self, beta, COLS, dbeta, 1e-8);
}

static void
test_definition (void)
{
  check_definition (1, 1, WB_ACTIVATION_TANH);
  check_definition (3, 1, WB_ACTIVATION_GELU);
  check_definition (3, 6, WB_ACTIVATION_TANH);
  check_definition (5, 2, WB_ACTIVATION_SIGMOID);
  check_definition (7, 3, WB_ACTIVATION_LINEAR);
}

/* Fact sheet 2.8 by hand: one column, kernel 3, two sequences, no norm in the sum. */
static void
test_definition_by_hand (void)
{
  const gint32    bounds[] = { 0, 3, 5 };
  const guint32   ordinals[] = { 0, 1 };
  const WbBatch   batch = { .n_tokens = 5,
                            .n_sequences = 2,
                            .max_length = 3,
                            .cu_seqlens = bounds,
                            .ordinals = ordinals };
  const double    x[] = { 1, 2, 3, 4, 5 }, w[] = { 10, 1, 0.1 }, b[] = { 0.5 };
  const double    want[] = { 0.5 + 1 + 0.2, 0.5 + 10 + 2 + 0.3, 0.5 + 20 + 3, 0.5 + 4 + 0.5,
                             0.5 + 40 + 5 };
  const double    one[] = { 1 }, zeros[5] = { 0 };
  double          pre[5], sum[5], y[5];
  const WbRefConv args = {
    &batch, 1, 3, 1, 1e-7, x, w, b, zeros, one, zeros, WB_ACTIVATION_LINEAR, { 0, numbers }
  };

  wb_ref_conv_forward (&args, pre, sum, y);
  for (gsize i = 0; i < 5; i++)
    g_assert_cmpfloat_with_epsilon (pre[i], want[i], 1e-12);
}

static const struct
{
  gsize        rows, cols, gap, kernel, groups;
  WbActivation activation;
  float        p;
} cases[] = {
  { 14, 4, 0, 3, 1, WB_ACTIVATION_GELU, 0.0f },
  { 14, 6, 3, 7, 2, WB_ACTIVATION_TANH, 0.2f },
  { 15, 33, 2, 3, 3, WB_ACTIVATION_SIGMOID, 0.5f },
  { 20, 12, 1, 5, 4, WB_ACTIVATION_SILU, 0.1f },
  { 31, 40, 1, 1, 1, WB_ACTIVATION_RELU, 0.1f },
  { 133, 48, 0, 3, 1, WB_ACTIVATION_GELU, 0.1f },
  { 140, 24, 4, 5, 1, WB_ACTIVATION_TANH, 0.0f },
  { 270, 24, 0, 7, 2, WB_ACTIVATION_LINEAR, 0.25f },
  { 40, 544, 5, 3, 8, WB_ACTIVATION_GELU, 0.1f },
};

typedef struct
{
  TestTensor *x, *weight, *bias, *gamma, *beta, *pre, *z, *y, *mean, *rstd, *work;
  TestTensor *dy, *dz, *dx, *dweight, *dbias, *dgamma, *dbeta;
  TestTensor *start; /* what z was */
  gsize       number;
  Batch       batch;
} Tensors;

static void
tensors_init (Tensors *self, gsize i, guint32 seed)
{
  const gsize rows = cases[i].rows, cols = cases[i].cols, gap = cases[i].gap;
  const gsize width = cols / cases[i].groups * cases[i].kernel;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  self->number = i;
  batch_init (&self->batch, rows);
  self->x = test_tensor_new_random (rand, rows, cols, gap, 0, 2);
  self->weight = test_tensor_new_random (rand, cols, width, gap, 0, 2 / sqrt ((double) width));
  self->bias = test_tensor_new_random (rand, 1, cols, 0, 0, 1);
  self->gamma = test_tensor_new_random (rand, 1, cols, 0, 1, 0.5);
  self->beta = test_tensor_new_random (rand, 1, cols, 0, 0, 1);
  self->z = test_tensor_new_random (rand, rows, cols, gap + 1, 0, 2);
  self->start = test_tensor_copy (self->z);
  self->dy = test_tensor_new_random (rand, rows, cols, gap, 0, 1);
  self->pre = test_tensor_new (rows, cols, gap);
  self->y = test_tensor_new (rows, cols, gap);
  self->mean = test_tensor_new (1, rows, 0);
  self->rstd = test_tensor_new (1, rows, 0);
  self->work = test_tensor_new (1,
                                wb_conv_work_floats (rows, self->batch.batch.n_sequences, cols,
                                                     cases[i].kernel, cases[i].groups, TRUE),
                                0);
  self->dz = test_tensor_new (rows, cols, gap + 2);
  self->dx = test_tensor_new (rows, cols, gap);
  self->dweight = test_tensor_new (cols, width, gap);
  self->dbias = test_tensor_new (1, cols, 0);
  self->dgamma = test_tensor_new (1, cols, 0);
  self->dbeta = test_tensor_new (1, cols, 0);
}

static void
tensors_clear (Tensors *self)
{
  for (TestTensor **t = &self->x; t <= &self->start; t++)
    test_tensor_free (*t);
}

static WbConvForwardArgs
forward_args (Tensors *self)
{
  return (WbConvForwardArgs){
    .batch = &self->batch.batch,
    .x = self->x->tensor,
    .weight = self->weight->tensor,
    .bias = self->bias->tensor,
    .gamma = self->gamma->tensor,
    .beta = self->beta->tensor,
    .pre = self->pre->tensor,
    .z = self->z->tensor,
    .y = self->y->tensor,
    .mean = self->mean->tensor,
    .rstd = self->rstd->tensor,
    .work = self->work->tensor,
    .kernel = cases[self->number].kernel,
    .groups = cases[self->number].groups,
    .activation = cases[self->number].activation,
    .eps = EPS,
    .dropout = { cases[self->number].p, numbers },
  };
}

static WbConvBackwardArgs
backward_args (Tensors *self, const WbConvForwardArgs *forward)
{
  return (WbConvBackwardArgs){
    .forward = forward,
    .dy = self->dy->tensor,
    .dz = self->dz->tensor,
    .dx = self->dx->tensor,
    .dweight = self->dweight->tensor,
    .dbias = self->dbias->tensor,
    .dgamma = self->dgamma->tensor,
    .dbeta = self->dbeta->tensor,
  };
}

static void
tensors_compute (Tensors *self, WbBackend *backend)
{
  const WbConvForwardArgs  forward = forward_args (self);
  const WbConvBackwardArgs backward = backward_args (self, &forward);
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_conv_forward (backend, &forward, &error));
  g_assert_no_error (error);
  /* work memory holds nothing between calls */
  for (gsize i = 0; i < self->work->tensor.cols; i++)
    *test_tensor_at (self->work, 0, i) = NAN;
  g_assert_true (wb_conv_backward (backend, &backward, &error));
  g_assert_no_error (error);
  test_tensor_assert_guards (self->work);
}

static void
tensors_define (Tensors *self)
{
  const WbRefConv args = { .batch = &self->batch.batch,
                           .cols = cases[self->number].cols,
                           .kernel = cases[self->number].kernel,
                           .groups = cases[self->number].groups,
                           .eps = (double) EPS,
                           .x = self->x->exact,
                           .weight = self->weight->exact,
                           .bias = self->bias->exact,
                           .residual = self->start->exact,
                           .gamma = self->gamma->exact,
                           .beta = self->beta->exact,
                           .activation = cases[self->number].activation,
                           .dropout = { cases[self->number].p, numbers } };

  wb_ref_conv_forward (&args, self->pre->exact, self->z->exact, self->y->exact);
  wb_ref_conv_backward (&args, self->dy->exact, self->dx->exact, self->dz->exact,
                        self->dweight->exact, self->dbias->exact, self->dgamma->exact,
                        self->dbeta->exact);
}

static void
tensors_check (Tensors *a)
{
  test_tensor_assert_near (a->pre, BOUND);
  test_tensor_assert_near (a->z, BOUND);
  test_tensor_assert_near (a->y, BOUND);
  test_tensor_assert_near (a->dz, BOUND);
  test_tensor_assert_near (a->dx, BOUND);
  test_tensor_assert_near (a->dweight, BOUND);
  test_tensor_assert_near (a->dbias, BOUND);
  test_tensor_assert_near (a->dgamma, BOUND);
  test_tensor_assert_near (a->dbeta, BOUND);
}

static void
test_kernel (gconstpointer data)
{
  g_autoptr (WbBackend) one = test_backend_open (data, 1);
  g_autoptr (WbBackend) two = test_backend_open (data, 2);

  for (gsize i = 0; one != NULL && i < G_N_ELEMENTS (cases) * test_n_seeds (); i++)
    {
      Tensors a, b;

      tensors_init (&a, i % G_N_ELEMENTS (cases), (guint32) i);
      tensors_init (&b, i % G_N_ELEMENTS (cases), (guint32) i);
      tensors_compute (&a, one);
      tensors_compute (&b, two);
      tensors_define (&a);
      tensors_define (&b);
      tensors_check (&a);
      tensors_check (&b);
      tensors_clear (&a);
      tensors_clear (&b);
    }
}

/* The same call gives the same bits; parameters' gradients are added to what is there. */
static void
test_repeated (gconstpointer data)
{
  g_autoptr (WbBackend) backend = test_backend_open (data, 2);
  WbConvForwardArgs  forward;
  WbConvBackwardArgs backward;
  Tensors            a, b;

  if (backend == NULL)
    return;
  tensors_init (&a, 5, 3);
  tensors_init (&b, 5, 3);
  tensors_compute (&a, backend);
  tensors_compute (&b, backend);
  for (TestTensor **t = &a.x, **u = &b.x; t <= &a.dbeta; t++, u++)
    if (*t != a.work)
      test_tensor_assert_same (*t, *u);

  forward = forward_args (&b);
  backward = backward_args (&b, &forward);
  backward.dz = backward.dy;
  g_assert_true (wb_conv_backward (backend, &backward, NULL));
  test_tensor_assert_guards (b.dy);
  for (TestTensor **t = &a.dx, **u = &b.dx; t <= &a.dbeta; t++, u++)
    for (gsize r = 0; r < (*t)->tensor.rows; r++)
      for (gsize c = 0; c < (*t)->tensor.cols; c++)
        g_assert_cmpfloat_with_epsilon ((t == &a.dx ? 1 : 2) * *test_tensor_at (*t, r, c),
                                        *test_tensor_at (*u, r, c),
                                        1e-5 * (1 + fabs ((double) *test_tensor_at (*t, r, c))));
  tensors_clear (&a);
  tensors_clear (&b);
}

/* The rows of each sequence do not change when its neighbours become NaN. */
static void
test_packing (gconstpointer data)
{
  g_autoptr (WbBackend) backend = test_backend_open (data, 1);

  for (gsize s = 0; backend != NULL && s < 6; s++)
    {
      Tensors a, b;

      tensors_init (&a, 7, 9);
      tensors_init (&b, 7, 9);
      for (gsize r = 0; r < b.x->tensor.rows; r++)
        for (gsize c = 0; c < b.x->tensor.cols; c++)
          if ((gint32) r < b.batch.bounds[s] || (gint32) r >= b.batch.bounds[s + 1])
            *test_tensor_at (b.x, r, c) = NAN;
      tensors_compute (&a, backend);
      tensors_compute (&b, backend);
      for (gint32 r = a.batch.bounds[s]; r < a.batch.bounds[s + 1]; r++)
        for (gsize c = 0; c < a.x->tensor.cols; c++)
          {
            g_assert_cmpfloat (*test_tensor_at (a.y, (gsize) r, c), ==,
                               *test_tensor_at (b.y, (gsize) r, c));
            g_assert_cmpfloat (*test_tensor_at (a.dx, (gsize) r, c), ==,
                               *test_tensor_at (b.dx, (gsize) r, c));
          }
      tensors_clear (&a);
      tensors_clear (&b);
    }
}

static void
test_work_grows (void)
{
  gsize before = 0;

  for (gsize n = 0; n < 600; n += 7)
    {
      const gsize need = wb_conv_work_floats (n, 1 + n / 9, 24, 5, 2, TRUE);

      g_assert_cmpuint (need, >, before);
      g_assert_cmpuint (need, >, wb_conv_work_floats (n, 1 + n / 9, 24, 5, 2, FALSE));
      before = need;
    }
}

static void
test_errors (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  WbConvForwardArgs  forward;
  WbConvBackwardArgs backward;
  Tensors            a;

  tensors_init (&a, 3, 3);
#define REFUSE_FORWARD(change, code)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    forward = forward_args (&a);                                                                   \
    change;                                                                                        \
    test_assert_refused (wb_conv_forward (backend, &forward, &error), code);                       \
  }                                                                                                \
  G_STMT_END
  REFUSE_FORWARD (forward.kernel = 4, WB_ENGINE_ERROR_INVALID);
  REFUSE_FORWARD (forward.kernel = 0, WB_ENGINE_ERROR_INVALID);
  REFUSE_FORWARD (forward.groups = 0, WB_ENGINE_ERROR_INVALID);
  REFUSE_FORWARD (forward.groups = 5, WB_ENGINE_ERROR_INVALID);
  REFUSE_FORWARD (forward.groups = 2, WB_ENGINE_ERROR_SHAPE);
  REFUSE_FORWARD (forward.kernel = 3, WB_ENGINE_ERROR_SHAPE);
  REFUSE_FORWARD (forward.dropout.p = 1, WB_ENGINE_ERROR_INVALID);
  REFUSE_FORWARD (forward.batch = NULL, WB_ENGINE_ERROR_SHAPE);
  REFUSE_FORWARD (forward.z.rows--, WB_ENGINE_ERROR_SHAPE);
  REFUSE_FORWARD (forward.pre.data = NULL, WB_ENGINE_ERROR_SHAPE);
  REFUSE_FORWARD (forward.work.cols = 10, WB_ENGINE_ERROR_SHAPE);
#undef REFUSE_FORWARD
  forward = forward_args (&a);
  backward = backward_args (&a, &forward);
  forward.work.cols--;
  test_assert_refused (wb_conv_backward (backend, &backward, &error), WB_ENGINE_ERROR_SHAPE);
  forward.work.cols++;
  backward.dweight.cols--;
  test_assert_refused (wb_conv_backward (backend, &backward, &error), WB_ENGINE_ERROR_SHAPE);
  tensors_clear (&a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/conv/definition", test_definition);
  g_test_add_func ("/engine/conv/definition-by-hand", test_definition_by_hand);
  test_add_per_instruction_set ("/engine/conv/kernel", test_kernel);
  test_add_per_instruction_set ("/engine/conv/repeated", test_repeated);
  test_add_per_instruction_set ("/engine/conv/packing", test_packing);
  g_test_add_func ("/engine/conv/work-grows", test_work_grows);
  g_test_add_func ("/engine/conv/errors", test_errors);
  return g_test_run ();
}
