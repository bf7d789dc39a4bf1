#include "engine/ops/wb-optimizer.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "engine/ref/wb-ref-optimizer.h"
#include "tests/support/wb-test-worst.h"

/* The dense optimizer, its published vectors and the sum of squares; rows: test-optimizer-rows.c.
 */

static WbBackend *
backend_new (guint n_threads)
{
  g_autoptr (GError) error = NULL;
  WbBackend *backend =
      wb_backend_open ("cpu", g_getenv ("WB_ONE_THREAD") != NULL ? 1 : n_threads, &error);

  g_assert_no_error (error);
  return backend;
}

static WbOptimizerStep
step_new (WbOptimizerKind kind, guint64 count)
{
  return (WbOptimizerStep){
    .kind = kind,
    .learning_rate = 1e-2,
    .weight_decay = 0.1,
    .beta1 = 0.9,
    .beta2 = 0.999,
    .epsilon = kind == WB_OPTIMIZER_ADAMW ? 1e-8 : 1e-6,
    .gradient_scale = 1,
    .count = count,
  };
}

/* After some steps from 0.5, -0.25, 0.125 with gradient 0.3 sin (1.7 step + 0.61 i): adamw by
 * PyTorch 2.15 in float64, the others by the published formulas in Python. */
typedef struct
{
  WbOptimizerKind kind;
  guint           n_steps;
  double          p[3];
} Vector;

static const Vector vectors[] = {
  { WB_OPTIMIZER_ADAMW, 5, { 0.48072431040979063, -0.2581421043792189, 0.12278529247755833 } },
  { WB_OPTIMIZER_ADAM, 8, { 0.4296214034842649, -0.27338400066372515, 0.14078621889108706 } },
  { WB_OPTIMIZER_ADMAX, 8, { 0.49346564806960685, -0.24880029547815607, 0.12465720616879614 } },
  { WB_OPTIMIZER_RADAM, 8, { 0.4999256025150165, -0.25001568478709196, 0.12503378661232567 } },
};

static void
test_vectors (void)
{
  g_autoptr (WbBackend) backend = backend_new (1);

  for (gsize c = 0; c < G_N_ELEMENTS (vectors); c++)
    {
      double   p[3] = { 0.5, -0.25, 0.125 }, g[3], m[3] = { 0 }, v[3] = { 0 };
      float    pf[3] = { 0.5f, -0.25f, 0.125f }, gf[3], mf[3] = { 0 }, vf[3] = { 0 };
      WbTensor t[4] = { wb_tensor_vector (pf, WB_DTYPE_F32, 3),
                        wb_tensor_vector (gf, WB_DTYPE_F32, 3),
                        wb_tensor_vector (mf, WB_DTYPE_F32, 3),
                        wb_tensor_vector (vf, WB_DTYPE_F32, 3) };

      for (guint s = 1; s <= vectors[c].n_steps; s++)
        {
          const WbOptimizerStep step = step_new (vectors[c].kind, s);

          for (guint i = 0; i < 3; i++)
            gf[i] = (float) (g[i] = 0.3 * sin (1.7 * s + 0.61 * i));
          wb_ref_optimizer_update (&step, 3, p, g, m, v);
          g_assert_true (wb_optimizer_update (backend, &step, &t[0], &t[1], &t[2], &t[3], NULL));
        }
      for (guint i = 0; i < 3; i++)
        {
          g_assert_cmpfloat_with_epsilon (p[i], vectors[c].p[i], 1e-15);
          g_assert_cmpfloat_with_epsilon (pf[i], vectors[c].p[i], 1e-6); /* worst seen 1.2e-7 */
        }
    }
}

/* p, g, m, v of n floats each between guard words. */
typedef struct
{
  gsize    n;
  float   *block;
  WbTensor t[4];
} State;

#define GUARD 16
#define GUARD_VALUE -12345.75f

static State
state_new (gsize n)
{
  const gsize each = n + GUARD;
  State       self = { .n = n, .block = g_new (float, 4 * each) };

  for (gsize i = 0; i < 4 * each; i++)
    self.block[i] = GUARD_VALUE;
  for (gsize k = 0; k < 4; k++)
    {
      self.t[k] = wb_tensor_vector (self.block + k * each, WB_DTYPE_F32, n);
      memset (self.t[k].data, 0, n * sizeof (float));
    }
  return self;
}

static void
state_check_guards (const State *self)
{
  for (gsize k = 0; k < 4; k++)
    for (gsize i = 0; i < GUARD; i++)
      g_assert_cmpfloat (((float *) self->t[k].data)[self->n + i], ==, GUARD_VALUE);
}

static float *
state_data (const State *self, gsize k)
{
  return self->t[k].data;
}

/* The errors of weight @i in units of what was added up; @d: p, m, v of the definition after the
 * step, @old before it, @n apart. */
static double
weight_error (const State *x, const double *d, const double *old, gsize i, double scale)
{
  const gsize  n = x->n;
  const double g = fabs (scale * (double) state_data (x, 1)[i]);
  const double sum_m = 0.9 * fabs (old[2 * n + i]) + 0.1 * g;
  const double move = fabs (d[i] - old[i]) * sum_m / (fabs (d[2 * n + i]) + 1e-30);
  const double p = fabs (d[i] - (double) state_data (x, 0)[i]) / (fabs (old[i]) + move);
  const double m = fabs (d[2 * n + i] - (double) state_data (x, 2)[i]) / (sum_m + 1e-30);
  const double v = fabs (d[3 * n + i] - (double) state_data (x, 3)[i]) / (d[3 * n + i] + 1e-30);

  return wb_test_worse (p, wb_test_worse (m, v));
}

/* One step of the definition in double from the F32 state, and the largest error. */
static double
one_step_error (WbBackend *backend, const WbOptimizerStep *step, State *x)
{
  const gsize        n = x->n;
  g_autofree double *d = g_new (double, 4 * n);
  g_autofree double *old = NULL;
  double             worst = 0;

  for (gsize k = 0; k < 4; k++)
    for (gsize i = 0; i < n; i++)
      d[k * n + i] = (double) state_data (x, k)[i];
  old = g_memdup2 (d, 4 * n * sizeof *d);
  wb_ref_optimizer_update (step, n, d, d + n, d + 2 * n, d + 3 * n);
  g_assert_true (wb_optimizer_update (backend, step, &x->t[0], &x->t[1], &x->t[2], &x->t[3], NULL));
  for (gsize i = 0; i < n; i++)
    {
      const double error = weight_error (x, d, old, i, step->gradient_scale);

      worst = wb_test_worse (worst, error);
    }
  return worst;
}

static void
test_matches_reference (void)
{
  static const gsize sizes[] = { 1, 3, 16, 31, 64, 1000, 40000 };
  g_autoptr (WbBackend) backend = backend_new (2);
  double worst = 0;

  for (guint kind = 0; kind <= WB_OPTIMIZER_RADAM; kind++)
    for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
      {
        GRand *rand = g_rand_new_with_seed (kind * 100 + (guint) s);
        State  x = state_new (sizes[s]);

        for (gsize i = 0; i < x.n; i++)
          state_data (&x, 0)[i] = (float) g_rand_double_range (rand, -1, 1);
        for (guint64 count = 1; count <= (x.n > 1000 ? 3 : 20); count++)
          {
            WbOptimizerStep step = step_new ((WbOptimizerKind) kind, count);
            double          error;

            step.gradient_scale = count % 3 == 0 ? 0.37 : 1;
            for (gsize i = 0; i < x.n; i++)
              state_data (&x, 1)[i] =
                  (float) (g_rand_double_range (rand, -1, 1) * pow (10, -(double) (i % 6)));
            error = one_step_error (backend, &step, &x);
            worst = wb_test_worse (worst, error);
            state_check_guards (&x);
          }
        g_rand_free (rand);
        g_free (x.block);
      }
  g_test_message ("worst relative error of a step: %g", worst);
  g_assert_cmpfloat (worst, <, 1.5e-6); /* worst seen 3.1e-7 */
}

/* A gradient of 0 on a weight that never had one: decay alone, no 0 / 0. */
static void
test_never_touched (void)
{
  g_autoptr (WbBackend) backend = backend_new (1);

  for (guint kind = 0; kind <= WB_OPTIMIZER_RADAM; kind++)
    {
      State           x = state_new (5);
      WbOptimizerStep step = step_new ((WbOptimizerKind) kind, 10);

      step.epsilon = (double) FLT_MIN;
      for (gsize i = 0; i < 5; i++)
        state_data (&x, 0)[i] = (float) i - 2;
      g_assert_true (
          wb_optimizer_update (backend, &step, &x.t[0], &x.t[1], &x.t[2], &x.t[3], NULL));
      for (gsize i = 0; i < 5; i++)
        {
          const float decay = wb_optimizer_step_get_factors (&step).decay;

          g_assert_cmpfloat (state_data (&x, 0)[i], ==, ((float) i - 2) * decay);
          g_assert_cmpfloat (state_data (&x, 2)[i], ==, 0);
        }
      g_free (x.block);
    }
}

static void
fill (State *x, guint32 seed)
{
  GRand *rand = g_rand_new_with_seed (seed);

  for (gsize k = 0; k < 4; k++)
    for (gsize i = 0; i < x->n; i++)
      state_data (x, k)[i] = (float) g_rand_double_range (rand, k == 3 ? 0 : -1, 1);
  g_rand_free (rand);
}

static void
test_threads_agree (void)
{
  const gsize n = 3 * 16384 * 2 + 77;
  State       x[2] = { state_new (n), state_new (n) };
  double      sums[2];

  for (guint k = 0; k < 2; k++)
    {
      g_autoptr (WbBackend) backend = backend_new (k + 1);
      const WbOptimizerStep step = step_new (WB_OPTIMIZER_ADAMW, 7);

      fill (&x[k], 3);
      g_assert_true (wb_optimizer_update (backend, &step, &x[k].t[0], &x[k].t[1], &x[k].t[2],
                                          &x[k].t[3], NULL));
      g_assert_true (wb_sum_of_squares (backend, &x[k].t[0], &sums[k], NULL));
    }
  g_assert_cmpmem (x[0].block, 4 * (n + GUARD) * 4, x[1].block, 4 * (n + GUARD) * 4);
  g_assert_cmpfloat (sums[0], ==, sums[1]);
  g_free (x[0].block);
  g_free (x[1].block);
}

static void
test_sum_of_squares (void)
{
  static const gsize sizes[] = { 0, 1, 7, 16384, 16385, 100001 };
  g_autoptr (WbBackend) backend = backend_new (2);
  double sum;

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      State x = state_new (sizes[s]);

      fill (&x, 9);
      g_assert_true (wb_sum_of_squares (backend, &x.t[0], &sum, NULL));
      g_assert_cmpfloat_with_epsilon (sum, wb_ref_sum_of_squares (x.n, x.t[0].data),
                                      1e-13 * (1 + sum)); /* worst seen 6e-15 */
      if (x.n > 0)
        {
          state_data (&x, 0)[x.n / 2] = 3e38f; /* its square is beyond F32 */
          g_assert_true (wb_sum_of_squares (backend, &x.t[0], &sum, NULL));
          g_assert_true (isfinite (sum));
          state_data (&x, 0)[x.n - 1] = NAN;
          g_assert_true (wb_sum_of_squares (backend, &x.t[0], &sum, NULL));
          g_assert_true (isnan (sum));
        }
      g_free (x.block);
    }
}

static void
assert_refused (const WbOptimizerStep *step, const State *x, gint code, const char *part)
{
  g_autoptr (WbBackend) backend = backend_new (1);
  g_autoptr (GError) error = NULL;

  g_assert_false (
      wb_optimizer_update (backend, step, &x->t[0], &x->t[1], &x->t[2], &x->t[3], &error));
  g_assert_error (error, WB_ENGINE_ERROR, code);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_errors (void)
{
  const WbOptimizerStep good = step_new (WB_OPTIMIZER_ADAMW, 1);
  State                 x = state_new (6), y = x;
  WbOptimizerStep       bad = good;

  y.t[1].cols = 5;
  assert_refused (&good, &y, WB_ENGINE_ERROR_SHAPE, "g is f32 (1, 5)");
  y = x;
  y.t[3].data = NULL;
  assert_refused (&good, &y, WB_ENGINE_ERROR_SHAPE, "v is absent");
  for (gsize k = 0; k < 4; k++)
    y.t[k] = (WbTensor){ x.t[k].data, WB_DTYPE_F32, 2, 2, 3 };
  assert_refused (&good, &y, WB_ENGINE_ERROR_SHAPE, "3 apart");
  bad.beta2 = 1;
  assert_refused (&bad, &x, WB_ENGINE_ERROR_INVALID, "beta 2");
  bad = good;
  bad.epsilon = 0;
  assert_refused (&bad, &x, WB_ENGINE_ERROR_INVALID, "epsilon");
  bad = good;
  bad.learning_rate = NAN;
  assert_refused (&bad, &x, WB_ENGINE_ERROR_INVALID, "learning rate");
  g_free (x.block);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/optimizer/vectors", test_vectors);
  g_test_add_func ("/engine/optimizer/matches-reference", test_matches_reference);
  g_test_add_func ("/engine/optimizer/never-touched", test_never_touched);
  g_test_add_func ("/engine/optimizer/threads-agree", test_threads_agree);
  g_test_add_func ("/engine/optimizer/sum-of-squares", test_sum_of_squares);
  g_test_add_func ("/engine/optimizer/errors", test_errors);
  return g_test_run ();
}
