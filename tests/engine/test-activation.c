#include "config.h"

#include <json-glib/json-glib.h>
#include <math.h>

#include "engine/files/wb-json-reader-private.h"
#include "engine/ops/wb-matmul.h"
#include "engine/ref/wb-ref-activation.h"
#include "tests/support/test-tensor.h"
#include "tests/support/wb-test-vectors.h"
#include "tests/support/wb-test-worst.h"

#define DEFINITION_BOUND 1e-11 /* worst: 4e-13, gelu_fast, whose sqrt (2/pi) is rounded */
#define KERNEL_BOUND 9e-7      /* of max (1, |exact|), worst of three instruction sets: 1.8e-7 */

static double
get_error (double got, double want)
{
  return fabs (got - want) / MAX (1, fabs (want));
}

/* What the bounds of many tests stand on. */
static void
test_worse (void)
{
  static const double first[] = { 0, 1, NAN, 2, 0.5, NAN, 0 };
  double              worst = 0;

  for (gsize i = 0; i < 2; i++)
    worst = wb_test_worse (worst, first[i]);
  g_assert_cmpfloat (worst, ==, 1);
  g_assert_cmpfloat (wb_test_worse (worst, 0.5), ==, 1);
  for (gsize i = 2; i < G_N_ELEMENTS (first); i++)
    {
      worst = wb_test_worse (worst, first[i]);
      g_assert_true (isnan (worst));
    }
}

/* Every name that transformers knows, but for those with parameters. */
static void
test_vectors (void)
{
  g_autoptr (JsonObject) vectors = wb_test_vectors_load ("activations.json");
  JsonArray  *points = json_object_get_array_member (vectors, "points");
  JsonObject *all = json_object_get_object_member (vectors, "activations");
  g_autoptr (GList) names = json_object_get_members (all);
  double worst = 0;

  g_assert_cmpuint (g_list_length (names), ==, 22);
  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonObject *one = json_object_get_object_member (all, l->data);
      JsonArray  *values = json_object_get_array_member (one, "values");
      JsonArray  *derivatives = json_object_get_array_member (one, "derivatives");
      g_autoptr (GError) error = NULL;
      WbActivation kind;

      g_assert_true (wb_activation_parse (l->data, &kind, &error));
      for (guint i = 0; i < json_array_get_length (points); i++)
        {
          const double x = json_array_get_double_element (points, i);
          const double d = json_array_get_double_element (derivatives, i);

          worst = wb_test_worse (worst, get_error (wb_ref_activation (kind, x),
                                                   json_array_get_double_element (values, i)));
          worst = wb_test_worse (worst, get_error (wb_ref_activation_derivative (kind, x), d));
          if (worst > DEFINITION_BOUND)
            g_test_message ("%s at %g: %g", (const char *) l->data, x, worst);
          g_assert_cmpfloat (worst, <=, DEFINITION_BOUND);
        }
    }
  g_test_message ("worst: %g", worst);
}

#define N_POINTS 6001

/* From -30 to 30, and far beyond. */
static float
get_point (gsize i)
{
  const float x = (float) ((double) i - N_POINTS / 2) * 0.01f;

  return i % 10 == 7 ? 3 * x : x;
}

/* Products with a single 1: what comes out is f (1 w + bias), and the gradient f'. */
static void
run_kernel (WbBackend *backend, WbActivation kind, TestTensor *y, TestTensor *dy)
{
  g_autoptr (TestTensor) x = test_tensor_new (1, 1, 0);
  g_autoptr (TestTensor) w = test_tensor_new (N_POINTS, 1, 0);
  g_autoptr (TestTensor) pre = test_tensor_new (1, N_POINTS, 0);
  g_autoptr (GError) error = NULL;
  const WbMatmulForwardArgs  forward = { .x = x->tensor,
                                         .w = w->tensor,
                                         .y = y->tensor,
                                         .pre = pre->tensor,
                                         .activation = kind };
  const WbMatmulBackwardArgs backward = { .dy = dy->tensor,
                                          .pre = pre->tensor,
                                          .x = x->tensor,
                                          .w = w->tensor,
                                          .activation = kind };

  *test_tensor_at (x, 0, 0) = 1;
  for (gsize i = 0; i < N_POINTS; i++)
    {
      *test_tensor_at (w, i, 0) = get_point (i);
      *test_tensor_at (dy, 0, i) = 1;
    }
  g_assert_true (wb_matmul_forward (backend, &forward, &error));
  g_assert_true (wb_matmul_backward (backend, &backward, &error));
}

static void
test_kernel (gconstpointer instruction_set)
{
  g_autoptr (WbBackend) backend = test_backend_open (instruction_set, 1);
  g_autoptr (TestTensor) y = test_tensor_new (1, N_POINTS, 0);
  g_autoptr (TestTensor) dy = test_tensor_new (1, N_POINTS, 0);

  if (backend == NULL)
    return;
  for (guint kind = 0; kind < WB_N_ACTIVATIONS; kind++)
    {
      double value = 0, slope = 0;

      if (kind == WB_ACTIVATION_LINEAR)
        continue; /* reads no derivative */
      run_kernel (backend, kind, y, dy);
      for (gsize i = 0; i < N_POINTS; i++)
        {
          const double x = (double) get_point (i);

          value = wb_test_worse (
              value, get_error ((double) *test_tensor_at (y, 0, i), wb_ref_activation (kind, x)));
          slope = wb_test_worse (slope, get_error ((double) *test_tensor_at (dy, 0, i),
                                                   wb_ref_activation_derivative (kind, x)));
        }
      g_test_message ("activation %u: value %.3g, derivative %.3g", kind, value, slope);
      g_assert_cmpfloat (value, <=, KERNEL_BOUND);
      g_assert_cmpfloat (slope, <=, KERNEL_BOUND);
    }
}

/* Whatever comes in, what comes out is no surprise: NaN stays NaN, and ±1e30 have their limits. */
static void
test_far (gconstpointer instruction_set)
{
  g_autoptr (WbBackend) backend = test_backend_open (instruction_set, 1);
  static const float points[] = { NAN, 1e30f, -1e30f, -200, -87, 0 };

  if (backend == NULL)
    return;
  for (guint kind = 0; kind < WB_N_ACTIVATIONS; kind++)
    for (gsize i = 0; i < G_N_ELEMENTS (points); i++)
      {
        float                     one = 1, weight = points[i], pre = 0, y = 0, dy = 1;
        const WbMatmulForwardArgs forward = {
          .x = wb_tensor_vector (&one, WB_DTYPE_F32, 1),
          .w = wb_tensor_vector (&weight, WB_DTYPE_F32, 1),
          .y = wb_tensor_vector (&y, WB_DTYPE_F32, 1),
          .pre = wb_tensor_vector (&pre, WB_DTYPE_F32, 1),
          .activation = kind,
        };
        const WbMatmulBackwardArgs backward = {
          .dy = wb_tensor_vector (&dy, WB_DTYPE_F32, 1),
          .pre = forward.pre,
          .x = forward.x,
          .w = forward.w,
          .activation = kind,
        };
        const double x = (double) points[i], want = wb_ref_activation (kind, x);
        const double slope = wb_ref_activation_derivative (kind, x);

        g_assert_true (wb_matmul_forward (backend, &forward, NULL));
        g_assert_true (wb_matmul_backward (backend, &backward, NULL));
        g_test_message ("activation %u at %g: %g, %g", kind, x, (double) y, (double) dy);
        if (isnan (x))
          {
            g_assert_true (isnan (y));
            continue;
          }
        g_assert_true (isfinite (dy));
        if (fabs (want) < 1e37)
          g_assert_cmpfloat (get_error ((double) y, want), <=, KERNEL_BOUND);
        if (!isnan (slope)) /* the definition's own quotient of two zeros */
          g_assert_cmpfloat (get_error ((double) dy, slope), <=, KERNEL_BOUND);
      }
}

static void
test_names (void)
{
  WbActivation activation;
  g_autoptr (GError) error = NULL;
  const char *const others[] = { "prelu", "xielu", "GELU", "", "gelu " };

  g_assert_true (wb_activation_parse ("gelu_fast", &activation, &error));
  g_assert_cmpint (activation, ==, WB_ACTIVATION_GELU_TANH);
  g_assert_true (wb_activation_parse ("swish", &activation, &error));
  g_assert_cmpint (activation, ==, WB_ACTIVATION_SILU);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_assert_false (wb_activation_parse (others[i], &activation, &error));
      g_assert_error (error, WB_ENGINE_ERROR, WB_ENGINE_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, others[i]));
      g_assert_nonnull (strstr (error->message, "gelu_10"));
      g_clear_error (&error);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/activation/worse", test_worse);
  g_test_add_func ("/engine/activation/vectors", test_vectors);
  g_test_add_func ("/engine/activation/names", test_names);
  test_add_per_instruction_set ("/engine/activation/kernel", test_kernel);
  test_add_per_instruction_set ("/engine/activation/far", test_far);
  return g_test_run ();
}
