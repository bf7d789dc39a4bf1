#include "config.h"

#include "engine/cpu/wb-cpu-activation-private.h"

#include <math.h>

#include "engine/cpu/wb-cpu-math.h"

/* laplace's centre and width, as transformers writes them. */
#define CENTRE 0.707107f
#define WIDTH 0.282095f

/* From 0 to @top; NaN stays. */
static inline float
clamp (float x, float top)
{
  x = x < 0.0f ? 0.0f : x;
  return x > top ? top : x;
}

static inline float
gelu_10 (float x)
{
  const float y = wb_cpu_gelu (x);

  return y > 10.0f ? 10.0f : y;
}

static inline float
laplace (float x)
{
  float density;

  return wb_cpu_normal ((x - CENTRE) * (1.0f / WIDTH), &density);
}

/* y[i] = f (y[i] + bias[i]), the sum to @pre; one loop for each activation, without a branch. */
#define ACTIVATION_ROW(name, expression)                                                           \
  static void name (float *y, const float *bias, float *pre, gsize n)                              \
  {                                                                                                \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                                             \
    {                                                                                              \
      const float x = y[i] + bias[i];                                                              \
                                                                                                   \
      pre[i] = x;                                                                                  \
      y[i] = (expression);                                                                         \
    }                                                                                              \
  }

ACTIVATION_ROW (linear_row, x)
ACTIVATION_ROW (gelu_row, wb_cpu_gelu (x))
ACTIVATION_ROW (relu_row, x > 0.0f || x != x ? x : 0.0f)
ACTIVATION_ROW (tanh_row, wb_cpu_tanh (x))
ACTIVATION_ROW (sigmoid_row, wb_cpu_sigmoid (x))
ACTIVATION_ROW (silu_row, x *wb_cpu_sigmoid (x))
ACTIVATION_ROW (gelu_tanh_row, wb_cpu_gelu_tanh (x))
ACTIVATION_ROW (gelu_10_row, gelu_10 (x))
ACTIVATION_ROW (gelu_quick_row, x *wb_cpu_sigmoid (1.702f * x))
ACTIVATION_ROW (mish_row, wb_cpu_mish (x))
ACTIVATION_ROW (hardswish_row, x *clamp (x + 3.0f, 6.0f) * (1.0f / 6.0f))
ACTIVATION_ROW (relu2_row, x > 0.0f || x != x ? x * x : 0.0f)
ACTIVATION_ROW (relu6_row, clamp (x, 6.0f))
ACTIVATION_ROW (leaky_relu_row, x > 0.0f ? x : 0.01f * x)
ACTIVATION_ROW (laplace_row, laplace (x))
ACTIVATION_ROW (sqrt_softplus_row, sqrtf (wb_cpu_softplus (x)))

typedef void (*ActivationRow) (float *y, const float *bias, float *pre, gsize n);

static const ActivationRow activation_rows[] = {
  [WB_ACTIVATION_LINEAR] = linear_row,
  [WB_ACTIVATION_GELU] = gelu_row,
  [WB_ACTIVATION_RELU] = relu_row,
  [WB_ACTIVATION_TANH] = tanh_row,
  [WB_ACTIVATION_SIGMOID] = sigmoid_row,
  [WB_ACTIVATION_SILU] = silu_row,
  [WB_ACTIVATION_GELU_TANH] = gelu_tanh_row,
  [WB_ACTIVATION_GELU_10] = gelu_10_row,
  [WB_ACTIVATION_GELU_QUICK] = gelu_quick_row,
  [WB_ACTIVATION_MISH] = mish_row,
  [WB_ACTIVATION_HARDSWISH] = hardswish_row,
  [WB_ACTIVATION_RELU2] = relu2_row,
  [WB_ACTIVATION_RELU6] = relu6_row,
  [WB_ACTIVATION_LEAKY_RELU] = leaky_relu_row,
  [WB_ACTIVATION_LAPLACE] = laplace_row,
  [WB_ACTIVATION_SQRT_SOFTPLUS] = sqrt_softplus_row,
};
G_STATIC_ASSERT (G_N_ELEMENTS (activation_rows) == WB_N_ACTIVATIONS);

/* dy[i] *= f' (pre[i]), added to @sums. */
#define DERIVATIVE_ROW(name, expression)                                                           \
  static void name (float *dy, const float *pre, float *sums, gsize n)                             \
  {                                                                                                \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                                             \
    {                                                                                              \
      const float x = pre[i];                                                                      \
      const float d = dy[i] * (expression);                                                        \
                                                                                                   \
      dy[i] = d;                                                                                   \
      sums[i] += d;                                                                                \
    }                                                                                              \
  }

static inline float
tanh_derivative (float x)
{
  const float t = wb_cpu_tanh (x);

  return (1.0f - t) * (1.0f + t);
}

static inline float
silu_derivative (float x)
{
  const float s = wb_cpu_sigmoid (x);

  return s * (1.0f + x * wb_cpu_sigmoid (-x));
}

static inline float
gelu_quick_derivative (float x)
{
  const float u = 1.702f * x;

  return wb_cpu_sigmoid (u) * (1.0f + u * wb_cpu_sigmoid (-u));
}

static inline float
hardswish_derivative (float x)
{
  return x <= -3.0f ? 0.0f : x >= 3.0f ? 1.0f : x * (1.0f / 3.0f) + 0.5f;
}

static inline float
laplace_derivative (float x)
{
  const float a = (x - CENTRE) * (1.0f / WIDTH);

  return wb_cpu_exp (-0.5f * a * a) * (0.398942280f / WIDTH);
}

/* sigmoid (x) / (2 sqrt (ln (1 + e^x))), about e^(x/2) / 2 far below 0, where both are 0 in F32. */
static inline float
sqrt_softplus_derivative (float x)
{
  const float d = 0.5f * wb_cpu_sigmoid (x) / sqrtf (wb_cpu_softplus (x));

  return x < -80.0f ? 0.0f : d;
}

DERIVATIVE_ROW (gelu_derivative_row, wb_cpu_gelu_derivative (x))
DERIVATIVE_ROW (relu_derivative_row, x > 0.0f ? 1.0f : 0.0f)
DERIVATIVE_ROW (tanh_derivative_row, tanh_derivative (x))
DERIVATIVE_ROW (sigmoid_derivative_row, wb_cpu_sigmoid (x) * wb_cpu_sigmoid (-x))
DERIVATIVE_ROW (silu_derivative_row, silu_derivative (x))
DERIVATIVE_ROW (gelu_tanh_derivative_row, wb_cpu_gelu_tanh_derivative (x))
DERIVATIVE_ROW (gelu_10_derivative_row, wb_cpu_gelu (x) > 10.0f ? 0.0f : wb_cpu_gelu_derivative (x))
DERIVATIVE_ROW (gelu_quick_derivative_row, gelu_quick_derivative (x))
DERIVATIVE_ROW (mish_derivative_row, wb_cpu_mish_derivative (x))
DERIVATIVE_ROW (hardswish_derivative_row, hardswish_derivative (x))
DERIVATIVE_ROW (relu2_derivative_row, x > 0.0f ? 2.0f * x : 0.0f)
DERIVATIVE_ROW (relu6_derivative_row, (x > 0.0f ? 1.0f : 0.0f) * (x < 6.0f ? 1.0f : 0.0f))
DERIVATIVE_ROW (leaky_relu_derivative_row, x > 0.0f ? 1.0f : 0.01f)
DERIVATIVE_ROW (laplace_derivative_row, laplace_derivative (x))
DERIVATIVE_ROW (sqrt_softplus_derivative_row, sqrt_softplus_derivative (x))

static void
linear_derivative_row (float *dy, const float *pre, float *sums, gsize n)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    sums[i] += dy[i];
}

typedef void (*DerivativeRow) (float *dy, const float *pre, float *sums, gsize n);

static const DerivativeRow derivative_rows[] = {
  [WB_ACTIVATION_LINEAR] = linear_derivative_row,
  [WB_ACTIVATION_GELU] = gelu_derivative_row,
  [WB_ACTIVATION_RELU] = relu_derivative_row,
  [WB_ACTIVATION_TANH] = tanh_derivative_row,
  [WB_ACTIVATION_SIGMOID] = sigmoid_derivative_row,
  [WB_ACTIVATION_SILU] = silu_derivative_row,
  [WB_ACTIVATION_GELU_TANH] = gelu_tanh_derivative_row,
  [WB_ACTIVATION_GELU_10] = gelu_10_derivative_row,
  [WB_ACTIVATION_GELU_QUICK] = gelu_quick_derivative_row,
  [WB_ACTIVATION_MISH] = mish_derivative_row,
  [WB_ACTIVATION_HARDSWISH] = hardswish_derivative_row,
  [WB_ACTIVATION_RELU2] = relu2_derivative_row,
  [WB_ACTIVATION_RELU6] = relu6_derivative_row,
  [WB_ACTIVATION_LEAKY_RELU] = leaky_relu_derivative_row,
  [WB_ACTIVATION_LAPLACE] = laplace_derivative_row,
  [WB_ACTIVATION_SQRT_SOFTPLUS] = sqrt_softplus_derivative_row,
};
G_STATIC_ASSERT (G_N_ELEMENTS (derivative_rows) == WB_N_ACTIVATIONS);

void
WB_CPU (
    wb_cpu_activate_row) (WbActivation activation, float *y, const float *bias, float *pre, gsize n)
{
  activation_rows[activation](y, bias, pre, n);
}

void
WB_CPU (
    wb_cpu_derive_row) (WbActivation activation, float *dy, const float *pre, float *sums, gsize n)
{
  derivative_rows[activation](dy, pre, sums, n);
}
