#include "config.h"

#include <glib.h>

#include "engine/ops/wb-residual-layernorm.h"
#include "engine/ref/wb-ref-residual-layernorm.h"
#include "tests/support/test-gradient.h"
#include "tests/support/test-tensor.h"

#define EPS 1e-7f
#define BOUND 1e-5 /* worst of 200 seeds, three instruction sets: 3.8e-6 with 3 columns */

static const WbRandom numbers = { .seed = 42, .step = 9, .stream = WB_RANDOM_OUTPUT | 2 << 8 };

/* Sequences of 1, 0, 2 and rows - 3 tokens. */
typedef struct
{
  gint32  bounds[5];
  guint32 ordinals[4];
  WbBatch batch;
} Batch;

static void
batch_init (Batch *self, gsize rows)
{
  *self = (Batch){ { 0, 1, 1, 3, (gint32) rows }, { 5, 1, 0, 900 }, { 0 } };
  self->batch.n_tokens = self->batch.max_length = rows;
  self->batch.n_sequences = 4;
  self->batch.cu_seqlens = self->bounds;
  self->batch.ordinals = self->ordinals;
}

typedef struct
{
  WbRefResidualLayernorm args;
  const double          *weights;
  double                *sum, *y;
} Definition;

static double
definition_loss (gpointer data)
{
  Definition *self = data;

  wb_ref_residual_layernorm_forward (&self->args, self->sum, self->y);
  return test_weighted_sum (self->weights, self->y, self->args.rows * self->args.cols);
}

static void
test_definition (void)
{
  enum
  {
    ROWS = 5,
    COLS = 6,
    N = ROWS * COLS
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  double     z[N], residual[N], weights[N], sum[N], y[N], dz[N], dresidual[N];
  double     bias[COLS], gamma[COLS], beta[COLS], dbias[COLS], dgamma[COLS], dbeta[COLS];
  Batch      batch;
  Definition self = {
    { ROWS, COLS, (double) EPS, z, bias, residual, gamma, beta, { 0.3f, numbers }, &batch.batch },
    weights,
    sum,
    y
  };

  batch_init (&batch, ROWS);
  test_fill_random (rand, z, N, 2);
  test_fill_random (rand, residual, N, 2);
  test_fill_random (rand, weights, N, 1);
  test_fill_random (rand, bias, COLS, 1);
  test_fill_random (rand, gamma, COLS, 1);
  test_fill_random (rand, beta, COLS, 1);
  wb_ref_residual_layernorm_backward (&self.args, weights, dz, dresidual, dbias, dgamma, dbeta);
  test_assert_gradient ("dz", definition_loss, &self, z, N, dz, 1e-8);
  test_assert_gradient ("dresidual", definition_loss, &self, residual, N, dresidual, 1e-8);
  test_assert_gradient ("dbias", definition_loss, &self, bias, COLS, dbias, 1e-8);
  test_assert_gradient ("dgamma", definition_loss, &self, gamma, COLS, dgamma, 1e-8);
  test_assert_gradient ("dbeta", definition_loss, &self, beta, COLS, dbeta, 1e-8);
}

static const struct
{
  gsize rows, cols, gap;
  float p;
} cases[] = {
  { 4, 1, 0, 0.0f },     { 4, 3, 1, 0.1f },     { 7, 33, 2, 0.5f },    { 133, 128, 0, 0.1f },
  { 270, 768, 0, 0.1f }, { 270, 768, 5, 0.0f }, { 9, 1030, 3, 0.25f },
};

typedef struct
{
  TestTensor *z, *bias, *residual, *gamma, *beta, *y, *mean, *rstd;
  TestTensor *dy, *dx, *dresidual, *dbias, *dgamma, *dbeta;
  TestTensor *start; /* what z was */
  Batch       batch;
  WbDropout   dropout;
} Tensors;

static void
tensors_init (Tensors *self, gsize i, guint32 seed)
{
  const gsize rows = cases[i].rows, cols = cases[i].cols, gap = cases[i].gap;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  self->z = test_tensor_new_random (rand, rows, cols, gap, 0, 2);
  self->start = test_tensor_copy (self->z);
  self->bias = test_tensor_new_random (rand, 1, cols, 0, 0, 1);
  self->residual = test_tensor_new_random (rand, rows, cols, gap + 1, 0, 2);
  self->gamma = test_tensor_new_random (rand, 1, cols, 0, 1, 0.5);
  self->beta = test_tensor_new_random (rand, 1, cols, 0, 0, 1);
  self->dy = test_tensor_new_random (rand, rows, cols, gap, 0, 1);
  self->y = test_tensor_new (rows, cols, gap);
  self->mean = test_tensor_new (1, rows, 0);
  self->rstd = test_tensor_new (1, rows, 0);
  self->dx = test_tensor_new (rows, cols, gap);
  self->dresidual = test_tensor_new (rows, cols, gap + 2);
  self->dbias = test_tensor_new (1, cols, 0);
  self->dgamma = test_tensor_new (1, cols, 0);
  self->dbeta = test_tensor_new (1, cols, 0);
  batch_init (&self->batch, rows);
  self->dropout = (WbDropout){ cases[i].p, numbers };
}

static void
tensors_clear (Tensors *self)
{
  for (TestTensor **t = &self->z; t <= &self->start; t++)
    test_tensor_free (*t);
}

static WbResidualLayernormForwardArgs
forward_args (Tensors *self)
{
  return (WbResidualLayernormForwardArgs){
    self->z->tensor,     self->bias->tensor, self->residual->tensor,
    self->gamma->tensor, self->beta->tensor, self->y->tensor,
    self->mean->tensor,  self->rstd->tensor, EPS,
    self->dropout,       &self->batch.batch
  };
}

static WbResidualLayernormBackwardArgs
backward_args (Tensors *self)
{
  return (WbResidualLayernormBackwardArgs){
    self->dy->tensor,     self->z->tensor,     self->gamma->tensor,     self->mean->tensor,
    self->rstd->tensor,   self->dx->tensor,    self->dresidual->tensor, self->dbias->tensor,
    self->dgamma->tensor, self->dbeta->tensor, self->dropout,           &self->batch.batch
  };
}

static void
tensors_compute (Tensors *self, WbBackend *backend)
{
  const WbResidualLayernormForwardArgs  forward = forward_args (self);
  const WbResidualLayernormBackwardArgs backward = backward_args (self);
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_residual_layernorm_forward (backend, &forward, &error));
  g_assert_true (wb_residual_layernorm_backward (backend, &backward, &error));
  g_assert_no_error (error);
}

static void
tensors_define (Tensors *self)
{
  const WbRefResidualLayernorm args = { self->z->tensor.rows, self->z->tensor.cols,
                                        (double) EPS,         self->start->exact,
                                        self->bias->exact,    self->residual->exact,
                                        self->gamma->exact,   self->beta->exact,
                                        self->dropout,        &self->batch.batch };

  wb_ref_residual_layernorm_forward (&args, self->z->exact, self->y->exact);
  wb_ref_residual_layernorm_backward (&args, self->dy->exact, self->dx->exact,
                                      self->dresidual->exact, self->dbias->exact,
                                      self->dgamma->exact, self->dbeta->exact);
}

static void
test_kernel (gconstpointer data)
{
  g_autoptr (WbBackend) one = test_backend_open (data, 1);
  g_autoptr (WbBackend) two = test_backend_open (data, 2);

  for (gsize i = 0; one != NULL && i < G_N_ELEMENTS (cases) * test_n_seeds (); i++)
    {
      const gsize k = i % G_N_ELEMENTS (cases);
      Tensors     a, b;

      tensors_init (&a, k, (guint32) i);
      tensors_init (&b, k, (guint32) i);
      tensors_compute (&a, one);
      tensors_compute (&b, two);
      tensors_define (&a);
      test_tensor_assert_near (a.z, BOUND);
      test_tensor_assert_near (a.y, BOUND);
      test_tensor_assert_near (a.dgamma, BOUND);
      test_tensor_assert_near (a.dbeta, BOUND);
      if (cases[k].cols > 1) /* of one column the true gradients are zero */
        {
          test_tensor_assert_near (a.dx, BOUND);
          test_tensor_assert_near (a.dresidual, BOUND);
          test_tensor_assert_near (a.dbias, BOUND);
        }
      for (TestTensor **t = &a.z, **u = &b.z; t <= &a.dbeta; t++, u++)
        test_tensor_assert_same (*t, *u);
      tensors_clear (&a);
      tensors_clear (&b);
    }
}

static void
test_gradient_in_place (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  WbResidualLayernormBackwardArgs args;
  Tensors                         a;

  tensors_init (&a, 3, 3);
  tensors_compute (&a, backend);
  args = backward_args (&a);
  args.dx = args.dy;
  g_assert_true (wb_residual_layernorm_backward (backend, &args, NULL));
  test_tensor_assert_same (a.dx, a.dy);
  tensors_clear (&a);
}

static void
test_errors (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  WbResidualLayernormForwardArgs  forward;
  WbResidualLayernormBackwardArgs backward;
  Tensors                         a;

  tensors_init (&a, 3, 3);
  forward = forward_args (&a);
  forward.dropout.p = 1.0f;
  test_assert_refused (wb_residual_layernorm_forward (backend, &forward, &error),
                       WB_ENGINE_ERROR_INVALID);
  forward = forward_args (&a);
  forward.residual.rows--;
  test_assert_refused (wb_residual_layernorm_forward (backend, &forward, &error),
                       WB_ENGINE_ERROR_SHAPE);
  forward = forward_args (&a);
  a.batch.batch.n_tokens--;
  test_assert_refused (wb_residual_layernorm_forward (backend, &forward, &error),
                       WB_ENGINE_ERROR_SHAPE);
  a.batch.batch.n_tokens++;
  backward = backward_args (&a);
  backward.dresidual.data = NULL;
  test_assert_refused (wb_residual_layernorm_backward (backend, &backward, &error),
                       WB_ENGINE_ERROR_SHAPE);
  backward = backward_args (&a);
  backward.dropout.p = -0.1f;
  test_assert_refused (wb_residual_layernorm_backward (backend, &backward, &error),
                       WB_ENGINE_ERROR_INVALID);
  tensors_clear (&a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/residual-layernorm/definition", test_definition);
  test_add_per_instruction_set ("/engine/residual-layernorm/kernel", test_kernel);
  g_test_add_func ("/engine/residual-layernorm/gradient-in-place", test_gradient_in_place);
  g_test_add_func ("/engine/residual-layernorm/errors", test_errors);
  return g_test_run ();
}
