#include "config.h"

#include <glib.h>

#include "engine/ops/wb-layernorm.h"
#include "engine/ref/wb-ref-layernorm.h"
#include "tests/support/test-gradient.h"
#include "tests/support/test-tensor.h"

#define EPS 1e-7f

/* |kernel - definition| / |definition|.  Worst of 200 seeds and three instruction sets: 5.6e-7
 * around 0; around 1000, where F32 has steps of 6e-5, 5.1e-5 (a mean summed in one go: 1.6e-4). */
static const struct
{
  gsize  rows, cols, gap;
  double middle, bound;
} cases[] = {
  { 1, 1, 0, 0, 2.5e-6 },   { 3, 33, 2, 0, 2.5e-6 },    { 130, 7, 1, 0, 2.5e-6 },
  { 5, 128, 0, 0, 2.5e-6 }, { 300, 768, 0, 0, 2.5e-6 }, { 2, 768, 3, 1000, 2.5e-4 },
};

typedef struct
{
  WbRefLayernorm args;
  const double  *weights;
  double        *y;
} Definition;

static double
definition_loss (gpointer data)
{
  Definition *self = data;

  wb_ref_layernorm_forward (&self->args, self->y, NULL, NULL);
  return test_weighted_sum (self->weights, self->y, self->args.rows * self->args.cols);
}

static void
test_definition (void)
{
  enum
  {
    ROWS = 3,
    COLS = 7,
    N = ROWS * COLS
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  double     x[N], gamma[COLS], beta[COLS], weights[N], y[N], dx[N], dgamma[COLS], dbeta[COLS];
  Definition self = { { ROWS, COLS, (double) EPS, x, gamma, beta }, weights, y };

  test_fill_random (rand, x, N, 2);
  test_fill_random (rand, gamma, COLS, 2);
  test_fill_random (rand, beta, COLS, 1);
  test_fill_random (rand, weights, N, 1);
  wb_ref_layernorm_backward (&self.args, weights, dx, dgamma, dbeta);
  test_assert_gradient ("dx", definition_loss, &self, x, N, dx, 1e-8);
  test_assert_gradient ("dgamma", definition_loss, &self, gamma, COLS, dgamma, 1e-8);
  test_assert_gradient ("dbeta", definition_loss, &self, beta, COLS, dbeta, 1e-8);
}

typedef struct
{
  TestTensor *x, *gamma, *beta, *y, *mean, *rstd, *dy, *dx, *dgamma, *dbeta;
} Tensors;

static void
tensors_init (Tensors *self, gsize i, guint32 seed)
{
  const gsize rows = cases[i].rows, cols = cases[i].cols, gap = cases[i].gap;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  self->x = test_tensor_new_random (rand, rows, cols, gap, cases[i].middle, 1);
  self->gamma = test_tensor_new_random (rand, 1, cols, 0, 1, 0.5);
  self->beta = test_tensor_new_random (rand, 1, cols, 0, 0, 1);
  self->dy = test_tensor_new_random (rand, rows, cols, gap, 0, 1);
  self->y = test_tensor_new (rows, cols, gap);
  self->mean = test_tensor_new (1, rows, 0);
  self->rstd = test_tensor_new (1, rows, 0);
  self->dx = test_tensor_new (rows, cols, gap);
  self->dgamma = test_tensor_new (1, cols, 0);
  self->dbeta = test_tensor_new (1, cols, 0);
}

static void
tensors_clear (Tensors *self)
{
  for (TestTensor **t = &self->x; t <= &self->dbeta; t++)
    g_clear_pointer (t, test_tensor_free);
}

static void
tensors_compute (Tensors *self, WbBackend *backend)
{
  const WbLayernormForwardArgs  forward = { self->x->tensor,
                                            self->gamma->tensor,
                                            self->beta->tensor,
                                            self->y->tensor,
                                            self->mean->tensor,
                                            self->rstd->tensor,
                                            EPS };
  const WbLayernormBackwardArgs backward = { self->dy->tensor,     self->x->tensor,
                                             self->gamma->tensor,  self->mean->tensor,
                                             self->rstd->tensor,   self->dx->tensor,
                                             self->dgamma->tensor, self->dbeta->tensor };
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_layernorm_forward (backend, &forward, &error));
  g_assert_true (wb_layernorm_backward (backend, &backward, &error));
  g_assert_no_error (error);
}

static void
tensors_define (Tensors *self)
{
  const WbRefLayernorm args = { self->x->tensor.rows, self->x->tensor.cols, (double) EPS,
                                self->x->exact,       self->gamma->exact,   self->beta->exact };

  wb_ref_layernorm_forward (&args, self->y->exact, self->mean->exact, self->rstd->exact);
  wb_ref_layernorm_backward (&args, self->dy->exact, self->dx->exact, self->dgamma->exact,
                             self->dbeta->exact);
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
      test_tensor_assert_near (a.y, cases[k].bound);
      test_tensor_assert_near (a.mean, 5e-6);
      test_tensor_assert_near (a.rstd, cases[k].bound);
      test_tensor_assert_near (a.dgamma, cases[k].bound);
      test_tensor_assert_near (a.dbeta, cases[k].bound);
      if (cases[k].cols > 1) /* of one column the true gradient is zero */
        test_tensor_assert_near (a.dx, cases[k].bound);
      for (TestTensor **t = &a.x, **u = &b.x; t <= &a.dbeta; t++, u++)
        test_tensor_assert_same (*t, *u);
      tensors_clear (&a);
      tensors_clear (&b);
    }
}

/* y in place of x, dx in place of dy, and sums added to what is there. */
static void
test_in_place (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  Tensors a, b;

  tensors_init (&a, 3, 11);
  tensors_init (&b, 3, 11);
  tensors_compute (&a, backend);
  tensors_compute (&a, backend); /* dgamma, dbeta twice */
  test_tensor_free (b.dx);
  b.dx = b.dy;
  tensors_compute (&b, backend);
  test_tensor_assert_same (a.dx, b.dx);
  for (gsize c = 0; c < 128; c++)
    g_assert_cmpfloat (*test_tensor_at (a.dgamma, 0, c), ==, 2 * *test_tensor_at (b.dgamma, 0, c));
  b.dx = NULL;

  test_tensor_free (b.y);
  b.y = b.x;
  b.dx = test_tensor_new (5, 128, 0);
  {
    const WbLayernormForwardArgs forward = { b.x->tensor, b.gamma->tensor, b.beta->tensor,
                                             b.y->tensor, .eps = EPS };

    g_assert_true (wb_layernorm_forward (backend, &forward, NULL));
  }
  test_tensor_assert_same (a.y, b.x);
  b.y = NULL;
  tensors_clear (&a);
  for (TestTensor **t = &b.x; t <= &b.dbeta; t++)
    if (*t != NULL)
      test_tensor_free (*t);
}

static void
test_errors (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  Tensors a;

  tensors_init (&a, 3, 1);
  {
    const WbLayernormForwardArgs good = { a.x->tensor, a.gamma->tensor, a.beta->tensor,
                                          a.y->tensor, a.mean->tensor,  a.rstd->tensor,
                                          EPS };
    WbLayernormForwardArgs       bad = good;

    bad.gamma.cols = 3;
    test_assert_refused (wb_layernorm_forward (backend, &bad, &error), WB_ENGINE_ERROR_SHAPE);
    bad = good;
    bad.y.data = NULL;
    test_assert_refused (wb_layernorm_forward (backend, &bad, &error), WB_ENGINE_ERROR_SHAPE);
    bad = good;
    bad.mean.cols = 1;
    test_assert_refused (wb_layernorm_forward (backend, &bad, &error), WB_ENGINE_ERROR_SHAPE);
    bad = good;
    bad.x.dtype = WB_DTYPE_BF16;
    test_assert_refused (wb_layernorm_forward (backend, &bad, &error), WB_ENGINE_ERROR_SHAPE);
  }
  tensors_clear (&a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/layernorm/definition", test_definition);
  test_add_per_instruction_set ("/engine/layernorm/kernel", test_kernel);
  g_test_add_func ("/engine/layernorm/in-place", test_in_place);
  g_test_add_func ("/engine/layernorm/errors", test_errors);
  return g_test_run ();
}
