#include "config.h"

#include <glib.h>

#include "engine/ops/wb-matmul.h"
#include "engine/ref/wb-ref-matmul.h"
#include "tests/support/test-gradient.h"
#include "tests/support/test-tensor.h"

#define BOUND 2.5e-6 /* worst of 10 seeds, three instruction sets: 5.6e-7 */

typedef struct
{
  WbRefMatmul   args;
  const double *weights;
  double       *pre, *y;
} Definition;

static double
definition_loss (gpointer data)
{
  Definition *self = data;

  wb_ref_matmul_forward (&self->args, self->pre, self->y);
  return test_weighted_sum (self->weights, self->y, self->args.rows * self->args.out);
}

static void
test_definition (void)
{
  enum
  {
    ROWS = 3,
    IN = 4,
    OUT = 5
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  double x[ROWS * IN], w[OUT * IN], bias[OUT], weights[ROWS * OUT], y[ROWS * OUT], pre[ROWS * OUT];
  double dx[ROWS * IN], dw[OUT * IN], dbias[OUT], dpre[ROWS * OUT];

  for (int i = WB_ACTIVATION_LINEAR; i < (int) WB_N_ACTIVATIONS; i++)
    {
      Definition self = { { ROWS, IN, OUT, x, w, bias, (WbActivation) i }, weights, pre, y };

      test_fill_random (rand, x, ROWS * IN, 2);
      test_fill_random (rand, w, OUT * IN, 1);
      test_fill_random (rand, bias, OUT, 1);
      test_fill_random (rand, weights, ROWS * OUT, 1);
      wb_ref_matmul_backward (&self.args, weights, dpre, dx, dw, dbias);
      test_assert_gradient ("dx", definition_loss, &self, x, ROWS * IN, dx, 1e-7);
      test_assert_gradient ("dw", definition_loss, &self, w, OUT * IN, dw, 1e-7);
      test_assert_gradient ("dbias", definition_loss, &self, bias, OUT, dbias, 1e-7);
    }
}

static const struct
{
  gsize        rows, in, out, gap;
  WbActivation activation;
} cases[] = {
  { 1, 1, 1, 0, WB_ACTIVATION_LINEAR },      { 3, 33, 7, 2, WB_ACTIVATION_GELU },
  { 130, 5, 33, 1, WB_ACTIVATION_TANH },     { 17, 768, 3, 0, WB_ACTIVATION_RELU },
  { 257, 64, 96, 0, WB_ACTIVATION_SIGMOID }, { 33, 40, 800, 4, WB_ACTIVATION_SILU },
  { 140, 64, 256, 0, WB_ACTIVATION_GELU },   { 9, 900, 130, 3, WB_ACTIVATION_LINEAR },
  { 600, 24, 20, 0, WB_ACTIVATION_LINEAR },  { 2100, 8, 8, 0, WB_ACTIVATION_GELU },
};

typedef struct
{
  TestTensor *x, *w, *bias, *y, *pre, *dy, *dx, *dw, *dbias;
} Tensors;

static void
tensors_init (Tensors *self, gsize i, guint32 seed)
{
  const gsize rows = cases[i].rows, in = cases[i].in, out = cases[i].out, gap = cases[i].gap;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  self->x = test_tensor_new_random (rand, rows, in, gap, 0, 1);
  self->w = test_tensor_new_random (rand, out, in, gap, 0, 1);
  self->bias = test_tensor_new_random (rand, 1, out, 0, 0, 1);
  self->dy = test_tensor_new_random (rand, rows, out, gap, 0, 1);
  self->y = test_tensor_new (rows, out, gap);
  self->pre = test_tensor_new (rows, out, gap + 1);
  self->dx = test_tensor_new_random (rand, rows, in, gap, 0, 1);
  self->dw = test_tensor_new_random (rand, out, in, gap, 0, 1);
  self->dbias = test_tensor_new_random (rand, 1, out, 0, 0, 1);
}

static void
tensors_clear (Tensors *self)
{
  for (TestTensor **t = &self->x; t <= &self->dbias; t++)
    test_tensor_free (*t);
}

static WbMatmulForwardArgs
forward_args (const Tensors *self, WbActivation activation)
{
  return (WbMatmulForwardArgs){ self->x->tensor, self->w->tensor,   self->bias->tensor,
                                self->y->tensor, self->pre->tensor, activation };
}

static WbMatmulBackwardArgs
backward_args (const Tensors *self, WbActivation activation, gboolean accumulate)
{
  return (WbMatmulBackwardArgs){ self->dy->tensor,    self->pre->tensor, self->x->tensor,
                                 self->w->tensor,     self->dx->tensor,  self->dw->tensor,
                                 self->dbias->tensor, activation,        accumulate };
}

static void
tensors_compute (Tensors *self, gsize i, WbBackend *backend)
{
  const WbMatmulForwardArgs  forward = forward_args (self, cases[i].activation);
  const WbMatmulBackwardArgs backward = backward_args (self, cases[i].activation, i % 2 == 1);
  g_autoptr (GError) error = NULL;

  g_assert_true (wb_matmul_forward (backend, &forward, &error));
  g_assert_true (wb_matmul_backward (backend, &backward, &error));
  g_assert_no_error (error);
}

/* What was there before plus @part, or @part alone. */
static void
add_exact (TestTensor *self, const double *part, gboolean accumulate)
{
  for (gsize i = 0; i < self->tensor.rows * self->tensor.cols; i++)
    self->exact[i] = part[i] + (accumulate ? self->exact[i] : 0);
}

static void
tensors_define (Tensors *self, gsize i)
{
  const gsize       rows = cases[i].rows, in = cases[i].in, out = cases[i].out;
  const WbRefMatmul args = {
    rows, in, out, self->x->exact, self->w->exact, self->bias->exact, cases[i].activation
  };
  g_autofree double *dpre = g_new (double, rows *out);
  g_autofree double *dx = g_new (double, rows *in);
  g_autofree double *dw = g_new (double, out *in);
  g_autofree double *dbias = g_new (double, out);

  wb_ref_matmul_forward (&args, self->pre->exact, self->y->exact);
  wb_ref_matmul_backward (&args, self->dy->exact, dpre, dx, dw, dbias);
  add_exact (self->dy, dpre, FALSE);
  add_exact (self->dx, dx, i % 2 == 1);
  add_exact (self->dw, dw, TRUE);
  add_exact (self->dbias, dbias, TRUE);
}

static void
assert_near (Tensors *self)
{
  test_tensor_assert_near (self->pre, BOUND);
  test_tensor_assert_near (self->y, BOUND);
  test_tensor_assert_near (self->dy, BOUND);
  test_tensor_assert_near (self->dx, BOUND);
  test_tensor_assert_near (self->dw, BOUND);
  test_tensor_assert_near (self->dbias, BOUND);
}

/* One case with @n_threads: near the definition, and the same bits every time. */
static void
check_case (const char *instruction_set, gsize k, guint32 seed, guint n_threads)
{
  g_autoptr (WbBackend) backend = test_backend_open (instruction_set, n_threads);
  Tensors a, b;

  if (backend == NULL)
    return;
  tensors_init (&a, k, seed);
  tensors_init (&b, k, seed);
  tensors_compute (&a, k, backend);
  tensors_compute (&b, k, backend);
  tensors_define (&a, k);
  assert_near (&a);
  for (TestTensor **t = &a.x, **u = &b.x; t <= &a.dbias; t++, u++)
    test_tensor_assert_same (*t, *u);
  tensors_clear (&a);
  tensors_clear (&b);
}

static void
test_kernel (gconstpointer data)
{
  const guint most_threads = g_getenv ("WB_ONE_THREAD") != NULL ? 1 : 4;

  for (gsize i = 0; i < G_N_ELEMENTS (cases) * test_n_seeds (); i++)
    for (guint n_threads = 1; n_threads <= most_threads; n_threads++)
      check_case (data, i % G_N_ELEMENTS (cases), (guint32) i, n_threads);
}

/* Every optional tensor left out; linear: dy is not touched. */
static void
test_optional (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 2);
  WbMatmulForwardArgs  forward;
  WbMatmulBackwardArgs backward;
  Tensors              a, b;

  tensors_init (&a, 8, 5);
  tensors_init (&b, 8, 5);
  forward = forward_args (&a, WB_ACTIVATION_LINEAR);
  forward.bias.data = forward.pre.data = NULL;
  g_assert_true (wb_matmul_forward (backend, &forward, NULL));
  memset (b.bias->block + TEST_GUARDS, 0, 20 * sizeof (float));
  forward = forward_args (&b, WB_ACTIVATION_LINEAR);
  g_assert_true (wb_matmul_forward (backend, &forward, NULL));
  test_tensor_assert_same (a.y, b.y);

  backward = backward_args (&a, WB_ACTIVATION_LINEAR, FALSE);
  backward.pre.data = backward.dx.data = backward.dw.data = backward.dbias.data = NULL;
  g_assert_true (wb_matmul_backward (backend, &backward, NULL));
  test_tensor_assert_same (a.dy, b.dy);
  test_tensor_assert_same (a.dw, b.dw);
  tensors_clear (&a);
  tensors_clear (&b);
}

/* Parts of packed tensors: columns of x, of y and of dy. */
static void
test_column_views (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 2);
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  g_autoptr (TestTensor) packed = test_tensor_new_random (rand, 40, 96, 0, 0, 1);
  g_autoptr (TestTensor) w = test_tensor_new_random (rand, 16, 32, 0, 0, 1);
  g_autoptr (TestTensor) y = test_tensor_new (40, 16, 0);
  g_autoptr (TestTensor) x = test_tensor_new (40, 32, 0);
  g_autoptr (TestTensor) wide = test_tensor_new (40, 48, 0);
  WbMatmulForwardArgs args = { .w = w->tensor };

  args.x = wb_tensor_columns (&packed->tensor, 32, 32);
  args.y = wb_tensor_columns (&wide->tensor, 16, 16);
  g_assert_true (wb_matmul_forward (backend, &args, NULL));
  for (gsize r = 0; r < 40; r++)
    memcpy (test_tensor_at (x, r, 0), test_tensor_at (packed, r, 32), 32 * sizeof (float));
  args.x = x->tensor;
  args.y = y->tensor;
  g_assert_true (wb_matmul_forward (backend, &args, NULL));
  for (gsize r = 0; r < 40; r++)
    for (gsize c = 0; c < 48; c++)
      g_assert_cmpfloat (*test_tensor_at (wide, r, c), ==,
                         c / 16 == 1 ? *test_tensor_at (y, r, c - 16) : 0);
}

static void
test_errors (void)
{
  g_autoptr (WbBackend) backend = test_backend_open ("baseline", 1);
  WbMatmulForwardArgs  forward;
  WbMatmulBackwardArgs backward;
  Tensors              a;

  tensors_init (&a, 1, 5);
  forward = forward_args (&a, WB_ACTIVATION_GELU);
  forward.w.cols--;
  test_assert_refused (wb_matmul_forward (backend, &forward, &error), WB_ENGINE_ERROR_SHAPE);
  forward = forward_args (&a, WB_ACTIVATION_GELU);
  forward.y.stride = 1;
  test_assert_refused (wb_matmul_forward (backend, &forward, &error), WB_ENGINE_ERROR_SHAPE);
  forward = forward_args (&a, WB_ACTIVATION_GELU);
  forward.bias.cols++;
  test_assert_refused (wb_matmul_forward (backend, &forward, &error), WB_ENGINE_ERROR_SHAPE);
  backward = backward_args (&a, WB_ACTIVATION_GELU, FALSE);
  backward.pre.data = NULL;
  test_assert_refused (wb_matmul_backward (backend, &backward, &error), WB_ENGINE_ERROR_SHAPE);
  backward = backward_args (&a, WB_ACTIVATION_GELU, FALSE);
  backward.dw.rows++;
  test_assert_refused (wb_matmul_backward (backend, &backward, &error), WB_ENGINE_ERROR_SHAPE);
  tensors_clear (&a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/matmul/definition", test_definition);
  test_add_per_instruction_set ("/engine/matmul/kernel", test_kernel);
  g_test_add_func ("/engine/matmul/optional", test_optional);
  g_test_add_func ("/engine/matmul/column-views", test_column_views);
  g_test_add_func ("/engine/matmul/errors", test_errors);
  return g_test_run ();
}
