#include "config.h"

#include <glib.h>
#include <math.h>

#include "engine/cpu/wb-cpu-math.h"
#include "tests/support/wb-test-worst.h"

/* Errors in units in the last place of the result, over whole ranges; the bounds are twice the
 * worst that was seen.  (The vector copies are held to their definitions by the tests of the
 * operations.) */

static double
ulps (float got, double want)
{
  const double size = fabs (want) < 0x1p-126 ? 0x1p-149 : ldexp (1, ilogb (want) - 23);

  if (isinf (got) && fabs (want) > 0x1.ffffffp127)
    return 0;
  return fabs (got - want) / size;
}

typedef struct
{
  const char *name;
  float (*f) (float x);
  double (*exact) (double x);
  float  from, to;
  double bound;
} Case;

static float
f_exp (float x)
{
  return wb_cpu_exp (x);
}
static float
f_log (float x)
{
  return wb_cpu_log (x);
}
static float
f_tanh (float x)
{
  return wb_cpu_tanh (x);
}
static float
f_sigmoid (float x)
{
  return wb_cpu_sigmoid (x);
}
static float
f_gelu (float x)
{
  return wb_cpu_gelu (x);
}
static double
exact_sigmoid (double x)
{
  return 1 / (1 + exp (-x));
}
static double
exact_gelu (double x)
{
  return 0.5 * x * erfc (-x / sqrt (2));
}

static const Case cases[] = {
  { "exp", f_exp, exp, -110, 95, 3 },
  { "log", f_log, log, 0x1p-126f, 4, 4 },
  { "log-large", f_log, log, 4, 0x1p127f, 2 },
  { "tanh", f_tanh, tanh, -12, 12, 4 },
  { "sigmoid", f_sigmoid, exact_sigmoid, -80, 90, 5 },
  { "gelu", f_gelu, exact_gelu, -2, 30, 16 },
  /* the exponent -x²/2 is itself rounded: relative error grows with x², absolute error does not */
  { "gelu-tail", f_gelu, exact_gelu, -12, -2, 100 },
};

static void
test_function (gconstpointer data)
{
  const Case *self = data;
  const int   n = 2000000;
  double      worst = 0, where = 0;

  for (int i = 0; i <= n; i++)
    {
      const float  x = (float) (self->from + (double) (self->to - self->from) * i / n);
      const double error = ulps (self->f (x), self->exact (x));

      if (isnan (error) || error > worst)
        {
          worst = error;
          where = x;
        }
    }
  g_test_message ("%s: %.3f ulp at %.9g", self->name, worst, where);
  g_assert_cmpfloat (worst, <, self->bound);
}

/* The derivative is near 0 around -0.75, so its error is absolute. */
static void
test_gelu_derivative (void)
{
  double worst = 0;

  for (int i = -160000; i <= 160000; i++)
    {
      const float  x = (float) i * 1e-4f;
      const double want =
          0.5 * erfc (-x / sqrt (2)) + x * exp (-0.5 * (double) x * x) / sqrt (2 * G_PI);

      worst = wb_test_worse (worst, fabs (wb_cpu_gelu_derivative (x) - want));
    }
  g_test_message ("gelu derivative: %g", worst);
  g_assert_cmpfloat (worst, <, 4e-7);
}

static void
test_small_arguments (void)
{
  for (float x = 0x1p-149f; x < 1e-3f; x *= 1.5f)
    {
      g_assert_cmpfloat (ulps (wb_cpu_tanh (x), tanh (x)), <, 2);
      g_assert_cmpfloat (ulps (wb_cpu_tanh (-x), tanh (-x)), <, 2);
      g_assert_cmpfloat (ulps (wb_cpu_exp (x), exp (x)), <, 2);
      g_assert_cmpfloat (ulps (wb_cpu_gelu (-x), exact_gelu (-x)), <, 5);
    }
}

static void
test_limits (void)
{
  g_assert_true (isnan (wb_cpu_exp (NAN)));
  g_assert_true (isnan (wb_cpu_tanh (NAN)));
  g_assert_true (isnan (wb_cpu_gelu (NAN)));
  g_assert_true (isnan (wb_cpu_gelu_derivative (NAN)));
  g_assert_cmpfloat (wb_cpu_exp (INFINITY), ==, INFINITY);
  g_assert_cmpfloat (wb_cpu_exp (-INFINITY), ==, 0);
  g_assert_cmpfloat (wb_cpu_exp (0.0f), ==, 1);
  g_assert_cmpfloat (wb_cpu_tanh (INFINITY), ==, 1);
  g_assert_cmpfloat (wb_cpu_tanh (-INFINITY), ==, -1);
  g_assert_cmpfloat (wb_cpu_sigmoid (INFINITY), ==, 1);
  g_assert_cmpfloat (wb_cpu_sigmoid (-INFINITY), ==, 0);
  g_assert_cmpfloat (wb_cpu_gelu (INFINITY), ==, INFINITY);
  g_assert_cmpfloat (wb_cpu_gelu (-INFINITY), ==, 0);
  g_assert_cmpfloat (wb_cpu_gelu (0.0f), ==, 0);
  g_assert_cmpfloat (wb_cpu_gelu_derivative (INFINITY), ==, 1);
  g_assert_cmpfloat (wb_cpu_gelu_derivative (-INFINITY), ==, 0);
  g_assert_cmpfloat (wb_cpu_log (1.0f), ==, 0);
}

static void
test_sincos (void)
{
  double worst = 0;

  for (int i = 0; i <= 1 << 20; i++)
    {
      const float x = (float) i * 0x1p-20f;
      float       s, c;

      wb_cpu_sincos_turns (x, &s, &c);
      worst = wb_test_worse (worst, fabs (s - sin (2 * G_PI * x)));
      worst = wb_test_worse (worst, fabs (c - cos (2 * G_PI * x)));
    }
  g_test_message ("sine and cosine: %g", worst);
  g_assert_cmpfloat (worst, <, 2e-7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/cpu-math/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_function);
    }
  g_test_add_func ("/engine/cpu-math/gelu-derivative", test_gelu_derivative);
  g_test_add_func ("/engine/cpu-math/small-arguments", test_small_arguments);
  g_test_add_func ("/engine/cpu-math/limits", test_limits);
  g_test_add_func ("/engine/cpu-math/sincos", test_sincos);
  return g_test_run ();
}
